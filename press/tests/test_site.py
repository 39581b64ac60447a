"""The site says everything in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from press.notebooks.store import ROOT, paths
from press.site.editions import EDITIONS


def sentences(words: dict[str, Any], place: str = "") -> Iterator[tuple[str, str]]:
    """Each place of a table of words, and what stands there."""
    for key, said in words.items():
        if isinstance(said, dict):
            yield from sentences(said, f"{place}{key}.")
        else:
            yield place + key, said


def test_what_is_said_in_english_is_said_in_every_language_with_the_same_numbers_to_fill_in() -> None:
    """A language may have tables besides, for what others say in English."""
    english, *others = (
        {place: set(re.findall(r"\{[^}]*\}", said)) for place, said in sentences(words)}
        for words in (
            {table: edition.words[table] for table in EDITIONS["en"].words} for edition in EDITIONS.values()
        )
    )
    assert others
    assert all(other == english for other in others)


def test_no_file_of_the_site_names_a_chapter() -> None:
    files = [
        path
        for path in (ROOT / "press" / "site").rglob("*")
        if path.suffix in (".py", ".html", ".css", ".js")
    ]
    named = [
        (file.name, path.stem) for file in files for path in paths() if path.stem in file.read_text("utf-8")
    ]
    assert not named
