"""Teaches `pytest --nbval` to compare this book's notebooks: numbers by tolerance, figures by their data."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import nbval.plugin
import pytest

from press.notebooks import checks
from press.notebooks.compare import differences, tolerance
from press.notebooks.store import chapters, kernel_environment

# What runs for half a minute and more must not come last, when the other cores have nothing left to do.
SLOWEST_FIRST = [
    "test_sabotage.py",
    "test_jupyterlab.py",
    "test_every_page.py",
    "test_explorables_by_hand.py",
    "test_explorables_on_the_page.py",
    "*.ipynb",  # the largest first
    "test_regression.py",
]


class BookCell(nbval.plugin.IPyNbCell):
    """A code cell of the book, re-run and compared by the rules of `press.notebooks.compare`."""

    entry: checks.Entry  # what the file beside the notebook says of it

    def runtest(self) -> None:
        """Run the cell, and refuse what nbval lets pass."""
        if self.options["skip"] or not self.options["check"]:
            self.raise_cell_error("a cell that is not compared may say anything: remove the nbval tag")
        super().runtest()
        if self.options["check_exception"] and all(o.output_type != "error" for o in self.test_outputs):
            self.raise_cell_error("tagged raises-exception, and nothing was raised")

    def compare_outputs(self, test: Any, ref: Any, skip_compare: Any = None) -> bool:
        """Compare the outputs of now (`test`) with those stored (`ref`)."""
        self.comparison_traceback = differences(ref, test, tolerance(self.entry))
        return not self.comparison_traceback

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str:
        """Say which cell, what was expected, what was found, and what to do."""
        error = excinfo.value
        if not isinstance(error, nbval.plugin.NbCellError):
            return str(super().repr_failure(excinfo))
        source = "\n".join(f"    {line}" for line in self.cell.source.splitlines())
        return (
            f"{self.path.name}, cell {self.cell.id}: {error}\n{error.inner_traceback or ''}\n\n{source}\n\n"
            "If what the cell shows now is right, store it: make refresh"
        )

    def reportinfo(self) -> tuple[Any, int, str]:
        """Return where pytest's report says that this test stands."""
        return self.path, 0, f"{self.path.name}: {self.cell.id}"


class BookNotebook(nbval.plugin.IPyNbFile):
    """A notebook of the book, collected by nbval."""

    def collect(self) -> Iterator[BookCell]:
        """Name each test after its cell's id, as a number would change with every cell put before it."""
        beside = checks.read(self.path)
        for item in super().collect():
            cell = BookCell.from_parent(
                self, name=item.cell.id, cell_num=item.cell_num, cell=item.cell, options=item.options
            )
            cell.entry = beside.cells.get(item.cell.id, {})
            yield cell


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Generator[None, list[Any], list[Any]]:
    """Collect as `BookNotebook` what nbval collects as its own class; it has no setting for that."""
    collected = yield
    return [
        BookNotebook.from_parent(parent, path=file_path) if isinstance(node, nbval.plugin.IPyNbFile) else node
        for node in collected
    ]


def pytest_configure(config: pytest.Config) -> None:
    """Run notebooks by the Python that runs the tests, on the module that stands in this repository."""
    config.option.nbval_current_env = not config.option.nbval_kernel_name
    os.environ.update(kernel_environment())  # nbval's kernels inherit it


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let no check of a claim be skipped: the ledger says that it passes."""
    report = yield
    if report.skipped and item.get_closest_marker("claim"):
        report.outcome, report.longrepr = "failed", "checks a claim, and was skipped"
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slowest files first."""
    items.sort(key=lambda item: _place(item.path))


@cache
def _place(path: Path) -> tuple[int, int]:
    place = next((n for n, name in enumerate(SLOWEST_FIRST) if path.match(name)), len(SLOWEST_FIRST))
    return place, -path.stat().st_size if path.suffix == ".ipynb" else 0


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what each chapter takes: its cells, and the tests that are given its name, such as its sabotages."""
    reports = [r for group in terminalreporter.stats.values() for r in group if hasattr(r, "duration")]
    seconds = {
        name: [
            sum(r.duration for r in reports if r.nodeid.startswith(f"notebooks/{name}.ipynb")),
            sum(r.duration for r in reports if f"[{name}" in r.nodeid),
        ]
        for name in chapters()
    }
    if all(cells for cells, _ in seconds.values()):
        terminalreporter.section("seconds by chapter: its cells, its sabotages and other tests")
        for name, (cells, tests) in seconds.items():
            terminalreporter.write_line(f"{name:24}{cells:8.1f}{tests:8.1f}")
        mean = sum(map(sum, seconds.values())) / len(seconds)
        terminalreporter.write_line(f"One more chapter adds about {mean:.0f} s on one core.")
