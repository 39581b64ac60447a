"""What the public functions accept, and what they say about the rest.

Every refusal names the argument, what was expected and what was found, with the index of the first offender.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping
from decimal import Decimal
from numbers import Real
from typing import Any, SupportsIndex, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from klhelpers._rows import ONE, Distributions, Floats, Logits, Mask, Rows, row_sums

AnyRows = TypeVar("AnyRows", bound=Rows)

# A sum this close to one is one: nearer, its own rounding decides.
ROUNDING = 4 * float(np.finfo(np.float64).eps)
# How far from one a sum may be, by the precision of the numbers that were summed.
TOLERANCE = {np.dtype(np.float16): 1e-2, np.dtype(np.float32): 1e-5}
DEFAULT_TOLERANCE = 1e-8
NORMALIZE = "for counts, normalize=True divides by the sums"
# Sums between these are used as they are; others are shifted by a power of two first.
SMALLEST_SUM, LARGEST_SUM = 0.5, 2.0
# Above this, every quotient of two probabilities stays within float64's range.
FAINT = 1e-150
# Positive numbers below this may lose digits when they are scaled: there logarithms are taken before scaling.
LOSSY = 2.0**-1000
# The difference of two differences of logits must still be a float64 number.
LARGEST_LOGIT = float(np.finfo(np.float64).max) / 4


def real_array(values: ArrayLike, name: str) -> NDArray[Any]:
    """`values` as a non-empty array of real numbers, not copied if it is one already."""
    if isinstance(values, np.ma.MaskedArray) or (
        isinstance(values, list | tuple) and any(isinstance(x, np.ma.MaskedArray) for x in values)
    ):
        raise TypeError(
            f"{name} must hold plain numbers, but found a masked array: fill or compress it first"
        )
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} must be a rectangular array of numbers, but found a ragged one") from error
    if array.dtype.kind not in "biuf":
        if array.dtype.kind == "O" and array.ndim == 0:
            found = f"{type(values).__name__}{_number_or_list(values, name)}"
            raise TypeError(f"{name} must be a number, an array or a list of numbers, but found {found}")
        raise TypeError(f"{name} must hold real numbers, but found {_no_numbers(array, name)}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, but found shape {array.shape}")
    return array


# What has a float: also fractions and decimals, and integers beyond 64 bits.
NUMBERS = Real | Decimal


def _number_or_list(values: Any, name: str) -> str:
    """How to make a number or an array of what numpy takes for neither."""
    if isinstance(values, NUMBERS):
        return f": write float({name})"
    if hasattr(values, "toarray"):
        return f": write {name}.toarray()"
    if isinstance(values, Mapping):
        return f": write list({name}.values())"
    return f": write list({name})" if isinstance(values, Iterable) else ""


def _no_numbers(array: NDArray[Any], name: str) -> str:
    """What an array holds that is no real number, and how to make numbers of it if they are some."""
    remedy = f": write np.asarray({name}, dtype=float)"
    if array.dtype.kind in "US" and array.size:
        return f"text, {str(array.flat[0])!r}{remedy}"
    if array.dtype.kind != "O":
        return f"{array.dtype}"
    for index, value in np.ndenumerate(array):
        if not isinstance(value, NUMBERS):
            return f"{value!r}{_at(index)}"
    return f"{type(array.flat[0]).__name__ if array.size else array.dtype}{remedy}"


def real_number(value: Any, name: str) -> float:
    """`value` as a float."""
    if isinstance(value, NUMBERS) and not isinstance(value, float | int):
        raise TypeError(f"{name} must be a float or an integer, but found {value!r}: write float({name})")
    array = real_array(value, name)
    if array.ndim:
        raise TypeError(f"{name} must be one number, but found an array of shape {array.shape}")
    return float(array)


def refuse(array: NDArray[Any], allowed: Mask, name: str, expected: str, index: str = "index") -> None:
    """Complain about the first number in `array` that is not `allowed`, if there is one."""
    if np.count_nonzero(allowed) < array.size:
        where = np.unravel_index(np.argmin(allowed), array.shape)
        raise ValueError(f"{name} must be {expected}, but found {array[where]}{_at(where, index)}")


def finite(values: ArrayLike, name: str) -> Floats:
    """A copy of `values` as float64."""
    array = real_array(values, name)
    refuse(array, np.isfinite(array), name, "finite")
    return array.astype(np.float64)


def positive(values: ArrayLike, name: str) -> Floats:
    """A copy of `values` as float64."""
    array = finite(values, name)
    refuse(array, array > 0, name, "> 0")
    return array


def broadcast(**arrays: Floats) -> list[Floats]:
    """The arrays, of one shape."""
    try:
        return list(np.broadcast_arrays(*arrays.values()))
    except ValueError:
        shapes = ", ".join(str(array.shape) for array in arrays.values())
        raise ValueError(f"{', '.join(arrays)} must broadcast, but found shapes {shapes}") from None


def _at(where: tuple[Any, ...], name: str = "index") -> str:
    index = [int(i) for i in where]
    return f" at {name} {index[0] if len(index) == 1 else tuple(index)}" if index else ""


def nats_per_unit(base: float | None) -> float:
    """How many nats one unit of information in `base` is worth."""
    if base is None:
        return 1.0
    if isinstance(base, str):
        raise TypeError(f"base must be None (nats) or a finite number > 1, so 2 for bits, but found {base!r}")
    number = real_number(base, "base")
    if not 1 < number < math.inf:
        raise ValueError(f"base must be None (nats) or a finite number > 1, but found {base!r}")
    return math.log(number)


def distributions(
    values: ArrayLike, name: str, axis: SupportsIndex, normalize: bool, remedy: str = NORMALIZE
) -> Distributions:
    """The distributions in `values`, with their events along `axis`."""
    if not isinstance(normalize, bool | np.bool_):
        raise TypeError(f"normalize must be True or False, but found {normalize!r}")
    array = real_array(values, name)
    table, batch = _table(array, name, axis, opposite=f"1 - {name}")
    delicate = lossy = False

    def read(rows: slice, cols: slice) -> Floats:
        nonlocal delicate, lossy
        block = np.ascontiguousarray(table[rows, cols], dtype=np.float64)
        if np.count_nonzero(block > FAINT) < block.size:
            delicate = True
            if np.count_nonzero(block >= 0) < block.size:
                refuse(array, array >= 0, name, "finite and >= 0")
            lossy = lossy or _is_lossy(block, block)
        return np.add.reduce(block, axis=-1, keepdims=True)

    total = row_sums(read, *table.shape)
    off = np.abs(total - 1.0)
    if np.count_nonzero(off <= ROUNDING) == off.size:
        return Distributions(table, batch, ONE, delicate=delicate)
    if np.count_nonzero(np.isfinite(total)) < total.size:
        refuse(array, np.isfinite(array), name, "finite and >= 0")
    tolerance = TOLERANCE.get(array.dtype, DEFAULT_TOLERANCE)
    if not normalize:
        close = (off <= tolerance).reshape(batch)
        if not close.all():
            expected = f"1 within {tolerance:g} ({_other_axis(array, axis, tolerance) or remedy})"
            refuse(total.reshape(batch), close, f"the sum of {name}", expected, "batch index")
    elif np.count_nonzero((total > SMALLEST_SUM) & (total < LARGEST_SUM)) < total.size:
        return _shifted(table, batch, name)
    total = np.where(off <= ROUNDING, 1.0, total)
    return Distributions(table, batch, total, delicate=delicate, lossy=lossy)


def _other_axis(array: NDArray[Any], axis: SupportsIndex, tolerance: float) -> str:
    """Where else the events may be, if the sums are one there."""
    own = operator.index(axis) % array.ndim
    sums = {i: np.sum(array, axis=i, dtype=np.float64) for i in range(array.ndim) if i != own}
    fit = [i for i, total in sums.items() if np.all(np.abs(total - 1) <= tolerance)]
    return f"along axis {fit[0]} all are: write axis={fit[0]}" if fit else ""


def _is_lossy(block: Floats, scaled: Floats) -> bool:
    return bool(np.count_nonzero((block > 0) & (scaled < LOSSY)))


def _shifted(table: NDArray[Any], batch: tuple[int, ...], name: str) -> Distributions:
    """Distributions whose sums are far from one, possibly beyond float64's range."""
    largest = np.asarray(table.max(axis=-1, keepdims=True), dtype=np.float64)
    refuse(largest.reshape(batch), largest.reshape(batch) > 0, f"the sum of {name}", "> 0")
    rows = Distributions(table, batch, ONE, shift=np.frexp(largest)[1], delicate=True)

    def read(at: slice, cols: slice) -> Floats:
        scaled = rows.scaled(at, cols)
        rows.lossy = rows.lossy or _is_lossy(rows.block(at, cols), scaled)
        return np.add.reduce(scaled, axis=-1, keepdims=True)

    rows.total = row_sums(read, *table.shape)
    return rows


