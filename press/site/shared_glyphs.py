"""Keep one copy of each letter's shape in a page: every figure brings the digits of its axes along.

A figure is whole by itself, in a notebook. In a page ten of them stand too far apart for compression to see that they
share anything.
"""

from __future__ import annotations

import re
from typing import Any

GLYPH = re.compile(
    r'<path id="(?P<id>f[0-9a-f]{8}-[^"]+)" (?P<shape>d="[^"]+" transform="scale\([\d.]+\)")/>\s*'
)
HOLDER = '<svg class="kl-glyphs" width="0" height="0" aria-hidden="true"><defs>\n{}</defs></svg>\n'


def shared(body: str) -> str:
    """Return a page with the shapes of its letters at its end, each once.

    >>> page = '<path id="f00000000-a" d="M0" transform="scale(0.5)"/><use href="#f00000000-a"/>'
    >>> shared(page + page.replace("f0", "f1")).count("M0")
    1
    """
    first: dict[str, str] = {}  # id by shape
    instead: dict[str, str] = {}
    for glyph in GLYPH.finditer(body):
        instead[glyph["id"]] = first.setdefault(glyph["shape"], glyph["id"])
    if not first:
        return body
    body = GLYPH.sub("", body)
    body = re.sub(r'href="#(f[0-9a-f]{8}-[^"]+)"', lambda use: f'href="#{instead.get(use[1], use[1])}"', body)
    return body + HOLDER.format("".join(f'<path id="{name}" {shape}/>\n' for shape, name in first.items()))


def share(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Look at each page before it is written."""
    if "body" in context:
        context["body"] = shared(context["body"])


def setup(app: Any) -> dict[str, bool]:
    """Come after those who change figures."""
    app.connect("html-page-context", share, priority=850)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
