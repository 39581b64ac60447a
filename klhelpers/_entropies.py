"""Entropy and cross-entropy, exact also where one event is all but certain.

There the surprisal of that event is −log(1 − r), where r is what the others have together: r is summed for
itself, because 1 − r has forgotten most of its digits.
"""

from __future__ import annotations

import numpy as np

from klhelpers._rows import Distributions, Floats, row_sums


def mean_surprisal(p: Distributions, q: Distributions) -> Floats:
    """−Σ w log v of each pair of rows; ∞ where v = 0 < w."""

    def read(rows: slice, cols: slice) -> Floats:
        w = p.weights(rows, cols)
        v = w if q is p else q.weights(rows, cols)
        log_v = q.logs(rows, cols)
        if w.shape != v.shape:
            w, v, log_v = np.broadcast_arrays(w, v, log_v)
        terms = w * log_v
        if p.delicate:  # 0 · −∞ needs a zero in it
            terms = np.where(w > 0, terms, 0.0)
            terms = np.where((p.block(rows, cols) > 0) & (log_v == -np.inf), -np.inf, terms)
        sums = np.zeros((len(terms), 3))
        likely = v > 0.5
        if np.count_nonzero(likely):
            terms = np.where(likely, 0.0, terms)
            np.add.reduce(np.where(likely, w, 0.0), axis=-1, out=sums[:, 1])
            v = np.where(likely, 0.0, v)
        np.add.reduce(terms, axis=-1, out=sums[:, 0])
        np.add.reduce(v, axis=-1, out=sums[:, 2])
        return sums

    three = row_sums(read, *p.shape)
    sums, certain, rest = three[:, :1], three[:, 1:2], three[:, 2:]
    return np.where(certain > 0, -sums - certain * np.log1p(-rest), -sums)
