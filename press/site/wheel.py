"""Serve klhelpers with the book, as the wheel that a lone notebook can install. A page names it by @WHEEL@."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from press.site.editions import ROOT

PROJECT = ("pyproject.toml", "README.md", "LICENSE")
FIRST_DAY_OF_ZIP = "315532800"  # 1980-01-01, so that the same code gives the same file


def file_name() -> str:
    """Return the name of the wheel."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return f"{project['name']}-{project['version']}-py3-none-any.whl"


def build(target: Path) -> None:
    """Build the wheel, in a copy: setuptools leaves folders beside what it builds."""
    with tempfile.TemporaryDirectory() as folder:
        for name in PROJECT:
            shutil.copy(ROOT / name, folder)
        unwanted = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "klhelpers", Path(folder, "klhelpers"), ignore=unwanted)
        command = [sys.executable, "-c", "from setuptools.build_meta import build_wheel; build_wheel('.')"]
        dated = {**os.environ, "SOURCE_DATE_EPOCH": FIRST_DAY_OF_ZIP}
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=dated)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(folder, file_name()), target)


def name_wheel(app: Any, docname: str, source: list[str]) -> None:
    """Write the file's name where a page says @WHEEL@."""
    source[0] = source[0].replace("@WHEEL@", file_name())


def put_wheel(app: Any) -> None:
    """Put the wheel into the site."""
    build(Path(app.outdir, "_static", "wheels", file_name()))
