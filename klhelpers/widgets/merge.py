"""The merger: p and q over a few bins, which the reader merges two by two, and what is left of D."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from klhelpers.discrete import kl_divergence
from klhelpers.figures import BLUE, INK, ORANGE
from klhelpers.widgets._explorable import Distribution, Explorable, as_many, guess

FEWEST, MOST = 2, 8


class Merge(Explorable):
    """Two distributions over bins that can be merged, and D(p‖q) before and after.

    Args:
        p: 2 to 8 probabilities.
        q: as many.
        cells: for each bin a whole number from 0 to 7; bins with one number are merged.
        guess: what the reader answered: ``"none"``, ``"height"``, ``"ratio"``, or nothing yet.

    Raises:
        TraitError: if p or q is no distribution, or the three differ in length. To change the number of bins,
            set all three under `hold_trait_notifications`.
    """

    module = "merge"
    p = Distribution([0.15, 0.075, 0.2, 0.125, 0.05, 0.225, 0.025, 0.15], FEWEST, MOST)
    q = Distribution([0.075, 0.15, 0.1, 0.125, 0.2, 0.225, 0.1, 0.025], FEWEST, MOST)
    cells = traitlets.List(traitlets.Int(min=0, max=MOST - 1), list(range(MOST))).tag(sync=True)
    guess = guess("none", "height", "ratio")

    _as_many = as_many("p", "q", "cells")

    def channel(self) -> NDArray[np.float64]:
        """Return the matrix with a row for each bin and a column for each cell, so that ``p @ channel`` is merged."""
        _, first, of = np.unique(self.cells, return_index=True, return_inverse=True)
        return np.eye(len(first))[of][:, np.argsort(first)]

    def picture(self) -> Figure:
        """Return the merged bins, and below them what is left of D, with what is lost."""
        channel = self.channel()
        p, q = self.p @ channel, self.q @ channel
        names = ["+".join(str(bin_ + 1) for bin_ in np.flatnonzero(column)) for column in channel.T]
        fig, (above, below) = plt.subplots(2, 1, figsize=(6, 3.4), height_ratios=(5, 1))
        x = np.arange(len(p))
        above.bar(x - 0.2, p, 0.36, color=INK, label="$p$")
        above.bar(x + 0.2, q, 0.36, color=BLUE, label="$q$")
        above.set_xticks(x, names)
        fig.legend(loc="outside upper left", ncols=2)
        left, whole = float(kl_divergence(p, q)), float(kl_divergence(self.p, self.q))
        drawn = np.nan_to_num([left, whole - left], nan=0.0, posinf=1.0)
        below.barh([0, 0], drawn, 0.6, [0, drawn[0]], color=[ORANGE, "none"], edgecolor=ORANGE)
        below.set(yticks=[], xlabel=rf"$D(p'\,\|\,q') = {left:.3f} \leq D(p\,\|\,q) = {whole:.3f}$")
        return fig
