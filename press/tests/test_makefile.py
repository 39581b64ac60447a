"""The set-up mends itself: an environment that is not whole, or whose Python is gone or too old, is none."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from press.notebooks.store import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there the Makefile is not used")


@pytest.mark.parametrize(
    ("ready", "python", "anew"),
    [(True, "exit 0", False), (False, "exit 0", True), (True, "exit 1", True), (True, None, True)],
    ids=["whole", "interrupted", "too old", "gone"],
)
def test_an_environment_that_cannot_be_used_is_removed(
    tmp_path: Path, ready: bool, python: str | None, anew: bool
) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    bin = tmp_path / ".venv" / "bin"
    bin.mkdir(parents=True)
    for name in ("requirements.lock", "pyproject.toml", *[".venv/.ready"] * ready):
        (tmp_path / name).touch()
    if python:
        (bin / "python").write_text(f"#!/bin/sh\n{python}\n")
        (bin / "python").chmod(0o755)
    else:
        (bin / "python").symlink_to(tmp_path / "gone")
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "setup", "PYTHON=false"]  # so that it goes no further
    done = subprocess.run(command, cwd=tmp_path, env=outside, capture_output=True, text=True)
    assert bin.exists() != anew
    assert ("Python 3.11 or newer with venv is needed" in done.stdout) == anew


@pytest.mark.parametrize("told", [{}, {"UV_DEFAULT_INDEX": "https://uv.example/"}])
def test_uv_is_told_of_the_mirror_that_pip_is_told_of(tmp_path: Path, told: dict[str, str]) -> None:
    (tmp_path / "more.mk").write_text("told:\n\t@echo $$UV_DEFAULT_INDEX\n")
    command = ["make", "-f", str(ROOT / "Makefile"), "-f", "more.mk", "told"]
    outside = {"PATH": os.environ["PATH"], "PIP_INDEX_URL": "https://pip.example/", **told}
    done = subprocess.run(command, cwd=tmp_path, env=outside, capture_output=True, text=True)
    assert done.stdout.strip() == told.get("UV_DEFAULT_INDEX", "https://pip.example/")
