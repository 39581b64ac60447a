"""Print each edition of the built site: one PDF, with contents, outline and tags, by the system's Chromium.

python -m press.print.pdf    of _build/html into _build/print

Chromium does not know on which page a place will stand, so it prints twice: the first PDF says where places are, and
the second, which names them in the contents, must say the same.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Browser, Page, Route, sync_playwright
from pypdf import PdfReader

from press.chromium import FLAGS, chromium
from press.lab.fetch import FetchError
from press.print import fonts
from press.serve import running
from press.site.editions import EDITIONS, ROOT, Edition

SITE, TARGET = ROOT / "_build" / "html", ROOT / "_build" / "print"
HERE = Path(__file__).parent
BETWEEN_MARGINS = {"width": 597, "height": 1123}  # in pixels of CSS
LOWEST = 110  # points: a heading stands higher above the foot of the sheet, since text follows it
STYLES = ("katex/katex.min.css", "colours.css", "text.css", "blocks.css")
BLANK = '<!DOCTYPE html><html lang="{}"><meta charset="utf-8"><title></title>{}<body></body></html>'
SHEET = '<link rel="stylesheet" href="{}">'
NO_LETTER = re.compile(rb"<(?:.{4})*?0000(?:.{4})*> Tj")  # in what a page draws, letters are numbers of their face
COMPOSE = """async ([words, only]) => {
    window.paper = await import("./paper.js");
    await paper.compose(words, only);
    await document.fonts.ready;
}"""


class PrintError(Exception):
    """What was printed is not as it should be."""


def file_name(edition: Edition, kind: str) -> str:
    """Return the name of an edition's file."""
    return f"kl-divergence-{edition.code[:2]}.{kind}"


def words(edition: Edition) -> dict[str, str]:
    """Return what an edition to take along says besides the pages."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    say: dict[str, str] = edition.words["print"]
    version = say["version"].format(version=cited["version"], date=cited["date-released"])
    return {**say, "version": version, "modified": f"{cited['date-released']}T00:00:00Z"}


@contextmanager
def desk(browser: Browser, site: Path, edition: Edition, faces: str = "") -> Iterator[Page]:
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




def printed(page: Page) -> PdfReader:
    """Print what stands on the page."""
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, tagged=True, outline=True)))


def places(pdf: PdfReader) -> dict[str, int]:
    """Return of each place that a link leads to the number of its page."""
    found = pdf.named_destinations.items()
    return {name.lstrip("/"): (pdf.get_destination_page_number(place) or 0) + 1 for name, place in found}


def print_edition(browser: Browser, site: Path, edition: Edition, only: str = "") -> PdfReader:
    """Return an edition as a PDF, or those of its pages whose name `only` matches.

    Raises
    ------
    PrintError
        If something is wider than the page, leads nowhere, is not described, or is not printed as it should be.
    """
    with desk(browser, site, edition, fonts.fetch(TARGET / "fonts")) as page:
        page.evaluate(COMPOSE, [words(edition), only])
        faults: list[str] = page.evaluate("paper.faults()")
        where: dict[str, int] = {}
        for _ in range(4):  # the numbers may move what follows them
            page.evaluate("([pages, form]) => paper.number(pages, form)", [where, edition.words["print"]["page"]])
            pdf = printed(page)
            before, where = where, places(pdf)
            if where == before:
                break
        else:
            faults.append("the contents name other pages than those where the headings stand")
    if faults := [*faults, *check(pdf)]:
        raise PrintError(f"{edition.name}:\n" + "\n".join(faults))
    return pdf


def check(pdf: PdfReader) -> Iterator[str]:
    """Yield what is wrong with a PDF."""
    root: Any = pdf.root_object
    if not (root.get("/MarkInfo", {}).get("/Marked") and root.get("/Lang")):
        yield "it is not tagged, or names no language"
    for heading in headings(pdf.outline):
        if heading["/Top"] < LOWEST:
            yield f"the heading “{heading['/Title']}” stands alone at the foot of a page"
    for name, font in {name: font for page in pdf.pages for name, font in faces(page)}.items():
        if not fonts.EMBEDDED.search(name):
            yield f"{name} is no face of this edition: those lack a character"
        elif not {"/FontFile2", "/FontFile3"} & {*font["/DescendantFonts"][0]["/FontDescriptor"]}:
            yield f"{name} is not embedded"
    for number, page in enumerate(pdf.pages, 1):
        if NO_LETTER.search(page.get_contents().get_data()):
            yield f"page {number} has a character that no face has"


def headings(outline: list[Any]) -> Iterator[Any]:
    """Yield the entries of an outline, whatever their level."""
    for entry in outline:
        yield from headings(entry) if isinstance(entry, list) else [entry]


def faces(holder: Any) -> Iterator[tuple[str, Any]]:
    """Yield the fonts of a page, or of a drawing on it, with their names."""
    resources = holder.get("/Resources", {})
    for reference in resources.get("/Font", {}).values():
        font = reference.get_object()
        yield font.get("/BaseFont") or font["/FontDescriptor"]["/FontName"], font
    for drawing in resources.get("/XObject", {}).values():
        yield from faces(drawing.get_object())


def main() -> None:
    """Print all editions."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for edition in EDITIONS.values():
            pdf = print_edition(browser, SITE, edition)
            target = TARGET / file_name(edition, "pdf")
            target.write_bytes(pdf.stream.read())
            print(f"{target}: {len(pdf.pages)} pages, {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    try:
        main()
    except (PrintError, FetchError, FileNotFoundError) as error:
        sys.exit(f"print: {error}")
