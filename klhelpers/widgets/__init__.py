"""Explorables: what a reader can drag, the same object on the site (without a kernel) and in JupyterLab."""

from klhelpers.widgets.area import Area
from klhelpers.widgets.bars import Bars
from klhelpers.widgets.conventions import Conventions
from klhelpers.widgets.evidence import Evidence
from klhelpers.widgets.landscape import Landscape
from klhelpers.widgets.latents import Latents
from klhelpers.widgets.leash import Leash
from klhelpers.widgets.merge import Merge
from klhelpers.widgets.samples import Samples
from klhelpers.widgets.simplex import Simplex

__all__ = [
    "Area",
    "Bars",
    "Conventions",
    "Evidence",
    "Landscape",
    "Latents",
    "Leash",
    "Merge",
    "Samples",
    "Simplex",
]
