"""The normal closest to a mixture by `fit_reverse`, by a grid search and by stochastic gradients: D and time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np

from klhelpers import NormalMixture, fit_reverse, reverse_kl

# Mode-seeking: covering both peaks is a local minimum only.
P = NormalMixture([0.4, 0.6], [-1, 5], [1, 1])
Found = tuple[float, float]


def by_valleys() -> Found:
    """The best of every minimum."""
    best = fit_reverse(P)[0]
    return best.mu, best.sigma


def by_grid() -> Found:
    """The best of 20 × 20 points, D by the trapezoid rule on 1000."""
    x = np.linspace(-10, 14, 1000)
    mus, sigmas = np.meshgrid(np.linspace(-2, 6, 20), np.linspace(0.1, 5, 20))
    z = (x - mus[..., None]) / sigmas[..., None]
    log_q = -z * z / 2 - np.log(sigmas)[..., None] - 0.5 * math.log(2 * math.pi)
    value = np.trapezoid(np.exp(log_q) * (log_q - P.logpdf(x)), x, axis=-1)
    best = np.unravel_index(np.argmin(value), value.shape)
    return float(mus[best]), float(sigmas[best])


def by_adam(steps: int = 2000, batch: int = 64) -> Found:
    """Adam on samples of Q, gradients by x = μ + σz, from N(0, 1)."""
    rng = np.random.default_rng(0)
    at, first, second = np.zeros((3, 2))  # μ and log σ
    for step in range(1, steps + 1):
        z = rng.standard_normal(batch)
        x = at[0] + math.exp(at[1]) * z
        density = P.weights * np.exp(-(((x[:, None] - P.means) / P.sigmas) ** 2) / 2) / P.sigmas
        pull = np.sum(density * (P.means - x[:, None]) / P.sigmas**2, axis=1) / np.sum(density, axis=1)
        gradient = -np.array([np.mean(pull), np.mean(pull * z) * math.exp(at[1]) + 1])
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        at = at - 0.02 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return float(at[0]), float(math.exp(at[1]))


METHODS: dict[str, Callable[[], Found]] = {
    "klhelpers.fit_reverse": by_valleys,
    "grid": by_grid,
    "adam": by_adam,
}


def rows() -> list[tuple[str, float, float, float, float]]:
    """Name, μ, σ, D and seconds of each method."""
    table = []
    for name, method in METHODS.items():
        method()
        start = time.perf_counter()
        mu, sigma = method()
        took = time.perf_counter() - start
        table.append((name, mu, sigma, float(reverse_kl(P, mu, sigma)), took))
    return table
