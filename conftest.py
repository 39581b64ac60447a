"""What all tests share, and how this book's notebooks are collected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from press.chromium import FLAGS, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest_plugins = ["pytester", "press.notebooks.pytest_notebooks", "press.claims.pytest_claims"]

# No deadlines: the first call of a library may take long on a busy machine.
settings.register_profile("book", deadline=None)
settings.load_profile("book")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return the system's Chromium, started once."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield instance
        instance.close()
