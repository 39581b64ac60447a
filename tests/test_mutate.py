"""The tool that plants faults: it finds all kinds of them, and is not fooled about what became of each."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.mutate import report
from tools.mutate.faults import Key, faults
from tools.mutate.report import CAUGHT, SURVIVED, TIMED_OUT, Result
from tools.mutate.selection import Record, chosen, notebooks_by_module
from tools.notebooks import ROOT

SOURCE = '''
"""A module."""
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    SIZE = 1 + 1

LIMIT: float | None = 8

def area(x: int | str, y=1.5, flag=True):
    """The area."""
    if flag:
        check(x)
        return -x * y
    while x[-1] <= 2 and not y:
        x += f"{x - 3}"
    return None
'''
KEY = Key("module.area", "return -x * y", "-x → x", 1)


def planted(source: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fault in faults("module", source):
        found.setdefault(f"{fault.key.at}: {fault.key.code}", []).append(fault.key.fault)
    return found


class TestFaults:
    def test_all_kinds_are_planted_and_none_in_types_or_text(self) -> None:
        assert planted(SOURCE) == {
            "module: LIMIT: float | None = 8": ["8 → 4"],
            "module: def area(x: int | str, y=1.5, flag=True)": ["1.5 → 2.25", "True → False"],
            "module.area: if flag": ["flag → not flag"],
            "module.area: check(x)": ["check(x) → pass"],
            "module.area: return -x * y": ["return -x * y → return None", "-x * y → -x / y", "-x → x"],
            "module.area: while x[-1] <= 2 and (not y)": [
                "x[-1] <= 2 and (not y) → x[-1] <= 2 or not y",
                "x[-1] <= 2 → x[-1] > 2",
                "-1 → 0",
                "2 → 1",
                "not y → y",
            ],
            "module.area: x += f'{x - 3}'": ["x += f'{x - 3}' → x -= f'{x - 3}'", "x - 3 → x + 3", "3 → 1"],
        }

    def test_each_is_one_change_of_the_source(self) -> None:
        clean = next(faults("module", "x = 0 + 0")).source
        assert clean == "x = 0 - 0"
        assert [fault.source for fault in faults("module", "x = 0 + 0")] == [
            "x = 0 - 0",
            "x = 1 + 0",
            "x = 0 + 1",
        ]

    def test_equal_ones_are_told_apart_by_their_number(self) -> None:
        assert [f.key.nth for f in faults("module", "x = 0 + 0")] == [1, 1, 2]

    def test_names_and_fingerprints_outlive_edits_elsewhere(self) -> None:
        edited = SOURCE.replace('"""A module."""', '"""A module."""\n# moved down\nOTHER = 0')
        edited = edited.replace("The area.", "The area, of course.")
        before = {fault.key: fault.code_hash for fault in faults("module", SOURCE)}
        after = {fault.key: fault.code_hash for fault in faults("module", edited)}
        assert after.items() >= before.items()

    def test_a_changed_function_has_another_fingerprint(self) -> None:
        edited = SOURCE.replace("check(x)", "check(y)")
        before = next(fault for fault in faults("module", SOURCE) if fault.key == KEY)
        after = next(fault for fault in faults("module", edited) if fault.key == KEY)
        assert before.code_hash != after.code_hash


class TestSelection:
    RECORD = Record(
        {"slow": 2.0, "quick": 0.1, "other": 1.0, "outside": 0.1},
        {"module": {14: ["slow", "quick", ""], 15: ["quick"]}, "another": {3: ["other"]}},
    )

    def test_the_tests_that_touch_the_line_run_quickest_first(self) -> None:
        fault = next(fault for fault in faults("module", SOURCE) if fault.key == KEY)
        assert list(fault.lines) == [14]
        assert list(chosen(fault, self.RECORD)) == ["quick", "slow"]

    def test_each_has_the_time_of_the_slowest_of_its_file_which_may_set_up_something_for_all(self) -> None:
        seconds = {"a.py::slow": 2.0, "a.py::quick": 0.1, "b.py::quick": 0.2}
        record = Record(seconds, {"module": {14: ["a.py::quick", "b.py::quick"]}})
        fault = next(fault for fault in faults("module", SOURCE) if fault.key == KEY)
        assert chosen(fault, record) == {"a.py::quick": 2.0, "b.py::quick": 0.2}

    def test_what_runs_on_import_may_matter_to_all_that_touch_the_package(self) -> None:
        fault = next(faults("module", "X = 1"))
        assert list(chosen(fault, self.RECORD)) == ["quick", "other", "slow"]

    def test_a_notebook_depends_on_all_below_the_names_that_it_imports(self) -> None:
        found = notebooks_by_module()
        third = "notebooks/03-minimisation.ipynb"
        assert third in found["_valleys"] and third in found["_rows"]
        assert third in found["datasets"] and "notebooks/02-properties.ipynb" not in found["datasets"]


class TestReport:
    def test_enough_is_caught_and_the_rest_explained(self) -> None:
        results = [Result(KEY._replace(nth=n), "", CAUGHT, "", "") for n in range(2, 100)]
        results += [Result(KEY, "", SURVIVED, "", ""), Result(KEY._replace(nth=100), "", TIMED_OUT, "", "")]
        good = report.summary(results, {KEY: "both are zero"}, ["module"])
        assert good.is_good and good.share_caught == 0.99
        assert next(report.lines(good)).startswith(
            "99.0% of 100 faults caught (1 of them by taking too long)"
        )

    def test_survivors_without_a_reason_are_shown_as_the_list_wants_them(self, tmp_path: Path) -> None:
        survivors = [KEY, KEY._replace(nth=2), KEY._replace(code='return "∞" * x')]
        found = report.summary([Result(key, "", SURVIVED, "", "") for key in survivors], {}, ["module"])
        assert not found.is_good
        text = "\n".join(report.lines(found))
        path = tmp_path / "list.toml"
        path.write_text(text[text.index("[[") :].replace('reason = ""', 'reason = "so"'), encoding="utf-8")
        assert report.equivalents(path) == dict.fromkeys(survivors, "so")

    def test_too_few_are_caught_even_if_the_rest_is_explained(self) -> None:
        found = report.summary([Result(KEY, "", SURVIVED, "", "")], {KEY: "a reason"}, ["module"])
        assert not found.is_good
        assert "fewer than 97% are caught" in report.lines(found)

    def test_a_listed_fault_that_is_caught_or_gone_is_stale(self) -> None:
        results = [Result(KEY, "", CAUGHT, "", "")]
        gone, of_another = KEY._replace(code="return 0"), KEY._replace(at="another")
        found = report.summary(results, dict.fromkeys([KEY, gone, of_another], "a reason"), ["module"])
        assert found.stale == [KEY, gone]
        assert not found.is_good

    def test_results_are_kept_and_read_again(self, tmp_path: Path) -> None:
        first, second = (Result(KEY, "", verdict, "by", "") for verdict in (SURVIVED, CAUGHT))
        for result in (first, second):
            report.store(tmp_path / "results.jsonl", result)
        assert report.load(tmp_path / "results.jsonl") == {KEY: second}
        assert report.load(tmp_path / "none.jsonl") == {}

    def test_what_was_caught_stays_so_until_the_code_changes_what_survived_until_the_tests_do(self) -> None:
        fault = next(fault for fault in faults("module", SOURCE) if fault.key == KEY)
        caught = Result(KEY, fault.code_hash, CAUGHT, "", "old tests")
        survived = caught._replace(verdict=SURVIVED)
        assert caught.holds(fault, "new tests") and survived.holds(fault, "old tests")
        assert not survived.holds(fault, "new tests")
        assert not caught._replace(code_hash="").holds(fault, "old tests")

    def test_the_list_of_equivalents_gives_reasons(self, tmp_path: Path) -> None:
        path = tmp_path / "list.toml"
        entry = (
            '[[equivalent]]\nat = "module.area"\ncode = "return -x * y"\nfaults = ["-x → x", "-x → x #2"]\n'
        )
        path.write_text(entry + 'reason = "x is zero"\n', encoding="utf-8")
        assert report.equivalents(path) == {KEY: "x is zero", KEY._replace(nth=2): "x is zero"}
        path.write_text(entry + 'reason = ""\n', encoding="utf-8")
        with pytest.raises(ValueError, match="must give a reason"):
            report.equivalents(path)


TEST = "tests/test_discrete.py::TestDivergences::test_js_of_strangers_is_one_bit"
TRIAL = f"""
from tools.mutate import __main__ as tool, child
from tools.mutate.faults import Fault, Key
from tools.mutate.selection import Record

source = (child.PACKAGE / "discrete.py").read_text(encoding="utf-8")
endings = ["", "js_divergence = lambda *_, **__: 0", "while True: pass"]
planted = [Fault(Key("", "", "", 1), "discrete", range(1, 2), "", f"{{source}}\\n{{end}}") for end in endings]
child.load_libraries()
child.PATIENCE = 3
for _, *found in tool.trials(planted, Record({{{TEST!r}: 0.1}}, {{"discrete": {{1: [{TEST!r}]}}}}), {{}}, 1):
    print(*found)
child.FAST_FOLDERS = [{TEST!r}]
print(list(tool.record([]).seconds))
tool.record(["notebooks/none.ipynb"])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="make mutate forks, and limits memory")
def test_faults_are_tried_one_by_one_and_none_if_a_notebook_fails_without_any() -> None:
    done = subprocess.run([sys.executable, "-c", TRIAL], cwd=ROOT, capture_output=True, text=True)
    *tried, recorded = done.stdout.splitlines()
    assert tried == [f"survived {TEST}", f"caught {TEST}", "timed out import"]
    assert recorded == f"[{TEST!r}]"
    assert done.returncode == 1 and "the tests fail without any fault" in done.stderr
