"""Kullback–Leibler divergence between normal distributions, in closed form."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from klhelpers._arguments import broadcast, finite, nats_per_unit, positive, refuse, scalar_if_one
from klhelpers._divergences import NEAR, phi
from klhelpers._rows import TINY

if TYPE_CHECKING:
    from klhelpers._rows import Floats
    from klhelpers.discrete import Measure


@np.errstate(all="ignore")
def kl_normal(
    mu1: ArrayLike, sigma1: ArrayLike, mu2: ArrayLike, sigma2: ArrayLike, *, base: float | None = None
) -> Measure:
    """D(N(μ₁, σ₁²)‖N(μ₂, σ₂²)) = ½ [((μ₁ − μ₂)/σ₂)² + σ₁²/σ₂² − 1 − log(σ₁²/σ₂²)].

    Right to thirteen digits also where the two are nearly equal or their scales differ by many powers of ten.

    Parameters
    ----------
    mu1, mu2 : means, finite.
    sigma1, sigma2 : standard deviations (not variances), finite and > 0.
    base : the unit is one digit of information in this base, so 2 for bits; None for nats.

    Returns
    -------
    A float ≥ 0, or an array where the arguments are arrays, broadcast against each other; ∞ only where the
    value is beyond the largest float.

    Raises
    ------
    ValueError : means that are not finite, σ that are not finite and > 0, shapes that do not broadcast, or a
        base ≤ 1.
    TypeError : anything that is not real numbers.

    References
    ----------
    S. Kullback, Information Theory and Statistics, 1959, chapter 9.

    Examples
    --------
    >>> kl_normal(1, 1, 0, 1)
    0.5
    >>> round(kl_normal(0, 1, 1, 2), 6)
    0.443147
    """
    unit = nats_per_unit(base)
    m1, s1, m2, s2 = broadcast(
        mu1=finite(mu1, "mu1"),
        sigma1=positive(sigma1, "sigma1"),
        mu2=finite(mu2, "mu2"),
        sigma2=positive(sigma2, "sigma2"),
    )
    shift = (m1 - m2) / s2
    # The difference of two huge means may leave float64's range where the quotient does not.
    shift = np.where(np.isinf(shift), 2 * ((m1 / 2 - m2 / 2) / s2), shift)
    value: Floats = (shift * shift + _scale_term(s1, s2)) / 2
    return scalar_if_one(value / unit, value.shape)


def _scale_term(s1: Floats, s2: Floats) -> Floats:
    """σ₁²/σ₂² − 1 − log(σ₁²/σ₂²) = φ(σ₁²/σ₂² − 1)."""
    a = (s1 - s2) / s2
    u = a * (2 + a)
    ratio = s1 / s2
    log_ratio = np.where((ratio < TINY) | np.isinf(ratio), np.log(s1) - np.log(s2), np.log(ratio))
    return np.where(np.abs(u) < NEAR, phi(u), ratio * ratio - 1 - 2 * log_ratio)


@np.errstate(all="ignore")
def kl_multivariate_normal(
    mu1: ArrayLike, cov1: ArrayLike, mu2: ArrayLike, cov2: ArrayLike, *, base: float | None = None
) -> float:
    """D(N(μ₁, Σ₁)‖N(μ₂, Σ₂)) = ½ [(μ₁−μ₂)ᵀΣ₂⁻¹(μ₁−μ₂) + tr(Σ₂⁻¹Σ₁) − d − log(det Σ₁ / det Σ₂)].

    As exact as the condition of Σ₂ allows, also where the two are nearly equal.

    Parameters
    ----------
    mu1, mu2 : means, of shape (d,), finite.
    cov1, cov2 : covariance matrices, of shape (d, d), finite, symmetric and positive definite; for d = 1 they hold
        the square of `kl_normal`'s σ.
    base : the unit is one digit of information in this base, so 2 for bits; None for nats.

    Returns
    -------
    A float ≥ 0; ∞ only where the value is beyond the largest float.

    Raises
    ------
    ValueError : numbers that are not finite, shapes that do not fit, matrices that are not symmetric (within
        1e-8 of their largest number) or, to float64, not positive definite; base ≤ 1.
    TypeError : anything that is not real numbers.

    References
    ----------
    S. Kullback, Information Theory and Statistics, 1959, chapter 9.

    Examples
    --------
    >>> kl_multivariate_normal([1, 0], [[1, 0], [0, 1]], [0, 0], [[1, 0], [0, 1]])
    0.5
    >>> kl_multivariate_normal([0], [[1]], [1], [[4]]) == kl_normal(0, 1, 1, 2)
    True
    """
    from scipy.linalg import solve_triangular

    unit = nats_per_unit(base)
    m1, m2 = _vector(mu1, "mu1"), _vector(mu2, "mu2")
    s1, lower1 = _covariance(cov1, "cov1", len(m1))
    s2, lower2 = _covariance(cov2, "cov2", len(m1))
    if m1.shape != m2.shape:
        raise ValueError(f"mu1 and mu2 must have the same shape, but found {m1.shape} and {m2.shape}")
    # In units of the standard deviations of the second; where a marginal is infinitely far then, all is.
    units = np.sqrt(s2.diagonal())
    second = units[:, None]
    shift, spread = (m1 - m2) / units, lower1 / second
    if not (np.all(np.isfinite(shift)) and np.all(np.isfinite(spread))):
        return math.inf

    def solve(right: Floats) -> Floats:
        solution: Floats = solve_triangular(lower2 / second, right, lower=True, check_finite=False)
        return solution

    # Where Σ₁ − Σ₂ leaves float64's range, so does this or it is NaN: not small in either case.
    difference = solve(solve((s1 - s2) / second / units).T)  # L₂⁻¹ (Σ₁ − Σ₂) L₂⁻ᵀ
    if np.linalg.norm(difference) < 0.9:
        u: Floats = np.linalg.eigvalsh((difference + difference.T) / 2).astype(np.float64)
        scale = np.sum(np.where(np.abs(u) < NEAR, phi(u), u - np.log1p(u)))
    else:
        relative = solve(spread)  # L₂⁻¹ L₁
        scale = np.sum(relative * relative) - len(m1) - 2 * np.sum(np.log(np.diag(relative)))
    shift = solve(shift)
    return float((shift @ shift + scale) / 2 / unit)


def _vector(values: ArrayLike, name: str) -> Floats:
    vector = finite(values, name)
    if vector.ndim != 1:
        remedy = ": for one dimension use kl_normal, or write [0] and [[1]]" if vector.ndim == 0 else ""
        raise ValueError(f"{name} must have shape (d,), but found {vector.shape}{remedy}")
    return vector


def _covariance(values: ArrayLike, name: str, dimension: int) -> tuple[Floats, Floats]:
    """The matrix and its Cholesky factor."""
    matrix = finite(values, name)
    if matrix.shape != (dimension, dimension):
        remedies = {
            (): f": write {name} * np.eye({dimension})",
            (dimension,): f": write np.diag({name}) for variances",
        }
        found = f"{matrix.shape}{remedies.get(matrix.shape, '')}"
        raise ValueError(f"{name} must have shape {(dimension, dimension)}, but found {found}")
    off = np.abs(matrix / 2 - matrix.T / 2)
    tolerance = 1e-8 * np.abs(matrix).max()
    if np.any(off > tolerance / 2):
        i, j = (int(at) for at in np.unravel_index(np.argmax(off > tolerance / 2), off.shape))
        found = f"{matrix[i, j]} at index {(i, j)} and {matrix[j, i]} at {(j, i)}"
        raise ValueError(f"{name} must be symmetric within {tolerance:.3g}, but found {found}")
    matrix = matrix / 2 + matrix.T / 2
    refuse(matrix.diagonal(), matrix.diagonal() > 0, f"the diagonal of {name}", "> 0")
    try:
        lower = np.linalg.cholesky(matrix).astype(np.float64)
    except np.linalg.LinAlgError:
        lower = np.zeros_like(matrix)
    # What is left of each variance once the others are known; below rounding, it could be anything.
    left = lower.diagonal() ** 2 / matrix.diagonal()
    if np.min(left) <= dimension * np.finfo(np.float64).eps:
        values = np.linalg.eigvalsh(matrix)
        found = f"eigenvalues from {values[0]:.3g} to {values[-1]:.3g}"
        raise ValueError(f"{name} must be positive definite to float64, but found {found}")
    return matrix, lower
