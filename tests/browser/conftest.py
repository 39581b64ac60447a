"""One site, one server and one browser for all tests here.

The site is built into a temporary folder as for an address below a path, https://example.org/kl/, and served below
/kl/, which is the harder case; set BOOK_SITE to the folder of a built site to test that one instead.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, Page, expect

from press.browsers import launched
from press.build import build
from press.serve import LAB, running

expect.set_options(timeout=20_000)  # milliseconds: other tests keep the machine busy


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if "BOOK_SITE" in os.environ:
        return Path(os.environ["BOOK_SITE"])
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # which all workers share: the first to come builds
    output, built = folder / "site", folder / "site.built"
    with FileLock(folder / "site.lock"):
        if not built.exists():
            output.mkdir(exist_ok=True)
            paper = folder / "print"
            paper.mkdir()
            (paper / "kl-divergence-zh.pdf").write_bytes(bytes(1_250_000))  # there is no other
            with pytest.MonkeyPatch.context() as settings:
                settings.setenv("BOOK_URL", "https://example.org/kl/")
                settings.setenv("BOOK_REPOSITORY", "https://github.com/example/kl")
                settings.setenv("BOOK_LAB", str(output))  # there is none
                settings.setenv("BOOK_PRINT", str(paper))
                assert build(output) == 0, "the site does not build"
            built.touch()
    return output / "_build" / "html"


@pytest.fixture(scope="session")
def pages(site: Path) -> list[str]:
    """Every page of the book, by its path below the root."""
    names = (path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return sorted(name for name in names if not name.startswith(LAB))


@pytest.fixture(scope="session")
def root(site: Path) -> str:
    """The path that the site was built for: the only page that says it is 404.html."""
    found = re.search(r'action="([^"]*/)search.html"', (site / "404.html").read_text("utf-8"))
    assert found
    return found[1]


@pytest.fixture(scope="session")
def address(site: Path, root: str) -> Iterator[str]:
    with running(site, root) as url:
        yield url


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A wide, light window without a past."""
    fresh = browser.new_context(viewport={"width": 1280, "height": 900})
    yield fresh
    fresh.close()


@pytest.fixture
def asked(browser: Browser) -> Iterator[Page]:
    """A page where the system asks for the dark and for no motion."""
    if browser.browser_type.name == "firefox":
        with launched(browser.browser_type, ui_systemUsesDarkTheme=1, ui_prefersReducedMotion=1) as own:
            yield own.new_page()
    else:
        with browser.new_context(color_scheme="dark", reduced_motion="reduce") as own:
            yield own.new_page()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that may not complain."""
    fresh = context.new_page()
    said: list[str] = []
    fresh.on("console", lambda message: said.append(message.text))
    fresh.on("pageerror", lambda error: said.append(str(error)))
    yield fresh
    if context.browser and context.browser.browser_type.name == "firefox":
        # It tells of a script that was still loading when the test left the page.
        said = [text for text in said if not re.fullmatch(r"explorable \w+: Error", text)]
    assert not said
