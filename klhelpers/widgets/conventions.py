"""The switchboard of conventions: two vectors, how they are handed over, and what each library prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from klhelpers.figures import BLUE, INK, ORANGE
from klhelpers.widgets._explorable import Explorable, Pair, guess

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Conventions(Explorable):
    """Two vectors of two numbers, and what the functions called "KL divergence" make of them.

    Args:
        p: two numbers from 0 to 1, of any sum.
        q: the same.
        order: ``"pq"`` if the functions are given p first, as they should be, ``"qp"`` if swapped.
        given: ``"log"`` if those that ask for log q get it, ``"plain"`` if they get q.
        guess: what the reader answered: ``"same"``, ``"three"``, ``"error"``, or nothing yet.

    Raises:
        TraitError: if a number is outside its limits, or a choice is none of these.
    """

    module = "conventions"
    p = Pair([0.5, 0.5], (0, 1))
    q = Pair([0.3, 0.3], (0, 1))
    order = traitlets.Enum(["pq", "qp"], "pq").tag(sync=True)
    given = traitlets.Enum(["log", "plain"], "log").tag(sync=True)
    guess = guess("same", "three", "error")

    def picture(self) -> Figure:
        """Return the two vectors, and beside them what three functions of SciPy make of them."""
        from scipy.special import kl_div, rel_entr
        from scipy.stats import entropy

        first, second = (np.array(v) for v in ((self.p, self.q) if self.order == "pq" else (self.q, self.p)))
        sums = first.sum() > 0 < second.sum()
        said = {
            "rel_entr": rel_entr(first, second).sum(),
            "kl_div": kl_div(first, second).sum(),
            "entropy": entropy(first, second) if sums else np.nan,
        }
        fig, (left, right) = plt.subplots(1, 2, figsize=(5.4, 2.2), width_ratios=(2, 3))
        x = np.arange(2)
        left.bar(x - 0.2, self.p, 0.36, color=INK, label="$p$")
        left.bar(x + 0.2, self.q, 0.36, color=BLUE, label="$q$")
        left.set(xticks=x, xticklabels=["1", "2"], ylim=(0, 1))
        left.legend(ncols=2)
        values = np.nan_to_num([*said.values()], posinf=1.0)
        right.barh([*said], values, 0.5, color=ORANGE)
        right.set_yticks(range(3), [f"{name}: {value:.4f}" for name, value in said.items()])
        right.axvline(0, color=INK, lw=0.8)
        right.invert_yaxis()
        return fig
