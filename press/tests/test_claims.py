"""Claims and checks hold each other: in the files, and in a run of everything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from press.claims.checks import PLAIN, SIZED
from press.claims.claims import Check, Claim, by_cells, by_tests, claims, faults, waived
from press.notebooks.store import ROOT
from press.site.claims import marked, proved
from press.site.editions import EDITIONS

STATED = [Claim("thm-a", "theorem", "one"), Claim("S1", "source", "one")]
CHECKS = [Check("one/a-run", ("thm-a", "S1"))]


def test_every_claim_is_checked_and_every_check_has_its_claim() -> None:
    assert list(faults(claims(), [*by_cells(), *by_tests()], waived())) == []


def test_statements_equations_and_rows_are_claims() -> None:
    kinds = {claim.label: claim.kind for claim in claims()}
    assert (
        kinds["thm-gibbs"] == "theorem" and kinds["def-kl"] == "definition" and kinds["eq-kl"] == "equation"
    )
    assert [label for label, kind in kinds.items() if kind == "source"] == [f"S{n}" for n in range(1, 44)]


@pytest.mark.parametrize(
    ("stated", "checks", "waivers", "said"),
    [
        (STATED, CHECKS, {}, None),
        (STATED, [], {}, ["thm-a is checked by nothing: tag a cell check:thm-a", "S1 is checked by nothing"]),
        (STATED, [Check("test_a.py::test_b", ("thm-a", "S1"))], {}, None),
        (STATED, [*CHECKS, Check("one/b-run", ("thm-b",))], {}, ["one/b-run checks thm-b, and no claim has"]),
        ([*STATED, STATED[0]], CHECKS, {}, ["thm-a names 2 claims"]),
        (STATED, [Check("one/a-run", ("thm-a",))], {"S1": "it is history."}, None),
        (STATED, CHECKS, {"S1": "it is history."}, ["S1 is waived, and something checks it"]),
        (STATED, CHECKS, {"S2": "it is history."}, ["S2 is waived, and no claim has that label"]),
        (STATED, [Check("one/a-run", ("thm-a",))], {"S1": " "}, ["S1 is waived without a reason"]),
    ],
)
def test_a_mismatch_of_claims_and_checks_is_named(
    stated: list[Claim], checks: list[Check], waivers: dict[str, str], said: list[str] | None
) -> None:
    found = list(faults(stated, checks, waivers))
    assert len(found) == len(said or [])
    for part, line in zip(said or [], found, strict=True):
        assert part in line


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
from press.claims.pytest_claims import Witness

def pytest_configure(config):
    names = ["thm-passed", "thm-failed", "thm-skipped", "thm-twice", "thm-nobody"]
    config.pluginmanager.register(Witness(config, lambda: names, "Mend it so."))
"""
SETTINGS = """
[pytest]
testpaths = suite
pythonpath = {root}
markers = claim(label): x
addopts = -p no:cacheprovider
"""


def run(folder: Path, good: bool, *arguments: str) -> tuple[int, str]:
    (folder / "suite").mkdir()
    (folder / "suite" / "test_it.py").write_text(SUITE.format(good=good), "utf-8")
    (folder / "conftest.py").write_text(CONFTEST, "utf-8")
    (folder / "pytest.ini").write_text(SETTINGS.format(root=ROOT), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "xdist", *arguments]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # starts in half the time
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", env=alone)
    return done.returncode, done.stdout


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_full_run_misses_what_did_not_run_or_pass(tmp_path: Path, workers: str) -> None:
    status, said = run(tmp_path, False, "-n", workers)
    assert status == 1
    assert "thm-failed, thm-skipped, thm-nobody\nMend it so." in said


def test_a_full_run_without_a_failure_fails_for_a_claim_that_nothing_checked(tmp_path: Path) -> None:
    status, said = run(tmp_path, True)
    assert status == 1 and "thm-skipped, thm-nobody\n" in said and " failed" not in said


@pytest.mark.parametrize(
    "arguments", [["suite/test_it.py"], ["-k", "test_a"], ["-m", "claim"], ["--deselect", "x"], ["--co"]]
)
def test_a_run_of_a_part_misses_nothing(tmp_path: Path, arguments: list[str]) -> None:
    status, said = run(tmp_path, True, *arguments)
    assert status == 0 and "Mend it so." not in said


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
