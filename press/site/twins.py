"""Each page once more as Markdown, for readers who bring a language model; llms.txt says what there is.

A twin is made of the page's HTML, where references are resolved and numbers stand. Formulas are TeX, of a figure there
is what describes it, and folds are open.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import yaml
from markdownify import ATX, MarkdownConverter

from press.site.addresses import describe
from press.site.editions import Page, edition

LIST = "llms.txt"
FURNITURE = re.compile(
    r'<a class="headerlink".*?</a>|<summary[^>]*>\s*<p class="collapsed.*?</summary>', re.S
)  # of folded code
TITLE = re.compile(r'<p class="admonition-title">(.*?)</p>', re.S)
DRAWING = re.compile(r'<svg[^>]*?(?:aria-label="([^"]*)"[^>]*)?>.*?</svg>', re.S)
FORMULA = re.compile(
    r'(?P<display><span class="katex-display">)?<span class="katex"><span class="katex-mathml">.*?<annotation[^>]*>'
    r'(?P<tex>.*?)</annotation>.*?<span class="katex-html" aria-hidden="true">',
    re.S,
)
SPAN = re.compile(r"<(/?)span\b[^>]*>")
LANGUAGE = re.compile(r"highlight-i?(python|console)")


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


def markdown(body: str, drawing: str = "[{alt}]") -> str:
    r"""Return the HTML of a page, with its TeX, as Markdown.

    >>> tex = '<semantics><mi>p</mi><annotation encoding="application/x-tex">p &lt; q</annotation></semantics>'
    >>> boxes = '<span class="katex-html" aria-hidden="true"><span>p<span></span></span></span>'
    >>> formula = f'<span class="katex"><span class="katex-mathml"><math>{tex}</math></span>{boxes}</span>'
    >>> markdown(f'<p>If {formula}:</p><details><summary>Why</summary><svg aria-label="A line"><path/></svg></details>')
    'If $p < q$:\n\n**Why**\n\n[A line]'
    """
    body = TITLE.sub(r"<p><strong>\1</strong></p>", FURNITURE.sub("", body))
    body = DRAWING.sub(lambda found: f"<p>{drawing.format(alt=found[1])}</p>" if found[1] else "", body)
    whole, place = "", 0
    while found := FORMULA.search(body, place):
        sign, depth = "$$" if found["display"] else "$", 2 + bool(found["display"])
        whole += f"{body[place : found.start()]}{sign}{found['tex']}{sign}"
        for span in SPAN.finditer(body, found.end()):  # to the end of the boxes
            depth += -1 if span[1] else 1
            if not depth:
                place = span.end()
                break
    text: str = Twin().convert(whole + body[place:])
    return text.strip()


def write_twin(body: str, page: Page) -> str:
    """Write the twin, with what it is and under which licence above it."""
    if page.doctree is not None:
        say, config = page.edition.words["layout"], page.app.config
        about = f"{config.html_title}{say['stop']}{_state(config)} {page.address}".strip()
        target = Path(page.app.outdir, _address(page.app, page.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"> {about}\n\n{markdown(body, say['drawing'])}\n", "utf-8")
    return body


def link_twin(page: Page) -> dict[str, Any]:
    """Return the address of the twin from here."""
    return {"twin": page.doctree and Path(_address(page.app, page.name)).name}


def write_list(app: Any) -> None:
    """Write the list of all twins, in the order of the contents."""
    root = app.config.root_doc
    blocks = [f"# {app.config.html_title}", f"> {describe(app.env.get_doctree(root))}", _state(app.config)]
    blocks.append(_entry(app, root))
    for part in yaml.safe_load(Path(app.srcdir, "_toc.yml").read_text("utf-8")).get("parts", []):
        blocks += [f"## {part['caption']}", "\n".join(_entry(app, page["file"]) for page in part["chapters"])]
    Path(app.outdir, LIST).write_text("\n\n".join(blocks) + "\n", "utf-8")


def _entry(app: Any, name: str) -> str:
    base = app.config.html_baseurl
    address = urljoin(base if "://" in base else "", _address(app, name))
    return f"- [{app.env.titles[name].astext()}]({address}): {describe(app.env.get_doctree(name))}"


def _address(app: Any, name: str) -> str:
    return str(app.builder.get_target_uri(name).removesuffix("html") + "md")


def _state(config: Any) -> str:
    say = edition(config).words["layout"]
    return f"{say['version'].format(**config.kl_cited)}{say['licence']}"
