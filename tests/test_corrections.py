"""The table of corrections and the cells that show them hold each other."""

from __future__ import annotations

import re

import pytest

from press.notebooks.content import texts
from press.notebooks.rules import read
from press.notebooks.store import NOTEBOOKS, ROOT, code_cells
from press.site.corrections import TABLE, Cell, Row, faults, read_rows, tagged_cells

TABLE_PATH = ROOT / "book" / TABLE
NUMBER = re.compile(r"-?(?<![\w./])\d+\.\d{3,}(?![\w/])")  # no small or round one, no piece of an address
KEPT = Row("S1", "one", says="a", verdict="right", fact="b")
SHOWN = ("S1", Cell("one", "cell", "Heading"))


def test_every_statement_of_the_source_stands_in_the_table_once_and_in_order() -> None:
    assert [row.id for row in read_rows(TABLE_PATH)] == [f"S{n}" for n in range(1, 44)]


def test_every_statement_is_shown_by_a_cell_or_says_why_not() -> None:
    assert list(faults(read_rows(TABLE_PATH), list(tagged_cells(NOTEBOOKS)))) == []


def test_every_statement_says_what_is_true_in_sentences() -> None:
    for row in read_rows(TABLE_PATH):
        for text in (row.says, row.fact):
            assert text.strip().endswith((".", "$.", ".)")), row.id


def test_every_number_in_the_table_is_printed_in_the_chapter_that_covers_it() -> None:
    printed = {
        path.stem: [
            float(n) for cell in code_cells(read(path).nb) for n in NUMBER.findall("\n".join(texts(cell)))
        ]
        for path in NOTEBOOKS.glob("*.ipynb")
    }
    for row in read_rows(TABLE_PATH):
        for number in NUMBER.findall(row.fact):
            half_a_digit = 0.5 * 10.0 ** -len(number.partition(".")[2])
            near = [n for n in printed[row.chapter] if abs(n - float(number)) <= 1.001 * half_a_digit]
            assert near, f"{row.id}: no cell of {row.chapter} prints {number}"


@pytest.mark.parametrize(
    ("rows", "cells", "said"),
    [
        ([KEPT], [SHOWN], None),
        ([KEPT._replace(unchecked="history.")], [], None),
        ([KEPT._replace(wording="a name.")], [SHOWN], None),
        ([KEPT._replace(wording="a name.")], [], "no cell is tagged source:S1"),
        ([KEPT, KEPT], [SHOWN], "2 times"),
        ([KEPT], [], "no cell is tagged source:S1"),
        ([KEPT._replace(unchecked="history.")], [SHOWN], "a cell shows it"),
        ([KEPT._replace(verdict="rihgt")], [SHOWN], "expected the verdict"),
        ([KEPT], [SHOWN, ("S44", Cell("one", "other", "Heading"))], "S44 is no statement"),
    ],
)
def test_a_mismatch_of_table_and_cells_is_reported(
    rows: list[Row], cells: list[tuple[str, Cell]], said: str | None
) -> None:
    found = list(faults(rows, cells))
    assert len(found) == (said is not None)
    assert said is None or said in found[0]
