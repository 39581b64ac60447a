"""Fit the chapters to the lab, whose MyST sees one notebook: what stands elsewhere becomes a link.

Links lead to a page of the site as if it lay beside the notebooks' folder, `../references.html#cite-…`; static/lab.js
turns them into its address.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode
from nbformat.v4 import new_output
from pybtex.database import Entry, parse_file
from pybtex.richtext import Text

from press.lab import BOOK, ROOT, TABLE
from press.notebooks.content import claims, exercises, prose
from press.notebooks.store import code_cells, tags, text
from press.translation import chapters

HEADING = re.compile(r"^\(([\w-]+)\)=", re.MULTILINE)
LABEL = re.compile(r"^:label: *([\w-]+)$", re.MULTILINE)
DISPLAY = re.compile(r"\$\$((?:(?!\$\$).)*)\$\$ *\(([\w-]+)\)", re.DOTALL)
CITATION = re.compile(r"\{cite:([pt])\}`([\w, ]+)`")
REFERENCE = re.compile(r"\{(?:prf:ref|eq)\}`([\w-]+)`")
LINK = re.compile(r"\]\(([\w-]+)\)")
# At the head of each notebook: formulas without a label have no number. A line right above --- would be a heading.
NUMBERING = "---\nnumbering: {equation: false}\n\n---\n\n"


class Target(NamedTuple):
    """What a label names: a heading of a chapter, or what has a number there."""

    chapter: str
    number: str = ""
    name: str = ""  # by which the book refers to it


def stage(folder: Path) -> dict[str, NotebookNode]:
    """Write the notebooks of all editions below `folder`, fitted to the lab; return them by their paths.

    Each gets a mark of its version, by which a saved copy can be told to be old.
    """
    shutil.rmtree(folder, ignore_errors=True)
    staged, cited = {}, works()
    for edition, about in BOOK["editions"].items():
        read, asleep = chapters(edition), TABLE["words"][about["locale"]]["asleep"]
        known = labels(read)
        for name, nb in read.items():
            for cell in prose(nb):
                cell.source = fitted(cell.source, name, known, cited)
            nb.cells[0].source = NUMBERING + nb.cells[0].source
            for cell in code_cells(nb):
                fold(cell)
                if '<div class="kl-explorable"' in str(cell.outputs):
                    cell.outputs.append(new_output("display_data", {"text/markdown": f"*{asleep}*"}))
            nb.metadata["lab"] = {"version": hashlib.sha256(text(nb).encode()).hexdigest()[:16]}
            target = folder / edition / f"{name}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            # Texts whole: of the lists of lines that nbformat writes JupyterLite would show the commas.
            target.write_text(json.dumps(nb, ensure_ascii=False, sort_keys=True), "utf-8")
            staged[f"{edition}/{target.name}"] = nb
    return staged


def fold(cell: NotebookNode) -> None:
    """Hide of a code cell what its tags hide on the site."""
    parts = {"hide-cell": ("source_hidden", "outputs_hidden"), "hide-input": ("source_hidden",)}
    cell.metadata["jupyter"] = {part: True for tag in tags(cell) for part in parts.get(tag, ())}


def labels(notebooks: Mapping[str, NotebookNode]) -> dict[str, Target]:
    """Return what each label of the chapters names, numbered as on the site."""
    found: dict[str, Target] = {}
    for name, nb in notebooks.items():
        chapter = f"{int(name[:2])}." if name[:2].isdigit() else ""  # an appendix has none
        found |= {label: Target(name) for cell in prose(nb) for label in HEADING.findall(cell.source)}
        counted: Counter[str] = Counter()
        for kind, label in [*claims(nb), *(("exercise", label) for label in exercises(nb))]:
            counted[kind] += 1
            number = f"{chapter}{counted[kind]}"
            title = f"{kind.removeprefix('prf:').capitalize()} {number}"
            found[label] = Target(name, number, f"({number})" if kind == "equation" else title)
    return found


def works() -> dict[str, tuple[str, str]]:
    """Return for each cited work its authors and its year."""
    entries = parse_file(ROOT / BOOK["references"]["file"]).entries
    return {key: (authors(entry), entry.fields["year"]) for key, entry in entries.items()}


def authors(entry: Entry) -> str:
    """Return the last names of a work's authors as a sentence says them."""
    written = (" ".join(person.prelast_names + person.last_names) for person in entry.persons["author"])
    names = [str(Text.from_latex(name)) for name in written]
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)


def fitted(
    source: str, chapter: str, known: Mapping[str, Target], cited: Mapping[str, tuple[str, str]]
) -> str:
    """Return the source of a markdown cell of `chapter` with the book's numbers, and links for what is elsewhere.

    >>> fitted("by {prf:ref}`thm-a`", "2", {"thm-a": Target("1", "1.4", "Theorem 1.4")}, {})
    'by [Theorem 1.4](../notebooks/1.html#thm-a)'
    >>> fitted("see [there](here)", "2", {"here": Target("2")}, {})
    'see [there](../notebooks/2.html#here)'
    >>> fitted("$$x$$ (eq-a)", "2", {"eq-a": Target("2", "2.1", "(2.1)")}, {})
    '~~~{math}\\n:label: eq-a\\n:enumerator: 2.1\\nx\\n~~~'
    """

    def place(label: str) -> str:
        return f"(../{BOOK['chapters']}{known[label].chapter}.html#{label})"

    def citation(found: re.Match[str]) -> str:
        links = []
        for key in found[2].replace(" ", "").split(","):
            names, year = cited[key]
            words = f"{names}, {year}" if found[1] == "p" else f"{names} ({year})"
            links.append(f"[{words}](../{BOOK['references']['page']}#cite-{key})")
        return f"({'; '.join(links)})" if found[1] == "p" else ", ".join(links)

    def reference(found: re.Match[str]) -> str:
        target = known[found[1]]
        return found[0] if target.chapter == chapter else f"[{target.name}]{place(found[1])}"

    def link(found: re.Match[str]) -> str:
        return f"]{place(found[1])}"  # headings it does not find in its own either

    def numbered(found: re.Match[str]) -> str:
        return f"{found[0]}\n:enumerator: {known[found[1]].number}"  # it would count by itself, from 1

    source = DISPLAY.sub(lambda found: f"~~~{{math}}\n:label: {found[2]}\n{found[1].strip()}\n~~~", source)
    changes = ((CITATION, citation), (REFERENCE, reference), (LINK, link), (LABEL, numbered))
    for pattern, change in changes:
        source = pattern.sub(change, source)
    return source
