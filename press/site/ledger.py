"""Make the page that says of every claim how it is checked, and in the chapters a mark beside each that leads there.

What was found when the checks ran stands in book/ledger.json, which `make ledger` writes; both editions read it. Where
others have proved a claim in Lean is taken from the page `references`, so that it is said once.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

BOOK = Path(__file__).resolve().parents[2] / "book"
LEDGER, WAIVED = BOOK / "ledger.json", BOOK / "waived.toml"
CORRECTIONS, REFERENCES = "corrections.toml", "references.md"  # beside the page
PAGE, SOURCE, CHAPTERS = "book/ledger", "book/corrections", "notebooks/"
WORDS = {
    "en": {
        "how": {
            "sweep": "{n:,} random cases",
            "grid": "a grid of {n:,} cases",
            "exhaustive": "all of {n:,} cases",
            "examples": "{n:,} examples",
            "draws": "{n:,} random draws",
            "symbolic": "exact arithmetic",
            "closed form": "worked out by hand",
            "quadrature": "numerical integration",
            "second method": "a second method",
            "equality": "the case of equality",
            "counterexample": "a counterexample",
            "limit": "a limit",
            "stored": "the stored output",
            "zeros": "zeros and infinities",
        },
        "check": "{how}; turned red {red}×",
        "test": "a test of the module",
        "lean": "In Lean’s mathlib: ",
        "waived": "No code can check this: {reason}",
        "equation": "Equation {number}",
        "comma": ", ",
        "mark": "{claim}: how it is checked",
        "count": "Here are {claims} claims: {stated} numbered statements and equations, and {source} statements of "
        "the source. {cells} cells check them, and {red} ways of breaking these checks were noticed; {tests} tests of "
        "the module check some of them once more. {waived} are beyond any code; each says why.",
    },
    "zh_CN": {
        "how": {
            "sweep": "{n:,} 个随机情形",
            "grid": "{n:,} 个格点",
            "exhaustive": "全部 {n:,} 种情形",
            "examples": "{n:,} 个例子",
            "draws": "{n:,} 次随机抽样",
            "symbolic": "精确算术",
            "closed form": "手算的值",
            "quadrature": "数值积分",
            "second method": "第二种方法",
            "equality": "等号成立的情形",
            "counterexample": "反例",
            "limit": "极限",
            "stored": "存下的输出",
            "zeros": "零与无穷",
        },
        "check": "{how}；变红 {red} 次",
        "test": "模块的测试",
        "lean": "Lean 的 mathlib：",
        "waived": "没有代码能检验这一条：{reason}",
        "equation": "公式 {number}",
        "comma": "、",
        "mark": "{claim}：怎样检验",
        "count": "这里共有 {claims} 条论断：{stated} 条带编号的陈述和公式，以及原文的 {source} 条论断。检验它们的"
        "有 {cells} 个单元格；弄坏这些检验的 {red} 种方式全都被察觉。另有 {tests} 个模块测试再次检验其中一部分。"
        "有 {waived} 条是任何代码都不能检验的，各自写明了理由。",
    },
}
NUMBERED = (
    # a statement, or an equation: what is before the place of the mark, with its label and what it is called
    r'(<div class="proof \w+ admonition" id="(?P<label>[\w-]+)">\s*<p class="admonition-title">'
    r'<span class="caption-number">(?P<name>[^<]*?) ?</span>.*?)(?=</p>)',
    r'(<div class="math" id="equation-(?P<label>eq-[\w-]+)">\s*<span class="eqno">(?P<name>\([\d.]+\)))',
)
PROVED = re.compile(r"^(?P<title>.*\{prf:ref\}.*)\n: (?P<text>.*)$", re.M)
LEAN = re.compile(r"mathlib[^\[]*\[`(?P<name>[^`]+)`\]\((?P<address>[^)]+)\)")


def read_ledger() -> dict[str, list[dict[str, Any]]]:
    """Return the claims of each chapter, as `press.claims.ledger` has recorded them."""
    found: dict[str, list[dict[str, Any]]] = json.loads(LEDGER.read_text("utf-8"))
    return found


def proved(references: str) -> dict[str, tuple[str, str]]:
    """Return the theorem of mathlib that stands first beside each claim, with its address.

    >>> proved("Gibbs ({prf:ref}`thm-gibbs`)\\n: mathlib: [`klDiv_nonneg`](https://example.org).\\n")
    {'thm-gibbs': ('klDiv_nonneg', 'https://example.org')}
    """
    return {
        label: (lean["name"], lean["address"])
        for entry in PROVED.finditer(references)
        if (lean := LEAN.search(entry["text"]))
        for label in re.findall(r"\{prf:ref\}`([^`]+)`", entry["title"])
    }


def titles(notebooks: Path) -> dict[str, str]:
    """Return the title of each labelled statement in these notebooks."""
    cells = [c for path in notebooks.glob("*.ipynb") for c in json.loads(path.read_text("utf-8"))["cells"]]
    texts = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    pattern = re.compile(r"^`{3,}\{prf:\w+\} *(?P<title>.*)\n:label: *(?P<label>\S+)", re.M)
    return {found["label"]: found["title"] for text in texts for found in pattern.finditer(text)}


def red(check: dict[str, Any]) -> int:
    """Return how many ways of breaking a check have turned it red."""
    return int(check["sabotages"] + check["nudges"])


class Ledger(SphinxDirective):
    """`{ledger} NN-name`: the claims of this chapter; without a chapter, how many there are."""

    optional_arguments = 1
    option_spec: ClassVar = {"source": directives.flag}  # those of the source instead

    def run(self) -> list[nodes.Node]:
        """Build the list, and see that it is made again when what it is made of changes."""
        here = Path(self.env.doc2path(self.env.docname)).parent
        notebooks = here.parent / "notebooks"
        for path in (LEDGER, WAIVED, here / CORRECTIONS, here / REFERENCES, *notebooks.glob("*.ipynb")):
            self.env.note_dependency(str(path))
        self.words: dict[str, Any] = WORDS[self.config.language]
        ledger = read_ledger()
        if not self.arguments:
            return [nodes.paragraph("", self.count([c for claims in ledger.values() for c in claims]))]
        rows = tomllib.loads((here / CORRECTIONS).read_text("utf-8"))["row"]
        self.reasons = {row["id"]: row["unchecked"] for row in rows if "unchecked" in row}
        waivers = tomllib.loads(WAIVED.read_text("utf-8"))
        self.reasons |= {label: reason[self.config.language] for label, reason in waivers.items()}
        self.titles, self.lean = titles(notebooks), proved((here / REFERENCES).read_text("utf-8"))
        claims = ledger[self.arguments[0]]
        return [self.entry(c) for c in claims if (c["kind"] == "source") == ("source" in self.options)]

    def count(self, claims: list[dict[str, Any]]) -> str:
        """Say how many claims and checks there are."""
        cells = {name: check for claim in claims for name, check in claim.get("cells", {}).items()}
        source = sum(claim["kind"] == "source" for claim in claims)
        return str(
            self.words["count"].format(
                claims=len(claims),
                stated=len(claims) - source,
                source=source,
                cells=len(cells),
                red=sum(map(red, cells.values())),
                tests=len({name for claim in claims for name in claim.get("tests", [])}),
                waived=sum("waived" in claim for claim in claims),
            )
        )

    def entry(self, claim: dict[str, Any]) -> nodes.container:
        """One claim: what it is called, and a line for each of its checks."""
        label = claim["claim"]
        checks = [self.cell(name, check) for name, check in claim.get("cells", {}).items()]
        checks += [self.test(name) for name in claim.get("tests", [])]
        if label in self.lean:
            checks.append(self.theorem(*self.lean[label]))
        if "waived" in claim:
            checks += self.parsed(self.words["waived"].format(reason=self.reasons[label]))
        items = [nodes.list_item("", check) for check in checks]
        block = nodes.container("", *self.head(claim), nodes.bullet_list("", *items), classes=["kl-claim"])
        block["names"] = [anchor(label)]
        self.state.document.note_explicit_target(block)
        return block

    def head(self, claim: dict[str, Any]) -> list[nodes.Node]:
        """Name the claim, as a link to where it stands."""
        label = claim["claim"]
        if claim["kind"] == "source":
            page = self.env.app.builder.get_relative_uri(self.env.docname, SOURCE)
            link = nodes.reference("", label, internal=True, refuri=f"{page}#{label.lower()}")
            head: list[Any] = [nodes.paragraph("", "", link)]
        elif claim["kind"] == "equation":
            head = self.parsed(self.words["equation"].format(number=f"{{eq}}`{label}`"))
        else:
            head = self.parsed(f"{{prf:ref}}`{label}` {self.titles[label]}")
        for paragraph in head:
            paragraph["classes"].append("kl-claim-head")
        return head

    def cell(self, name: str, check: dict[str, Any]) -> nodes.paragraph:
        """Say how a cell checks, behind a link to it."""
        notebook, cell_id = name.split("/")
        page = self.env.app.builder.get_relative_uri(self.env.docname, f"{CHAPTERS}{notebook}")
        link = nodes.reference("", "", internal=True, refuri=f"{page}#cell-{cell_id}")
        link += nodes.literal("", cell_id)
        names = self.words["how"].items()
        how = self.words["comma"].join(
            w.format(n=check["how"][way]) for way, w in names if way in check["how"]
        )
        return nodes.paragraph(
            "", "", link, nodes.Text(" " + self.words["check"].format(how=how, red=red(check)))
        )

    def test(self, name: str) -> nodes.paragraph:
        """Name a test."""
        return nodes.paragraph(
            "", "", nodes.literal("", name.rpartition("::")[2]), nodes.Text(" " + self.words["test"])
        )

    def theorem(self, name: str, address: str) -> nodes.paragraph:
        """Link a theorem of mathlib."""
        link = nodes.reference("", "", internal=False, refuri=address)
        link += nodes.literal("", name)
        return nodes.paragraph("", "", nodes.Text(self.words["lean"]), link)

    def parsed(self, text: str) -> list[Any]:
        """Return a piece of text as nodes."""
        holder = nodes.Element()
        self.state.nested_parse(StringList(text.splitlines(), PAGE), 0, holder)
        return list(holder.children)


def anchor(label: str) -> str:
    """Return the name of a claim's place on the page."""
    return f"claim-{label.lower()}"


