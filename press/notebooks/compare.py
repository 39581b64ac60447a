"""Compare the outputs stored in a notebook with those of now: numbers by tolerance, all else exactly."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, zip_longest
from typing import Any

FIGURE_MIME = "application/vnd.klbook.figure+json"  # a figure's data
GLUE_MIME = "application/papermill.record/text/plain"  # a number that is kept for the prose
WIDGET_MIME = "application/vnd.jupyter.widget-view+json"
# Pixels of the same figure differ more between versions of matplotlib than real faults do.
PICTURE = "image/png"

NUMBER = re.compile(
    r"""( (?: (?<![\w.]) [-+−] )?                                    # a sign, but not the minus of 3-4
          (?: (?<![\w.]) (?: \d+\.?\d* | \.\d+ ) (?: [eE][-+]?\d+ )?  # no digits inside a word
            | (?<!\w) (?: inf | nan ) (?!\w)
            | ∞ ) )""",
    re.VERBOSE,
)
# Of an SVG: curves, which the last bits of a processor bend, and what names the whole.
VARIES = re.compile(r'(base64,| d=")[^"]*|\bf[0-9a-f]{8}-')
RTOL = 1e-6
SURE_DIGITS = 6  # from here on the last digit printed may be the rounding of a last bit


def differences(expected: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return one line for each way in which the outputs of a cell differ; an empty list if they agree."""
    before, now = [_parts(o) for o in expected], [_parts(o) for o in found]
    if [sorted(p) for p in before] != [sorted(p) for p in now]:
        return [f"outputs: expected {_kinds(before)}, found {_kinds(now)}"]
    return list(chain.from_iterable(_part_differences(b, n) for b, n in zip(before, now, strict=True)))


def alike(expected: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Say whether two bundles of data, which agree in all that is compared, are drawn in the same way."""
    one, other = (VARIES.sub("", data.get("text/html", "")) for data in (expected, found))
    return _same_text(one, other)


def _parts(output: Mapping[str, Any]) -> dict[str, Any]:
    """Return what one output shows, by kind. The name of a stored number is part of its kind."""
    match output["output_type"]:
        case "stream":
            return {output["name"]: output["text"]}
        case "error":
            return {"error": f"{output['ename']}: {output['evalue']}"}
    name = output.get("metadata", {}).get("scrapbook", {}).get("name", "")
    data = {mime: value for mime, value in output["data"].items() if mime != PICTURE}
    return {f"{mime} {name}" if mime == GLUE_MIME else mime: value for mime, value in data.items()}


def _kinds(outputs: Iterable[Iterable[str]]) -> str:
    return "; ".join(" + ".join(sorted(kinds)) for kinds in outputs) or "none"


def _part_differences(expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    ignored = {"text/html"} if FIGURE_MIME in expected else set()
    for kind in sorted(expected.keys() - ignored):
        if not kind.startswith(GLUE_MIME):
            yield from (f"{kind}{line}" for line in data_differences(expected[kind], found[kind]))
        elif not close(float(expected[kind]), float(found[kind])):  # stored in full, not rounded
            yield f"{kind}: expected {expected[kind]}, found {found[kind]}"


def data_differences(expected: Any, found: Any, where: str = "") -> Iterator[str]:
    """Yield the differences between two JSON values, each preceded by its place.

    An object with the keys `size` and `values` is an array as the data of a figure holds it.
    """
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        if expected.keys() != found.keys():
            yield f"{where}: expected the keys {sorted(expected)}, found {sorted(found)}"
        elif {"size", "values"} <= expected.keys():
            yield from _array_difference(expected, found, where)
        else:
            for key in sorted(expected):
                yield from data_differences(expected[key], found[key], f"{where} {key}")
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield f"{where}: expected {len(expected)} of them, found {len(found)}"
        for i, (one, other) in enumerate(zip(expected, found, strict=False)):
            yield from data_differences(one, other, f"{where}[{i}]")
    elif line := text_difference(str(expected), str(found)):
        yield f"{where}: {line}"


def _array_difference(expected: Mapping[str, Any], found: Mapping[str, Any], where: str) -> Iterator[str]:
    """Compare two arrays relative to the largest of their values, not each value to itself.

    Where a curve crosses zero its value is all rounding; what a reader sees is the height of the curve.
    """
    if expected["size"] != found["size"]:
        yield f"{where}: expected {expected['size']} values, found {found['size']}"
        return
    before, now = (
        [float(v) for k in ("values", "summary") for v in a.get(k, "").split()] for a in (expected, found)
    )
    scale = max((abs(v) for v in chain(before, now) if math.isfinite(v)), default=0.0)
    allowed = expected.get("rtol", RTOL) * scale
    for i, (x, y) in enumerate(zip(before, now, strict=True)):
        if not close(x, y, allowed):
            yield f"{where}: expected {x:g}, found {y:g} (entry {i + 1} of {len(before)} compared)"
            return


def text_difference(expected: str, found: str) -> str | None:
    """Say in one line how two printed texts differ, or return None.

    Numbers are compared by value, the text between them exactly, save for the width of white space, which
    moves when a digit comes or goes.

    >>> text_difference("D = 0.792481 bit", "D = 0.792482 bit")
    >>> text_difference("D = 0.79 bit", "D = 0.80 bit")
    "expected 'D = 0.79 bit', found 'D = 0.80 bit'"
    """
    if _same_text(expected, found):
        return None
    lines = zip_longest(expected.splitlines(), found.splitlines(), fillvalue="")
    one, other = next(pair for pair in lines if not _same_text(*pair))
    return f"expected {one[:200]!r}, found {other[:200]!r}"


def _same_text(expected: str, found: str) -> bool:
    before, now = (NUMBER.split(text) for text in (expected, found))
    return len(before) == len(now) and all(
        same_number(x, y) if x and y and i % 2 else x.split() == y.split()
        for i, (x, y) in enumerate(zip(before, now, strict=True))
    )


def same_number(expected: str, found: str) -> bool:
    """Say whether two printed numbers are the same up to rounding.

    Integers are equal; others agree to a relative 1e-6, or, where at least six significant digits were printed,
    by one unit in the last of them. With fewer digits, a change in one of them is a change.
    """
    one, other = (Decimal(token.replace("−", "-").replace("∞", "inf")) for token in (expected, found))
    x, y = float(one), float(other)
    if not any(c in ".eE" for c in expected + found):
        return close(x, y, 0)
    if close(x, y) or not (math.isfinite(x) and math.isfinite(y)):
        return close(x, y)
    # %g drops trailing zeros, so 2 stands beside 1.99999: the token with more digits knows the precision.
    digits = max(len(one.as_tuple().digits), len(other.as_tuple().digits))
    unit = 10.0 ** min(int(one.as_tuple().exponent), int(other.as_tuple().exponent))
    return digits >= SURE_DIGITS and close(x, y, 1.0001 * unit)


def close(x: float, y: float, allowed: float | None = None) -> bool:
    """Say whether two numbers are as close as that, by default relatively; inf agrees with itself, nan with nan."""
    if not (math.isfinite(x) and math.isfinite(y)):
        return x == y or (math.isnan(x) and math.isnan(y))
    return abs(x - y) <= (RTOL * max(abs(x), abs(y)) if allowed is None else allowed)
