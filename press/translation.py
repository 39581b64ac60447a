"""The two editions of the book: carry code and numbers over to the Chinese one, and say where it has fallen behind.

    python press/translation.py                     copy code, outputs and quoted numbers; then list what is left to do
    python press/translation.py --check             copy nothing; the exit status is 1 if anything is left to do
    python press/translation.py --accept id ...     these cells or files say what the English ones say now

A Chinese notebook has the cells of the English one, with the same ids in the same order. Code and outputs are the
same bytes. Each translated text records a fingerprint of the English that it translates: a cell in its metadata, a
whole file in zh/translated.toml. Where the two differ, the English has changed since.
"""

from __future__ import annotations

import argparse
import copy
import difflib
import hashlib
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a script, this file finds its neighbours

import nbformat  # noqa: E402
from nbformat import NotebookNode  # noqa: E402

from press.notebooks.content import results  # noqa: E402
from press.notebooks.quotes import QUOTE, filled  # noqa: E402
from press.notebooks.store import normalised, paths, text  # noqa: E402

CHINESE = ROOT / "zh"
RECORD = CHINESE / "translated.toml"
MOST_COMMITS = 300  # that are searched for the English that was translated
FILES = {
    **{
        f"book/{name}": f"zh/book/{name}"
        for name in ("api.md", "corrections.md", "corrections.toml", "glossary.md", "how-to.md", "index.md",
                     "ledger.md", "notation.md", "references.md")
    },
    "README.md": "README.zh.md",
    "klhelpers/widgets/words-en.js": "klhelpers/widgets/words-zh.js",
}  # fmt: skip

HAN = "㐀-鿿"
CODE = re.compile(r"^(`{3,})[^`{].*?^\1|(?<!`)`[^`\n]+`", re.M | re.S)
DISPLAY = re.compile(r"\$\$.*?\$\$|\\begin\{(?P<env>align\*?)\}.*?\\end\{(?P=env)\}", re.S)
INLINE = re.compile(r"\$[^$\n]+\$")
WORDS_IN_MATHS = re.compile(r"\\text\{[^}]*\}")
TARGET = re.compile(
    r"\{(prf:ref|eq|cite:\w+|ref|numref|doc|term)\}`(?:[^`<]*<)?([^`>]+)>?`|\]\((#?[\w./#:-]+)\)"
)
LABEL = re.compile(r":label:\s*(\S+)|^\(([\w-]+)\)=|\$\$ *\(([\w-]+)\)", re.M)
DIRECTIVE = re.compile(r"^[`:]{3,}\{([\w:-]+)\}", re.M)
WORD = re.compile(r"[A-Za-z]{3,}")


class Fault(NamedTuple):
    """What is left to do: where, what, and the English that changed, if it did."""

    place: str
    what: str
    difference: str = ""

    def __str__(self) -> str:
        """One line, and the difference below it."""
        return f"{self.place}: {self.what}" + ("\n" + self.difference if self.difference else "")


def fingerprint(english: str) -> str:
    """Return what a translation records of its English: all but the numbers that code fills in.

    >>> fingerprint("It costs 0.79<!-- a:.2f --> bits.") == fingerprint("It costs 0.80<!-- a:.2f --> bits.")
    True
    """
    blank = QUOTE.sub(lambda match: match[0].removeprefix(match["shown"]), english)
    return hashlib.sha256(blank.encode()).hexdigest()[:12]


# --- notebooks ---


def pairs() -> Iterator[tuple[Path, Path]]:
    """Yield each English notebook and its Chinese counterpart."""
    for path in paths():
        yield path, CHINESE / path.relative_to(ROOT)


def synced(english: NotebookNode, chinese: NotebookNode | None) -> NotebookNode:
    """Return the Chinese notebook with the cells, the code, the outputs and the numbers of the English one.

    A cell that has no translation yet stands there in English, without a fingerprint.
    """
    known = {cell.id: cell for cell in chinese.cells} if chinese else {}
    numbers = dict(results(english))
    result = copy.deepcopy(english)
    for cell in result.cells:
        there = known.get(cell.id)
        if there is None or there.cell_type != cell.cell_type:
            continue
        if cell.cell_type == "markdown":
            cell.source = filled(there.source, numbers)
        elif cell.metadata.get("alt") and there.metadata.get("alt"):
            cell.metadata["alt"] = there.metadata["alt"]
        if "translates" in there.metadata:
            cell.metadata["translates"] = there.metadata["translates"]
    return normalised(result)


def words_of(cell: NotebookNode) -> str:
    """Return what of a cell is in a language: the source of a text, the alternative text of a figure."""
    return str(cell.source) if cell.cell_type == "markdown" else str(cell.metadata.get("alt", ""))


