"""What is seen of the site elsewhere: how a page is cited and described, its card, the feed of changes, the map.

Feed and map consist of whole addresses: they are made where BOOK_URL says what these are.
"""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from markdown_it import MarkdownIt
from PIL import Image, ImageOps

from press.site.accounts import read_cells
from press.site.addresses import link_editions
from press.site.editions import Page, edition

CARD = "_static/social-card.png"
SIZE, COLOURS = (1200, 630), 48  # of a card; few colours weigh little
CHANGES, FEED = "book/changes", "feed.xml"
DAY = re.compile(r"^### (\d{4}-\d\d-\d\d)\n(.*?)(?=^#|\Z)", re.M | re.S)
LONGEST = 200  # characters of a description
PLAIN = {
    r"\|": "‖", r"\log": "log", r"\sum": "Σ", r"\le": "≤", r"\ge": "≥", r"\cdot": "·",
    r"\frac pq": "(p/q)", r"\frac qp": "(q/p)", r"\beta": "β", r"\mu": "μ", r"\pi": "π", r"\sigma": "σ", r"\,": "",
}  # fmt: skip


# --- what the template gets ---


def cite(page: Page) -> dict[str, Any]:
    """Return what a citation of the page says, and where changes are told."""
    config, key = page.app.config, f"kl-{page.edition.code[:2]}-{Path(page.name).name}"
    about = {"book": config.html_title, "author": config.author, "title": page.title, "address": page.address}
    return {
        "cited": {**page.around["cited"], **about, "key": key},
        "feed": config.html_baseurl + FEED if page.address else "",
        "changes": page.link(CHANGES) if CHANGES in page.app.env.found_docs else "",
    }


def describe_elsewhere(page: Page) -> dict[str, Any]:
    """Return the tags of the head that say how a link to the page looks elsewhere, and its one address."""
    if page.doctree is None:
        return {"page_meta": []}
    config, description, (card, alt) = page.app.config, describe(page.doctree), write_card(page)
    tags = {
        "description": description,
        "og:type": "book" if page.name == config.root_doc else "article",
        "og:site_name": config.html_title,
        "og:title": page.title,
        "og:description": description,
        "og:url": page.path,
        "twitter:card": "summary_large_image",
        "og:image": urljoin(config.html_baseurl, card),
        "og:image:alt": alt,
    }
    meta = [(name, content) for name, content in tags.items() if content]
    return {"page_meta": meta, "canonical": page.address or None}


def describe(doctree: nodes.document) -> str:
    """Return the first paragraph as plain text, cut between words."""
    paragraph = next(iter(doctree.findall(nodes.paragraph)), None)
    text = " ".join(paragraph.astext().split()) if paragraph else ""
    for command, sign in PLAIN.items():
        text = text.replace(command, sign)
    text = re.sub(r"<!--.*?-->|\\[a-zA-Z]+ ?|[\\{}]", "", text)
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"


def write_card(page: Page) -> tuple[str, str]:
    """Write the card of a page, a chapter's of its first figure, and say what it shows."""
    notebook = Path(page.app.srcdir, f"{page.name}.ipynb")
    for cell in read_cells(notebook) if notebook.exists() else []:
        shown = [output.get("data", {}).get("image/png") for output in cell.get("outputs", [])]
        if "alt" in cell["metadata"] and any(shown):
            picture = io.BytesIO(base64.b64decode(next(filter(None, shown))))
            card = Path(page.app.outdir, "_static", "cards", f"{notebook.stem}.png")
            card.parent.mkdir(parents=True, exist_ok=True)
            drawn = ImageOps.pad(Image.open(picture).convert("RGB"), SIZE, color="white")
            drawn.quantize(COLOURS).save(card, optimize=True)
            return f"_static/cards/{card.name}", cell["metadata"]["alt"]
    return CARD, ""


# --- when all is written ---


def write_feed_and_map(app: Any) -> None:
    """Write the days of the changelog as an Atom feed, newest first, and where each page is in both languages."""
    config, here = app.config, edition(app.config)
    if "://" not in config.html_baseurl:
        return
    days = DAY.findall(Path(app.srcdir, "CHANGELOG.md").read_text("utf-8"))
    context = {
        "base": config.html_baseurl, "author": config.author, "book": config.html_title, "language": here.code,
        "say": here.words["layout"], "changes": app.builder.get_target_uri(CHANGES),
        "entries": [(day, MarkdownIt().render(text)) for day, text in sorted(days, reverse=True)],
        "pages": [link_editions(Page(app, name, {}, None))["editions"] for name in sorted(app.env.found_docs)],
    }  # fmt: skip
    for name in (FEED, "sitemap.xml") if all(context["pages"]) and not here.folder else (FEED,):
        Path(app.outdir, name).write_text(app.builder.templates.render(name, context), "utf-8")
