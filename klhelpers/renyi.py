"""Rényi divergences of every order, exact near equality and near the orders 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from klhelpers._arguments import distributions, measured, real_number
from klhelpers._batches import TINY, Axis, Distributions, Floats, over_events, summed
from klhelpers._divergence import Pair, divergence, drift, kl_sum, phi, with_one_sum

# From here on no float64 number tells the order from ∞, whose limit is log max p/q.
LARGEST_ORDER = 1e100


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

    D₀ = −log q(p > 0), D₁ = D(p‖q), D_∞ = log max p/q. It never falls as alpha grows; it is ∞ where p and q share
    no event and, for alpha ≥ 1, where q = 0 < p for some event. Where a probability below 1e-290 decides, raised to
    an order above 1, only the first fourteen decimals are right.

    Parameters
    ----------
    p, q : array_like
        Probabilities along `axis`, summing to one within 1e-8, as many in q as in p.
    alpha : float
        The order, in [0, ∞]; one a call.
    axis : int, tuple of ints or None, optional
        Where the events are; by default the last axis, with None all. What is left of the shapes is the batch.
    base : float, optional
        The unit is one digit of information in this base, so 2 for bits; None for nats.
    normalize : bool, optional
        Accept any positive sums, as of counts.
    keepdims : bool, optional
        Leave the axes of the events in the result, with size one.

    Returns
    -------
    float or ndarray
        A number in [0, ∞] for one pair, an array for a batch.

    Raises
    ------
    ValueError
        If p or q is no distribution, they have different numbers of events, batches do not broadcast, or alpha or
        an option is out of its range.
    TypeError
        If an argument is no array of real numbers of at most 64 bits, or an option of another type.

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
    order = real_number(alpha, "alpha")
    if not order >= 0:
        raise ValueError(f"alpha must be in [0, ∞], but found {alpha!r}")
    read = partial(distributions, normalize=normalize)
    measure = partial(divergence, kl_sum) if order == 1 else partial(_renyi, min(order, LARGEST_ORDER))
    return measured(measure, read, axis, base, keepdims, p=p, q=q)


def _renyi(alpha: float, p: Distributions, q: Distributions) -> Floats:
    powers = over_events(np.add, partial(_power_sum, alpha), p, q) / q.totals
    value: Floats = np.log(powers) / (alpha - 1)
    # Rounding moves each logarithm by some 1e-16, and so the value, however large the order that magnifies it.
    settled = (np.abs(powers - 1) > 1 / 128) & (powers < math.inf) & (value > 1 / 128)
    return value if np.all(settled) else np.where(settled, value, _with_care(alpha, p, q))


def _power_sum(alpha: float, p: Distributions, q: Distributions) -> Floats:
    """Σ p^α q^(1−α), or NaN where that might leave float64's range on the way."""
    pair = with_one_sum(p, q)
    terms = pair.q / pair.p
    np.log(terms, out=terms)
    terms *= 1 - alpha
    np.exp(terms, out=terms)
    terms *= pair.p
    return np.where(pair.is_faint(), math.nan, summed(terms))


def _with_care(alpha: float, p: Distributions, q: Distributions) -> Floats:
    """The divergence where the power sum is near one, or out of range."""
    off = divergence(_distance_of_power_sum(alpha), p, q, curvature=alpha * abs(1 - alpha))
    value: Floats = np.log1p(off if alpha > 1 else -off) / (alpha - 1)
    limit = 1 if alpha > 1 else 0.5  # pragma: no mutate: about there both ways are right
    far = ~(off <= limit)
    return np.where(far, _by_logarithms(alpha, p, q), value) if np.count_nonzero(far) else value


def _distance_of_power_sum(alpha: float) -> Callable[[Pair], Floats]:
    """|Σ p^α q^β − 1|, where β = 1 − α: no |αp + βq − p^α q^β| is negative before its modulus is taken, or all are."""
    beta = 1 - alpha

    def sums(pair: Pair) -> Floats:
        p, q, d, _ = pair
        log = pair.log_quotient()
        # Seen from the one that has the larger exponent, p^α q^β = p exp(β log(q/p)) where that is p.
        one, step, x, power = (p, d, log, beta) if alpha > 0.5 else (q, -d, -log, alpha)
        terms = np.abs(power * phi(one, step, x) - phi(one, one * np.expm1(power * x), power * x))
        if pair.is_faint():
            if alpha > 1:  # what is raised from below float64's range is left to logarithms
                terms = np.where((p < TINY) & (beta * log > 600), math.inf, terms)
            terms = np.where(q > 0, terms, alpha * p if alpha < 1 else math.inf)
            terms = np.where(p > 0, terms, abs(beta) * q)
        return summed(terms)

    return sums


def _by_logarithms(alpha: float, p: Distributions, q: Distributions) -> Floats:
    """log Σ p^α q^β / (α − 1), relative to its largest term; loses digits where the sum is near one."""

    def exponents(p: Distributions, q: Distributions) -> Floats:
        pair = with_one_sum(p, q)
        return np.where(pair.p > 0, p.logs() + (1 - alpha) * pair.log_quotient(), -math.inf)

    def sums(p: Distributions, q: Distributions, peak: Distributions) -> Floats:
        return summed(np.exp(exponents(p, q) - peak.values))

    peak = over_events(np.maximum, lambda p, q: exponents(p, q).max(axis=-1, keepdims=True), p, q)
    total = np.log(over_events(np.add, sums, p, q, Distributions(peak, p.events)))
    # The sums of p and q differ by their rounding, and so do the powers.
    value = (peak + total - alpha * np.log1p(-drift(p, q))) / (alpha - 1)
    return np.where(np.isinf(peak), math.inf, np.maximum(value, 0.0))