def code_of(cell: NotebookNode) -> NotebookNode:
    """Return a code cell without what is in a language."""
    bare = copy.deepcopy(cell)
    for key in ("alt", "translates"):
        bare.metadata.pop(key, None)
    return bare


def notebook_faults(
    english: NotebookNode, chinese: NotebookNode, name: str, former: Callable[[str, str], str | None]
) -> Iterator[Fault]:
    """Say where a Chinese notebook does not follow the English one.

    `former(id, fingerprint)` is the English text of a cell as it was, or None where nobody knows.
    """
    ids = [[cell.id for cell in nb.cells] for nb in (english, chinese)]
    if ids[0] != ids[1]:
        extra, missing = (sorted({*a} - {*b}) for a, b in (ids[::-1], ids))
        yield Fault(name, f"expected the cells of the English edition; missing: {missing}, extra: {extra}")
        return
    for here, there in zip(english.cells, chinese.cells, strict=True):
        place = f"{name}: {here.id}"
        if here.cell_type == "code" and code_of(here) != code_of(there):
            yield Fault(place, "code, outputs or metadata differ from the English edition")
        if words_of(here):
            old = there.metadata.get("translates", "")
            yield from text_faults(words_of(here), words_of(there), old, place, partial(former, here.id, old))


# --- any text ---


def text_faults(
    english: str, chinese: str, recorded: str, place: str, former: Callable[[], str | None]
) -> Iterator[Fault]:
    """Say where a Chinese text does not say what the English one says, as far as a program can tell."""
    if has_words(english) and not re.search(f"[{HAN}]", chinese):
        yield Fault(place, "is not translated", english)
    elif recorded != fingerprint(english):
        yield Fault(place, "the English has changed since it was translated", difference(former(), english))
    for kind, found in SAME.items():
        here, there = Counter(found(english)), Counter(found(chinese))
        if here != there:
            yield Fault(place, f"{kind} differ: {[*(here - there)]} became {[*(there - here)]}")
    yield from (Fault(place, slip) for slip in slips(chinese))


def difference(old: str | None, new: str) -> str:
    """Return how the English changed; where nobody knows, the English of now."""
    if old is None:
        return new
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "translated", "now", lineterm="", n=0)
    return "\n".join(lines)


def has_words(source: str) -> bool:
    """Tell whether a text holds words of a language.

    >>> has_words("$$D(p) = \\\\sum$$"), has_words("It holds.")
    (False, True)
    """
    rest = source
    for pattern in (CODE, DISPLAY, INLINE, TARGET, LABEL, DIRECTIVE):
        rest = pattern.sub(" ", rest)
    return bool(WORD.search(rest))


def _displays(source: str) -> list[str]:
    return [WORDS_IN_MATHS.sub(r"\\text{}", match[0]) for match in DISPLAY.finditer(source)]


def _targets(source: str) -> list[str]:
    return [f"{kind} {target}" if target else link for kind, target, link in TARGET.findall(source)]


# What the same text in two languages has in common.
SAME: Mapping[str, Callable[[str], list[str]]] = {
    "displayed formulas": _displays,
    "labels": lambda source: ["".join(found) for found in LABEL.findall(source)],
    "references": _targets,
    "directives": DIRECTIVE.findall,
    "quoted numbers": lambda source: [
        match[0].removeprefix(match["shown"]) for match in QUOTE.finditer(source)
    ],
}


# --- how Chinese is set ---

SLIPS = {
    "a half-width sign between Chinese characters": re.compile(
        rf"[{HAN}$`][,;:!?()][{HAN}]|[{HAN}][,;:!?(][{HAN}$`]|[{HAN}]\.(?=[{HAN}]|$)", re.M
    ),
    "no space between Chinese and Latin letters or digits": re.compile(
        rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9%][{HAN}]"
    ),
    "no space between Chinese and a formula or code": re.compile(rf"[{HAN}](?=[$`])|(?<=[$`])[{HAN}]"),
    "a line break inside a paragraph, which becomes a space": re.compile(
        rf"^.{{20,}}[{HAN}，、；。]\n(?=[{HAN}])", re.M
    ),
    "bold that CommonMark does not close": re.compile(
        rf"\*\*[^*\n]*[。，：；！？）”]\*\*(?=[{HAN}A-Za-z0-9])"
    ),
}
HIDDEN = re.compile(r"<!--.*?-->|\{\w[\w:-]*\}`[^`]*`|\]\([^)]*\)|\{[^}\n]*\}", re.S)


