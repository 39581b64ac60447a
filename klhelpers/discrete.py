"""Measures of information for discrete distributions, given as arrays of probabilities.

Arrays in and out are numpy's. The first argument is the distribution averaged over.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from klhelpers._arguments import distributions, logits, measured, nats_per_unit, real_array, refuse
from klhelpers._batches import Axis, Distributions, Floats, Logits, floats, kept, over_events, summed
from klhelpers._divergence import Pair, divergence, kl_sum, phi


def information(p: ArrayLike, *, base: float | None = None) -> np.float64 | Floats:
    """Surprisal I(p) = −log p of events of probability p, elementwise: 0 where p = 1, ∞ where p = 0.

    Parameters
    ----------
    p : array_like
        Probabilities in [0, 1], of any shape; they need not sum to one. No rounding is forgiven: 1 + 1e-16 is 1
        already, but 1 + 1e-15 is refused.
    base : float, optional
        The unit is one digit of information in this base, so 2 for bits; None for nats.

    Returns
    -------
    float or ndarray
        A number in [0, ∞] for one probability, otherwise an array of the shape of p.

    Raises
    ------
    ValueError
        If a number is outside [0, 1] or NaN, or base ≤ 1.
    TypeError
        If p is no array of real numbers.

    References
    ----------
    C. E. Shannon, A mathematical theory of communication, 1948.

    Examples
    --------
    >>> information(1 / 8, base=2)
    np.float64(3.0)
    >>> information([1, 0.5, 0], base=2)
    array([ 0.,  1., inf])
    """
    unit = nats_per_unit(base)
    probabilities = real_array(p, "p")
    refuse(probabilities, (probabilities >= 0) & (probabilities <= 1), "p", "in [0, 1]")
    with np.errstate(divide="ignore"):  # log 0 = −∞
        surprisal: np.float64 | Floats = 0.0 - np.log(probabilities, dtype=np.float64) / unit
    return surprisal


def entropy(
    p: ArrayLike,
    *,
    axis: Axis = -1,
    base: float | None = None,
    normalize: bool = False,
    keepdims: bool = False,
) -> np.float64 | Floats:
    """Entropy H(p) = −Σ p log p, the mean surprisal under p; 0 log 0 = 0. For two distributions: `kl_divergence`.

    From 0 where one event is certain to log K where K events are equally likely.

    Parameters
    ----------
    p : array_like
        Probabilities along `axis`, summing to one within 1e-8 (float32: 1e-5, float16: 1e-2).
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
        A number in [0, log K] for one distribution of K events, an array for a batch.

    Raises
    ------
    ValueError
        If a number is negative, NaN or infinite, the sum is off, there are no events, or an option is out of its range.
    TypeError
        If an argument is no array of real numbers of at most 64 bits, or an option of another type.

    References
    ----------
    C. E. Shannon, A mathematical theory of communication, 1948.

    Examples
    --------
    >>> entropy([0.5, 0.25, 0.25], base=2)
    np.float64(1.5)
    >>> entropy([[1, 0], [7, 7]], normalize=True, base=2)
    array([0., 1.])
    """
    read = partial(distributions, normalize=normalize)
    return measured(lambda P: _mean_surprisal(P, P), read, axis, base, keepdims, p=p)


def cross_entropy(
    p: ArrayLike,
    q: ArrayLike,
    *,
    axis: Axis = -1,
    base: float | None = None,
    normalize: bool = False,
    keepdims: bool = False,
) -> np.float64 | Floats:
    """Cross-entropy H(p, q) = −Σ p log q, the mean under p of q's surprisal; ∞ where q = 0 < p.

    Never below H(p), which it is where q = p.

    Parameters
    ----------
    p, q : array_like
        Probabilities along `axis`, summing to one within 1e-8, as many in q as in p.
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
        If p or q is no distribution, they have different numbers of events, batches do not broadcast, or an option
        is out of its range.
    TypeError
        If an argument is no array of real numbers of at most 64 bits, or an option of another type.

    References
    ----------
    T. M. Cover and J. A. Thomas, Elements of Information Theory, 2006, chapters 2 and 5.

    Examples
    --------
    >>> cross_entropy([0.5, 0.5], [0.25, 0.75], base=2) == 0.5 * 2 + 0.5 * information(0.75, base=2)
    np.True_
    >>> cross_entropy([0.5, 0.5], [1, 0])
    np.float64(inf)
    """
    read = partial(distributions, normalize=normalize)
    return measured(_mean_surprisal, read, axis, base, keepdims, p=p, q=q)


def _surprisals(p: Distributions, q: Distributions) -> Floats:
    """Σ w log v over the events that have v ≤ ½, Σ w over the others, and Σ v over the first."""
    w, v = p.weights(), q.weights()
    terms = w * q.logs()
    if np.count_nonzero(w) < w.size:  # pragma: no mutate: only saves time
        terms = np.where(w > 0, terms, 0.0)
    sums = np.zeros((*terms.shape[:-1], 3))
    likely = v > 0.5
    if np.count_nonzero(likely):
        terms, v = np.where(likely, 0.0, terms), np.where(likely, 0.0, v)
        sums[..., 1] = np.add.reduce(np.where(likely, w, 0.0), axis=-1)
    sums[..., 0] = np.add.reduce(terms, axis=-1)
    sums[..., 2] = np.add.reduce(v, axis=-1)
    return sums


def _mean_surprisal(p: Distributions, q: Distributions) -> Floats:
    """−Σ w log v, where log v is log(1 − rest) for an event that is all but certain: v has not the digits of rest."""
    unlikely, certain, rest = np.split(over_events(np.add, _surprisals, p, q), 3, axis=-1)
    return np.where(certain > 0, -unlikely - certain * np.log1p(-rest), -unlikely)


def kl_divergence(
    p: ArrayLike,
    q: ArrayLike,
    *,
    axis: Axis = -1,
    base: float | None = None,
    normalize: bool = False,
    keepdims: bool = False,
) -> np.float64 | Floats:
    """Kullback–Leibler divergence D(p‖q) = Σ p log(p/q): the price of believing q where p is true.

    0 log 0 = 0, and D = ∞ exactly where q = 0 < p for some event. D ≥ 0, with D = 0 only for p = q, or so close to
    it that D is below rounding, some 1e-40. The value is that of p and q divided by their sums, and right to
    thirteen digits even where p and q agree in nine. The only clipping: where q is p times a factor, a last rounding
    below zero becomes 0. Where probabilities may underflow: `kl_divergence_from_logits`.

    Parameters
    ----------
    p, q : array_like
        Probabilities along `axis`, summing to one within 1e-8 (float32: 1e-5, float16: 1e-2), as many in q as in p.
    axis : int, tuple of ints or None, optional
        Where the events are, counted in each array by itself; by default the last axis, with None all. What is left
        of the shapes is the batch, and batches broadcast; an empty one gives an empty array.
    base : float, optional
        The unit is one digit of information in this base, so 2 for bits; None for nats.
    normalize : bool, optional
        Accept any positive sums, as of counts. Integers beyond 2**53 lose their last digits.
    keepdims : bool, optional
        Leave the axes of the events in the result, with size one.

    Returns
    -------
    float or ndarray
        A number in [0, ∞] for one pair, an array for a batch.

    Raises
    ------
    ValueError
        If a number is negative, NaN or infinite, a sum is off, there are no events or different numbers of them,
        both label them, as pandas does, but not alike, batches do not broadcast, or an option is out of its range.
    TypeError
        If an argument is no array of real numbers of at most 64 bits, or an option of another type.

    References
    ----------
    S. Kullback and R. A. Leibler, On information and sufficiency, 1951.

    Examples
    --------
    >>> kl_divergence([3, 1], [1, 3], normalize=True, base=2).round(6)
    np.float64(0.792481)
    >>> kl_divergence([1, 0], [[1, 0], [0.5, 0.5], [0, 1]], base=2)
    array([ 0.,  1., inf])
    >>> kl_divergence([1, 0], [[1, 0.5], [0, 0.5]], axis=0, base=2)
    array([0., 1.])
    """
    read = partial(distributions, normalize=normalize)
    return measured(partial(divergence, kl_sum), read, axis, base, keepdims, p=p, q=q)


def js_divergence(
    p: ArrayLike,
    q: ArrayLike,
    *,
    axis: Axis = -1,
    base: float | None = None,
    normalize: bool = False,
    keepdims: bool = False,
) -> np.float64 | Floats:
    """Jensen–Shannon divergence ½ D(p‖m) + ½ D(q‖m), m = (p + q)/2: symmetric, finite, at most log 2.

    Its square root is a distance.

    Parameters
    ----------
    p, q : array_like
        Probabilities along `axis`, summing to one within 1e-8, as many in q as in p.
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
        A number in [0, log 2] for one pair, an array for a batch.

    Raises
    ------
    ValueError
        If p or q is no distribution, they have different numbers of events, batches do not broadcast, or an option
        is out of its range.
    TypeError
        If an argument is no array of real numbers of at most 64 bits, or an option of another type.

    References
    ----------
    J. Lin, Divergence measures based on the Shannon entropy, 1991.

    Examples
    --------
    >>> js_divergence([1, 0], [0, 1], base=2)
    np.float64(1.0)
    """
    read = partial(distributions, normalize=normalize)
    return measured(partial(divergence, _js_sum, curvature=0.25), read, axis, base, keepdims, p=p, q=q)


def _js_sum(pair: Pair) -> Floats:
    """½ Σ p log(p/m) + ½ Σ q log(q/m)."""
    p, q, d, _ = pair
    m = kept((p + q) / 2, p + q)  # halved, the smallest float is 0
    from_p = Pair(p, m, d / 2, lambda: np.log(m) - np.log(p))
    from_q = Pair(q, m, -d / 2, lambda: np.log(m) - np.log(q))
    return (kl_sum(from_p) + kl_sum(from_q)) / 2


def kl_divergence_from_logits(
    p_logits: ArrayLike,
    q_logits: ArrayLike,
    *,
    axis: Axis = -1,
    base: float | None = None,
    keepdims: bool = False,
) -> np.float64 | Floats:
    """D(p‖q) of p ∝ exp(p_logits) and q ∝ exp(q_logits), also where the probabilities underflow.

    A logit of −∞ is an event of probability 0. D = ∞ exactly where a logit of q is −∞ and that of p is not.

    Parameters
    ----------
    p_logits, q_logits : array_like
        Log-probabilities along `axis`, as many in q as in p, up to a constant that need not be known.
    axis : int, tuple of ints or None, optional
        Where the events are; by default the last axis, with None all. What is left of the shapes is the batch.
    base : float, optional
        The unit is one digit of information in this base, so 2 for bits; None for nats.
    keepdims : bool, optional
        Leave the axes of the events in the result, with size one.

    Returns
    -------
    float or ndarray
        A number in [0, ∞] for one pair, an array for a batch.

    Raises
    ------
    ValueError
        If a logit is NaN, ∞ or beyond ±4.4e307, all are −∞, there are different numbers of them, batches do not
        broadcast, or an option is out of its range.
    TypeError
        If an argument is no array of real numbers of at most 64 bits, or an option of another type.

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham, Accurately computing the log-sum-exp and softmax functions, 2021.

    Examples
    --------
    >>> kl_divergence_from_logits([0, 0], [-1000, -1000])
    np.float64(0.0)
    >>> kl_divergence_from_logits([0, -1e5], [-1e5, 0])
    np.float64(100000.0)
    """
    return measured(_of_logits, logits, axis, base, keepdims, p_logits=p_logits, q_logits=q_logits)


def _of_logits(p: Logits, q: Logits) -> Floats:
    sums, drift = np.split(over_events(np.add, _logit_sums, p, q), 2, axis=-1)
    # The normalisers are rounded, which adds ½ drift² to second order.
    return np.maximum(sums - drift * drift / 2, 0.0)


def _logit_sums(p: Logits, q: Logits) -> Floats:
    """Σ w φ(v/w − 1) and Σ v − w, where log(v/w) is known better than w and v."""
    a, b = np.broadcast_arrays(floats(p.values), floats(q.values))
    w, v = np.exp(a - p.tops) / p.totals, np.exp(b - q.tops) / q.totals
    # Differences without rounding, so that a common shift of the logits costs no digit.
    step, step_rest = _difference(b, a)
    shift, shift_rest = _difference(q.tops, p.tops)
    rest = step_rest - (shift_rest + np.log(q.totals / p.totals))
    x = np.where(np.isfinite(step), (step - shift) + rest, step)
    d = np.where((x > 1) | (w == 0), v - w, w * np.expm1(x))
    terms = phi(w, d, x)
    terms = np.where(w > 0, terms, v)
    terms = np.where((b == -np.inf) & (a > -np.inf), np.inf, terms)
    return np.concatenate([summed(terms), summed(d)], axis=-1)


def _difference(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The rounded difference x − y and what rounding took from it (Knuth)."""
    rounded = x - y
    back = rounded - x
    return rounded, (x - (rounded - back)) - (y + back)
