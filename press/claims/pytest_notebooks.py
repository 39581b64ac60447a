"""Has nbval compare this book's notebooks by its own rules, and run each check with its sabotages."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Generator, Iterator
from itertools import chain
from typing import Any

import nbval.plugin
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from press.claims import ledger
from press.claims.sabotage import around, begin, call, outcome
from press.notebooks import checks
from press.notebooks.compare import differences
from press.notebooks.kernel import TIMEOUT, kernel_environment
from press.notebooks.store import normalised


class BookCell(nbval.plugin.IPyNbCell):
    """A code cell of the book, run and compared by nbval; one that checks a claim is broken on purpose before."""

    entry: checks.Entry | None  # what the file beside the notebook says of a check

    def runtest(self) -> None:
        """Run the cell, and refuse what nbval lets pass."""
        if self.options["skip"] or not self.options["check"]:
            self.raise_cell_error("a cell that is not compared may say anything: remove the nbval tag")
        if self.entry is None:
            super().runtest()
            return
        before, after = around(self.cell, self.entry)
        ends = self.parent.told(before)
        super().runtest()
        found, faults = outcome(self.cell, self.entry, ends, self.parent.told(after))
        if found != (known := ledger.known().get(f"{self.path.stem}/{self.cell.id}")):
            faults.append(f"the ledger is stale, renew it by make refresh: it holds {known}, found {found}")
        if faults:
            self.raise_cell_error("\n".join(faults))

    def compare_outputs(self, test: Any, ref: Any, skip_compare: Any = None) -> bool:
        """Compare the outputs of now (`test`) with those stored (`ref`)."""
        now = normalised(new_notebook(cells=[NotebookNode({**self.cell, "outputs": test})])).cells[0]
        self.comparison_traceback = [*differences(ref, now.outputs)]
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
        beside = checks.read(self.path).cells
        for item in super().collect():
            cell = BookCell.from_parent(
                self, name=item.cell.id, cell_num=item.cell_num, cell=item.cell, options=item.options
            )
            said = {"how": {}, "sabotage": [], **beside.get(item.cell.id, {})}
            cell.entry = said if checks.checked(item.cell) else None
            yield cell

    def setup(self) -> None:
        """Start the kernel."""
        super().setup()
        self.told(call(begin))

    def told(self, source: str) -> str:
        """Return what code of the press prints in the kernel of the notebook."""
        printed: list[str] = []

        def listen(message: Any) -> None:
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        reply = self.kernel.kc.execute_interactive(
            source, store_history=False, output_hook=listen, timeout=TIMEOUT
        )
        if reply["content"]["status"] != "ok":
            raise RuntimeError("\n".join([f"{source} raised", *reply["content"]["traceback"]]))
        return "".join(printed)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Any, parent: pytest.Collector) -> Generator[None, list[Any], list[Any]]:
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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how long the cells of each chapter took with their sabotages: so much does one more chapter add."""
    seconds: dict[str, float] = defaultdict(float)
    for report in chain.from_iterable(terminalreporter.stats.values()):
        if isinstance(report, pytest.TestReport) and ".ipynb::" in report.nodeid:
            seconds[report.nodeid.partition("::")[0]] += report.duration
    if seconds:
        terminalreporter.section("seconds by chapter, on one core")
        for chapter, took in [*sorted(seconds.items()), ("on average", sum(seconds.values()) / len(seconds))]:
            terminalreporter.write_line(f"{took:6.1f}  {chapter}")
