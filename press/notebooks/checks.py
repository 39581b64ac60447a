"""What stands beside a chapter: how its cells check its claims, and the answers to its exercises.

`NN-name.checks.toml` has a table for each code cell that checks a claim, under the cell's id. `how` names the methods;
a method with a size has an expression for it, which is evaluated where the cell ran, so that the size is measured and
never typed. `sabotage` is a list of pairs, a piece of the cell's source and what to put in its place to break the
claim. A table `[exercise.<label>]` holds an exercise's `answer`, which is sealed into the calls that check it.
"""

from __future__ import annotations

import base64
import difflib
import math
import re
import struct
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jsonschema import Draft202012Validator
from nbformat import NotebookNode

from press.notebooks.content import CHECK
from press.notebooks.store import code_cells, tags

CLAIM = re.compile(r"(?:check|source):(?P<label>.+)")
SIZED = {"sweep", "grid", "exhaustive", "examples", "draws"}
PLAIN = {
    "symbolic", "closed form", "quadrature", "second method", "equality", "counterexample", "limit", "stored", "zeros",
}  # fmt: skip

SIZE: dict[str, object] = {"type": "string", "minLength": 1}
METHODS = {method: SIZE for method in SIZED} | {method: {"const": ""} for method in PLAIN}
PAIR = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}
OF_A_CHECK = Draft202012Validator(
    {
        "properties": {
            "how": {
                "type": "object",
                "properties": METHODS,
                "minProperties": 1,
                "additionalProperties": False,
            },
            "sabotage": {"type": "array", "items": PAIR, "minItems": 1},
        },
        "required": ["how", "sabotage"],
        "additionalProperties": False,
    }
)

Entry = Mapping[str, Any]  # what is said of one cell


class Checks(NamedTuple):
    """What the file beside a chapter says: of each cell by its id, of each exercise by its label."""

    file: str
    cells: dict[str, Entry]
    exercises: dict[str, Entry]


def read(notebook: Path) -> Checks:
    """Return what stands beside a notebook; a chapter without claims and exercises needs no such file."""
    file = notebook.with_suffix(".checks.toml")
    try:
        tables = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file.name}: {error}") from None
    exercises = tables.pop("exercise", {})
    return Checks(file.name, tables, exercises)


def checked(cell: NotebookNode) -> list[str]:
    """Return the labels of the claims that a cell checks, from its tags `check:…` and `source:…`."""
    return [found["label"] for tag in tags(cell) if (found := CLAIM.fullmatch(tag))]


def problems(nb: NotebookNode, checks: Checks) -> Iterator[str]:
    """Say where a notebook and what stands beside it do not match."""
    cells = {cell.id: cell for cell in code_cells(nb) if checked(cell)}
    for name in checks.cells.keys() - cells:
        yield f"{checks.file}: [{name}] is no cell that checks a claim{nearest(name, cells)}"
    for name, cell in cells.items():
        entry = checks.cells.get(name, {})
        errors = [*OF_A_CHECK.iter_errors(entry)]
        yield from (
            f"{checks.file}: {error.json_path.replace('$', name)}: {error.message}" for error in errors
        )
        for old, _ in () if errors else entry.get("sabotage", ()):
            if (count := cell.source.count(old)) != 1:
                pieces = () if count else (cell.source[i : i + len(old)] for i in range(len(cell.source)))
                found = f"found it {count} times{nearest(old, pieces)}"
                yield f"{name}: sabotage: expected {old!r} once in the cell, {found}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return what is most like a name that nothing has, to end a message with."""
    return "".join(f"; nearest: {found}" for found in difflib.get_close_matches(name, [*known], n=1))


def keys(checks: Checks) -> dict[str, str]:
    """Return the sealed answer to each exercise.

    An answer is an expression, or lines that define `answer`, in which `math` and `np` are known and what the exercises
    before it have defined. A ValueError names one that gives no number.
    """
    names: dict[str, Any] = {"math": math, "np": np}
    sealed = {}
    for label, entry in checks.exercises.items():
        try:
            sealed[label] = seal(_answer(entry["answer"].strip(), names))
        except Exception as error:
            problem = f"gives no number: {type(error).__name__}: {error}"
            raise ValueError(f"{checks.file}: [exercise.{label}] {problem}") from error
    return sealed


def _answer(source: str, names: dict[str, Any]) -> float:
    try:
        return float(eval(source, names))
    except SyntaxError:
        names.pop("answer", None)
        exec(source, names)
        return float(names["answer"])


def seal(answer: float) -> str:
    """Return the key that `klhelpers.notebook.opened` opens; how it is made stands there.

    Eight digits are kept: the last bits depend on the processor, and a refresh must give the same bytes.

    >>> seal(0.25), seal(2.5359400011538495)
    ('P9AAAAAA', 'QARJmukl')
    """
    bits = int.from_bytes(struct.pack(">d", float(f"{answer:.8g}"))) + (1 << 15)
    return base64.b64encode((bits >> 16).to_bytes(6)).decode()


def with_keys(source: str, keys: Mapping[str, str]) -> str:
    """Return a cell's code in which each call of `check` ends with the key of its exercise, if there is one.

    >>> with_keys('check("ex-a", answer)\\ncheck("ex-b", f(1), "P9AAAAAA")', {"ex-a": "P9AAAAAA", "ex-b": "P9gAAAAA"})
    'check("ex-a", answer, "P9AAAAAA")\\ncheck("ex-b", f(1), "P9gAAAAA")'
    """

    def ended(call: re.Match[str]) -> str:
        bare = call[0].removesuffix(")").removesuffix(call["key"] or "")
        return f'{bare}, "{keys[call["label"]]}")' if call["label"] in keys else call[0]

    return CHECK.sub(ended, source)
