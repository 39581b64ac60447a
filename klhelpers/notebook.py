"""What every chapter's cells share: numbers that the prose can quote, and exercises that answer."""

from __future__ import annotations

import math

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from klhelpers.exercises import ANSWERS

GLUE = "application/papermill.record/"
FOUR_DIGITS = 5e-4  # the most by which rounding to four significant digits can move a number, relatively


def result(name: str, value: float, symbol: str, unit: str = "") -> None:
    """Print ``symbol = value unit`` and keep the value under `name`, for the prose to quote.

    In the prose of the same notebook ``<!-- name:.4f -->`` quotes it: a refresh puts the number before the comment.

    Args:
        name: the key, unique in the book, such as ``"swap-kl"``.
        value: the number, computed by the cell.
        symbol: what it is, in symbols: ``"D(p‖q)"``. No words: the code is the same in every language.
        unit: ``"bit"``, ``"nat"``, ``"%"``, or nothing.

    Raises:
        ValueError: if the value is NaN.

    >>> result("half", 0.5, "D(p‖q)", "bit")
    D(p‖q) = 0.5 bit
    """
    number = float(value)
    if math.isnan(number):
        raise ValueError(f"result: value of {name!r} must be a number, found nan")
    print(f"{symbol} = {_digits(number)} {unit}".rstrip())
    if InteractiveShell.initialized():
        quoted = {"scrapbook": {"name": name, "mime_prefix": GLUE}}
        # Twelve digits: the last bits depend on the processor, and a refresh must give the same bytes.
        display({GLUE + "text/plain": repr(float(f"{number:.12g}"))}, metadata=quoted, raw=True)


def check(exercise: str, answer: float | None) -> None:
    """Say whether `answer` solves the exercise: ``✓``, or ``✗`` and by how much it is off.

    Four significant digits are enough. `None` stands for "not answered yet" and shows ``○``.

    Args:
        exercise: the exercise's label, a key of `klhelpers.exercises.ANSWERS`.
        answer: a number, in the unit that the exercise asks for.

    Raises:
        KeyError: if no exercise has that label.

    >>> check("ex-swap", None)
    ○
    >>> check("ex-code", 0.5)
    ✗ 0.5: off by +0.25
    """
    truth = ANSWERS[exercise]()
    if answer is None:
        print("○")
    elif math.isclose(answer, truth, rel_tol=FOUR_DIGITS):
        print(f"✓ {_digits(truth)}")
    else:
        print(f"✗ {_digits(answer)}: off by {answer - truth:+.6g}")


def _digits(value: float) -> str:
    return "∞" if value == math.inf else f"{value:.6g}"
