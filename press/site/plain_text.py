"""What a page says, without its layout: in sections, for the search, and as Markdown, for who brings a language model.

Both are made of the page's HTML, where references are resolved and numbers stand. The sections of all pages are
sections.json, which the search page alone loads; llms.txt lists the pages as Markdown, its twins. In these formulas are
TeX, of a figure there is what describes it, and folds are open.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import yaml
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from markdownify import ATX, MarkdownConverter

from press.site.editions import Page, edition
from press.site.elsewhere import describe

INDEX, LIST = "sections.json", "llms.txt"
# A formula is in the page twice: as MathML, which is kept, and as boxes.
BOXES = '<span class="katex-html" aria-hidden="true">'
SPAN = re.compile(r"<(/?)span\b[^>]*>")
DRAWN = re.compile(r"(<svg\b[^>]*>).*?(?=</svg>)", re.S)
TITLES = {"h1", "h2", "h3", "h4"}
INSIDE_A_LINE = {"a", "annotation", "b", "code", "em", "i", "semantics", "span", "strong"}
NOT_SEARCHED = {"annotation", "pre", "script", "style", "summary", "svg"}
NOT_SEARCHED_CLASSES = {"headerlink", "eqno", "kl-answer-box", "cell_output", "sig-paren", "sig-param"}
# Where only the layout tells how the parts of a formula belong together.
SIGNS = {"mfrac": "/", "msub": "_", "munder": "_", "msup": "^"}
LANGUAGE = re.compile(r"highlight-i?(python|console)")


def read(body: str) -> BeautifulSoup:
    """Return the HTML of a page as a tree, without what is drawn."""
    body, kept, place = DRAWN.sub(r"\1", body), "", 0
    while (start := body.find(BOXES, place)) >= 0:
        kept, depth = kept + body[place:start], 0
        for span in SPAN.finditer(body, start):
            depth += -1 if span[1] else 1
            if not depth:
                place = span.end()
                break
    return BeautifulSoup(kept + body[place:], "html.parser")


# --- for the search ---


def sections(page: Tag) -> list[tuple[str, ...]]:
    """Return the id, the title and the text of all that a result can lead to.

    >>> html = '<section id="a"><h1>A</h1>One.<dl><dt id="t">T</dt><dd>two<svg>3</svg></dd></dl></section>'
    >>> sections(read(html))
    [('a', 'A', 'One.'), ('t', 'T', 'two')]
    >>> sections(read('<section id="a"><!-- 3 --><mfrac><mn>1</mn><mn>2</mn></mfrac></section>'))
    [('a', '', '1/2')]
    """
    words: dict[str, tuple[list[str], list[str]]] = {"": ([], [])}  # titles and texts in pieces
    gather(page, "", False, words)
    return [
        (place, *(re.sub(r"\s+", " ", "".join(part).replace("\u2061", "")).strip(" ,") for part in parts))
        for place, parts in words.items()
        if place
    ]


def gather(element: Tag, place: str, title: bool, words: dict[str, tuple[list[str], list[str]]]) -> None:
    """Add what an element says to the title or the text of `place`, the id of what it belongs to."""
    sign = SIGNS.get(element.name, "")
    for child in element.children:
        if isinstance(child, Tag):
            inner, inner_title = place, title or child.name in TITLES
            if child.name in ("section", "dt") and child.get("id"):
                inner, inner_title = str(child["id"]), child.name == "dt"
                words[inner] = ([], [])
                place = inner if inner_title else place  # of its definition, too
            if child.name not in NOT_SEARCHED and NOT_SEARCHED_CLASSES.isdisjoint(
                child.get_attribute_list("class")
            ):
                gather(child, inner, inner_title, words)
            space = "" if child.name in INSIDE_A_LINE or child.name.startswith("m") else " "
            words[place][not title].append(sign or space)
            sign = ""
        elif type(child) is NavigableString:  # no comment
            words[place][not title].append(child)


# --- as Markdown ---


class Twin(MarkdownConverter):
    """HTML as Markdown; nothing is escaped, since formulas are text here."""

    class Options:
        """How it is written."""

        heading_style, bullets = ATX, "-"
        escape_asterisks = escape_underscores = False

        @staticmethod
        def code_language_callback(pre: Any) -> str:
            """Return the language of a piece of code, nothing for an output."""
            found = LANGUAGE.search(" ".join(pre.parent.parent.get("class", [])))
            return found[1] if found else ""

    def convert_summary(self, el: Any, text: str, parent_tags: Any) -> str:
        """Show the line of a fold in bold, above what it held."""
        return f"\n\n**{text.strip()}**\n\n"


def markdown(page: BeautifulSoup, drawing: str = "[{alt}]") -> str:
    r"""Return a page, with its TeX, as Markdown.

    >>> tex = '<semantics><mi>p</mi><annotation encoding="application/x-tex">p &lt; q</annotation></semantics>'
    >>> boxes = '<span class="katex-html" aria-hidden="true"><span>p<span></span></span></span>'
    >>> formula = f'<span class="katex"><span class="katex-mathml"><math>{tex}</math></span>{boxes}</span>'
    >>> html = f'<p>If {formula}:</p><details><summary>Why</summary><svg aria-label="A line"><path/></svg></details>'
    >>> markdown(read(html))
    'If $p < q$:\n\n**Why**\n\n[A line]'
    """
    for furniture in page.select("a.headerlink, details.hide > summary"):
        furniture.decompose()
    for title in page.select("p.admonition-title"):
        strong = page.new_tag("strong")
        strong.extend(list(title.contents))
        title.append(strong)
    for drawn in page("svg"):
        described = page.new_tag("p", string=drawing.format(alt=drawn.get("aria-label")))
        drawn.replace_with(*[described] if drawn.get("aria-label") else [])
    for formula in page.select(".katex"):
        sign = "$$" if formula.find_parent(class_="katex-display") else "$"
        formula.replace_with(f"{sign}{formula.select_one('annotation').text}{sign}")  # type: ignore[union-attr]
    page.smooth()
    text: str = Twin().convert_soup(page)
    return text.strip()


# --- the files ---


def write_texts(body: str, page: Page) -> str:
    """Note what the page holds for the search, and write its twin, above it what it is and under which licence."""
    if page.doctree is not None:
        tree, say, config = read(body), page.edition.words["layout"], page.app.config
        _noted(page.app, page.name).write_text(json.dumps(sections(tree)), "utf-8")
        about = f"{config.html_title}{say['stop']}{_state(config)} {page.address}".strip()
        target = Path(page.app.outdir, _address(page.app, page.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"> {about}\n\n{markdown(tree, say['drawing'])}\n", "utf-8")
    return body


def link_twin(page: Page) -> dict[str, Any]:
    """Return the address of the twin from here."""
    return {"twin": page.doctree and Path(_address(page.app, page.name)).name}


def write_lists(app: Any) -> None:
    """Write the sections of all pages into one file, and the list of all twins, in the order of the contents."""
    pages = {
        app.builder.get_target_uri(name): json.loads(_noted(app, name).read_text("utf-8"))
        for name in sorted(app.env.found_docs)
    }
    Path(app.outdir, INDEX).write_text(json.dumps(pages, ensure_ascii=False), "utf-8")
    root = app.config.root_doc
    blocks = [f"# {app.config.html_title}", f"> {describe(app.env.get_doctree(root))}", _state(app.config)]
    blocks.append(_entry(app, root))
    for part in yaml.safe_load(Path(app.srcdir, "_toc.yml").read_text("utf-8")).get("parts", []):
        blocks += [f"## {part['caption']}", "\n".join(_entry(app, page["file"]) for page in part["chapters"])]
    Path(app.outdir, LIST).write_text("\n\n".join(blocks) + "\n", "utf-8")


def _noted(app: Any, name: str) -> Path:
    return Path(app.doctreedir, f"{name}.sections.json")


def _entry(app: Any, name: str) -> str:
    base = app.config.html_baseurl
    address = urljoin(base if "://" in base else "", _address(app, name))
    return f"- [{app.env.titles[name].astext()}]({address}): {describe(app.env.get_doctree(name))}"


def _address(app: Any, name: str) -> str:
    return str(app.builder.get_target_uri(name).removesuffix("html") + "md")


def _state(config: Any) -> str:
    say = edition(config).words["layout"]
    return f"{say['version'].format(**config.kl_around['cited'])}{say['licence']}"
