"""The sum behind every divergence of discrete distributions, and what keeps its digits where the two nearly agree.

D(p‖q) = Σ p log(p/q) has terms of both signs there, which cancel. For w and v that have one sum it is also
Σ w φ(u), where u = v/w − 1 and φ(u) = u − log(1 + u) ≥ 0: no term is negative, so nothing cancels, if u is known
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


def phi(w: Floats | float, d: Floats, log: Floats) -> Floats:
    """w φ(d/w) = d − w log(1 + d/w), where that logarithm is known."""
    near = np.abs(d) < NEAR * w
    return series(w, d) if np.count_nonzero(near) == near.size else np.where(near, series(w, d), d - w * log)


def series(w: Floats | float, d: Floats) -> Floats:
    """w φ(d/w) for |d/w| < `NEAR`.

    With u = d/w and r = u/(2 + u), log(1 + u) = 2 artanh r = 2r (1 + r²/3 + r⁴/5 + …), and u − 2r = ru.
    """
    r = d / (2.0 * w + d)
    s = r * r
    rest = s * (2 / 11)
    for k in (9, 7, 5, 3):
        rest += 2 / k
        rest *= s
    rest *= w
    return (d - rest) * r


class Gap(NamedTuple):
    """Rows w and v that have one sum but for rounding, and d = v − w, which is not rounded where it is small."""

    w: Floats
    v: Floats
    d: Floats
    logs: Callable[[], Floats]  # log(v/w) for what is too small to be divided

    def is_near(self) -> bool:
        """Whether |d| < `NEAR` · w everywhere."""
        if self.d.size and abs(self.d.flat[0]) >= NEAR * self.w.flat[0]:  # pragma: no mutate: only saves time
            return False
        return bool(np.count_nonzero(np.abs(self.d) < NEAR * self.w) == self.d.size)

    def is_faint(self) -> bool:
        """Whether a quotient may leave float64's range."""
        return bool(np.count_nonzero(np.minimum(self.w, self.v) < FAINT))

    def log_quotient(self) -> Floats:
        """log(v/w): −∞ where v = 0 < w; ∞ or NaN where w = 0."""
        u = self.d / self.w
        near = np.abs(u) < 0.5
        log = np.log1p(u)
        if np.count_nonzero(near) < near.size:
            log = np.where(near, log, np.log(self.v / self.w))
        if self.is_faint():
            least = np.minimum(self.w, self.v)
            log = np.where((least < TINY) | (least < FAINT) & ~near, self.logs(), log)
        return log


def gap(p: Distributions, q: Distributions) -> Gap:
    """Of p and q: v = q, and w is p brought to the sum of q."""
    w, v, scale = p.scaled(), q.scaled(), q.totals / p.totals
    if isinstance(scale, float):  # 1: both sums are
        return Gap(w, v, v - w, partial(log_ratios, p, q))
    product, rounding = exact_product(w, scale)
    return Gap(kept(product, w), v, (v - product) - rounding, partial(log_ratios, p, q))


def log_ratios(p: Distributions, q: Distributions) -> Floats:
    """log(q/p), from the values as they were given: the scaled ones may be below float64's range."""
    ratio = floats(q.values) / floats(p.values)
    scaled = np.ldexp(ratio, _exponents(p) - _exponents(q))
    inside = (np.minimum(ratio, scaled) > TINY) & (np.maximum(ratio, scaled) < np.inf)
    return np.where(inside, np.log(scaled) - np.log(q.totals / p.totals), q.logs() - p.logs())


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


def kl_sum(gap: Gap) -> Floats:
    """Σ w log(w/v) + d, which is Σ w φ(d/w), of each pair of rows."""
    w, v, d, _ = gap
    if gap.is_near():
        return summed(series(w, d))
    terms = w / v
    np.log(terms, out=terms)
    terms *= w
    terms += d
    sums = summed(terms)
    # From 1/128 of Σ w on, the sizes of the w log(w/v) add up to some 300 times the sum at most: 13 digits are right.
    large = sums >= summed(w) / 128  # pragma: no mutate: what is right on either side is right at the border
    if np.count_nonzero(large) == large.size and not gap.is_faint():
        return sums
    return summed(np.where(w > 0, phi(w, d, gap.log_quotient()), v))


def divergence(
    sums: Callable[[Gap], Floats], p: Distributions, q: Distributions, curvature: float = 1.0
) -> Floats:
    """A divergence Σ w f(v/w − 1) of each pair of rows, where `curvature` is f″(0)."""
    value = over_events(np.add, lambda p, q: sums(gap(p, q)), p, q) / q.totals
    near = value < min(EPSILON * curvature, 1e-6)
    if np.count_nonzero(near):
        # The sums of w and v differ by their rounding, which adds ½ f″(0) drift², to second order. Where q is p but
        # for a factor, taking that away leaves nothing but rounding: the one place for a floor.
        value = np.where(near, np.maximum(value - curvature / 2 * drift(p, q) ** 2, 0.0), value)
    return value


def drift(p: Distributions, q: Distributions) -> Floats:
    """(Σ v − Σ w) / Σ v of each pair of rows, as exact as the gaps."""
    return over_events(np.add, lambda p, q: summed(gap(p, q).d), p, q) / q.totals
