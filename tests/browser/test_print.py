"""The book to take along, on its shortest chapter: what paper, a reading system, and a listener get of it."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from unicodedata import normalize
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from press.print import desk, epub, fonts, pdf, words
from press.site.editions import EDITIONS

pytestmark = pytest.mark.chromium  # which prints the book
FACES = "\n".join(fonts.signs())  # of Matplotlib: no package is fetched for a test
XHTML, SVG = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def shortest(site: Path) -> str:
    return min((site / "notebooks").glob("*.html"), key=lambda path: path.stat().st_size).stem


@pytest.fixture(scope="module")
def paper(browser: Browser, site: Path, shortest: str) -> PdfReader:
    return PdfReader(io.BytesIO(pdf.print_edition(browser, site, EDITIONS["en"], FACES, shortest)))


@pytest.fixture(scope="module")
def bound(browser: Browser, site: Path, shortest: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(
        io.BytesIO(epub.bind(browser, site, EDITIONS["zh"], FACES, b"", f"{shortest}|glossary"))
    )


def text_of(paper: PdfReader, number: int) -> str:
    return " ".join(normalize("NFKC", paper.pages[number - 1].extract_text()).split())  # ligatures apart


def test_the_contents_name_the_pages_on_which_the_headings_stand(paper: PdfReader) -> None:
    contents = text_of(paper, 2)
    sections = [h for h in pdf.headings(paper.outline) if re.match(r"\d+\.(\d+\.)? ", h["/Title"])]
    assert len(sections) > 5
    for heading in sections:
        number = (paper.get_destination_page_number(heading) or 0) + 1
        assert f"{heading['/Title']} {number}" in contents
        assert heading["/Title"] in text_of(paper, number)


def described(element: DictionaryObject) -> list[str | None]:
    """What each figure and each formula of a tagged PDF says to a listener."""
    own = [element.get("/Alt")] if element.get("/S") == "/Figure" else []
    children = element.get("/K", [])
    inner = [child.get_object() for child in (children if isinstance(children, list) else [children])]
    return own + [alt for child in inner if isinstance(child, DictionaryObject) for alt in described(child)]


def test_every_figure_is_a_drawing_with_a_description(paper: PdfReader, site: Path, shortest: str) -> None:
    found = described(paper.root_object["/StructTreeRoot"].get_object())
    html = (site / "notebooks" / f"{shortest}.html").read_text("utf-8")
    assert len(found) == html.count("<figure") + html.count("<math ")
    assert all(found)
    assert "D ( p ∥ q )" in found
    drawings = [
        drawing for page in paper.pages for drawing in page["/Resources"].get("/XObject", {}).values()
    ]
    assert all(drawing.get_object()["/Subtype"] == "/Form" for drawing in drawings)


@pytest.mark.parametrize(
    ("spoilt", "fault"),
    [
        ("<pre>" + "x" * 120 + "</pre>", "wider than the page"),
        ('<p><a href="#nowhere">there</a></p>', "leads nowhere"),
        ('<figure class="kl-figure"><svg></svg></figure>', "not described"),
        ('<div style="display: inline-block; height: 30cm">tall</div>', "cut where a page ends"),
        ("<p>\U0010fffd</p>", "a character that no face has"),
    ],
)
def test_a_fault_is_found(browser: Browser, site: Path, spoilt: str, fault: str) -> None:
    with desk(browser, site, EDITIONS["en"], FACES) as page:
        page.evaluate(pdf.COMPOSE, [words(EDITIONS["en"]), "benchmarks"])
        page.evaluate("spoilt => document.querySelector('article section').innerHTML += spoilt", spoilt)
        printed = PdfReader(io.BytesIO(pdf.put_on_paper(page)))
        found = [*page.evaluate("paper.faults()"), *pdf.check(printed)]
    assert any(fault in line for line in found), found


def test_a_face_of_elsewhere_is_found(paper: PdfReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "EMBEDDED", re.compile("KaTeX"))
    assert any("DejaVuSans is no face of this edition" in fault for fault in pdf.check(paper))


def test_an_epub_is_whole(bound: zipfile.ZipFile) -> None:
    assert bound.namelist()[0] == "mimetype"
    trees = {name: ElementTree.fromstring(bound.read(name)) for name in bound.namelist() if ".xhtml" in name}
    ids = {name: {element.get("id") for element in tree.iter()} for name, tree in trees.items()}
    links = [(name, link.get("href", "")) for name, tree in trees.items() for link in tree.iter(f"{XHTML}a")]
    inside = [(name, *href.partition("#")[::2]) for name, href in links if not href.startswith("http")]
    listed = bound.read("book.opf").decode()
    assert len(inside) > 20
    assert [link for link in inside if link[1] in trees and link[2] and link[2] not in ids[link[1]]] == []
    assert all(f'href="{name}"' in listed for name in trees)


def test_an_epub_speaks(bound: zipfile.ZipFile) -> None:
    text = "".join(bound.read(name).decode() for name in bound.namelist() if name.startswith("notebooks"))
    figures = ElementTree.fromstring(f"<all>{text[text.index('<article') : text.index('</body>')]}</all>")
    drawings = [figure.find(f"{SVG}svg") for figure in figures.iter(f"{XHTML}figure")]
    assert drawings and all(svg is not None and svg.get("aria-label") for svg in drawings)
    assert text.count("<math ") > 100
    assert not re.search(r'katex-html|mathvariant="(?!normal)|<details|<form|var\(', text)


def test_the_first_page_links_what_can_be_taken_along(site: Path) -> None:
    folders = [site / edition.folder for edition in EDITIONS.values()]
    there = [{path.name for path in folder.glob("kl-divergence-*")} for folder in folders]
    linked = [
        re.findall(r'href="(kl-\S+)" download', (folder / "index.html").read_text("utf-8"))
        for folder in folders
    ]
    assert [{*names} for names in linked] == there
    assert any(there)
