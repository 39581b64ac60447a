"""All minima of the reverse divergence D(N(μ, σ²)‖P), by Newton's method from the valleys of μ ↦ D."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from klhelpers._batches import Floats
from klhelpers._expectation import REACH, Moments, Parts, expect_log, mesh, moments, on_panels

STEP = 0.15  # from one level to the next, in log σ
SPACING = 0.5  # of the means on a level, in σ: D is log P blurred by σ, and bends no faster


def minima(parts: Parts) -> list[tuple[float, float]]:
    """(μ, σ) of every local minimum; the parts are best centred, and of the order of one."""
    found: list[tuple[float, float]] = []
    for start in _starts(parts):
        if minimum := _minimum_near(parts, *start, found):
            found.append(minimum)
    if not found:
        raise ArithmeticError(
            "P must have a minimum that rounding does not hide, but none was found: use fewer components, or minimise"
            " reverse_kl from starting points of your own"
        )
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
        slopes = np.concatenate(
            [moments(on, some, sigma).by_mu for some in np.split(mus, range(32, len(mus), 32))]
        )
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
