"""Make each figure of the book a <figure>: the drawing, its description, and the paragraph below as caption.

`klhelpers.figures.show` leaves a drawing in the cell's output, and so does an explorable, around it what the page's
script needs to bring it to life. What the figure says to someone who cannot see
it is the cell's metadata key `alt`; what it says to everyone is the paragraph that follows the cell. Neither may
be missing.
"""

from __future__ import annotations

import html
import re
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)
DRAWING = '<div class="kl-figure">'
EXPLORABLE = re.compile(
    r'<div class="kl-explorable" data-module="(?P<module>\w+)" data-state="(?P<state>[^"]*)">'
)


class kl_figure(nodes.General, nodes.Element):
    """A drawing and its caption."""


class kl_caption(nodes.General, nodes.TextElement):
    """What the figure says."""


class CaptionFigures(SphinxPostTransform):
    """Join every figure of the page with its words."""

    default_priority = 250  # after the outputs were chosen (4) and references resolved (10)
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Find the cells that show a figure."""
        for cell in list(self.document.findall(nodes.container)):
            if cell.get("nb_element") == "cell_code":
                drawings = [raw for raw in cell.findall(nodes.raw) if DRAWING in raw.astext()]
                if drawings:
                    self.join(cell, drawings)

    def join(self, cell: Any, drawings: list[Any]) -> None:
        """Replace the drawing in `cell` by a figure, and take the paragraph after the cell as its caption."""
        alt = cell.get("cell_metadata", {}).get("alt", "")
        if len(drawings) > 1:
            self.complain("shows more than one figure: one cell, one figure", cell)
        if not alt:
            self.complain("shows a figure that is not described: its metadata need the key `alt`", cell)
        words = kl_caption("", "", classes=["kl-caption"])
        after = cell.next_node(descend=False, siblings=True)
        if isinstance(after, nodes.paragraph):
            words.extend(after.children)
            after.parent.remove(after)
        else:
            self.complain("shows a figure without caption: the paragraph after the cell is the caption", cell)
        drawing = drawings[-1]
        svg = nodes.raw("", labelled(drawing.astext(), alt), format="html")
        output = drawing.parent  # the container of this one output
        # A style could ask for it by :has(), but then a browser would search the page at each move of a drag.
        cell["classes"].append("kl-shows")
        figure = kl_figure("", svg, words, classes=["kl-figure"])
        if slot := EXPLORABLE.match(drawing.astext()):
            figure["classes"].append("kl-explorable")
            figure["slot"] = {f"data-{key}": html.unescape(value) for key, value in slot.groupdict().items()}
        output.replace(drawing, figure)

    def complain(self, fault: str, cell: nodes.container) -> None:
        """Warn, and show the cell's first line, since a notebook has no line numbers worth naming."""
        first = cell.astext().strip().splitlines()[0]
        logger.warning("a cell %s (it begins %r)", fault, first, location=cell, type="kl", subtype="figure")


def labelled(markup: str, alt: str) -> str:
    """Return the <svg> of a shown figure, named `alt`, without its styles and without the picture behind it.

    >>> labelled('<div><style>x</style><svg role="img"><path/></svg><img src=""></div>', 'A "line"')
    '<svg aria-label="A &quot;line&quot;" role="img"><path/></svg>'
    """
    svg = markup[markup.index("<svg") : markup.rindex("</svg>") + len("</svg>")]
    svg = re.sub(r"<style\b.*?</style>", "", svg, flags=re.DOTALL)
    return svg.replace("<svg", f'<svg aria-label="{html.escape(alt)}"', 1)


def _open(tag: str) -> Any:
    return lambda translator, node: translator.body.append(
        translator.starttag(node, tag, **node.get("slot", {}))
    )


def _close(tag: str) -> Any:
    return lambda translator, node: translator.body.append(f"</{tag}>\n")


def setup(app: Any) -> dict[str, bool]:
    """Register the two nodes and the transform."""
    app.add_node(kl_figure, html=(_open("figure"), _close("figure")))
    app.add_node(kl_caption, html=(_open("figcaption"), _close("figcaption")))
    app.add_post_transform(CaptionFigures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
