"""What the lab's notebooks say about other chapters and other works leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from press.lab import texts
from press.lab.build import EDITIONS
from press.translation import chapters

ROOT = Path(__file__).parents[3]
LEADS_OUT = re.compile(r"\]\(\.\./(\w+)/([\w-]+)\.(?:md|ipynb)#([\w-]+)\)")


@pytest.mark.parametrize("edition", EDITIONS)
def test_nothing_is_left_that_the_lab_cannot_find(edition: str) -> None:
    notebooks = chapters(edition)
    known, cited = texts.labels(notebooks), texts.works()
    led = 0
    for name, nb in notebooks.items():
        for cell in nb.cells:
            if cell.cell_type != "markdown":
                continue
            source = texts.fitted(cell.source, name, known, cited)
            assert "{cite:" not in source
            assert not [label for label in texts.REFERENCE.findall(source) if known[label][0] != name]
            for folder, file, label in LEADS_OUT.findall(source):
                led += 1
                if folder == "book":
                    assert (file, label.removeprefix("cite-") in cited) == ("references", True)
                else:
                    assert known[label][0] == file
    assert led > 20


def test_claims_have_the_numbers_of_the_book() -> None:
    known = texts.labels(chapters("en"))
    assert known["lem-tangent"] == ("01-definitions", "Lemma 1.1")
    assert known["thm-curvature"] == ("A1-how-we-know", "Theorem 1")
    assert known["thm-gibbs"][1].startswith("Theorem 1.")
    assert known["continuum"] == ("01-definitions", "")


def test_a_work_of_three_is_cited_as_of_others_too() -> None:
    names = {key: names for key, (names, _) in texts.works().items()}
    assert names["chyzak2019"] == "Chyzak and Nielsen"
    assert names["vanerven2014"] == "van Erven and Harremoës"
    assert any(name.endswith("et al.") for name in names.values())
