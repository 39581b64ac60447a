"""What every chapter's cells share: numbers that the prose can quote, and exercises that answer."""

from __future__ import annotations

import base64
import binascii
import math
import struct
import unicodedata

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

GLUE = "application/papermill.record/"
FOUR_DIGITS = 5e-4  # the most by which rounding to four significant digits can move a number, relatively


def result(name: str, value: float, symbol: str, unit: str = "") -> None:
    """Print ``symbol = value unit`` and keep the value under `name`, for the prose to quote.

    In the prose of the same notebook ``<!-- name:.4f -->`` quotes it: a refresh puts the number before the comment.

    Parameters
    ----------
    name : str
        The key, unique in the book, such as ``"swap-kl"``.
    value : float
        The number, computed by the cell.
    symbol : str
        What it is, in symbols: ``"D(p‖q)"``. No words: the code is the same in every language.
    unit : str, optional
        ``"bit"``, ``"nat"``, ``"%"``, or nothing.

    Raises
    ------
    ValueError
        If the value is NaN.

    Examples
    --------
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


def check(exercise: str, answer: float | str | None, key: str = "") -> None:
    """Say whether `answer` solves the exercise: ``✓``, or ``✗`` and roughly by how much it is off.

    Four significant digits are enough. `None` stands for "not answered yet" and shows ``○``. What is no number is
    answered by a sentence, never by a traceback; a number in quotes or in full-width digits counts as the number.

    Parameters
    ----------
    exercise : str
        The exercise's label, such as ``"ex-swap"``.
    answer : float, str or None
        A number, in the unit that the exercise asks for.
    key : str
        The sealed answer, which ``make refresh`` writes here; `opened` says how.

    Raises
    ------
    ValueError
        If there is no key, or one that was not written by ``make refresh``.

    Examples
    --------
    >>> check("ex-code", None, "P9AAAAAA")
    ○
    >>> check("ex-code", 0.25, "P9AAAAAA")
    ✓ 0.25
    >>> check("ex-code", "０．５", "P9AAAAAA")
    ✗ 0.5: too large, by about 100 %
    >>> check("ex-code", "a half", "P9AAAAAA")
    ✗ expected a number such as 0.123, found 'a half'
    """
    try:
        truth = opened(key)
    except ValueError as error:
        raise ValueError(
            f"check: exercise {exercise!r}: {error}. Its answer stands beside the notebook, in the file of the same "
            f'name that ends in .checks.toml, as [exercise.{exercise}] answer = "…"; make refresh puts the key here'
        ) from None
    if answer is None:
        print("○")
        return
    number = _number(answer)
    if math.isnan(number):
        print(f"✗ expected a number such as 0.123, found {answer!r:.60}")
    elif math.isclose(number, truth, rel_tol=FOUR_DIGITS):
        print(f"✓ {_digits(truth)}")
    elif math.isinf(number):
        print(f"✗ expected a finite number, found {_digits(number)}")
    else:
        print(
            f"✗ {_digits(number)}: too {'small' if number < truth else 'large'}, {_roughly(abs(number / truth - 1))}"
        )


def opened(key: str) -> float:
    """Return the answer that a key seals: no secret, it only keeps an eye that wanders over the code from reading it.

    A key is eight characters: base64 of the first six bytes of the answer as a float64, most significant byte first.
    The two bytes that are left off are 0. That keeps eleven digits. What is nothing of the kind is a ValueError.
    In JavaScript: ``new DataView(Uint8Array.from(atob(key + "AAA="), c => c.charCodeAt()).buffer).getFloat64()``.

    >>> opened("P9AAAAAA")
    0.25
    """
    try:
        (answer,) = struct.unpack(">d", base64.b64decode(key, validate=True) + bytes(2))
    except (binascii.Error, struct.error, TypeError, ValueError):
        answer = math.nan
    if math.isnan(answer):
        raise ValueError(
            f"expected a key of eight characters, found {key!r}" if key else "expected a key, found none"
        )
    return float(answer)


def _number(answer: object) -> float:
    """Read a reader's number; nan if it is none."""
    if getattr(answer, "shape", ()):
        return math.nan  # an array
    try:
        if isinstance(answer, str):
            answer = unicodedata.normalize("NFKC", answer).replace("−", "-")
        return float(answer)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _roughly(share: float) -> str:
    """Say by how much an answer is off, too roughly to give the right one away. The page's own script says the same."""
    percent = 100 * share
    if percent < 1:
        return "by less than 1 %"
    return "by far" if percent > 1000 else f"by about {float(f'{percent:.1g}'):g} %"


def _digits(value: float) -> str:
    return f"{value:.6g}".replace("inf", "∞")
