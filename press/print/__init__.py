"""The book to take along: each edition of the built site as one PDF and as one EPUB. What it needs of the book it reads
from the pages: their order from the index, their words from book/words.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from playwright.sync_api import Browser, Page, Route, ViewportSize, sync_playwright

from press.browsers import launched
from press.lab.fetch import FetchError
from press.print import fonts
from press.serve import running
from press.site.addresses import printed
from press.site.editions import EDITIONS, ROOT, Edition

SITE, TARGET = ROOT / "_build" / "html", ROOT / "_build" / "print"
HERE = Path(__file__).parent
BETWEEN_MARGINS: ViewportSize = {"width": 597, "height": 1123}  # in pixels of CSS
STYLES = ("katex/katex.min.css", "colours.css", "text.css", "blocks.css")
BLANK = '<!DOCTYPE html><html lang="{}"><meta charset="utf-8"><title></title>{}<body></body></html>'
SHEET = '<link rel="stylesheet" href="{}">'


class PrintError(Exception):
    """What was made is not as it should be."""


def words(edition: Edition) -> dict[str, str]:
    """Return what an edition to take along says besides the pages."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    say: dict[str, str] = edition.words["print"]
    version, date = cited["version"], str(cited["date-released"])
    made = {"date": date, "creator": cited["authors"][0]["name"]}
    return say | made | {"version": say["version"].format(version=version, date=date)}


@contextmanager
def desk(browser: Browser, site: Path, edition: Edition, faces: str) -> Iterator[Page]:
    """Open an empty page in the edition's folder of the site, from which the scripts of this room can be loaded."""

    def bring(route: Route) -> None:
        name = route.request.url.partition("/_print/")[2]
        if name == "":
            sheets = [f"../_static/{style}" for style in STYLES] + ["fonts/faces.css", "paper.css"]
            links = "".join(map(SHEET.format, sheets))
            route.fulfill(body=BLANK.format(edition.code, links), content_type="text/html")
        elif name == "fonts/faces.css":
            route.fulfill(body=faces, content_type="text/css")
        else:
            places = [folder / name for folder in (HERE, TARGET, fonts.MATPLOTLIB)]
            route.fulfill(path=next(path for path in places if path.exists()))

    with running(site) as address:
        page = browser.new_page(viewport=BETWEEN_MARGINS, color_scheme="light")
        page.route("**/_print/**", bring)
        page.emulate_media(media="print")
        page.goto(f"{address}{edition.folder}_print/")
        yield page
        page.close()


def make(kind: str, edition_of: Callable[[Browser, Path, Edition, str], bytes]) -> None:
    """Make each edition of the built site, or say why there is none."""
    try:
        faces = fonts.fetch(TARGET / "fonts")
        with sync_playwright() as playwright:
            browser = launched(playwright.chromium)
            for edition in EDITIONS.values():
                target = printed(edition, kind)
                target.write_bytes(edition_of(browser, SITE, edition, faces))
                print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
    except (PrintError, FetchError, FileNotFoundError) as error:
        sys.exit(f"{kind}: {error}")
