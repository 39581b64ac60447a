"""Join the scripts that every visit loads into one: a hundred requests, one after another, are most of a start.

JupyterLab comes in chunks. Each puts its modules on a list, from which the code that loads chunks takes what it finds
there before it asks for a file.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

CHUNK = re.compile(r"(build|extensions/.+/static)/[^/]+\.js")
PUSHES = re.compile(rb'(?:/\*.*?\*/\s*)?(?:"use strict";\s*)?\(self[.[]"?(?:webpack|rspack)Chunk', re.DOTALL)


def join(site: Path, loaded: list[str]) -> tuple[str, list[str]]:
    """Write one script for those of `loaded` that are chunks.

    Args:
        site: the lab; the script is written below its folder `build`.
        loaded: what a visit loads, by the paths in the lab.

    Returns:
        The path of the script, and the paths of those that it is made of.
    """
    chunks = [path for path in loaded if CHUNK.fullmatch(path) and PUSHES.match((site / path).read_bytes())]
    # Each in a function of its own, for "use strict" holds for all that follows it in a script.
    script = b"".join(b"(()=>{" + (site / path).read_bytes() + b"\n})();\n" for path in chunks)
    name = f"build/chunks.{hashlib.sha256(script).hexdigest()[:8]}.js"
    (site / name).write_bytes(script)
    return name, chunks