def logits(values: ArrayLike, name: str, axis: SupportsIndex) -> Logits:
    """The distributions ∝ exp(values), with their events along `axis`."""
    array = real_array(values, name)
    table, batch = _table(array, name, axis, opposite="0")
    top = np.maximum.reduce(table, axis=-1, keepdims=True).astype(np.float64)

    def read(rows: slice, cols: slice) -> Floats:
        block = np.ascontiguousarray(table[rows, cols], dtype=np.float64)
        if np.count_nonzero(np.abs(block) <= LARGEST_LOGIT) < block.size:
            allowed = (np.abs(array) <= LARGEST_LOGIT) | (array == -np.inf)
            refuse(array, allowed, name, f"-inf or within ±{LARGEST_LOGIT:.1e}")
        return np.add.reduce(np.exp(block - top[rows]), axis=-1, keepdims=True)

    total = row_sums(read, *table.shape)
    if np.count_nonzero(total > 0) < total.size:
        where = np.unravel_index(np.argmin(top.reshape(batch) > -np.inf), batch)
        raise ValueError(f"{name} must have a logit above -inf, but found none{_at(where)}")
    return Logits(table, batch, total, top)


def _table(
    array: NDArray[Any], name: str, axis: SupportsIndex, opposite: str
) -> tuple[NDArray[Any], tuple[int, ...]]:
    """The array as rows of events, and the shape of the batch that these rows make up."""
    if array.ndim == 0:
        remedy = f"for an event and its opposite write [{name}, {opposite}]"
        raise ValueError(f"{name} must be an array with at least one axis, but found one number; {remedy}")
    try:
        number = operator.index(axis)
    except TypeError:
        raise TypeError(f"axis must be an integer, but found {axis!r}") from None
    if not -array.ndim <= number < array.ndim:
        raise ValueError(
            f"axis must be an axis of {name}, but found {number} and an array of shape {array.shape}"
        )
    if number not in (-1, array.ndim - 1):  # np.moveaxis takes longer than the sum over ten events
        array = np.moveaxis(array, number, -1)
    return (array if array.ndim == 2 else array.reshape(-1, array.shape[-1])), array.shape[:-1]


def paired(p: AnyRows, q: AnyRows, names: str) -> tuple[AnyRows, AnyRows]:
    """The two with their batches broadcast against each other; the events never are."""
    if p.values.shape[1] != q.values.shape[1]:
        found = f"{p.values.shape[1]} and {q.values.shape[1]}"
        raise ValueError(f"{names} must have the same number of events, but found {found}")
    if p.batch != q.batch:
        try:
            batch = np.broadcast_shapes(p.batch, q.batch)
        except ValueError:
            found = f"{p.batch} and {q.batch}"
            raise ValueError(
                f"{names} must have batches that broadcast, but found {found} besides the events"
            ) from None
        for side in (p, q):
            if len(side.values) > 1:
                own = np.arange(len(side.values)).reshape(side.batch)
                side.index = np.broadcast_to(own, batch).ravel()
            side.batch = batch
    return p, q


def scalar_if_one(values: Floats, batch: tuple[int, ...]) -> float | Floats:
    """A plain float for one distribution, an array for a batch."""
    return values.reshape(batch) if batch else float(values.item())
