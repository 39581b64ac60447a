"""The Chinese of the book: its texts, what is built from them, and what they lack.

    python press/translation.py                     say what is left to do, with the English that changed
    python press/translation.py --start FILE ...    give each text of these English files a block to write in
    python press/translation.py --accept NAME ...   these cells, rows or files say what the English ones say now
    python press/translation.py --release           fail if anything is left to do

A Chinese file is made of blocks, each below a line with what it translates and the fingerprint of that English:

    <!-- cell two-ways-run · 1a2b3c4d5e6f -->
    一段译文。

`cell` is a text of a notebook, `alt` what a figure says to who cannot see it, `row` an entry of
book/corrections.toml, `page` a whole file. A text without a block, or whose block has no fingerprint, is *pending*:
the Chinese edition shows the English under a note. A text with the fingerprint of an earlier English is *stale*: it is
shown under another note, as long as its formulas, labels and references are those of now.
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
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a script, this file finds its neighbours

import nbformat  # noqa: E402
import yaml  # noqa: E402
from nbformat import NotebookNode  # noqa: E402

from press.notebooks.content import results  # noqa: E402
from press.notebooks.quotes import QUOTE, filled  # noqa: E402
from press.notebooks.store import paths, text  # noqa: E402

ROWS, WORDS = "book/corrections.toml", "book/words/zh.toml"
PENDING, NOTHING = "pending", "translates nothing that is there"
MARKER = re.compile(r"^(?:<!--|//) ((?:cell|alt|row|page) \S+)(?: · (\w+))?(?: -->)?$\n*", re.M)
FIELD = re.compile(r"^- (says|fact|unchecked|wording): (.*)$", re.M)  # of a row
HEAD = re.compile(r"\A(?:(?:\([\w-]+\)=\n+)*#+ .*)?")  # a heading with its labels, or nothing

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
HEADING = re.compile(r"^#+(?= )", re.M)
NO_WORDS = re.compile(r"^[`:]{3,}\{solution[\w-]*\}.*$|^:[\w-]+:.*$", re.M)  # names an exercise; an option
WORD = re.compile(r"[A-Za-z]{3,}")


class Block(NamedTuple):
    """A Chinese text, and the fingerprint of the English that it translates, or "pending"."""

    mark: str
    text: str


class Finding(NamedTuple):
    """What the Chinese edition lacks (`pending`), or a fault in what is said to be up to date."""

    place: str
    what: str
    english: str = ""
    pending: bool = True

    def __str__(self) -> str:
        """One line, and the English or its difference below it."""
        return f"{self.place}: {self.what}" + ("\n" + self.english if self.english else "")


def fingerprint(english: str) -> str:
    """Return what a translation records of its English: all but the numbers that code fills in.

    >>> fingerprint("It costs 0.79<!-- a:.2f --> bits.") == fingerprint("It costs 0.80<!-- a:.2f --> bits.")
    True
    """
    blank = QUOTE.sub(lambda match: match[0].removeprefix(match["shown"]), english)
    return hashlib.sha256(blank.encode()).hexdigest()[:12]


# --- the files ---


def sources() -> dict[str, str]:
    """Return each English file that holds texts, and the Chinese file that translates it."""
    pages = [f"book/{path.name}" for path in sorted((ROOT / "book").glob("*.md"))]
    return {
        **{f"notebooks/{path.name}": f"zh/notebooks/{path.stem}.md" for path in paths(ROOT / "notebooks")},
        **{page: f"zh/{page}" for page in pages},
        ROWS: "zh/book/corrections-rows.md",
        "README.md": "README.zh.md",
        "klhelpers/widgets/words-en.js": "klhelpers/widgets/words-zh.js",
    }


def read(name: str) -> str:
    """Return the content of a file of the book, nothing if there is none."""
    return (ROOT / name).read_text("utf-8") if (ROOT / name).exists() else ""


def english_texts(name: str, content: str) -> dict[str, str]:
    """Return what an English file says in words: each text by the key that heads its translation."""
    if name.endswith(".ipynb"):
        return dict(map(named, nbformat.v4.reads(content).cells))
    if name == ROWS:
        return {f"row {row['id']}": statement(row) for row in tomllib.loads(content)["row"]}
    return {f"page {name}": content}


def named(cell: NotebookNode) -> tuple[str, str]:
    """Return what of a cell is in a language, and its key: a text, or the alternative text of a figure."""
    if cell.cell_type == "markdown":
        return f"cell {cell.id}", str(cell.source)
    return f"alt {cell.id}", str(cell.metadata.get("alt", ""))


def statement(row: Mapping[str, str]) -> str:
    """Return what of a row is in a language, a field a line."""
    lines = [f"- {field}: {value}" for field, value in row.items()]
    return "\n".join(line for line in lines if FIELD.match(line))


def blocks(name: str) -> dict[str, Block]:
    """Return the blocks of a Chinese file by their keys; none if there is no such file.

    Raises:
        ValueError: if text stands before the first block, or two blocks have one key.
    """
    before, *parts = MARKER.split(read(name))
    keys, marks = parts[::3], [mark or PENDING for mark in parts[1::3]]
    if before.strip() or len(keys) > len({*keys}):
        raise ValueError(
            f"{name}: expected blocks, each below a line such as <!-- cell title -->; found before the first: "
            f"{before.strip()[:40]!r}, twice: {[key for key, count in Counter(keys).items() if count > 1]}"
        )
    texts = (body.rstrip("\n") for body in parts[2::3])
    return dict(zip(keys, map(Block, marks, texts), strict=True))


def write(name: str, content: Mapping[str, Block]) -> None:
    """Write a Chinese file."""
    block = "// {} · {}\n{}\n" if name.endswith(".js") else "<!-- {} · {} -->\n{}\n"
    (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
    whole = "\n".join(block.format(key, *said) for key, said in content.items())
    (ROOT / name).write_text(whole, "utf-8", newline="\n")


# --- what is built ---


def words() -> dict[str, Any]:
    """Return the words of the Chinese edition."""
    return tomllib.loads(read(WORDS))


def shown(english: str, block: Block | None) -> tuple[str, str]:
    """Return the text that the Chinese edition shows, and the note that it needs; none if it is up to date."""
    if block and block.mark == fingerprint(english):
        return block.text, ""
    if block and block.mark != PENDING and not any(faults(english, block.text)):
        return block.text, words()["pending"]["stale"]
    return english, words()["pending"]["missing"] if has_words(english) else ""


def noted(source: str, note: str) -> str:
    """Return a text with a note below its heading; a text that begins in bold may be a caption: it stays one paragraph.

    >>> noted("# Title\\nText.", "Note."), noted("**A caption.** Text.", "Note.")
    ('# Title\\n\\n*Note.*\\n\\nText.', '*Note.* **A caption.** Text.')
    """
    if not note:
        return source
    head = HEAD.findall(source)[0]
    gap = " " if source.startswith("**") else "\n\n"
    return f"{head}\n\n*{note}*{gap}{source[len(head) :].lstrip()}".strip()


def chapters(edition: str) -> dict[str, NotebookNode]:
    """Return the notebooks of the edition "en" or "zh" by their names, in order."""
    english = {path.stem: nbformat.v4.reads(path.read_text("utf-8")) for path in paths(ROOT / "notebooks")}
    if edition == "en":
        return english
    return {name: built(nb, blocks(f"zh/notebooks/{name}.md")) for name, nb in english.items()}


def built(english: NotebookNode, known: Mapping[str, Block]) -> NotebookNode:
    """Return the Chinese notebook: its words from blocks, its numbers and all else from the English one.

    Where no text is translated yet, one note at the head says so for all.
    """
    nb, numbers = copy.deepcopy(english), dict(results(english))
    begun = any(block.mark != PENDING for block in known.values())
    for cell in nb.cells:
        key, words_now = named(cell)
        said, note = shown(words_now, known.get(key))
        if cell.cell_type == "markdown":
            cell.source = filled(noted(said, note if begun or cell is nb.cells[0] else ""), numbers)
        elif said:
            cell.metadata["alt"] = note + said
    return nb


def rows() -> str:
    """Return book/corrections.toml with its statements in Chinese."""
    known, lines = blocks(sources()[ROWS]), []
    for row in tomllib.loads(read(ROWS))["row"]:
        said, note = shown(statement(row), known.get(f"row {row['id']}"))
        row |= FIELD.findall(said)
        row["says"] = note + row["says"]
        entries = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in row.items()]
        lines += ["[[row]]", *entries]
    return "\n".join(lines) + "\n"


def contents() -> Any:
    """Return the table of contents with the captions in Chinese, as far as there are any."""
    toc = yaml.safe_load(read("_toc.yml"))
    for part in toc["parts"]:
        part["caption"] = words()["captions"].get(part["caption"], part["caption"])
    return toc


def book() -> dict[str, str]:
    """Return the chapters, the pages and the rows of the Chinese edition: the content of each file by its name."""
    files = {f"notebooks/{name}.ipynb": text(nb) for name, nb in chapters("zh").items()}
    for page, chinese in sources().items():
        if page.startswith("book/"):
            files[page] = noted(*shown(read(page), blocks(chinese).get(f"page {page}"))) + "\n"
    return files | {ROWS: rows()}


# --- what is left to do ---


def findings() -> Iterator[Finding]:
    """Say everything that the Chinese edition lacks."""
    for english, chinese in sources().items():
        known, wanted = blocks(chinese), english_texts(english, read(english))
        if not known:
            yield Finding(chinese, f"is missing: python press/translation.py --start {english}")
            continue
        yield from (Finding(f"{chinese}: {key}", NOTHING) for key in known if key not in wanted)
        for key, said in wanted.items():
            yield from text_findings(said, known.get(key), (english, key, chinese))
    for path in sorted((ROOT / "zh").rglob("*.*")):
        if (name := path.relative_to(ROOT).as_posix()) not in sources().values():
            yield Finding(name, NOTHING)
    captions = {part["caption"] for part in yaml.safe_load(read("_toc.yml"))["parts"]}
    for caption in sorted(captions - words()["captions"].keys()):
        yield Finding(WORDS, f"[captions] lacks {caption!r}")


def text_findings(english: str, block: Block | None, place: tuple[str, str, str]) -> Iterator[Finding]:
    """Say what one text lacks; `place` is the English file, the key in it, and the Chinese file."""
    file, key, chinese = place
    where = f"{chinese}: {key}"
    if block is None:
        if has_words(english):
            yield Finding(where, "is missing", english)
    elif block.mark == PENDING:
        yield Finding(where, "is pending", english)
    elif block.mark != fingerprint(english):
        yield Finding(where, "the English has changed since", change(english, block.mark, place))
    elif file.startswith(("book/", "notebooks/")):  # the others need not have one form
        yield from (Finding(where, fault, pending=False) for fault in faults(english, block.text))


def change(english: str, mark: str, place: tuple[str, str, str]) -> str:
    """Return how an English text changed since it was translated; where git does not know, the text.

    `place` is the English file, the key in it, and the Chinese file that holds the fingerprint `mark`.
    """
    file, key, chinese = place
    commit = git("log", "-1", "--format=%h", f"-S{mark}", "--", chinese).strip()
    content = git("show", f"{commit}:./{file}") if commit else ""
    old = english_texts(file, content).get(key, "") if content else ""
    if fingerprint(old) != mark:
        return english
    both = old.splitlines(), english.splitlines()
    return "\n".join(difflib.unified_diff(*both, "translated", "now", lineterm="", n=0))


def git(*arguments: str) -> str:
    """Return what git says of the repository; nothing where there is none."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    return done.stdout


