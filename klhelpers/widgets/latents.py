"""Latents of a linear VAE at its optimum: β raises the water, and one after another goes out."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from klhelpers.figures import GREEN, GREY, INK
from klhelpers.widgets._explorable import Explorable, Number, Numbers, guess

LIMITS = (0.05, 20)  # of β and of the variances
LEVELS = {  # per βs²
    "sum": (1, r"\beta s^2"),
    "mean_kl": (1 / 6, r"\beta s^2/6"),
    "mean_error": (6, r"6\beta s^2"),
}


class Latents(Explorable):
    """The optimum of a linear VAE, a latent for each axis of the data N(0, diag λ), with the decoder N(Wz, s² I).

    Its loss is E‖x − Wz‖²/(2s²) + β·KL, both summed or one averaged, with a normal encoder and the prior N(0, I).

    Args:
        variances: λ, six of them, from 0.05 to 20.
        beta: β, from 0.05 to 20.
        noise: s², from 0.1 to 10.
        reduction: ``"sum"``; or ``"mean_kl"``, where the KL is averaged over the latents, which divides β by 6; or
            ``"mean_error"``, where the squared error is averaged over the axes, which multiplies β by 6.
        guess: what the reader answered: ``"shrink"``, ``"one"``, ``"all"``, or nothing yet.

    Raises:
        TraitError: if a number is outside its limits, or there are not six variances.
    """

    module = "latents"
    variances = Numbers([8.0, 4.0, 2.0, 1.0, 0.5, 0.25], LIMITS)
    beta = Number(0.7, LIMITS)
    noise = Number(1.0, (0.1, 10))
    reduction = traitlets.Enum([*LEVELS], "sum").tag(sync=True)
    guess = guess("shrink", "one", "all")

    def level(self) -> float:
        """Return where the water stands: βs², or βs²/6 under the mean of KLs, or 6βs² under that of errors."""
        return self.beta * self.noise * LEVELS[self.reduction][0]

    def optimum(self, level: ArrayLike | None = None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return KL in nats and squared error of each latent, at the water's level or at each of some.

        KL is ½ log(λ/level) where λ is above it, else 0; the squared error is the lesser of the two.

        >>> kl, error = Latents(beta=2).optimum()
        >>> print(kl.round(3), error)
        [0.693 0.347 0.    0.    0.    0.   ] [2.   2.   2.   1.   0.5  0.25]
        """
        water = np.asarray(self.level() if level is None else level, dtype=float)[..., None]
        return np.log(np.maximum(np.array(self.variances) / water, 1)) / 2, np.minimum(self.variances, water)

    def picture(self) -> Figure:
        """Return the variances above and below the water, and KL and squared error against β."""
        water, betas = self.level(), np.geomspace(*LIMITS, 200)
        places, low = np.arange(1, 7), LIMITS[0]
        fig, axes = plt.subplot_mosaic([["left", "KL"], ["left", "error"]], figsize=(6.4, 3.4))
        left = axes["left"]
        shown = np.clip(water, *LIMITS)
        below, above = (limit(self.variances, shown) for limit in (np.minimum, np.maximum))
        left.bar(places, below - low, 0.6, low, color=GREY)
        left.bar(places, above - shown, 0.6, shown, color=GREEN)
        left.axhline(shown, color=INK)
        left.set(yscale="log", ylim=LIMITS, xticks=places, ylabel=r"$\lambda_i$")
        left.set_title(rf"${LEVELS[self.reduction][1]} = {water:.3g}$")
        curves = (each.sum(-1) for each in self.optimum(betas * water / self.beta))
        named = [("KL", GREEN, r"\mathrm{KL}"), ("error", INK, r"\mathrm{E}\|x - Wz\|^2")]
        for (name, colour, symbol), curve, now in zip(named, curves, self.optimum(), strict=True):
            ax = axes[name]
            ax.fill_between(betas, curve, color=colour, alpha=0.3)
            ax.plot(betas, curve, color=colour)
            ax.axvline(self.beta, color=GREY)
            ax.set(xscale="log", xlim=LIMITS, ylim=(0, None))
            ax.set_title(f"${symbol} = {now.sum():.3f}$")
        axes["error"].set(xlabel=r"$\beta$")
        return fig
