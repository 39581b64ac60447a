"""All minima of the reverse divergence D(N(μ, σ²)‖P), by walking the valleys of μ ↦ D as σ grows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from klhelpers._batches import Floats
from klhelpers._expectation import REACH, Mesh, Moments, Parts, expect_log, mesh, moments

LONGEST_STEP, SHORTEST_STEP = 0.15, 1e-9  # in log σ
# How far above the end of a piece the next is looked for, in log σ.
ABOVE = 1e-8
# A step that moves the bottom by more than this, in σ, may land in another valley.
FARTHEST_SHIFT = 0.2
# Newton's next step, in σ: the one after it would be its square.
CLOSE = 1e-7
# A curvature below this is lost in rounding, and too small for a minimum by far.
FLAT = 1e-6
REMEDY = "use fewer components, or minimise reverse_kl from starting points of your own"
TILE = 32  # in powers of two next below σ


class Point(NamedTuple):
    """A point at the bottom of a valley, and how the valley runs there, as functions of log σ."""

    log_sigma: float
    mu: float
    curvature: float  # σ² ∂²D/∂μ², which is 1 where D is stationary
    drift: float  # dμ/d log σ
    slope: float  # dD/d log σ
    bend: float  # d²D/d log σ²

    @property
    def sigma(self) -> float:
        return math.exp(self.log_sigma)

    def joins(self, other: Point) -> bool:
        """Whether the two are the same."""
        return self.log_sigma == other.log_sigma and abs(self.mu - other.mu) < 1e-5 * self.sigma


def minima(parts: Parts) -> list[tuple[float, float]]:
    """(μ, σ) of every local minimum; the parts are best centred, and of the order of one."""
    blur = Blur(parts)
    found: list[tuple[float, float]] = []
    for valley in _valleys(parts, blur):
        for left, right in pairwise(valley):
            if max(left.curvature, right.curvature) < 0.5:
                continue
            for low, high in _descents_to_ascents(blur, left, right):
                bottom = _zero(blur, low, high, lambda point: point.slope)
                mu, sigma = _certified(parts, bottom.mu, bottom.sigma)
                if all(abs(mu - m) + abs(sigma - s) > 1e-6 * sigma for m, s in found):
                    found.append((mu, sigma))
    if not found:
        raise ArithmeticError(f"a minimum must exist, but none was found: {REMEDY}")
    return found


class Blur:
    """E_Q[log P] for Q = N(μ, exp(2 log σ)), on meshes that serve all μ on a tile and σ within an octave."""

    def __init__(self, parts: Parts) -> None:
        """Make no mesh before it is asked for."""
        self.parts = parts
        self.meshes: dict[tuple[int, int], Mesh] = {}

    def __call__(self, mu: float, log_sigma: float) -> Moments:
        octave = math.floor(log_sigma / math.log(2))
        unit = 2.0**octave
        at = octave, math.floor(mu / (TILE * unit))
        if at not in self.meshes:
            # σ is up to two units, so that REACH to either side is this far from the tile.
            breaks = np.linspace(-2 * REACH, TILE + 2 * REACH, 49)
            self.meshes[at] = mesh(self.parts, unit * (TILE * at[1] + breaks))
        return moments(self.meshes[at], mu, math.exp(log_sigma))


def _largest_sigma(parts: Parts) -> float:
    """Beyond this D only grows with σ."""
    return float(2 * (np.ptp(parts.means) + parts.sigmas.max()))


def _peaks(parts: Parts) -> Floats:
    """Where P has its maxima, roughly: within σ of a mean, because elsewhere every component is convex."""
    x = np.unique(parts.means + parts.sigmas * np.linspace(-1.1, 1.1, 71)[:, None])
    rises = np.diff(parts.log_density(x)) > 0
    return x[1:-1][rises[:-1] & ~rises[1:]]


def _valleys(parts: Parts, blur: Blur) -> Iterator[list[Point]]:
    """The valleys from half the smallest σ of P, below which nothing is stationary, piece by piece.

    Where a valley runs out, it has met the ridge beside it, or two meet and go on as one: a new piece begins just
    above.
    A piece ends where, on one of the levels that all have in common, it has run into another.
    """
    start, end = math.log(parts.sigmas.min() / 2), math.log(_largest_sigma(parts))
    levels = np.arange(start, end + LONGEST_STEP, LONGEST_STEP)
    known: list[tuple[float, list[Point]]] = [(float(level), []) for level in levels]
    sources = [(start, float(mu), LONGEST_STEP) for mu in _peaks(parts)]
    while sources:
        valley = _emerging(blur, *sources.pop(), end)
        for level, others in known:
            if not valley or level < valley[0].log_sigma:
                continue
            if not _walk(blur, valley, level):
                last = valley[-1]
                sources.append((last.log_sigma + ABOVE, last.mu, ABOVE))
                break
            if any(valley[-1].joins(other) for other in others):
                break
            others.append(valley[-1])
        yield valley


def _emerging(blur: Blur, log_sigma: float, mu: float, step: float, end: float) -> list[Point]:
    """The bottom of the valley in which a guess lies, as soon as it is no longer flat, if it ever is."""
    while log_sigma < end:
        point = _climb(blur, log_sigma, mu)
        if point.curvature > 0:
            return [point]
        log_sigma += step
        step = min(2 * step, LONGEST_STEP)
    return []


def _walk(blur: Blur, valley: list[Point], level: float) -> bool:
    """Follow the valley up to a level; False where it runs out before."""
    step = LONGEST_STEP
    while valley[-1].log_sigma < level:
        last = valley[-1]
        step = min(step, level - last.log_sigma)
        point = _next(blur, last, min(last.log_sigma + step, level))
        if point is not None:
            valley.append(point)
            step *= 2
        elif step < SHORTEST_STEP:
            return False
        else:
            step /= 2
    return True


def _next(blur: Blur, point: Point, log_sigma: float) -> Point | None:
    """The bottom of the same valley at this log σ, unless too much changes on the way."""
    mu = point.mu + (log_sigma - point.log_sigma) * point.drift
    if abs(mu - point.mu) > FARTHEST_SHIFT * point.sigma:
        return None
    for _ in range(4):  # as many as Newton's method needs from a twentieth of σ
        at = blur(mu, log_sigma)
        curvature = -at.by_mu_mu
        if not max(FLAT, point.curvature / 2) < curvature < 2 * point.curvature:
            return None
        newton = at.by_mu / curvature
        if abs(newton) > 0.05:
            return None
        mu += math.exp(log_sigma) * newton
        if abs(newton) < CLOSE:
            return _point(log_sigma, mu, at)
    return None


def _climb(blur: Blur, log_sigma: float, mu: float) -> Point:
    """The bottom of the valley in which a guess lies, where E[log P] is largest; of curvature 0 where that is flat."""
    sigma = math.exp(log_sigma)
    at = blur(mu, log_sigma)
    for _ in range(500):
        if max(abs(at.by_mu), abs(at.by_mu_mu)) < FLAT:
            break
        step = -at.by_mu / at.by_mu_mu if at.by_mu_mu < 0 else math.copysign(math.inf, at.by_mu)
        if abs(step) < CLOSE:
            return _point(log_sigma, mu + sigma * step, at)
        step = min(max(step, -0.5), 0.5)
        higher = blur(mu + sigma * step, log_sigma)
        while higher.value < at.value - 1e-12 * abs(at.value) and abs(step) > CLOSE:
            step /= 2
            higher = blur(mu + sigma * step, log_sigma)
        mu, at = mu + sigma * step, higher
    # Two valleys meet here, or one ends: its drift and its bend go to infinity, and the bend may change its sign.
    return Point(log_sigma, mu, curvature=0.0, drift=0.0, slope=-1 - at.by_log_sigma, bend=0.0)


def _point(log_sigma: float, mu: float, at: Moments) -> Point:
    drift = -math.exp(log_sigma) * at.by_mu_log_sigma / at.by_mu_mu
    bend = -at.by_log_sigma_twice + at.by_mu_log_sigma**2 / at.by_mu_mu
    return Point(log_sigma, mu, -at.by_mu_mu, drift, -1 - at.by_log_sigma, bend)


def _descents_to_ascents(blur: Blur, left: Point, right: Point) -> Iterator[tuple[Point, Point]]:
    """Where, between two points of a valley, D changes from falling to rising."""
    ends = [left, right]
    reach = 2 * max(abs(left.bend), abs(right.bend)) * (right.log_sigma - left.log_sigma)
    if (left.bend < 0) != (right.bend < 0) and min(abs(left.slope), abs(right.slope)) < reach:
        ends.insert(1, _zero(blur, left, right, lambda point: point.bend))
    for low, high in pairwise(ends):
        if low.slope < 0 <= high.slope:
            yield low, high


def _zero(blur: Blur, left: Point, right: Point, of: Callable[[Point], float]) -> Point:
    """The point of the valley between two others where a function of the points changes its sign."""
    from scipy.optimize import brentq  # here, so that importing klhelpers needs numpy only

    def at(log_sigma: float) -> Point:
        for end in (left, right):
            if log_sigma == end.log_sigma:  # where minima are born, another climb might end in another valley
                return end
        t = (log_sigma - left.log_sigma) / (right.log_sigma - left.log_sigma)
        return _climb(blur, log_sigma, left.mu + t * (right.mu - left.mu))

    return at(brentq(lambda log_sigma: of(at(log_sigma)), left.log_sigma, right.log_sigma, xtol=1e-7))


def _certified(parts: Parts, mu: float, sigma: float) -> tuple[float, float]:
    """The minimum next to a guess, by Newton's method on meshes of its own, and checked to be one."""
    guess = f"N({mu:.6g}, {sigma:.6g}²)"
    for _ in range(20):
        at = expect_log(parts, mu, sigma)
        gradient: Floats = np.array([-at.by_mu, -1 - at.by_log_sigma])
        hessian = -np.array([[at.by_mu_mu, at.by_mu_log_sigma], [at.by_mu_log_sigma, at.by_log_sigma_twice]])
        smallest = float(np.linalg.eigvalsh(hessian)[0])
        if not smallest > 0:
            break
        step = np.linalg.solve(hessian, -gradient)
        mu, sigma = mu + sigma * step[0], sigma * math.exp(step[1])
        if np.max(np.abs(step)) < 1e-9:
            return float(mu), float(sigma)
    raise ArithmeticError(
        f"P must have minima that rounding does not hide, but found none where one should be, near {guess} in units of"
        f" the smallest sigma: if minima are born at this P, change its eighth digit; else {REMEDY}"
    )
