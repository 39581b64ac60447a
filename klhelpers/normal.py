"""Kullback–Leibler divergence between normal distributions, in closed form. Arrays in and out are numpy's."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from klhelpers._arguments import at_index, broadcast, finite, nats_per_unit, positive, refuse
from klhelpers._batches import TINY, Floats
from klhelpers._divergence import phi


def kl_normal(
    mu1: ArrayLike, sigma1: ArrayLike, mu2: ArrayLike, sigma2: ArrayLike, *, base: float | None = None
) -> np.float64 | Floats:
    """D(N(μ₁, σ₁²)‖N(μ₂, σ₂²)) = ½ [((μ₁ − μ₂)/σ₂)² + σ₁²/σ₂² − 1 − log(σ₁²/σ₂²)].

    Right to thirteen digits also where the two are nearly equal or their scales differ by many powers of ten.

    Parameters
    ----------
    mu1, mu2 : array_like
        Means, finite.
    sigma1, sigma2 : array_like
        Standard deviations (not variances), finite and > 0. All four broadcast against each other.
    base : float, optional
        The unit is one digit of information in this base, so 2 for bits; None for nats.

    Returns
    -------
    float or ndarray
        A number ≥ 0 for numbers, otherwise an array; ∞ only where the value is beyond the largest float.

    Raises
    ------
    ValueError
        If a mean is not finite, a σ not finite and > 0, shapes do not broadcast, or base ≤ 1.
    TypeError
        If an argument is no array of real numbers.

    References
    ----------
    S. Kullback, Information Theory and Statistics, 1959, chapter 9.

    Examples
    --------
    >>> kl_normal(1, 1, 0, 1)
    np.float64(0.5)
    >>> kl_normal(0, 1, [0, 1], [1, 2]).round(6)
    array([0.      , 0.443147])
    """
    unit = nats_per_unit(base)
    m1, s1, m2, s2 = broadcast(
        mu1=finite(mu1, "mu1"),
        sigma1=positive(sigma1, "sigma1"),
        mu2=finite(mu2, "mu2"),
        sigma2=positive(sigma2, "sigma2"),
    )
    with np.errstate(all="ignore"):  # what leaves float64's range on the way is put right
        shift = (m1 - m2) / s2
        # The difference of two huge means may leave float64's range where the quotient does not.
        shift = np.where(np.isinf(shift), 2 * ((m1 / 2 - m2 / 2) / s2), shift)
        a = (s1 - s2) / s2
        u = a * (2 + a)  # σ₁²/σ₂² − 1
        ratio = s1 / s2
        inside = (ratio >= TINY) & np.isfinite(ratio)  # pragma: no mutate: at the border both ways are right
        log_ratio = np.where(inside, np.log(ratio), np.log(s1) - np.log(s2))
        divergence: Floats = (shift * shift + phi(1.0, u, 2 * log_ratio)) / 2 / unit
    return divergence[()]


def kl_multivariate_normal(
    mu1: ArrayLike, cov1: ArrayLike, mu2: ArrayLike, cov2: ArrayLike, *, base: float | None = None
) -> np.float64 | Floats:
    """D(N(μ₁, Σ₁)‖N(μ₂, Σ₂)) = ½ [(μ₁−μ₂)ᵀΣ₂⁻¹(μ₁−μ₂) + tr(Σ₂⁻¹Σ₁) − d − log(det Σ₁ / det Σ₂)].

    As exact as the conditions of Σ₁ and Σ₂ allow, also where the two are nearly equal: the relative error is some
    1e-15, or 1e-16 times the larger of their condition numbers.

    Parameters
    ----------
    mu1, mu2 : array_like
        Means, of shape (…, d), finite.
    cov1, cov2 : array_like
        Covariance matrices, of shape (…, d, d), finite, symmetric and positive definite; for d = 1 they hold the
        square of `kl_normal`'s σ. What comes before d is a batch, and the four batches broadcast.
    base : float, optional
        The unit is one digit of information in this base, so 2 for bits; None for nats.

    Returns
    -------
    float or ndarray
        A number ≥ 0 for one pair, an array for a batch; ∞ as of `kl_normal`.

    Raises
    ------
    ValueError
        If a number is not finite, shapes do not fit, a matrix is not symmetric (within 1e-8 of its largest number)
        or, to float64, not positive definite, or base ≤ 1.
    TypeError
        If an argument is no array of real numbers.

    References
    ----------
    S. Kullback, Information Theory and Statistics, 1959, chapter 9.

    Examples
    --------
    >>> kl_multivariate_normal([1, 0], [[1, 0], [0, 1]], [0, 0], [[1, 0], [0, 1]])
    np.float64(0.5)
    >>> kl_multivariate_normal([[0], [1]], [[1]], [0], [[1]])
    array([0. , 0.5])
    """
    unit = nats_per_unit(base)
    m1, m2 = _vectors(mu1, "mu1"), _vectors(mu2, "mu2")
    d = m1.shape[-1]
    if d != m2.shape[-1]:
        raise ValueError(f"mu1 and mu2 must have the same shape, but found {m1.shape} and {m2.shape}")
    s1, lower1 = _covariances(cov1, "cov1", d)
    s2, lower2 = _covariances(cov2, "cov2", d)
    try:
        np.broadcast_shapes(m1.shape[:-1], s1.shape[:-2], m2.shape[:-1], s2.shape[:-2])
    except ValueError:
        shapes = ", ".join(str(x.shape) for x in (m1, s1, m2, s2))
        raise ValueError(
            f"mu1, cov1, mu2, cov2 must have batches that broadcast, but found shapes {shapes}"
        ) from None
    with np.errstate(all="ignore"):
        divergence: np.float64 | Floats = (_divergence(m1, s1, lower1, m2, s2, lower2) / unit)[()]
    return divergence


def _divergence(m1: Floats, s1: Floats, lower1: Floats, m2: Floats, s2: Floats, lower2: Floats) -> Floats:
    """The divergence, from the covariances and their Cholesky factors L₁ and L₂."""
    # In units of the standard deviations of the second; where a marginal is infinitely far then, all is.
    units = np.sqrt(_diagonal(s2))[..., np.newaxis]
    shift, spread, lower2 = (m1 - m2)[..., np.newaxis] / units, lower1 / units, lower2 / units
    reached = np.isfinite(shift).all((-2, -1)) & np.isfinite(spread).all((-2, -1))
    # Where Σ₁ − Σ₂ leaves float64's range, so does this or it is NaN: not small in either case.
    difference = np.linalg.solve(lower2, (s1 - s2) / units / units.mT)  # L₂⁻¹ (Σ₁ − Σ₂) L₂⁻ᵀ
    difference = np.linalg.solve(lower2, difference.mT)
    size = np.linalg.norm(difference, axis=(-2, -1))
    small = size < 0.9  # pragma: no mutate: about there both ways are right
    rest = np.where(small[..., np.newaxis, np.newaxis], difference + difference.mT, 0.0)
    u: NDArray[Any] = np.linalg.eigvalsh(rest / 2)
    relative = np.linalg.solve(lower2, np.where(np.isfinite(spread), spread, 0.0))  # L₂⁻¹ L₁
    trace, logs = (relative * relative).sum((-2, -1)), (1 + 2 * np.log(_diagonal(relative))).sum(-1)
    scale = np.where(small, phi(1.0, u, np.log1p(u)).sum(-1), trace - logs)
    distance = np.linalg.solve(lower2, np.where(np.isfinite(shift), shift, 0.0))[..., 0]
    return np.where(reached, ((distance * distance).sum(-1) + scale) / 2, np.inf)


def _diagonal(matrices: NDArray[Any]) -> NDArray[Any]:
    return np.diagonal(matrices, axis1=-2, axis2=-1)


def _vectors(values: ArrayLike, name: str) -> Floats:
    vectors = finite(values, name)
    if vectors.ndim == 0 or vectors.shape[-1] == 0:
        remedy = ": for one dimension use kl_normal, or write [0] and [[1]]" if vectors.ndim == 0 else ""
        raise ValueError(f"{name} must have shape (d,), but found {vectors.shape}{remedy}")
    return vectors


def _covariances(values: ArrayLike, name: str, d: int) -> tuple[Floats, Floats]:
    """The matrices and their Cholesky factors."""
    matrices = finite(values, name)
    if matrices.shape[-2:] != (d, d):
        remedies = {(): f": write {name} * np.eye({d})", (d,): f": write np.diag({name}) for variances"}
        found = f"{matrices.shape}{remedies.get(matrices.shape, '')}"
        raise ValueError(f"{name} must have shape {(d, d)}, but found {found}")
    tolerance = 1e-8 * np.abs(matrices).max((-2, -1), keepdims=True)
    off = np.abs(matrices / 2 - matrices.mT / 2) > tolerance / 2
    if np.any(off):
        at = tuple(int(i) for i in np.unravel_index(np.argmax(off), off.shape))
        mirrored = (*at[:-2], at[-1], at[-2])
        found = f"{matrices[at]} at index {at} and {matrices[mirrored]} at {mirrored}"
        allowed = tolerance[(*at[:-2], 0, 0)]
        raise ValueError(f"{name} must be symmetric within {allowed:.3g}, but found {found}")
    matrices = matrices / 2 + matrices.mT / 2
    variances = _diagonal(matrices)
    refuse(variances, variances > 0, f"the diagonal of {name}", "> 0")
    try:
        lower: NDArray[Any] = np.linalg.cholesky(matrices)
    except np.linalg.LinAlgError:
        lower = np.zeros_like(matrices)
    # What is left of each variance once the others are known; below rounding, it could be anything.
    left = _diagonal(lower) ** 2 / variances
    if np.any(left <= d * np.finfo(np.float64).eps):
        eigenvalues = np.linalg.eigvalsh(matrices)
        least, largest = eigenvalues[..., 0], eigenvalues[..., -1]
        worst = np.unravel_index(np.argmin(least / largest), least.shape)
        found = f"eigenvalues from {least[worst]:.3g} to {largest[worst]:.3g}{at_index(worst)}"
        raise ValueError(f"{name} must be positive definite to float64, but found {found}")
    return matrices, lower
