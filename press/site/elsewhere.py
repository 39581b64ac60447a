"""What is seen of the site elsewhere: how a page is cited, the feed of changes, the map.

Feed and map consist of whole addresses: they are made where BOOK_URL says what these are.
"""

from __future__ import annotations

import base64
import io
import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import matplotlib
import yaml
from markdown_it import MarkdownIt
from PIL import Image, ImageDraw, ImageFont, ImageOps

from press.site.addresses import link_editions
from press.site.claims import CHAPTERS, read_cells
from press.site.editions import ROOT, Page, edition

CHANGES, FEED, MAP = "book/changes", "feed.xml", "sitemap.xml"
DAY = re.compile(r"^### (\d{4}-\d\d-\d\d)\n(.*?)(?=^#|\Z)", re.M | re.S)


def note_citation(config: Any) -> None:
    """Note which version this is, and of when, so that all pages are written anew when it changes."""
    stated = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    config.kl_cited = {"version": stated["version"], "date": str(stated["date-released"])}


# --- what the template gets ---


def cite(page: Page) -> dict[str, Any]:
    """Return what a citation of the page says, and where the feed is."""
    config, builder = page.app.config, page.app.builder
    whole = "://" in config.html_baseurl
    address = urljoin(config.html_baseurl, builder.get_target_uri(page.name).removesuffix("index.html"))
    about = {"book": config.html_title, "author": config.author, "address": address if whole else ""}
    key = f"kl-{page.edition.code[:2]}-{Path(page.name).name}"
    return {
        "cited": config.kl_cited | about | {"title": page.title, "key": key},
        "feed": page.up_here + FEED if whole else None,
        "changes": page.link(CHANGES) if CHANGES in page.app.env.found_docs else None,
    }


# --- when all is written ---


def write_feed(app: Any) -> None:
    """Write the days of the changelog as an Atom feed, newest first."""
    if "://" in app.config.html_baseurl:
        days = DAY.findall(Path(app.srcdir, "CHANGELOG.md").read_text("utf-8"))
        entries = [(day, MarkdownIt().render(text)) for day, text in sorted(days, reverse=True)]
        _write(app, FEED, entries=entries, changes=app.builder.get_target_uri(CHANGES))


def write_map(app: Any) -> None:
    """Write where each page is, in both languages."""
    editions = [link_editions(Page(app, name, {}, None))["editions"] for name in sorted(app.env.found_docs)]
    if "://" in app.config.html_baseurl and all(editions) and not edition(app.config).folder:
        _write(app, MAP, pages=editions)


def _write(app: Any, name: str, **context: Any) -> None:
    config, say = app.config, edition(app.config).words["layout"]
    context |= {"base": config.html_baseurl, "author": config.author, "book": config.html_title, "say": say}
    text = app.builder.templates.render(name, context | {"language": edition(config).code})
    Path(app.outdir, name).write_text(text, "utf-8")
