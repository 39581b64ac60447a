"""An independent search for the minima of D(N(μ, σ²)‖P): brute force over a dense grid, by other formulas.

`python -m tests.dense_grid 500` holds `fit_reverse` against it on so many random mixtures.
"""

import math
import sys
from functools import reduce

import numpy as np
from scipy.optimize import minimize
from scipy.stats import norm

from klhelpers import NormalMixture, fit_reverse


def random_mixture(seed):
    """2–4 components, unequal weights and scales, neighbours 0–20 apart, scales from 0.05 to 3."""
    rng = np.random.default_rng(seed)
    size = rng.integers(2, 5)
    means = np.cumsum(rng.uniform(0, 20, size) * rng.choice([0.1, 0.3, 1]))
    scales = np.exp(rng.uniform(math.log(0.05), math.log(3), size) * rng.choice([0.2, 1]))
    return NormalMixture(rng.dirichlet(np.full(size, 2)), means, scales)


def log_density(P, x):
    components = zip(P.weights, P.means, P.sigmas, strict=True)
    return reduce(np.logaddexp, [norm.logpdf(x, m, s) + math.log(w) for w, m, s in components])


def objective(P, mu, sigma, nodes=2**10 + 1):
    """D(N(μ, σ²)‖P) by the trapezoid rule in z, nodes doubled until it settles."""
    before = math.inf
    while nodes < 2**21:
        z = np.linspace(-10, 10, nodes)
        log_ratio = norm.logpdf(z) - math.log(sigma) - log_density(P, mu + sigma * z)
        value = np.trapezoid(norm.pdf(z) * log_ratio, z)
        if abs(value - before) < 1e-12 * (1 + abs(value)):
            return value
        before, nodes = value, 2 * nodes - 1
    raise ArithmeticError(f"the trapezoid rule did not settle at μ = {mu}, σ = {sigma}")


def grid_minima(P, levels=90):
    """(μ, σ) of every point of a dense grid that lies below its eight neighbours."""
    from scipy.signal import fftconvolve  # here, as it takes long to import and few tests need it

    smallest, widest = P.sigmas.min(), 1.2 * (np.ptp(P.means) + P.sigmas.max())
    h = smallest / 8
    reach = math.ceil(9 * widest / h)
    inside = math.ceil(np.ptp(P.means) / h) + 8
    x = P.means.min() + h * (np.arange(-reach - 4, inside + reach - 4))
    log_p = log_density(P, x)
    sigmas = np.geomspace(0.8 * smallest, widest, levels)
    rows = []
    for sigma in sigmas:
        wide = math.ceil(9 * sigma / h)
        q = norm.pdf(h * np.arange(-wide, wide + 1), scale=sigma) * h
        part = log_p[reach - wide : len(x) - (reach - wide)]
        rows.append(-fftconvolve(part, q / q.sum(), mode="valid")[:inside:4] - math.log(sigma))
    grid = np.array(rows)
    padded = np.pad(grid, 1, constant_values=math.inf)
    n, m = grid.shape
    around = [padded[1 + i : n + 1 + i, 1 + j : m + 1 + j] for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]
    low = np.all([grid < other for other in around], axis=0)
    mus = P.means.min() + h * (np.arange(0, inside, 4) - 4)
    return [(mus[j], sigmas[i]) for i, j in np.argwhere(low)]


def polished(P, mu, sigma):
    """The minimum near a grid point, by Nelder and Mead's method."""
    found = minimize(
        lambda at: objective(P, mu + sigma * at[0], sigma * math.exp(at[1])),
        [0, 0],
        method="Nelder-Mead",
        options={"xatol": 1e-6, "fatol": 1e-13, "initial_simplex": [[0, 0], [0.05, 0], [0, 0.05]]},
    )
    return mu + sigma * found.x[0], sigma * math.exp(found.x[1])


def close(fit, mu, sigma):
    return abs(fit.mu - mu) < 1e-3 * sigma and abs(fit.sigma - sigma) < 1e-3 * sigma


def missed(P, fits):
    """The minima of the grid that are not among the fits."""
    far = [point for point in grid_minima(P) if not any(close(fit, *point) for fit in fits)]
    found = [polished(P, *point) for point in far]
    return [at for at in found if not any(close(fit, *at) for fit in fits)]


if __name__ == "__main__":
    found = 0
    for seed in range(int(sys.argv[1])):
        P = random_mixture(seed)
        fits = fit_reverse(P)
        found += len(fits)
        if lost := missed(P, fits):
            print(f"seed {seed}: missed {lost}")
    print(f"{found} minima")
