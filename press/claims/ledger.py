"""The ledger, book/ledger.json: for each claim of the book what checks it, how, and what turned each check red.

A claim is a numbered statement or equation of a chapter, or a row of the table of corrections. It has a label. A cell
checks it by a tag, `check:<label>` or `source:<label>`, a test by the marker `claim("<label>")`. A claim that no code
can check is waived: a row by its key `unchecked`.
"""

from __future__ import annotations

import ast
import json
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from nbformat import NotebookNode

from press.notebooks import content
from press.notebooks.checks import checked
from press.notebooks.rules import read
from press.notebooks.store import ROOT, code_cells, paths

LEDGER = ROOT / "book" / "ledger.json"
CORRECTIONS = ROOT / "book" / "corrections.toml"
TESTS = ROOT / "tests"

# NN-name/gibbs-run, or test_discrete.py::TestDivergences::test_a, with its claims
Checks = dict[str, list[str]]


class Claim(NamedTuple):
    """Something that the book states."""

    label: str
    kind: str  # definition, theorem, …, equation, or source
    chapter: str
    waived: bool = False


def claims() -> list[Claim]:
    """Return the claims of all chapters in the order of the text, those of the source last in each."""
    of_source = tomllib.loads(CORRECTIONS.read_text("utf-8"))["row"]
    found = []
    for path in paths():
        stated = content.claims(read(path).nb)
        found += [Claim(label, kind.removeprefix("prf:"), path.stem) for kind, label in stated]
        rows = of_source.get(path.stem, {}).items()
        found += [Claim(label, "source", path.stem, bool(row.get("unchecked"))) for label, row in rows]
    return found


def by_cells(renewed: Mapping[str, NotebookNode]) -> Checks:
    """Return the cells that check claims, in order, of the chapters as they are stored, or as they are renewed."""
    notebooks = {path.stem: renewed.get(path.stem) or read(path).nb for path in paths()}
    cells = ((stem, cell) for stem, nb in notebooks.items() for cell in code_cells(nb))
    return {f"{stem}/{cell.id}": labels for stem, cell in cells if (labels := checked(cell))}


def by_tests(folder: Path = TESTS) -> Checks:
    """Return the tests that carry the marker `claim`."""
    return {
        f"{path.relative_to(folder).as_posix()}::{name}": labels
        for path in sorted(folder.rglob("test_*.py"))
        for name, labels in marked(ast.parse(path.read_text("utf-8")).body)
    }


def marked(body: Iterable[ast.stmt], inside: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield each test of a module or class that carries the marker, and the claims that it names.

    Raises:
        ValueError: if what carries it would never run.

    >>> list(marked(ast.parse('class TestA:\\n @pytest.mark.claim("thm-a")\\n def test_b(self): pass').body))
    [('TestA::test_b', ['thm-a'])]
    """
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            calls = [mark for mark in node.decorator_list if isinstance(mark, ast.Call)]
            marks = [mark for mark in calls if ast.unparse(mark.func) == "pytest.mark.claim"]
            if labels := [ast.literal_eval(label) for mark in marks for label in mark.args]:
                name = inside + node.name
                if not all(part.startswith(("test_", "Test")) for part in name.split("::")):
                    raise ValueError(f"{name} checks {labels}, and never runs: expected test_… or Test…")
                yield name, labels
            if isinstance(node, ast.ClassDef):
                yield from marked(node.body, f"{inside}{node.name}::")


def problems(stated: Collection[Claim], checks: Checks) -> Iterator[str]:
    """Say where claims and checks do not match, and how to mend it."""
    uses = Counter(claim.label for claim in stated)
    checked = {label for labels in checks.values() for label in labels}
    yield from (f"{label} names {n} claims: give each its own label" for label, n in uses.items() if n > 1)
    for name, labels in checks.items():
        for label in labels:
            if label not in uses:
                yield f"{name} checks {label}, and no claim has that label: correct the tag, or remove it"
    for label, kind, _, waived in stated:
        if label in checked and waived:
            yield f"{label} is waived, and something checks it: remove its key `unchecked`"
        if label not in checked and not waived:
            tag = "source" if kind == "source" else "check"
            yield f'{label} is checked by nothing: tag a cell {tag}:{label}, or mark a test claim("{label}")'


def known() -> dict[str, Any]:
    """Return what the ledger's file holds of each cell that checks a claim."""
    entries = [entry for chapter in json.loads(LEDGER.read_text("utf-8")).values() for entry in chapter]
    return {name: cell for entry in entries for name, cell in entry.get("cells", {}).items()}


def record(found: Mapping[str, Any], cells: Checks) -> dict[str, Any]:
    """Return what the ledger's file holds: for each chapter its claims, each with its checks and what they found."""
    tests = by_tests()
    chapters: dict[str, Any] = {}
    for claim in claims():
        entry: dict[str, Any] = {"claim": claim.label, "kind": claim.kind}
        if by_cell := {name: found.get(name) for name, labels in cells.items() if claim.label in labels}:
            entry["cells"] = by_cell
        if by_test := [name for name, labels in tests.items() if claim.label in labels]:
            entry["tests"] = by_test
        if claim.waived:
            entry["waived"] = True
        chapters.setdefault(claim.chapter, []).append(entry)
    return chapters


def text(record: Mapping[str, Any]) -> str:
    """Return the ledger as it stands in its file."""
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"
