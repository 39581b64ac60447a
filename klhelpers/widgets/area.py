"""The area: two bell curves p and q, and what each place adds to D(p‖q)."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from klhelpers.figures import BLUE, GREY, INK, ORANGE
from klhelpers.normal import kl_normal
from klhelpers.widgets._explorable import Explorable, Number


class Area(Explorable):
    """A standard normal p, a normal q to drag, and D(p‖q) in bits as the area below p·log₂(p/q).

    Args:
        mu: the mean of q, from −3 to 3.
        sigma: the standard deviation of q, from 0.5 to 2.5.

    Raises:
        TraitError: if a number is outside its limits.
    """

    module = "area"
    mu = Number(1.2, (-3, 3))
    sigma = Number(1.2, (0.5, 2.5))

    def picture(self) -> Figure:
        """Return both densities, the integrand, filled where it costs, and the divergence."""
        x = np.linspace(-5, 5, 201)
        log_p, log_q = (
            -(((x - mu) / sigma) ** 2) / 2 - np.log(sigma * np.sqrt(2 * np.pi))
            for mu, sigma in ((0, 1), (self.mu, self.sigma))
        )
        terms = np.exp(log_p) * (log_p - log_q) / np.log(2)
        fig, ax = plt.subplots(figsize=(6.4, 2.6))
        ax.fill_between(x, np.maximum(terms, 0), color=ORANGE, alpha=0.5, lw=0)
        ax.plot(x, np.minimum(terms, 0), color=ORANGE, lw=1)
        ax.axhline(0, color=GREY, lw=0.8)
        for log_density, colour, name in ((log_p, INK, "$p$"), (log_q, BLUE, "$q$")):
            ax.plot(x, np.exp(log_density), color=colour, label=name)
        ax.legend(loc="upper right")
        D = float(kl_normal(0, 1, self.mu, self.sigma, base=2))
        ax.set_title(rf"$D(p\,\|\,q) = {D:.2f}$ bit", color=ORANGE)
        ax.set_axis_off()
        return fig
