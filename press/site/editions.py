"""Let the two editions know each other: where the Chinese one lives, and where a page is in the other language.

The environment's BOOK_EDITIONS says whether both are built; only then does a page point to its counterpart.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple


class Edition(NamedTuple):
    """A language of the book: its name in itself, its code for browsers, and where it lives below the root."""

    name: str
    code: str
    folder: str


EDITIONS = {"en": Edition("English", "en", ""), "zh_CN": Edition("中文", "zh-CN", "zh/")}
NOT_IN_THE_OTHER = ("404", "search")  # pages without a counterpart that says the same


def settle(app: Any, config: Any) -> None:
    """Put the edition's folder behind the address of the site."""
    config.html_baseurl += EDITIONS[config.language].folder


def point(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Give the template each edition of this page: its code, its name, and its address from here."""
    here = EDITIONS[app.config.language]
    page = app.builder.get_target_uri(pagename)
    up = "../" * (page.count("/") + here.folder.count("/"))
    both = os.environ.get("BOOK_EDITIONS") == "all" and pagename not in NOT_IN_THE_OTHER
    site = app.config.html_baseurl.removesuffix(here.folder)
    context["editions"] = [
        {
            "code": edition.code,
            "name": edition.name,
            "here": edition == here,
            "href": f"{up}{edition.folder}{page}",
            "address": f"{site if '://' in site else up}{edition.folder}{page.removesuffix('index.html')}",
        }
        for edition in EDITIONS.values()
        if both
    ]


def setup(app: Any) -> dict[str, bool]:
    """Settle after the extension head_tags has read the site's address; then point from every page."""
    app.connect("config-inited", settle, priority=900)
    app.connect("html-page-context", point)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
