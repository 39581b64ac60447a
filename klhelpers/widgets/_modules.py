"""One ES module out of several: JupyterLab hands a widget's script over as one text."""

from __future__ import annotations

import base64
import re
from pathlib import Path

IMPORTED = re.compile(
    r"""(?P<before>^(?:import|export)\b[^;"']*)["'](?P<file>\./[\w.-]+\.js)["']""", re.MULTILINE
)


def one_module(path: Path, _within: tuple[Path, ...] = ()) -> str:
    """Return the text of the module at `path`, every module that it imports put in the place of its name.

    An imported module becomes a ``data:`` URL that holds its text, and so do the modules that it imports. The
    same file gives the same URL, hence is one module, however many others import it.

    Args:
        path: an ES module whose imports are static, at the beginning of a line, from ``"./name.js"``.

    Raises:
        FileNotFoundError: if a module is not there.
        ValueError: if modules import each other in a circle.
    """
    if path in _within:
        circle = " → ".join(p.name for p in (*_within[_within.index(path) :], path))
        raise ValueError(f"modules must not import each other in a circle, but found {circle}")

    def inlined(match: re.Match[str]) -> str:
        text = one_module(path.parent / match["file"], (*_within, path))
        return f'{match["before"]}"data:text/javascript;base64,{base64.b64encode(text.encode()).decode()}"'

    return IMPORTED.sub(inlined, path.read_text(encoding="utf-8"))
