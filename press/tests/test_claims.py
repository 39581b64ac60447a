"""Claims and checks hold each other, the ledger holds what was found, and a check that notices too little is named."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from press.claims.ledger import (
    LEDGER,
    Claim,
    by_cells,
    by_tests,
    claims,
    known,
    marked,
    problems,
    record,
    text,
)
from press.claims.sabotage import Run, trial
from press.notebooks import checks
from press.notebooks.checks import PLAIN, SIZED, Checks
from press.notebooks.store import ROOT, first_differences
from press.site.accounts import proved
from press.site.editions import EDITIONS

STATED = [Claim("thm-a", "theorem", "one"), Claim("S1", "source", "one")]
CHECKS = {"one/a-run": ["thm-a", "S1"]}


def test_every_claim_is_checked_and_every_check_has_its_claim() -> None:
    assert list(problems(claims(), by_cells({}) | by_tests())) == []


def test_statements_equations_and_rows_are_claims() -> None:
    kinds = {claim.label: claim.kind for claim in claims()}
    assert [kinds[label] for label in ("thm-gibbs", "def-kl", "eq-kl")] == [
        "theorem",
        "definition",
        "equation",
    ]
    assert [label for label, kind in kinds.items() if kind == "source"] == [f"S{n}" for n in range(1, 44)]


@pytest.mark.parametrize(
    ("stated", "by_name", "said"),
    [
        (STATED, CHECKS, []),
        (STATED, {}, ["thm-a is checked by nothing: tag a cell check:thm-a", "S1 is checked by nothing"]),
        (STATED, CHECKS | {"one/b-run": ["thm-b"]}, ["one/b-run checks thm-b, and no claim has"]),
        ([*STATED, STATED[0]], CHECKS, ["thm-a names 2 claims"]),
        ([Claim("S1", "source", "one", waived=True)], {}, []),
        ([Claim("S1", "source", "one", waived=True)], {"test_a.py::test_b": ["S1"]}, ["S1 is waived, and something"]),
    ],
)  # fmt: skip
def test_a_mismatch_of_claims_and_checks_is_named(
    stated: list[Claim], by_name: dict[str, list[str]], said: list[str]
) -> None:
    found = list(problems(stated, by_name))
    assert len(found) == len(said)
    assert all(part in line for part, line in zip(said, found, strict=True))


def test_a_check_of_a_claim_that_is_skipped_has_failed(tmp_path: Path) -> None:
    marks = '@pytest.mark.claim("thm-a")\n@pytest.mark.skip(reason="-")\n'
    (tmp_path / "test_a.py").write_text(f"import pytest\n{marks}def test_a(): pass\n")
    settings = ["-p", "conftest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-q"]
    assert pytest.main([*settings, str(tmp_path)]) == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize("source", ["{}def check_a(): pass", "class A:\n {} def test_a(self): pass"])
def test_a_check_of_a_claim_that_never_runs_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"a checks \['thm-a'\], and never runs"):
        list(marked(ast.parse(source.format('@pytest.mark.claim("thm-a")\n')).body))


def test_the_ledger_holds_the_claims_and_what_checks_them() -> None:
    if found := first_differences(LEDGER.read_text("utf-8"), text(record(known(), by_cells({})))):
        advice = "book/ledger.json is stale. It is renewed by: make refresh"
        pytest.fail("\n".join([*found, advice]), pytrace=False)


# --- the page ---


@pytest.mark.parametrize("language", EDITIONS)
def test_every_method_has_a_name_in_every_language(language: str) -> None:
    named = EDITIONS[language].words["ledger"]["how"]
    assert named.keys() == SIZED | PLAIN
    for method, words in named.items():
        assert (method in SIZED) == ("{n:,}" in words)


@pytest.mark.parametrize("page", ["book/references.md", "zh/book/references.md"])
def test_every_theorem_of_mathlib_beside_a_claim_is_found(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    found = proved(text)
    assert len(found) == len(re.findall(r"\{prf:ref\}.*\n: .*mathlib4/blob", text)) > 10
    assert found.keys() <= {claim.label for claim in claims()}


# --- a check that notices too little is named ---

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
        ({"sabotage": [["== 4", "== 5"]]}, ["expected '== 4' once in the cell, found it 0 times; nearest: == 3"]),
        ({"sabotage": [["x", "y"]]}, ["found it 2 times"]),
        ({"sabotage": [["== 3"]]}, ["run.sabotage[0]: ['== 3'] is too short"]),
        ({"sabotages": []}, ["'sabotages' was unexpected"]),
    ],
)  # fmt: skip
def test_what_a_check_says_of_itself_is_checked(changes: dict[str, object], said: list[str]) -> None:
    beside = Checks("a.checks.toml", {"run": entry(["== 3", "== 4"]) | changes}, {})
    found = list(checks.problems(new_notebook(cells=[cell("assert x.sum() == 3, x")]), beside))
    assert len(found) == bool(said)
    assert all(part in found[0] for part in said)


def test_words_about_a_cell_that_is_gone_or_checks_nothing_are_named() -> None:
    beside = Checks("a.checks.toml", {"ran": {}, "run": entry(["1", "2"]), "setup": {}}, {})
    nb = new_notebook(cells=[cell("1"), cell("1", "setup", tag="hide-cell")])
    assert sorted(checks.problems(nb, beside)) == [
        "a.checks.toml: [ran] is no cell that checks a claim; nearest: run",
        "a.checks.toml: [setup] is no cell that checks a claim",
    ]
