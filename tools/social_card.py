"""Draw book/_static/social-card.png, the picture that a link to the book shows elsewhere.

    python tools/social_card.py

Two normal densities, P and Q, and the integrand p log₂(p/q), whose area is the divergence written beside it.
"""

import math
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import norm

from klhelpers import kl_normal
from klhelpers.figures import BLUE, GREY, INK, ORANGE

PICTURE = Path(__file__).resolve().parents[1] / "book" / "_static" / "social-card.png"
P, Q = norm(0.0, 0.8), norm(1.3, 1.2)


def draw() -> None:
    """Draw the card, 1200 by 630 pixels, and write it without date or the name of a program."""
    title = "The Kullback–Leibler\ndivergence"
    claim = rf"$D(P\,\|\,Q) = {kl_normal(*P.args, *Q.args, base=2):.2f}$ bits"
    fig = plt.figure(figsize=(12, 6.3), dpi=100, facecolor="#fdfdfb", layout="none")
    fig.text(0.055, 0.90, title, size=46, family="STIXGeneral", va="top", linespacing=1.15)
    fig.text(0.057, 0.58, claim, size=30, family="STIXGeneral", color=ORANGE, va="top")
    ax = fig.add_axes((0.055, 0.075, 0.89, 0.80))
    x = np.linspace(-8.2, 5.0, 600)
    integrand = P.pdf(x) * (P.logpdf(x) - Q.logpdf(x)) / math.log(2)
    ax.fill_between(x, integrand, color=ORANGE, alpha=0.22)
    ax.plot(x, integrand, color=ORANGE, linewidth=1.8)
    ax.axhline(0, color=GREY, linewidth=1.2)
    ax.plot(x, P.pdf(x), color=INK, linewidth=4)
    ax.plot(x, Q.pdf(x), color=BLUE, linewidth=4)
    ax.text(0, P.pdf(0) - 0.11, "$P$", size=28, color=INK, ha="center")
    ax.text(2.6, Q.pdf(2.6) + 0.02, "$Q$", size=28, color=BLUE)
    ax.text(0.75, 0.66, r"$p\,\log_2\frac{p}{q}$", size=24, color=ORANGE)
    ax.set(xlim=(x[0], x[-1]))
    ax.axis("off")
    fig.savefig(PICTURE, metadata={"Software": None})


if __name__ == "__main__":
    draw()
