"""Fit the text of the chapters to the lab, whose MyST sees one notebook: what stands elsewhere becomes a link.

Links lead to files as they lie in the repository, `../book/references.md#cite-…`; the lab's page turns them into
addresses of the site (static/book.js).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import nbformat
from pybtex.database import Entry, parse_file
from pybtex.richtext import Text

REFERENCES = Path(__file__).resolve().parents[2] / "book" / "references.bib"
HEADING = re.compile(r"^\(([\w-]+)\)=", re.MULTILINE)
CLAIM = re.compile(r"^[:`]{3,}\{prf:(\w+)\}[^\n]*\n(?::\w+:[^\n]*\n)*?:label: ([\w-]+)", re.MULTILINE)
CITATION = re.compile(r"\{cite:([pt])\}`([\w, ]+)`")
REFERENCE = re.compile(r"\{prf:ref\}`([\w-]+)`")
LINK = re.compile(r"\]\(([\w-]+)\)")


def labels(notebooks: Mapping[str, nbformat.NotebookNode]) -> dict[str, tuple[str, str]]:
    """Return for each label the name of its chapter, and what the book calls it if it is a claim.

    Args:
        notebooks: the chapters by their names, in their order.
    """
    found: dict[str, tuple[str, str]] = {}
    for name, nb in notebooks.items():
        number = f"{int(name[:2])}." if name[:2].isdigit() else ""  # an appendix has none
        text = "\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")
        found |= {label: (name, "") for label in HEADING.findall(text)}
        counted: Counter[str] = Counter()
        for kind, label in CLAIM.findall(text):
            counted[kind] += 1
            found[label] = (name, f"{kind.capitalize()} {number}{counted[kind]}")
    return found


def works() -> dict[str, tuple[str, str]]:
    """Return for each cited work its authors and its year."""
    return {
        key: (authors(entry), entry.fields["year"]) for key, entry in parse_file(REFERENCES).entries.items()
    }


def authors(entry: Entry) -> str:
    """Return the last names of a work's authors as a sentence says them."""
    written = (" ".join(person.prelast_names + person.last_names) for person in entry.persons["author"])
    names = [str(Text.from_latex(name)) for name in written]
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)


def fitted(
    source: str, chapter: str, known: Mapping[str, tuple[str, str]], cited: Mapping[str, tuple[str, str]]
) -> str:
    """Return the source of a markdown cell of `chapter` with links for what its MyST cannot find.

    >>> fitted("by {prf:ref}`thm-gibbs`", "2", {"thm-gibbs": ("1", "Theorem 1.4")}, {})
    'by [Theorem 1.4](../notebooks/1.ipynb#thm-gibbs)'
    >>> fitted("see [there](here)", "2", {"here": ("2", "")}, {})
    'see [there](../notebooks/2.ipynb#here)'
    """

    def citation(found: re.Match[str]) -> str:
        links = []
        for key in found[2].replace(" ", "").split(","):
            names, year = cited[key]
            words = f"{names}, {year}" if found[1] == "p" else f"{names} ({year})"
            links.append(f"[{words}](../book/references.md#cite-{key})")
        return f"({'; '.join(links)})" if found[1] == "p" else ", ".join(links)

    def reference(found: re.Match[str]) -> str:
        where, words = known[found[1]]
        return found[0] if where == chapter else f"[{words}](../notebooks/{where}.ipynb#{found[1]})"

    def link(found: re.Match[str]) -> str:
        return f"](../notebooks/{known[found[1]][0]}.ipynb#{found[1]})"  # headings it does not find in its own either

    return LINK.sub(link, REFERENCE.sub(reference, CITATION.sub(citation, source)))
