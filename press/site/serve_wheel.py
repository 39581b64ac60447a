"""Serve klhelpers with the book, as the wheel `_static/wheels/klhelpers-….whl` that a lone notebook can install.

A page names it by @WHEEL@.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from sphinx.errors import ExtensionError

REPOSITORY = Path(__file__).resolve().parents[2]
NEEDED = ("pyproject.toml", "README.md", "LICENSE", "klhelpers")
FOLDER = "_static/wheels"
FIRST_DAY_OF_ZIP = "315532800"  # 1980-01-01, so that the same code gives the same file


def file_name() -> str:
    """Return the name of the wheel."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    return f"{project['name']}-{project['version']}-py3-none-any.whl"


def build(target: Path) -> None:
    """Build the wheel, in a copy: setuptools leaves folders beside what it builds."""
    with tempfile.TemporaryDirectory() as folder:
        for name in NEEDED:
            source = REPOSITORY / name
            if source.is_dir():
                shutil.copytree(source, Path(folder, name), ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, folder)
        done = subprocess.run(
            [sys.executable, "-c", "from setuptools.build_meta import build_wheel; build_wheel('.')"],
            cwd=folder,
            capture_output=True,
            text=True,
            env={**os.environ, "SOURCE_DATE_EPOCH": FIRST_DAY_OF_ZIP},
        )
        if done.returncode:
            raise ExtensionError(f"the wheel of klhelpers cannot be built: {done.stderr.strip()}")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(folder, file_name()), target)


def newest() -> float:
    """Return when the last change was made to what the wheel is built from."""
    paths = [path for name in NEEDED for path in (REPOSITORY / name, *(REPOSITORY / name).rglob("*.*"))]
    return max(path.stat().st_mtime for path in paths if "__pycache__" not in path.parts and path.is_file())


def serve(app: Any, exception: Exception | None) -> None:
    """Put the wheel into the site, unless the one there is new enough."""
    target = Path(app.outdir, FOLDER, file_name())
    if exception or app.builder.format != "html":
        return
    if not target.exists() or target.stat().st_mtime < newest():
        build(target)


def name_it(app: Any, docname: str, source: list[str]) -> None:
    """Write the file's name where a page says @WHEEL@."""
    source[0] = source[0].replace("@WHEEL@", file_name())


def setup(app: Any) -> dict[str, bool]:
    """Name the wheel in the pages, and build it when they are written."""
    app.connect("source-read", name_it)
    app.connect("build-finished", serve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
