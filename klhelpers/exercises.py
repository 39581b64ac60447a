"""The answers to the book's exercises, each computed by another way than its solution in the chapter."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

Z = np.linspace(-9, 9, 801)
PHI = np.exp(-Z * Z / 2) / np.exp(-Z * Z / 2).sum()  # the trapezoid rule for means under N(0, 1)


def _reverse_at_rest(weight: float, d: float, mu: float, sigma: float) -> float:
    """D(Q‖P) for P = (1 − w) N(0, 1) + w N(d, 1) and the normal Q at which a simple iteration comes to rest.

    μ becomes the mean of the centres 0 and d as Q's points see them, and σ solves σ − 1/σ = E[Z · centre]:
    where both hold, the divergence is stationary.
    """
    for _ in range(300):
        log_odds = math.log(weight / (1 - weight)) + d * (mu + sigma * Z - d / 2)
        centre = d * (1 + np.tanh(log_odds / 2)) / 2
        mu, pull = float(PHI @ centre), float(PHI @ (Z * centre))
        sigma = (pull + math.hypot(pull, 2)) / 2
    x = mu + sigma * Z
    log_p = np.logaddexp(math.log(1 - weight) - x * x / 2, math.log(weight) - (x - d) ** 2 / 2)
    return float(-PHI @ log_p) - 0.5 - math.log(sigma)


def _switch(weight: float, left: float, d: float) -> float:
    """The separation at which the cover and the peak with this weight cost the same, by the secant method."""

    def gap(d: float) -> float:
        return _reverse_at_rest(weight, d, d / 2, d / 2) - _reverse_at_rest(weight, d, d, 1)

    at_left, at_d = gap(left), gap(d)
    while abs(d - left) > 1e-9:
        left, d = d, d - at_d * (d - left) / (at_d - at_left)
        at_left, at_d = at_d, gap(d)
    return d


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
    # The standard deviation of 0.3 N(−2, 1) + 0.7 N(4, 2²): mean of the variances + variance of the means.
    "ex-forward": lambda: math.sqrt(0.3 * 1 + 0.7 * 2**2 + 0.3 * 0.7 * (4 + 2) ** 2),
    # The least reverse divergence to ½ N(0, 1) + ½ N(5.3, 1): the cover or a peak.
    "ex-reverse": lambda: min(_reverse_at_rest(0.5, 5.3, mu, 2) for mu in (5.3 / 2, 5.3)),
    # The switch for peaks with weights 0.45 and 0.55.
    "ex-switch": lambda: _switch(0.55, 5.2, 5.4),
}
