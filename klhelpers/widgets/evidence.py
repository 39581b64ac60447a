"""Evidence: tosses of one of two coins, and the log-likelihood ratio that grows by D a toss on average."""

from __future__ import annotations

import math

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from klhelpers.discrete import kl_divergence
from klhelpers.figures import BLUE, GREEN, GREY, INK, ORANGE
from klhelpers.widgets._explorable import Explorable, Number

SURE = math.log(20)  # odds of 20 : 1
LEAST, MOST = 0.01, 0.99
MOST_TOSSES = 100_000
GOLDEN = np.uint32(0x9E3779B9)  # 2³² divided by the golden ratio, odd


def _mixed(x: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Mix 32 bits, one to one (the last step of MurmurHash3)."""
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    x = (x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))


def uniform(seed: int, count: int) -> NDArray[np.float64]:
    """Return the first `count` numbers of a seed, in [0, 1), the same on every machine and in the script.

    The k-th is a mix of k times a constant, begun at a mix of the seed, as in SplitMix (Steele, Lea and Flood 2014):
    good enough to toss coins on a page, not for research.

    >>> uniform(1, 3)
    array([0.18724612, 0.31404471, 0.79819697])
    """
    start = _mixed(np.array([seed], dtype=np.uint32))
    return _mixed(start + np.arange(count, dtype=np.uint32) * GOLDEN) / 2.0**32


class Evidence(Explorable):
    """Walks of the log-likelihood ratio L for coin p against coin q.

    Args:
        p: the probability of heads of one coin, from 0.01 to 0.99.
        q: that of the other.
        tossed: the coin that is tossed, ``"p"`` or ``"q"``.
        seed: which tosses fall; the same seed, the same tosses.
        walks: how many runs are drawn.
        near: the reader's guess of how many tosses a fair coin needs against one of 51 %, for odds of 20 : 1.
        far: the same against one of 1 %.
        revealed: whether the reader has committed to both.

    Raises:
        TraitError: if a number is outside its limits.
    """

    module = "evidence"
    p = Number(0.5, (LEAST, MOST))
    q = Number(0.6, (LEAST, MOST))
    tossed = traitlets.Enum(["p", "q"], "p").tag(sync=True)
    seed = traitlets.Int(1951, min=0, max=2**32 - 1).tag(sync=True)
    walks = traitlets.Int(8, min=1, max=20).tag(sync=True)
    near = Number(100, (1, MOST_TOSSES))
    far = Number(100, (1, MOST_TOSSES))
    revealed = traitlets.Bool(False).tag(sync=True)

    def drift(self) -> float:
        """Return the mean evidence for p a toss, in nats: D(p‖q) if p is tossed, −D(q‖p) if q is."""
        p, q = [self.p, 1 - self.p], [self.q, 1 - self.q]
        return float(kl_divergence(p, q)) if self.tossed == "p" else -float(kl_divergence(q, p))

    def tosses(self) -> int:
        """Return how many are drawn: twice what 20 : 1 needs on average, at most 100,000."""
        drift = abs(self.drift())
        return min(MOST_TOSSES, math.ceil(2 * SURE / drift)) if drift else MOST_TOSSES

    def drawn(self) -> NDArray[np.float64]:
        """Return L after 1, 2, … tosses, a row for each walk that is drawn."""
        bias = self.p if self.tossed == "p" else self.q
        draws = uniform(self.seed, self.walks * MOST_TOSSES).reshape(self.walks, MOST_TOSSES)
        scores = math.log(self.p / self.q), math.log((1 - self.p) / (1 - self.q))
        return np.cumsum(np.where(draws[:, : self.tosses()] < bias, *scores), axis=1)

    def picture(self) -> Figure:
        """Return the walks and their mean over a logarithmic scale of tosses, and where the mean reaches 20 : 1."""
        L, drift = self.drawn(), self.drift()
        n = np.unique(np.geomspace(1, L.shape[1], 100).round().astype(int))
        fig, ax = plt.subplots(figsize=(6.4, 3.2))
        for level in (0, SURE, -SURE):
            ax.axhline(level, color=GREY, lw=0.8)
        if drift:
            ax.axvline(SURE / abs(drift), color=GREY, ls="--")
        ax.semilogx(n, L[:, n - 1].T, color=INK if self.tossed == "p" else BLUE, lw=0.9, alpha=0.5)
        ax.semilogx(n, drift * n, color=ORANGE if self.tossed == "p" else GREEN, lw=2.8)
        ax.set(xlabel="$n$", ylabel="$L_n$", xlim=(1, MOST_TOSSES), ylim=(-2 * SURE, 2 * SURE))
        return fig
