"""Make every block that folds a <details>, with no script: `{dropdown}`, and blocks of class `dropdown`.

Folded cells are myst-nb's; those that check an exercise's solution get a line of their own.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class kl_fold(nodes.General, nodes.Element):
    """A block that opens."""


class kl_summary(nodes.General, nodes.TextElement):
    """The line that is there while it is closed."""


class FoldDropdowns(SphinxPostTransform):
    """Turn solutions and notes of class `dropdown`, and sphinx-design's `{dropdown}`, into folds."""

    default_priority = 150  # after sphinx-exercise has set its titles (20 to 22), before sphinx-design (199)
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Replace each block."""
        blocks: list[Any] = list(self.document.findall(folds))
        for block in blocks:
            block.replace_self(folded(block))


class NameChecks(SphinxPostTransform):
    """Say of a folded cell that checks a solution what it is."""

    default_priority = 198  # before myst-nb folds the cells (199)
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Change the line of each such cell."""
        cells: list[Any] = list(self.document.findall(nodes.container))
        for cell in cells:
            if cell.get("hide_mode") == "all" and 'check("' in cell.astext():
                cell["prompt_show"] = self.config.kl_check_prompt_show
                cell["prompt_hide"] = self.config.kl_check_prompt_hide


def folds(node: Any) -> bool:
    """Tell whether `node` is a block that folds."""
    if isinstance(node, nodes.Admonition):
        return "dropdown" in node["classes"]
    return isinstance(node, nodes.container) and node.get("design_component") == "dropdown"


def folded(block: Any) -> kl_fold:
    """Return `block` as a fold: its title is the line, and its ids and other classes stay."""
    title = block.next_node(nodes.Titular)
    title.parent.remove(title)
    for link in list(title.findall(nodes.reference)):
        link.replace_self(link.children)  # a click anywhere on the line must open the fold
    classes = [name for name in block["classes"] if name != "dropdown"]
    body = nodes.container("", *block.children, classes=["kl-fold-body"])
    fold = kl_fold("", kl_summary("", "", *title.children), body, classes=[*classes, "kl-fold"])
    fold["ids"] = [*block["ids"], *title["ids"]]
    fold["open"] = block.get("opened", False)
    return fold


def visit_fold(translator: Any, node: nodes.Element) -> None:
    """Write the start of the fold."""
    translator.body.append(translator.starttag(node, "details", **({"open": "open"} if node["open"] else {})))


def depart_fold(translator: Any, node: nodes.Element) -> None:
    """Write its end."""
    translator.body.append("</details>\n")


def visit_summary(translator: Any, node: nodes.Element) -> None:
    """Write the start of the line."""
    translator.body.append(translator.starttag(node, "summary", ""))


def depart_summary(translator: Any, node: nodes.Element) -> None:
    """Write its end."""
    translator.body.append("</summary>\n")


def setup(app: Any) -> dict[str, bool]:
    """Register the two nodes, the transforms and their words."""
    for name in ("kl_check_prompt_show", "kl_check_prompt_hide"):
        app.add_config_value(name, "", "env", str)
    app.add_node(kl_fold, html=(visit_fold, depart_fold))
    app.add_node(kl_summary, html=(visit_summary, depart_summary))
    app.add_post_transform(FoldDropdowns)
    app.add_post_transform(NameChecks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
