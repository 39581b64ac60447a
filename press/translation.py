"""The Chinese of the book: its texts, what is built from them, and what they lack.

    python press/translation.py                     say what is left to do, with the English that changed
    python press/translation.py --start FILE ...    give each text of these English files a block to write in
    python press/translation.py --accept NAME ...   these cells, rows or files say what the English ones say now
    python press/translation.py --release           fail if anything is left to do

A Chinese file is made of blocks, each headed by what it translates and the fingerprint of that English:

    <!-- cell two-ways-run · 1a2b3c4d5e6f -->
    一段译文。

`cell` is a text of a notebook, `alt` what a figure says to who cannot see it, `row` an entry of
book/corrections.toml, `page` a whole file. A text without a block, or with a block that has no fingerprint, is
*pending*: the Chinese edition shows the English under a note. Where the fingerprint is not that of the English of now,
the text is *stale*: it is shown under another note as long as its formulas, labels and references are those of now.
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
from functools import cache
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

ROWS = "book/corrections.toml"
UNCHECKED = (
    "README.md",
    "klhelpers/widgets/words-en.js",
)  # files whose form the two languages need not share
PENDING = "pending"
MOST_COMMITS = 300  # that are searched for the English that was translated

MARKER = re.compile(r"^(?:<!--|//) ((?:cell|alt|row|page) \S+)(?: · (\w+))?(?: -->)?$\n*", re.M)
FIELD = re.compile(r"^- (says|fact|unchecked|wording): (.*)$", re.M)
HEAD = re.compile(r"\A(?:\([\w-]+\)=\n+)*#+ .*\n?")  # a heading with its labels

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
NO_WORDS = re.compile(r"^[`:]{3,}\{solution[\w-]*\}.*$|^:[\w-]+:.*$", re.M)  # names an exercise; an option
WORD = re.compile(r"[A-Za-z]{3,}")


class Block(NamedTuple):
    """A Chinese text, and the fingerprint of the English that it translates, or "pending"."""

    mark: str
    text: str


class Finding(NamedTuple):
    """Something that the Chinese edition lacks (`pending`), or a fault in what is said to be up to date."""

    place: str
    what: str
    english: str = ""
    pending: bool = False

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
        **{f"notebooks/{path.name}": f"zh/notebooks/{path.stem}.md" for path in paths()},
        **{page: f"zh/{page}" for page in pages},
        ROWS: "zh/book/corrections-rows.md",
        "README.md": "README.zh.md",
        "klhelpers/widgets/words-en.js": "klhelpers/widgets/words-zh.js",
    }


def read(name: str) -> str:
    """Return the content of a file of the book."""
    return (ROOT / name).read_text("utf-8")


def english_texts(name: str, content: str) -> dict[str, str]:
    """Return what an English file says in words: each text by the key that heads its translation."""
    match Path(name).suffix:
        case ".ipynb":
            cells = nbformat.v4.reads(content).cells
            return {key_of(cell): words_of(cell) for cell in cells if words_of(cell)}
        case ".toml":
            rows = tomllib.loads(content)["row"]
            return {f"row {row['id']}": "\n".join(_fields(row)) for row in rows}
    return {f"page {name}": content}


def key_of(cell: NotebookNode) -> str:
    """Return the key of a cell's translation."""
    return f"{'cell' if cell.cell_type == 'markdown' else 'alt'} {cell.id}"


def words_of(cell: NotebookNode) -> str:
    """Return what of a cell is in a language: the source of a text, the alternative text of a figure."""
    return str(cell.source) if cell.cell_type == "markdown" else str(cell.metadata.get("alt", ""))


def _fields(row: Mapping[str, Any]) -> Iterator[str]:
    lines = (f"- {field}: {value}" for field, value in row.items())
    return (line for line in lines if FIELD.match(line))


def blocks(name: str) -> dict[str, Block]:
    """Return the blocks of a Chinese file by their keys; none if there is no such file.

    Raises:
        ValueError: if text stands before the first block, or two blocks have one key.
    """
    content = read(name) if (ROOT / name).exists() else ""
    before, *parts = MARKER.split(content)
    keys = parts[::3]
    if before.strip() or len(keys) > len({*keys}):
        twice = [key for key, count in Counter(keys).items() if count > 1]
        raise ValueError(
            f"{name}: expected blocks, each headed by a line such as <!-- cell title -->; "
            f"found twice: {twice}, before the first: {before.strip()[:40]!r}"
        )
    marks = [mark or PENDING for mark in parts[1::3]]
    return dict(zip(keys, map(Block, marks, (body.rstrip("\n") for body in parts[2::3])), strict=True))


