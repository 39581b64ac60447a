"""Make the contents beside every page: all chapters, and under the current one its sections."""

from __future__ import annotations

from typing import Any

HERE = '<a class="current reference internal" href="#">'


def add_contents(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Give the template the list."""
    chapters = context["toctree"](maxdepth=1, titles_only=True, collapse=True, includehidden=True)
    # Sphinx makes headings of level 2 of the parts' names, which come before the page's own of level 1.
    chapters = chapters.replace(' aria-level="2"', "").replace(' role="heading"', "")
    context["contents"] = nest(chapters, context.get("toc", ""))


def nest(chapters: str, page: str) -> str:
    """Return the list `chapters` with the sections of `page` under the link to the page itself.

    >>> nest(f'<ul><li>{HERE}One</a></li></ul>', '<ul><li><a href="#">One</a><ul><li>x</li></ul></li></ul>')
    '<ul><li><a class="current reference internal" href="#">One</a><ul><li>x</li></ul></li></ul>'
    """
    sections = page[page.find("<ul>", 1) : page.rfind("</ul>", 0, page.rfind("</ul>")) + len("</ul>")]
    before, here, after = chapters.partition(HERE)
    if not here or not sections:
        return chapters
    title, end, rest = after.partition("</a>")
    return before + here + title + end + sections + rest


def setup(app: Any) -> dict[str, bool]:
    """Make the list for each page that is written."""
    app.connect("html-page-context", add_contents)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
