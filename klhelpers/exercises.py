"""The answers to the book's exercises, each computed by another way than its solution in the chapter."""

from __future__ import annotations

import math
from collections.abc import Callable

ANSWERS: dict[str, Callable[[], float]] = {
    # D((3/4, 1/4) ‖ (1/4, 3/4)) in bits: by hand the two logarithms are ± log2 3.
    "ex-swap": lambda: math.log2(3) / 2,
    # Bits wasted by codewords of 1, 2, 3 and 3 bits for four equally likely symbols: mean length less 2 bits.
    "ex-code": lambda: (1 + 2 + 3 + 3) / 4 - 2,
    # The standard deviation at which a normal's differential entropy, log(σ √(2πe)), is zero.
    "ex-sigma": lambda: 1 / math.sqrt(2 * math.pi * math.e),
}
