"""How long a chapter takes to read: {minutes}`notebooks/NN-name`, by a rule that the page states.

Counted are the words of open text, each formula among them as one, displayed formulas, figures, and lines of open
code; what folds is not.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from press.site.accounts import read_cells

A_MINUTE = {"words": 200, "characters": 350, "formulas": 6, "figures": 2, "lines": 20}
FOLD = re.compile(r"^([`:]{3,})\{(?:dropdown|solution)\b.*?^\1\s*$|<!--.*?-->", re.M | re.S)
FORMULA = re.compile(r"\$\$.*?\$\$|\\begin\{(align\*?)\}.*?\\end\{\1\}", re.S)
NO_WORDS = re.compile(r"\]\([^)]*\)|^[`:].*$", re.M)  # where links lead, and directives


def amounts(cells: list[dict[str, Any]]) -> dict[str, int]:
    """Return what there is to read in the cells of a notebook.

    >>> text = "# Two words\\n\\n$$x = y$$\\n\\n```{dropdown} Proof\\nIt folds.\\n```\\n\\n读 $p$"
    >>> prose = {"cell_type": "markdown", "source": text}
    >>> figure = {"cell_type": "code", "source": "show(fig)", "metadata": {"alt": "A line", "tags": ["hide-input"]}}
    >>> amounts([prose, figure])
    {'words': 3, 'characters': 1, 'formulas': 1, 'figures': 1, 'lines': 0}
    """
    prose = FOLD.sub("", "\n\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown"))
    plain = re.sub(r"\$[^$]*\$", " x ", NO_WORDS.sub(" ", FORMULA.sub(" ", prose)))
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    shown = [cell for cell in code if not {*cell["metadata"].get("tags", [])} & {"hide-input", "hide-cell"}]
    return {
        "words": len(re.findall(r"[A-Za-z][A-Za-z’'-]*", plain)),
        "characters": len(re.findall(r"[㐀-鿿]", plain)),
        "formulas": len(FORMULA.findall(prose)),
        "figures": sum("alt" in cell["metadata"] for cell in code),
        "lines": sum(len(cell["source"].splitlines()) for cell in shown),
    }


def write_minutes(app: Any, docname: str, source: list[str]) -> None:
    """Write the minutes where a page asks for them, and see that they are counted again when the chapter changes."""

    def count(asked: re.Match[str]) -> str:
        path = Path(app.srcdir, f"{asked[1]}.ipynb")
        app.env.note_dependency(str(path))
        found = amounts(read_cells(path))
        return str(round(sum(n / A_MINUTE[what] for what, n in found.items())))

    source[0] = re.sub(r"\{minutes\}`([^`]+)`", count, source[0])