def marked(body: str, labels: set[str], page: str, words: str) -> str:
    """Return the HTML of a chapter with a mark beside each of these claims, which leads to its place on `page`.

    >>> marked('<div class="math" id="equation-eq-a">\\n<span class="eqno">(1.1)</span>', {"eq-a"}, "l", "{claim}")
    '<div class="math" id="equation-eq-a">\\n<span class="eqno">(1.1)<a class="kl-checked" href="l#claim-eq-a" \
aria-label="(1.1)">✓</a></span>'
    """

    def mark(found: re.Match[str]) -> str:
        if found["label"] not in labels:
            return found[0]
        says = words.format(claim=found["name"])
        link = f'<a class="kl-checked" href="{page}#{anchor(found["label"])}" aria-label="{says}">✓</a>'
        return found[0] + link

    for pattern in NUMBERED:
        body = re.sub(pattern, mark, body)
    return body


def mark_chapter(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Put the marks into a chapter."""
    if pagename.startswith(CHAPTERS) and doctree:
        labels = {claim["claim"] for claim in read_ledger().get(pagename.removeprefix(CHAPTERS), [])}
        page = app.builder.get_relative_uri(pagename, PAGE)
        words = str(WORDS[app.config.language]["mark"])
        context["body"] = marked(context["body"], labels, page, words)


def setup(app: Any) -> dict[str, bool]:
    """Register the directive, and mark the chapters after all others have changed their titles."""
    app.add_directive("ledger", Ledger)
    app.connect("html-page-context", mark_chapter, priority=960)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
