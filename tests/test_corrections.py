"""The table of corrections and the cells that show them hold each other."""

from __future__ import annotations

import pytest

from book._ext.corrections import TABLE, Cell, Row, faults, read_rows, tagged_cells
from tools.notebooks import NOTEBOOKS, ROOT

TABLE_PATH = ROOT / "book" / TABLE
KEPT = Row("S1", "one", says="a", verdict="right", fact="b")
SHOWN = ("S1", Cell("one", "cell", "Heading"))


def test_every_statement_of_the_source_stands_in_the_table_once_and_in_order() -> None:
    assert [row.id for row in read_rows(TABLE_PATH)] == [f"S{n}" for n in range(1, 44)]


def test_every_statement_is_shown_by_a_cell_or_says_why_not() -> None:
    chapters = {path.stem for path in NOTEBOOKS.glob("*.ipynb")}
    assert list(faults(read_rows(TABLE_PATH), list(tagged_cells(NOTEBOOKS)), chapters)) == []


def test_every_statement_says_what_is_true_in_sentences() -> None:
    for row in read_rows(TABLE_PATH):
        for text in (row.says, row.fact):
            assert text.strip().endswith((".", "$.", ".)")), row.id


@pytest.mark.parametrize(
    ("rows", "cells", "said"),
    [
        ([KEPT], [SHOWN], None),
        ([KEPT._replace(unchecked="history.")], [], None),
        ([KEPT._replace(wording="a name.")], [SHOWN], None),
        ([KEPT._replace(wording="a name.")], [], None),
        ([KEPT._replace(chapter="two")], [], None),  # there is no chapter two yet
        ([KEPT, KEPT], [SHOWN], "2 times"),
        ([KEPT], [], "no cell of one is tagged source:S1"),
        ([KEPT._replace(unchecked="history.")], [SHOWN], "a cell shows it"),
        ([KEPT._replace(verdict="rihgt")], [SHOWN], "expected the verdict"),
        ([KEPT], [SHOWN, ("S44", Cell("one", "other", "Heading"))], "S44 is no statement"),
    ],
)
def test_a_mismatch_of_table_and_cells_is_reported(
    rows: list[Row], cells: list[tuple[str, Cell]], said: str | None
) -> None:
    found = list(faults(rows, cells, {"one"}))
    assert len(found) == (said is not None)
    assert said is None or said in found[0]