# --- is this a translation of that? ---


def has_words(source: str) -> bool:
    """Tell whether a text holds words of a language.

    >>> has_words("$$D(p) = \\\\sum$$"), has_words("It holds."), has_words("```{solution} ex-half\\n$1$\\n```")
    (False, True, False)
    """
    rest = source
    for pattern in (NO_WORDS, CODE, DISPLAY, INLINE, TARGET, LABEL, DIRECTIVE):
        rest = pattern.sub(" ", rest)
    return bool(WORD.search(rest))


def faults(english: str, chinese: str) -> Iterator[str]:
    """Say where a Chinese text does not say what the English one says, as far as a program can tell."""
    if has_words(english) and not re.search(f"[{HAN}]", chinese):
        yield "is not translated"
    for kind, found in SAME.items():
        here, there = Counter(found(english)), Counter(found(chinese))
        if here != there:
            yield f"{kind} differ: {[*(here - there)]} became {[*(there - here)]}"
    yield from slips(chinese)


def _displays(source: str) -> list[str]:
    return [WORDS_IN_MATHS.sub(r"\\text{}", match[0]) for match in DISPLAY.finditer(source)]


def _targets(source: str) -> list[str]:
    return [f"{kind} {target}" if target else link for kind, target, link in TARGET.findall(source)]


