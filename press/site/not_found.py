"""Write 404.html, which a host serves for any missing address: its links start at the root of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

PAGE = "404"


def add_page(app: Any) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Hand the builder one page more."""
    yield PAGE, {"title": PAGE, "body": ""}, "404.html"


def root_links(app: Any, exception: Exception | None) -> None:
    """Make every relative address of the page absolute: the missing one may be at any depth."""
    if exception or app.builder.format != "html":
        return
    root = urlparse(app.config.html_baseurl).path
    page = Path(app.builder.get_outfilename(PAGE))
    relative = r'\b(href|src|action)="(?!#|/|[a-z]+:)(?:\./)?([^"]*)"'
    page.write_text(re.sub(relative, rf'\1="{root}\2"', page.read_text("utf-8")), "utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Add the page, and mend it when it is written."""
    app.connect("html-collect-pages", add_page)
    app.connect("build-finished", root_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