def write(name: str, content: Mapping[str, Block]) -> None:
    """Write a Chinese file."""
    head = "// {} · {}\n{}\n" if name.endswith(".js") else "<!-- {} · {} -->\n{}\n"
    (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
    whole = "\n".join(head.format(key, *block) for key, block in content.items())
    (ROOT / name).write_text(whole, "utf-8", newline="\n")


# --- what is built ---


@cache
def words() -> dict[str, Any]:
    """Return the words of the Chinese edition."""
    return tomllib.loads(read("book/words/zh.toml"))


def shown(english: str, block: Block | None) -> tuple[str, str]:
    """Return the text that the Chinese edition shows, and the note that it needs; none if it is up to date."""
    if block and block.mark == fingerprint(english):
        return block.text, ""
    if block and block.mark != PENDING and not [*faults(english, block.text)]:
        return block.text, words()["pending"]["stale"]
    return english, words()["pending"]["missing"] if has_words(english) else ""


def noted(source: str, note: str) -> str:
    """Return a text with a note: below its heading, in front of a paragraph that begins in bold, else above.

    >>> noted("# Title\\n\\nText.", "Note.")
    '# Title\\n\\n*Note.*\\n\\n\\nText.'
    >>> noted("**A caption.** It stays one paragraph.", "Note.")
    '*Note.* **A caption.** It stays one paragraph.'
    """
    if not note:
        return source
    end = head.end() if (head := HEAD.match(source)) else 0
    gap = " " if source.startswith("**") else "\n\n"
    return f"{source[:end]}\n*{note}*{gap}{source[end:]}".lstrip("\n")


def chapters(edition: str) -> dict[str, NotebookNode]:
    """Return the notebooks of the edition "en" or "zh" by their names, in order."""
    english = {path.stem: nbformat.v4.reads(path.read_text("utf-8")) for path in paths()}
    if edition == "en":
        return english
    return {name: built(nb, blocks(f"zh/notebooks/{name}.md")) for name, nb in english.items()}


def built(english: NotebookNode, known: Mapping[str, Block]) -> NotebookNode:
    """Return the Chinese notebook: its words from blocks, its numbers and all else from the English one.

    Where no text is translated at all, one note at the head says so.
    """
    nb, numbers = copy.deepcopy(english), dict(results(english))
    begun = any(block.mark != PENDING for block in known.values())
    for cell in nb.cells:
        said, note = shown(words_of(cell), known.get(key_of(cell)))
        if cell.cell_type == "markdown":
            cell.source = filled(noted(said, note if begun or cell is nb.cells[0] else ""), numbers)
        elif said:
            cell.metadata["alt"] = note + said
    return nb


def rows() -> str:
    """Return book/corrections.toml with its statements in Chinese."""
    known, lines = blocks(sources()[ROWS]), []
    for row in tomllib.loads(read(ROWS))["row"]:
        said, note = shown("\n".join(_fields(row)), known.get(f"row {row['id']}"))
        row |= dict(FIELD.findall(said))
        row["says"] = note + row["says"]
        lines += [
            "[[row]]",
            *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in row.items()),
        ]
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
    for english, chinese in sources().items():
        if english.startswith("book/") and english != ROWS:
            said, note = shown(read(english), blocks(chinese).get(f"page {english}"))
            files[english] = noted(said, note).rstrip("\n") + "\n"
    return files | {ROWS: rows()}


# --- what is left to do ---


def findings() -> Iterator[Finding]:
    """Say everything that the Chinese edition lacks."""
    yield from missing_files_and_captions()
    for english, chinese in sources().items():
        known, wanted = blocks(chinese), english_texts(english, read(english))
        for key in known.keys() - wanted.keys():
            near = difflib.get_close_matches(key, wanted, 1) or ["nothing"]
            yield Finding(
                f"{chinese}: {key}", f"is not in the English edition; nearest: {near[0]}", pending=True
            )
        for key, words_now in wanted.items() if known else ():
            yield from text_findings(english, key, words_now, known.get(key), chinese)
        if english.endswith(".ipynb") and known:
            content, numbers = read(chinese), dict(results(nbformat.v4.reads(read(english))))
            if filled(content, numbers) != content:
                yield Finding(chinese, "quotes numbers that code does not give: make refresh")