def slips(chinese: str) -> Iterator[str]:
    """Say where a text breaks the rules of setting Chinese with Latin letters and formulas.

    >>> list(slips("当 $p = q$ 时，散度为 0。")), len(list(slips("散度为0,当$p$")))
    ([], 2)
    """
    visible = re.sub(r"^([`:]{3,}|:\w+:|\|).*$", "", chinese, flags=re.M)  # directives, options, tables
    visible = CODE.sub(lambda match: "`x`" if match[0][:3] != "```" else "\n", visible)
    visible = INLINE.sub("$x$", DISPLAY.sub("\n", visible))
    visible = HIDDEN.sub("", visible)
    for kind, pattern in SLIPS.items():
        if found := pattern.search(visible):
            start, end = found.span()
            yield f"{kind}: …{visible[max(0, start - 8) : end + 8]!r}…"


# --- whole files ---


def recorded() -> dict[str, str]:
    """Return the fingerprints of the English files that were translated."""
    return tomllib.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}


def file_faults() -> Iterator[Fault]:
    """Say which files have fallen behind."""
    known = recorded()
    for english, chinese in FILES.items():
        if not (ROOT / chinese).exists():
            yield Fault(chinese, f"is missing: the translation of {english}")
            continue
        here, there = ((ROOT / name).read_text("utf-8") for name in (english, chinese))
        prose = english.endswith(".md") and not english.startswith("README")
        old = known.get(english, "")
        faults = text_faults(here, there, old, chinese, partial(former_file, english, old))
        yield from (
            fault for fault in faults if prose or "changed since" in fault.what or "translated" in fault.what
        )


# --- the English of before ---


def former_file(path: str, digest: str) -> str | None:
    """Return a file's content as it was when it had this fingerprint, from the repository's history."""
    return next((old for old in _versions(path) if fingerprint(old) == digest), None)


def former_cell(path: str, cell_id: str, digest: str) -> str | None:
    """Return what a cell said when it had this fingerprint, from the repository's history."""
    for version in _versions(path):
        for cell in json.loads(version)["cells"]:
            if cell["id"] == cell_id:
                words = (
                    "".join(cell["source"])
                    if cell["cell_type"] == "markdown"
                    else cell["metadata"].get("alt", "")
                )
                if fingerprint(words) == digest:
                    return words
    return None


def _versions(path: str) -> Iterator[str]:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
        ).stdout

    for commit in git("log", f"-{MOST_COMMITS}", "--format=%h", "--", path).split():
        if version := git("show", f"{commit}:{path}"):
            yield version


# --- all of it ---


def faults() -> Iterator[Fault]:
    """Say everything that the Chinese edition lacks."""
    for english, chinese in pairs():
        name, source = chinese.relative_to(ROOT).as_posix(), english.relative_to(ROOT).as_posix()
        if not chinese.exists():
            yield Fault(name, "is missing: say make refresh, then translate it")
            continue
        both = [nbformat.v4.reads(path.read_text("utf-8")) for path in (english, chinese)]
        yield from notebook_faults(both[0], both[1], name, partial(former_cell, source))
    yield from file_faults()


def sync() -> None:
    """Write every Chinese notebook anew from the English one and the translations that are there."""
    for english, chinese in pairs():
        here = nbformat.v4.reads(english.read_text("utf-8"))
        there = nbformat.v4.reads(chinese.read_text("utf-8")) if chinese.exists() else None
        chinese.parent.mkdir(parents=True, exist_ok=True)
        chinese.write_text(text(synced(here, there)), encoding="utf-8", newline="\n")


def accept(names: set[str]) -> set[str]:
    """Record that these cells and files say what the English ones say now; return the names of nothing with words."""
    known, unknown = recorded(), set(names)
    for english, chinese in FILES.items():
        if names & {english, chinese}:
            known[english] = fingerprint((ROOT / english).read_text("utf-8"))
            unknown -= {english, chinese}
    RECORD.write_text("".join(f'"{key}" = "{known[key]}"\n' for key in sorted(known)), "utf-8", newline="\n")
    for source, target in pairs():
        here, there = (nbformat.v4.reads(path.read_text("utf-8")) for path in (source, target))
        for cell, translated in zip(here.cells, there.cells, strict=True):
            if cell.id in names and words_of(cell):
                translated.metadata["translates"] = fingerprint(words_of(cell))
                unknown.discard(cell.id)
        target.write_text(text(normalised(there)), encoding="utf-8", newline="\n")
    return unknown


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry over, or accept, and say what is left to do; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if anything is left to do")
    parser.add_argument(
        "--accept", nargs="+", default=[], metavar="ID", help="cells or files that are up to date"
    )
    options = parser.parse_args(arguments)
    if not options.check:
        sync()
    if unknown := accept({*options.accept}) if options.accept else set():
        parser.error(f"neither a cell nor a file that is translated: {', '.join(sorted(unknown))}")
    left = list(faults())
    print(*left, f"{len(left)} left to do", sep="\n")
    return int(options.check and bool(left))


if __name__ == "__main__":
    sys.exit(main())
