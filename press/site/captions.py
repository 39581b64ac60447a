"""Figures: the drawing, its description, the paragraph below as caption; explorables besides with their script.

`klhelpers.figures.show` leaves a drawing in the cell's output, and so does an explorable, around it what the page's
script needs to bring it to life. What the figure says to someone who cannot see it is the cell's metadata key `alt`;
what it says to everyone is the paragraph that follows the cell. Neither may be missing. A chapter's figures are
numbered, and text refers to them by the cell: {ref}`fig-<its id>`. A page without cells shows an explorable by the
directive of that name, with the class, the option `alt`, and the caption as its content.
"""

from __future__ import annotations

import html
import pydoc
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from press.site.accounts import CHAPTERS
from press.site.blocks import html_element
from press.site.editions import ROOT, edition

logger = logging.getLogger(__name__)
DRAWING = '<div class="kl-figure">'
EXPLORABLE = re.compile(
    r'<div class="kl-explorable" data-module="(?P<module>\w+)" data-state="(?P<state>[^"]*)">'
)
SHAPE = re.compile(r'<path id="([^"]+)" ([^>]*)/>\s*')  # matplotlib defines it, and uses it by name
WIDGETS = ROOT / "klhelpers" / "widgets"  # JupyterLab gets the scripts from Python


def number_figures(app: Any, doctree: nodes.document) -> None:
    """Number the figures of a chapter by the chapter's file: 07-name has 7.1, A1-name A1.1."""
    name = app.env.docname
    figures = [cell for cell in doctree.findall(nodes.container) if "alt" in cell.get("cell_metadata", {})]
    for number, cell in enumerate(figures if name.startswith(CHAPTERS) else [], 1):
        chapter = Path(name).name.partition("-")[0].lstrip("0")
        words = edition(app.config).words["layout"]["figure"].format(number=f"{chapter}.{number}")
        cell["kl_number"], anchor = words, cell["ids"][-1]
        app.env.get_domain("std").note_hyperlink_target(
            anchor.replace("cell-", "fig-", 1), name, anchor, words
        )


def caption_figures(document: nodes.document, env: Any) -> None:
    """Join each drawing with its words: what describes it, and as its caption the paragraph after the cell."""
    for cell in list(document.findall(nodes.container)):
        drawings = [raw for raw in cell.findall(nodes.raw) if DRAWING in raw.astext()]
        if drawings and cell.get("nb_element") == "cell_code":
            join(cell, drawings)


def join(cell: Any, drawings: list[Any]) -> None:
    """Replace the last of the drawings in `cell` by a figure, and warn where it lacks anything."""
    alt, after = cell["cell_metadata"].get("alt", ""), cell.next_node(descend=False, siblings=True)
    captioned = isinstance(after, nodes.paragraph)
    faults = {
        "shows more than one figure: one cell, one figure": len(drawings) > 1,
        "shows a figure that is not described: its metadata need the key `alt`": not alt,
        "shows a figure without caption: the paragraph after the cell is the caption": not captioned,
    }
    first = cell.astext().strip().splitlines()[0]  # since a notebook has no line numbers worth naming
    for fault in (fault for fault, found in faults.items() if found):
        said = f"a cell {fault} (it begins {first!r})"
        logger.warning("%s", said, location=cell, type="kl", subtype="figure")
    words: list[nodes.Node] = []
    number = cell.get("kl_number", "")
    if captioned:
        if number:
            words += [nodes.inline("", number, classes=["caption-number"]), nodes.Text(" ")]
        words.extend(after.children)
        after.parent.remove(after)
    # A style could ask for it by :has(), but then a browser would search the page at each move of a drag.
    cell["classes"].append("kl-shows")
    drawing = drawings[-1]
    drawing.parent.replace(drawing, figure(drawing.astext(), alt, words, number))


def figure(markup: str, alt: str, words: Iterable[nodes.Node], number: str = "") -> html_element:
    """Return a figure with what `markup` draws, and these words below it."""
    svg = nodes.raw("", labelled(markup, alt), format="html")
    caption = html_element("", "", *words, tag="figcaption", classes=["kl-caption"])
    result = html_element("", "", svg, caption, tag="figure", classes=["kl-figure"])
    # By its number, or a voice names it by its caption without the formulas, and then reads the caption.
    result["attributes"] = {"aria-label": number} if number else {}
    if explorable := EXPLORABLE.match(markup):
        result["classes"].append("kl-explorable")
        data = explorable.groupdict().items()
        result["attributes"] |= {f"data-{key}": html.unescape(value) for key, value in data}
    return result


class Explorable(SphinxDirective):
    """`{explorable} module.Class`: the explorable in its first state, as a notebook would show it."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {"alt": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Make it, and draw it."""
        made: Any = pydoc.locate(self.arguments[0])
        markup = made()._repr_mimebundle_()[0]["text/html"]
        (caption,) = self.parse_content_to_nodes()
        return [figure(markup, self.options["alt"], caption.children)]


def labelled(markup: str, alt: str) -> str:
    """Return the <svg> of a shown figure, named `alt`, without its styles and without the picture behind it.

    >>> labelled('<div><style>x</style><svg role="img"><path/></svg><img src=""></div>', 'A "line"')
    '<svg aria-label="A &quot;line&quot;" role="img"><path/></svg>'
    """
    svg = markup[markup.index("<svg") : markup.rindex("</svg>") + len("</svg>")]
    svg = re.sub(r"<style\b.*?</style>", "", svg, flags=re.DOTALL)
    return svg.replace("<svg", f'<svg aria-label="{html.escape(alt)}"', 1)


def share_shapes(body: str, page: Any) -> str:
    """Define each letter and mark of the figures once a page, at its end, where no script takes it away.

    >>> star = '<svg><defs>\\n<path id="{0}-star" d="M0 0"/>\\n</defs><use xlink:href="#{0}-star"/></svg>'
    >>> print(share_shapes(star.format("a") + star.format("b"), None).replace("</svg>", "</svg>\\n"))
    <svg><use xlink:href="#shape-0"/></svg>
    <svg><use xlink:href="#shape-0"/></svg>
    <svg class="kl-shapes" aria-hidden="true"><path id="shape-0" d="M0 0"/></svg>
    <BLANKLINE>
    """
    names = {shape: f"shape-{i}" for i, shape in enumerate(dict.fromkeys(s for _, s in SHAPE.findall(body)))}
    if not names:
        return body
    renamed = {old: names[shape] for old, shape in SHAPE.findall(body)}
    body = re.sub(r"<defs>\s*</defs>\s*", "", SHAPE.sub("", body))
    body = re.sub(r'href="#([^"]+)"', lambda m: f'href="#{renamed.get(m[1], m[1])}"', body)
    shapes = "".join(f'<path id="{name}" {shape}/>' for shape, name in names.items())
    return f'{body}<svg class="kl-shapes" aria-hidden="true">{shapes}</svg>'


def copy_explorables(app: Any) -> None:
    """Copy their scripts and styles: what lies in a static folder before, Jupyter Book would load on every page."""
    target = Path(app.outdir, "_static", "widgets")
    target.mkdir(parents=True, exist_ok=True)
    for path in (*WIDGETS.glob("*.js"), *WIDGETS.glob("*.css")):
        shutil.copy(path, target)
    for path in target.glob("words-*.js"):
        if path.stem != f"words-{edition(app.config).code[:2]}":
            path.write_text("export default {}; // this edition speaks another language\n", "utf-8")
