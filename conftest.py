"""What all tests share, and how this book's notebooks are collected."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.configuration import set_hypothesis_home_dir

from press.browsers import launched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest_plugins = ["press.claims.pytest_notebooks"]

# The tests ask nobody but this machine, and not by way of a proxy.
os.environ["no_proxy"] = os.environ["NO_PROXY"] = "127.0.0.1"

if not os.access(Path(__file__).parent, os.W_OK):  # where hypothesis would keep what it learns
    set_hypothesis_home_dir(tempfile.mkdtemp())
# No deadlines: the first call of a library may take long on a busy machine.
# The same examples at each run, so that one commit has one answer; every week `explore` draws others.
settings.register_profile("book", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=300)
# mutmut runs the tests many times in one process, and a mutant is to be caught or not whenever it is tried.
# One failure is enough, and need not be the smallest.
settings.register_profile(
    "mutmut",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=25,
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
)
settings.load_profile("mutmut" if "MUTANT_UNDER_TEST" in os.environ else "book")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return the system's Chromium, or its Firefox if TEST_BROWSER=firefox, started once."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        instance = launched(getattr(playwright, os.environ.get("TEST_BROWSER", "chromium")))
        yield instance
        instance.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let no check of a claim be skipped: the ledger says that it passes."""
    report = yield
    if report.skipped and item.get_closest_marker("claim"):
        report.outcome, report.longrepr = "failed", "checks a claim, and was skipped"
    return report
