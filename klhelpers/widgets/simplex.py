"""The simplex: distributions on three outcomes as points of a triangle, in three views that carry one idea each."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from klhelpers.discrete import kl_divergence
from klhelpers.figures import BLUE, GREEN, GREY, INK, ORANGE
from klhelpers.widgets._explorable import Distribution, Explorable, Number, guess

Divergence = Callable[[NDArray[np.float64]], ArrayLike]
LEVELS = (0.02, 0.1, 0.3, 0.7)
CORNERS = np.array([[0, 0], [1, 0], [0.5, 0.75**0.5]])
VIEWS = ("directions", "detour", "mixtures")
COLOURS = {"p": INK, "q": BLUE, "r": GREY}


class Simplex(Explorable):
    """Distributions on three outcomes to drag: both directions of D, a detour, or two pairs and their mixtures.

    Args:
        view: ``"directions"``, ``"detour"`` or ``"mixtures"``; what is shown already keeps its view.
        p: three probabilities; in the last view, the first of the first pair.
        q: three more; in the last view, the second of the first pair.
        r: where the detour leads.
        p2: the first of the second pair.
        q2: the second of the second pair.
        share: λ, the weight of the first pair in the mixtures.
        guess_directions: for which q the reader said that both directions agree: ``"none"``, ``"swaps"`` (p
            rearranged), ``"curve"``, or nothing yet.
        guess_detour: whether a detour must cost as much as the direct way: ``"yes"``, ``"no"``, or nothing yet.
        guess_mixtures: whether the mixtures can cost more than the average: ``"yes"``, ``"no"``, or nothing yet.

    Raises:
        TraitError: if a point is no distribution on three outcomes, or `share` is not between 0 and 1.
    """

    module = "simplex"
    view = traitlets.Enum(VIEWS, "directions").tag(sync=True)
    p = Distribution([0.5, 0.3, 0.2])
    q = Distribution([0.2, 0.5, 0.3])
    r = Distribution([0.1, 0.1, 0.8])
    p2 = Distribution([0.35, 0.05, 0.6])
    q2 = Distribution([0.15, 0.25, 0.6])
    share = Number(0.5, (0, 1))
    guess_directions = guess("none", "swaps", "curve")
    guess_detour = guess("yes", "no")
    guess_mixtures = guess("yes", "no")

    def picture(self) -> Figure:
        """Return the triangle of the view, and beside it the lengths or the curve that the view compares."""
        fig, (triangle, beside) = plt.subplots(1, 2, figsize=(6.4, 3.1), width_ratios=(3, 2))
        triangle.plot(*CORNERS[[0, 1, 2, 0]].T, color=GREY, lw=0.8)
        {"directions": self._directions, "detour": self._detour, "mixtures": self._mixtures}[self.view](
            triangle, beside
        )
        for name, corner, by in zip("123", CORNERS, ((-11, -5), (5, -5), (-3, 6)), strict=True):
            triangle.annotate(f"${name}$", corner, by, textcoords="offset points")
        triangle.set(aspect="equal", frame_on=False, xticks=[], yticks=[])
        return fig

    def _directions(self, triangle: Axes, beside: Axes) -> None:
        p, q = np.array(self.p), np.array(self.q)
        for kind, colour, D in (
            ("forward", ORANGE, lambda x: kl_divergence(p, x)),
            ("reverse", GREEN, lambda x: kl_divergence(x, p)),
        ):
            for level in LEVELS if kind == "forward" or p.all() else ():  # else D(q‖p) = ∞ inside
                _draw(triangle, _crossing(p, D, level), color=colour, lw=0.9)
        if self.guess_directions and p.all():
            curve = _crossing(p, lambda x: np.subtract(kl_divergence(p, x), kl_divergence(x, p)))
            _draw(triangle, curve, color=BLUE)
        _dots(triangle, p=p, q=q)
        _lengths(beside, {"pq": ORANGE, "qp": GREEN}, p=p, q=q)

    def _detour(self, triangle: Axes, beside: Axes) -> None:
        p, q, r = (np.array(point) for point in (self.p, self.q, self.r))
        _draw(triangle, np.array([p, r]), color=ORANGE)
        _draw(triangle, np.array([p, q, r]), color=ORANGE, ls="--", lw=1.2)
        _dots(triangle, p=p, q=q, r=r)
        _lengths(beside, {"pr": ORANGE, "pqr": ORANGE}, p=p, q=q, r=r)

    def _mixtures(self, triangle: Axes, beside: Axes) -> None:
        first, second = np.array([self.p, self.q]), np.array([self.p2, self.q2])
        for one, other, colour in zip(first, second, (INK, BLUE), strict=True):
            _draw(triangle, np.array([one, other]), color=colour, lw=1)
            _draw(triangle, np.array([self.share * one + (1 - self.share) * other]), marker=".", color=colour)
        _dots(triangle, p_1=first[0], q_1=first[1], p_2=second[0], q_2=second[1])
        share = np.linspace(0, 1, 61)
        mixed = share[:, None, None] * first + (1 - share[:, None, None]) * second
        D = np.asarray(kl_divergence(mixed[:, 0], mixed[:, 1]))
        beside.plot(share, np.where(np.isfinite(D), D, np.nan), color=ORANGE)
        if np.all(np.isfinite(D[[0, -1]])):
            beside.plot([0, 1], D[[0, -1]], "--", color=INK, lw=1)
        beside.axvline(self.share, color=GREY, lw=0.8)
        beside.set(xlabel="$λ$", title=r"$D(p_λ\,\|\,q_λ)$", xlim=(0, 1))
        beside.set_ylim(bottom=0)


def _crossing(p: NDArray[np.float64], f: Divergence, level: float = 0) -> NDArray[np.float64]:
    """Return on each ray from p the point where f, below `level` next to p, rises through it; nan where none does.

    Where f is above it from the start, that is p itself.
    """
    turns = np.linspace(0, 2 * np.pi, 181)[:, None] - 2 * np.pi * np.arange(3) / 3
    way = np.cos(turns)
    reach = np.min(np.divide(p, -way, out=np.full_like(way, np.inf), where=way < 0), axis=1, keepdims=True)
    border = p + reach * way
    border[np.abs(border) < 1e-12] = 0
    inside, outside = np.zeros_like(reach), np.ones_like(reach)
    for _ in range(50):
        middle = (inside + outside) / 2
        below = np.asarray(f((1 - middle) * p + middle * border))[:, None] < level
        inside, outside = np.where(below, middle, inside), np.where(below, outside, middle)
    reached = np.asarray(f(border))[:, None] >= level
    return np.where(reached, (1 - inside) * p + inside * border, np.nan)


def _draw(ax: Axes, points: NDArray[np.float64], **style: Any) -> None:
    ax.plot(*(points @ CORNERS).T, **style)


def _dots(ax: Axes, **points: NDArray[np.float64]) -> None:
    for name, point in points.items():
        _draw(ax, point[None], marker="o", color=COLOURS[name[0]])
        ax.annotate(f"${name}$", point @ CORNERS, (6, 4), textcoords="offset points")


def _lengths(ax: Axes, ways: dict[str, str], **points: NDArray[np.float64]) -> None:
    """Draw the divergences along each way, such as "pqr", end to end; where one is infinite, the label says so."""
    rows = [[float(kl_divergence(points[a], points[b])) for a, b in itertools.pairwise(way)] for way in ways]
    top = 1.1 * max([0.5, *(v for row in rows for v in np.cumsum(row) if np.isfinite(v))])
    for at, row, (way, colour) in zip((1, 0), rows, ways.items(), strict=True):
        start = 0.0
        for length, alpha in zip(row, (1, 0.5), strict=False):
            drawn = min(length, top - start)
            ax.barh(at, drawn, 0.4, start, color=colour, alpha=alpha)
            start += drawn
        legs = "+".join(rf"D({a}\,\|\,{b})" for a, b in itertools.pairwise(way))
        total = f"{sum(row):.3f}" if math.isfinite(sum(row)) else r"\infty"
        ax.annotate(f"${legs} = {total}$", (0, at + 0.28))
    ax.set(xlim=(0, top), ylim=(-0.4, 1.6), yticks=[])
