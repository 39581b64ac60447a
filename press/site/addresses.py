"""Where pages live: their addresses, the way to the other edition, to the lab, to the source, and to 404.

The environment's BOOK_URL says where the site will live, BOOK_EDITIONS whether both languages are built (only then
does a page point to its counterpart), BOOK_LAB where the lab is, if not where `python -m press.lab.build` puts it, and
BOOK_REPOSITORY where the source is; BOOK_PRINT where the PDF and the EPUB of each edition are, if not where `make pdf`
and `make epub` put them. Of what there is not, no page speaks.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode, urljoin, urlparse

import yaml
from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.errors import ConfigError

from press.site.editions import EDITIONS, ROOT, Edition, Page, edition

AT_ROOT = "book/"  # pages of this folder have addresses without it
CHAPTERS = "notebooks/"
BOTH = "all"  # BOOK_EDITIONS
TO_TAKE_ALONG = ("pdf", "epub")
LAB = "lab"  # the folder below the root
SIZES = "first.json"  # what a first visit of each notebook loads
# Where a host, known by a word of its name, takes reports, and what it calls their two fields; most do as the last.
REPORTS = {
    "gitlab": ("/-/issues/new", "issue[title]", "issue[description]"),
    "": ("/issues/new", "title", "body"),
}


class PagesAtRoot(StandaloneHTMLBuilder):
    """The HTML builder: book/index is index.html; search is the book's own (plain_text.py)."""

    search = False

    def get_outfilename(self, pagename: str) -> str:
        """Return the file that a page is written to."""
        return super().get_outfilename(pagename.removeprefix(AT_ROOT))

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return a page's address below the root."""
        return super().get_target_uri(docname.removeprefix(AT_ROOT), typ)


# --- before anything is read ---


def set_addresses(config: Any) -> None:
    """Say where this edition will live ("/" is the root of whatever serves the site), and which pages it has besides.

    A missing page may be at any depth, so sphinx-notfound-page lets its links start at the root.
    """
    site = os.environ.get("BOOK_URL") or config.html_baseurl or "/"
    if not site.endswith("/"):
        raise ConfigError(f"BOOK_URL must end with a slash, but is {site!r}")
    config.html_baseurl = site + edition(config).folder
    root, say = urlparse(config.html_baseurl).path, edition(config).words["layout"]
    config.notfound_urls_prefix = root
    config.notfound_context = {
        "title": "404",
        "body": f"<h1>{say['not_found']}</h1>\n<p>{say['not_found_text']}</p>\n"
        f'<p><a href="{root}index.html">{config.html_title}</a></p>',
    }
    config.html_additional_pages["search"] = "search.html"


def note_surroundings(config: Any) -> None:
    """Note what pages say of what no page holds, so that all are written anew when it changes."""
    here, sizes = edition(config), _lab() / SIZES
    alone = here.folder and os.environ.get("BOOK_EDITIONS") != BOTH
    files = {kind: printed(here, kind) for kind in TO_TAKE_ALONG}
    stated = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    config.kl_around = {
        "repository": os.environ.get("BOOK_REPOSITORY", "").rstrip("/"),
        "lab": json.loads(sizes.read_text("utf-8"))["sizes"] if sizes.is_file() and not alone else {},
        "along": {kind: f"{path.stat().st_size / 1e6:.1f}" for kind, path in files.items() if path.is_file()},
        "cited": {"version": stated["version"], "date": str(stated["date-released"])},
    }


def printed(edition: Edition, kind: str) -> Path:
    """Return where an edition to take along is made."""
    folder = Path(os.environ.get("BOOK_PRINT") or ROOT / "_build" / "print")
    return folder / f"kl-divergence-{edition.code[:2]}.{kind}"


def _lab() -> Path:
    return Path(os.environ.get("BOOK_LAB") or ROOT / "_build" / "lab" / "site")


# --- what the template gets ---


def link_editions(page: Page) -> dict[str, Any]:
    """Return each edition of this page: its code, its name, and its address from here."""
    if os.environ.get("BOOK_EDITIONS") != BOTH or page.name == "404":
        return {"editions": []}
    target, base = page.app.builder.get_target_uri(page.name), page.app.config.html_baseurl
    site = base.removesuffix(page.edition.folder) if "://" in base else page.up
    return {
        "editions": [
            {
                "code": other.code,
                "name": other.name,
                "here": other == page.edition,
                "href": f"{page.up}{other.folder}{target}",
                "address": f"{site}{other.folder}{target.removesuffix('index.html')}",
            }
            for other in EDITIONS.values()
        ]
    }


def link_surroundings(page: Page) -> dict[str, Any]:
    """Return where there is more: the page in the lab, the book to take along, its source, a report on the page."""
    around, lab, first = page.around, page.up + LAB, page.name == page.app.config.root_doc
    notebook = f"{page.edition.code[:2]}/{Path(page.name).name}.ipynb"
    links: dict[str, Any] = {"repository": around["repository"]}
    if links["repository"]:
        links["report"] = report(page)
    if first:
        links["along"] = [
            (kind, printed(page.edition, kind).name, size) for kind, size in around["along"].items()
        ]
    if page.name.startswith(CHAPTERS) and notebook in around["lab"]:
        links["lab"] = {
            "first": f"{lab}/{SIZES}",
            "notebook": notebook,
            "href": f"{lab}/notebooks/index.html?path={notebook}",
            "size": around["lab"][notebook],
        }
    return links


def report(page: Page, section: str = "", place: str = "") -> str:
    """Return the address of a new report that names the page, one of its sections, and the version."""
    repository = page.around["repository"]
    way, title, field = next(form for word, form in REPORTS.items() if word in urlparse(repository).netloc)
    here = urljoin(page.app.config.html_baseurl, page.app.builder.get_target_uri(page.name)) + place
    text = page.edition.words["layout"]["report_text"].format(page=here, **page.around["cited"])
    head = " · ".join(filter(None, (page.title, section)))
    query = urlencode({title: f"{head}: ", field: text}, safe=":/")
    # Letters of other scripts a browser encodes itself; here they would weigh three times as much.
    return f"{repository}{way}?{re.sub('(?:%[89A-F][0-9A-F])+', lambda found: unquote(found[0]), query)}"


def report_sections(body: str, page: Page) -> str:
    """Put a link to a report on it behind the heading of each section, outside of the heading's name."""
    if page.around["repository"] and page.doctree is not None:
        says = page.edition.words["layout"]["mistake"]
        for section in page.doctree.findall(nodes.section):
            title = section.next_node(nodes.title)
            if section.parent is not page.doctree and title is not None and title.parent is section:
                address = report(page, title.astext(), f"#{section['ids'][0]}")
                link = f'<a class="kl-report" href="{html.escape(address)}">{says}</a>'
                start = body.find("</h", body.find(f'<section id="{section["ids"][0]}"'))
                end = body.find(">", start) + 1
                body = body[:end] + link + body[end:]
    return body


# --- when all is written ---


def copy_surroundings(app: Any) -> None:
    """Make the site hold the lab and what can be taken along as they were built, or nothing of them."""
    here, around, site = edition(app.config), app.config.kl_around, Path(app.outdir)
    shutil.rmtree(site / LAB, ignore_errors=True)
    if around["lab"] and not here.folder:
        shutil.copytree(_lab(), site / LAB)
    for kind in TO_TAKE_ALONG:
        (site / printed(here, kind).name).unlink(missing_ok=True)
        if kind in around["along"]:
            shutil.copy2(printed(here, kind), site)
    (
        site / ".nojekyll"
    ).touch()  # who publishes from a branch gets folders that begin with an underscore, too
