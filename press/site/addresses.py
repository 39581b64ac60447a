"""Where pages live: their addresses, what is said of them elsewhere, the way to the other edition, to the lab, to 404.

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

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.errors import ConfigError

from press.site.editions import EDITIONS, ROOT, Edition, Page, edition

AT_ROOT = "book/"  # pages of this folder have addresses without it
CHAPTERS = "notebooks/"
BOTH = "all"  # BOOK_EDITIONS
LONGEST = 200  # characters of a description
PLAIN = {
    r"\|": "‖", r"\log": "log", r"\sum": "Σ", r"\le": "≤", r"\ge": "≥", r"\cdot": "·",
    r"\frac pq": "(p/q)", r"\frac qp": "(q/p)", r"\beta": "β", r"\mu": "μ", r"\pi": "π", r"\sigma": "σ", r"\,": "",
}  # fmt: skip
TO_TAKE_ALONG = ("pdf", "epub")
LAB = "lab"  # the folder below the root
SIZES = "first.json"  # what a first visit of each notebook loads
# Where a host, known by a word of its name, takes reports, and what it calls their two fields; most do as the last.
REPORTS = {
    "gitlab": ("/-/issues/new", "issue[title]", "issue[description]"),
    "": ("/issues/new", "title", "body"),
}


class PagesAtRoot(StandaloneHTMLBuilder):
    """The HTML builder: book/index is index.html; search is the book's own (search.py)."""

    search = False

    def get_outfilename(self, pagename: str) -> str:
        """Return the file that a page is written to."""
        return super().get_outfilename(pagename.removeprefix(AT_ROOT))

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return a page's address below the root."""
        return super().get_target_uri(docname.removeprefix(AT_ROOT), typ)


# --- before anything is read ---


def set_address(config: Any) -> None:
    """Say where this edition will live; "/" is the root of whatever serves the site."""
    site = os.environ.get("BOOK_URL") or config.html_baseurl or "/"
    if not site.endswith("/"):
        raise ConfigError(f"BOOK_URL must end with a slash, but is {site!r}")
    config.html_baseurl = site + edition(config).folder


def set_missing_page(config: Any) -> None:
    """Say what sphinx-notfound-page writes: a missing page may be at any depth, so its links start at the root."""
    root, say = urlparse(config.html_baseurl).path, edition(config).words["layout"]
    config.notfound_urls_prefix = root
    config.notfound_context = {
        "title": "404",
        "body": f"<h1>{say['not_found']}</h1>\n<p>{say['not_found_text']}</p>\n"
        f'<p><a href="{root}index.html">{config.html_title}</a></p>',
    }


def note_lab(config: Any) -> None:
    """Note the sizes of first visits, so that all pages are written anew when they change."""
    alone = os.environ.get("BOOK_EDITIONS") != BOTH
    if (_lab() / SIZES).is_file() and not (edition(config).folder and alone):
        config.kl_lab = json.loads((_lab() / SIZES).read_text("utf-8"))["sizes"]


def note_repository(config: Any) -> None:
    """Note where the source is, so that all pages are written anew when it moves."""
    config.kl_repository = os.environ.get("BOOK_REPOSITORY", "").rstrip("/")


def note_printed(config: Any) -> None:
    """Note the sizes of what can be taken along, in MB, so that all pages are written anew when they change."""
    files = {kind: printed(edition(config), kind) for kind in TO_TAKE_ALONG}
    config.kl_printed = {kind: size(path) for kind, path in files.items() if path.is_file()}


def printed(edition: Edition, kind: str) -> Path:
    """Return where an edition to take along is made."""
    folder = Path(os.environ.get("BOOK_PRINT") or ROOT / "_build" / "print")
    return folder / f"kl-divergence-{edition.code[:2]}.{kind}"


def size(path: Path) -> str:
    """Return the size of a file in MB."""
    return f"{path.stat().st_size / 1e6:.1f}"


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


