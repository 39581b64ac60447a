"""What all explorables share: their script and styles, their state, and what is shown where no script runs."""

from __future__ import annotations

import html
import json
from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import anywidget
import numpy as np
import traitlets

from klhelpers._arguments import DEFAULT_TOLERANCE, real_array
from klhelpers.figures import bundle
from klhelpers.widgets._modules import one_module

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLDER = Path(__file__).parent
EXPLORABLE_MIME = "application/vnd.klbook.explorable+json"


class Explorable(anywidget.AnyWidget):
    """A widget whose output also carries its state and a picture of it.

    JupyterLab shows the widget. The site shows the `text/html`, in which its own host (`explorables.js`) mounts
    the same script on the same state. The picture is a figure of the book like any other: it is what remains on
    paper, without JavaScript, on a code host, and in a notebook that JupyterLab does not trust.

    A subclass names its `module`, the stem of its ES module in this folder, declares its state as traits tagged
    `sync=True`, and draws its `picture`.
    """

    module: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Read the script and the styles of a class that names a module."""
        if "module" in cls.__dict__:  # traitlets derives a class of its own for each object
            cls._esm = one_module(FOLDER / f"{cls.module}.js")
            cls._css = (FOLDER / "explorables.css").read_text(encoding="utf-8")
        super().__init_subclass__(**kwargs)

    def state(self) -> dict[str, Any]:
        """Return what the reader can change: every trait that this class itself shares with its script."""
        own = {*self.trait_names(sync=True)} - {*anywidget.AnyWidget.class_trait_names()}
        return {name: getattr(self, name) for name in sorted(own) if not name.startswith("_")}

    @abstractmethod
    def picture(self) -> Figure:
        """Return a figure of the state as it is, by the rules for the book's figures."""

    def __repr__(self) -> str:
        """Name the class and the state: the same in every run."""
        return (
            f"{type(self).__name__}({', '.join(f'{key}={value!r}' for key, value in self.state().items())})"
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        state = self.state()
        figure = bundle(self.picture())
        slot = f'data-module="{self.module}" data-state="{html.escape(json.dumps(state))}"'
        figure["text/html"] = f'<div class="kl-explorable" {slot}>{figure["text/html"]}</div>'
        return {**data, **figure, EXPLORABLE_MIME: {"module": self.module, "state": state}}, metadata


def refuse(message: str) -> None:
    """Refuse a value of a trait."""
    raise traitlets.TraitError(message)


def probabilities(values: list[float], name: str, fewest: int, most: int) -> list[float]:
    """Return a distribution on `fewest` to `most` outcomes as plain floats.

    Raises:
        TraitError: if it is none; the message names the argument, what was expected and what was found.
    """
    found = real_array(values, name)
    if not fewest <= found.size <= most:
        wanted = fewest if fewest == most else f"{fewest} to {most}"
        refuse(f"{name} must have {wanted} outcomes, but found {found.size}")
    if not np.all((found >= 0) & (found <= 1)):
        refuse(f"{name} must hold probabilities from 0 to 1, but found {values}")
    if abs(found.sum() - 1) > DEFAULT_TOLERANCE:
        refuse(f"the sum of {name} must be 1 within {DEFAULT_TOLERANCE:g}, but found {found.sum()}")
    return [float(value) for value in found]
