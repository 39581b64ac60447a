"""What search looks through: the words of each section, term and function, without the furniture of the page.

A page's are noted when it is written; together they are sections.json, which the search page alone loads.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from press.site.editions import Page

INDEX = "sections.json"
TOKEN = re.compile(
    r'<!--.*?-->|<(?P<end>/?)(?P<tag>[a-z]\w*)(?P<rest>(?:[^>"]|"[^"]*")*)>|(?P<text>[^<]+)', re.S
)
NAMED = re.compile(r' id="([^"]+)"')
TITLES = {"h1", "h2", "h3", "h4"}
INSIDE_A_LINE = {"a", "b", "code", "em", "i", "semantics", "span", "strong"}
EMPTY = {"br", "hr", "img", "input"}
# A formula is in the page twice: as MathML, which is kept, and as boxes.
HIDDEN_TAGS = {"pre", "script", "style", "summary", "svg"}
HIDDEN = re.compile(r"\b(katex-html|headerlink|eqno|kl-checked|kl-answer-box|cell_output|sig-par\w+)\b")
# Where only the layout tells how the parts of a formula belong together.
SIGNS = {"mfrac": "/", "msub": "_", "munder": "_", "msup": "^"}


@dataclass
class Open:
    """An element that is not closed yet."""

    tag: str = ""
    place: str = ""  # the id of what its words belong to
    title: bool = False
    hidden: bool = False
    sign: str = ""  # to be written after its first part


def sections(body: str) -> list[tuple[str, ...]]:
    """Return the id, the title and the text of all that a result can lead to.

    >>> sections('<section id="a"><h1>A</h1><p>One.</p><dl><dt id="t">T</dt><dd>two<svg>3</svg></dd></dl></section>')
    [('a', 'A', 'One.'), ('t', 'T', 'two')]
    >>> sections('<section id="a"><!-- 3 --><mfrac><mn>1</mn><mn>2</mn></mfrac><p class="katex-html">12</p></section>')
    [('a', '', '1/2')]
    """
    words: dict[str, tuple[list[str], list[str]]] = {"": ([], [])}  # titles and texts in pieces
    stack = [Open()]
    for found in TOKEN.finditer(body):
        tag, rest, last = found["tag"], found["rest"], stack[-1]
        if not tag or found["end"]:
            said = html.unescape(found["text"] or "")
            while tag and stack.pop().tag != tag:
                pass
            last = stack[-1]
            if tag:
                space = "" if tag in INSIDE_A_LINE or tag.startswith("m") else " "
                said, last.sign = last.sign or space, ""
            if not last.hidden:
                words[last.place][not last.title].append(said)
        elif not rest.endswith("/") and tag not in EMPTY:
            title, place = last.title or tag in TITLES, last.place
            if tag in ("section", "dt") and (name := NAMED.search(rest)):
                place, title = name[1], tag == "dt"
                words[place] = ([], [])
                last.place = place if title else last.place  # and that of its definition
            hidden = last.hidden or tag in HIDDEN_TAGS or bool(HIDDEN.search(rest))
            stack.append(Open(tag, place, title, hidden, SIGNS.get(tag, "")))
    return [
        (place, *(re.sub(r"\s+", " ", "".join(part).replace("\u2061", "")).strip(" ,") for part in parts))
        for place, parts in words.items()
        if place
    ]


def add_page(config: Any) -> None:
    """Ask for the page of which search.js makes the search."""
    config.html_additional_pages["search"] = "search.html"


def note_sections(body: str, page: Page) -> str:
    """Note what the page holds."""
    if page.doctree is not None:
        _noted(page.app, page.name).write_text(json.dumps(sections(body)), "utf-8")
    return body


def write_index(app: Any) -> None:
    """Put what all pages hold into one file."""
    pages = {
        app.builder.get_target_uri(name): json.loads(_noted(app, name).read_text("utf-8"))
        for name in sorted(app.env.found_docs)
    }
    Path(app.outdir, INDEX).write_text(json.dumps(pages, ensure_ascii=False), "utf-8")


def _noted(app: Any, name: str) -> Path:
    return Path(app.doctreedir, f"{name}.sections.json")
