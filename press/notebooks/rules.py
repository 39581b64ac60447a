"""The rules that a stored notebook keeps, each a function from the notebook to what is wrong with it.

No kernel runs here. The width of code is ruff's business (notebooks/ruff.toml).
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from press.notebooks import checks, content
from press.notebooks.compare import FIGURE_MIME
from press.notebooks.content import QUOTE, filled
from press.notebooks.store import code_cells, first_differences, is_random_id, normalised, stamp, tags, text

MOST_LINES = 16  # of a code cell
UNPROVED = {"prf:proof", "prf:example", "prf:remark"}  # that state nothing to be checked
FORMULA = re.compile(r"\$\$[^$]*\$\$|\$[^$]*\$")
NUMBERED = re.compile(r"^\\begin\{(align|alignat|equation|gather|multline)\}", re.M)
TAG = re.compile(r"check:[a-z0-9-]+|source:S\d+|raises-exception|(hide|remove)-(input|output|cell)")
# What code may print and figures may show of three letters and more, because it reads the same in every language.
PRINTABLE = {
    "bit", "nat", "bits", "nats", "ban", "KL", "JS", "TV", "ref",
    "log", "log₂", "exp", "sin", "cos", "tan", "max", "min", "arg", "sup", "inf", "lim", "det", "var", "cov", "erf",
    "nan", "True", "False", "None", "Bern", "Bin", "Cauchy", "Poisson", "Dir", "Beta", "Gamma",
    "array", "dtype", "float", "int", "Fit", "mu", "sigma",  # what Python itself prints of an array or a fit
}  # fmt: skip
SLUG = re.compile(r"[a-z]+\d*(-([a-z]+\d*|\d+))*")
WORD = re.compile(r"[^\W\d_]{3,}|[㐀-鿿]")
NOISE = {
    "a numpy scalar (print float(x), or format it)": re.compile(r"\bnp\.\w+\("),
    "a place on this machine": re.compile(r"/(home|root|Users|tmp|private|var)/|\b[A-Z]:\\|ipykernel_\d"),
}


class Stored(NamedTuple):
    """A notebook as it stands in its file, and what stands beside it."""

    text: str
    nb: NotebookNode
    checks: checks.Checks


Rule = Callable[[Stored], Iterator[str]]


def read(path: Path) -> Stored:
    """Return the notebook at `path`, text and content."""
    stored = path.read_text(encoding="utf-8")
    return Stored(stored, nbformat.v4.reads(stored), checks.read(path))  # nbformat.reads would repair it


# --- the outputs are those of this code, run once from top to bottom ---


def is_stamped(stored: Stored) -> Iterator[str]:
    """The outputs are what the last refresh stored, made by this code, with errors only where tags expect them."""
    for part, expected in stamp(stored.nb).items():
        if stored.nb.metadata.get("klbook", {}).get(part) != expected:
            yield f"the {part} changed since the last refresh"


def is_canonical(stored: Stored) -> Iterator[str]:
    """The file is in canonical form, byte for byte: format 4.5, its cells run once and in order."""
    yield from first_differences(stored.text, text(normalised(stored.nb)), limit=6)


# --- the code ---


def has_known_tags(stored: Stored) -> Iterator[str]:
    """Every tag means something: a misspelt one would be ignored in silence."""
    for cell in stored.nb.cells:
        yield from (f"{cell.id}: unknown tag {tag!r}" for tag in tags(cell) if not TAG.fullmatch(tag))
        kinds = [output.output_type for output in cell.get("outputs", [])]
        if "raises-exception" in tags(cell) and "error" not in kinds:
            yield f"{cell.id}: tagged raises-exception, and nothing was raised"


def has_named_cells(stored: Stored) -> Iterator[str]:
    """Cell ids are distinct words with hyphens: messages name them, and they pair the two editions."""
    ids = [cell.id for cell in stored.nb.cells]
    yield from (f"{i}: used twice" for i in sorted({i for i in ids if ids.count(i) > 1}))
    yield from (f"{i}: expected an id of words" for i in ids if not SLUG.fullmatch(i) or is_random_id(i))


def has_plain_code(stored: Stored) -> Iterator[str]:
    """Code is plain Python, without magics, and short."""
    for cell in code_cells(stored.nb):
        if (lines := len(cell.source.splitlines())) > MOST_LINES:
            yield f"{cell.id}: expected at most {MOST_LINES} lines, found {lines}"
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            yield f"{cell.id}: expected plain Python: {error}"


# --- what is shown ---


def shows_no_noise(stored: Stored) -> Iterator[str]:
    """No output holds what changes from run to run, nor a warning."""
    for cell in code_cells(stored.nb):
        for output in cell.outputs:
            if output.get("name") == "stderr":
                yield f"{cell.id}: expected nothing on stderr, found {output.text[:100]!r}"
        for kind, pattern in NOISE.items():
            if found := pattern.search("\n".join(content.shown(cell))):
                yield f"{cell.id}: holds {kind}: {found[0]!r}"


def prints_no_language(stored: Stored) -> Iterator[str]:
    """Code prints numbers, symbols and units: its outputs are the same in every language."""
    for cell in code_cells(stored.nb):
        symbols = re.sub(r"\\[A-Za-z]+", " ", " ".join(content.shown(cell)))  # without TeX's commands
        if words := sorted({*WORD.findall(symbols)} - PRINTABLE):
            yield f"{cell.id}: shows words: {', '.join(words)} (the few allowed: PRINTABLE in press/notebooks/rules.py)"


def describes_figures(stored: Stored) -> Iterator[str]:
    """A figure carries its data, says what it shows to who cannot see it, and has its message below it."""
    for cell, below in zip(stored.nb.cells, [*stored.nb.cells[1:], None], strict=True):
        bundles = [o.get("data", {}) for o in cell.get("outputs", [])]
        alt = cell.metadata.get("alt", "")
        figure = any(FIGURE_MIME in data for data in bundles)
        if any("image/png" in data and FIGURE_MIME not in data for data in bundles):
            yield f"{cell.id}: a picture without its data: show it by the book's own `show`"
        if figure and not alt.strip().endswith((".", "。")):
            yield f"{cell.id}: expected metadata alt, a sentence with its full stop, found {alt!r}"
        if figure and not (below and below.cell_type == "markdown" and re.match(r"\*\*[^*]", below.source)):
            yield f"{cell.id}: expected a caption below, a markdown cell that starts with its message in bold"


# --- prose and code agree ---


def quotes_its_results(stored: Stored) -> Iterator[str]:
    """Every number that prose quotes comes from a cell of the same notebook, and is that cell's number."""
    known = dict(content.results(stored.nb))
    for cell in content.prose(stored.nb):
        formulas = FORMULA.findall(cell.source)  # where the comment would be set as a part of them
        yield from (f"{cell.id}: a quote inside a formula: {f}" for f in formulas if QUOTE.search(f))
        for quote in QUOTE.finditer(cell.source):
            if quote["name"] not in known:
                yield f"{cell.id}: quotes {quote['name']!r}, no result of this notebook"
            elif (expected := filled(quote[0], known)) != quote[0]:
                yield f"{cell.id}: expected {expected}, found {quote[0]}"


