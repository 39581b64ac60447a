"""What a cell that checks a claim says of itself: which claims, how, and which sabotages must turn it red.

`how` in the cell's metadata names the methods; a method with a size has an expression for it, which is evaluated
where the cell ran, so that the size is measured and never typed. `sabotage` is a list of pairs, a piece of the cell's
source and what to put in its place to break the claim.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nbformat import NotebookNode

from press.notebooks.store import tags

CLAIM = re.compile(r"(?:check|source):(?P<label>.+)")
SIZED = {"sweep", "grid", "exhaustive", "examples", "draws"}
PLAIN = {
    "symbolic", "closed form", "quadrature", "second method", "equality", "counterexample", "limit", "stored", "zeros",
}  # fmt: skip


def checked(cell: NotebookNode) -> list[str]:
    """Return the labels of the claims that a cell checks, from its tags `check:…` and `source:…`."""
    return [found["label"] for tag in tags(cell) if (found := CLAIM.fullmatch(tag))]


def faults(cell: NotebookNode) -> Iterator[str]:
    """Say what is wrong with what a code cell says of its check."""
    how, sabotage = cell.metadata.get("how"), cell.metadata.get("sabotage")
    if not checked(cell):
        yield from (
            f"has metadata {key}, and checks no claim" for key in ("how", "sabotage") if key in cell.metadata
        )
        return
    if not how:
        yield 'checks a claim and does not say how: metadata "how", such as {"sweep": "len(p)", "equality": ""}'
    if not sabotage:
        yield 'could pass whatever is true: metadata "sabotage", such as [["D >= 0", "D < 0"]]'
    for method, size in (how or {}).items():
        if method not in SIZED | PLAIN:
            yield f"how: expected one of {', '.join(sorted(SIZED | PLAIN))}, found {method!r}"
        elif (method in SIZED) != bool(size):
            wanted = "an expression for its size" if method in SIZED else "nothing behind it"
            yield f"how: {method}: expected {wanted}, found {size!r}"
        elif size and not _parses(size, "eval"):
            yield f"how: {method}: expected an expression, found {size!r}"
    for old, new in sabotage or []:
        if (count := cell.source.count(old)) != 1:
            yield f"sabotage: expected {old!r} once in the cell, found it {count} times"
        elif old == new or not _parses(cell.source.replace(old, new), "exec"):
            yield f"sabotage: {old!r} → {new!r} is no other Python"


def _parses(source: str, mode: str) -> bool:
    try:
        ast.parse(source, mode=mode)
    except SyntaxError:
        return False
    return True
