"""Measures of information for discrete distributions, given as vectors of probabilities.

A distribution is a list or array of probabilities along `axis`, which is counted in each array by itself. What is
left of its shape is the batch, and the batches of two arguments are broadcast against each other, so that one p
against many q needs no reshaping. The first argument is the one averaged over. The unit is the nat, or the bit
with base=2. A `Measure` is what all return: a float for one distribution, an array for a batch.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from klhelpers._arguments import (
    distributions,
    logits,
    nats_per_unit,
    paired,
    real_array,
    real_number,
    refuse,
    scalar_if_one,
)
from klhelpers._divergences import JS, KL, divergence
from klhelpers._entropies import mean_surprisal
from klhelpers._logits import kl_of_logits
from klhelpers._renyi import renyi
from klhelpers._rows import Distributions, Floats

Measure: TypeAlias = float | Floats

# 1/0 = ∞ and log 0 = −∞ are values here, not accidents.
extended_reals = np.errstate(all="ignore")


@extended_reals
def information(p: ArrayLike, *, base: float | None = None) -> Measure:
    """The surprisal I(p) = −log p of events of probability p, elementwise: 0 where p = 1, ∞ where p = 0.

    Parameters
    ----------
    p : probabilities in [0, 1], of any shape; they need not sum to one. No rounding is forgiven: 1 + 1e-16 is 1
        already, but 1 + 1e-15 is refused.
    base : the unit is one digit of information in this base, so 2 for bits; None for nats.

    Returns
    -------
    A float for one probability, otherwise an array of the shape of p.

    Raises
    ------
    ValueError : a number outside [0, 1], NaN, nothing at all, or a base ≤ 1.
    TypeError : anything that is not an array of real numbers.

    References
    ----------
    C. E. Shannon, A mathematical theory of communication, 1948.

    Examples
    --------
    >>> information(1 / 8, base=2)
    3.0
    >>> information([1, 0.5, 0], base=2).tolist()
    [0.0, 1.0, inf]
    """
    unit = nats_per_unit(base)
    probabilities = real_array(p, "p")
    refuse(probabilities, (probabilities >= 0) & (probabilities <= 1), "p", "in [0, 1]")
    return scalar_if_one(0.0 - np.log(probabilities, dtype=np.float64) / unit, probabilities.shape)


@extended_reals
def entropy(p: ArrayLike, *, axis: int = -1, base: float | None = None, normalize: bool = False) -> Measure:
    """The entropy H(p) = −Σ p log p, the mean surprisal under p; 0 log 0 = 0. For two distributions: `kl_divergence`.

    Parameters
    ----------
    p : probabilities along `axis`, summing to one (within 1e-8 in float64, 1e-5 in float32, 1e-2 in float16;
        the value is that of p divided by its sum).
    axis : where the events are, counted in each array by itself; what is left of the shapes is the batch, and
        batches broadcast.
    base : the unit is one digit of information in this base, so 2 for bits; None for nats.
    normalize : accept any positive sum, as of counts.

    Returns
    -------
    A float in [0, log K] for one distribution over K events, an array for a batch.

    Raises
    ------
    ValueError : numbers that are negative, NaN or infinite, nothing at all, sums that are off, or a base ≤ 1.
    TypeError : anything that is not an array of real numbers.

    References
    ----------
    C. E. Shannon, A mathematical theory of communication, 1948.

    Examples
    --------
    >>> entropy([0.5, 0.25, 0.25], base=2)
    1.5
    >>> entropy([[1, 0], [7, 7]], normalize=True, base=2).tolist()
    [0.0, 1.0]
    """
    unit = nats_per_unit(base)
    of = distributions(p, "p", axis, normalize)
    return scalar_if_one(mean_surprisal(of, of) / unit, of.batch)


@extended_reals
def cross_entropy(
    p: ArrayLike, q: ArrayLike, *, axis: int = -1, base: float | None = None, normalize: bool = False
) -> Measure:
    """The cross-entropy H(p, q) = −Σ p log q, the mean under p of q's surprisal; ∞ where q = 0 < p.

    Parameters
    ----------
    p, q : probabilities along `axis`, as many in q as in p, each summing to one as `entropy` says.
    axis, base, normalize : as in `entropy`.

    Returns
    -------
    A float ≥ H(p) for one pair, an array for a batch.

    Raises
    ------
    ValueError, TypeError : as `entropy` does; also where p and q differ in the number of events.

    References
    ----------
    T. M. Cover and J. A. Thomas, Elements of Information Theory, 2006, chapters 2 and 5.

    Examples
    --------
    >>> cross_entropy([0.5, 0.5], [0.25, 0.75], base=2) == 0.5 * 2 + 0.5 * information(0.75, base=2)
    True
    >>> cross_entropy([0.5, 0.5], [1, 0])
    inf
    """
    unit = nats_per_unit(base)
    w, v = _pair(p, q, axis, normalize)
    return scalar_if_one(mean_surprisal(w, v) / unit, w.batch)


@extended_reals
def kl_divergence(
    p: ArrayLike, q: ArrayLike, *, axis: int = -1, base: float | None = None, normalize: bool = False
) -> Measure:
    """The Kullback–Leibler divergence D(p‖q) = Σ p log(p/q): the price of believing q where p is true.

    0 log 0 = 0, and D = ∞ exactly where q = 0 < p for some event. D ≥ 0, with D = 0 only for p = q, or so close
    to it that D is below rounding, some 1e-40. The value is that of p and q divided by their sums, and right to
    eleven digits even where p and q agree in nine. The only clipping: where q is p times a factor, a last rounding
    below zero becomes 0.

    Parameters
    ----------
    p, q : probabilities along `axis`, as many in q as in p, each summing to one as `entropy` says.
    axis, base, normalize : as in `entropy`.

    Returns
    -------
    A float in [0, ∞] for one pair, an array for a batch.

    Raises
    ------
    ValueError, TypeError : as `cross_entropy` does.

    References
    ----------
    S. Kullback and R. A. Leibler, On information and sufficiency, 1951.

    Examples
    --------
    >>> round(kl_divergence([3, 1], [1, 3], normalize=True, base=2), 6)
    0.792481
    >>> kl_divergence([1, 0], [0.5, 0.5], base=2), kl_divergence([0.5, 0.5], [1, 0])
    (1.0, inf)
    >>> kl_divergence([1, 0], [[1, 0], [0.5, 0.5], [0.25, 0.75]], base=2).tolist()
    [0.0, 1.0, 2.0]
    >>> kl_divergence([1, 0], [[1, 0.5], [0, 0.5]], axis=0, base=2).tolist()
    [0.0, 1.0]
    """
    unit = nats_per_unit(base)
    w, v = _pair(p, q, axis, normalize)
    return scalar_if_one(divergence(w, v, KL) / unit, w.batch)


@extended_reals
def js_divergence(
    p: ArrayLike, q: ArrayLike, *, axis: int = -1, base: float | None = None, normalize: bool = False
) -> Measure:
    """The Jensen–Shannon divergence ½ D(p‖m) + ½ D(q‖m), m = (p + q)/2: symmetric, finite, at most log 2.

    Its square root is a distance.

    Parameters
    ----------
    p, q : probabilities along `axis`, as many in q as in p, each summing to one as `entropy` says.
    axis, base, normalize : as in `entropy`.

    Returns
    -------
    A float in [0, log 2] for one pair, an array for a batch.

    Raises
    ------
    ValueError, TypeError : as `cross_entropy` does.

    References
    ----------
    J. Lin, Divergence measures based on the Shannon entropy, 1991.

    Examples
    --------
    >>> js_divergence([1, 0], [0, 1], base=2)
    1.0
    """
    unit = nats_per_unit(base)
    w, v = _pair(p, q, axis, normalize)
    return scalar_if_one(divergence(w, v, JS) / unit, w.batch)


@extended_reals
def renyi_divergence(
    p: ArrayLike,
    q: ArrayLike,
    alpha: float,
    *,
    axis: int = -1,
    base: float | None = None,
    normalize: bool = False,
) -> Measure:
    """The Rényi divergence of order alpha, log(Σ p^α q^(1−α)) / (α − 1), and its limits at 0, 1 and ∞.

    D₀ = −log q(p > 0), D₁ = D(p‖q), D_∞ = log max p/q. It grows with alpha; it is ∞ where p and q share no
    event and, for alpha ≥ 1, where q = 0 < p for some event.

    Parameters
    ----------
    p, q : probabilities along `axis`, as many in q as in p, each summing to one as `entropy` says.
    alpha : the order, in [0, ∞].
    axis, base, normalize : as in `entropy`.

    Returns
    -------
    A float in [0, ∞] for one pair, an array for a batch.

    Raises
    ------
    ValueError, TypeError : as `cross_entropy` does; also a ValueError where alpha is negative or NaN, and a TypeError
        where it is not one number: one order a call.

    References
    ----------
    T. van Erven and P. Harremoës, Rényi divergence and Kullback–Leibler divergence, 2014.

    Examples
    --------
    >>> renyi_divergence([0.5, 0.5, 0], [0.25, 0.25, 0.5], 2, base=2)
    1.0
    >>> renyi_divergence([0.5, 0.5], [1, 0], 0), renyi_divergence([0.5, 0.5], [1, 0], 1)
    (0.0, inf)
    """
    unit = nats_per_unit(base)
    order = real_number(alpha, "alpha")
    if not order >= 0:
        raise ValueError(f"alpha must be in [0, ∞], but found {alpha!r}")
    w, v = _pair(p, q, axis, normalize)
    return scalar_if_one(renyi(w, v, order) / unit, w.batch)


@extended_reals
def kl_divergence_from_logits(
    p_logits: ArrayLike, q_logits: ArrayLike, *, axis: int = -1, base: float | None = None
) -> Measure:
    """D(p‖q) of p ∝ exp(p_logits) and q ∝ exp(q_logits), also where the probabilities underflow.

    A logit of −∞ is an event of probability 0. D = ∞ exactly where a logit of q is −∞ and that of p is not.

    Parameters
    ----------
    p_logits, q_logits : log-probabilities along `axis`, up to a constant that need not be known.
    axis, base : as in `entropy`.

    Returns
    -------
    A float in [0, ∞] for one pair, an array for a batch.

    Raises
    ------
    ValueError : logits that are NaN, ∞ or beyond ±4.4e307, nothing but −∞, different numbers of events, or a
        base ≤ 1.
    TypeError : anything that is not an array of real numbers.

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham, Accurately computing the log-sum-exp and softmax functions,
    2021.

    Examples
    --------
    >>> kl_divergence_from_logits([0, 0], [-1000, -1000])
    0.0
    >>> kl_divergence_from_logits([0, -1e5], [-1e5, 0])
    100000.0
    """
    unit = nats_per_unit(base)
    w, v = logits(p_logits, "p_logits", axis), logits(q_logits, "q_logits", axis)
    w, v = paired(w, v, "p_logits and q_logits")
    return scalar_if_one(kl_of_logits(w, v) / unit, w.batch)


def _pair(p: ArrayLike, q: ArrayLike, axis: int, normalize: bool) -> tuple[Distributions, Distributions]:
    return paired(distributions(p, "p", axis, normalize), distributions(q, "q", axis, normalize), "p and q")
