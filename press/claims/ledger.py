"""Write the ledger: for each claim of the book what checks it, how, and what turned each check red.

python -m press.claims.ledger     run the checks and their sabotages, and write book/ledger.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from press.claims.claims import by_cells, by_tests, claims, faults, waived
from press.claims.sabotage import Trial, trial
from press.notebooks.rules import read
from press.notebooks.store import ROOT, paths

LEDGER = ROOT / "book" / "ledger.json"


@cache
def trials(path: Path) -> list[Trial]:
    """Run a notebook's checks and their sabotages, once."""
    return trial(read(path).nb)


def record() -> dict[str, Any]:
    """Return what the ledger's file holds: for each chapter its claims, each with its checks and what they found."""
    found = {f"{path.stem}/{run.cell}": run for path in paths() for run in trials(path)}
    all_cells, all_tests, waivers = by_cells(), by_tests(), waived()
    chapters: dict[str, Any] = {}
    for claim in claims():
        entry: dict[str, Any] = {"claim": claim.label, "kind": claim.kind}
        by_cell = [check.name for check in all_cells if claim.label in check.claims]
        if by_cell:
            entry["cells"] = {
                name: {"how": run.how, "sabotages": run.sabotages, "nudges": run.nudges}
                for name, run in ((name, found[name]) for name in by_cell)
            }
        if by_test := [check.name for check in all_tests if claim.label in check.claims]:
            entry["tests"] = by_test
        if claim.label in waivers:
            entry["waived"] = True
        chapters.setdefault(claim.chapter, []).append(entry)
    return chapters


def text(record: Mapping[str, Any]) -> str:
    """Return the ledger as it stands in its file."""
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the ledger, unless a check is at fault; return the exit status."""
    wrong = list(faults(claims(), [*by_cells(), *by_tests()], waived()))
    wrong += [f"{path.stem}: {fault}" for path in paths() for run in trials(path) for fault in run.faults]
    if wrong:
        print(*wrong, sep="\n")
        return 1
    LEDGER.write_text(text(record()), encoding="utf-8", newline="\n")
    print(LEDGER.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
