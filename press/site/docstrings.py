"""Turn the sections of klhelpers' docstrings into definition lists.

Napoleon would take what follows the colon of "p : probabilities in [0, 1]" for the name of a type; here it is a
sentence. Apart from sections and examples a docstring is running text, with no markup but `names`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

SECTION = re.compile(r"(Parameters|Args|Returns|Raises|References|Examples):?")
ENTRY = re.compile(r"(?P<names>\w+(?:, \w+)*) ?: (?P<meaning>.+)")
NAMES = re.compile(r"`+([^`]+)`+")
MARKUP = re.compile(r"[*|\\]|(?<=\w)_(?!\w)|^\w(?=\. )")  # the last: "C. Shannon" begins no list
WITH_ENTRIES = {"Parameters", "Args", "Raises"}


def restructured(lines: Iterable[str]) -> Iterator[str]:
    """Yield a docstring as reStructuredText.

    >>> print(*restructured(["Half of `p`.", "", "Parameters", "---", "p : a number", "    or two."]), sep="|")
    Half of ``p``.||Parameters|    ``p``|        a number|        or two.|
    """
    for title, text in sections(lines):
        body = list(entries(text) if title in WITH_ENTRIES else map(escaped, text))
        yield from [title, *(textwrap.indent(line, "    ") for line in body)] if title else body
        yield ""


def sections(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield title and text of each section; what comes first has the title ""."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in lines:
        if begins := SECTION.fullmatch(line):
            found.append((begins[1], []))
        elif not re.fullmatch("-{3,}", line):
            found[-1][1].append(line)
    for title, text in found:
        yield title, textwrap.dedent("\n".join(text)).strip("\n").split("\n")


def entries(text: list[str]) -> Iterator[str]:
    """Yield "name : meaning" as a definition; what follows it is already set in."""
    for line in text:
        if entry := ENTRY.fullmatch(line):
            yield ", ".join(f"``{name}``" for name in entry["names"].split(", "))
            yield "    " + escaped(entry["meaning"])
        else:
            yield escaped(line)


def escaped(line: str) -> str:
    """Return a line of running text so that only `names` are markup; a line of an example as it is."""
    if line.lstrip().startswith((">>>", "...")):
        return line
    parts = NAMES.split(line)
    return "".join(f"``{part}``" if i % 2 else MARKUP.sub(r"\\\g<0>", part) for i, part in enumerate(parts))


def restructure(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Replace the lines of a docstring."""
    lines[:] = restructured(lines)


def setup(app: Any) -> dict[str, bool]:
    """Look at every docstring that autodoc reads."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", restructure)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
