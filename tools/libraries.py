"""Hold the lines of numpy that chapters 4 and 7 show for other libraries against the libraries themselves.

``make libraries`` installs one after the other, each into a folder of its own, as tools/libraries.toml says, and
fails where a line gives another number than its library, with the names of library, call and case. A library that
cannot be installed is *not run*, which is no pass; nothing run at all is a failure. ``LATEST=1`` takes the newest
versions instead of those that the chapter names, ``ONLY=name`` one library.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
CHAPTER, LEASH = (ROOT / "notebooks" / f"{name}.ipynb" for name in ("04-code", "07-leash"))
LIBRARIES: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
ENDS = PASSED, FAILED, NOT_RUN = "passed", "FAILED", "not run"
BUILT = ROOT / "_build"
BATCH = [[0.3, 0.6, 0.1], [0.2, 0.2, 0.6]], [[0.4, 0.5, 0.1], [0.1, 0.3, 0.6]]
CASES: dict[str, tuple[Any, Any]] = {
    "one row": (BATCH[0][0], BATCH[1][0]),
    "a batch": BATCH,
    "sums other than 1": ([0.5, 0.5], [0.3, 0.3]),
    "counts": ([30.0, 70.0], [50.0, 50.0]),
    "zero in p": ([1.0, 0.0], [0.5, 0.5]),
    "zero in q": ([0.5, 0.5], [1.0, 0.0]),
    "zero in both": ([0.5, 0.5, 0.0], [0.3, 0.7, 0.0]),
    "tiny q": ([0.5, 0.5], [1.0, 1e-20]),
}


def cells(kind: str, start: str) -> Iterator[str]:
    """The sources of the chapters' cells of a kind whose names begin so."""
    for chapter in (CHAPTER, LEASH):
        for cell in json.loads(chapter.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == kind and cell["id"].startswith(start):
                yield "".join(cell["source"])


def lines() -> dict[str, Any]:
    """The functions that the chapters' cells of code named lines-… define."""
    names: dict[str, Any] = {"np": np}
    for source in cells("code", "lines-"):
        exec(source, names)
    return names


def listing(library: str) -> str:
    """The code that the text of a cell named listing-… shows for a library."""
    shown = "\n".join(cells("markdown", f"listing-{library}"))
    return "\n".join(re.findall(r"^```python\n(.*?)^```", shown, re.M | re.S))


def differences(library: str, names: dict[str, Any]) -> Iterator[str]:
    """Name each call of an installed library that gives another number than its line does."""
    entry = LIBRARIES[library]
    exec(entry["setup"] + listing(library), names)
    cases = [
        (f"{case}, {dtype.__name__}", np.array(p, dtype), np.array(q, dtype), entry["equal"])
        for case, (p, q) in CASES.items()
        for dtype in (np.float64, np.float32)
    ]
    for case, p, q, pairs in [*cases, ("by itself", np.ones(1), np.ones(1), entry.get("once", []))]:
        names |= {"p": p, "q": q}
        for line, call in pairs:
            ours, theirs = (np.asarray(eval(code, names)) for code in (line, call))
            near = 1e-5 if np.float32 in (p.dtype, theirs.dtype) else 1e-12
            same = ours.shape == theirs.shape and np.allclose(ours, theirs, near, near / 100, equal_nan=True)
            if not same:
                yield f"{library}: {call}: {case}: the line {line} gives {ours}, the library {theirs}"


def check(library: str) -> bool:
    """Check a library that this Python finds; say whether it passes."""
    found = list(differences(library, lines()))
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{library} {version(library)}: {FAILED if found else PASSED}", flush=True)
    return not found


def install_and_check(library: str, latest: bool) -> str:
    """Install a library into a folder of its own, check it there, and take the folder away; say how that ended."""
    packages = LIBRARIES[library]["packages"]
    packages = [re.sub("==.*", "", package) for package in packages] if latest else packages
    BUILT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILT) as folder:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, *packages]
        if subprocess.run(install).returncode:
            return NOT_RUN
        here = {**os.environ, "PYTHONPATH": folder}
        failed = subprocess.run([sys.executable, __file__, "--check", library], env=here).returncode
    return FAILED if failed else PASSED


def main(wanted: list[str]) -> int:
    """Check every library that is wanted, or all; return 0 if some passed and none failed."""
    latest = bool(os.environ.get("LATEST"))
    ends = {library: install_and_check(library, latest) for library in wanted or LIBRARIES}
    for end in ENDS:
        print(f"{end}: {', '.join(library for library in ends if ends[library] == end) or '-'}")
    return int(FAILED in ends.values() or PASSED not in ends.values())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        sys.exit(not check(sys.argv[2]))
    sys.exit(main(sys.argv[1:]))
