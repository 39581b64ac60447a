"""Rényi divergences of every order, exact near equality and near the orders 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from klhelpers._divergences import KL, NEAR, Divergence, Gap, divergence, drift_between, gap_between, powers
from klhelpers._rows import ALL, TINY, Distributions, Floats, row_sums, tiles

# From here on no float64 number tells the order from ∞.
LARGEST_ORDER = 1e100


def renyi(p: Distributions, q: Distributions, alpha: float) -> Floats:
    """The divergence of order alpha of each pair of rows."""
    if alpha == 0:
        return _order_zero(p, q)
    if alpha == 1:
        return divergence(p, q, KL)
    if alpha > LARGEST_ORDER:
        return _order_infinity(p, q)
    excess = math.copysign(1, alpha - 1) * divergence(p, q, _power_sum(alpha))
    value = np.log1p(excess) / (alpha - 1)
    inside = (excess >= -0.5) & (excess <= 1)
    return value if np.all(inside) else np.where(inside, value, _from_logs(p, q, alpha))


def _power_sum(alpha: float) -> Divergence:
    """|Σ w^α v^β − 1|, where β = 1 − α: its terms are |αw + βv − w^α v^β|."""
    beta = 1 - alpha

    def far(gap: Gap) -> Floats:
        ratio = gap.log_ratio()
        if alpha < 0.5:
            terms = -alpha * gap.d - gap.v * np.expm1(alpha * ratio)
        else:
            growth = gap.w * np.expm1(-beta * ratio)
            if gap.log_w is not None:  # a large ratio lifts a w that was too small to keep its digits
                growth = np.where(gap.w < TINY, np.exp(gap.log_w - beta * ratio), growth)
            terms = math.copysign(1, beta) * (beta * gap.d - growth)
        return gap.at_zeros(terms, ratio, only_p=alpha if alpha < 1 else math.inf, only_q=abs(beta))

    def near(u: Floats) -> Floats:
        return alpha * abs(beta) * powers(u, [(beta - k) / (k + 1) for k in range(2, 18)])

    return Divergence(far, near, curvature=alpha * abs(beta), reach=NEAR / max(1, alpha))


def _from_logs(p: Distributions, q: Distributions, alpha: float) -> Floats:
    """log Σ w^α v^(1−α) / (α − 1), relative to its largest term; loses digits where the sum is near one."""
    sign = math.copysign(1, alpha - 1)
    order = alpha - 1

    def exponents(rows: slice, cols: slice) -> Floats:
        """log(w^α v^(1−α)) / (α − 1)."""
        log_p, log_q = np.broadcast_arrays(p.logs(rows, cols), q.logs(rows, cols))
        return np.where(log_p == -np.inf, -sign * np.inf, (log_p - log_q) + log_p / order)

    peak = sign * _row_maxima(lambda *at: sign * exponents(*at), p)

    def read(rows: slice, cols: slice) -> Floats:
        relative = np.exp(order * (exponents(rows, cols) - peak[rows]))
        return np.add.reduce(relative, axis=-1, keepdims=True)

    return np.where(np.isinf(peak), np.inf, peak + np.log(row_sums(read, *p.shape)) / order)


def _row_maxima(read: Callable[[slice, slice], Floats], p: Distributions) -> Floats:
    """The largest number in each row of a table that is read block by block."""
    return np.concatenate(
        [
            np.max([np.max(read(rows, cols), axis=-1, keepdims=True) for cols in columns], axis=0)
            for rows, columns in tiles(*p.shape)
        ]
    )


def _order_zero(p: Distributions, q: Distributions) -> Floats:
    """−log of q's mass on the support of p."""

    def read(rows: slice, cols: slice) -> Floats:
        v, support = np.broadcast_arrays(q.weights(rows, cols), p.block(rows, cols) > 0)
        return np.stack([np.sum(v * support, axis=-1), np.sum(v * ~support, axis=-1)], axis=-1)

    both = row_sums(read, *p.shape)
    inside, outside = both[:, :1], both[:, 1:]
    return np.where(outside < 0.5, -np.log1p(-outside), -np.log(inside))


def _order_infinity(p: Distributions, q: Distributions) -> Floats:
    """The largest log(w/v)."""

    def read(rows: slice, cols: slice) -> Floats:
        gap = gap_between(p, q, rows, cols, NEAR)
        ratio = gap.log_ratio()
        ratio = np.where(ratio > -np.inf, ratio, -np.inf)
        ratio.ravel()[gap.near] = -np.log1p(gap.d.ravel()[gap.near] / gap.w.ravel()[gap.near])
        return ratio

    # As the sums of w and v differ by their rounding, so do the ratios.
    largest: Floats = _row_maxima(read, p) - np.log1p(-drift_between(p, q) / q.pick(q.total, ALL))
    return np.maximum(largest, 0.0)
