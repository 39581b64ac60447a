"""Every notebook keeps every rule of `press.notebooks.rules`: no kernel, milliseconds."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from klhelpers.exercises import ANSWERS
from press.notebooks.content import exercises, results
from press.notebooks.rules import RULES, Rule, read
from press.notebooks.store import paths

NOTEBOOKS = paths()
read_once = cache(read)


def test_there_are_notebooks_to_keep_the_rules() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook(path: Path, rule: Rule) -> None:
    if found := list(rule(read_once(path))):
        advice = "Stale outputs and the file's form are mended by: make refresh"
        pytest.fail("\n".join([f"{path.name} breaks: {rule.__doc__}", *found, advice]), pytrace=False)


def test_a_result_has_one_meaning_in_the_whole_book() -> None:
    names = Counter(name for path in NOTEBOOKS for name, _ in results(read_once(path).nb))
    assert [name for name, count in names.items() if count > 1] == []


def test_every_exercise_has_an_answer_and_every_answer_an_exercise() -> None:
    asked = [label for path in NOTEBOOKS for label in exercises(read_once(path).nb)]
    assert sorted(asked) == sorted(ANSWERS)
