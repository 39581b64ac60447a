"""Which words of a chapter become links to the glossary, and which stay as they are."""

from __future__ import annotations

import pytest
from docutils import nodes
from docutils.utils import new_document

from press.site.terms import link_first_uses

ADDRESSES = {"entropy": "#entropy", "cross-entropy": "#cross", "Gibbs' inequality": "#gibbs"}


def links(*blocks: nodes.Node) -> list[str]:
    """The words that became links in a page of these blocks."""
    document = new_document("page")
    document += list(blocks)
    before = document.astext()
    link_first_uses(document, ADDRESSES)
    assert document.astext() == before, "linking changes no word"
    return [link.astext() for link in document.findall(nodes.reference) if "kl-term" in link["classes"]]


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("Entropy is entropy", ["Entropy"]),
        ("a cross-entropy", ["cross-entropy"]),
        ("cross-entropy minus entropy", ["cross-entropy", "entropy"]),
        ("two cross-entropys, Gibbs’ inequality", ["cross-entropys", "Gibbs’ inequality"]),
        ("entropyless, entropy-like, thermoentropy", []),
    ],
)
def test_the_first_use_of_a_whole_term_is_a_link(text: str, linked: list[str]) -> None:
    assert links(nodes.paragraph("", text), nodes.paragraph("", text)) == linked
    assert links(nodes.paragraph("", "", nodes.strong("", text))) == linked


@pytest.mark.parametrize(
    "block",
    [
        *(kind("", "entropy") for kind in (nodes.title, nodes.rubric, nodes.caption, nodes.math_block)),
        *(nodes.paragraph("", "", kind("", "entropy")) for kind in (nodes.literal, nodes.math)),
        nodes.paragraph("", "", nodes.reference("", "", nodes.emphasis("", "entropy"))),
    ],
    ids=lambda block: f"{block.tagname}-{block.children[0].tagname.strip('#')}",
)
def test_what_is_not_running_text_stays_as_it_is(block: nodes.Node) -> None:
    assert links(block) == []
    assert links(block.deepcopy(), nodes.paragraph("", "entropy")) == ["entropy"]
