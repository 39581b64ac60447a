"""The pages around the chapters: the glossary, the bibliography and the table of corrections are whole."""

from __future__ import annotations

import re
import tomllib

import yaml
from pybtex.database import parse_file

import klhelpers
from press.notebooks.content import prose, shown
from press.notebooks.rules import read
from press.notebooks.store import NOTEBOOKS, ROOT, code_cells, paths, tags
from press.site.accounts import read_rows
from press.site.minutes import A_MINUTE, FOLD
from press.site.terms import pattern

BOOK = ROOT / "book"
DAYS = {
    name: re.findall(r"^### (\S+)$", (ROOT / name).read_text("utf-8"), re.M)
    for name in ("CHANGELOG.md", "zh/CHANGELOG.md")
}
ENTRIES = re.findall(
    r"((?:^\w.*\n)+)  (.+)$", (BOOK / "glossary.md").read_text("utf-8").partition("```{glossary}")[2], re.M
)
ROWS = read_rows(BOOK / "corrections.toml")
NUMBER = re.compile(r"-?(?<![\w./])\d+\.\d{3,}(?![\w/])")  # no small or round one, no piece of an address
IDENTIFIERS = {
    "doi": r"10\.\d{4,}/\S+",
    "isbn": r"(97[89][- ]?)?(\d[- ]?){9}[\dX]",
    "url": r"https://\S+",
    "number": r"[A-Z]{2,}-\S+",  # of a report
}


def test_every_term_has_its_chinese_name_and_a_sentence() -> None:
    assert len(ENTRIES) > 40
    for names, meaning in ENTRIES:
        assert re.match(r"\{zh\}`[^`]*[㐀-鿿][^`]*`(, \{zh\}`[^`]+`)*\. \S.*[.?!:]", meaning), names


def test_every_term_is_used_in_a_chapter() -> None:
    text = "\n".join(cell.source for path in paths() for cell in prose(read(path).nb))
    for names, _ in ENTRIES:
        assert pattern(dict.fromkeys(names.splitlines(), "")).search(text), names


def test_what_is_cited_is_in_the_bibliography_and_the_reverse() -> None:
    files = [*NOTEBOOKS.glob("*.ipynb"), *BOOK.glob("*.md"), *BOOK.glob("*.toml")]
    cited = [re.findall(r"\{cite:\w+\}`([^`]+)`", file.read_text("utf-8")) for file in files]
    keys = {key.strip() for found in cited for several in found for key in several.split(",")}
    assert keys == {*parse_file(BOOK / "references.bib").entries}


def test_every_work_has_a_number_or_an_address_that_finds_it_or_is_older_than_these() -> None:
    for key, work in parse_file(BOOK / "references.bib").entries.items():
        found = [re.fullmatch(form, work.fields.get(field, "")) for field, form in IDENTIFIERS.items()]
        printed = "publisher" in work.fields or {"journal", "volume", "pages"} <= {*work.fields}
        old = int(work.fields["year"]) < 1980 and printed
        assert any(found) or old, f"{key}: expected one of {', '.join(IDENTIFIERS)}"


def test_every_statement_says_what_is_true_in_sentences() -> None:
    for row in ROWS:
        assert row.verdict in ("right", "condition", "wrong"), row.id
        for text in (row.says, row.fact):
            assert text.strip().endswith((".", "$.", ".)")), row.id


def test_every_number_in_the_table_is_printed_in_the_chapter_that_covers_it() -> None:
    printed = {
        path.stem: [
            float(n) for cell in code_cells(read(path).nb) for n in NUMBER.findall("\n".join(shown(cell)))
        ]
        for path in paths()
    }
    for row in ROWS:
        for number in NUMBER.findall(row.fact):
            half_a_digit = 0.5 * 10.0 ** -len(number.partition(".")[2])
            near = [n for n in printed[row.chapter] if abs(n - float(number)) <= 1.001 * half_a_digit]
            assert near, f"{row.id}: no cell of {row.chapter} prints {number}"


def test_a_mistake_of_ours_is_mended_on_the_page_and_dated() -> None:
    errata = tomllib.loads((BOOK / "errata.toml").read_text("utf-8"))["erratum"]
    days = [str(entry["date"]) for entry in errata]
    assert days == sorted(days, reverse=True) and {*days} <= {*DAYS["CHANGELOG.md"]}
    for entry in errata:
        text = "\n".join(cell.source for cell in prose(read(ROOT / f"{entry['page']}.ipynb").nb))
        assert entry["stands"] in text, entry["en"]


def test_the_version_is_stated_alike_and_its_date_is_that_of_the_newest_change() -> None:
    stated = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for cited in (stated, stated["preferred-citation"]):
        assert cited["version"] == project["version"] == klhelpers.__version__
        assert str(cited["date-released"]) == DAYS["CHANGELOG.md"][0]
    assert stated["preferred-citation"]["type"] == "book"


def test_the_changelog_has_the_same_days_in_both_languages_newest_first() -> None:
    english, chinese = DAYS.values()
    assert english == chinese == sorted({*english}, reverse=True)


def test_the_first_page_states_the_rule_by_which_minutes_are_counted() -> None:
    english, chinese = (path.read_text("utf-8") for path in (BOOK / "index.md", ROOT / "zh/book/index.md"))
    assert (
        f"{A_MINUTE['words']} words a minute" in english and f"每分钟 {A_MINUTE['characters']} 字" in chinese
    )
    seconds = {"formulas": "ten", "lines": "three"}, {"formulas": "10 秒", "lines": "3 秒"}
    assert (60 / A_MINUTE["formulas"], 60 / A_MINUTE["lines"], A_MINUTE["figures"]) == (10, 3, 2)
    for text, said in zip((english, chinese), seconds, strict=True):
        assert all(words in text for words in said.values())


def test_a_chapter_of_part_two_keeps_to_its_length() -> None:
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))["parts"]
    later = [part["chapters"] for part in parts if "numbered" in part][1:]
    assert later
    for chapter in (chapter for chapters in later for chapter in chapters):
        nb = read(ROOT / f"{chapter['file']}.ipynb").nb
        text = re.sub(r"<!--.*?-->", "", "\n\n".join(cell.source for cell in prose(nb)))
        assert len(FOLD.sub("", text).split()) <= 3500 and len(text.split()) <= 5000, chapter
        assert len(code_cells(nb)) <= 40, chapter
        for cell in code_cells(nb):
            hidden = {"hide-cell", "hide-input"} & {*tags(cell)}
            assert hidden or sum(map(bool, cell.source.splitlines())) <= 12, f"{chapter}, {cell.id}"
