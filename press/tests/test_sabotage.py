"""A check that notices too little is named, and the ledger holds what was found."""

from __future__ import annotations

from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from press.claims.ledger import LEDGER, known, record, text
from press.claims.sabotage import Run, trial
from press.notebooks.checks import Checks, problems
from press.notebooks.store import first_differences


def test_the_ledger_holds_the_claims_and_what_checks_them() -> None:
    if found := first_differences(LEDGER.read_text("utf-8"), text(record(known()))):
        advice = "book/ledger.json is stale. It is renewed by: make refresh"
        pytest.fail("\n".join([*found, advice]), pytrace=False)


# --- each hole is planted, and seen ---

SETUP = "import math\nimport numpy as np\nrng = np.random.default_rng(1)\nx = np.ones(3)"
HOLES: dict[str, tuple[str, list[str] | None, str]] = {
    "green": ("assert x.sum() > 0", ["> 0", "> 1"], "with '> 1' for '> 0' the check stays green"),
    "attribute": ("assert x.sum() > 0", ["x.sum", "x.total"], "ends in AttributeError"),
    "name": ("assert x.sum() > 0", ["x.sum", "y.sum"], "ends in NameError"),
    "syntax": ("assert x.sum() > 0", ["> 0", "=> 0"], "ends in SyntaxError"),
    "wide": ("assert np.isclose(x.sum(), 3, rtol=0.01)", None, "accepts a value off by 0.001"),
    "wide-too": ("assert x.size and math.isclose(x[0], 1, abs_tol=0.01)", None, "accepts a value off by 0.001"),
    "wide-all": ("assert np.allclose(x - 1, 0, atol=0.01)", None, "accepts a value off by 0.001"),
    "same": ("print(3 * x.max())", ["x.max", "x.min"], "the cell shows the same"),
    "size": ("assert x.all()", None, "how: sweep: size gives no whole number"),
}  # fmt: skip
SOUND: dict[str, tuple[str, list[str] | None, int, int]] = {  # with the sabotages and the nudges that are noticed
    "noticed": ("assert x.sum() == 3", ["== 3", "== 4"], 1, 0),
    "shown": ("print(x.sum())", ["x.sum", "x.max"], 1, 0),
    "loop": ("for k in (1, 2):\n    assert k and math.isclose(k * x[0], k)", None, 0, 1),
    "zeros": ("assert np.allclose(x - 1, 0)", None, 0, 1),
    "one-of-many": ("y = np.arange(1000.0)\nassert np.allclose(y, y + 0, rtol=1e-5)", None, 0, 1),
    "forgotten": ("x = x + rng.uniform(size=3)\nassert x.max() < 2", ["x +", "2 + x +"], 1, 0),
    "nothing-left": (
        "twin = np.random.default_rng(1)\ntwin.uniform(size=3)\n"
        "assert x.max() < 2 and twin.uniform() == rng.uniform()", None, 0, 0,
    ),
}  # fmt: skip


def cell(source: str, cell_id: str = "run", tag: str = "check:thm-a") -> NotebookNode:
    return new_code_cell(source, id=cell_id, metadata={"tags": [tag]})


def entry(*sabotage: list[str], **other: object) -> dict[str, Any]:
    return {"how": {"sweep": "x.size"}, "sabotage": [*sabotage], **other}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """What one run finds of all of them."""
    planted = HOLES | SOUND
    cells = [cell(source, cell_id) for cell_id, (source, *_) in planted.items()]
    beside = {cell_id: entry(*[pair] if pair else []) for cell_id, (_, pair, *_) in planted.items()}
    beside["size"]["how"] = {"sweep": "size"}
    nb = new_notebook(cells=[new_code_cell(SETUP, id="setup"), *cells])
    return trial(nb, Checks("a.checks.toml", beside, {}), tmp_path_factory.mktemp("run"))


@pytest.mark.parametrize("cell_id", HOLES)
def test_a_check_that_notices_too_little_is_named(run: Run, cell_id: str) -> None:
    (fault,) = (fault for fault in run.faults if fault.startswith(f"{cell_id}: "))
    assert HOLES[cell_id][2] in fault


@pytest.mark.parametrize("cell_id", SOUND)
def test_what_a_sound_check_notices_is_counted_and_leaves_nothing_behind(run: Run, cell_id: str) -> None:
    assert not [fault for fault in run.faults if fault.startswith(f"{cell_id}: ")]
    *_, red, nudges = SOUND[cell_id]
    assert run.checks[cell_id] == {"how": {"sweep": 3}, "sabotages": red, "nudges": nudges}


# --- what stands beside a notebook ---


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"how": {}}, ["run.how: {}"]),
        ({"sabotage": []}, ["run.sabotage: []"]),
        ({"how": {"faith": ""}}, ["run.how: ", "'faith' was unexpected"]),
        ({"how": {"sweep": ""}}, ["run.how.sweep: ''"]),
        ({"how": {"equality": "3"}}, ["run.how.equality: '' was expected"]),
        ({"how": "sweep"}, ["run.how: 'sweep' is not of type 'object'"]),
        ({"sabotage": [["== 4", "== 5"]]}, ["expected '== 4' once in the cell, found it 0 times"]),
        ({"sabotage": [["x", "y"]]}, ["found it 2 times"]),
        ({"sabotage": [["== 3"]]}, ["run.sabotage[0]: ['== 3'] is too short"]),
        ({"sabotages": []}, ["'sabotages' was unexpected"]),
    ],
)  # fmt: skip
def test_what_a_check_says_of_itself_is_checked(changes: dict[str, object], said: list[str]) -> None:
    beside = Checks("a.checks.toml", {"run": entry(["== 3", "== 4"]) | changes}, {})
    found = list(problems(new_notebook(cells=[cell("assert x.sum() == 3, x")]), beside))
    assert len(found) == bool(said)
    assert all(part in found[0] for part in said)


def test_words_about_a_cell_that_is_gone_or_checks_nothing_are_named() -> None:
    beside = Checks("a.checks.toml", {"ran": {}, "run": entry(["1", "2"]), "setup": {}}, {})
    nb = new_notebook(cells=[cell("1"), cell("1", "setup", tag="hide-cell")])
    assert sorted(problems(nb, beside)) == [
        "a.checks.toml: [ran] is no cell that checks a claim; nearest: run",
        "a.checks.toml: [setup] is no cell that checks a claim",
    ]
