"""A chapter is cheap: it is a notebook, what stands beside it, and a line of _toc.yml."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from press.notebooks.rules import RULES, read
from press.notebooks.store import CONTENTS, NOTEBOOKS, ROOT, chapters, text

NAME = "98-bound"
CELLS = [
    new_markdown_cell("# A bound\n\nHow far apart are two close distributions?", id="title"),
    new_code_cell(
        "import matplotlib.pyplot as plt\nimport numpy as np\n\nfrom klhelpers import kl_divergence\n"
        "from klhelpers.figures import INK, show\nfrom klhelpers.notebook import check",
        id="setup",
    ),
    new_markdown_cell("```{prf:theorem} Pinsker\n:label: thm-tiny\n$D \\ge 2 d^2$\n```", id="bound"),
    new_code_cell(
        "q = np.linspace(0.1, 0.9, 9)\nD = [kl_divergence([0.5, 0.5], [t, 1 - t]) for t in q]\n"
        "assert np.all(D >= 2 * (q - 0.5) ** 2)",
        id="bound-run",
        metadata={"tags": ["check:thm-tiny"]},
    ),
    new_code_cell(
        "fig, ax = plt.subplots()\nax.plot(q, D, color=INK)\nshow(fig)",
        id="curve",
        metadata={"alt": "A valley with its floor at one half."},
    ),
    new_markdown_cell("**Near means small.** The curve is flat at its floor.", id="curve-caption"),
    new_markdown_cell("```{exercise}\n:label: ex-tiny\nHow many halves make one?\n```", id="question"),
    new_code_cell('answer = None\ncheck("ex-tiny", answer)', id="attempt"),
    new_code_cell('check("ex-tiny", 1 / 0.5)', id="solution", metadata={"tags": ["hide-cell"]}),
]
CHECKS = """
[bound-run]
how = {grid = "q.size"}
sabotage = [["2 * (q", "4 * (q"]]

[exercise.ex-tiny]
answer = "1 + 1"
"""


def contents(folder: Path) -> dict[str, str]:
    """The fingerprint of each file of a book, save for what a run leaves behind."""
    left = {"__pycache__", "_build"}
    files = [path for path in folder.rglob("*") if path.is_file() and not left & {*path.parts}]
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


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
    notebook.write_text(text(new_notebook(cells=CELLS)), "utf-8")
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
    assert touched == {
        "_toc.yml",
        "book/ledger.json",
        f"notebooks/{NAME}.ipynb",
        f"notebooks/{NAME}.checks.toml",
    }
