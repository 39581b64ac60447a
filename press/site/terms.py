"""Words: those of another language are marked, those of the glossary are linked, those of other extensions replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from docutils import nodes

from press.site.blocks import html_element
from press.site.editions import Page

GLOSSARY = "book/glossary"
CHAPTERS = "notebooks/"
NOT_PROSE = {
    "literal", "literal_block", "math", "math_block", "raw", "reference", "term", "caption", "figcaption", "summary",
}  # fmt: skip


def foreign_words(name: str, raw: str, text: str, *_: Any, **__: Any) -> tuple[list[nodes.Node], list[Any]]:
    """Mark words of another language for fonts and voices: {zh}`散度` in English, {en}`divergence` in Chinese."""
    return [html_element(raw, text, tag="span", attributes={"lang": name})], []


# --- the glossary ---


def link_terms(document: nodes.document, env: Any) -> None:
    """Link the first use of each term in a chapter to the glossary.

    A use is a word of running text, in bold or not. Headings, titles, captions, code, formulas and links stay as they
    are. Of two terms that overlap the longer wins, also when it is linked already: "cross-entropy" is no use of
    "entropy".
    """
    if env.docname.startswith(CHAPTERS):
        page = env.app.builder.get_relative_uri(env.docname, GLOSSARY)
        objects = env.get_domain("std").get_objects()
        terms = {name: anchor for name, _, kind, _, anchor, _ in objects if kind == "term"}
        link_first_uses(document, {name: f"{page}#{anchor}" for name, anchor in terms.items()})


def link_first_uses(document: nodes.document, address_of: Mapping[str, str]) -> None:
    """Turn the first use of each term into a link to its address."""
    waiting, any_term = dict(address_of), pattern(address_of)
    for text in list(document.findall(nodes.Text)):
        if waiting and is_prose(text):
            pieces = list(split(str(text), waiting, any_term))
            # By identity: an equal piece of text may stand before this one.
            place = next(i for i, node in enumerate(text.parent.children) if node is text)
            text.parent[place : place + 1] = pieces


def is_prose(text: Any) -> bool:
    """Tell whether a piece of text is running text."""
    node = text.parent
    while node is not None:
        if isinstance(node, nodes.Titular | nodes.Invisible) or {node.tagname, node.get("tag")} & NOT_PROSE:
            return False
        node = node.parent
    return True


def split(text: str, waiting: dict[str, str], any_term: re.Pattern[str]) -> Iterator[nodes.Node]:
    """Yield `text` in pieces, the first uses among them as links, and take these terms from `waiting`."""
    start = 0
    for found in any_term.finditer(text):
        term = next((name for name in waiting if same(name, found[1])), None)
        if term:
            yield from [nodes.Text(text[start : found.start()])] if found.start() > start else []
            yield nodes.reference("", found[0], internal=True, refuri=waiting.pop(term), classes=["kl-term"])
            start = found.end()
    if start < len(text):
        yield nodes.Text(text[start:])


def pattern(names: Mapping[str, str]) -> re.Pattern[str]:
    """Return what finds any of the names, longest first, as whole words, also in the plural."""
    longest = sorted(names, key=len, reverse=True)
    any_name = "|".join(re.escape(name).replace("'", "['’]") for name in longest)
    return re.compile(rf"(?<![A-Za-z0-9-])({any_name})(?:e?s)?(?![A-Za-z0-9-])", re.I)


def same(name: str, found: str) -> bool:
    """Compare without regard to case and to the form of the apostrophe."""
    return name.casefold() == found.replace("’", "'").casefold()


def renew_chapters(app: Any, env: Any, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    """Say that a changed glossary changes every chapter."""
    fresh = GLOSSARY in added | changed | removed
    return [name for name in env.found_docs if name.startswith(CHAPTERS)] if fresh else []


# --- what other extensions say ---


def replace_words(body: str, page: Page) -> str:
    """Say as the book says it what other extensions say in English, or in other words."""
    for found, better in page.edition.words.get("instead", {}).items():
        body = re.sub(found, better, body)
    return body
