"""Say in each page's head what it is, where it lives, and how a link to it looks elsewhere."""

from __future__ import annotations

import os
import re
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.errors import ConfigError

CARD = "_static/social-card.png"
LONGEST = 200  # characters of a description
PLAIN = {r"\|": "‖", r"\log": "log", r"\sum": "Σ", r"\le": "≤", r"\ge": "≥", r"\mu": "μ", r"\sigma": "σ"}


def set_address(app: Any, config: Any) -> None:
    """Let the environment's BOOK_URL say where the site will live; "/" is the root of whatever serves it."""
    config.html_baseurl = os.environ.get("BOOK_URL") or config.html_baseurl or "/"
    if not config.html_baseurl.endswith("/"):
        raise ConfigError(f"BOOK_URL must end with a slash, but is {config.html_baseurl!r}")


def describe(doctree: nodes.document) -> str:
    """Return the first paragraph as plain text, cut between words."""
    paragraph = next(iter(doctree.findall(nodes.paragraph)), None)
    text = " ".join(paragraph.astext().split()) if paragraph else ""
    for command, sign in PLAIN.items():
        text = text.replace(command, sign)
    text = re.sub(r"\\[a-zA-Z]+|[\\{}]", "", text)
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"


def add_tags(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Give the template its list of tags, and the one address of the page if the site's address is known."""
    base = app.config.html_baseurl
    book = app.config.html_title
    root = pagename == app.config.root_doc
    title = book if root else re.sub(r"<[^>]+>", "", context.get("title", ""))
    description = describe(doctree) if doctree else ""
    address = urljoin(base, app.builder.get_target_uri(pagename).removesuffix("index.html" if root else ""))
    tags = {
        "description": description,
        "og:type": "book" if root else "article",
        "og:site_name": book,
        "og:title": title,
        "og:description": description,
        "og:url": address,
        "og:image": urljoin(base, CARD),
        "twitter:card": "summary_large_image",
    }
    context["page_meta"] = [(name, content) for name, content in tags.items() if content] if doctree else []
    context["canonical"] = address if "://" in base and doctree else None


def setup(app: Any) -> dict[str, bool]:
    """Find the address first, then tag every page."""
    app.connect("config-inited", set_address)
    app.connect("html-page-context", add_tags)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
