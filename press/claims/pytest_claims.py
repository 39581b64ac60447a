"""A plugin of pytest: at the end of a run of everything, every claim has a check that ran and passed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from press.claims.claims import checkable

PROPERTY = "claim"
MEND = "A check that failed is told above; one that did not run was skipped or its cell has lost its tag."


class CheckedClaims:
    """Notes which claims were checked, and makes the session fail for each that was not.

    Markers become properties of the reports, because those reach the process that judges when others run the tests.
    A run of a part says nothing of the rest.
    """

    def __init__(self, config: pytest.Config, claims: Callable[[], Iterable[str]]) -> None:
        """Take what gives the labels of all claims that code can check, to be asked at the end."""
        self.config, self.claims = config, claims
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
            terminalreporter.write_line(f"{', '.join(self.missing)}\n{MEND}")

    def _saw_everything(self, session: pytest.Session) -> bool:
        option = self.config.option
        chosen = (option.keyword, option.markexpr, option.deselect, option.ignore, option.ignore_glob)
        return not (
            hasattr(self.config, "workerinput")
            or self.config.args != self.config.getini("testpaths")
            or option.collectonly
            or any(chosen)
            or session.shouldstop
            or session.shouldfail
        )


def pytest_configure(config: pytest.Config) -> None:
    """Watch over the claims of the book."""
    config.pluginmanager.register(CheckedClaims(config, checkable))