def link_lab(page: Page) -> dict[str, Any]:
    """Return the address of the page's notebook in the lab, and the size of a first visit."""
    notebook = f"{page.edition.code[:2]}/{Path(page.name).name}.ipynb"
    if notebook not in page.app.config.kl_lab or not page.name.startswith(CHAPTERS):
        return {}
    lab = page.up + LAB
    return {
        "lab": {
            "first": f"{lab}/{SIZES}",
            "notebook": notebook,
            "href": f"{lab}/notebooks/index.html?path={notebook}",
            "size": page.app.config.kl_lab[notebook],
        }
    }


def link_printed(page: Page) -> dict[str, Any]:
    """Return, for the first page, the files that can be taken along, each with its kind and size."""
    files = page.app.config.kl_printed if page.name == page.app.config.root_doc else {}
    return {"along": [(kind, printed(page.edition, kind).name, size) for kind, size in files.items()]}


def link_repository(page: Page) -> dict[str, Any]:
    """Return the addresses of the source and of a report on the page."""
    repository = page.app.config.kl_repository
    return {"repository": repository, "report": report(page)} if repository else {}


def report(page: Page, section: str = "", place: str = "") -> str:
    """Return the address of a new report that names the page, one of its sections, and the version."""
    repository = page.app.config.kl_repository
    way, title, field = next(form for word, form in REPORTS.items() if word in urlparse(repository).netloc)
    here = urljoin(page.app.config.html_baseurl, page.app.builder.get_target_uri(page.name)) + place
    text = page.edition.words["layout"]["report_text"].format(page=here, **page.app.config.kl_cited)
    head = " · ".join(filter(None, (page.title, section)))
    query = urlencode({title: f"{head}: ", field: text}, safe=":/")
    # Letters of other scripts a browser encodes itself; here they would weigh three times as much.
    return f"{repository}{way}?{re.sub('(?:%[89A-F][0-9A-F])+', lambda found: unquote(found[0]), query)}"


def report_sections(body: str, page: Page) -> str:
    """Put a link to a report on it behind the heading of each section, outside of the heading's name."""
    if page.app.config.kl_repository and page.doctree is not None:
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


def describe_elsewhere(page: Page) -> dict[str, Any]:
    """Return the tags of the head that say how a link to the page looks elsewhere, and its one address."""
    if page.doctree is None:
        return {"page_meta": []}
    base, book = page.app.config.html_baseurl, page.app.config.html_title
    root = page.name == page.app.config.root_doc
    description = describe(page.doctree)
    address = urljoin(
        base, page.app.builder.get_target_uri(page.name).removesuffix("index.html" if root else "")
    )
    tags = {
        "description": description,
        "og:type": "book" if root else "article",
        "og:site_name": book,
        "og:title": page.title,
        "og:description": description,
        "og:url": address,
        "twitter:card": "summary_large_image",
    }
    return {
        "page_meta": [(name, content) for name, content in tags.items() if content],
        "canonical": page.address or None,
    }


def describe(doctree: nodes.document) -> str:
    """Return the first paragraph as plain text, cut between words."""
    paragraph = next(iter(doctree.findall(nodes.paragraph)), None)
    text = " ".join(paragraph.astext().split()) if paragraph else ""
    for command, sign in PLAIN.items():
        text = text.replace(command, sign)
    text = re.sub(r"<!--.*?-->|\\[a-zA-Z]+ ?|[\\{}]", "", text)
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"


# --- when all is written ---


def let_branches_publish(app: Any) -> None:
    """Let who publishes the site from a branch have its folders that begin with an underscore, too."""
    Path(app.outdir, ".nojekyll").touch()


def copy_printed(app: Any) -> None:
    """Make the site hold what can be taken along, or nothing of it."""
    for kind in TO_TAKE_ALONG:
        source = printed(edition(app.config), kind)
        target = Path(app.outdir, source.name)
        if source.is_file():
            shutil.copy2(source, target)
        else:
            target.unlink(missing_ok=True)


def copy_lab(app: Any) -> None:
    """Make the site hold the lab as it was built, or none."""
    if edition(app.config).folder:
        return
    target, stamp = Path(app.outdir, LAB), "files.json"
    if not app.config.kl_lab:
        shutil.rmtree(target, ignore_errors=True)
    elif (
        not (target / stamp).exists() or (target / stamp).stat().st_mtime != (_lab() / stamp).stat().st_mtime
    ):
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(_lab(), target)
