"""Explorables: what a reader can drag, the same object on the site (without a kernel) and in JupyterLab."""

from klhelpers.widgets.bars import Bars

__all__ = ["Bars"]
