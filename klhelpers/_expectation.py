"""Expectations of log P under normals, for mixtures P of normals, and all minima of D(N(μ, σ²)‖P) by their derivatives.

log P is smooth, but on scales that may be small beside those of P and Q: where two components of P take over from
each other it bends within a width that shrinks with their distance. So the line is cut into panels that resolve
Q and, geometrically graded, every such bend, and each panel gets a Gauss–Legendre rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from klhelpers._batches import Floats

Complexes: TypeAlias = NDArray[np.complexfloating[Any, Any]]

# At this many standard deviations the density of a normal, times any power that occurs here, is below 1e-20.
REACH = 10.0
LARGEST_FLOAT = float(np.finfo(np.float64).max)
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
STEP = 0.15  # from one level to the next, in log σ
SPACING = 0.5  # of the means on a level, in σ: D is log P blurred by σ, and bends no faster
NONE_FOUND = (
    "P must have a minimum that rounding does not hide, but none was found: use fewer components, or minimise"
    " reverse_kl from starting points of your own"
)


@dataclass(frozen=True, eq=False)
class Parts:
    """The components of P, those of weight zero left out."""

    weights: Floats
    means: Floats
    sigmas: Floats

    def seen_from(self, centre: float, unit: float) -> Parts:
        """The same components for an x that counts units from the centre."""
        return Parts(self.weights, (self.means - centre) / unit, self.sigmas / unit)

    @np.errstate(all="ignore")  # far out log P is beyond float64's range: −∞
    def log_density(self, x: Floats) -> Floats:
        """log P, without underflow."""
        z = (x[..., None] - self.means) / self.sigmas
        logs = np.log(self.weights) - np.log(self.sigmas) - 0.5 * math.log(2 * math.pi) - z * z / 2
        largest = np.maximum(logs.max(axis=-1), -LARGEST_FLOAT)
        density: Floats = largest + np.log(np.exp(logs - largest[..., None]).sum(axis=-1))
        return density

    @cached_property
    @np.errstate(all="ignore")
    def singularities(self) -> tuple[Floats, Complexes]:
        """Where, off the real line, log P is singular: the mean of a component, and how far it is from there.

        Two components cancel at the roots of log(w₁N₁) − log(w₂N₂) = iπ, which matters but where a third one is much
        larger than both. Counted from the mean of one of them, the roots lose nothing to rounding.
        """
        i, j = np.triu_indices(len(self.weights), 1)
        heights = np.log(self.weights) - np.log(self.sigmas)
        # In units of the first of the two, as seen from its mean.
        shift, ratio = (self.means[j] - self.means[i]) / self.sigmas[i], self.sigmas[i] / self.sigmas[j]
        a, b = (ratio * ratio - 1) / 2, -shift * ratio * ratio
        c = heights[i] - heights[j] + (shift * ratio) ** 2 / 2
        offsets = np.concatenate(_roots(a, b, c - 1j * math.pi)) * np.tile(self.sigmas[i], 2)
        anchors = np.tile(self.means[i], 2)
        z = ((anchors[:, None] - self.means) + offsets[:, None]) / self.sigmas
        size = heights - (z * z).real / 2
        own, largest = size[np.arange(len(size)), np.tile(i, 2)], size.max(axis=1, initial=-np.inf)
        dwarfed = largest - own > 1 + math.log(len(self.weights)) + 1e-12 * np.abs(largest)
        kept = np.isfinite(offsets) & ~dwarfed
        return anchors[kept], offsets[kept]


class Mesh(NamedTuple):
    """Nodes in ascending order, their weights, and log P there."""

    x: Floats
    weights: Floats
    log_p: Floats


class Moments(NamedTuple):
    """E_Q[log P] and its derivatives in μ/σ and in log σ: numbers, or arrays for an array of μ."""

    value: Any
    by_mu: Any
    by_log_sigma: Any
    by_mu_mu: Any
    by_mu_log_sigma: Any
    by_log_sigma_twice: Any


def mesh(parts: Parts, singularities: Complexes, breaks: Floats) -> Mesh:
    """A mesh on the panels between consecutive breaks, of which there are more where log P bends."""
    breaks = _resolved(breaks, singularities)
    middle, half = (breaks[1:] + breaks[:-1]) / 2, np.diff(breaks) / 2
    x = (middle[:, None] + half[:, None] * NODES).ravel()
    return Mesh(x, (half[:, None] * WEIGHTS).ravel(), parts.log_density(x))


def _resolved(breaks: Floats, singularities: Complexes) -> Floats:
    """Breaks between which no panel is longer than it is far from a singularity."""
    if not len(singularities):
        return breaks
    shortest = 1e-12 * (breaks[-1] - breaks[0])
    low, high = breaks[:-1], breaks[1:]
    settled = [breaks]
    while len(low):
        middle = (low + high) / 2
        distance = np.min(np.abs(middle - singularities[:, None]), axis=0)
        long = high - low > np.maximum(distance, shortest)
        low, middle, high = low[long], middle[long], high[long]
        settled.append(middle)
        low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
    return np.sort(np.concatenate(settled))


def _roots(a: Floats, b: Floats, c: Complexes) -> list[Complexes]:
    """The two roots of ax² + bx + c, one of them infinite or NaN where a = 0."""
    root = np.sqrt(b * b - 4 * a * c)
    half = -(b + np.copysign(1, b) * root) / 2  # the root's real part is not negative: nothing cancels
    return [half / a, c / half]


def moments(on: Mesh, mu: Any, sigma: float) -> Moments:
    """E_Q[log P] for Q = N(μ, σ²), which the mesh must resolve; for an array of μ, in ascending order, arrays.

    With z = (x − μ)/σ the derivatives of Q are Q times polynomials in z, so that no derivative of P is needed.
    """
    lowest, highest = np.min(mu) - REACH * sigma, np.max(mu) + REACH * sigma
    inside = slice(*np.searchsorted(on.x, [lowest, highest]))
    z = (on.x[inside] - np.expand_dims(mu, -1)) / sigma
    s = z * z
    q = np.exp(-s / 2) * on.weights[inside]
    q /= q.sum(axis=-1, keepdims=True)
    f = on.log_p[inside]
    mean = np.einsum("...i,i", q, f)  # unlike q @ f never in several threads, which costs more than it gains
    qf = q * (f - mean[..., np.newaxis])  # a constant has no derivatives: without it less is lost to rounding
    first, second, third, fourth = (np.einsum("...i,...i", qf, power) for power in (z, s, s * z, s * s))
    return Moments(mean, first, second, second, third - 3 * first, fourth - 4 * second)


@np.errstate(all="ignore")
def on_panels(count: int, parts: Parts, mu: float, sigma: float) -> Moments:
    """E_Q[log P] + log σ and its derivatives for Q = N(μ, σ²), on so many panels and those that P needs."""
    # In the units of Q, so that nothing is lost where Q is far out or narrow.
    anchors, offsets = parts.singularities
    breaks = np.linspace(-REACH, REACH, count + 1)
    return moments(mesh(parts.seen_from(mu, sigma), (anchors - mu + offsets) / sigma, breaks), 0.0, 1.0)


def expect_log(parts: Parts, mu: float, sigma: float) -> Moments:
    """E_Q[log P] for Q = N(μ, σ²), on two meshes, whose values and derivatives must agree to ten digits."""
    coarse, fine = (on_panels(count, parts, mu, sigma) for count in (20, 40))
    if fine.value == -math.inf:
        return fine
    # By Gibbs' inequality the value is at most −½ log 2πe here, so that the largest is of order one at least.
    if np.max(np.abs(np.subtract(fine, coarse))) < 1e-10 * np.max(np.abs(fine)):
        return fine._replace(value=fine.value - math.log(sigma))
    raise ValueError(f"sigma must be of a size comparable to the scales of P, but found N({mu}, {sigma}²)")


def minima(parts: Parts) -> list[tuple[float, float]]:
    """(μ, σ) of every local minimum; the parts are best centred, and of the order of one."""
    found: list[tuple[float, float]] = []
    for start in _starts(parts):
        if minimum := _minimum_near(parts, *start, found):
            found.append(minimum)
    if not found:
        raise ArithmeticError(NONE_FOUND)  # pragma: no mutate: of no P is it known
    return found


def _starts(parts: Parts) -> Iterator[tuple[float, float]]:
    """The bottoms of valleys, level by level, from which Newton's step along the valley is a short one."""
    low, high = float(parts.means.min()), float(parts.means.max())
    # Below half the smallest σ of P nothing is stationary, and above the last level D only grows.
    first, last = parts.sigmas.min() / 2, 2 * (high - low + parts.sigmas.max())
    for sigma in np.exp(np.arange(math.log(first), math.log(last) + STEP, STEP)):
        reach = (REACH + 2) * sigma
        on = mesh(parts, np.add(*parts.singularities), np.arange(low - reach, high + reach + sigma, sigma))
        mus = np.arange(low - SPACING * sigma, high + 2 * SPACING * sigma, SPACING * sigma)
        pieces = np.split(mus, range(32, len(mus), 32))  # pragma: no mutate: which take less memory
        slopes = np.concatenate([moments(on, some, sigma).by_mu for some in pieces])
        for i in np.flatnonzero((slopes[:-1] > 0) & (slopes[1:] <= 0)):
            mu = (mus[i] * slopes[i + 1] - mus[i + 1] * slopes[i]) / (slopes[i + 1] - slopes[i])
            for _ in range(2):
                gradient, hessian = _derivatives(moments(on, mu, sigma))
                mu = np.clip(mu - sigma * gradient[0] / hessian[0, 0], mus[i], mus[i + 1])
            bend = np.linalg.det(hessian) / hessian[0, 0]  # d²D/d log σ² along the valley
            if hessian[0, 0] > 0 and abs(gradient[1]) < 1.5 * STEP * bend:
                yield mu, sigma


