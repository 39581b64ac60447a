"""The pages that hold the book to account, and in the chapters the anchors and marks that lead to and from them.

The corrections say, statement by statement, what the source has right: book/corrections.toml, and the cells that carry
the tag `source:<id of the statement>`. The ledger says of every claim how it is checked: book/ledger.json, which `make
refresh` writes and both editions read. Where others have proved a claim in Lean is taken from the page `references`, so
that it is said once. Chapters are the notebooks of _toc.yml.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes

from press.site.blocks import fold
from press.site.editions import ROOT, Page, edition

LEDGER, ERRATA = (ROOT / "book" / name for name in ("ledger.json", "errata.toml"))
LEDGER_PAGE, CHAPTERS = "book/ledger", "notebooks/"
ASKED = re.compile(r"^```\{((?:corrections|ledger)(?:-summary)?|errata)\}\n```$", re.M)
ENTRY = """
:::{{container}} {kind} {state}
:name: {name}

{{.{kind}-head}}
{head}

{body}
:::
"""
NUMBERED = (
    # a statement, or an equation: what is before the place of the mark, with its label and what it is called
    r'(<div class="proof \w+ admonition" id="(?P<label>[\w-]+)">\s*<p class="admonition-title">'
    r'<span class="caption-number">(?P<name>[^<]*?) ?</span>.*?)(?=</p>)',
    r'(<div class="math" id="equation-(?P<label>eq-[\w-]+)">\s*<span class="eqno">(?P<name>\([\d.]+\)))',
)
STATEMENT = re.compile(r"^`{3,}\{prf:\w+\} *(?P<title>.*)\n:label: *(?P<label>\S+)", re.M)
PROVED = re.compile(r"^(?P<title>.*\{prf:ref\}.*)\n: (?P<text>.*)$", re.M)
LEAN = re.compile(r"mathlib[^\[]*(\[`[^`]+`\]\([^)]+\))")


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


def proved(references: str) -> dict[str, str]:
    """Return the theorem of mathlib that stands first beside each claim, as a link to it.

    >>> proved("Gibbs ({prf:ref}`thm-gibbs`)\\n: mathlib: [`klDiv_nonneg`](https://example.org).\\n")
    {'thm-gibbs': '[`klDiv_nonneg`](https://example.org)'}
    """
    return {
        label: lean[1]
        for entry in PROVED.finditer(references)
        if (lean := LEAN.search(entry["text"]))
        for label in re.findall(r"\{prf:ref\}`([^`]+)`", entry["title"])
    }


def anchor(label: str) -> str:
    """Return the name of a claim's place on the ledger's page."""
    return f"claim-{label.lower()}"


class Accounts:
    """The accounts of an edition, each as Markdown."""

    def __init__(self, app: Any) -> None:
        """Read what they are made of, and see that the page is made again when that changes."""
        book, chapters = Path(app.srcdir, "book"), Path(app.srcdir, CHAPTERS)
        table, references = book / "corrections.toml", book / "references.md"
        names = [name for name in app.config.external_site_map if name.startswith(CHAPTERS)]
        self.chapters = [chapters / f"{Path(name).name}.ipynb" for name in names]
        for path in (table, references, ERRATA, LEDGER, *self.chapters):
            app.env.note_dependency(str(path))
        self.language, self.words = edition(app.config).code[:2], edition(app.config).words
        self.rows, self.claims = read_rows(table), read_ledger()
        self.titles_in_source = tomllib.loads(table.read_text("utf-8"))["article"]
        self.lean = proved(references.read_text("utf-8"))

    def corrections(self) -> str:
        """List the statements of the source by chapter."""
        cells, parts = [pair for path in self.chapters for pair in tagged_cells(path)], []
        for number, path in enumerate(self.chapters, 1):
            if rows := [row for row in self.rows if row.chapter == path.stem]:
                title = self.titles_in_source[path.stem]
                parts.append("## " + self.words["corrections"]["section"].format(number=number, title=title))
                parts += [self.statement(row, [cell for tag, cell in cells if tag == row.id]) for row in rows]
        return "\n\n".join(parts)

    def corrections_summary(self) -> str:
        """Count the verdicts."""
        counts = Counter(row.verdict for row in self.rows)
        return str(self.words["corrections"]["summary"].format(all=len(self.rows), **counts))

    def statement(self, row: Row, cells: list[Cell]) -> str:
        """One statement: its number and verdict, then what is said, what is true, and where that is seen."""
        words, name = self.words["corrections"], row.id.lower()
        shown = []
        for (notebook, heading), there in groupby(cells, lambda cell: (cell.notebook, cell.heading)):
            links = self.words["layout"]["comma"].join(link(notebook, cell.id) for cell in there)
            shown.append(words["cells"].format(cells=links, section=f"*{heading}*"))
        shown += [self.words["layout"]["unchecked"].format(reason=row.unchecked)] if row.unchecked else []
        shown += [words["wording"].format(reason=row.wording)] if row.wording else []
        parts = {"says": row.says, "fact": row.fact, "shown": "\n\n  ".join(shown)}
        body = "\n\n".join(f"{words[key]}\n: {text}" for key, text in parts.items())
        head = f"[{row.id}](#{name}) [{words[row.verdict]}]{{.kl-verdict}}"
        return ENTRY.format(kind="kl-correction", state=f"kl-{row.verdict}", name=name, head=head, body=body)

    def errata(self) -> str:
        """List what the book had wrong, each mistake with its day and a link to the page."""
        rows = tomllib.loads(ERRATA.read_text("utf-8"))["erratum"]
        line = self.words["errata"]["line"]
        return "\n".join(line.format(**row, says=row[self.language]) for row in rows)

    def ledger(self) -> str:
        """List the claims by chapter, each with its checks, last what the source states."""
        words, parts = self.words["ledger"], []
        for number, path in enumerate(self.chapters, 1):
            texts = [cell["source"] for cell in read_cells(path) if cell["cell_type"] == "markdown"]
            titles = {found["label"]: found["title"] for text in texts for found in STATEMENT.finditer(text)}
            title = texts[0].partition("\n")[0].lstrip("# ")
            for of_source, claims in groupby(self.claims.get(path.stem, []), lambda c: c["kind"] == "source"):
                heading = words["chapter" if path.stem[0].isdigit() else "appendix"]
                heading = heading.format(number=number, title=title)
                parts.append(f"### {words['source']}" if of_source else f"## {heading}")
                parts += [self.claim(claim, titles) for claim in claims]
        return "\n\n".join(parts)

    def ledger_summary(self) -> str:
        """Count claims and checks, and the ways of breaking a check that it has noticed."""
        claims = [claim for chapter in self.claims.values() for claim in chapter]
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
        return str(self.words["ledger"]["summary"].format(**counts))

    def claim(self, claim: dict[str, Any], titles: dict[str, str]) -> str:
        """One claim: what it is called, as a link to where it stands, and a line for each of its checks."""
        label, words = claim["claim"], self.words["ledger"]
        heads = {"source": f"[{label}](#{label.lower()})", "equation": f"{{eq}}`{label}`"}
        head = heads.get(claim["kind"], f"{{prf:ref}}`{label}` {titles.get(label)}")
        if claim["kind"] == "equation":
            head = words["equation"].format(number=head)
        lines = [self.checked(*cell) for cell in claim.get("cells", {}).items()]
        lines += [f"`{name.rpartition('::')[2]}` {words['test']}" for name in claim.get("tests", [])]
        if label in self.lean:
            lines.append(words["lean"] + self.lean[label])
        if "waived" in claim:
            (reason,) = (row.unchecked for row in self.rows if row.id == label)
            lines.append(self.words["layout"]["unchecked"].format(reason=reason))
        body = "\n".join(f"- {line}" for line in lines)
        return ENTRY.format(kind="kl-claim", state="", name=anchor(label), head=head, body=body)

    def checked(self, name: str, check: dict[str, Any]) -> str:
        """Say how a cell checks, behind a link to it."""
        how, red = said_how(self.words, check["how"]), check["sabotages"] + check["nudges"]
        return f"{link(*name.split('/'))} {self.words['ledger']['check'].format(how=how, red=red)}"


def said_how(words: dict[str, Any], sizes: dict[str, int | None]) -> str:
    """Say in which ways something is checked, each with its size."""
    ways = words["ledger"]["how"].items()
    return str(words["layout"]["comma"].join(said.format(n=sizes[way]) for way, said in ways if way in sizes))


def link(notebook: str, cell: str) -> str:
    """Return a link to a code cell."""
    return f"[`{cell}`](../{CHAPTERS}{notebook}.ipynb#cell-{cell})"


def write_accounts(app: Any, docname: str, source: list[str]) -> None:
    """Write the accounts, and the sentences on them, where a page asks for them."""
    if ASKED.search(source[0]):
        accounts = Accounts(app)
        source[0] = ASKED.sub(lambda asked: getattr(accounts, asked[1].replace("-", "_"))(), source[0])


def add_cell_anchors(app: Any, doctree: nodes.document) -> None:
    """Give every code cell of a page the anchor `cell-<its id>`, which stays when text is moved."""
    source = Path(app.env.doc2path(app.env.docname))
    if source.suffix == ".ipynb":
        cells, slugs = read_cells(source), app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
        for container in doctree.findall(nodes.container):
            if container.get("nb_element") == "cell_code":
                name = f"cell-{cells[container['cell_index']]['id']}"
                container["ids"].append(name)
                slugs[name] = (0, name, name)


def gather_checks(document: nodes.document, env: Any) -> None:
    """Fold hidden cells that stand together under one line, which says how they check if some of them do."""
    words = edition(env.config).words
    claims = read_ledger().get(env.docname.removeprefix(CHAPTERS), [])
    how = {name.partition("/")[2]: check["how"] for c in claims for name, check in c.get("cells", {}).items()}
    for section in list(document.findall(nodes.section)):
        for hidden, found in groupby(list(section.children), is_hidden):
            cells: list[Any] = list(found)
            ids = [name.removeprefix("cell-") for cell in cells if hidden for name in cell["ids"]]
            sizes = Counter[str]()
            for ways in (how[name] for name in ids if name in how):
                sizes.update({way: size or 0 for way, size in ways.items()})
            if hidden and (sizes or len(cells) > 1):
                checked = words["ledger"]["checked"].format(how=said_how(words, dict(sizes)))
                line = nodes.Text(checked if sizes else env.config.nb_code_prompt_show)
                place = section.index(cells[0])
                for cell in cells:
                    cell["hide_mode"] = None
                    section.remove(cell)
                section.insert(place, fold([line], cells, ["kl-checks"]))


def is_hidden(node: Any) -> bool:
    """Tell whether a node is a hidden cell, and none that checks an exercise."""
    return (
        isinstance(node, nodes.container)
        and node.get("hide_mode") == "all"
        and 'check("' not in node.astext()
    )


def mark_claims(body: str, page: Page) -> str:
    """Put a mark beside each claim of a chapter, which leads to how it is checked."""
    claims = {claim["claim"] for claim in read_ledger().get(page.name.removeprefix(CHAPTERS), [])}
    ledger, words = page.link(LEDGER_PAGE), page.edition.words["ledger"]["mark"]

    def mark(found: re.Match[str]) -> str:
        address, says = f"{ledger}#{anchor(found['label'])}", words.format(claim=found["name"])
        link = f'<a class="kl-checked" href="{address}" aria-label="{says}">&NoBreak;✓</a>'
        return found[0] + (link if found["label"] in claims else "")

    for pattern in NUMBERED:
        body = re.sub(pattern, mark, body)
    return body
