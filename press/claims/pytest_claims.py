"""A plugin of pytest: at the end of a run of everything, every claim has a check that ran and passed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

PROPERTY = "claim"


class Witness:
    """Notes which claims were checked, and makes the session fail for each that was not.

    Markers become properties of the reports, because those reach the process that judges when others run the tests.
    A run of a part says nothing of the rest.
    """

    def __init__(self, config: pytest.Config, claims: Callable[[], Iterable[str]], mend: str = "") -> None:
        """Take the labels of all claims that code can check, asked for at the end, and what to do about one missing."""
        self.config, self.claims, self.mend = config, claims, mend
        self.checked: set[str] = set()
        self.missing: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Write on each test which claims it checks."""
        for item in items:
            labels = [label for mark in item.iter_markers("claim") for label in mark.args]
            item.user_properties += [(PROPERTY, label) for label in labels]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what a test that passed has checked."""
        if report.when == "call" and report.passed:
            self.checked.update(str(value) for name, value in report.user_properties if name == PROPERTY)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Find the claims that nothing has checked."""
        if self._saw_everything(session):
            self.missing = [label for label in self.claims() if label not in self.checked]
            if self.missing:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name them."""
        if self.missing:
            terminalreporter.section("claims without a check that ran and passed", red=True)
            terminalreporter.write_line(", ".join(self.missing))
            terminalreporter.write_line(self.mend)

    def _saw_everything(self, session: pytest.Session) -> bool:
        option = self.config.option
        chosen = (option.keyword, option.markexpr, option.deselect, option.ignore, option.ignore_glob)
        stopped = session.shouldstop or session.shouldfail
        return not (
            hasattr(self.config, "workerinput")
            or self.config.args != self.config.getini("testpaths")
            or option.collectonly
            or any(chosen)
            or stopped
        )
