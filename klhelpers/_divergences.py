"""The sums behind the measures, computed so that no digit is lost that the answer needs.

Every divergence here is a sum Σ wᵢ f(uᵢ), uᵢ = vᵢ/wᵢ − 1, with a convex f ≥ 0 that has f(0) = f′(0) = 0.
Written like this no term is negative, so nothing cancels: where w and v are close, f comes from its series
and u from a difference without rounding; elsewhere w f(u) comes from the textbook expression. Sums of terms that
are all close, or large together, take a shorter way.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from klhelpers._rows import ALL, ONE, Distributions, Floats, row_sums

Index: TypeAlias = NDArray[np.intp]

# Where |u| is below this the series are used: there they need few terms, and beyond it the textbook
# expressions are right to 13 digits.
NEAR = 1 / 16
# Where Σ w f(u) is at least this part of Σ w, the sizes of the w log(w/v) add up to some 300 times the sum at most, so
# that the textbook expressions are right to 13 digits whatever their terms.
SUBSTANTIAL = 1 / 128
# Where r² = (u/(2 + u))² is below this, |u| is below `NEAR`.
CLOSE = (NEAR / (2 + NEAR)) ** 2
ROUNDING = float(np.finfo(np.float64).eps)


def phi(u: Floats) -> Floats:
    """u − log(1 + u) for |u| ≤ `NEAR`: log(1 + u) = 2 artanh r, and u − 2r = ru, where r = u/(2 + u)."""
    r = u / (2.0 + u)
    return r * (u - _artanh_rest(r * r, 5))


def _artanh_rest(s: Floats, terms: int) -> Floats:
    """2 artanh(r)/r − 2 = ⅔s + ⅖s² + …, where s = r²."""
    series = s * (2 / (2 * terms + 1))
    for k in range(terms - 1, 0, -1):
        series += 2 / (2 * k + 1)
        series *= s
    return series


def powers(x: Floats, ratios: list[float]) -> Floats:
    """x²/2 · (1 + a₁x (1 + a₂x (1 + …)))."""
    series = np.ones_like(x)
    for ratio in reversed(ratios):
        series *= ratio * x
        series += 1.0
    return series * x * x / 2


class Gap(NamedTuple):
    """A block of the normalised rows w and v, up to one factor common to both."""

    w: Floats
    v: Floats
    d: Floats  # v − w, not rounded where it is small
    near: Index  # where |d| is small beside w, in the block laid out flat
    logs: Floats | None  # log w − log v, for those where w or v are below float64's range
    log_w: Floats | None  # in the same cases
    delicate: bool

    def log_ratio(self) -> Floats:
        """log(w/v), also where w/v leaves float64's range; −∞ or NaN where w = 0, ∞ where v = 0 < w."""
        if self.logs is not None:
            return self.logs
        ratio = self.w / self.v
        np.log(ratio, out=ratio)
        if self.delicate and np.count_nonzero(wild := np.isinf(ratio)):
            ratio[wild] = np.log(self.w[wild]) - np.log(self.v[wild])
        return ratio

    def at_zeros(self, terms: Floats, ratio: Floats, only_p: float, only_q: float) -> Floats:
        """The terms, replaced by only_p · w where v = 0 and by only_q · v where w = 0."""
        if not self.delicate:
            return terms
        terms = np.where(ratio == np.inf, math.inf if only_p == math.inf else only_p * self.w, terms)
        return np.where(ratio > -np.inf, terms, only_q * self.v)


class Divergence(NamedTuple):
    """How a divergence weighs the events."""

    far: Callable[[Gap], Floats]  # w·f(u)
    near: Callable[[Floats], Floats]  # f(u), where |u| < reach
    curvature: float = 1.0  # f″(0)
    reach: float = NEAR
    quick: Callable[[Floats, Floats], Floats | None] | None = None  # Σ w f(u), or None where it is not exact


def _kl_far(gap: Gap) -> Floats:
    ratio = gap.log_ratio()
    terms = gap.w * ratio
    terms += gap.d
    return gap.at_zeros(terms, ratio, only_p=math.inf, only_q=1.0)


def _kl_quick(w: Floats, v: Floats) -> Floats | None:
    looks_close = abs(v[0, 0] - w[0, 0]) < NEAR * w[0, 0]  # one pair, to try first what is likely to do
    close = _kl_if_close(w, v) if looks_close else None
    return _kl_if_large(w, v) if close is None else close


