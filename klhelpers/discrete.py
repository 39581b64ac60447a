"""Measures of information for discrete distributions, given as arrays of probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from klhelpers._validate import Floats, nats_per_unit, probabilities, scalar_if_one


def _surprisal(p: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return -np.log(p) + 0.0


def _mean(p: Floats, values: Floats) -> Floats:
    """E_p[values], where an event that never happens contributes nothing (0 log 0 = 0)."""
    return np.asarray(np.sum(p * np.where(p > 0, values, 0.0), axis=-1))


def information(p: ArrayLike, *, base: float | None = None) -> float | Floats:
    """The surprisal −log p of events of probability p, elementwise; ∞ where p = 0.

    >>> information(0.5, base=2)
    1.0
    """
    probability = np.asarray(p, dtype=np.float64)
    if not np.all((probability >= 0) & (probability <= 1)):
        raise ValueError(f"p must hold probabilities in [0, 1], but found {p!r}")
    return scalar_if_one(_surprisal(probability) / nats_per_unit(base))


def entropy(
    p: ArrayLike, *, axis: int = -1, base: float | None = None, normalize: bool = False
) -> float | Floats:
    """The entropy H(p) = −Σ p log p: the mean surprisal under p.

    >>> entropy([0.5, 0.25, 0.25], base=2)
    1.5
    """
    p = probabilities(p, "p", axis, normalize)
    return scalar_if_one(_mean(p, _surprisal(p)) / nats_per_unit(base))


def cross_entropy(
    p: ArrayLike, q: ArrayLike, *, axis: int = -1, base: float | None = None, normalize: bool = False
) -> float | Floats:
    """The cross-entropy H(p, q) = −Σ p log q: the mean under p of q's surprisal; ∞ where q = 0 < p.

    >>> cross_entropy([0.5, 0.5], [0.25, 0.75], base=2) > entropy([0.5, 0.5], base=2)
    True
    """
    p, q = probabilities(p, "p", axis, normalize), probabilities(q, "q", axis, normalize)
    return scalar_if_one(_mean(p, _surprisal(q)) / nats_per_unit(base))


def kl_divergence(
    p: ArrayLike, q: ArrayLike, *, axis: int = -1, base: float | None = None, normalize: bool = False
) -> float | Floats:
    """The Kullback–Leibler divergence D(p‖q) = Σ p log(p/q); ∞ where q = 0 < p.

    >>> kl_divergence([0.5, 0.5], [0.5, 0.5])
    0.0
    """
    p, q = probabilities(p, "p", axis, normalize), probabilities(q, "q", axis, normalize)
    with np.errstate(divide="ignore", invalid="ignore"):
        return scalar_if_one(_mean(p, np.log(p / q)) / nats_per_unit(base))
