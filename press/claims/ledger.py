"""Write the ledger: for each claim of the book what checks it, how, and what turned each check red.

python -m press.claims.ledger [NN-name ...]    run the checks of these chapters, by default of all, and their sabotages

What was found goes into book/ledger.json; of the other chapters stays there what an earlier run has found.

A claim is a numbered statement or equation of a chapter, or a row of the table of corrections. It has a label. A cell
checks it by a tag, `check:<label>` or `source:<label>`, a test by the marker `claim("<label>")`. A claim that no code
can check is waived: a row by its key `unchecked`, any other by an entry of book/waived.toml.
"""

from __future__ import annotations

import ast
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from press.claims.sabotage import Run, trial
from press.notebooks import content
from press.notebooks.checks import checked
from press.notebooks.kernel import STOPS
from press.notebooks.rules import read
from press.notebooks.store import ROOT, chosen, code_cells, paths

LEDGER = ROOT / "book" / "ledger.json"
CORRECTIONS = ROOT / "book" / "corrections.toml"
WAIVED = ROOT / "book" / "waived.toml"
TESTS = ROOT / "tests"


class Claim(NamedTuple):
    """Something that the book states."""

    label: str
    kind: str  # definition, theorem, …, equation, or source
    chapter: str


class Check(NamedTuple):
    """A cell or a test that checks claims."""

    name: str  # NN-name/gibbs-run, or test_discrete.py::TestDivergences::test_are_never_negative
    claims: tuple[str, ...]


def claims() -> list[Claim]:
    """Return the claims of all chapters in the order of the text, those of the source last in each."""
    rows = tomllib.loads(CORRECTIONS.read_text("utf-8"))["row"]
    found = []
    for path in paths():
        stated = content.claims(read(path).nb)
        found += [Claim(label, kind.removeprefix("prf:"), path.stem) for kind, label in stated]
        found += [Claim(row["id"], "source", path.stem) for row in rows if row["chapter"] == path.stem]
    return found


def waived() -> dict[str, str]:
    """Return the claims that no code can check, each with the reason."""
    rows = tomllib.loads(CORRECTIONS.read_text("utf-8"))["row"]
    others = tomllib.loads(WAIVED.read_text("utf-8"))
    reasons = {label: reason["en"] for label, reason in others.items()}
    return reasons | {row["id"]: row["unchecked"] for row in rows if "unchecked" in row}


def by_cells() -> list[Check]:
    """Return the cells that check claims, in order."""
    found = ((path.stem, cell) for path in paths() for cell in code_cells(read(path).nb))
    return [Check(f"{stem}/{cell.id}", tuple(checked(cell))) for stem, cell in found if checked(cell)]


def by_tests(folder: Path = TESTS) -> list[Check]:
    """Return the tests that carry the marker `claim`."""
    return [
        Check(f"{path.relative_to(folder).as_posix()}::{name}", labels)
        for path in sorted(folder.rglob("test_*.py"))
        for name, labels in marked(ast.parse(path.read_text("utf-8")).body)
    ]


def marked(body: Iterable[ast.stmt], inside: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each test of a module or class that carries the marker, and the claims that it names.

    >>> list(marked(ast.parse('class TestA:\\n @pytest.mark.claim("thm-a")\\n def test_b(self): pass').body))
    [('TestA::test_b', ('thm-a',))]
    """
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            calls = [mark for mark in node.decorator_list if isinstance(mark, ast.Call)]
            marks = [mark for mark in calls if ast.unparse(mark.func) == "pytest.mark.claim"]
            if labels := tuple(str(ast.literal_eval(label)) for mark in marks for label in mark.args):
                yield inside + node.name, labels
            if isinstance(node, ast.ClassDef):
                yield from marked(node.body, f"{inside}{node.name}::")


def problems(stated: Iterable[Claim], checks: Iterable[Check], waived: Mapping[str, str]) -> Iterator[str]:
    """Say where claims, checks and waivers do not match, and how to mend it."""
    uses = Counter(claim.label for claim in stated)
    checked = {label for check in checks for label in check.claims}
    yield from (f"{label} names {n} claims: give each its own label" for label, n in uses.items() if n > 1)
    for check in checks:
        for label in check.claims:
            if label not in uses:
                yield f"{check.name} checks {label}, and no claim has that label: correct the tag, or remove it"
    for label in uses:
        if label not in checked | waived.keys():
            yield (
                f"{label} is checked by nothing: tag a cell check:{label} (source:{label} for a row), mark a test "
                f'claim("{label}"), or say in book/waived.toml why no code can check it'
            )
    for label, reason in waived.items():
        if label not in uses:
            yield f"{label} is waived, and no claim has that label: remove it from book/waived.toml"
        elif label in checked:
            yield f"{label} is waived, and something checks it: remove the waiver"
        elif not reason.strip():
            yield f"{label} is waived without a reason"


@cache
def tried(path: Path) -> Run:
    """Run a chapter with its sabotages, once."""
    return trial(read(path), path.parent)


def record(paths: Collection[Path]) -> dict[str, Any]:
    """Return what the ledger's file holds: for each chapter its claims, each with its checks and what they found."""
    stored = json.loads(LEDGER.read_text("utf-8"))
    entries = [entry for chapter in stored.values() for entry in chapter]
    found = {name: cell for entry in entries for name, cell in entry.get("cells", {}).items()}
    for path in paths:
        found |= {f"{path.stem}/{name}": check for name, check in tried(path).checks.items()}
    all_cells, all_tests, waivers = by_cells(), by_tests(), waived()
    if unknown := [check.name for check in all_cells if check.name not in found]:
        raise ValueError(f"{unknown[0]} is not in the ledger yet: run its chapter, too")
    chapters: dict[str, Any] = {}
    for claim in claims():
        entry: dict[str, Any] = {"claim": claim.label, "kind": claim.kind}
        if by_cell := [check.name for check in all_cells if claim.label in check.claims]:
            entry["cells"] = {name: found[name] for name in by_cell}
        if by_test := [check.name for check in all_tests if claim.label in check.claims]:
            entry["tests"] = by_test
        if claim.label in waivers:
            entry["waived"] = True
        chapters.setdefault(claim.chapter, []).append(entry)
    return chapters


def text(record: Mapping[str, Any]) -> str:
    """Return the ledger as it stands in its file."""
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def main(names: Collection[str]) -> int:
    """Write the ledger, unless a check is at fault; return the exit status."""
    paths = chosen(names)
    try:
        wrong = list(problems(claims(), [*by_cells(), *by_tests()], waived()))
        wrong += [f"{path.stem}: {line}" for path in paths for line in tried(path).faults]
        now = "" if wrong else text(record(paths))
    except (ValueError, *STOPS) as error:
        wrong = [str(error)]
    if not wrong:
        LEDGER.write_text(now, encoding="utf-8", newline="\n")
    print(*wrong or [str(LEDGER.relative_to(ROOT))], sep="\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
