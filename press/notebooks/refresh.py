"""Run the notebooks from top to bottom in clean kernels, store what they show, and fill in quoted numbers.

    python press/notebooks/refresh.py [--check] [notebooks/01-definitions.ipynb ...]

Running it twice gives the same bytes. With --check nothing is written, and the exit status is 1 if a file
would change; the last digits and the pictures depend on versions, so this holds in the locked environment. If one
notebook raises, none is written. The numbers that the Chinese texts quote are filled in, too.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # run as a script, this file finds its neighbours

import nbformat  # noqa: E402
from jupyter_client.manager import AsyncKernelManager  # noqa: E402
from nbclient import NotebookClient  # noqa: E402
from nbclient.exceptions import CellControlSignal, DeadKernelError  # noqa: E402
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager  # noqa: E402

from press.notebooks.content import prose, results  # noqa: E402
from press.notebooks.quotes import filled  # noqa: E402
from press.notebooks.store import (  # noqa: E402
    code_cells,
    first_differences,
    kernel_environment,
    name_cells,
    normalised,
    paths,
    stamp,
    text,
)
from press.translation import sync  # noqa: E402

TIMEOUT = 300  # seconds a cell


def refreshed(path: Path) -> str:
    """Return the canonical text of the notebook at `path` after a run in a clean kernel of this Python.

    Raises:
        CellControlSignal: if a cell takes too long, or raises and is not tagged ``raises-exception``.
        DeadKernelError: if a cell ends its kernel.
    """
    nb = nbformat.read(path, as_version=4)
    name_cells(nb)
    for cell in code_cells(nb):
        cell.outputs, cell.execution_count = [], None
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
    client.execute(env=kernel_environment(), stderr=subprocess.DEVNULL, cleanup_kc=True)  # stderr: its log
    numbers = dict(results(nb))
    for cell in prose(nb):
        cell.source = filled(cell.source, numbers)
    nb = normalised(nb)
    nb.metadata["klbook"] = stamp(nb)
    return text(nb)


def main(arguments: Sequence[str] | None = None) -> int:
    """Refresh or check the notebooks named on the command line, by default all; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file would change")
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks (default: all under notebooks/)")
    options = parser.parse_args(arguments)
    failed, changed = 0, {}
    for path in options.paths or paths():
        start, stored = time.perf_counter(), path.read_text(encoding="utf-8")
        details: list[str] = []
        try:
            now = refreshed(path)
        except (CellControlSignal, DeadKernelError) as error:
            verdict, details = "raises", str(error).splitlines()
        else:
            verdict = "fresh" if now == stored else "stale" if options.check else "changed"
        if verdict == "stale":
            details = first_differences(stored, now)
        if verdict == "changed":
            changed[path] = now
        failed += verdict in {"raises", "stale"}
        print(f"{verdict:8}{path}  {time.perf_counter() - start:.1f} s", *details, sep="\n    ", flush=True)
    if failed and changed:
        print("Nothing is written.")
    if not (failed or options.check):
        for path, now in changed.items():
            path.write_text(now, encoding="utf-8", newline="\n")
        sync()
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
