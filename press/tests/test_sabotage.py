"""Every check of the book turns red when it is broken, and the ledger holds what was found. `make ledger` renews it."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from press.claims.checks import faults
from press.claims.ledger import LEDGER, record, text, trials
from press.claims.sabotage import Trial, trial
from press.notebooks.store import first_differences, paths

HOW = {"sweep": "x.size"}


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_every_sabotage_is_noticed(path: Path) -> None:
    if found := [fault for run in trials(path) for fault in run.faults]:
        pytest.fail("\n".join(found), pytrace=False)


def test_the_ledger_holds_what_the_checks_found() -> None:
    if found := first_differences(LEDGER.read_text("utf-8"), text(record())):
        advice = "book/ledger.json is stale. It is renewed by: make ledger"
        pytest.fail("\n".join([*found, advice]), pytrace=False)


# --- each hole is planted, and seen ---


def check(source: str, *sabotage: list[str], **metadata: object) -> NotebookNode:
    stored = metadata.pop("outputs", [])
    metadata = {"tags": ["check:thm-a"], "how": HOW, "sabotage": list(sabotage)} | metadata
    return new_code_cell(source, id="check", metadata=metadata, outputs=stored)


def tried(cell: NotebookNode, *more: NotebookNode) -> Trial:
    setup = new_code_cell(
        "import math\nimport numpy as np\nrng = np.random.default_rng(1)\nx = np.ones(3)\nlog = []",
        id="setup",
    )
    return trial(new_notebook(cells=[setup, cell, *more]))[-1]


def test_a_sabotage_that_fails_the_assertion_is_counted_and_the_size_is_measured() -> None:
    assert tried(check("assert x.sum() == 3", ["== 3", "== 4"])) == Trial("check", {"sweep": 3}, 1, 0, [])


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (check("assert x.sum() > 0", ["> 0", "> 1"]), "with '> 1' for '> 0' the check stays green"),
        (check("assert x.sum() > 0", ["x.sum", "x.total"]), "ends in AttributeError"),
        (check("assert x.sum() > 0", ["x.sum", "y.sum"]), "ends in NameError"),
        (check("assert np.isclose(x.sum(), 3, rtol=0.01)"), "accepts a value off by 0.001"),
        (check("assert x.size and math.isclose(x[0], 1, abs_tol=0.01)"), "accepts a value off by 0.001"),
        (check("assert np.allclose(x - 1, 0, atol=0.01)"), "accepts a value off by 0.001"),
        (check("assert x.all()", how={"sweep": "x"}), "how: sweep: x gives no whole number"),
        (
            check("print(x.sum())", outputs=[new_output("stream", text="2.0\n")]),
            "shows other than what is stored",
        ),
        (
            check("print(x.sum())", ["x.sum", "x.max"], outputs=[new_output("stream", text="3.0\n")]),
            None,
        ),
        (
            check("print(x.max())", ["x.max", "x.min"], outputs=[new_output("stream", text="1.0\n")]),
            "the cell shows the same",
        ),
    ],
)
def test_a_check_that_notices_too_little_is_named(cell: NotebookNode, said: str | None) -> None:
    found = tried(cell).faults
    assert len(found) == (said is not None)
    assert said is None or (said in found[0] and found[0].startswith("check: "))


def test_a_thousandth_is_refused_where_the_tolerance_is_narrow() -> None:
    source = "for k in (1, 2):\n    assert k and math.isclose(k * x[0], k)\nassert np.allclose(x - 1, 0)"
    assert tried(check(source))[2:] == (0, 2, [])


def test_a_sabotage_leaves_nothing_behind() -> None:
    source = "x = x + rng.uniform(size=3)\nassert x.max() < 2"
    after = check("assert x.max() < 2 and draw == rng.uniform()")
    after.id = "after"
    draw = "reference = np.random.default_rng(1)\nreference.uniform(size=3)\ndraw = reference.uniform()"
    cells = check(source, ["x +", "2 + x +"]), new_code_cell(draw, id="draw"), after
    assert tried(*cells).faults == []


def test_a_value_off_in_one_place_of_many_is_enough() -> None:
    cell = check("y = np.arange(1000.0)\nassert np.allclose(y, y + 0, rtol=1e-5)")
    assert tried(cell).nudges == 1


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
        ({"sabotage": [["== 4", "== 5"]]}, ["found it 0 times"]),
        ({"sabotage": [["x", "y"]]}, ["found it 2 times"]),
        ({"sabotage": [["== 3", "== 3"]]}, ["is no other Python"]),
        ({"sabotage": [["== 3", "=== 3"]]}, ["is no other Python"]),
        ({"tags": []}, ["has metadata how, and checks no claim", "has metadata sabotage"]),
    ],
)
def test_what_a_check_says_of_itself_is_checked(changes: dict[str, object], said: list[str]) -> None:
    found = list(faults(check("assert x.sum() == 3, x", ["== 3", "== 4"], **changes)))
    assert len(found) == len(said)
    for part, line in zip(said, found, strict=True):
        assert part in line
