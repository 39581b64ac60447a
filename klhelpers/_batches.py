"""Batches of distributions: where their events are, and sums over the events that copy nothing large."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, SupportsIndex, TypeAlias, TypeVar

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Axis: TypeAlias = SupportsIndex | tuple[SupportsIndex, ...] | None

# 16384 numbers and a few temporaries of that size stay in a core's own cache.
BLOCK = 16384
TINY = float(np.finfo(np.float64).tiny)
SMALLEST = float(np.finfo(np.float64).smallest_subnormal)


def floats(values: NDArray[Any]) -> Floats:
    """The values as contiguous float64; perhaps the caller's own memory, so not to be written to."""
    return np.ascontiguousarray(values, dtype=np.float64)


class Distributions(NamedTuple):
    """Probabilities up to a factor: each is its value / (total · 2**exponent)."""

    values: NDArray[Any]  # as the caller gave them, the events along the last axis
    events: tuple[int, ...]  # the shape of the axes that were made the last
    totals: Floats | float = 1.0  # a column; 1 where the sum is that but for rounding
    exponents: NDArray[np.intc] | None = None  # a column, where sums are far out in float64's range

    def scaled(self) -> Floats:
        """Value · 2**−exponent, never rounded to zero."""
        values = floats(self.values)
        return values if self.exponents is None else kept(np.ldexp(values, -self.exponents), values)

    def weights(self) -> Floats:
        """The probabilities, never rounded to zero."""
        scaled = self.scaled()
        return scaled if isinstance(self.totals, float) else kept(scaled / self.totals, scaled)

    def logs(self) -> Floats:
        """The logarithms of the probabilities, also of those below float64's range."""
        weights = self.weights()
        logs: Floats = np.log(weights)
        small = weights < TINY  # pragma: no mutate: at the border both ways are right
        if np.count_nonzero(small):
            shift = 0.0 if self.exponents is None else self.exponents * math.log(2)
            exact = np.log(floats(self.values)) - (np.log(self.totals) + shift)
            logs = np.where(small, exact, logs)
        return logs


class Logits(NamedTuple):
    """Log-probabilities up to a summand: each probability is exp(value − top) / total."""

    values: NDArray[Any]
    events: tuple[int, ...]
    tops: Floats  # columns both
    totals: Floats | float = 1.0


Table = TypeVar("Table", Distributions, Logits)


def kept(x: Floats, values: Floats) -> Floats:
    """The scaled values x, but the smallest float instead of 0 where a value is not 0."""
    zero = x == 0
    return np.where(zero & (values > 0), SMALLEST, x) if np.count_nonzero(zero) else x


def event_axes(axis: Axis, dimensions: int) -> tuple[int, ...]:
    """The axes along which the events are, counted from the first of so many."""
    if isinstance(axis, int) and axis == -1:
        return (dimensions - 1,)
    axes: Any = range(dimensions) if axis is None else axis
    return normalize_axis_tuple(axes, dimensions)


def events_last(
    array: NDArray[Any], name: str, axis: Axis, opposite: str
) -> tuple[NDArray[Any], tuple[int, ...]]:
    """The array with its events along the last axis, and the shape that they had."""
    if array.ndim == 0:
        remedy = f"for an event and its opposite write [{name}, {opposite}]"
        raise ValueError(f"{name} must be an array with at least one axis, but found one number; {remedy}")
    try:
        axes = event_axes(axis, array.ndim)
    except TypeError:
        raise TypeError(f"axis must be an integer, a tuple of them or None, but found {axis!r}") from None
    except (np.exceptions.AxisError, OverflowError):
        raise ValueError(
            f"axis must be an axis of {name}, but found {axis} and an array of shape {array.shape}"
        ) from None
    except ValueError:
        raise ValueError(f"axis must not repeat itself, but found {axis}") from None
    if axes != (array.ndim - 1,):
        array = np.moveaxis(array, axes, range(-len(axes), 0))
    at = array.ndim - len(axes)
    events = array.shape[at:]
    if not math.prod(events) or not axes:
        raise ValueError(f"{name} must not be empty, but found shape {array.shape}")
    return (array if len(axes) == 1 else array.reshape(*array.shape[:at], math.prod(events))), events


def paired(tables: dict[str, Any]) -> list[Any]:
    """The tables with as many axes, so that their batches broadcast against each other; the events never do."""
    if len({(table.events, table.values.shape) for table in tables.values()}) == 1:
        return list(tables.values())
    names, shapes = " and ".join(tables), [table.values.shape[:-1] for table in tables.values()]
    events = {
        table.events: table.events[0] if len(table.events) == 1 else table.events for table in tables.values()
    }
    if len(events) > 1:
        found = " and ".join(map(str, events.values()))
        raise ValueError(f"{names} must have the same number of events, but found {found}")
    try:
        axes = 1 + len(np.broadcast_shapes(*shapes))
    except ValueError:
        found = f"{' and '.join(map(str, shapes))} besides the events"
        raise ValueError(f"{names} must have batches that broadcast, but found {found}") from None
    return [_with_axes(table, axes) for table in tables.values()]


def _with_axes(table: Table, axes: int) -> Table:
    return _each_array(table, lambda array: array[(np.newaxis,) * (axes - array.ndim)])


def _part(table: Table, axis: int, at: slice) -> Table:
    """A stretch of the table along an axis; what is one there serves every stretch."""
    index = (slice(None),) * axis + (at,)
    return _each_array(table, lambda array: array[index] if array.shape[axis] > 1 else array)


def _each_array(table: Table, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Table:
    fields: Any = (change(field) if isinstance(field, np.ndarray) else field for field in table)
    return type(table)(*fields)


def over_events(ufunc: np.ufunc, read: Callable[..., Floats], *tables: Table) -> Floats:
    """What `read` makes of the tables, a column or several, put together by `ufunc` where the events were divided.

    The tables are read block by block. So memory is bounded, and what is computed of a block stays in the cache.
    """
    if math.prod([table.values.size for table in tables]) <= BLOCK:
        return read(*tables)
    shape = [max(sizes) for sizes in zip(*(table.values.shape for table in tables), strict=True)]
    size = math.prod(shape)
    if size <= BLOCK:
        return read(*tables)
    axis = next(i for i, n in enumerate(shape) if n > 1)
    step = max(1, shape[axis] * BLOCK // size)
    stretches = [slice(start, start + step) for start in range(0, shape[axis], step)]
    parts = [over_events(ufunc, read, *(_part(table, axis, at) for table in tables)) for at in stretches]
    if axis < len(shape) - 1:
        return np.concatenate(parts, axis)
    found: Floats = ufunc.reduce(np.stack(parts, axis=-1), axis=-1)  # pairwise, so as exact as a short sum
    return found


def summed(terms: Floats) -> Floats:
    """Σ over the events, as a column."""
    found: Floats = np.add.reduce(terms, axis=-1, keepdims=True)
    return found


def answer(column: Floats, of: Distributions | Logits, axis: Axis, keepdims: bool) -> np.float64 | Floats:
    """The column as numpy would return it: a number for one distribution, an array for a batch."""
    batch = column[..., 0]
    if keepdims:
        return np.expand_dims(batch, tuple(range(len(of.events))) if axis is None else axis)
    found: np.float64 | Floats = batch[()]
    return found