# What the same text in two languages has in common.
SAME: Mapping[str, Callable[[str], list[str]]] = {
    "displayed formulas": _displays,
    "labels": lambda source: ["".join(found) for found in LABEL.findall(source)],
    "references": _targets,
    "headings": HEADING.findall,
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


# --- the commands ---


def sync() -> None:
    """Write the numbers that code gives into the Chinese texts of the chapters."""
    for name, nb in chapters("en").items():
        path = ROOT / f"zh/notebooks/{name}.md"
        if path.exists():
            path.write_text(filled(path.read_text("utf-8"), dict(results(nb))), "utf-8", newline="\n")


def start(names: set[str]) -> set[str]:
    """Give each text of these files that has no block one that is pending; return the names of no file."""
    for english, chinese in sources().items():
        if english in names:
            known, wanted = blocks(chinese), english_texts(english, read(english))
            empty = {
                key: Block(PENDING, said) for key, said in wanted.items() if key in known or has_words(said)
            }
            write(chinese, empty | known)
    return names - sources().keys()


def accept(names: set[str]) -> set[str]:
    """Record that these texts say what the English ones say now; return the names of nothing that has a block."""
    called: set[str] = set()
    for english, chinese in sources().items():
        known, wanted = blocks(chinese), english_texts(english, read(english))
        for key in known.keys() & wanted.keys():
            if by := names & {english, chinese, key.split()[1]}:
                known[key] = Block(fingerprint(wanted[key]), known[key].text)
                called |= by
        if known:
            write(chinese, known)
    return names - called


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says, then say what is left to do; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--start", nargs="+", default=[], metavar="FILE")
    parser.add_argument("--accept", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--release", action="store_true")
    options = parser.parse_args(arguments)
    if unknown := start({*options.start}) | accept({*options.accept}):
        parser.error(f"nothing that is translated: {', '.join(sorted(unknown))}")
    left = list(findings())
    pending = sum(finding.pending for finding in left)
    print(*left, f"{pending} pending, {len(left) - pending} faults", sep="\n")
    return int(options.release and bool(left))


if __name__ == "__main__":
    sys.exit(main())
