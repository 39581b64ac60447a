"""Hypothesis for all tests: no deadlines, because the first call of a library may take long on a busy machine."""

from hypothesis import settings

settings.register_profile("book", deadline=None)
settings.load_profile("book")
