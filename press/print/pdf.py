"""Print each edition of the built site: one PDF, with contents, outline and tags, by the system's Chromium.

python -m press.print.pdf    of _build/html into _build/print

Chromium does not know on which page a place will stand, so it prints twice: the first PDF says where places are, and
the second, which names them in the contents, must say the same.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from press.print import PrintError, desk, fonts, make, words
from press.site.editions import Edition

LOWEST = 110  # points: a heading stands higher above the foot of the sheet, since text follows it
# In what a page draws, letters are numbers of their face.
NO_LETTER = re.compile(rb"<(?:.{4})*?0000(?:.{4})*> Tj")
COMPOSE = "async said => { window.paper = await import('./paper.js'); await paper.compose(...said); }"


def put_on_paper(page: Page) -> bytes:
    """Print what stands on the page, in the faces that it needs."""
    # Laid out anew, since Chromium cuts what it has printed before at other places; then faces are asked for.
    page.evaluate("""() => {
        document.body.hidden = true;
        document.body.offsetHeight;
        document.body.hidden = false;
        return document.body.offsetHeight && document.fonts.ready;
    }""")
    return page.pdf(prefer_css_page_size=True, tagged=True, outline=True)


def places(pdf: PdfReader) -> dict[str, int]:
    """Return of each place that a link leads to the number of its page."""
    found = pdf.named_destinations.items()
    return {name.lstrip("/"): (pdf.get_destination_page_number(place) or 0) + 1 for name, place in found}


def print_edition(browser: Browser, site: Path, edition: Edition, faces: str, only: str = "") -> bytes:
    """Return an edition as a PDF, or those of its pages whose name `only` matches.

    Raises
    ------
    PrintError
        If something is wider than the page, leads nowhere, is not described, or is not printed as it should be.
    """
    with desk(browser, site, edition, faces) as page:
        page.evaluate(COMPOSE, [words(edition), only])
        faults: list[str] = page.evaluate("paper.faults()")
        where: dict[str, int] = {}
        for _ in range(4):  # the numbers may move what follows them
            page.evaluate(
                "([pages, form]) => paper.number(pages, form)", [where, edition.words["print"]["page"]]
            )
            made = put_on_paper(page)
            pdf = PdfReader(io.BytesIO(made))
            before, where = where, places(pdf)
            if where == before:
                break
        else:
            faults.append("the contents name other pages than those where the headings stand")
    if faults := [*faults, *check(pdf)]:
        raise PrintError(f"{edition.name}:\n" + "\n".join(faults))
    return made


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
        drawn = page.get_contents()
        if drawn is not None and NO_LETTER.search(drawn.get_data()):
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


if __name__ == "__main__":
    make("pdf", print_edition)
