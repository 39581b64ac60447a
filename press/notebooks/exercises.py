"""The answers to a chapter's exercises, computed from the file beside it and sealed into the calls that check them."""

from __future__ import annotations

import ast
import base64
import math
import re
import struct
from collections.abc import Mapping

import numpy as np

from press.notebooks.checks import Checks
from press.notebooks.content import CHECK


def answers(checks: Checks) -> dict[str, float]:
    """Return the answer to each exercise.

    It is an expression, or lines that define `answer`, in which `math` and `np` are known and what the exercises
    before it have defined. A ValueError names one that gives no number.
    """
    names: dict[str, object] = {"math": math, "np": np}
    return {
        label: _answer(f"{checks.file}: [exercise.{label}]", entry, names)
        for label, entry in checks.exercises.items()
    }


def _answer(place: str, entry: Mapping[str, str], names: dict[str, object]) -> float:
    if {*entry} != {"answer"}:
        raise ValueError(
            f'{place}: expected answer = "…" and nothing else, found {", ".join(entry) or "nothing"}'
        )
    names.pop("answer", None)
    try:
        code = ast.parse(entry["answer"].strip())
        match code.body:
            case [ast.Expr(value=expression)]:
                code.body = [ast.Assign([ast.Name("answer", ast.Store())], expression)]
        exec(compile(ast.fix_missing_locations(code), place, "exec"), names)
        return float(names["answer"])  # type: ignore[arg-type]
    except Exception as error:
        raise ValueError(f"{place} gives no number: {type(error).__name__}: {error}") from error


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
