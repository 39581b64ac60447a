"""Every notebook of both editions runs to its end in the lab, and shows what is stored.

The English run on a first visit, the Chinese on a later one, whose Python goes on from a snapshot.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext

from press.lab.build import EDITIONS
from press.lab.tests.reader import opened, opened_again, ran
from press.notebooks.compare import differences, tolerance
from press.notebooks.store import code_cells, normalised
from press.translation import chapters

NOTEBOOKS = {f"{edition}/{name}.ipynb": nb for edition in EDITIONS for name, nb in chapters(edition).items()}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_to_its_end_and_shows_what_is_stored(
    context: BrowserContext, address: str, name: str
) -> None:
    page = (opened_again if name.startswith("zh/") else opened)(context, address, name)
    now = code_cells(normalised(ran(page, "/kl/", name)))
    stored = code_cells(NOTEBOOKS[name])
    assert [cell.source for cell in now] == [cell.source for cell in stored]
    wrong = {
        before.id: (lines, [output.text for output in after.outputs if output.output_type == "stream"])
        for before, after in zip(stored, now, strict=True)
        if (lines := differences(before.outputs, after.outputs, tolerance(before.metadata)))
    }
    assert not wrong
