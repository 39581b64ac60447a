"""The table of corrections: complete, in sentences, and with no number that no cell prints."""

from __future__ import annotations

import re

from press.notebooks.content import texts
from press.notebooks.rules import read
from press.notebooks.store import ROOT, code_cells, paths
from press.site.claims import read_rows, tagged_cells

ROWS = read_rows(ROOT / "book" / "corrections.toml")
NUMBER = re.compile(r"-?(?<![\w./])\d+\.\d{3,}(?![\w/])")  # no small or round one, no piece of an address


def test_every_statement_of_the_source_stands_in_the_table_once_and_in_order() -> None:
    assert [row.id for row in ROWS] == [f"S{n}" for n in range(1, 44)]


def test_every_statement_is_shown_by_a_cell_or_says_why_not() -> None:
    shown = {tag for path in paths() for tag, _ in tagged_cells(path)}
    assert [row.id for row in ROWS if not row.unchecked and row.id not in shown] == []


def test_every_statement_says_what_is_true_in_sentences() -> None:
    for row in ROWS:
        assert row.verdict in ("right", "condition", "wrong"), row.id
        for text in (row.says, row.fact):
            assert text.strip().endswith((".", "$.", ".)")), row.id


def test_every_number_in_the_table_is_printed_in_the_chapter_that_covers_it() -> None:
    printed = {
        path.stem: [
            float(n) for cell in code_cells(read(path).nb) for n in NUMBER.findall("\n".join(texts(cell)))
        ]
        for path in paths()
    }
    for row in ROWS:
        for number in NUMBER.findall(row.fact):
            half_a_digit = 0.5 * 10.0 ** -len(number.partition(".")[2])
            near = [n for n in printed[row.chapter] if abs(n - float(number)) <= 1.001 * half_a_digit]
            assert near, f"{row.id}: no cell of {row.chapter} prints {number}"
