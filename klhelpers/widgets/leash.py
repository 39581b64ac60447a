"""The leash: a policy over three actions, the pull of a penalty β·D(π‖ref), and that of what is done instead."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from klhelpers.figures import BLUE, GREEN, GREY, INK
from klhelpers.widgets._explorable import Distribution, Explorable, Number, Numbers, guess
from klhelpers.widgets.simplex import CORNERS

REF = np.array([0.5, 0.3, 0.2])
BETAS = (0.05, 20)
RECIPES = ("k1 reward", "k2 reward", "k3 reward", "k1 loss", "k2 loss", "k3 loss", "inverted loss")


class Leash(Explorable):
    """A policy π over three actions, the reference (0.5, 0.3, 0.2), and the pull of a penalty β·D(π‖ref) on it.

    Args:
        policy: the three probabilities of π.
        reward: the reward of each action, from −1 to 4.
        beta: β, from 0.05 to 20.
        recipe: how D is estimated and where the estimate goes: ``"k1 reward"``, ``"k2 reward"``, ``"k3 reward"``,
            ``"k1 loss"``, ``"k2 loss"``, ``"k3 loss"`` or ``"inverted loss"``, which is k3 of π/ref.
        guess: where the reader said that k3 in the loss pushes: ``"true"``, ``"other"``, ``"none"``, or nothing yet.

    Raises:
        TraitError: if π is no distribution on three actions, a number is outside its limits, or a choice is not there.
    """

    module = "leash"
    policy = Distribution([0.55, 0.05, 0.4])
    reward = Numbers([0.0, 1.0, 2.0], (-1, 4))
    beta = Number(0.5, BETAS)
    recipe = traitlets.Enum(RECIPES, "k3 loss").tag(sync=True)
    guess = guess("true", "other", "none")

    def optimum(self) -> NDArray[np.float64]:
        """Return π*, the policy of the largest E[r] − β D(π‖ref): ref·exp(r/β), divided by its sum."""
        tilted = REF * np.exp((np.array(self.reward) - max(self.reward)) / self.beta)
        return np.asarray(tilted / tilted.sum())

    def picture(self) -> Figure:
        """Return the triangle with ref, π, the way of π* and −∇D(π‖ref) by the logits of π, and the three as bars."""
        p, r, best = np.array(self.policy), np.array(self.reward), self.optimum()
        tilts = np.exp((r - r.max()) / np.geomspace(*BETAS, 60)[:, None])
        way = (REF * tilts / (tilts @ REF)[:, None]) @ CORNERS
        gaps = np.log(p / REF, out=np.zeros(3), where=p > 0)
        pulled = p - p * (gaps - p @ gaps)
        fig, (triangle, beside) = plt.subplots(1, 2, figsize=(6.4, 3.1), width_ratios=(3, 2))
        triangle.plot(*CORNERS[[0, 1, 2, 0]].T, color=GREY, lw=0.8)
        triangle.plot(*way.T, color=INK, lw=1)
        style = {"arrowstyle": "->", "color": GREEN, "lw": 1.6, "shrinkA": 0, "shrinkB": 0}
        triangle.annotate("", pulled @ CORNERS, p @ CORNERS, arrowprops=style)
        shown = {r"$\mathrm{ref}$": (REF, GREY), r"$\pi$": (p, BLUE), r"$\pi^*$": (best, INK)}
        for i, (name, (point, colour)) in enumerate(shown.items()):
            triangle.plot(*(point @ CORNERS), "o", color=colour)
            triangle.annotate(name, point @ CORNERS, (6, 4), textcoords="offset points")
            beside.bar(np.arange(3) + 0.27 * (i - 1), point, 0.25, color=colour, label=name)
        for name, corner, by in zip("123", CORNERS, ((-11, -5), (5, -5), (-3, 6)), strict=True):
            triangle.annotate(f"${name}$", corner, by, textcoords="offset points")
        triangle.set(aspect="equal", frame_on=False, xticks=[], yticks=[])
        beside.set(xticks=range(3), xticklabels=["1", "2", "3"], ylim=(0, 1))
        beside.legend(loc="upper left")
        return fig
