"""The bibliography: what is cited is there, what is there is cited, and each work has a number that finds it."""

from __future__ import annotations

import re

import pytest
from pybtex.database import BibliographyData, Entry, parse_file, parse_string

from press.notebooks.store import NOTEBOOKS, ROOT

CITED = re.compile(r"\{cite:\w+\}`([^`]+)`")
NUMBERS = {
    "doi": r"10\.\d{4,}/\S+",
    "isbn": r"(97[89][- ]?)?(\d[- ]?){9}[\dX]",
    "url": r"https://\S+",
    "number": r"[A-Z]{2,}-\S+",  # of a report
}
TEXTS = [*NOTEBOOKS.glob("*.ipynb"), *(ROOT / "book").glob("*.md"), *(ROOT / "book").glob("*.toml")]


def faults(works: BibliographyData, texts: list[str]) -> list[str]:
    cited = {key.strip() for text in texts for keys in CITED.findall(text) for key in keys.split(",")}
    keys = set(works.entries)
    found = [f"{key} is cited, and not in the bibliography" for key in sorted(cited - keys)]
    found += [f"{key} is in the bibliography, and not cited" for key in sorted(keys - cited)]
    return found + [
        f"{key}: expected one of {', '.join(NUMBERS)}" for key in keys if not named(works.entries[key])
    ]


def named(work: Entry) -> bool:
    return any(re.fullmatch(form, work.fields.get(field, "")) for field, form in NUMBERS.items())


def test_the_bibliography_and_the_citations_hold_each_other() -> None:
    works = parse_file(ROOT / "book" / "references.bib")
    assert faults(works, [path.read_text("utf-8") for path in TEXTS]) == []


@pytest.mark.parametrize(
    ("fields", "text", "said"),
    [
        ("doi = {10.1214/aoms/1177729694}", "{cite:p}`kl`", None),
        ("number = {AB-2005-173}", "{cite:t}`kl`", None),
        ("number = {1}", "{cite:t}`kl`", "kl: expected one of doi"),
        ("doi = {1214/aoms}", "{cite:t}`kl`", "kl: expected one of doi"),
        ("isbn = {978-0-387-31073-2}", "no", "kl is in the bibliography, and not cited"),
        ("isbn = {0387310738}", "{cite:p}`kl,lk`", "lk is cited, and not in the bibliography"),
    ],
)
def test_a_hole_in_the_bibliography_is_named(fields: str, text: str, said: str | None) -> None:
    found = faults(parse_string(f"@book{{kl, title = {{A}}, {fields}}}", "bibtex"), [text])
    assert len(found) == (said is not None)
    assert said is None or said in found[0]