def _derivatives(of: Moments) -> tuple[Floats, Floats]:
    """The gradient and the Hessian of D in μ/σ and log σ."""
    gradient = np.array([-of.by_mu, -1 - of.by_log_sigma])
    hessian = -np.array([[of.by_mu_mu, of.by_mu_log_sigma], [of.by_mu_log_sigma, of.by_log_sigma_twice]])
    return gradient, hessian


def _minimum_near(
    parts: Parts, mu: float, sigma: float, found: list[tuple[float, float]]
) -> tuple[float, float] | None:
    """The minimum to which Newton's steps lead, halved where they leave what is convex; None if to no new one."""
    step: Any = np.zeros(2)
    expect: Callable[..., Moments] = partial(on_panels, 20)
    for _ in range(60):
        if any(math.dist((mu, sigma), other) < 1e-5 * other[1] for other in found):
            return None  # it leads there
        gradient, hessian = _derivatives(expect(parts, mu, sigma))
        if np.linalg.eigvalsh(hessian)[0] > 0:
            at = mu, sigma
            step = np.linalg.solve(hessian, -gradient)
            if np.max(np.abs(step)) < 1e-9:
                if expect is expect_log:
                    return mu, sigma
                expect = expect_log  # what one mesh led to, two must confirm
            step /= max(1.0, np.max(np.abs(step)) / 0.5)
        else:
            step = step / 2
            if np.max(np.abs(step)) < 1e-9:
                return None
        mu, sigma = float(at[0] + at[1] * step[0]), float(at[1] * math.exp(step[1]))
    return None
