"""Mixtures of normals P, and the normals Q closest to them in either direction. Arrays in and out are numpy's."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from typing import NamedTuple, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from klhelpers._arguments import broadcast, distributions, finite, nats_per_unit, positive, real_array, refuse
from klhelpers._batches import Floats
from klhelpers._expectation import Parts, expect_log, minima
from klhelpers.normal import kl_normal

# Means and standard deviations of mixtures are at most this, and standard deviations at least its inverse.
LARGEST = 1e150
# Farther apart than so many of the smallest σ, rounding hides the minima that cover several components.
FARTHEST = 1e4


class Fit(NamedTuple):
    """A normal N(mu, sigma²) that is close to a mixture P, a plain tuple; kl is the divergence that was minimised.

    That is D(P‖N) where `fit_forward` made it and D(N‖P) where `fit_reverse` did, in nats.
    """

    mu: float
    sigma: float
    kl: float


@dataclass(frozen=True, eq=False)
class NormalMixture:
    """The density Σ wₖ N(x; mₖ, sₖ²).

    The parameters can be read, and not changed. Two mixtures are equal only if they are the same object.

    Parameters
    ----------
    weights : array_like
        Probabilities, summing to one within 1e-8; kept divided by their sum.
    means, sigmas : array_like
        As many means (within ±1e150) and standard deviations (from 1e-150 to 1e150).

    Raises
    ------
    ValueError
        If the weights are no distribution, a parameter is not as said, or the lengths differ.
    TypeError
        If a parameter is no array of real numbers.

    References
    ----------
    G. McLachlan and D. Peel, Finite Mixture Models, 2000.

    Examples
    --------
    >>> P = NormalMixture([0.4, 0.6], [-1, 3], [1, 1])
    >>> P.mean().round(6), P.var().round(6)
    (np.float64(1.4), np.float64(4.84))
    >>> P.pdf(0).round(6)
    np.float64(0.099447)
    """

    weights: Floats
    means: Floats
    sigmas: Floats

    def __init__(self, weights: ArrayLike, means: ArrayLike, sigmas: ArrayLike) -> None:
        """Check the parameters and keep copies of them."""
        if (dimensions := real_array(weights, "weights").ndim) != 1:
            single = "one number; for one component write NormalMixture([1], [mean], [sigma])"
            found = f"{dimensions} dimensions" if dimensions else single
            raise ValueError(f"weights must be a list or 1-d array, but found {found}")
        given = distributions(weights, "weights", 0, normalize=False, remedy="divide them by their sum")
        columns = {
            "weights": np.array(given.weights()),
            "means": finite(means, "means"),
            "sigmas": positive(sigmas, "sigmas"),
        }
        if len({column.shape for column in columns.values()}) > 1:
            found = ", ".join(str(column.shape) for column in columns.values())
            singles = [name for name in ("means", "sigmas") if columns[name].ndim == 0]
            remedies = [f": write [{name[:-1]}] * {given.events[0]} for equal {name}" for name in singles]
            if columns["means"].ndim > 1:  # as scikit-learn fits them
                remedies = [": write means.ravel(), and np.sqrt(covariances).ravel() for sigmas"]
            raise ValueError(
                f"weights, means, sigmas must have one length, but found shapes {found}{''.join(remedies[:1])}"
            )
        # Squares of these, and quotients, are within float64's range.
        refuse(columns["means"], np.abs(columns["means"]) <= LARGEST, "means", f"within ±{LARGEST:g}")
        inside = np.abs(np.log(columns["sigmas"])) <= math.log(LARGEST)
        refuse(columns["sigmas"], inside, "sigmas", f"between {1 / LARGEST:g} and {LARGEST:g}")
        for name, column in columns.items():
            column.setflags(write=False)
            object.__setattr__(self, name, column)

    def logpdf(self, x: ArrayLike) -> np.float64 | Floats:
        """The logarithm of the density at x; −∞ at ±∞ and where it is below float64's range.

        x is a number or an array of any shape, and so is the value. NaN is a ValueError.
        """
        at = real_array(x, "x").astype(np.float64)
        refuse(at, ~np.isnan(at), "x", "a number")
        return _parts(self).log_density(at)

    def pdf(self, x: ArrayLike) -> np.float64 | Floats:
        """The density at x, a number or an array as in `logpdf`."""
        density: np.float64 | Floats = np.exp(self.logpdf(x))
        return density

    def mean(self) -> np.float64:
        """E_P X = Σ wₖ mₖ."""
        origin = self.means[0]  # so that components at one place have that mean, and no rounding of it
        return np.float64(origin + np.vdot(self.weights, self.means - origin))

    def var(self) -> np.float64:
        """Var_P X = Σ wₖ (sₖ² + (mₖ − E_P X)²)."""
        return np.float64(np.vdot(self.weights, self.sigmas**2 + (self.means - self.mean()) ** 2))

    def sample(self, size: int | tuple[int, ...], rng: np.random.Generator | int | None = None) -> Floats:
        """Independent draws: an array of `size` of them, or of that shape.

        `rng` is a generator, or a seed ≥ 0 for the same draws each time, or None for other draws each time. What is
        neither is a TypeError, and a negative size or seed a ValueError.
        """
        shape = size if isinstance(size, tuple) else (size,)
        for name, number in [("size", n) for n in shape] + [("rng", rng)] * (isinstance(rng, SupportsIndex)):
            if not isinstance(number, SupportsIndex):
                raise TypeError(f"size must be an integer or a tuple of them, but found {size!r}")
            if operator.index(number) < 0:
                raise ValueError(f"{name} must be >= 0, but found {number}")
        if not (rng is None or isinstance(rng, np.random.Generator | SupportsIndex)):
            raise TypeError(f"rng must be a numpy Generator, an integer or None, but found {rng!r}")
        generator = np.random.default_rng(rng)
        component = generator.choice(len(self.weights), size=size, p=self.weights)
        draws: Floats = generator.normal(self.means[component], self.sigmas[component])
        return draws


def _parts(P: NormalMixture) -> Parts:
    if not isinstance(P, NormalMixture):
        found = type(P).__name__
        raise TypeError(f"P must be a NormalMixture(weights, means, sigmas), but found {found}")
    present = P.weights > 0
    return Parts(P.weights[present], P.means[present], P.sigmas[present])


def forward_kl(
    P: NormalMixture, mu: ArrayLike, sigma: ArrayLike, *, base: float | None = None
) -> np.float64 | Floats:
    """D(P‖N(μ, σ²)) = E_P[log P − log N(μ, σ²)].

    By the Pythagorean identity this is D(P‖N*) + D(N*‖N(μ, σ²)), where N* has the mean and variance of P. The
    error is some 1e-15 times the larger of the value and one, so near zero it is absolute.

    Parameters
    ----------
    P : NormalMixture
        A mixture of normals.
    mu, sigma : array_like
        Means and standard deviations (not variances), which broadcast, finite, sigma > 0.
    base : float, optional
        The unit is one digit of information in this base, so 2 for bits; None for nats.

    Returns
    -------
    float or ndarray
        A number ≥ 0 for numbers, otherwise an array.

    Raises
    ------
    ValueError
        If mu or sigma is not finite, sigma not > 0, shapes do not broadcast, or base ≤ 1.
    TypeError
        If P is no `NormalMixture`, or mu or sigma no array of real numbers.

    References
    ----------
    I. Csiszár, I-divergence geometry of probability distributions and minimization problems, 1975.

    Examples
    --------
    >>> P = NormalMixture([0.4, 0.6], [-1, 3], [1, 1])
    >>> forward_kl(P, 1.4, 2.0).round(6)
    np.float64(0.184177)
    """
    unit, best = nats_per_unit(base), fit_forward(P)
    m, s = broadcast(mu=finite(mu, "mu"), sigma=positive(sigma, "sigma"))
    return (best.kl + kl_normal(best.mu, best.sigma, m, s)) / unit


def fit_forward(P: NormalMixture) -> Fit:
    """The minimiser of D(P‖N(μ, σ²)): the mean and variance of P, and nothing else.

    Parameters
    ----------
    P : NormalMixture
        A mixture of normals.

    Returns
    -------
    Fit
        Its kl is D(P‖N) in nats, with an error of some 1e-15 times the larger of the value and one.

    Raises
    ------
    TypeError
        If P is no `NormalMixture`.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning, 2006, section 10.7.

    Examples
    --------
    >>> fit = fit_forward(NormalMixture([0.4, 0.6], [-1, 3], [1, 1]))
    >>> round(fit.mu, 6), round(fit.sigma, 6), round(fit.kl, 6)
    (1.4, 2.2, 0.174488)
    """
    parts = _parts(P)
    mu, sigma = float(P.mean()), math.sqrt(P.var())
    components = np.transpose([parts.weights, parts.means, parts.sigmas])
    log_p = math.fsum(w * expect_log(parts, m, s).value for w, m, s in components)
    # Never negative, but where P is a normal itself rounding may leave −1e-16.
    return Fit(mu, sigma, max(0.0, _entropy_of_normal(sigma) + log_p))


def reverse_kl(
    P: NormalMixture, mu: ArrayLike, sigma: ArrayLike, *, base: float | None = None
) -> np.float64 | Floats:
    """D(N(μ, σ²)‖P) = −E_Q[log P] − ½ log(2πe σ²), where Q = N(μ, σ²).

    The error is some 1e-10 times the larger of the value and one. Each pair of μ and σ takes a millisecond or two
    (and more if P has dozens of components), as its integral is found for itself.

    Parameters
    ----------
    P : NormalMixture
    mu, sigma : array_like
        Means and standard deviations of Q, finite, sigma > 0; they broadcast.
    base : float, optional
        The unit is one digit of information in this base, so 2 for bits; None for nats.

    Returns
    -------
    float or ndarray
        A number ≥ 0 for numbers, otherwise an array; ∞ only where the value is beyond the largest float.

    Raises
    ------
    ValueError
        If mu or sigma is not finite, sigma not > 0, shapes do not broadcast, base ≤ 1, or P is so much sharper than
        N(μ, σ²) that the integral does not settle.
    TypeError
        If P is no `NormalMixture`, or mu or sigma no array of real numbers.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning, 2006, section 10.1.

    Examples
    --------
    >>> P = NormalMixture([0.4, 0.6], [-1, 3], [1, 1])
    >>> reverse_kl(P, 2.8, 1.2).round(6)
    np.float64(0.411328)
    """
    unit, parts = nats_per_unit(base), _parts(P)
    m, s = broadcast(mu=finite(mu, "mu"), sigma=positive(sigma, "sigma"))
    values: Floats = np.reshape([_reverse(parts, *at) for at in np.broadcast(m, s)], m.shape) / unit
    return values[()]


def _reverse(parts: Parts, mu: float, sigma: float) -> float:
    return max(0.0, -float(expect_log(parts, mu, sigma).value) - _entropy_of_normal(sigma))


def _entropy_of_normal(sigma: float) -> float:
    return 0.5 * math.log(2 * math.pi * math.e) + math.log(sigma)


@np.errstate(under="ignore")  # densities far out
def fit_reverse(P: NormalMixture) -> list[Fit]:
    """Every local minimum of D(N(μ, σ²)‖P) over μ and σ, the best first; of equals to 1e-9, the leftmost.

    There is always one at least. There may be fewer minima than components, as close peaks share one,
    and more, as wide normals can cover several. Two components take some 30 ms, a hundred far apart some 20 s.

    Every stationary point has ∂²D/∂μ² = 1/σ², so lies at the bottom of a valley of μ ↦ D. These bottoms are sought on
    levels of σ, a seventh apart, and Newton's method goes on from there. Each minimum is checked: the gradient is
    zero, the Hessian positive, and both stay when panels are halved. That none is missing is not proved, but held
    against denser grids on hundreds of mixtures; where P is within some 1e-7 of a mixture at which minima are born,
    one may be missing, or there before its time.

    Parameters
    ----------
    P : NormalMixture
        A mixture of normals.

    Returns
    -------
    list of Fit
        The kl of each is D(N‖P) in nats.

    Raises
    ------
    ValueError
        If means lie farther apart than 10,000 times the smallest σ: there rounding would hide minima.
    ArithmeticError
        If no minimum passes these checks.
    TypeError
        If P is no `NormalMixture`.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning, 2006, section 10.1.

    Examples
    --------
    >>> for fit in fit_reverse(NormalMixture([0.4, 0.6], [-1, 5], [1, 1])):
    ...     print(f"{fit.mu:.6f} {fit.sigma:.6f} {fit.kl:.6f}")
    4.987703 1.018676 0.507388
    2.470732 2.702719 0.845661
    -0.979873 1.029359 0.910709
    """
    given = _parts(P)
    unit, spread = float(given.sigmas.min()), float(np.ptp(given.means))
    if spread > FARTHEST * unit:
        raise ValueError(
            f"the means of P must lie within {FARTHEST:g} of its smallest sigma from each other,"
            f" but found a range of {spread / unit:.3g} sigmas"
        )
    # D does not depend on the origin or the unit, but how it is rounded does.
    centre = float(given.means.min() / 2 + given.means.max() / 2)
    parts = given.seen_from(centre, unit)
    fits = [Fit(centre + unit * mu, unit * sigma, _reverse(parts, mu, sigma)) for mu, sigma in minima(parts)]
    return sorted(fits, key=lambda fit: (round(fit.kl, 9), fit.mu))
