"""The blocks of a page: what folds is a <details> with no script, tables scroll.

Folded cells are myst-nb's; those that check an exercise's solution get a line of their own. Of cells that ask for an
answer answers.js makes fields; predictions are plain lists, of which it makes buttons.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from docutils import nodes

from press.site.editions import Page, edition

SHARED_IDS = {"proof-content", "exercise-content", "solution-content"}
MISLEADING = {
    ' aria-label="Toggle hidden content"': "",  # of folded code: hides what the line itself says
    'role="doc-biblioentry"': 'role="listitem"',  # withdrawn from the standard
}
CODE = re.compile(r"<(?P<tag>pre|code)\b.*?</(?P=tag)>|(?P<number>\d(?:<!--[^>]*-->)?) %", re.DOTALL)
# All but keywords, strings and comments, which have colours: a fourth of a chapter's elements.
PLAIN = re.compile(r'<span class="(?!k|ow|s|c)[a-z]{1,2}\d?">([^<]*)</span>')
ASKED = re.compile(r'check\("(?P<exercise>[\w-]+)", answer, "(?P<key>[^"]{8})"\)')


class html_element(nodes.General, nodes.Inline, nodes.TextElement):
    """An element of HTML that docutils has no node for: its `tag`, its `attributes`, and what is inside."""


def visit_html_element(translator: Any, node: nodes.Element) -> None:
    """Write the start of the element."""
    translator.body.append(translator.starttag(node, node["tag"], "", **node.get("attributes", {})))


def depart_html_element(translator: Any, node: nodes.Element) -> None:
    """Write its end."""
    translator.body.append(f"</{node['tag']}>")


# --- while reading ---


def keep_initials(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Let "C. Shannon" in a docstring begin no list."""
    lines[:] = [re.sub(r"^(\s*)(?=[A-Z]\. )", r"\1\\", line) for line in lines]


# --- steps on the document ---


def fold_dropdowns(document: nodes.document, env: Any) -> None:
    """Turn solutions and notes of class `dropdown`, and sphinx-design's `{dropdown}`, into folds."""
    for block in list(document.findall(nodes.Element)):
        note = isinstance(block, nodes.Admonition) and "dropdown" in block["classes"]
        if note or block.get("design_component") == "dropdown":
            block.replace_self(folded(block))


def folded(block: Any) -> html_element:
    """Return `block` as a fold: its title is the line, and its ids and other classes stay."""
    title = block.next_node(nodes.Titular)
    title.parent.remove(title)
    for link in list(title.findall(nodes.reference)):
        link.replace_self(link.children)  # a click anywhere on the line must open the fold
    classes = [name for name in block["classes"] if name != "dropdown"]
    result = fold(title.children, block.children, classes)
    result["ids"] = [*block["ids"], *title["ids"]]
    return result


def fold(line: Iterable[nodes.Node], body: Iterable[nodes.Node], classes: list[str]) -> html_element:
    """Return a fold with this line to open it, and this below."""
    summary = html_element("", "", *line, tag="summary")
    below = nodes.container("", *body, classes=["kl-fold-body"])
    return html_element("", "", summary, below, tag="details", classes=[*classes, "kl-fold"])


def mark_exercises(document: nodes.document, env: Any) -> None:
    """Box each cell that asks for an answer, and say of a folded cell that checks a solution what it is."""
    words = edition(env.config).words
    answers = json.dumps(words["answers"], ensure_ascii=False)
    for cell in list(document.findall(nodes.container)):
        code = cell.astext() if cell.get("nb_element") == "cell_code" else ""
        if cell.get("hide_mode") == "all" and 'check("' in code:
            cell["classes"].append("kl-solves")
            for way in ("show", "hide"):
                cell[f"prompt_{way}"] = words["layout"][f"{way}_check"]
        elif not cell.get("hide_mode") and (asked := ASKED.search(code)):
            said = {"exercise": asked["exercise"], "key": asked["key"], "words": answers}
            box = html_element("", "", tag="div", classes=["kl-answer-box"])
            box["attributes"] = {f"data-{name}": value for name, value in said.items()}
            cell.parent.replace(cell, box)
            box += cell


def tidy_blocks(document: nodes.document, env: Any) -> None:
    """Let tables scroll sideways, and take away the ids that sphinx-proof and sphinx-exercise give to all blocks."""
    for section in document.findall(nodes.section):
        section["ids"] = [name for name in section["ids"] if name not in SHARED_IDS]
    for table in list(document.findall(nodes.table)):
        table.replace_self(nodes.container("", table.deepcopy(), classes=["kl-scroll"]))


# --- steps on the HTML ---


def correct_blocks(body: str, page: Page | None = None) -> str:
    """Take away marks of code that is not coloured, keep a per cent sign with its number, correct what voices say.

    >>> correct_blocks('<pre><span class="k">assert</span> <span class="n">x</span> 7 % 3</pre>')
    '<pre><span class="k">assert</span> x 7 % 3</pre>'
    >>> correct_blocks("<p>57<!-- x:.0f --> % of 5 %</p>")
    '<p>57<!-- x:.0f -->&nbsp;% of 5&nbsp;%</p>'
    """
    for misleading, instead in MISLEADING.items():
        body = body.replace(misleading, instead)
    return CODE.sub(lambda f: f"{f['number']}&nbsp;%" if f["number"] else PLAIN.sub(r"\1", f[0]), body)
