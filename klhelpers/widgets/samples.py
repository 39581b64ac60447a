"""Samples: counts of draws in bins, and the whole distribution of the divergence that is computed from them."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from klhelpers.discrete import kl_divergence
from klhelpers.estimates import SMOOTHING
from klhelpers.figures import GREY, INK, ORANGE
from klhelpers.widgets._explorable import Explorable, guess

LONGER = 1.35  # mean of p's waits where that of q's is 1, if the two differ
REPEATS = 400
SEED = 1951


class Samples(Explorable):
    """D(p̂‖q) from n exponential waits in bins that hold an equal share of q, again and again.

    Args:
        n: how many draws a sample has, from 10 to 10,000.
        bins: how many bins, from 2 to 64.
        smoothing: what is added to each count: ``"none"``, ``"half"`` (Jeffreys) or ``"one"`` (Laplace).
        same: whether p is q; else its waits are 35 % longer on average, and D(p‖q) is 0.0499 nat.
        known: whether q is known; else it is estimated from n draws of its own.
        guess: what the reader answered: ``"zero"``, ``"law"``, ``"sign"``, or nothing yet.

    Raises:
        TraitError: if a number is outside its limits.
    """

    module = "samples"
    n = traitlets.Int(200, min=10, max=10_000).tag(sync=True)
    bins = traitlets.Int(30, min=2, max=64).tag(sync=True)
    smoothing = traitlets.Enum([*SMOOTHING], "none").tag(sync=True)
    same = traitlets.Bool(True).tag(sync=True)
    known = traitlets.Bool(True).tag(sync=True)
    guess = guess("zero", "law", "sign")

    def truth(self) -> tuple[float, float]:
        """Return D(p‖q) of the two densities, and what the bins keep of it."""
        density = 0 if self.same else LONGER - 1 - np.log(LONGER)
        return float(density), float(kl_divergence(self.masses(), np.full(self.bins, 1 / self.bins)))

    def masses(self) -> NDArray[np.float64]:
        """Return the probability under p of each bin: beyond its edge q leaves (K − k)/K, and p that to the 1/mean."""
        return -np.diff((1 - np.arange(self.bins + 1) / self.bins) ** (1 if self.same else 1 / LONGER))

    def law(self) -> float:
        """Return the mean of the estimate without smoothing, to first order in 1/n."""
        return self.truth()[1] + (self.bins - 1) / (2 * self.n if self.known else self.n)

    def estimates(self, repeats: int = REPEATS, seed: int = SEED) -> NDArray[np.float64]:
        """Return the estimate of each of so many samples, ∞ where q's has an empty bin and p's has not."""
        draws = np.random.default_rng(seed)
        known = np.full(self.bins, 1 / self.bins)
        more = SMOOTHING[self.smoothing]
        p, q = (draws.multinomial(self.n, mass, repeats) + more for mass in (self.masses(), known))
        return np.asarray(kl_divergence(p, q if not self.known else known, normalize=True))

    def picture(self) -> Figure:
        """Return how the estimates are spread, their mean, the law, and the truth with the bins and without."""
        estimates, (density, binned) = self.estimates(), self.truth()
        finite = estimates[np.isfinite(estimates)]
        law = "D_K + (K-1)/" + ("2n" if self.known else "n")
        marks = [(density, INK, "-", "D"), (binned, INK, "--", "D_K"), (self.law(), GREY, "--", law)]
        if finite.size:
            marks.append((float(finite.mean()), ORANGE, "-", r"\overline{D}"))
        fig, ax = plt.subplots(figsize=(6.4, 3))
        ax.hist(finite, 30, color=ORANGE, alpha=0.5)
        for x, colour, style, name in marks:
            ax.axvline(x, color=colour, ls=style, label=f"${name} = {x:.3f}$")
        ax.legend()
        infinite = 1 - finite.size / len(estimates)
        name = r"D(\hat p\,\|\,q)" if self.known else rf"D(\hat p\,\|\,\hat q),\ \infty: {infinite:.2f}"
        ax.set(yticks=[], xlabel=rf"${name},\ K = {self.bins},\ n = {self.n}$")
        return fig
