"""Warn about what must not be in a page: a broken formula, a script, a file from another origin."""

from __future__ import annotations

import html
import re
from typing import Any

from sphinx.util import logging

logger = logging.getLogger(__name__)

FORBIDDEN = {
    "a formula that KaTeX cannot set": r'class="katex-error" title="([^"]*)"',
    "a command that KaTeX does not know": r'mathcolor="#cc0000"><mtext>([^<]*)',
    "a script in the page, which the site's policy blocks": r"(<script(?![^>]*\bsrc=)[^>]*>)",
    "an event handler in the page, which the site's policy blocks": r'(<[a-z]+[^<>]*\son[a-z]+="[^"]*")',
    "something loaded from another origin": (
        r"(<(?:img|script|iframe|source|video|audio|embed|object|link)\b[^>]*"
        r'\b(?:src|href|data)="(?:https?:)?//[^"]*")'
    ),
}


def faults(body: str) -> list[str]:
    """Name what is wrong with the HTML `body` of a page, with the piece that is wrong.

    >>> faults('<p>fine</p><a href="https://example.org">a link is fine</a>')
    []
    >>> faults('<img src="https://example.org/a.png">')
    ['something loaded from another origin: <img src="https://example.org/a.png"']
    """
    return [
        f"{fault}: {html.unescape(found)}"
        for fault, pattern in FORBIDDEN.items()
        for found in re.findall(pattern, body)
    ]


def guard(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Warn once for each fault, so that a build with -W fails."""
    for fault in faults(context.get("body", "")):
        logger.warning("%s", fault, location=pagename, type="kl", subtype="page")


def setup(app: Any) -> dict[str, bool]:
    """Look at every page before it is written."""
    app.connect("html-page-context", guard)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