def _kl_if_close(w: Floats, v: Floats) -> Floats | None:
    d = v - w
    r = w + v
    np.divide(d, r, out=r)
    s = r * r
    largest = float(np.maximum.reduce(s, axis=None))
    if largest >= CLOSE:
        return None
    felt = next(k for k in range(1, 6) if largest ** (k + 0.5) < ROUNDING)
    series = _artanh_rest(s, felt)
    series *= w
    d -= series
    d *= r
    sums: Floats = np.add.reduce(d, axis=-1, keepdims=True)
    return sums


def _kl_if_large(w: Floats, v: Floats) -> Floats | None:
    terms = w / v
    np.log(terms, out=terms)
    terms *= w
    terms += v - w
    sums: Floats = np.add.reduce(terms, axis=-1, keepdims=True)
    exact = sums >= SUBSTANTIAL * np.add.reduce(w, axis=-1, keepdims=True)
    return sums if np.count_nonzero(exact) == exact.size else None


def _js_far(gap: Gap) -> Floats:
    both = gap.w + gap.v
    r = gap.d / both
    return both / 4 * (_x_log_x(1 - r, -r) + _x_log_x(1 + r, r))


def _x_log_x(x: Floats, r: Floats) -> Floats:
    return np.where(x > 0, x * np.log1p(r), 0.0)


def _js_near(u: Floats) -> Floats:
    s = np.square(u / (2 + u))
    series = np.full_like(u, 1 / 45)
    for k in range(4, 0, -1):
        series *= s
        series += 1 / (k * (2 * k - 1))
    return series * s * (2 + u) / 4


KL = Divergence(_kl_far, phi, quick=_kl_quick)
JS = Divergence(_js_far, _js_near, curvature=0.25)


def divergence(p: Distributions, q: Distributions, kind: Divergence) -> Floats:
    """Σ w f(u) of each pair of normalised rows."""

    is_plain = p.total is ONE and q.total is ONE and not (p.delicate or q.delicate)
    quick = kind.quick if is_plain else None

    def read(rows: slice, cols: slice) -> Floats:
        if quick and (sums := quick(p.scaled(rows, cols), q.scaled(rows, cols))) is not None:
            return sums
        gap = gap_between(p, q, rows, cols, kind.reach)
        if len(gap.near) == gap.d.size:
            terms = gap.w * kind.near(gap.d / gap.w)
        else:
            terms = kind.far(gap)
            if len(gap.near):
                w = gap.w.ravel()[gap.near]
                terms.ravel()[gap.near] = w * kind.near(gap.d.ravel()[gap.near] / w)
        return np.add.reduce(terms, axis=-1, keepdims=True)

    total = q.pick(q.total, ALL)
    value: Floats = row_sums(read, *p.shape) / total
    if np.count_nonzero(value < ROUNDING):
        # The sums of w and v differ by their rounding, which adds ½ f″(0) drift², some 1e-31, to second order. Where
        # q is p but for a factor, taking that away leaves nothing but rounding: the one place for a floor.
        drift = drift_between(p, q) / total
        value = np.maximum(value - 0.5 * kind.curvature * drift * drift, 0.0)
    return value


def drift_between(p: Distributions, q: Distributions) -> Floats:
    """Σ v − Σ w of each pair of rows, as exact as the gaps."""

    def read(rows: slice, cols: slice) -> Floats:
        return np.add.reduce(gap_between(p, q, rows, cols, NEAR).d, axis=-1, keepdims=True)

    return row_sums(read, *p.shape)


def gap_between(p: Distributions, q: Distributions, rows: slice, cols: slice, reach: float) -> Gap:
    """A block of v = q and w = cp, with c such that the sums agree."""
    w, v = p.scaled(rows, cols), q.scaled(rows, cols)
    if w.shape != v.shape:
        w, v = (np.ascontiguousarray(x) for x in np.broadcast_arrays(w, v))
    if p.total is ONE and q.total is ONE:
        d = v - w
    else:
        w, rounding = _product(w, q.pick(q.total, rows) / p.pick(p.total, rows))
        d = (v - w) - rounding
    near = (np.abs(d) < reach * w).ravel().nonzero()[0]
    logs = log_w = None
    if p.lossy or q.lossy:
        log_p = p.logs(rows, cols)
        logs, log_w = log_p - q.logs(rows, cols), log_p + np.log(q.pick(q.total, rows))
    return Gap(w, v, d, near, logs, log_w, p.delicate or q.delicate)


def _product(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The rounded product and what rounding took from it (Veltkamp and Dekker)."""
    product = x * y
    (x1, x2), (y1, y2) = _halves(x), _halves(y)
    return product, ((x1 * y1 - product) + x1 * y2 + x2 * y1) + x2 * y2


def _halves(x: Floats) -> tuple[Floats, Floats]:
    shifted = 134217729.0 * x  # 2^27 + 1
    high = shifted - (shifted - x)
    return high, x - high
