"""Serve the pages of the folder book/ at the root: book/index is index.html, and so on.

The search page undoes the same step for the names in its index (static/search.js).
"""

from __future__ import annotations

from typing import Any

from sphinx.builders.html import StandaloneHTMLBuilder

FOLDER = "book/"


class PagesAtRoot(StandaloneHTMLBuilder):
    """The HTML builder, with one folder of sources left out of the addresses."""

    def get_outfilename(self, pagename: str) -> str:
        """Return the file that a page is written to."""
        return super().get_outfilename(pagename.removeprefix(FOLDER))

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return a page's address below the root."""
        return super().get_target_uri(docname.removeprefix(FOLDER), typ)


def setup(app: Any) -> dict[str, bool]:
    """Stand in for the HTML builder."""
    app.add_builder(PagesAtRoot, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
