"""Mend what other extensions leave: ids shared or random, misleading names, lone full stops, marks of nothing."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_proof.nodes import proof_node

SHARED_IDS = {"proof-content", "exercise-content", "solution-content"}
RANDOM_ID = r"equation-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
MISLEADING = {
    ' aria-label="Toggle hidden content"': "",  # of folded code: hides what the line itself says
    'role="doc-biblioentry"': 'role="listitem"',  # withdrawn from the standard
}
LATEX = re.compile(
    r"<annotation\b.*?</annotation>", re.DOTALL
)  # of each formula once more, which nobody sees
CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
# All but keywords, strings and comments, which have colours: a fourth of a chapter's elements.
PLAIN = re.compile(r'<span class="(?!k|ow|s|c)[a-z]{1,2}\d?">([^<]*)</span>')
CLOSING = re.compile(r"[.,;:!?)’”。，、；：！？）》」]+")
SHORT = 30  # characters of LaTeX that fit on any line
# A longer formula may be broken between its pieces; what follows it must stay with the last one.
WITHIN = r'(?:(?!<span class="(?:math|base)[ "]).)*?'  # of one formula, within one piece
LONG = re.compile(
    rf'<span class="kl-closed">(<span class="math[ "]{WITHIN}(?:<span class="base">{WITHIN})+)'
    rf'(<span class="base">{WITHIN})</span></span></span>([^<>]+)</span>',
    re.DOTALL,
)
PROOF = "Proof."  # what sphinx-proof writes before the first word


class MendBlocks(SphinxPostTransform):
    """Go once through the page."""

    default_priority = 400
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Mend each kind of node."""
        for section in self.document.findall(nodes.section):
            section["ids"] = [name for name in section["ids"] if name not in SHARED_IDS]
        for table in list(self.document.findall(nodes.table)):
            table.replace_self(nodes.container("", table.deepcopy(), classes=["kl-scroll"]))
        for formula in list(self.document.findall(nodes.math)):
            keep_closing_sign(formula)
        for proof in self.document.findall(proof_node):
            set_off_name(proof)


def keep_closing_sign(formula: Any) -> None:
    """Keep the full stop after a formula on the formula's line; of a long formula, on that of its last piece.

    >>> line = nodes.paragraph("", "", nodes.Text(", and "), nodes.math("", "p"), nodes.Text(", and "))
    >>> keep_closing_sign(line[1])
    >>> line.astext()
    ', and p, and '
    """
    after = formula.next_node(descend=False, siblings=True)
    sign = CLOSING.match(after) if isinstance(after, nodes.Text) else None
    if sign:
        kind = "kl-together" if len(formula.astext()) <= SHORT else "kl-closed"
        # By identity: Text compares like a string, and an equal piece of text may stand before this one.
        place = next(i for i, node in enumerate(after.parent.children) if node is after)
        after.parent[place] = nodes.Text(after[sign.end() :])
        together = nodes.inline("", "", formula.deepcopy(), nodes.Text(sign[0]), classes=[kind])
        formula.replace_self(together)


def keep_with_last_piece(body: str) -> str:
    """Set the last piece of a long formula, and the sign after it, on one line: as a formula of its own, unspoken.

    >>> pieces = '<span class="base">a+</span><span class="base">b</span>'
    >>> formula = f'<span class="math"><span><span>{pieces}</span></span></span>'
    >>> keep_with_last_piece(f'<span class="kl-closed">{formula}.</span>')  # doctest: +NORMALIZE_WHITESPACE
    '<span class="math"><span><span><span class="base">a+</span></span></span></span><span class="kl-together"><span
    class="katex"><span class="katex-html" aria-hidden="true"><span class="base">b</span></span></span>.</span>'
    """
    return LONG.sub(
        r'\1</span></span></span><span class="kl-together"><span class="katex">'
        r'<span class="katex-html" aria-hidden="true">\2</span></span>\3</span>',
        body,
    ).replace('"kl-closed"', '"kl-together"')  # one piece


def unmarked(code: str) -> str:
    """Take away the marks of what is not coloured.

    >>> unmarked('<span class="k">assert</span> <span class="n">x</span> <span class="ow">in</span>')
    '<span class="k">assert</span> x <span class="ow">in</span>'
    """
    return PLAIN.sub(r"\1", code)


def set_off_name(proof: Any) -> None:
    """Set the word that opens a proof in italics."""
    first = proof.next_node(nodes.Text)
    if first.startswith(PROOF):
        first.parent.replace(first, [nodes.emphasis("", PROOF), nodes.Text(first.removeprefix(PROOF))])


def mend_html(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Mend names and roles, and count the equations that nobody named: MyST has drawn a random name for each."""
    body = keep_with_last_piece(LATEX.sub("", context.get("body", "")))
    body = CODE.sub(lambda code: unmarked(code[0]), body)
    for misleading, instead in MISLEADING.items():
        body = body.replace(misleading, instead)
    for number, name in enumerate(dict.fromkeys(re.findall(RANDOM_ID, body)), 1):
        body = body.replace(name, f"equation-unnamed-{number}")
    context["body"] = body


def setup(app: Any) -> dict[str, bool]:
    """Register the transform, and look at every page before it is written."""
    app.add_post_transform(MendBlocks)
    app.connect("html-page-context", mend_html)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
