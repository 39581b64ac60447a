"""Notebooks as this repository stores them: one canonical form, with a stamp of what was run."""

from __future__ import annotations

import copy
import difflib
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from press.notebooks.compare import WIDGET_MIME

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
CONTENTS = ROOT / "_toc.yml"

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
CELL_METADATA = ("alt", "tags")
OUTPUT_METADATA = ("scrapbook",)


def chapters() -> list[str]:
    """Return the names of the book's chapters, in order: the lines of _toc.yml that name a notebook."""
    return re.findall(rf"^ *- file: {NOTEBOOKS.name}/([\w-]+)", CONTENTS.read_text("utf-8"), re.MULTILINE)


def paths() -> list[Path]:
    """Return the notebooks of the chapters, in order."""
    return [NOTEBOOKS / f"{name}.ipynb" for name in chapters()]


def chosen(names: Iterable[str]) -> list[Path]:
    """Return the notebooks named on a command line, by chapter or by path, or all; an unknown name ends the program."""
    known = {path.stem: path for path in paths()}
    for name in names:
        if name not in known and not Path(name).is_file():
            sys.exit(f"expected a chapter ({', '.join(known)}) or a notebook, found {name}")
    return [known.get(name, Path(name)) for name in names] or paths()


def code_cells(nb: NotebookNode) -> list[NotebookNode]:
    """Return the code cells of a notebook, in order."""
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def tags(cell: NotebookNode) -> list[str]:
    """Return the tags of a cell."""
    return list(cell.metadata.get("tags", []))


def stamp(nb: NotebookNode) -> dict[str, str]:
    """Return fingerprints of the code (with ids and tags, which steer it) and of its outputs.

    The alternative text of a figure is prose, hence in a language, hence not part of the code.
    """
    cells = code_cells(nb)
    steered = [[c.id, c.source, sorted(tags(c))] for c in cells]
    return {"code": _fingerprint(steered), "outputs": _fingerprint([c.outputs for c in cells])}


def _fingerprint(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def normalised(nb: NotebookNode) -> NotebookNode:
    """Return a notebook with all that varies between runs, machines and editors taken out.

    Metadata follow an allow-list, streams are whole, tracebacks are their last line (the rest names files of
    one machine), and widget views are left out.
    """
    nb = copy.deepcopy(nb)
    for number, cell in enumerate(code_cells(nb), 1):
        cell.execution_count = number
    for cell in nb.cells:
        cell.metadata = _only(CELL_METADATA, cell.metadata)
        cell.source = "\n".join(line.rstrip() for line in cell.source.rstrip().split("\n"))
        if cell.cell_type == "code":
            cell.outputs = list(_whole_streams(map(_normalised_output, cell.outputs)))
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = cell.execution_count
    known = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    nb.metadata = NotebookNode(known | _only(("klbook",), nb.metadata))
    nb.nbformat, nb.nbformat_minor = 4, 5
    return nb


def text(nb: NotebookNode) -> str:
    """Return the text of a notebook's file: keys sorted, one line of source or output a line."""
    return str(nbformat.v4.writes(nb)).rstrip("\n") + "\n"  # as it is: nbformat.writes would repair


def first_differences(stored: str, now: str, limit: int = 10) -> list[str]:
    """Return the first lines in which two texts differ, cut to a readable width."""
    lines = difflib.unified_diff(stored.splitlines(), now.splitlines(), lineterm="", n=0)
    return [line[:120] for line in lines if not line.startswith(("---", "+++"))][:limit]


def _only(keys: tuple[str, ...], metadata: NotebookNode) -> NotebookNode:
    return NotebookNode({k: metadata[k] for k in keys if metadata.get(k)})


def _normalised_output(output: NotebookNode) -> NotebookNode:
    if output.output_type == "error":
        output.traceback = [f"{output.ename}: {output.evalue}"]
    if "data" in output:
        # A stored widget view names a model that is gone: in a trusted notebook JupyterLab would show an error in its
        # place instead of the HTML beside it.
        output.data = NotebookNode({k: v for k, v in output.data.items() if k != WIDGET_MIME})
        output.metadata = _only(OUTPUT_METADATA, output.metadata)
    return output


def _whole_streams(outputs: Iterator[NotebookNode]) -> Iterator[NotebookNode]:
    """Join what was printed to the same stream in a row: where the kernel cuts it depends on time."""
    for stream, group in groupby(outputs, key=lambda o: o.get("name")):
        run = list(group)
        if stream:
            yield nbformat.v4.new_output("stream", name=stream, text="".join(o.text for o in run))
        else:
            yield from run


def is_random_id(cell_id: str) -> bool:
    """Say whether an id was drawn by a program: eight hexadecimal digits, or a UUID."""
    return bool(re.fullmatch(r"(?=.*\d)[0-9a-f]{8}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", cell_id))


def name_cells(nb: NotebookNode) -> None:
    """Give each cell that still has a random id one made of the heading above it and a number."""
    taken, heading = {cell.id for cell in nb.cells}, "cell"
    for cell in nb.cells:
        if cell.cell_type == "markdown" and (title := re.search(r"^#+ (.+)", cell.source, re.MULTILINE)):
            words = re.findall(r"[a-z]+", re.sub(r"\$.*?\$|\{.*?\}|['’]s\b", "", title[1].lower()))
            heading = "-".join(words[:3]) or "cell"
        if is_random_id(cell.id):
            number = next(n for n in range(1, len(nb.cells) + 2) if f"{heading}-{n}" not in taken)
            cell.id = f"{heading}-{number}"
            taken.add(cell.id)
