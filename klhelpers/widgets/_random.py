"""Numbers that look random and are the same on every machine, in Python as in JavaScript (random.js)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GOLDEN = np.uint32(0x9E3779B9)  # 2³² divided by the golden ratio, odd


def _mixed(x: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Mix 32 bits, one to one (the last step of MurmurHash3)."""
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    x = (x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))


def uniform(seed: int, count: int) -> NDArray[np.float64]:
    """Return the first `count` numbers of a seed, in [0, 1).

    The k-th is a mix of k times a constant, begun at a mix of the seed, as in SplitMix (Steele, Lea and Flood 2014):
    good enough to toss coins on a page, not for research.

    >>> uniform(1, 3)
    array([0.18724612, 0.31404471, 0.79819697])
    """
    start = _mixed(np.array([seed], dtype=np.uint32))
    return _mixed(start + np.arange(count, dtype=np.uint32) * GOLDEN) / 2.0**32
