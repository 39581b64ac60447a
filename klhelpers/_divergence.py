"""The sum behind every divergence of discrete distributions, and what keeps its digits where the two nearly agree.

D(p‖q) = Σ p log(p/q) has terms of both signs there, which cancel. For p and q that have one sum it is also
Σ p φ(u), where u = q/p − 1 and φ(u) = u − log(1 + u) ≥ 0: no term is negative, so nothing cancels, if u is known
without rounding and φ comes from its series where u is small.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from klhelpers._batches import TINY, Distributions, Floats, floats, kept, over_events, summed

EPSILON = float(np.finfo(np.float64).eps)
# Where |u| is below this φ comes from its series: there it needs five terms, and beyond it u − log(1 + u) is right
# to 14 digits.
NEAR = 1 / 16
# Logarithms of quotients of numbers above this stay far inside float64's range.
FAINT = 1e-150


def phi(p: Floats | float, d: Floats, log: Floats) -> Floats:
    """p φ(d/p) = d − p log(1 + d/p), where that logarithm is known."""
    near = np.abs(d) < NEAR * p
    return series(p, d) if np.count_nonzero(near) == near.size else np.where(near, series(p, d), d - p * log)


def series(p: Floats | float, d: Floats) -> Floats:
    """p φ(d/p) for |d/p| < `NEAR`.

    With u = d/p and r = u/(2 + u), log(1 + u) = 2 artanh r = 2r (1 + r²/3 + r⁴/5 + …), and u − 2r = ru.
    """
    r = d / (2.0 * p + d)
    s = r * r
    rest = s * (2 / 11)
    for k in (9, 7, 5, 3):
        rest += 2 / k
        rest *= s
    rest *= p
    return (d - rest) * r


class Pair(NamedTuple):
    """Rows p and q that have one sum but for rounding, and d = q − p, which is not rounded where it is small."""

    p: Floats
    q: Floats
    d: Floats
    logs: Callable[[], Floats]  # log(q/p) for what is too small to be divided

    def is_near(self) -> bool:
        """Whether |d| < `NEAR` · p everywhere."""
        if self.d.size and abs(self.d.flat[0]) >= NEAR * self.p.flat[0]:  # pragma: no mutate: only saves time
            return False
        return bool(np.count_nonzero(np.abs(self.d) < NEAR * self.p) == self.d.size)

    def is_faint(self) -> bool:
        """Whether a quotient may leave float64's range."""
        return bool(np.count_nonzero(np.minimum(self.p, self.q) < FAINT))

    def log_quotient(self) -> Floats:
        """log(q/p): −∞ where q = 0 < p; ∞ or NaN where p = 0."""
        u = self.d / self.p
        near = np.abs(u) < 0.5
        log = np.log1p(u)
        if np.count_nonzero(near) < near.size:
            log = np.where(near, log, np.log(self.q / self.p))
        if self.is_faint():
            least = np.minimum(self.p, self.q)
            log = np.where((least < TINY) | (least < FAINT) & ~near, self.logs(), log)
        return log


def with_one_sum(p: Distributions, q: Distributions) -> Pair:
    """q as it is, and p brought to its sum."""
    x, y, scale = p.scaled(), q.scaled(), q.totals / p.totals
    if isinstance(scale, float):  # 1: both sums are
        return Pair(x, y, y - x, partial(log_ratios, p, q))
    product, rounding = exact_product(x, scale)
    return Pair(kept(product, x), y, (y - product) - rounding, partial(log_ratios, p, q))


def log_ratios(p: Distributions, q: Distributions) -> Floats:
    """log(q/p), from the values as they were given: the scaled ones may be below float64's range."""
    logs = q.logs() - p.logs()  # first, as it holds many numbers for a while
    ratio = floats(q.values) / floats(p.values)
    scaled = np.ldexp(ratio, _exponents(p) - _exponents(q))
    inside = (np.minimum(ratio, scaled) > TINY) & (np.maximum(ratio, scaled) < np.inf)
    return np.where(inside, np.log(scaled) - np.log(q.totals / p.totals), logs)


def _exponents(of: Distributions) -> NDArray[np.intc] | int:
    return 0 if of.exponents is None else of.exponents


def exact_product(x: Floats, y: Floats | float) -> tuple[Floats, Floats]:
    """The rounded product and what rounding took from it (Veltkamp and Dekker)."""
    product = x * y
    (x1, x2), (y1, y2) = _halves(x), _halves(y)
    return product, ((x1 * y1 - product) + x1 * y2 + x2 * y1) + x2 * y2


def _halves(x: Floats | float) -> tuple[Floats | float, Floats | float]:
    shifted = 134217729.0 * x  # 2^27 + 1
    high = shifted - (shifted - x)
    return high, x - high


def kl_sum(pair: Pair) -> Floats:
    """Σ p log(p/q) + d, which is Σ p φ(d/p), of each pair of rows."""
    p, q, d, _ = pair
    if pair.is_near():
        return summed(series(p, d))
    terms = p / q
    np.log(terms, out=terms)
    terms *= p
    terms += d
    sums = summed(terms)
    # From 1/128 of Σ p on, the sizes of the p log(p/q) add up to some 300 times the sum at most: 13 digits are right.
    large = sums >= summed(p) / 128  # pragma: no mutate: what is right on either side is right at the border
    if np.count_nonzero(large) == large.size and not pair.is_faint():
        return sums
    return summed(np.where(p > 0, phi(p, d, pair.log_quotient()), q))


def divergence(
    sums: Callable[[Pair], Floats], p: Distributions, q: Distributions, curvature: float = 1.0
) -> Floats:
    """A divergence Σ p f(q/p − 1) of each pair of rows, where `curvature` is f″(0)."""
    value = over_events(np.add, lambda p, q: sums(with_one_sum(p, q)), p, q) / q.totals
    near = value < min(EPSILON * curvature, 1e-6)
    if np.count_nonzero(near):
        # The sums of p and q differ by their rounding, which adds ½ f″(0) drift², to second order. Where q is p but
        # for a factor, taking that away leaves nothing but rounding: the one place for a floor.
        value = np.where(near, np.maximum(value - curvature / 2 * drift(p, q) ** 2, 0.0), value)
    return value


def drift(p: Distributions, q: Distributions) -> Floats:
    """(Σ q − Σ p) / Σ q of each pair of rows, as exact as their d."""
    return over_events(np.add, lambda p, q: summed(with_one_sum(p, q).d), p, q) / q.totals
