"""Kullback–Leibler divergence in log space, where probabilities may be far below float64's range."""

from __future__ import annotations

import numpy as np

from klhelpers._divergences import NEAR, powers
from klhelpers._rows import Floats, Logits, row_sums


def kl_of_logits(p: Logits, q: Logits) -> Floats:
    """D(p‖q) = Σ w (eˣ − 1 − x), x = log(v/w), of each pair of rows; no term is negative."""

    def read(rows: slice, cols: slice) -> Floats:
        a, b = np.broadcast_arrays(p.block(rows, cols), q.block(rows, cols))
        top_a, top_b = p.pick(p.top, rows), q.pick(q.top, rows)
        total_a, total_b = p.pick(p.total, rows), q.pick(q.total, rows)
        w = np.exp(a - top_a) / total_a
        # Differences without rounding, so that a common shift of the logits costs no digit.
        step, step_rest = _difference(b, a)
        shift, shift_rest = _difference(top_b, top_a)
        rest = step_rest - (shift_rest + np.log(total_b / total_a))
        x = np.where(np.isfinite(step), (step - shift) + rest, step)
        gain = w * np.expm1(x)  # v − w
        rising = (x > 1) | (w == 0)
        if np.count_nonzero(rising):
            gain = np.where(rising, np.exp(b - top_b) / total_b - w, gain)
        terms = np.where(w > 0, gain - w * x, gain)
        near = np.abs(x) < NEAR
        if np.count_nonzero(near):
            terms[near] = w[near] * powers(x[near], [1 / k for k in range(3, 12)])
        terms[(b == -np.inf) & (a > -np.inf)] = np.inf
        return np.stack([np.add.reduce(terms, axis=-1), np.add.reduce(gain, axis=-1)], axis=-1)

    both = row_sums(read, *p.shape)
    sums, drift = both[:, :1], both[:, 1:]
    # As between `Distributions`: the normalisers are rounded, which adds ½ drift² to second order.
    return np.maximum(sums - 0.5 * drift * drift, 0.0)


def _difference(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The rounded difference x − y and what rounding took from it (Knuth)."""
    rounded = x - y
    back = rounded - x
    return rounded, (x - (rounded - back)) - (y + back)
