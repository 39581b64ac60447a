"""What the glossary links, and what it leaves alone."""

from __future__ import annotations

import re

import pytest
from docutils import nodes
from docutils.utils import new_document

from press.notebooks.content import prose
from press.notebooks.rules import read
from press.notebooks.store import ROOT, paths
from press.site.terms import link_first_uses, pattern

ADDRESSES = {"entropy": "#entropy", "cross-entropy": "#cross", "Gibbs' inequality": "#gibbs"}


def links(*blocks: nodes.Node) -> list[str]:
    """The words that became links in a page of these blocks."""
    document = new_document("page")
    document += list(blocks)
    before = document.astext()
    link_first_uses(document, ADDRESSES)
    assert document.astext() == before, "linking changes no word"
    return [link.astext() for link in document.findall(nodes.reference) if "kl-term" in link["classes"]]


def paragraph(*parts: nodes.Node | str) -> nodes.paragraph:
    return nodes.paragraph("", "", *(nodes.Text(p) if isinstance(p, str) else p for p in parts))


def test_only_the_first_use_is_a_link() -> None:
    assert links(paragraph("Entropy is entropy"), paragraph("entropy")) == ["Entropy"]


def test_the_longer_of_two_overlapping_terms_wins() -> None:
    assert links(paragraph("a cross-entropy")) == ["cross-entropy"]
    assert links(paragraph("cross-entropy minus entropy")) == ["cross-entropy", "entropy"]


def test_bold_words_plurals_and_curled_apostrophes_count() -> None:
    bold = nodes.strong("", "cross-entropy")
    assert links(paragraph("the ", bold, ", Gibbs’ inequality")) == ["cross-entropy", "Gibbs’ inequality"]
    assert links(paragraph("two cross-entropys")) == ["cross-entropys"]


def test_parts_of_words_do_not_count() -> None:
    assert links(paragraph("entropyless, entropy-like, thermoentropy")) == []


@pytest.mark.parametrize(
    "block",
    [
        nodes.title("", "entropy"),
        nodes.rubric("", "entropy"),
        nodes.caption("", "entropy"),
        nodes.literal_block("", "entropy"),
        nodes.math_block("", "entropy"),
        nodes.paragraph("", "", nodes.literal("", "entropy")),
        nodes.paragraph("", "", nodes.math("", "entropy")),
        nodes.paragraph("", "", nodes.reference("", "", nodes.emphasis("", "entropy"))),
    ],
    ids=lambda block: f"{block.tagname}-{block.children[0].tagname.strip('#')}",
)
def test_what_is_not_running_text_stays_as_it_is(block: nodes.Node) -> None:
    assert links(block) == []
    assert links(block.deepcopy(), paragraph("entropy")) == ["entropy"]


def entries() -> list[tuple[list[str], str]]:
    """The names and the meaning of each entry."""
    text = (ROOT / "book" / "glossary.md").read_text("utf-8").partition("```{glossary}")[2]
    found = re.findall(r"((?:^\w.*\n)+)  (.+)$", text, re.M)
    return [(names.splitlines(), meaning) for names, meaning in found]


def test_every_term_has_its_chinese_name_and_a_sentence() -> None:
    assert len(entries()) > 40
    for names, meaning in entries():
        assert re.match(r"\{zh\}`[^`]*[㐀-鿿][^`]*`(, \{zh\}`[^`]+`)*\. \S.*[.?!:]", meaning), names


def test_every_term_is_used_in_a_chapter() -> None:
    text = "\n".join(cell.source for path in paths() for cell in prose(read(path).nb))
    for names, _ in entries():
        assert pattern(dict.fromkeys(names, "")).search(text), names
