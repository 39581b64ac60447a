"""The switchboard of conventions: two vectors, how they are handed over, and what each library prints."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure

from klhelpers.discrete import kl_divergence
from klhelpers.figures import BLUE, INK, ORANGE
from klhelpers.widgets._explorable import Explorable, Numbers, guess


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
    p = Numbers([0.5, 0.5], (0, 1))
    q = Numbers([0.3, 0.3], (0, 1))
    order = traitlets.Enum(["pq", "qp"], "pq").tag(sync=True)
    given = traitlets.Enum(["log", "plain"], "log").tag(sync=True)
    guess = guess("same", "three", "error")

    def picture(self) -> Figure:
        """Return the two vectors, and beside them their two sums and the divergence of what they are shares of."""
        from scipy.special import kl_div, rel_entr

        a, b = self.order[0], self.order[1]
        p, q = (np.array(getattr(self, name)) for name in self.order)
        values = [rel_entr(p, q).sum(), kl_div(p, q).sum()]
        values.append(kl_divergence(p, q, normalize=True) if p.any() and q.any() else np.nan)
        ratio = rf"{a}\,\log({a}/{b})"
        names = rf"\sum {ratio}", rf"\sum ({ratio} - {a} + {b})", rf"D({a}\,\|\,{b})"
        fig, (left, right) = plt.subplots(1, 2, figsize=(5.4, 2.2), width_ratios=(2, 3))
        x = np.arange(2)
        left.bar(x - 0.2, self.p, 0.36, color=INK, label="$p$")
        left.bar(x + 0.2, self.q, 0.36, color=BLUE, label="$q$")
        left.set(xticks=x, xticklabels=["1", "2"], ylim=(0, 1))
        fig.legend(loc="outside upper left", ncols=2)
        right.barh(range(3), np.nan_to_num(values, posinf=1.0), 0.5, color=ORANGE)
        labels = [f"${name}$: {value:.4f}" for name, value in zip(names, values, strict=True)]
        right.set_yticks(range(3), labels)
        right.axvline(0, color=INK, lw=0.8)
        right.invert_yaxis()
        return fig
