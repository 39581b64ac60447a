"""The landscape: a P of two normals, one normal Q, what each direction costs, and the height over all (μ, σ)."""

from __future__ import annotations

import math

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from klhelpers.figures import BLUE, GREEN, GREY, INK, ORANGE
from klhelpers.mixture import NormalMixture, fit_forward, fit_reverse, forward_kl, reverse_kl
from klhelpers.widgets._explorable import Distribution, Explorable, Number, Numbers, guess

VIEW = (-5.0, 13.0)  # of x, and of μ
MEANS = (-4.0, 12.0)
SIGMAS = (0.3, 4.0)
SIGMA = (0.02, 6.0)
OBJECTIVES = {"forward": ORANGE, "reverse": GREEN}
TIE = 1e-9
ABOVE = (0.03, 0.1, 0.2, 0.35, 0.6, 1.2, 3)  # the lowest point: where lines are drawn


class Landscape(Explorable):
    """Two normals mixed into P, one normal Q to drag, and the landscape of one objective over μ and σ.

    Args:
        weights: of the two components of P; they sum to 1.
        means: of the two components, from −4 to 12.
        sigmas: their standard deviations, from 0.3 to 4.
        mu: the mean of Q, from −5 to 13.
        sigma: the standard deviation of Q, from 0.02 to 6.
        objective: what is the height: ``"forward"`` is D(P‖Q), ``"reverse"`` is D(Q‖P).
        guess: where the reader expected the least D(Q‖P): ``"left"``, ``"right"``, ``"both"``, ``"depends"``, or
            nothing yet.

    Raises:
        TraitError: if a number is outside its limits, or the weights are none.
    """

    module = "landscape"
    weights = Distribution([0.4, 0.6])
    means = Numbers([-1.0, 3.0], MEANS)
    sigmas = Numbers([1.0, 1.0], SIGMAS)
    mu = Number(2.8, VIEW)
    sigma = Number(1.2, SIGMA)
    objective = traitlets.Enum(list(OBJECTIVES), "reverse").tag(sync=True)
    guess = guess("left", "right", "both", "depends")

    def mixture(self) -> NormalMixture:
        """Return P, for all that klhelpers does with it."""
        return NormalMixture(self.weights, self.means, self.sigmas)

    def picture(self) -> Figure:
        """Return the densities, the two integrands, and the landscape with its minima and Q."""
        P = self.mixture()
        x = np.linspace(*VIEW, 109)
        log_p = np.asarray(P.logpdf(x))
        log_q = -(((x - self.mu) / self.sigma) ** 2) / 2 - math.log(self.sigma * math.sqrt(2 * math.pi))
        p, q = np.exp(log_p), np.exp(log_q)
        fig, axes = plt.subplots(
            4, sharex=True, figsize=(5.4, 5.4), gridspec_kw={"height_ratios": (2, 1, 1, 3.4)}
        )
        axes[0].plot(x, p, color=INK, label="$p$")
        axes[0].plot(x, q, color=BLUE, label="$q$")
        axes[0].legend(loc="upper right")
        axes[0].set(ylim=(0, None))
        costs = (
            (p * (log_p - log_q), ORANGE, r"$p\,\log\frac{p}{q}$"),
            (q * (log_q - log_p), GREEN, r"$q\,\log\frac{q}{p}$"),
        )
        for ax, (values, colour, name) in zip(axes[1:3], costs, strict=True):
            ax.fill_between(x, np.maximum(values, 0), color=colour, lw=0)
            ax.plot(x, np.minimum(values, 0), color=colour, lw=1)
            ax.set(ylabel=name)
        self._map(axes[3], P)
        return fig

    def _map(self, ax: Axes, P: NormalMixture) -> None:
        mus, sigmas = np.linspace(*VIEW, 46), np.linspace(0.1, SIGMA[1], 30)
        forward, colour = self.objective == "forward", OBJECTIVES[self.objective]
        heights = np.asarray((forward_kl if forward else reverse_kl)(P, mus, sigmas[:, None]))
        ax.contour(mus, sigmas, heights, heights.min() + np.array(ABOVE), colors=GREY, linewidths=0.8)
        minima = [fit_forward(P)] if forward else fit_reverse(P)
        for fit in minima:
            is_least = fit.kl < minima[0].kl + TIE
            ax.plot(fit.mu, fit.sigma, "o", color=colour, mfc=colour if is_least else "none")
        ax.plot(self.mu, self.sigma, "D", color=BLUE)
        title = r"$D(P\,\|\,Q)$" if forward else r"$D(Q\,\|\,P)$"
        ax.set(title=title, xlabel=r"$\mu$", ylabel=r"$\sigma$", ylim=(0, SIGMA[1]))
