"""The answers to the book's exercises, each computed by another way than its solution in the chapter."""

from __future__ import annotations

import math
from collections.abc import Callable

ANSWERS: dict[str, Callable[[], float]] = {
    # D((9/10, 1/10) ‖ (1/10, 9/10)) in bits: both logarithms are log2 9 = 2 log2 3, up to the sign.
    "ex-swap": lambda: (9 - 1) / 10 * 2 * math.log2(3),
    # Bits wasted by codewords of 1, 2, 3 and 3 bits for four equally likely symbols: mean length less 2 bits.
    "ex-code": lambda: (1 + 2 + 3 + 3) / 4 - 2,
    # The standard deviation at which a normal's differential entropy, log(σ √(2πe)), is zero.
    "ex-sigma": lambda: 1 / math.sqrt(2 * math.pi * math.e),
    # The other coin b with D(.2‖b) = D(b‖.2): the mirror image, 1 − .2.
    "ex-mirror": lambda: 1 - 0.2,
    # D(.5‖.1) − D(.5‖.25) − D(.25‖.1) = ¼ log (.25/.1) − ¼ log (.75/.9) = ¼ log 3, in nats.
    "ex-gap": lambda: math.log(3) / 4,
    # q(supp p) where Jensen is tight and D = −log q(supp p) = log 2.
    "ex-support": lambda: math.exp(-math.log(2)),
}
