"""Expectations of log P under normal distributions, with their derivatives, for mixtures P of normals.

log P is smooth, but on scales that may be small beside those of P and Q: where two components of P take over from
each other it bends within a width that shrinks with their distance. So the line is cut into panels that resolve
Q and, geometrically graded, every such bend, and each panel gets a Gauss–Legendre rule.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from klhelpers._rows import Floats

# At this many standard deviations the density of a normal, times any power that occurs here, is below 1e-20.
REACH = 10.0
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)


class Parts(NamedTuple):
    """The components of P, those of weight zero left out."""

    weights: Floats
    means: Floats
    sigmas: Floats

    def log_density(self, x: Floats) -> Floats:
        """log P, without underflow."""
        z = (x[..., None] - self.means) / self.sigmas
        logs = np.log(self.weights) - np.log(self.sigmas) - 0.5 * math.log(2 * math.pi) - z * z / 2
        density: Floats = np.logaddexp.reduce(logs, axis=-1)
        return density


class Mesh(NamedTuple):
    """Nodes in ascending order, their weights, and log P there."""

    x: Floats
    weights: Floats
    log_p: Floats


class Moments(NamedTuple):
    """E_Q[log P] and its derivatives in μ/σ and in log σ."""

    value: float
    by_mu: float
    by_log_sigma: float
    by_mu_mu: float
    by_mu_log_sigma: float
    by_log_sigma_twice: float


def mesh(parts: Parts, breaks: Floats) -> Mesh:
    """A mesh on the panels between consecutive breaks, of which there are more where log P bends."""
    low, high = breaks.min(), breaks.max()
    breaks = np.unique(np.concatenate([breaks, *_bends(parts, low, high)]))
    middle, half = (breaks[1:] + breaks[:-1]) / 2, np.diff(breaks) / 2
    x = (middle[:, None] + half[:, None] * NODES).ravel()
    return Mesh(x, (half[:, None] * WEIGHTS).ravel(), parts.log_density(x))


def _bends(parts: Parts, low: float, high: float) -> list[Floats]:
    """Breaks between low and high, graded towards the bends of log P.

    Where two components take over from each other, log P has singularities off the real line, at the roots of
    log(w₁N₁) − log(w₂N₂) = iπ and its conjugate. Panels may be as long as their distance from these.
    """
    weights, means, sigmas = parts
    scaled = means / sigmas
    constants = np.log(weights) - np.log(sigmas) - scaled * scaled / 2
    breaks = []
    for i, j in zip(*np.triu_indices(len(weights), 1), strict=True):
        a, b, c = (term[i] - term[j] for term in (-0.5 / sigmas**2, scaled / sigmas, constants))
        for root in _roots(a, b, c - 1j * math.pi):
            distance = max(abs(root.imag), 1e-12 * (high - low))
            steps = distance * 2.0 ** np.arange(max(0, math.ceil(math.log2((high - low) / distance))))
            graded = root.real + np.concatenate([-steps, [0.0], steps])
            breaks.append(graded[(graded > low) & (graded < high)])
    return breaks


@np.errstate(all="ignore")
def _roots(a: float, b: float, c: complex) -> list[complex]:
    """The finite roots of ax² + bx + c."""
    root = np.sqrt(b * b - 4 * a * c)
    half = -(b + math.copysign(1, b * root.real) * root) / 2
    return [complex(x) for x in (np.divide(half, a), np.divide(c, half)) if np.isfinite(x)]


def moments(on: Mesh, mu: float, sigma: float) -> Moments:
    """E_Q[log P] for Q = N(μ, σ²), which the mesh must resolve.

    With z = (x − μ)/σ the derivatives of Q are Q times polynomials in z, so that no derivative of P is needed.
    """
    inside = slice(*np.searchsorted(on.x, [mu - REACH * sigma, mu + REACH * sigma]))
    z = (on.x[inside] - mu) / sigma
    s = z * z
    q = np.exp(-s / 2) * on.weights[inside]
    q /= q.sum()
    f = on.log_p[inside]
    mean = _dot(q, f)
    qf = q * (f - mean)  # a constant has no derivatives: without it less is lost to rounding
    first, second = _dot(qf, z), _dot(qf, s)
    qf *= s
    third, fourth = _dot(qf, z), _dot(qf, s)
    return Moments(mean, first, second, second, third - 3 * first, fourth - 4 * second)


def _dot(x: Floats, y: Floats) -> float:
    return float(
        np.einsum("i,i", x, y)
    )  # unlike x @ y never in several threads, which costs more than it gains


@np.errstate(all="ignore")
def expect_log(parts: Parts, mu: float, sigma: float) -> Moments:
    """E_Q[log P] for Q = N(μ, σ²), on meshes that are halved until value and derivatives agree to ten digits."""
    # In the units of Q, so that nothing is lost where Q is far out or narrow.
    relative = Parts(parts.weights, (parts.means - mu) / sigma, parts.sigmas / sigma)
    panels = 20
    found = moments(mesh(relative, np.linspace(-REACH, REACH, panels + 1)), 0.0, 1.0)
    while panels < 2000 and found.value > -math.inf:
        panels *= 2
        finer = moments(mesh(relative, np.linspace(-REACH, REACH, panels + 1)), 0.0, 1.0)
        scale = 1 + max(abs(x) for x in finer)
        if max(abs(x - y) for x, y in zip(found, finer, strict=True)) < 1e-10 * scale:
            return finer._replace(value=finer.value - math.log(sigma))
        found = finer
    if found.value == -math.inf:
        return found
    raise ValueError(f"sigma must be of a size comparable to the scales of P, but found N({mu}, {sigma}²)")
