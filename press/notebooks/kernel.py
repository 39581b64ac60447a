"""Run a notebook from top to bottom in a clean kernel."""

from __future__ import annotations

import copy
import os
import subprocess
from pathlib import Path

import matplotlib
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode

from press.notebooks.store import ROOT, code_cells, normalised

TIMEOUT = 300  # seconds a cell
# What stops a run: a cell that raises or takes too long, or ends its kernel.
STOPS = (CellControlSignal, DeadKernelError)


def kernel_environment() -> dict[str, str]:
    """Return the environment for a kernel that imports what stands in this repository."""
    matplotlib.get_cachedir()  # where home cannot be written it makes a folder, and tells kernels by the environment
    inherited = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), inherited]))}


def executed(nb: NotebookNode, folder: Path) -> NotebookNode:
    """Return a notebook in canonical form, with what its cells show when they run in `folder`.

    What stops it is one of `STOPS`; a cell that is tagged ``raises-exception`` may raise.
    """
    nb = copy.deepcopy(nb)
    for cell in code_cells(nb):
        cell.outputs = []
    client = NotebookClient(
        nb,
        # Without folders to look in there is one kernel, the Python that runs this.
        km=AsyncKernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[])),
        timeout=TIMEOUT,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )
    quiet = {"stderr": subprocess.DEVNULL}  # the kernel's log
    return normalised(client.execute(env=kernel_environment(), cleanup_kc=True, **quiet))
