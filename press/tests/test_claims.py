"""Claims and checks hold each other, and the pages show both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from press.claims.ledger import Claim, by_cells, by_tests, claims, problems
from press.notebooks.checks import PLAIN, SIZED
from press.notebooks.store import ROOT
from press.site.claims import proved
from press.site.editions import EDITIONS

STATED = [Claim("thm-a", "theorem", "one"), Claim("S1", "source", "one")]
CHECKS = {"one/a-run": ["thm-a", "S1"]}


def test_every_claim_is_checked_and_every_check_has_its_claim() -> None:
    assert list(problems(claims(), by_cells() | by_tests())) == []


def test_statements_equations_and_rows_are_claims() -> None:
    kinds = {claim.label: claim.kind for claim in claims()}
    assert [kinds[label] for label in ("thm-gibbs", "def-kl", "eq-kl")] == [
        "theorem",
        "definition",
        "equation",
    ]
    assert [label for label, kind in kinds.items() if kind == "source"] == [f"S{n}" for n in range(1, 44)]


@pytest.mark.parametrize(
    ("stated", "checks", "said"),
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
    stated: list[Claim], checks: dict[str, list[str]], said: list[str]
) -> None:
    found = list(problems(stated, checks))
    assert len(found) == len(said)
    assert all(part in line for part, line in zip(said, found, strict=True))


def test_a_check_of_a_claim_that_is_skipped_has_failed(tmp_path: Path) -> None:
    marks = '@pytest.mark.claim("thm-a")\n@pytest.mark.skip(reason="-")\n'
    (tmp_path / "test_a.py").write_text(f"import pytest\n{marks}def test_a(): pass\n")
    settings = ["-p", "conftest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-q"]
    assert pytest.main([*settings, str(tmp_path)]) == pytest.ExitCode.TESTS_FAILED


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
