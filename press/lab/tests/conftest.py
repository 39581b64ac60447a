"""The lab as it was built, below lab/ of a site, and what a reader does in it.

Without a built lab nothing here is collected; what drives a browser is collected by `make test-lab` alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from press.lab.build import SITE
from press.serve import running

collect_ignore_glob = [] if (SITE / "files.json").is_file() else ["test_*.py"]
if "TEST_LAB" not in os.environ:
    collect_ignore_glob.append("test_in_browser_*.py")


REPOSITORY = Path(__file__).resolve().parents[3]
ROOT = "/kl/"  # a path below which the site is served: the harder case


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book with the lab; BOOK_SITE names one that is built already."""
    if "BOOK_SITE" in os.environ:
        return Path(os.environ["BOOK_SITE"])
    output = tmp_path_factory.mktemp("site")
    with (output / "build.log").open("w") as said:  # not a pipe: see the extension katex_server
        subprocess.run(
            [sys.executable, "press/editions.py", "--path-output", output],
            cwd=REPOSITORY, stdout=said, stderr=subprocess.STDOUT, check=True,
        )  # fmt: skip
    return output / "_build" / "html"


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    with running(site, ROOT) as url:
        yield url


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A browser without a past, which may ask nobody but the site."""
    fresh = browser.new_context(viewport={"width": 1280, "height": 1000}, color_scheme="light")
    elsewhere: list[str] = []
    # JupyterLite's service worker answers its own pulse, which asks for an address outside the site, by itself.
    inside = (address, "blob:", "data:", address.replace(ROOT, "/api/service-worker-heartbeat"))
    fresh.on("request", lambda request: request.url.startswith(inside) or elsewhere.append(request.url))
    yield fresh
    fresh.close()
    assert not elsewhere


@pytest.fixture
def fresh(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without a past."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    yield context
    context.close()
