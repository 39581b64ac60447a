"""Run chapters from top to bottom in clean kernels, store what they show, and fill in quoted numbers and keys.

python -m press.notebooks.refresh [NN-name ...]    run these chapters, by default all

What a cell shows stays as it is stored if it agrees by the rules of `press.notebooks.compare`: another processor, which
rounds otherwise, changes nothing.
Nothing is written unless every notebook ran to its end.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from press.notebooks import checks, store
from press.notebooks.compare import alike, differences
from press.notebooks.content import filled, prose, results
from press.notebooks.kernel import STOPS, executed


def refreshed(path: Path) -> str:
    """Return the canonical text of the notebook at `path` after a run in a clean kernel.

    What stops it is one of `STOPS`, or a ValueError: the file beside the notebook cannot be read, or holds an answer
    that is no number.
    """
    nb, keys = nbformat.read(path, as_version=4), checks.keys(checks.read(path))
    store.name_cells(nb)
    stored = {cell.id: cell for cell in store.code_cells(store.normalised(nb))}
    for cell in store.code_cells(nb):
        cell.source = checks.with_keys(cell.source, keys)
    nb = executed(nb, path.parent)
    for cell in store.code_cells(nb):
        if agrees(stored[cell.id], cell):
            cell.outputs = stored[cell.id].outputs
    numbers = dict(results(nb))
    for cell in prose(nb):
        cell.source = filled(cell.source, numbers)
    nb.metadata["klbook"] = store.stamp(nb)
    return store.text(nb)


def agrees(stored: NotebookNode, now: NotebookNode) -> bool:
    """Say whether a cell is the stored one and shows the same."""
    if stored.source != now.source or differences(stored.outputs, now.outputs):
        return False
    data = ([output.get("data", {}) for output in cell.outputs] for cell in (stored, now))
    return all(map(alike, *data))


def main(names: Sequence[str]) -> int:
    """Refresh the chapters that are named, by default all, unless one of them raises; return the exit status."""
    new: dict[Path, str] = {}
    paths = store.chosen(names)
    for path in paths:
        start, details = time.perf_counter(), []
        try:
            new[path] = refreshed(path)
            verdict = "fresh" if new[path] == path.read_text("utf-8") else "new"
        except (ValueError, *STOPS) as error:
            verdict, details = "raises", str(error).splitlines()
        print(f"{verdict:8}{path}  {time.perf_counter() - start:.1f} s", *details, sep="\n    ", flush=True)
    if len(new) < len(paths):
        print("Nothing is written: mend what raises, and refresh again.")
        return 1
    for path, now in new.items():
        path.write_text(now, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