def missing_files_and_captions() -> Iterator[Finding]:
    """Say which files and captions have no translation at all, and which translate nothing."""
    both = sources()
    for english, chinese in both.items():
        if not (ROOT / chinese).exists():
            advice = f"is missing: python press/translation.py --start {english}"
            yield Finding(chinese, advice, pending=True)
    for path in sorted((ROOT / "zh").rglob("*.*")):
        if (name := path.relative_to(ROOT).as_posix()) not in both.values():
            yield Finding(name, "translates no file of the English edition", pending=True)
    for part in yaml.safe_load(read("_toc.yml"))["parts"]:
        if part["caption"] not in words()["captions"]:
            yield Finding("book/words/zh.toml", f"[captions] lacks {part['caption']!r}", pending=True)


def text_findings(name: str, key: str, english: str, block: Block | None, chinese: str) -> Iterator[Finding]:
    """Say what one text lacks; `name` and `chinese` are the files."""
    place = f"{chinese}: {key}"
    if block is None:
        if has_words(english):
            yield Finding(place, "is missing", english, pending=True)
    elif block.mark == PENDING:
        yield Finding(place, "is pending", english, pending=True)
    elif block.mark != fingerprint(english):
        changed = difference(former(name, key, block.mark), english)
        yield Finding(place, "the English has changed since it was translated", changed, pending=True)
    elif name not in UNCHECKED:
        yield from (Finding(place, fault) for fault in faults(english, block.text))


def faults(english: str, chinese: str) -> Iterator[str]:
    """Say where a Chinese text cannot be a translation of the English one, or is badly set."""
    if has_words(english) and not re.search(f"[{HAN}]", chinese):
        yield "is not translated"
    for kind, found in SAME.items():
        here, there = Counter(found(english)), Counter(found(chinese))
        if here != there:
            yield f"{kind} differ: {[*(here - there)]} became {[*(there - here)]}"
    yield from slips(chinese)


def difference(old: str | None, new: str) -> str:
    """Return how the English changed; where nobody knows, the English of now."""
    if old is None:
        return new
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "translated", "now", lineterm="", n=0)
    return "\n".join(lines)


def former(name: str, key: str, mark: str) -> str | None:
    """Return what an English text said when it had this fingerprint, from the repository's history."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
        return done.stdout

    for commit in git("log", f"-{MOST_COMMITS}", "--format=%h", "--", name).split():
        if content := git("show", f"{commit}:{name}"):
            said = english_texts(name, content).get(key)
            if said is not None and fingerprint(said) == mark:
                return said
    return None


def has_words(source: str) -> bool:
    """Tell whether a text holds words of a language.

    >>> has_words("$$D(p) = \\\\sum$$"), has_words("It holds."), has_words("```{solution} ex-half\\n$1$\\n```")
    (False, True, False)
    """
    rest = source
    for pattern in (NO_WORDS, CODE, DISPLAY, INLINE, TARGET, LABEL, DIRECTIVE):
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


# --- the commands ---


def sync() -> None:
    """Write the numbers that code gives into the Chinese texts of the chapters."""
    for english, chinese in sources().items():
        if english.endswith(".ipynb") and (ROOT / chinese).exists():
            numbers = dict(results(nbformat.v4.reads(read(english))))
            (ROOT / chinese).write_text(filled(read(chinese), numbers), "utf-8", newline="\n")


def start(names: set[str]) -> set[str]:
    """Give each text of these files that has no block one that is pending; return the names of no file."""
    for english, chinese in sources().items():
        if names & {english, chinese}:
            known, wanted = blocks(chinese), english_texts(english, read(english))
            empty = {
                key: Block(PENDING, said) for key, said in wanted.items() if has_words(said) or key in known
            }
            write(chinese, empty | known)
            names = names - {english, chinese}
    return names


def accept(names: set[str]) -> set[str]:
    """Record that these texts say what the English ones say now; return the names of nothing that has a block."""
    unknown = names
    for english, chinese in sources().items():
        known, wanted = blocks(chinese), english_texts(english, read(english))
        for key in known.keys() & wanted.keys():
            if called := names & {english, chinese, key.split()[1]}:
                known[key] = Block(fingerprint(wanted[key]), known[key].text)
                unknown = unknown - called
        if known:
            write(chinese, known)
    return unknown


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says, then say what is left to do; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--start", nargs="+", default=[], metavar="FILE")
    parser.add_argument("--accept", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--release", action="store_true")
    options = parser.parse_args(arguments)
    if unknown := start({*options.start}) | (accept({*options.accept}) if options.accept else set()):
        parser.error(f"nothing that is translated: {', '.join(sorted(unknown))}")
    left = list(findings())
    pending = sum(finding.pending for finding in left)
    print(*left, f"{pending} texts pending, {len(left) - pending} faults", sep="\n")
    return int(options.release and bool(left))


if __name__ == "__main__":
    sys.exit(main())
