"""Make the page that says, statement by statement, what the source has right and what this book changes.

The statements stand in book/corrections.toml. The cells that show what is true of a statement carry the tag
`source:<its id>`; they are found in the notebooks, so that the links cannot go stale, and `faults` says where
statements and cells do not match.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

TABLE = "corrections.toml"  # beside the page
WORDS = {
    "en": {
        "right": "✓ right",
        "condition": "≈ nearly: needs a condition or a better word",
        "wrong": "✗ wrong",
        "says": "The article",
        "fact": "In this book",
        "shown": "In code",
        "unchecked": "No code can check this:",
        "wording": "A matter of words:",
        "reason": "{kind} {reason}",
        "cells": "{cells} in {section}",
        "comma": ", ",
        "count": "Of the {all} statements {right} are right as they stand, {condition} need a condition or a "
        "better word, and {wrong} are wrong.",
    },
    "zh_CN": {
        "right": "✓ 正确",
        "condition": "≈ 基本正确：需要补上条件，或换更好的词",
        "wrong": "✗ 错误",
        "says": "原文",
        "fact": "本书",
        "shown": "代码",
        "unchecked": "没有代码能检验这一条：",
        "wording": "用词问题：",
        "reason": "{kind}{reason}",
        "cells": "{section}：{cells}",
        "comma": "、",
        "count": "在全部 {all} 条论断中，{right} 条照原样就是对的，{condition} 条需要补上条件或换更好的词，"
        "{wrong} 条是错的。",
    },
}


class Row(NamedTuple):
    """One statement of the source."""

    id: str
    chapter: str  # the notebook that covers it
    says: str
    verdict: str
    fact: str
    unchecked: str = ""  # why no code can check it
    wording: str = ""  # why code can check the statement, but not the choice of a word


class Cell(NamedTuple):
    """A code cell that shows something of the source."""

    notebook: str
    id: str
    heading: str  # the section that it stands in


def read_rows(table: Path) -> list[Row]:
    """Return the statements, in order."""
    return [Row(**row) for row in tomllib.loads(table.read_text("utf-8"))["row"]]


def tagged_cells(notebooks: Path) -> Iterator[tuple[str, Cell]]:
    """Yield each tag `source:…`, without the word, and its cell."""
    for path in sorted(notebooks.glob("*.ipynb")):
        heading = ""
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                heading = (re.findall(r"^#+ (.+)", source, re.M) or [heading])[-1]
            for tag in cell["metadata"].get("tags", []):
                if tag.startswith("source:"):
                    yield tag.removeprefix("source:"), Cell(path.stem, cell["id"], heading)


def faults(rows: list[Row], cells: list[tuple[str, Cell]]) -> Iterator[str]:
    """Say where statements and cells do not match."""
    uses, shown = Counter(row.id for row in rows), {tag for tag, _ in cells}
    yield from (f"{name} stands in the table {count} times" for name, count in uses.items() if count > 1)
    for row in rows:
        if row.verdict not in ("right", "condition", "wrong"):
            yield f"{row.id}: expected the verdict right, condition or wrong, found {row.verdict!r}"
        if row.unchecked and row.id in shown:
            yield f"{row.id} is said to be beyond any check, and a cell shows it"
        if not (row.id in shown or row.unchecked):
            yield f"{row.id}: no cell is tagged source:{row.id}, and no reason is given"
    yield from (
        f"{cell.notebook}: {cell.id}: {tag} is no statement" for tag, cell in cells if tag not in uses
    )


class Corrections(SphinxDirective):
    """`{corrections} NN-name`: the statements that this chapter covers; without a chapter, how many."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Build the list, and see that it is made again when the table or a notebook changes."""
        here = Path(self.env.doc2path(self.env.docname)).parent
        notebooks = here.parent / "notebooks"
        for path in (here / TABLE, *notebooks.glob("*.ipynb")):
            self.env.note_dependency(str(path))
        self.words = WORDS[self.config.language]
        rows = read_rows(here / TABLE)
        if not self.arguments:
            counts = Counter(row.verdict for row in rows)
            return [nodes.paragraph("", self.words["count"].format(all=len(rows), **counts))]
        cells = list(tagged_cells(notebooks))
        return [
            self.entry(row, [cell for tag, cell in cells if tag == row.id])
            for row in rows
            if row.chapter == self.arguments[0]
        ]

    def entry(self, row: Row, cells: list[Cell]) -> nodes.container:
        """One statement: its number and verdict, then what is said, what is true, and where that is seen."""
        name = row.id.lower()
        number = nodes.reference("", row.id, refid=name, internal=True)
        verdict = nodes.inline("", self.words[row.verdict], classes=["kl-verdict"])
        reasons = [(key, getattr(row, key)) for key in ("unchecked", "wording") if getattr(row, key)]
        parts: dict[str, list[nodes.Node]] = {"says": self.parsed(row.says), "fact": self.parsed(row.fact)}
        parts["shown"] = list(self.links(cells))
        for key, reason in reasons:
            parts["shown"] += self.parsed(self.words["reason"].format(kind=self.words[key], reason=reason))
        items = [
            nodes.definition_list_item("", nodes.term("", self.words[key]), nodes.definition("", *body))
            for key, body in parts.items()
        ]
        head = nodes.paragraph("", "", number, nodes.Text(" "), verdict, classes=["kl-correction-head"])
        block = nodes.container("", head, nodes.definition_list("", *items))
        block["classes"] = ["kl-correction", f"kl-{row.verdict}"]
        block["names"] = [name]
        self.state.document.note_explicit_target(block)
        return block

    def parsed(self, text: str) -> list[nodes.Node]:
        """Return a piece of the table as nodes."""
        holder = nodes.Element()
        self.state.nested_parse(StringList(text.splitlines(), TABLE), 0, holder)
        return list(holder.children)

    def links(self, cells: list[Cell]) -> Iterator[nodes.paragraph]:
        """Yield a line for each section, with a link to each cell in it."""
        for heading in dict.fromkeys((cell.notebook, cell.heading) for cell in cells):
            cited = nodes.inline()
            for cell in (cell for cell in cells if (cell.notebook, cell.heading) == heading):
                page = self.env.app.builder.get_relative_uri(self.env.docname, f"notebooks/{cell.notebook}")
                link = nodes.reference("", "", internal=True, refuri=f"{page}#cell-{cell.id}")
                link += nodes.literal("", cell.id)
                cited += [link, nodes.Text(self.words["comma"])]
            cited.pop()
            parts = {"{cells}": cited.children, "{section}": [nodes.emphasis("", heading[1])]}
            line = nodes.paragraph()
            for part in re.split(r"(\{\w+\})", self.words["cells"]):
                line += parts.get(part, [nodes.Text(part)])
            yield line


def setup(app: Any) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("corrections", Corrections)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
