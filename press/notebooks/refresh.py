"""Run chapters from top to bottom in clean kernels, store what they show, and fill in quoted numbers and keys.

    python press/notebooks/refresh.py [--check] [NN-name ...]

Without a name it runs all. Running it twice gives the same bytes. Nothing is written unless every notebook ran to its
end. With --check nothing is written at all, and the exit status is 1 if a file would change; the last digits and the
pictures depend on versions, so this holds in the locked environment. The numbers that the Chinese texts
quote are filled in, too.
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

from press.notebooks import checks, store  # noqa: E402
from press.notebooks.content import prose, results  # noqa: E402
from press.notebooks.exercises import answers, seal, with_keys  # noqa: E402
from press.notebooks.quotes import filled  # noqa: E402
from press.translation import sync  # noqa: E402

TIMEOUT = 300  # seconds a cell


def refreshed(path: Path) -> str:
    """Return the canonical text of the notebook at `path` after a run in a clean kernel of this Python.

    Raises
    ------
    CellControlSignal
        If a cell takes too long, or raises and is not tagged ``raises-exception``.
    DeadKernelError
        If a cell ends its kernel.
    ValueError
        If the file beside the notebook cannot be read, or an answer in it gives no number.
    """
    nb = nbformat.read(path, as_version=4)
    keys = {label: seal(answer) for label, answer in answers(checks.read(path)).items()}
    store.name_cells(nb)
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
    numbers = dict(results(nb))
    for cell in prose(nb):
        cell.source = filled(cell.source, numbers)
    nb = store.normalised(nb)
    nb.metadata["klbook"] = store.stamp(nb)
    return store.text(nb)


def main(arguments: Sequence[str] | None = None) -> int:
    """Refresh or check the chapters named on the command line, by default all; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file would change")
    parser.add_argument("names", nargs="*", help="chapters, or paths of notebooks (default: all chapters)")
    options = parser.parse_args(arguments)
    try:
        paths = store.chosen(options.names)
    except ValueError as error:
        parser.error(str(error))
    new: dict[Path, str] = {}
    failed = False
    for path in paths:
        start, stored = time.perf_counter(), path.read_text(encoding="utf-8")
        details: list[str] = []
        try:
            new[path] = refreshed(path)
            verdict = "fresh" if new[path] == stored else "stale" if options.check else "new"
        except (CellControlSignal, DeadKernelError, ValueError) as error:
            verdict, details = "raises", str(error).splitlines()
        if verdict == "stale":
            details = store.first_differences(stored, new[path])
        failed |= verdict in {"raises", "stale"}
        print(f"{verdict:8}{path}  {time.perf_counter() - start:.1f} s", *details, sep="\n    ", flush=True)
    if failed:
        print("" if options.check else "Nothing is written: mend what raises, and say make refresh again.")
    elif not options.check:
        for path, now in new.items():
            path.write_text(now, encoding="utf-8", newline="\n")
        sync()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
