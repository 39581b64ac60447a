"""What stands beside a chapter: how its cells check its claims, and the answers to its exercises.

`NN-name.checks.toml` has a table for each code cell that checks a claim, under the cell's id. `how` names the methods;
a method with a size has an expression for it, which is evaluated where the cell ran, so that the size is measured and
never typed. `sabotage` is a list of pairs, a piece of the cell's source and what to put in its place to break the
claim. `tolerance` may stand for any cell, with its `reason`. A table `[exercise.<label>]` holds an exercise's `answer`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from nbformat import NotebookNode

from press.notebooks.content import tree
from press.notebooks.store import code_cells, tags

CLAIM = re.compile(r"(?:check|source):(?P<label>.+)")
KEYS = ("how", "sabotage", "tolerance")
LOOSEST = 1e-2  # relative tolerance that a cell may ask for
SIZED = {"sweep", "grid", "exhaustive", "examples", "draws"}
PLAIN = {
    "symbolic", "closed form", "quadrature", "second method", "equality", "counterexample", "limit", "stored", "zeros",
}  # fmt: skip

Entry = Mapping[str, Any]  # what is said of one cell


class Checks(NamedTuple):
    """What the file beside a chapter says: of each cell by its id, of each exercise by its label."""

    file: str
    cells: dict[str, Entry]
    exercises: dict[str, Entry]


def read(notebook: Path) -> Checks:
    """Return what stands beside a notebook; a chapter without claims and exercises needs no such file."""
    file = notebook.with_suffix(".checks.toml")
    try:
        tables = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file.name}: {error}") from None
    exercises = tables.pop("exercise", {})
    return Checks(file.name, tables, exercises)


def checked(cell: NotebookNode) -> list[str]:
    """Return the labels of the claims that a cell checks, from its tags `check:…` and `source:…`."""
    return [found["label"] for tag in tags(cell) if (found := CLAIM.fullmatch(tag))]


def problems(nb: NotebookNode, checks: Checks) -> Iterator[str]:
    """Say where a notebook and what stands beside it do not match, or where a check is no proof."""
    cells = {cell.id: cell for cell in code_cells(nb)}
    for name in checks.cells.keys() - cells:
        yield f"{checks.file}: [{name}] is no code cell of the notebook{nearest(name, cells)}"
    for cell_id, cell in cells.items():
        yield from (
            f"{cell_id}: {problem}" for problem in _cell_problems(cell, checks.cells.get(cell_id, {}))
        )


def _cell_problems(cell: NotebookNode, entry: Entry) -> Iterator[str]:
    for key in entry.keys() - KEYS:
        yield f"{key}: expected one of {', '.join(KEYS)}{nearest(key, KEYS)}"
    if "tolerance" in entry:
        yield from _tolerance_problems(entry["tolerance"])
    how, sabotages = entry.get("how", {}), entry.get("sabotage", [])
    if not isinstance(how, dict):
        yield f'how: expected a table such as {{equality = ""}}, found {how!r}'
        return
    if not (isinstance(sabotages, list) and all(isinstance(s, list) and len(s) == 2 for s in sabotages)):
        yield f'sabotage: expected pairs such as [["D >= 0", "D < 0"]], found {sabotages!r}'
        return
    if not checked(cell):
        yield from (f"has {key}, and checks no claim" for key in ("how", "sabotage") if key in entry)
        return
    if not how:
        yield 'checks a claim and does not say how, such as how = {sweep = "len(p)", equality = ""}'
    if not sabotages:
        yield 'could pass whatever is true: no sabotage, such as sabotage = [["D >= 0", "D < 0"]]'
    for method, size in how.items():
        if method not in SIZED | PLAIN:
            yield f"how: expected one of {', '.join(sorted(SIZED | PLAIN))}, found {method!r}"
        elif (method in SIZED) != bool(size):
            wanted = "an expression for its size" if method in SIZED else 'nothing behind it, ""'
            yield f"how: {method}: expected {wanted}, found {size!r}"
        elif size and not tree(size, "eval"):
            yield f"how: {method}: expected an expression, found {size!r}"
    for old, new in sabotages:
        if (count := cell.source.count(old)) != 1:
            pieces = (line[i : i + len(old)] for line in cell.source.splitlines() for i in range(len(line)))
            yield f"sabotage: expected {old!r} once in the cell, found it {count} times{nearest(old, pieces)}"
        elif old == new or not tree(cell.source.replace(old, new)):
            yield f"sabotage: {old!r} → {new!r} is no other Python"


def _tolerance_problems(asked: Any) -> Iterator[str]:
    known = isinstance(asked, dict) and {*asked} <= {"rtol", "atol", "reason"}
    if not (known and str(asked.get("reason", "")).strip() and 0 < asked.get("rtol", LOOSEST) <= LOOSEST):
        yield f'tolerance: expected {{rtol = at most {LOOSEST}, reason = "…"}}, found {asked}'


def nearest(name: str, known: Iterable[str]) -> str:
    """Return what is most like a name that nothing has, to end a message with.

    >>> nearest("two-way-run", ["two-ways-run", "gibbs-run"]), nearest("x", ["two-ways-run"])
    ('; nearest: two-ways-run', '')
    """
    return "".join(
        f"; nearest: {found}" for found in difflib.get_close_matches(name, [*known], n=1) if found != name
    )
