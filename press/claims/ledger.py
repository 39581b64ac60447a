"""Write the ledger: for each claim of the book what checks it, how, and what turned each check red.

python -m press.claims.ledger [NN-name ...]    run the checks of these chapters, by default of all, and their sabotages

What was found goes into book/ledger.json; of the other chapters stays there what an earlier run has found.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from press.claims.claims import by_cells, by_tests, claims, problems, waived
from press.claims.sabotage import Trial, trial
from press.notebooks.rules import read
from press.notebooks.store import ROOT, chosen

LEDGER = ROOT / "book" / "ledger.json"


@cache
def trials(path: Path) -> list[Trial]:
    """Run a notebook's checks and their sabotages, once."""
    stored = read(path)
    return trial(stored.nb, stored.checks)


def record(paths: Collection[Path]) -> dict[str, Any]:
    """Return what the ledger's file holds: for each chapter its claims, each with its checks and what they found."""
    stored = json.loads(LEDGER.read_text("utf-8"))
    entries = [entry for chapter in stored.values() for entry in chapter]
    found = {name: cell for entry in entries for name, cell in entry.get("cells", {}).items()}
    for path in paths:
        for run in trials(path):
            kept = {"how": run.how, "sabotages": run.sabotages, "nudges": run.nudges}
            found[f"{path.stem}/{run.cell}"] = kept
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
        wrong += [f"{path.stem}: {line}" for path in paths for run in trials(path) for line in run.problems]
        now = "" if wrong else text(record(paths))
    except ValueError as error:
        wrong = [str(error)]
    if not wrong:
        LEDGER.write_text(now, encoding="utf-8", newline="\n")
    print(*wrong or [str(LEDGER.relative_to(ROOT))], sep="\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