def names_its_claims(stored: Stored) -> Iterator[str]:
    """Every numbered statement and equation has a name that says its kind, and it is of a kind that is checked."""
    for kind, label in content.claims(stored.nb):
        if not label.startswith(content.PREFIXES[kind]):
            yield f"{{{kind}}}: expected a label that begins with {content.PREFIXES[kind]}, found {label!r}"
    for cell in content.prose(stored.nb):
        kinds = {*re.findall(r"\{(prf:\w+)\}(?!`)", cell.source)} - content.PREFIXES.keys() - UNPROVED
        for kind in sorted(kinds):
            yield f"{cell.id}: expected one of {', '.join(content.PREFIXES)}, found {kind}"
        if display := NUMBERED.search(cell.source):
            yield f"{cell.id}: {display[0]} has a number and no name: write $$ … $$ (eq-name), or add a star"


def checks_its_claims(stored: Stored) -> Iterator[str]:
    """Every check of a claim can fail, and it is said how it checks and which sabotages of it must be noticed."""
    for cell in code_cells(stored.nb):
        if any(tag.startswith("check:") for tag in tags(cell)) and not content.asserts(cell):
            yield f"{cell.id}: expected an assertion about something computed: this check cannot fail"
    yield from checks.problems(stored.nb, stored.checks)


def answers_its_exercises(stored: Stored) -> Iterator[str]:
    """Every exercise is checked twice, unanswered where it stands and solved in its solution, by the answer's key."""
    known = content.exercises(stored.nb)
    try:
        keys = checks.keys(stored.checks)
    except ValueError as error:
        yield str(error)
        return
    for name in keys.keys() - {*known}:
        yield f"{stored.checks.file}: [exercise.{name}] is no exercise of the notebook{checks.nearest(name, known)}"
    for name in {*known} - keys.keys():
        yield f'{stored.checks.file}: no answer to exercise {name!r}: write [exercise.{name}] answer = "…"'
    for cell in code_cells(stored.nb):
        if checks.with_keys(cell.source, keys) != cell.source:
            yield f"{cell.id}: the key is not that of the answer in {stored.checks.file}: make refresh"
    seen = {verdict for cell in code_cells(stored.nb) for verdict in content.verdicts(cell)}
    for name, sign in itertools.product(known, "○✓"):
        if (name, sign) not in seen:
            yield f"exercise {name!r}: no cell checks it and prints {sign}"


RULES: tuple[Rule, ...] = (
    is_stamped, is_canonical, has_known_tags, has_named_cells, has_plain_code,
    shows_no_noise, prints_no_language, describes_figures, quotes_its_results, names_its_claims, checks_its_claims,
    answers_its_exercises,
)  # fmt: skip
