"""Rényi divergences of every order, exact near equality and near the orders 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from klhelpers._arguments import documented, flag, nats_per_unit, pair, real_number
from klhelpers._batches import TINY, Axis, Distributions, Floats, answer, over_events, summed
from klhelpers._near_equality import Gap, divergence, drift, gap, kl_sum, phi

# From here on no float64 number tells the order from ∞.
LARGEST_ORDER = 1e100


@np.errstate(all="ignore")
@documented
def renyi_divergence(
    p: ArrayLike,
    q: ArrayLike,
    alpha: float,
    *,
    axis: Axis = -1,
    base: float | None = None,
    normalize: bool = False,
    keepdims: bool = False,
) -> np.float64 | Floats:
    """Rényi divergence of order alpha, log(Σ p^α q^(1−α)) / (α − 1), and its limits at 0, 1 and ∞.

    D₀ = −log q(p > 0), D₁ = D(p‖q), D_∞ = log max p/q. It grows with alpha; it is ∞ where p and q share no event
    and, for alpha ≥ 1, where q = 0 < p for some event. Where a probability below 1e-308 decides, raised to an order
    above 1, only the first fourteen decimals are right.

    Parameters
    ----------
    p, q : array_like
        Probabilities along `axis`, summing to one within 1e-8 (float32: 1e-5, float16: 1e-2), as many in q as in p.
    alpha : float
        The order, in [0, ∞]; one a call.
    {normalize}
    {axis}

    Returns
    -------
    float or ndarray
        A number in [0, ∞] for one pair, an array for a batch.

    Raises
    ------
    {raises}

    References
    ----------
    T. van Erven and P. Harremoës, Rényi divergence and Kullback–Leibler divergence, 2014.

    Examples
    --------
    >>> renyi_divergence([0.5, 0.5, 0], [0.25, 0.25, 0.5], 2, base=2)
    np.float64(1.0)
    >>> renyi_divergence([0.5, 0.5], [1, 0], 0), renyi_divergence([0.5, 0.5], [1, 0], 1)
    (np.float64(0.0), np.float64(inf))
    """
    unit, keep = nats_per_unit(base), flag(keepdims, "keepdims")
    order = real_number(alpha, "alpha")
    if not order >= 0:
        raise ValueError(f"alpha must be in [0, ∞], but found {alpha!r}")
    P, Q = pair(p, q, axis, normalize)
    return answer(_renyi(P, Q, order) / unit, P, axis, keep)


def _renyi(p: Distributions, q: Distributions, alpha: float) -> Floats:
    if alpha == 0:
        return _order_zero(p, q)
    if alpha == 1:
        return divergence(kl_sum, p, q)
    if alpha > LARGEST_ORDER:
        return _order_infinity(p, q)
    powers = over_events(np.add, _power_sum(alpha), p, q) / q.totals
    value = np.log(powers) / (alpha - 1)
    near = ~((np.abs(powers - 1) > 1 / 128) & (powers < math.inf))  # or out of range
    if np.count_nonzero(near):
        off = divergence(_distance_of_power_sum(alpha), p, q, curvature=alpha * abs(1 - alpha))
        value = np.where(near, np.log1p(off if alpha > 1 else -off) / (alpha - 1), value)
        far = near & ~(off <= (1 if alpha > 1 else 0.5))
        if np.count_nonzero(far):
            value = np.where(far, _by_logarithms(p, q, alpha), value)
    return value


def _power_sum(alpha: float) -> Callable[[Distributions, Distributions], Floats]:
    """Σ w^α v^(1−α), or NaN where that might leave float64's range on the way."""

    def sums(p: Distributions, q: Distributions) -> Floats:
        pair = gap(p, q)
        terms = pair.v / pair.w
        np.log(terms, out=terms)
        terms *= 1 - alpha
        np.exp(terms, out=terms)
        terms *= pair.w
        found = summed(terms)
        return np.full_like(found, math.nan) if pair.is_faint() else found

    return sums


def _distance_of_power_sum(alpha: float) -> Callable[[Gap], Floats]:
    """|Σ w^α v^β − 1|, where β = 1 − α: no |αw + βv − w^α v^β| is negative before its modulus is taken, or all are."""
    beta = 1 - alpha

    def sums(gap: Gap) -> Floats:
        w, v, d, _ = gap
        log = gap.log_quotient()
        # Seen from the one that has the larger exponent, w^α v^β = w exp(β log(v/w)) where that is w.
        one, step, x, power = (w, d, log, beta) if alpha > 0.5 else (v, -d, -log, alpha)
        terms = np.abs(power * phi(one, step, x) - phi(one, one * np.expm1(power * x), power * x))
        if gap.is_faint():
            if alpha > 1:  # what is raised from below float64's range is left to logarithms
                terms = np.where((w < TINY) & (beta * log > 600), math.inf, terms)
            terms = np.where(v > 0, terms, alpha * w if alpha < 1 else math.inf)
            terms = np.where(w > 0, terms, abs(beta) * v)
        return summed(terms)

    return sums


def _by_logarithms(p: Distributions, q: Distributions, alpha: float) -> Floats:
    """log Σ w^α v^β / (α − 1), relative to its largest term; loses digits where the sum is near one."""

    def exponents(p: Distributions, q: Distributions) -> Floats:
        g = gap(p, q)
        return np.where(g.w > 0, p.logs() + (1 - alpha) * g.log_quotient(), -math.inf)

    peak = over_events(np.maximum, lambda p, q: exponents(p, q).max(axis=-1, keepdims=True), p, q)
    sums = over_events(
        np.add,
        lambda p, q, peak: summed(np.exp(exponents(p, q) - peak.values)),
        p,
        q,
        Distributions(peak, p.events),
    )
    return np.where(np.isinf(peak), math.inf, (peak + np.log(sums)) / (alpha - 1))


def _order_zero(p: Distributions, q: Distributions) -> Floats:
    """−log of q's mass on the support of p."""

    def masses(p: Distributions, q: Distributions) -> Floats:
        v, support = q.scaled() / q.totals, p.values > 0
        return np.concatenate([summed(v * support), summed(v * ~support)], axis=-1)

    both = over_events(np.add, masses, p, q)
    inside, outside = np.split(both, 2, axis=-1)
    return np.where(outside < 0.5, -np.log1p(-outside), -np.log(inside))


def _order_infinity(p: Distributions, q: Distributions) -> Floats:
    """The largest log(w/v)."""

    def largest(p: Distributions, q: Distributions) -> Floats:
        g = gap(p, q)
        found: Floats = np.where(g.w > 0, -g.log_quotient(), -math.inf).max(axis=-1, keepdims=True)
        return found

    # As the sums of w and v differ by their rounding, so do the quotients.
    return np.maximum(over_events(np.maximum, largest, p, q) - np.log1p(-drift(p, q)), 0.0)
