"""Every chapter keeps every rule of `press.notebooks.rules`: no kernel, milliseconds."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from press.notebooks.content import results
from press.notebooks.rules import RULES, Rule, read
from press.notebooks.store import NOTEBOOKS, chapters, paths

read_once = cache(read)


def test_every_notebook_is_a_chapter_and_every_file_of_checks_has_its_notebook() -> None:
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")) == sorted(chapters()) != []
    beside = {path.name.removesuffix(".checks.toml") for path in NOTEBOOKS.glob("*.toml")}
    assert beside <= {*chapters(), "ruff.toml"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_notebook(path: Path, rule: Rule) -> None:
    if found := list(rule(read_once(path))):
        advice = "Stale outputs and the file's form are mended by: make refresh"
        pytest.fail("\n".join([f"{path.name} breaks: {rule.__doc__}", *found, advice]), pytrace=False)


def test_a_result_has_one_meaning_in_the_whole_book() -> None:
    names = Counter(name for path in paths() for name, _ in results(read_once(path).nb))
    assert [name for name, count in names.items() if count > 1] == []
