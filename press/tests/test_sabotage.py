"""Every check of the book turns red when it is broken, and the ledger holds what was found. `make ledger` renews it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from press.claims.ledger import LEDGER, record, text, trials
from press.claims.sabotage import Trial, trial
from press.notebooks.checks import Checks, problems
from press.notebooks.store import first_differences, paths

SETUP = "import math\nimport numpy as np\nrng = np.random.default_rng(1)\nx = np.ones(3)\nlog = []"


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_every_sabotage_is_noticed(path: Path) -> None:
    if found := [problem for run in trials(path) for problem in run.problems]:
        pytest.fail("\n".join(found), pytrace=False)


def test_the_ledger_holds_what_the_checks_found() -> None:
    if found := first_differences(LEDGER.read_text("utf-8"), text(record(paths()))):
        advice = "book/ledger.json is stale. It is renewed by: make ledger"
        pytest.fail("\n".join([*found, advice]), pytrace=False)


# --- each hole is planted, and seen ---


def cell(
    source: str, cell_id: str = "run", printed: str = "", tags: tuple[str, ...] = ("check:thm-a",)
) -> NotebookNode:
    outputs = [new_output("stream", text=printed)] * bool(printed)
    return new_code_cell(source, id=cell_id, metadata={"tags": [*tags]}, outputs=outputs)


def entry(*sabotage: list[str], **other: object) -> dict[str, Any]:
    return {"how": {"sweep": "x.size"}, "sabotage": [*sabotage], **other}


def tried(entry: dict[str, Any], *cells: NotebookNode) -> Trial:
    nb = new_notebook(cells=[new_code_cell(SETUP, id="setup"), *cells])
    return trial(nb, Checks("a.checks.toml", {"run": entry}, {}))[-1]


def test_a_sabotage_that_fails_the_assertion_is_counted_and_the_size_is_measured() -> None:
    found = tried(entry(["== 3", "== 4"]), cell("assert x.sum() == 3"))
    assert found == Trial("run", {"sweep": 3}, 1, 0, [])


@pytest.mark.parametrize(
    ("source", "sabotage", "said"),
    [
        ("assert x.sum() > 0", ["> 0", "> 1"], "with '> 1' for '> 0' the check stays green"),
        ("assert x.sum() > 0", ["x.sum", "x.total"], "ends in AttributeError"),
        ("assert x.sum() > 0", ["x.sum", "y.sum"], "ends in NameError"),
        ("assert np.isclose(x.sum(), 3, rtol=0.01)", None, "accepts a value off by 0.001"),
        ("assert x.size and math.isclose(x[0], 1, abs_tol=0.01)", None, "accepts a value off by 0.001"),
        ("assert np.allclose(x - 1, 0, atol=0.01)", None, "accepts a value off by 0.001"),
        ("print(x.sum() - 1)", None, "shows other than what is stored"),
        ("print(x.sum())", ["x.sum", "x.max"], ""),
        ("print(3 * x.max())", ["x.max", "x.min"], "the cell shows the same"),
    ],
)
def test_a_check_that_notices_too_little_is_named(source: str, sabotage: list[str] | None, said: str) -> None:
    printed = "3.0\n" if "print" in source else ""
    found = tried(entry(*[sabotage] if sabotage else []), cell(source, printed=printed)).problems
    assert len(found) == bool(said)
    assert all(line.startswith("run: ") and said in line for line in found)


def test_a_size_that_is_no_whole_number_is_named() -> None:
    (said,) = tried(entry(how={"sweep": "x"}), cell("assert x.all()")).problems
    assert "how: sweep: x gives no whole number" in said


def test_a_thousandth_is_refused_where_the_tolerance_is_narrow() -> None:
    source = "for k in (1, 2):\n    assert k and math.isclose(k * x[0], k)\nassert np.allclose(x - 1, 0)"
    assert tried(entry(), cell(source))[2:] == (0, 2, [])


def test_a_sabotage_leaves_nothing_behind() -> None:
    draw = "reference = np.random.default_rng(1)\nreference.uniform(size=3)\ndraw = reference.uniform()"
    broken = cell("x = x + rng.uniform(size=3)\nassert x.max() < 2")
    after = cell("assert x.max() < 2 and draw == rng.uniform()", "after")
    assert tried(entry(["x +", "2 + x +"]), broken, cell(draw, "draw", tags=()), after).problems == []


def test_a_value_off_in_one_place_of_many_is_enough() -> None:
    assert tried(entry(), cell("y = np.arange(1000.0)\nassert np.allclose(y, y + 0, rtol=1e-5)")).nudges == 1


# --- what stands beside a notebook ---


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"how": {}}, ["does not say how"]),
        ({"sabotage": []}, ["could pass whatever is true"]),
        ({"how": {"faith": ""}}, ["found 'faith'"]),
        ({"how": {"sweep": ""}}, ["expected an expression for its size"]),
        ({"how": {"equality": "3"}}, ["expected nothing behind it"]),
        ({"how": {"sweep": "len("}}, ["expected an expression, found 'len('"]),
        ({"how": "sweep"}, ["how: expected a table"]),
        ({"sabotage": [["== 4", "== 5"]]}, ["found it 0 times; nearest: == 3"]),
        ({"sabotage": [["x", "y"]]}, ["found it 2 times"]),
        ({"sabotage": [["== 3", "== 3"]]}, ["is no other Python"]),
        ({"sabotage": [["== 3", "=== 3"]]}, ["is no other Python"]),
        ({"sabotage": ["== 3", "== 4"]}, ["expected pairs"]),
        ({"sabotages": []}, ["sabotages: expected one of how, sabotage, tolerance; nearest: sabotage"]),
        ({"tolerance": {"rtol": 1e-3}}, ["tolerance: expected"]),
        ({"tolerance": {"rtol": 0.3, "reason": "-"}}, ["tolerance: expected"]),
    ],
)
def test_what_a_check_says_of_itself_is_checked(changes: dict[str, object], said: list[str]) -> None:
    beside = Checks("a.checks.toml", {"run": entry(["== 3", "== 4"]) | changes}, {})
    found = list(problems(new_notebook(cells=[cell("assert x.sum() == 3, x")]), beside))
    assert len(found) == len(said)
    assert all(part in line for part, line in zip(said, found, strict=True))


def test_words_about_a_cell_that_is_gone_or_checks_nothing_are_named() -> None:
    nb = new_notebook(cells=[cell("1", tags=())])
    gone, nothing = (Checks("a.checks.toml", {name: {"how": {"limit": ""}}}, {}) for name in ("ran", "run"))
    assert list(problems(nb, gone)) == ["a.checks.toml: [ran] is no code cell of the notebook; nearest: run"]
    assert list(problems(nb, nothing)) == ["run: has how, and checks no claim"]
