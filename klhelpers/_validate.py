"""What the public functions accept, and what they say when they do not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def probabilities(values: ArrayLike, name: str, axis: int, normalize: bool) -> Floats:
    """The distributions in `values`, with their events along the last axis, summing to one."""
    p = np.moveaxis(np.asarray(values, dtype=np.float64), axis, -1)
    if p.size == 0 or not np.all(np.isfinite(p) & (p >= 0)):
        raise ValueError(f"{name} must hold finite probabilities >= 0, but found {values!r}")
    total = p.sum(axis=-1, keepdims=True)
    if np.any(total == 0):
        raise ValueError(f"{name} must have a positive sum, but found {values!r}")
    if not normalize and np.any(abs(total - 1) > 1e-8):
        raise ValueError(f"{name} must sum to 1, but its sum is {total.squeeze()}")
    return p / total


def nats_per_unit(base: float | None) -> float:
    """How many nats one unit of information in `base` is worth."""
    if base is None:
        return 1.0
    if not base > 1:
        raise ValueError(f"base must be None (nats) or > 1, but found {base!r}")
    return math.log(base)


def scalar_if_one(values: Any) -> Any:
    """A plain float for one distribution, an array for a batch."""
    return float(values) if np.ndim(values) == 0 else values
