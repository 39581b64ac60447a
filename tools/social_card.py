"""Draw book/_static/social-card.png, the picture that a link to the book shows elsewhere.

    python tools/social_card.py

Two normal densities, P and Q, and the integrand p log₂(p/q), whose area is the divergence written beside
it. The area is computed by quadrature and must agree with the closed form, or nothing is written.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from scipy.integrate import quad
from scipy.stats import norm

from klhelpers.figures import BLUE, GREY, INK, ORANGE

PICTURE = Path(__file__).resolve().parents[1] / "book" / "_static" / "social-card.png"
TITLE = "The Kullback–Leibler\ndivergence"
MU_P, SIGMA_P = 0.0, 0.8
MU_Q, SIGMA_Q = 1.3, 1.2
P, Q = norm(MU_P, SIGMA_P), norm(MU_Q, SIGMA_Q)


def integrand(x: Any) -> Any:
    """p(x) log₂(p(x)/q(x)), in bits per unit of x."""
    return P.pdf(x) * (P.logpdf(x) - Q.logpdf(x)) / math.log(2)


def divergence() -> float:
    """D(P‖Q) in bits, by quadrature, held against log(σ_Q/σ_P) + (σ_P² + (μ_P − μ_Q)²)/2σ_Q² − ½ nats."""
    area = float(quad(integrand, -12, 12, epsabs=1e-12)[0])
    nats = math.log(SIGMA_Q / SIGMA_P) + (SIGMA_P**2 + (MU_P - MU_Q) ** 2) / (2 * SIGMA_Q**2) - 0.5
    if not math.isclose(area, nats / math.log(2), rel_tol=1e-9):
        raise ArithmeticError(f"the area is {area} bits, but {nats / math.log(2)} in closed form")
    return area


def draw() -> None:
    """Draw the card, 1200 by 630 pixels, and write it without date or the name of a program."""
    value = divergence()
    fig = plt.figure(figsize=(12, 6.3), dpi=100, facecolor="#fdfdfb", layout="none")
    fig.text(0.055, 0.90, TITLE, size=46, family="STIXGeneral", va="top", linespacing=1.15)
    claim = rf"$D(P\,\|\,Q) = {value:.2f}$ bits"
    fig.text(0.057, 0.58, claim, size=30, family="STIXGeneral", color=ORANGE, va="top")
    ax = fig.add_axes((0.055, 0.075, 0.89, 0.80))
    x = np.linspace(-8.2, 5.0, 600)
    ax.fill_between(x, integrand(x), color=ORANGE, alpha=0.22)
    ax.plot(x, integrand(x), color=ORANGE, linewidth=1.8)
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
