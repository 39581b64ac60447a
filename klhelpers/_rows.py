"""Batches of vectors, read in small blocks so that nothing large is ever copied."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

# 16384 numbers and a few temporaries of that size stay in a core's own cache.
BLOCK = 16384
TINY = np.finfo(np.float64).tiny
ONE = np.ones((1, 1))
ALL = slice(None)


def tiles(rows: int, events: int) -> Iterator[tuple[slice, list[slice]]]:
    """A table cut into pieces of at most `BLOCK` numbers: some rows at a time, and their columns in turn."""
    # Up to eight rows at once: they share cache lines where the events are not the last axis.
    width = min(events, BLOCK // min(rows, 8))
    height = BLOCK // width
    columns = [slice(left, left + width) for left in range(0, events, width)]
    for top in range(0, rows, height):
        yield slice(top, top + height), columns


def row_sums(read: Callable[[slice, slice], Floats], rows: int, events: int) -> Floats:
    """What `read` returns for each piece of a table, one or more partial sums of each row, summed up."""
    if rows * events <= BLOCK:
        return read(ALL, ALL)
    done = []
    for at, columns in tiles(rows, events):
        parts = [read(at, cols) for cols in columns]
        # Pairwise, along the last axis: a long row is summed as exactly as a short one.
        done.append(parts[0] if len(parts) == 1 else np.add.reduce(np.stack(parts, axis=-1), axis=-1))
    return done[0] if len(done) == 1 else np.concatenate(done)


@dataclass
class Rows:
    """Vectors as the rows of a table, a view of what the caller gave."""

    values: NDArray[Any]
    batch: tuple[int, ...]
    total: Floats  # a column; `ONE` where nothing needs scaling
    # Where batches were broadcast, the row that serves each pair.
    index: NDArray[np.intp] | None = field(default=None, kw_only=True)

    @property
    def shape(self) -> tuple[int, int]:
        """How many vectors the batch has, and of how many events."""
        return math.prod(self.batch), self.values.shape[1]

    def pick(self, table: NDArray[Any], rows: slice, cols: slice = ALL) -> NDArray[Any]:
        """Part of a table that has one row for each vector; a single row serves all."""
        if len(table) == 1:
            return table[:, cols]
        return table[rows, cols] if self.index is None else table[self.index[rows], cols]

    def block(self, rows: slice, cols: slice) -> Floats:
        """The values as contiguous float64; perhaps the caller's own memory, so not to be written to."""
        return np.ascontiguousarray(self.pick(self.values, rows, cols), dtype=np.float64)


@dataclass
class Distributions(Rows):
    """Probabilities up to a factor: row i stands for values[i] / (total[i] · 2**shift[i])."""

    delicate: bool  # it holds zeros, or numbers so small that quotients may leave float64's range
    lossy: bool = False  # scaling costs the smallest of its positive numbers digits, or takes them to zero
    shift: NDArray[np.intc] | None = None  # powers of two, where sums are so large or small that it matters

    def scaled(self, rows: slice, cols: slice) -> Floats:
        """values · 2**−shift: exact, unless `lossy`."""
        block = self.block(rows, cols)
        return block if self.shift is None else np.ldexp(block, -self.pick(self.shift, rows))

    def weights(self, rows: slice, cols: slice) -> Floats:
        """The probabilities."""
        scaled = self.scaled(rows, cols)
        return scaled if self.total is ONE else scaled / self.pick(self.total, rows)

    def logs(self, rows: slice, cols: slice) -> Floats:
        """The logarithms of the probabilities, also of those below float64's range."""
        weights = self.weights(rows, cols)
        logs = np.log(weights)
        if self.delicate and np.count_nonzero(faint := weights < TINY):
            scale = np.log(self.pick(self.total, rows))
            if self.shift is not None:
                scale = scale + self.pick(self.shift, rows) * math.log(2)
            logs = np.where(faint, np.log(self.block(rows, cols)) - scale, logs)
        return logs


@dataclass
class Logits(Rows):
    """Log-probabilities up to a summand: row i stands for exp(values[i] − top[i]) / total[i]."""

    top: Floats  # a column
