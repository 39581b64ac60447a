"""What chapter 4 says of other libraries: its versions are those that are compared, and the comparison can fail."""

import re

import numpy as np
import pytest

from press.notebooks.content import prose
from press.notebooks.rules import read
from tools import libraries


def test_the_chapter_names_the_versions_that_are_compared() -> None:
    text = "\n".join(cell.source for cell in prose(read(libraries.CHAPTER).nb))
    named = re.findall(r"^\| ([\w-]+) \| ([\d.]+) \|", text, re.M)
    compared = {name: entry["packages"][0] for name, entry in libraries.LIBRARIES.items()}
    assert {name: f"{name}=={version}" for name, version in named} == compared


def test_a_line_that_differs_from_its_library_is_named_with_the_case() -> None:
    with np.errstate(all="ignore"):
        names = libraries.lines()
        assert list(libraries.differences("scipy", names)) == []
        names["kl_div"] = names["rel_entr"]
        found = list(libraries.differences("scipy", names))
    assert {re.split(r"[(:]", line)[1].strip() for line in found} == {"special.kl_div"}
    assert any("sums other than 1" in line for line in found)


@pytest.mark.parametrize(
    ("ends", "status", "said"),
    [
        (["not run", "not run"], 1, "passed: -\nFAILED: -\nnot run: a, b\n"),
        (["not run", "passed"], 0, "passed: b\nFAILED: -\nnot run: a\n"),
        (["passed", "FAILED"], 1, "passed: a\nFAILED: b\nnot run: -\n"),
    ],
)
def test_what_is_not_run_is_told_from_what_passed(monkeypatch, capsys, ends, status, said) -> None:
    monkeypatch.setattr(libraries, "install_and_check", lambda library, latest: ends["ab".index(library)])
    assert libraries.main(["a", "b"]) == status
    assert capsys.readouterr().out == said
