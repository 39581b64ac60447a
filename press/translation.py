"""The Chinese of the book: its texts, what is built from them, and what they lack.

    python press/translation.py                     say what is left to do, with the English or how it changed
    python press/translation.py --accept NAME ...   these texts say what the English ones say now; a name is
                                                    NN-name:title (file and cell), corrections:S1, or a file
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
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a script, this file finds its neighbours

import nbformat  # noqa: E402
import yaml  # noqa: E402
from nbformat import NotebookNode  # noqa: E402

from press.bilingual import faults, fingerprint, has_words  # noqa: E402
from press.notebooks.content import filled, results  # noqa: E402
from press.notebooks.store import paths  # noqa: E402
from press.notebooks.store import text as as_file  # noqa: E402

ROWS, WORDS = "book/corrections.toml", "book/words/zh.toml"
INCLUDED = {"CHANGELOG.md"}  # in a page of book/
PENDING = "pending"
PAST = 30  # commits of a file in which its earlier English is looked for
MARKER = re.compile(r"^(?:<!--|//) ((?:cell|alt|row|page) \S+)(?: · (\w+))?(?: -->)?$\n*", re.M)
FIELD = re.compile(r"^- (says|fact|unchecked|wording): (.*)$", re.M)  # of a row
HEAD = re.compile(r"\A(?:(?:\([\w-]+\)=\n+)*#+ .*)?")  # a heading with its labels, or nothing


class Block(NamedTuple):
    """A Chinese text, and the fingerprint of the English that it translates, or "pending"."""

    mark: str
    text: str


class Finding(NamedTuple):
    """What the Chinese edition lacks (`pending`), or a fault in what is said to be up to date."""

    file: str
    what: str
    pending: bool = True


# --- the files ---


def sources() -> dict[str, str]:
    """Return each English file that holds texts, and the Chinese file that translates it."""
    pages = [f"book/{path.name}" for path in sorted((ROOT / "book").glob("*.md"))]
    return {
        **{f"notebooks/{path.name}": f"zh/notebooks/{path.stem}.md" for path in paths()},
        **{page: f"zh/{page}" for page in pages},
        ROWS: "zh/book/corrections-rows.md",
        "CHANGELOG.md": "zh/CHANGELOG.md",
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
        chapters = tomllib.loads(content)["row"].values()
        return {f"row {name}": statement(row) for rows in chapters for name, row in rows.items()}
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
    bodies = [body.rstrip("\n") for body in parts[2::3]]
    return dict(zip(keys, map(Block, marks, bodies), strict=True))


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
    english = {path.stem: nbformat.v4.reads(path.read_text("utf-8")) for path in paths()}
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
    table, known = tomllib.loads(read(ROWS)), blocks(sources()[ROWS])
    titles = {chapter: words()["captions"].get(title, title) for chapter, title in table["article"].items()}
    lines = ["[article]", *(f"{chapter} = {json.dumps(title)}" for chapter, title in titles.items())]
    for chapter, name, row in (
        (chapter, *pair) for chapter, rows in table["row"].items() for pair in rows.items()
    ):
        said, note = shown(statement(row), known.get(f"row {name}"))
        row |= FIELD.findall(said)
        row["says"] = note + row["says"]
        entries = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in row.items()]
        lines += [f"[row.{chapter}.{name}]", *entries]
    return "\n".join(lines) + "\n"


def contents() -> Any:
    """Return the table of contents with the captions in Chinese, as far as there are any."""
    toc = yaml.safe_load(read("_toc.yml"))
    for part in toc["parts"]:
        part["caption"] = words()["captions"].get(part["caption"], part["caption"])
    return toc


def book() -> dict[str, str]:
    """Return the chapters, the pages and the rows of the Chinese edition: the content of each file by its name."""
    files = {f"notebooks/{name}.ipynb": as_file(nb) for name, nb in chapters("zh").items()}
    for page, chinese in sources().items():
        if page.startswith("book/") or page in INCLUDED:
            files[page] = noted(*shown(read(page), blocks(chinese).get(f"page {page}"))) + "\n"
    return files | {ROWS: rows()}


# --- what is left to do ---


def findings() -> Iterator[Finding]:
    """Say everything that the Chinese edition lacks, or has too much."""
    files = sources()
    for file, chinese in files.items():
        known, wanted = blocks(chinese), english_texts(file, read(file))
        for key, english in wanted.items():
            for what, pending in lacking(file, key, english, known.get(key)):
                yield Finding(chinese, what, pending)
        for key in known:
            if key not in wanted:
                yield Finding(chinese, f"{key} is not in the English edition")
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "zh").rglob("*.*")}
    for chinese in sorted(there - {*files.values()}):
        yield Finding(chinese, "translates no file of the English edition")
    captions = {part["caption"] for part in yaml.safe_load(read("_toc.yml"))["parts"]}
    for caption in sorted(captions - words()["captions"].keys()):
        yield Finding(WORDS, f"[captions] lacks {caption!r}")


def lacking(file: str, key: str, english: str, block: Block | None) -> Iterator[tuple[str, bool]]:
    """Say what one text of a file lacks, and whether it is only pending."""
    if block is None or block.mark == PENDING:
        if block or has_words(english):
            yield f"<!-- {key} · pending -->\n{english}", True
    elif block.mark != fingerprint(english):
        yield f"{key}: the English has changed\n{change(file, key, english, block.mark)}", True
    elif file.startswith(("book/", "notebooks/")):  # the others need not have one form
        for fault in faults(english, block.text):
            yield f"{key}: {fault}", False


def change(file: str, key: str, english: str, mark: str) -> str:
    """Return how the English has changed since it was translated; where git does not soon tell, the English."""
    for commit in git("log", f"-{PAST}", "--format=%h", "--", file).split():
        old = english_texts(file, git("show", f"{commit}:./{file}")).get(key, "")
        if fingerprint(old) == mark:
            return "\n".join(difflib.unified_diff(old.splitlines(), english.splitlines(), lineterm="", n=0))
    return english


def git(*arguments: str) -> str:
    """Return what git says of the repository; nothing where there is no repository, or no git."""
    if not shutil.which("git"):
        return ""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, encoding="utf-8").stdout


# --- the commands ---


def accept(names: set[str]) -> set[str]:
    """Record that these texts say what the English ones say now; return the names of nothing that has a block."""
    called: set[str] = set()
    for english, chinese in sources().items():
        known, wanted = blocks(chinese), english_texts(english, read(english))
        for key in known.keys() & wanted.keys():
            if by := names & {english, chinese, f"{Path(english).stem}:{key.split()[1]}"}:
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
    parser.add_argument("--accept", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--release", action="store_true")
    options = parser.parse_args(arguments)
    if unknown := accept({*options.accept}):
        parser.error(f"nothing that is translated: {', '.join(sorted(unknown))}")
    left = list(findings())
    pending = sum(finding.pending for finding in left)
    for file, what, _ in left:
        print(f"{file}: {what}")
    print(f"{pending} pending, {len(left) - pending} faults")
    return int(options.release and bool(left))


if __name__ == "__main__":
    sys.exit(main())
