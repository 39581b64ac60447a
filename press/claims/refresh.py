"""Run chapters in clean kernels, store what they show, quoted numbers and keys, and what became of their checks.

python -m press.claims.refresh [NN-name ...]    run these chapters, by default all

What a cell shows stays as it is stored if it agrees by the rules of `press.notebooks.compare`: another processor, which
rounds otherwise, changes nothing. What was found of the checks goes into book/ledger.json; of the other chapters stays
there what an earlier run has found. Nothing is written unless every notebook ran to its end, no check is at fault, and
claims and checks match.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from press.claims import ledger
from press.claims.sabotage import Run, trial
from press.notebooks import checks, store
from press.notebooks.compare import alike, differences
from press.notebooks.content import filled, prose, results
from press.notebooks.kernel import STOPS


def refreshed(path: Path) -> Run:
    """Return the notebook at `path` as it is to be stored after a run in a clean kernel.

    What stops it is one of `STOPS`, or a ValueError: the file beside the notebook cannot be read, or holds an answer
    that is no number.
    """
    nb, beside = nbformat.read(path, as_version=4), checks.read(path)
    keys = checks.keys(beside)
    store.name_cells(nb)
    stored = {cell.id: cell for cell in store.code_cells(store.normalised(nb))}
    for cell in store.code_cells(nb):
        cell.source = checks.with_keys(cell.source, keys)
    run = trial(nb, beside, path.parent)
    for cell in store.code_cells(run.nb):
        if agrees(stored[cell.id], cell):
            cell.outputs = stored[cell.id].outputs
    numbers = dict(results(run.nb))
    for cell in prose(run.nb):
        cell.source = filled(cell.source, numbers)
    run.nb.metadata["klbook"] = store.stamp(run.nb)
    return run


def agrees(stored: NotebookNode, now: NotebookNode) -> bool:
    """Say whether a cell is the stored one and shows the same."""
    if stored.source != now.source or differences(stored.outputs, now.outputs):
        return False
    data = ([output.get("data", {}) for output in cell.outputs] for cell in (stored, now))
    return all(map(alike, *data))


def main(names: Sequence[str]) -> int:
    """Refresh the chapters that are named, by default all, or none of them; return the exit status."""
    runs: dict[Path, Run] = {}
    paths = store.chosen(names)
    for path in paths:
        start = time.perf_counter()
        try:
            runs[path] = refreshed(path)
            verdict, details = "ran", runs[path].faults
        except (ValueError, *STOPS) as error:
            verdict, details = "raises", str(error).splitlines()
        print(f"{verdict:8}{path}  {time.perf_counter() - start:.1f} s", *details, sep="\n    ", flush=True)
    cells = ledger.by_cells({path.stem: run.nb for path, run in runs.items()})
    checked = {
        f"{path.stem}/{name}": check for path, run in runs.items() for name, check in run.checks.items()
    }
    found = ledger.known() | checked
    wrong = [*ledger.problems(ledger.claims(), cells | ledger.by_tests())]
    wrong += [
        f"{name} is not in the ledger yet: refresh its chapter, too" for name in sorted(cells.keys() - found)
    ]
    if wrong or len(runs) < len(paths) or any(run.faults for run in runs.values()):
        print(*wrong, "Nothing is written: mend what is named here, and refresh again.", sep="\n")
        return 1
    for path, run in runs.items():
        path.write_text(store.text(run.nb), encoding="utf-8", newline="\n")
    now = ledger.text(ledger.record(found, cells))
    ledger.LEDGER.write_text(now, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
