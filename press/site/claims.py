"""The pages that hold the book to account, and in the chapters the anchors and marks that lead to and from them.

The corrections say, statement by statement, what the source has right: book/corrections.toml, and the cells that carry
the tag `source:<id of the statement>`. The ledger says of every claim how it is checked: book/ledger.json, which `make
ledger` writes and both editions read. Where others have proved a claim in Lean is taken from the page `references`, so
that it is said once. Chapters are the notebooks of _toc.yml.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from press.site.blocks import fold
from press.site.editions import ROOT, Page, edition

LEDGER, ERRATA = (ROOT / "book" / name for name in ("ledger.json", "errata.toml"))
LEDGER_PAGE, CORRECTIONS_PAGE, CHAPTERS = "book/ledger", "book/corrections", "notebooks/"
NUMBERED = (
    # a statement, or an equation: what is before the place of the mark, with its label and what it is called
    r'(<div class="proof \w+ admonition" id="(?P<label>[\w-]+)">\s*<p class="admonition-title">'
    r'<span class="caption-number">(?P<name>[^<]*?) ?</span>.*?)(?=</p>)',
    r'(<div class="math" id="equation-(?P<label>eq-[\w-]+)">\s*<span class="eqno">(?P<name>\([\d.]+\)))',
)
STATEMENT = re.compile(r"^`{3,}\{prf:\w+\} *(?P<title>.*)\n:label: *(?P<label>\S+)", re.M)
PROVED = re.compile(r"^(?P<title>.*\{prf:ref\}.*)\n: (?P<text>.*)$", re.M)
LEAN = re.compile(r"mathlib[^\[]*\[`(?P<name>[^`]+)`\]\((?P<address>[^)]+)\)")


class Row(NamedTuple):
    """One statement of the source."""

    id: str
    chapter: str  # the notebook that covers it
    says: str
    verdict: str  # right, condition, wrong
    fact: str
    unchecked: str = ""  # why no code can check it
    wording: str = ""  # why code can check the statement, but not the choice of a word


class Cell(NamedTuple):
    """A code cell that shows something of the source."""

    notebook: str
    id: str
    heading: str  # the section that it stands in


def read_rows(table: Path) -> list[Row]:
    """Return the statements, in order."""
    chapters = tomllib.loads(table.read_text("utf-8"))["row"]
    return [Row(name, chapter, **row) for chapter, rows in chapters.items() for name, row in rows.items()]


def read_cells(notebook: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook, the source of each as one text."""
    cells: list[dict[str, Any]] = json.loads(notebook.read_text("utf-8"))["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in cells]


def tagged_cells(notebook: Path) -> Iterator[tuple[str, Cell]]:
    """Yield each tag `source:…`, without the word, and its cell."""
    heading = ""
    for cell in read_cells(notebook):
        if cell["cell_type"] == "markdown":
            heading = (re.findall(r"^#+ (.+)", cell["source"], re.M) or [heading])[-1]
        for tag in cell["metadata"].get("tags", []):
            if tag.startswith("source:"):
                yield tag.removeprefix("source:"), Cell(notebook.stem, cell["id"], heading)


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


def anchor(label: str) -> str:
    """Return the name of a claim's place on the ledger's page."""
    return f"claim-{label.lower()}"


class Account(SphinxDirective):
    """A list of entries, in sections by chapter; with `-summary` behind the directive's name, a sentence on it."""

    about: ClassVar[str]  # which words it says
    summary: Callable[[], str]
    sections: Callable[[], Iterator[Any]]

    def run(self) -> list[nodes.Node]:
        """Build the list, and see that it is made again when what it is made of changes."""
        beside = Path(self.env.doc2path(self.env.docname)).parent
        table, references = beside / "corrections.toml", beside / "references.md"
        names = [name for name in self.config.external_site_map if name.startswith(CHAPTERS)]
        self.chapters = [Path(self.env.doc2path(name)) for name in names]
        for path in (table, references, LEDGER, *self.chapters):
            self.env.note_dependency(str(path))
        self.language, self.words = edition(self.config).code[:2], edition(self.config).words[self.about]
        self.rows = read_rows(table)
        self.titles_in_source = tomllib.loads(table.read_text("utf-8"))["article"]
        self.lean = proved(references.read_text("utf-8"))
        summary = self.name.endswith("-summary")
        return [nodes.paragraph("", self.summary())] if summary else list(self.sections())

    def section(self, title: str, entries: Iterable[nodes.Node]) -> nodes.section:
        """Return a section."""
        section = nodes.section("", nodes.title("", title), names=[nodes.fully_normalize_name(title)])
        self.state.document.note_implicit_target(section, section)
        section.extend(entries)
        return section

    def entry(self, name: str, classes: list[str], *children: nodes.Node) -> nodes.container:
        """Return an entry that links may lead to by `name`."""
        block = nodes.container("", *children, classes=classes, names=[name])
        self.state.document.note_explicit_target(block)
        return block

    def parsed(self, text: str) -> list[Any]:
        """Return a piece of Markdown as nodes."""
        holder = nodes.Element()
        self.state.nested_parse(StringList(text.splitlines(), self.env.docname), 0, holder)
        return list(holder.children)

    def link(self, page: str, target: str, text: nodes.Node) -> nodes.reference:
        """Return a link to a place of a page."""
        address = self.env.app.builder.get_relative_uri(self.env.docname, page)
        return nodes.reference("", "", text, internal=True, refuri=f"{address}#{target}")

    def link_cell(self, notebook: str, cell: str) -> nodes.reference:
        """Return a link to a code cell."""
        return self.link(CHAPTERS + notebook, f"cell-{cell}", nodes.literal("", cell))


class Corrections(Account):
    """`{corrections}`: the statements of the source by chapter; `{corrections-summary}`: how many are right."""

    about = "corrections"

    def summary(self) -> str:
        """Count the verdicts."""
        counts = Counter(row.verdict for row in self.rows)
        return str(self.words["summary"].format(all=len(self.rows), **counts))

    def sections(self) -> Iterator[nodes.section]:
        """Yield the section of each chapter that follows the source."""
        cells = [pair for path in self.chapters for pair in tagged_cells(path)]
        for number, path in enumerate(self.chapters, 1):
            if rows := [row for row in self.rows if row.chapter == path.stem]:
                title = self.words["section"].format(number=number, title=self.titles_in_source[path.stem])
                shown = ((row, [cell for tag, cell in cells if tag == row.id]) for row in rows)
                yield self.section(title, (self.statement(row, cells) for row, cells in shown))

    def statement(self, row: Row, cells: list[Cell]) -> nodes.container:
        """One statement: its number and verdict, then what is said, what is true, and where that is seen."""
        name = row.id.lower()
        number = nodes.reference("", row.id, refid=name, internal=True)
        verdict = nodes.inline("", self.words[row.verdict], classes=["kl-verdict"])
        head = nodes.paragraph("", "", number, nodes.Text(" "), verdict, classes=["kl-correction-head"])
        shown: list[nodes.Node] = list(self.lines(cells))
        for key in ("unchecked", "wording"):
            if reason := getattr(row, key):
                shown += self.parsed(self.words[key].format(reason=reason))
        parts = {"says": self.parsed(row.says), "fact": self.parsed(row.fact), "shown": shown}
        items = [
            nodes.definition_list_item("", nodes.term("", self.words[key]), nodes.definition("", *body))
            for key, body in parts.items()
        ]
        classes = ["kl-correction", f"kl-{row.verdict}"]
        return self.entry(name, classes, head, nodes.definition_list("", *items))

    def lines(self, cells: list[Cell]) -> Iterator[nodes.paragraph]:
        """Yield a line for each section, with a link to each cell in it."""
        for heading in dict.fromkeys((cell.notebook, cell.heading) for cell in cells):
            cited = nodes.inline()
            for cell in (cell for cell in cells if (cell.notebook, cell.heading) == heading):
                cited += [self.link_cell(cell.notebook, cell.id), nodes.Text(self.words["comma"])]
            cited.pop()
            parts = {"{cells}": cited.children, "{section}": [nodes.emphasis("", heading[1])]}
            line = nodes.paragraph()
            for part in re.split(r"(\{\w+\})", self.words["cells"]):
                line += parts.get(part, [nodes.Text(part)])
            yield line


class Errata(Account):
    """`{errata}`: what the book had wrong, from book/errata.toml."""

    about = "errata"

    def sections(self) -> Iterator[Any]:
        """Yield the list, each entry with its day and a link to the page."""
        self.env.note_dependency(str(ERRATA))
        rows = tomllib.loads(ERRATA.read_text("utf-8"))["erratum"]
        lines = [self.words["line"].format(**row, says=row[self.language]) for row in rows]
        yield from self.parsed("\n".join(lines))


class Ledger(Account):
    """`{ledger}`: the claims by chapter, each with its checks; `{ledger-summary}`: how many of all there are."""

    about = "ledger"

    def summary(self) -> str:
        """Count claims and checks, and the ways of breaking a check that it has noticed."""
        claims = [claim for chapter in read_ledger().values() for claim in chapter]
        cells = {name: check for claim in claims for name, check in claim.get("cells", {}).items()}
        source = sum(claim["kind"] == "source" for claim in claims)
        counts = {
            "claims": len(claims),
            "stated": len(claims) - source,
            "source": source,
            "cells": len(cells),
            "tests": len({name for claim in claims for name in claim.get("tests", [])}),
            "waived": sum("waived" in claim for claim in claims),
            "sabotages": sum(check["sabotages"] for check in cells.values()),
            "nudges": sum(check["nudges"] for check in cells.values()),
        }
        return str(self.words["summary"].format(**counts))

    def sections(self) -> Iterator[nodes.section]:
        """Yield the section of each chapter, in it one for what the source states."""
        self.reasons = {row.id: row.unchecked for row in self.rows}
        for number, path in enumerate(self.chapters, 1):
            texts = [cell["source"] for cell in read_cells(path) if cell["cell_type"] == "markdown"]
            self.titles = {
                found["label"]: found["title"] for text in texts for found in STATEMENT.finditer(text)
            }
            title = texts[0].partition("\n")[0].lstrip("# ")
            if claims := read_ledger().get(path.stem):
                heading = self.words["chapter" if path.stem[0].isdigit() else "appendix"]
                yield self.section(heading.format(number=number, title=title), self.entries(claims))

    def entries(self, claims: list[dict[str, Any]]) -> Iterator[nodes.Node]:
        """Yield the claims of a chapter, those of the source as a section."""
        of_source = [claim for claim in claims if claim["kind"] == "source"]
        yield from (self.claim(claim) for claim in claims if claim not in of_source)
        if of_source:
            yield self.section(self.words["source"], map(self.claim, of_source))

    def claim(self, claim: dict[str, Any]) -> nodes.container:
        """One claim: what it is called, and a line for each of its checks."""
        label = claim["claim"]
        checks: list[Any] = [self.checked(*cell) for cell in claim.get("cells", {}).items()]
        for name in claim.get("tests", []):
            test = nodes.literal("", name.rpartition("::")[2])
            checks.append(nodes.paragraph("", "", test, nodes.Text(f" {self.words['test']}")))
        if label in self.lean:
            name, address = self.lean[label]
            link = nodes.reference("", "", nodes.literal("", name), internal=False, refuri=address)
            checks.append(nodes.paragraph("", self.words["lean"], link))
        if "waived" in claim:
            checks += self.parsed(self.words["waived"].format(reason=self.reasons[label]))
        items = [nodes.list_item("", check) for check in checks]
        return self.entry(anchor(label), ["kl-claim"], *self.head(claim), nodes.bullet_list("", *items))

    def head(self, claim: dict[str, Any]) -> list[Any]:
        """Name the claim, as a link to where it stands."""
        label = claim["claim"]
        if claim["kind"] == "source":
            link = self.link(CORRECTIONS_PAGE, label.lower(), nodes.Text(label))
            head: list[Any] = [nodes.paragraph("", "", link)]
        elif claim["kind"] == "equation":
            head = self.parsed(self.words["equation"].format(number=f"{{eq}}`{label}`"))
        else:
            head = self.parsed(f"{{prf:ref}}`{label}` {self.titles[label]}")
        for paragraph in head:
            paragraph["classes"].append("kl-claim-head")
        return head

    def checked(self, name: str, check: dict[str, Any]) -> nodes.paragraph:
        """Say how a cell checks, behind a link to it."""
        ways, found = self.words["how"].items(), check["how"]
        how = self.words["comma"].join(words.format(n=found[way]) for way, words in ways if way in found)
        says = self.words["check"].format(how=how, red=check["sabotages"] + check["nudges"])
        return nodes.paragraph("", "", self.link_cell(*name.split("/")), nodes.Text(f" {says}"))


def add_cell_anchors(app: Any, doctree: nodes.document) -> None:
    """Give every code cell of a page the anchor `cell-<its id>`, which stays when text is moved."""
    source = Path(app.env.doc2path(app.env.docname))
    if source.suffix == ".ipynb":
        cells = read_cells(source)
        for container in doctree.findall(nodes.container):
            if container.get("nb_element") == "cell_code":
                container["ids"].append(f"cell-{cells[container['cell_index']]['id']}")


def gather_checks(document: nodes.document, env: Any) -> None:
    """Fold hidden cells that stand together under one line, which says how they check if some of them do."""
    words = edition(env.config).words["ledger"]
    claims = read_ledger().get(env.docname.removeprefix(CHAPTERS), [])
    how = {name.partition("/")[2]: check["how"] for c in claims for name, check in c.get("cells", {}).items()}
    for cells in hidden_runs(document):
        ids = [name.removeprefix("cell-") for cell in cells for name in cell["ids"]]
        sizes = Counter[str]()
        for ways in (how[name] for name in ids if name in how):
            sizes.update({way: size or 0 for way, size in ways.items()})
        ways = [said.format(n=sizes[way]) for way, said in words["how"].items() if way in sizes]
        if ways or len(cells) > 1:
            checked = words["checked"].format(how=words["comma"].join(ways))
            line = nodes.Text(checked if ways else env.config.nb_code_prompt_show)
            section, place = cells[0].parent, cells[0].parent.index(cells[0])
            for cell in cells:
                cell["hide_mode"] = None
                section.remove(cell)
            section.insert(place, fold([line], cells, ["kl-checks"]))


def hidden_runs(document: nodes.document) -> Iterator[list[Any]]:
    """Yield the hidden code cells that stand one after another, save those that check an exercise."""
    for section in list(document.findall(nodes.section)):
        for hidden, cells in groupby(list(section.children), is_hidden):
            if hidden:
                yield list(cells)


def is_hidden(node: Any) -> bool:
    """Tell whether a node is a hidden cell, and none that checks an exercise."""
    return (
        isinstance(node, nodes.container)
        and node.get("hide_mode") == "all"
        and 'check("' not in node.astext()
    )


def mark_claims(body: str, page: Page) -> str:
    """Put a mark beside each claim of a chapter, which leads to how it is checked."""
    claims = read_ledger().get(page.name.removeprefix(CHAPTERS), [])
    words = page.edition.words["ledger"]["mark"]
    return marked(body, {claim["claim"] for claim in claims}, page.link(LEDGER_PAGE), words)


def marked(body: str, labels: set[str], page: str, words: str) -> str:
    """Return the HTML of a chapter with a mark beside each of these claims, which leads to its place on `page`."""

    def mark(found: re.Match[str]) -> str:
        address, says = f"{page}#{anchor(found['label'])}", words.format(claim=found["name"])
        link = f'<a class="kl-checked" href="{address}" aria-label="{says}">&NoBreak;✓</a>'
        return found[0] + (link if found["label"] in labels else "")

    for pattern in NUMBERED:
        body = re.sub(pattern, mark, body)
    return body
