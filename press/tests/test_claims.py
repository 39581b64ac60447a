"""Claims and checks hold each other: in the files, and in a run of everything."""

from __future__ import annotations

import re

import pytest

from press.claims.claims import Check, Claim, by_cells, by_tests, claims, problems, waived
from press.notebooks.checks import PLAIN, SIZED
from press.notebooks.store import ROOT
from press.site.claims import marked, proved
from press.site.editions import EDITIONS

STATED = [Claim("thm-a", "theorem", "one"), Claim("S1", "source", "one")]
CHECKS = [Check("one/a-run", ("thm-a", "S1"))]


def test_every_claim_is_checked_and_every_check_has_its_claim() -> None:
    assert list(problems(claims(), [*by_cells(), *by_tests()], waived())) == []


def test_statements_equations_and_rows_are_claims() -> None:
    kinds = {claim.label: claim.kind for claim in claims()}
    assert (
        kinds["thm-gibbs"] == "theorem" and kinds["def-kl"] == "definition" and kinds["eq-kl"] == "equation"
    )
    assert [label for label, kind in kinds.items() if kind == "source"] == [f"S{n}" for n in range(1, 44)]


@pytest.mark.parametrize(
    ("stated", "checks", "waivers", "said"),
    [
        (STATED, CHECKS, {}, []),
        (STATED, [], {}, ["thm-a is checked by nothing: tag a cell check:thm-a", "S1 is checked by nothing"]),
        (STATED, [Check("test_a.py::test_b", ("thm-a", "S1"))], {}, []),
        (STATED, [*CHECKS, Check("one/b-run", ("thm-b",))], {}, ["one/b-run checks thm-b, and no claim has"]),
        ([*STATED, STATED[0]], CHECKS, {}, ["thm-a names 2 claims"]),
        (STATED, [Check("one/a-run", ("thm-a",))], {"S1": "it is history."}, []),
        (STATED, CHECKS, {"S1": "it is history."}, ["S1 is waived, and something checks it"]),
        (STATED, CHECKS, {"S2": "it is history."}, ["S2 is waived, and no claim has that label"]),
        (STATED, [Check("one/a-run", ("thm-a",))], {"S1": " "}, ["S1 is waived without a reason"]),
    ],
)
def test_a_mismatch_of_claims_and_checks_is_named(
    stated: list[Claim], checks: list[Check], waivers: dict[str, str], said: list[str]
) -> None:
    found = list(problems(stated, checks, waivers))
    assert len(found) == len(said)
    assert all(part in line for part, line in zip(said, found, strict=True))


# --- a run of everything ---

SUITE = """
import pytest

@pytest.mark.claim("thm-passed")
def test_a(): pass

@pytest.mark.claim("thm-failed")
def test_b(): assert {good}

@pytest.mark.claim("thm-skipped")
@pytest.mark.skip
def test_c(): pass

@pytest.mark.claim("thm-twice")
@pytest.mark.parametrize("n", [1, 2])
def test_d(n): pass
"""
CONFTEST = """
from press.claims.pytest_claims import CheckedClaims

def pytest_configure(config):
    config.addinivalue_line("markers", "claim(label): x")
    names = ["thm-passed", "thm-failed", "thm-skipped", "thm-twice", "thm-nobody"]
    config.pluginmanager.register(CheckedClaims(config, lambda: names))
"""


def run(pytester: pytest.Pytester, good: bool, *arguments: str) -> pytest.RunResult:
    pytester.makepyfile(test_it=SUITE.format(good=good))
    pytester.makeconftest(CONFTEST)
    pytester.makeini(f"[pytest]\ntestpaths = .\npythonpath = {ROOT}")
    return pytester.runpytest(*arguments)


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_full_run_misses_what_did_not_run_or_pass(pytester: pytest.Pytester, workers: str) -> None:
    done = run(pytester, False, "-n", workers)
    assert done.ret == 1
    done.stdout.fnmatch_lines(["thm-failed, thm-skipped, thm-nobody", "A check that failed is told above*"])


def test_a_full_run_without_a_failure_fails_for_a_claim_that_nothing_checked(
    pytester: pytest.Pytester,
) -> None:
    done = run(pytester, True)
    assert done.ret == 1 and done.parseoutcomes() == {"passed": 4, "skipped": 1}
    done.stdout.fnmatch_lines(["thm-skipped, thm-nobody"])


@pytest.mark.parametrize(
    "arguments", [["test_it.py"], ["-k", "test_a"], ["-m", "claim"], ["--deselect", "x"], ["--co"]]
)
def test_a_run_of_a_part_misses_nothing(pytester: pytest.Pytester, arguments: list[str]) -> None:
    done = run(pytester, True, *arguments)
    assert done.ret == 0
    done.stdout.no_fnmatch_line("*claims without a check*")


# --- the page ---


@pytest.mark.parametrize("language", EDITIONS)
def test_every_method_has_a_name_in_every_language(language: str) -> None:
    named = EDITIONS[language].words["ledger"]["how"]
    assert named.keys() == SIZED | PLAIN
    for method, words in named.items():
        assert (method in SIZED) == ("{n:,}" in words)


@pytest.mark.parametrize("page", ["book/references.md", "zh/book/references.md"])
def test_every_theorem_of_mathlib_beside_a_claim_is_found(page: str) -> None:
    entries = re.findall(
        r"^(.*\{prf:ref\}.*)\n: (.*mathlib4/blob.*)$", (ROOT / page).read_text("utf-8"), re.M
    )
    found = proved((ROOT / page).read_text("utf-8"))
    assert len(entries) == len(found) > 10
    assert found.keys() <= {claim.label for claim in claims()}
    for (title, text), (label, (name, address)) in zip(entries, found.items(), strict=True):
        assert f"`{label}`" in title and f"[`{name}`]({address})" in text


def test_only_claims_are_marked() -> None:
    block = '<div class="proof {0} admonition" id="{1}">\n<p class="admonition-title">'
    block += '<span class="caption-number">{2} </span> (Gibbs)</p>'
    both = block.format("theorem", "thm-a", "Theorem 1.1") + block.format("remark", "rem-a", "Remark 1.1")
    page = marked(both, {"thm-a"}, "../ledger.html", "{claim}: how")
    mark = '<a class="kl-checked" href="../ledger.html#claim-thm-a" aria-label="Theorem 1.1: how">✓</a>'
    assert page == both.replace("(Gibbs)</p>", f"(Gibbs){mark}</p>", 1)
