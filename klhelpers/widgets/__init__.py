"""Explorables: what a reader can drag, the same object on the site (without a kernel) and in JupyterLab."""

from klhelpers.widgets.area import Area as Area
from klhelpers.widgets.bars import Bars as Bars
from klhelpers.widgets.conventions import Conventions as Conventions
from klhelpers.widgets.evidence import Evidence as Evidence
from klhelpers.widgets.landscape import Landscape as Landscape
from klhelpers.widgets.latents import Latents as Latents
from klhelpers.widgets.leash import Leash as Leash
from klhelpers.widgets.merge import Merge as Merge
from klhelpers.widgets.samples import Samples as Samples
from klhelpers.widgets.simplex import Simplex as Simplex
