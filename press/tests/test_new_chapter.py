"""A chapter is cheap: it is a notebook, what stands beside it, and a line of _toc.yml."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from nbformat.v4 import new_notebook

from press.notebooks.rules import RULES, read
from press.notebooks.store import CONTENTS, NOTEBOOKS, ROOT, chapters, text
from press.tests.test_regression import CHECKS, HONEST

NAME = "98-small"


def contents(folder: Path) -> dict[str, bytes]:
    """What each file of a book holds, save for what a run leaves behind."""
    left = {"__pycache__", "_build"}
    files = [path for path in folder.rglob("*") if path.is_file() and not left & {*path.parts}]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def run(book: Path, *command: str) -> None:
    here = {**os.environ, "PYTHONPATH": str(book)}
    done = subprocess.run([sys.executable, *command], cwd=book, env=here, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_new_chapter_touches_four_files_and_keeps_every_rule(tmp_path: Path) -> None:
    for name in ("_toc.yml", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("book", "klhelpers", "notebooks", "press", "tests", "zh"):
        unused = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "browser", "site", "lab")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=unused)
    before = contents(tmp_path)

    notebook = tmp_path / NOTEBOOKS.name / f"{NAME}.ipynb"
    notebook.write_text(text(new_notebook(cells=HONEST)), "utf-8")
    notebook.with_suffix(".checks.toml").write_text(CHECKS, "utf-8")
    last = f"      - file: {NOTEBOOKS.name}/{chapters()[-1]}\n"
    lines = CONTENTS.read_text("utf-8").replace(last, last + last.replace(chapters()[-1], NAME))
    (tmp_path / CONTENTS.name).write_text(lines, "utf-8")
    run(tmp_path, "-m", "press.notebooks.refresh", NAME)
    run(tmp_path, "-m", "press.claims.ledger", NAME)

    assert [problem for rule in RULES for problem in rule(read(notebook))] == []
    assert '"thm-tiny"' in (tmp_path / "book" / "ledger.json").read_text("utf-8")
    after = contents(tmp_path)
    touched = {name for name in before | after if before.get(name) != after.get(name)}
    chapter = {f"notebooks/{NAME}.ipynb", f"notebooks/{NAME}.checks.toml"}
    assert touched == {"_toc.yml", "book/ledger.json"} | chapter
