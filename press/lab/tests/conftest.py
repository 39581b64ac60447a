"""A site with the lab as it was built, and browsers without a past.

What drives a browser is collected by `make test-lab` alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from press.lab import ROOT
from press.lab.tests.reader import FOLDER
from press.serve import running

collect_ignore = [] if "TEST_LAB" in os.environ else ["test_in_browser.py"]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book with the lab; BOOK_SITE names one that is built already."""
    if "BOOK_SITE" in os.environ:
        return Path(os.environ["BOOK_SITE"])
    output = tmp_path_factory.mktemp("site")
    command = [sys.executable, "press/editions.py", "--path-output", output]
    with (output / "build.log").open("w") as said:  # not a pipe, after which a formula's Node.js would hang
        subprocess.run(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT, check=True)
    return output / "_build" / "html"


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    with running(site, FOLDER) as url:
        yield url


@pytest.fixture
def fresh(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without a past."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    # MyST's messages hold the whole text each: Firefox stalls on telling them.
    context.add_init_script("console.debug = () => {}")
    yield context
    context.close()


@pytest.fixture
def context(fresh: BrowserContext, address: str) -> Iterator[BrowserContext]:
    """A browser without a past, which may ask nobody but the site."""
    elsewhere: list[str] = []
    # JupyterLite's service worker answers its own pulse, which asks for an address outside the site, by itself.
    inside = (address, "blob:", "data:", address.replace(FOLDER, "/api/service-worker-heartbeat"))
    fresh.on("request", lambda request: request.url.startswith(inside) or elsewhere.append(request.url))
    yield fresh
    assert not elsewhere
