"""Run chapters from top to bottom in clean kernels, store what they show, and fill in quoted numbers and keys.

python -m press.notebooks.refresh [NN-name ...]    run these chapters, by default all

What a cell shows stays as it is stored if it agrees by the rules of `press.notebooks.compare`: another processor, which
rounds otherwise, changes nothing.
Nothing is written unless every notebook ran to its end.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager

from press.notebooks import checks, store
from press.notebooks.compare import Tolerance, alike, differences, tolerance
from press.notebooks.content import prose, results
from press.notebooks.exercises import answers, seal, with_keys
from press.notebooks.quotes import filled

TIMEOUT = 300  # seconds a cell
STOPS = (CellControlSignal, DeadKernelError, ValueError)


def refreshed(path: Path) -> str:
    """Return the canonical text of the notebook at `path` after a run in a clean kernel of this Python.

    What stops it is one of `STOPS`: a cell that takes too long, or raises and is not tagged ``raises-exception``, or
    ends its kernel; or a file beside the notebook that cannot be read, or holds an answer that is no number.
    """
    nb, beside = nbformat.read(path, as_version=4), checks.read(path)
    keys = {label: seal(answer) for label, answer in answers(beside).items()}
    store.name_cells(nb)
    stored = {cell.id: cell for cell in store.code_cells(store.normalised(nb))}
    for cell in store.code_cells(nb):
        cell.source, cell.outputs, cell.execution_count = with_keys(cell.source, keys), [], None
    # As in the tests: the kernel is the Python that runs this, whichever kernels the machine has installed.
    kernel = AsyncKernelManager(
        kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_spec_manager=NbvalKernelspecManager()
    )
    client = NotebookClient(
        nb,
        km=kernel,
        timeout=TIMEOUT,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    quiet = {"stderr": subprocess.DEVNULL}  # the kernel's log
    client.execute(env=store.kernel_environment(), cleanup_kc=True, **quiet)
    nb = store.normalised(nb)
    for cell in store.code_cells(nb):
        if agrees(stored[cell.id], cell, tolerance(beside.cells.get(cell.id, {}))):
            cell.outputs = stored[cell.id].outputs
    numbers = dict(results(nb))
    for cell in prose(nb):
        cell.source = filled(cell.source, numbers)
    nb.metadata["klbook"] = store.stamp(nb)
    return store.text(nb)


def agrees(stored: NotebookNode, now: NotebookNode, tol: Tolerance) -> bool:
    """Say whether a cell is the stored one and shows the same."""
    if stored.source != now.source or differences(stored.outputs, now.outputs, tol):
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
        except STOPS as error:
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
