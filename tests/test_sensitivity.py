"""The faults that are seeded into the book can be planted: each finds its place, once, and changes something."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from tools.notebooks import ROOT
from tools.sensitivity import LAYERS, LAYERS_OF, Fault, faults, kinds_of_failure, plant


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.id)
def test_a_fault_finds_its_place(fault: Fault, tmp_path: Path) -> None:
    twins = [fault.file, *([f"zh/{fault.file}"] if fault.cell else [])]
    for name in twins:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    plant(fault, tmp_path)
    assert (tmp_path / fault.file).read_bytes() != (ROOT / fault.file).read_bytes()


def test_faults_have_names_of_their_own_and_a_kind_that_some_layer_looks_at() -> None:
    assert not [name for name, count in Counter(fault.id for fault in faults()).items() if count > 1]
    assert {fault.kind for fault in faults()} == LAYERS_OF.keys()
    assert {layer for layers in LAYERS_OF.values() for layer in layers} == LAYERS.keys()


def test_there_are_at_least_forty() -> None:
    assert len(faults()) >= 40


def test_what_a_notebook_fails_by_is_read_from_what_its_tests_say() -> None:
    assert kinds_of_failure("stdout: expected 'D = 1', found 'D = 2'") == ["numbers"]
    assert kinds_of_failure("application/vnd.klbook.figure+json axes[0]: expected 2 of them, found 1") == [
        "figures"
    ]
    assert kinds_of_failure("AssertionError: \n\n    assert x") == ["assertions"]
