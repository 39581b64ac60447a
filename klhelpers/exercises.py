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


def _newton(x: float, f: Callable[[float], float], slope: Callable[[float], float]) -> float:
    """The zero of f near x."""
    for _ in range(20):
        x -= f(x) / slope(x)
    return x


def _equal_directions() -> float:
    """The y > .5 at which Σ (p + q) log(p/q) = 0 for p = (.6, .3, .1) and q = (.4, y, .6 − y)."""
    return _newton(
        0.55,
        lambda y: math.log(0.6 / 0.4) + (0.3 + y) * math.log(0.3 / y) + (0.7 - y) * math.log(0.1 / (0.6 - y)),
        lambda y: math.log(0.3 / y) - math.log(0.1 / (0.6 - y)) - 0.3 / y + 0.1 / (0.6 - y),
    )


def _best_stop() -> float:
    """The s at which D(.5‖s) + D(s‖.1) has slope zero."""
    return _newton(
        0.25,
        lambda s: math.log(9 * s / (1 - s)) - 0.5 / s + 0.5 / (1 - s),
        lambda s: 1 / (s * (1 - s)) + 0.5 / s**2 + 0.5 / (1 - s) ** 2,
    )


ANSWERS: dict[str, Callable[[], float]] = {
    # D((9/10, 1/10) ‖ (1/10, 9/10)) in bits: both logarithms are log2 9 = 2 log2 3, up to the sign.
    "ex-swap": lambda: (9 - 1) / 10 * 2 * math.log2(3),
    # Bits wasted by codewords of 1, 2, 3 and 3 bits for four equally likely symbols: mean length less 2 bits.
    "ex-code": lambda: (1 + 2 + 3 + 3) / 4 - 2,
    # The standard deviation at which a normal's differential entropy, log(σ √(2πe)), is zero.
    "ex-sigma": lambda: 1 / math.sqrt(2 * math.pi * math.e),
    # The y > .5 at which D(p‖q) = D(q‖p) for p = (.6, .3, .1) and q = (.4, y, .6 − y).
    "ex-equal": _equal_directions,
    # The heads probability s between .5 and .1 at which D(.5‖s) + D(s‖.1) is least.
    "ex-stop": _best_stop,
    # q(supp p) where Jensen's step gives away log 3/2 and D = log 4: the remainder is −log q(supp p).
    "ex-share": lambda: math.exp(math.log(3 / 2) - math.log(4)),
    # The standard deviation of 0.3 N(−2, 1) + 0.7 N(4, 2²): mean of the variances + variance of the means.
    "ex-forward": lambda: math.sqrt(0.3 * 1 + 0.7 * 2**2 + 0.3 * 0.7 * (4 + 2) ** 2),
    # The least reverse divergence to ½ N(0, 1) + ½ N(5.3, 1): the cover or a peak.
    "ex-reverse": lambda: min(_reverse_at_rest(0.5, 5.3, mu, 2) for mu in (5.3 / 2, 5.3)),
    # The switch for peaks with weights 0.45 and 0.55.
    "ex-switch": lambda: _switch(0.55, 5.2, 5.4),
}
