"""What a stored notebook says: its results and where prose quotes them, its claims, exercises and checks, its texts.

A quote is a number with a comment right behind it: ``costs 0.7925<!-- swap-kl:.4f --> bits``. The comment names
a result of the same notebook and how to format it. No viewer shows it, so the sentence reads the same on the
site, in JupyterLab and on a code host. A refresh writes the number, and never a hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nbformat import NotebookNode

from press.notebooks.compare import FIGURE_MIME, GLUE_MIME
from press.notebooks.store import code_cells

QUOTE = re.compile(r"(?P<shown>[-−\d.,e+∞]*)<!--\s*(?P<name>[\w-]+)(?::(?P<format>\S*))?\s*-->")
FIGURE_TEXTS = {"texts", "titles", "label", "labels", "text"}  # keys of what describes a figure
STATED = (
    re.compile(  # a directive with its label, which may be missing, or the end of a display that has a number
        r"^[`:]{3,}\{(?P<kind>[\w:-]+)\}.*(?:\n *:(?!label:)[\w-]+:.*)*(?:\n *:label: *(?P<label>\S+))?"
        r"|\$\$ *\((?P<equation>[\w-]+)\)",
        re.M,
    )
)
# An exercise is answered.
CHECK = re.compile(r'^ *check\("(?P<label>[\w-]+)", .+?(?P<key>, "[\w+/]{8}")?\)$', re.M)
ASSERTION = re.compile(r"^ *(assert|raise) |\bassert_\w+\(", re.M)
VERDICT = re.compile(r"^[○✓✗]", re.M)
PREFIXES = {
    "prf:definition": "def-",
    "prf:theorem": "thm-",
    "prf:lemma": "lem-",
    "prf:corollary": "cor-",
    "prf:proposition": "prop-",
    "equation": "eq-",
}


def prose(nb: NotebookNode) -> list[NotebookNode]:
    """Return the markdown cells of a notebook, in order."""
    return [cell for cell in nb.cells if cell.cell_type == "markdown"]


def results(nb: NotebookNode) -> list[tuple[str, float]]:
    """Return name and value of the numbers that a notebook stores for its prose."""
    outputs = (o for cell in code_cells(nb) for o in cell.outputs)
    glued = (o for o in outputs if "scrapbook" in o.get("metadata", {}))
    return [(o.metadata.scrapbook.name, float(o.data[GLUE_MIME])) for o in glued]


def filled(source: str, results: Mapping[str, float]) -> str:
    """Return a markdown cell with every quote as the results give it; a name that no result has is left.

    >>> filled("It costs 0.79<!-- swap-kl:.4f --> bits.", {"swap-kl": 0.792481250360578})
    'It costs 0.7925<!-- swap-kl:.4f --> bits.'
    """

    def fill(quote: re.Match[str]) -> str:
        if quote["name"] not in results:
            return quote[0]
        shown = format(results[quote["name"]], quote["format"] or "").replace("-", "−")
        return shown + quote[0].removeprefix(quote["shown"])

    return QUOTE.sub(fill, source)


def stated(nb: NotebookNode) -> Iterator[tuple[str, str]]:
    """Yield kind and label of each directive and numbered equation, in the order of the text."""
    for cell in prose(nb):
        for found in STATED.finditer(cell.source):
            yield found["kind"] or "equation", found["label"] or found["equation"] or ""


def claims(nb: NotebookNode) -> list[tuple[str, str]]:
    """Return kind and label of each numbered statement and equation."""
    return [(kind, label) for kind, label in stated(nb) if kind in PREFIXES]


def exercises(nb: NotebookNode) -> list[str]:
    """Return the labels of a notebook's exercises."""
    return [label for kind, label in stated(nb) if kind == "exercise"]


def verdicts(cell: NotebookNode) -> list[tuple[str, str]]:
    """Return each exercise that a cell calls `check` for, with the sign that was printed."""
    printed = "".join(o.text for o in cell.outputs if o.get("name") == "stdout")
    names = [call["label"] for call in CHECK.finditer(cell.source)]
    return list(zip(names, VERDICT.findall(printed), strict=False))


def asserts(cell: NotebookNode) -> bool:
    """Say whether a cell can fail."""
    return bool(ASSERTION.search(cell.source))


def shown(cell: NotebookNode) -> Iterator[str]:
    """Yield every text that a reader sees among the outputs of a code cell, errors excepted."""
    for output in cell.outputs:
        data = output.get("data", {})
        if FIGURE_MIME in data:
            yield from _figure_texts(data[FIGURE_MIME])
        else:
            yield output.get("text") or data.get("text/plain", "")


def _figure_texts(value: Any, is_text: bool = False) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _figure_texts(part, is_text or key in FIGURE_TEXTS)
    elif isinstance(value, list):
        for part in value:
            yield from _figure_texts(part, is_text)
    elif is_text:
        yield str(value)
