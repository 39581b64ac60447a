"""Estimates of D(p‖q) from what a sample leaves: counts, or the log-ratios of its draws."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from klhelpers._arguments import distributions, finite, flag, nats_per_unit, real_array, refuse
from klhelpers._batches import Floats, floats
from klhelpers._divergence import phi
from klhelpers.discrete import kl_divergence

SMOOTHING = {"none": 0.0, "half": 0.5, "one": 1.0}


class Estimate(NamedTuple):
    """An estimate of a divergence, and its standard error."""

    value: float
    error: float


def kl_from_counts(
    p: ArrayLike, q: ArrayLike, *, smoothing: str = "none", q_known: bool = False, base: float | None = None
) -> Estimate:
    """D(p̂‖q̂) of shares p̂ = (counts + a)/(sum + aK) of K outcomes, with its standard error.

    The squared error is Var_p̂(log p̂/q̂)/n + (Σ p̂²/q̂ − 1)/m, for n and m independent draws, or ½ (K − 1)(1/n + 1/m)²
    if that is larger; 1/m = 0 where q is known. For p = q it is on average about 1.4 times too large, more if bins are
    sparse and smoothed. The value is not corrected: where p is near q it is too large by about (K − 1)(1/n + 1/m)/2,
    and this much is no sign of a difference.

    Parameters
    ----------
    p, q : array_like
        How often each outcome came up in each sample, one axis. Without smoothing, outcomes that neither sample has
        may be left out.
    smoothing : {"none", "half", "one"}
        The number a that is added to every count: 0, ½ (Jeffreys), or 1 (Laplace).
    q_known : bool
        Whether q holds probabilities, of sum 1, rather than counts: then it is neither smoothed nor a source of error.
    base : float, optional
        The unit is one digit of information in this base, so 2 for bits; None for nats.

    Returns
    -------
    Estimate
        Value and error, both ∞ where a share of q is 0 and that of p is not.

    Raises
    ------
    ValueError
        If counts are negative, all 0, or no whole numbers, as shares are, which do not tell the size of a sample; if
        a known q does not sum to 1, smoothing is none of the three, or as `kl_divergence` raises it. That the draws
        depend on each other, which makes the error too small, cannot be seen from counts.
    TypeError
        If an argument is no array of real numbers, or an option of another type.

    References
    ----------
    L. Paninski, Estimation of entropy and mutual information, 2003.

    Examples
    --------
    >>> value, error = kl_from_counts([30, 50, 20], [40, 50, 10], smoothing="half")
    >>> round(value, 4), round(error, 4)
    (0.0499, 0.048)
    """
    _one_of(smoothing, SMOOTHING, "smoothing")
    of_p, a = _counts(p, "p"), SMOOTHING[smoothing]
    n, x = of_p.sum(), of_p + a
    if flag(q_known, "q_known"):
        known = distributions(q, "q", -1, normalize=False, remedy="q_known says that q holds probabilities")
        m, y = math.inf, _of_one_axis(floats(known.values), "q")
    else:
        of_q = _counts(q, "q")
        m, y = of_q.sum(), of_q + a
    value = float(kl_divergence(x, y, normalize=True, base=base))
    if math.isinf(value):
        return Estimate(value, value)
    u, v = x[x > 0] / x.sum(), y[x > 0] / y.sum()
    ratios = np.log(u) - np.log(v)
    spread = u @ ratios**2 - (u @ ratios) ** 2
    first = spread / n + (u @ (u / v) - 1) / m
    second = (np.count_nonzero(x + y) - 1) * (1 / n + 1 / m) ** 2 / 2
    return Estimate(value, math.sqrt(max(first, second)) / nats_per_unit(base))


def kl_from_log_ratios(log_ratios: ArrayLike, *, kind: str = "k1", base: float | None = None) -> Estimate:
    """D(p‖q) from ℓ = log p(x) − log q(x) of independent draws x from p: the mean of k1 = ℓ or k3 = e^−ℓ − 1 + ℓ.

    The mean of k1 is unbiased. That of k3 is too small by the probability that q has where p has none; a single k3 is
    never negative, and its variance is infinite where Σ q²/p is.

    Parameters
    ----------
    log_ratios : array_like
        One number a draw, of any shape; ∞ for a draw that q cannot produce. Of texts, the sum over each text without
        its padding, since the tokens of one text are not independent. The draws must be p's, of the first argument:
        a mean of k1 below 0 by several errors tells that they are not. From draws of q it is −D(q‖p), that of k3
        χ² − D(q‖p).
    kind : {"k1", "k3"}
        Which of the two is averaged.
    base : float, optional
        The unit is one digit of information in this base, so 2 for bits; None for nats.

    Returns
    -------
    Estimate
        Mean and standard error, both ∞ where a log-ratio is, or e^−ℓ overflows (ℓ < −709); the error also where its
        square does. It is estimated from the same draws, and too small where the largest of them are yet to come.

    Raises
    ------
    ValueError
        If a log-ratio is NaN or −∞, which no draw from p has, there are fewer than two, kind is neither, or base ≤ 1.
    TypeError
        If log_ratios is no array of real numbers.

    References
    ----------
    J. Schulman, Approximating KL divergence, 2020.

    Examples
    --------
    >>> kl_from_log_ratios(np.log([0.5 / 0.25] * 3), base=2)
    Estimate(value=1.0, error=0.0)
    """
    _one_of(kind, ("k1", "k3"), "kind")
    array = real_array(log_ratios, "log_ratios")
    refuse(array, array > -np.inf, "log_ratios", "of draws from p, so above -inf")
    if array.size < 2:
        raise ValueError(f"log_ratios must hold two draws or more, but found {array.size}")
    ratios = array.astype(np.float64)
    unit = nats_per_unit(base)
    with np.errstate(all="ignore"):  # ∞ is a value here
        terms = ratios if kind == "k1" else phi(np.ones(ratios.shape), np.expm1(-ratios), -ratios)
        if np.any(np.isinf(terms)):
            return Estimate(math.inf, math.inf)
        return Estimate(float(terms.mean() / unit), float(terms.std(ddof=1) / math.sqrt(terms.size) / unit))


def _one_of(value: str, allowed: Collection[str], name: str) -> None:
    fault = f"{name} must be one of {', '.join(allowed)}, but found {value!r}"
    if not isinstance(value, str):
        raise TypeError(fault)
    if value not in allowed:
        raise ValueError(fault)


def _counts(values: ArrayLike, name: str) -> Floats:
    """The counts in `values` along their one axis."""
    counts = _of_one_axis(finite(values, name), name)
    expected = "whole numbers from 0 to 2**53, as counts are (shares do not tell how many draws there were)"
    refuse(counts, (counts >= 0) & (counts <= 2**53) & (counts == np.floor(counts)), name, expected)
    if not counts.any():
        raise ValueError(f"the sum of {name} must be > 0, but found 0: without draws nothing is known")
    return counts


def _of_one_axis(values: Floats, name: str) -> Floats:
    if values.ndim != 1:
        raise ValueError(f"{name} must have one axis, but found shape {values.shape}")
    return values
