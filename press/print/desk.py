"""What the PDF and the EPUB both need: a page of the browser in the built site, and what they say besides the book."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from playwright.sync_api import Browser, Page, Route, ViewportSize

from press.print import fonts
from press.serve import running
from press.site.editions import ROOT, Edition

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
        elif name.startswith("fonts/ttf/"):
            route.fulfill(path=fonts.MATPLOTLIB / Path(name).name)
        else:
            route.fulfill(path=(TARGET if name.startswith("fonts/") else HERE) / name)

    with running(site) as address:
        page = browser.new_page(viewport=BETWEEN_MARGINS, color_scheme="light")
        page.route("**/_print/**", bring)
        page.emulate_media(media="print")
        page.goto(f"{address}{edition.folder}_print/")
        yield page
        page.close()
