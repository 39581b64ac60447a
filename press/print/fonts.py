"""The faces of the print edition: from packages, by name, version and hash; Matplotlib's for code and for signs."""

from __future__ import annotations

import hashlib
import re
import tarfile
from pathlib import Path

import matplotlib

from press.lab.fetch import FetchError, npm_pack

PACKAGES = {
    "@fontsource/source-serif-4@5.3.1": "54b7898afa20cf4b2d807bbf2b5a2f865e28a83db8a5fcc563dafce5ecb5e7c8",
    "@fontsource/source-sans-3@5.3.1": "b598201d980b3512805bbea186aab8ef91590d59990e6a13c90e030b6ff37881",
    "@fontsource/noto-serif-sc@5.3.0": "e46d02fdaba2e816c8cdbc38188c80830b5f6af75fff207d0204e25d23d48fd4",
    "@fontsource/noto-sans-sc@5.3.0": "05a7abac78a6cac4bd1361e7b24c680ee820fcc2f22cf5cc92673f4cd12771c5",
    "@fontsource/stix-two-math@5.3.0": "948de1b5470fbbd745fedbe6135797454fe833d94feecc6f2073cd771fe2f5fd",
}
WEIGHTS = "400", "600"
WANTED = re.compile(r"package/(LICENSE|(400|600)(-italic)?\.css|files/.*-(400|600)-\w+\.woff2)")
MATPLOTLIB = Path(matplotlib.get_data_path())
SIGNS = {  # that the other faces lack, and code
    "DejaVu Sans Mono": ("DejaVuSansMono", "DejaVuSansMono-Bold"),
    "DejaVu Sans": ("DejaVuSans", "DejaVuSans-Bold"),
    "STIXGeneral": ("STIXGeneral", "STIXGeneralBol"),
}
# Chinese quotation marks, dashes and dots are as wide as a character, so they must come from the Chinese face.
MARKS = {"marks serif": "noto-serif-sc", "marks sans": "noto-sans-sc"}
FORMULAS = "stix-two-math/package/files/stix-two-math-latin-400-normal.woff2"  # whole, whatever its name says
ONLY_MARKS = " unicode-range: U+2014, U+201C-201D, U+2026;"
# As a PDF calls them.
EMBEDDED = re.compile("KaTeX|Source(Serif|Sans)|Noto(Serif|Sans)SC|DejaVuSans|STIXGeneral")


def signs() -> list[str]:
    """Return the styles of Matplotlib's faces."""
    return [
        face(name, weight, f"ttf/{file}.ttf")
        for name, files in SIGNS.items()
        for weight, file in zip(WEIGHTS, files, strict=True)
    ]


def fetch(target: Path) -> str:
    """Make `target` hold the faces of the packages, and return the styles that name all faces by their place in it."""
    styles = []
    for package, expected in PACKAGES.items():
        archive = npm_pack(package, target.with_name("packages"))
        found = hashlib.sha256(archive.read_bytes()).hexdigest()
        if found != expected:
            raise FetchError(
                f"{package} should have the SHA-256 {expected[:8]}…, found {found[:8]}…: refused"
            )
        folder = target / package.split("/")[1].split("@")[0]
        if not folder.exists():
            with tarfile.open(archive) as files:
                wanted = [member for member in files if WANTED.fullmatch(member.name)]
                files.extractall(folder, wanted, filter="data")
        styles += [
            f'@import "{path.relative_to(target).as_posix()}";' for path in sorted(folder.glob("*/*.css"))
        ]
    for name, font in MARKS.items():
        file = f"{font}/package/files/{font}-latin-{{}}-normal.woff2"
        styles += [face(name, weight, file.format(weight), ONLY_MARKS) for weight in WEIGHTS]
    return "\n".join([*styles, *signs()])


def face(name: str, weight: str, file: str, more: str = "") -> str:
    """Return the style that names a face."""
    return f'@font-face {{ font-family: "{name}"; font-weight: {weight}; src: url("{file}");{more} }}'
