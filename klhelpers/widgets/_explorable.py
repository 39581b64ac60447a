"""What all explorables share: their script and styles, their state, and what is shown where no script runs."""

from __future__ import annotations

import base64
import html
import json
import re
import sys
from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets
from matplotlib.figure import Figure

from klhelpers.figures import bundle

FOLDER = Path(__file__).parent
EXPLORABLE_MIME = "application/vnd.klbook.explorable+json"
TOLERANCE = 1e-8  # of a sum that should be 1
IMPORTED = re.compile(
    r"""(?P<before>^(?:import|export)\b[^;"']*)["'](?P<file>\./[\w.-]+\.js)["']""", re.MULTILINE
)


def one_module(path: Path) -> str:
    """Return the text of the ES module at `path`, every module that it imports put in the place of its name.

    JupyterLab hands a widget's script over as one text. An imported module becomes a ``data:`` URL that holds its
    text, and so do the modules that it imports. The same file gives the same URL, hence is one module, however
    many others import it. Imports are static, at the beginning of a line, from ``"./name.js"``.

    Raises:
        FileNotFoundError: if a module is not there.
        RecursionError: if modules import each other in a circle.
    """

    def inlined(match: re.Match[str]) -> str:
        text = one_module(path.parent / match["file"])
        return f'{match["before"]}"data:text/javascript;base64,{base64.b64encode(text.encode()).decode()}"'

    return IMPORTED.sub(inlined, path.read_text(encoding="utf-8"))


class Explorable(anywidget.AnyWidget):
    """A widget whose output also carries its state and a picture of it.

    JupyterLab shows the widget. The site shows the `text/html`, in which its own host (`explorables.js`) mounts the
    same script on the same state. The picture is a figure of the book like any other: it is what remains on paper,
    without JavaScript, on a code host, and in a notebook that JupyterLab does not trust. In the lab there is none.

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
        data[EXPLORABLE_MIME] = {"module": self.module, "state": state}
        if sys.platform == "emscripten":  # Python in a browser would draw for seconds what the view hides
            return data, metadata
        figure = bundle(self.picture())
        slot = f'data-module="{self.module}" data-state="{html.escape(json.dumps(state))}"'
        figure["text/html"] = f'<div class="kl-explorable" {slot}>{figure["text/html"]}</div>'
        return {**data, **figure}, metadata


class Number(traitlets.Float[float, float]):
    """A number within limits, shared with the script; NaN is none."""

    def __init__(self, default: float, limits: tuple[float, float]) -> None:
        """Keep the limits."""
        super().__init__(default)
        self.limits = limits
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> float:
        """Refuse what is outside the limits."""
        return within(super().validate(obj, value), str(self.name), self.limits)


class Numbers(traitlets.List[float]):
    """From `fewest` to `most` numbers, as many as by default unless said, within limits, shared with the script."""

    def __init__(
        self, default: list[float], limits: tuple[float, float], fewest: int = 0, most: int = 0
    ) -> None:
        """Keep the limits, and how many there may be."""
        super().__init__(traitlets.Float(), default)
        self.limits = limits
        self.fewest, self.most = fewest or len(default), most or len(default)
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Refuse too few or too many of them, and what is outside the limits."""
        values = super().validate(obj, value) or []
        if not self.fewest <= len(values) <= self.most:
            wanted = self.fewest if self.fewest == self.most else f"{self.fewest} to {self.most}"
            refuse(f"{self.name} must hold {wanted} numbers, but found {len(values)}")
        return [within(each, str(self.name), self.limits) for each in values]


class Distribution(Numbers):
    """Probabilities of as many outcomes, shared with the script."""

    def __init__(self, default: list[float], fewest: int = 0, most: int = 0) -> None:
        """Keep how many there may be."""
        super().__init__(default, (0, 1), fewest, most)

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Refuse what has another sum than 1, too."""
        values = super().validate(obj, value)
        if abs(sum(values) - 1) > TOLERANCE:
            refuse(f"the sum of {self.name} must be 1 within {TOLERANCE:g}, but found {sum(values)}")
        return values


def guess(*answers: str) -> traitlets.Enum[str]:
    """Return a trait that holds which of the answers the reader gave, or "" as long as there is none."""
    return traitlets.Enum(["", *answers], "").tag(sync=True)


def as_many(*names: str) -> Any:
    """Return a validator that refuses lists of different lengths for these traits."""

    @traitlets.validate(*names)
    def validated(explorable: Explorable, proposal: Any) -> Any:
        lengths = [len(getattr(explorable, name)) for name in names]
        if len({len(proposal["value"]), *lengths}) > 1:
            refuse(f"{' and '.join(names)} must be of one length, but found {lengths}")
        return proposal["value"]

    return validated


def within(value: float, name: str, limits: tuple[float, float]) -> float:
    """Return a number that lies within limits."""
    if not limits[0] <= value <= limits[1]:  # nor does NaN
        refuse(f"{name} must be from {limits[0]:g} to {limits[1]:g}, but found {value}")
    return float(value)


def refuse(message: str) -> None:
    """Refuse a value of a trait."""
    raise traitlets.TraitError(message)
