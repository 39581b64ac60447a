"""The bars: p and q over a few outcomes, the surprise that each brings, and two lengths that add up to a third."""

from __future__ import annotations

import math
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from klhelpers.discrete import entropy, information, kl_divergence
from klhelpers.figures import BLUE, INK, ORANGE
from klhelpers.widgets._explorable import Distribution, Explorable, as_many, guess

FEWEST, MOST = 2, 8
BASES: dict[str, float | None] = {"bit": 2, "nat": None}


class Bars(Explorable):
    """Two distributions to drag, with H(p), D(p‖q) and H(p, q).

    Args:
        p: what happens: 2 to 8 probabilities.
        q: what is believed, as many.
        unit: ``"bit"`` or ``"nat"``.
        guess: what the reader answered to the opening question: ``"yes"``, ``"no"``, or nothing yet.

    Raises:
        TraitError: if p or q is no distribution, or they differ in length. To change the number of outcomes,
            set both under `hold_trait_notifications`.
    """

    module = "bars"
    p = Distribution([0.4, 0.3, 0.2, 0.1], FEWEST, MOST)
    q = Distribution([0.1, 0.2, 0.3, 0.4], FEWEST, MOST)
    unit = traitlets.Enum(list(BASES), "bit").tag(sync=True)
    guess = guess("yes", "no")

    _as_many = as_many("p", "q")

    def picture(self) -> Figure:
        """Return the bars, the surprise of each outcome, and the three lengths."""
        p, q, base = np.array(self.p), np.array(self.q), BASES[self.unit]
        fig, axes = plt.subplot_mosaic("AB;CC", figsize=(6, 4), height_ratios=(2, 1))
        x = np.arange(1, len(p) + 1)
        axes["A"].bar(x - 0.2, p, 0.36, color=INK, label="$p$")
        axes["A"].bar(x + 0.2, q, 0.36, color=BLUE, label="$q$")
        fig.legend(loc="outside upper left", ncols=2)
        axes["A"].set_xticks(x)
        _surprises(axes["B"], p, q, base)
        H, D = float(entropy(p, base=base)), float(kl_divergence(p, q, base=base))
        finite = math.isfinite(D)
        drawn = D if finite else H + 1  # as far as the picture goes; its label says that there is more
        rows, widths, starts = [1, 1, 0], [H, drawn, H + drawn], [0, H, 0]
        axes["C"].barh(rows, widths, 0.5, starts, color=[INK, ORANGE, BLUE])
        axes["C"].set_yticks([0, 1], ["$H(p,q)$", "$H(p)+D$"])
        axes["C"].set_xlabel(self.unit if finite else r"$D(p\,\|\,q)=\infty$")
        return fig


def _surprises(ax: Axes, p: Any, q: Any, base: float | None) -> None:
    """Draw for each outcome a column p wide, with −log p and −log q as heights and the term between them."""
    edges = np.concatenate([[0], np.cumsum(p)])
    ideal, paid = np.asarray(information(p, base=base)), np.asarray(information(q, base=base))
    top = 1.15 * max(v for v in (*ideal, *paid, 1.0) if np.isfinite(v))
    for left, width, low, high in zip(edges, p, ideal, np.minimum(paid, top), strict=False):
        if width > 0:
            fill = ORANGE if high > low else "none"
            ax.bar(left, high - low, width, low, align="edge", color=fill, edgecolor=ORANGE, lw=0.8)
            ax.plot([left, left + width], [low, low], color=INK)
            ax.plot([left, left + width], [high, high], color=BLUE)
    ax.set(title=r"$p\,\log(p/q)$", xlim=(0, 1), ylim=(0, top))
