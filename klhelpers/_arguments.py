"""What the public functions accept, and what they say about the rest.

Every refusal names the argument, what was expected and what was found, with the index of the first offender.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Set
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from klhelpers._batches import (
    Axis,
    Distributions,
    Floats,
    Logits,
    answer,
    event_axes,
    events_last,
    floats,
    over_events,
    paired,
    summed,
)

# A sum this close to one is one: nearer, its own rounding decides.
ROUNDING = 4 * float(np.finfo(np.float64).eps)
# How far from one a sum may be, by the precision of the numbers that were summed.
TOLERANCE = {np.dtype(np.float16): 1e-2, np.dtype(np.float32): 1e-5}
DEFAULT_TOLERANCE = 1e-8
NORMALIZE = "for counts, normalize=True divides by the sums"
# Between these, sums and their quotients keep products within float64's range; others are brought near one first.
SMALLEST_SUM, LARGEST_SUM = 2.0**-400, 2.0**400
# The difference of two differences of logits must still be a float64 number.
LARGEST_LOGIT = float(np.finfo(np.float64).max) / 4


def real_array(values: ArrayLike, name: str) -> NDArray[Any]:
    """`values` as an array of real numbers, not copied if it is one already."""
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
    except (TypeError, RuntimeError) as error:  # of a tensor's own
        remedy = f": write {name}.detach().cpu().double().numpy()" if hasattr(values, "detach") else ""
        found = type(values).__name__
        raise TypeError(f"{name} must be an array that numpy can read, but found {found}{remedy}") from error
    if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
        if array.dtype.kind == "O" and array.ndim == 0:
            found = f"{type(values).__name__}{_number_or_list(values, name)}"
            raise TypeError(f"{name} must be a number, an array or a list of numbers, but found {found}")
        raise TypeError(f"{name} must hold real numbers, but found {_no_numbers(array, name)}")
    return array


# What has a float: also fractions and decimals, and integers beyond 64 bits.
NUMBERS = Real | Decimal


def _number_or_list(values: Any, name: str) -> str:
    """How to make a number or an array of what numpy takes for neither."""
    if isinstance(values, NUMBERS):
        return _if_it_works(np.asarray(values), f": write float({name})")
    if hasattr(values, "toarray"):
        return f": write {name}.toarray()"
    if hasattr(values, "sigmas"):
        return ": of mixtures there are forward_kl and reverse_kl"
    if isinstance(values, Mapping):
        return f": write [{name}.get(event, 0) for event in events], with one list of events for all"
    if isinstance(values, Set):
        return ", which holds equal numbers once: write a list"
    return f": write list({name})" if isinstance(values, Iterable) else ""


def _no_numbers(array: NDArray[Any], name: str) -> str:
    """What an array holds that is no real number, and how to make numbers of it if they are some."""
    if array.dtype.kind not in "USfO":
        return str(array.dtype)
    remedy = _if_it_works(array, f": write np.asarray({name}, dtype=float)")
    if array.dtype.kind in "US" and array.size:
        return f"text, {str(array.flat[0])!r}{remedy}"
    if array.dtype.kind != "O":
        return f"{array.dtype}{remedy}"
    for index, value in np.ndenumerate(array):
        if not isinstance(value, NUMBERS):
            return f"{value!r}{at_index(index)}"
    return f"{type(array.flat[0]).__name__ if array.size else array.dtype}{remedy}"


@np.errstate(all="ignore")
def _if_it_works(array: NDArray[Any], remedy: str) -> str:
    """The remedy, if the numbers have floats."""
    try:
        array.astype(np.float64)
    except OverflowError:
        return " beyond the largest float"
    except (TypeError, ValueError):
        return ""
    return remedy


def real_number(value: Any, name: str) -> float:
    """`value` as a float."""
    if isinstance(value, NUMBERS) and not isinstance(value, float | int):
        raise TypeError(f"{name} must be a float or an integer, but found {value!r}: write float({name})")
    array = real_array(value, name)
    if array.ndim:
        raise TypeError(f"{name} must be one number, but found an array of shape {array.shape}")
    return float(array)


def refuse(
    array: NDArray[Any], allowed: NDArray[np.bool_], name: str, expected: str, index: str = "index"
) -> None:
    """Complain about the first number in `array` that is not `allowed`, if there is one."""
    if np.count_nonzero(allowed) < array.size:
        where = np.unravel_index(np.argmin(allowed), array.shape)
        raise ValueError(f"{name} must be {expected}, but found {array[where]}{at_index(where, index)}")


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


def at_index(where: tuple[Any, ...], name: str = "index") -> str:
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


def flag(value: Any, name: str) -> bool:
    """`value`, which must be True or False."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False, but found {value!r}")
    return bool(value)


@np.errstate(all="ignore")  # a sum beyond float64's range is ∞, and refused or scaled as such
def distributions(
    values: ArrayLike, name: str, axis: Axis, *, normalize: bool, remedy: str = NORMALIZE
) -> Distributions:
    """The distributions in `values`, with their sums."""
    counts = flag(normalize, "normalize")
    array = real_array(values, name)
    found = Distributions(*events_last(array, name, axis, opposite=f"1 - {name}"))
    totals = over_events(np.add, _sums_or_nan, found)
    off = np.abs(totals - 1.0)
    if np.count_nonzero(off <= ROUNDING) == off.size:
        return found
    if np.count_nonzero(np.isfinite(totals)) < totals.size:
        refuse(array, (array >= 0) & (array < np.inf), name, "finite and >= 0")
    tolerance = TOLERANCE.get(array.dtype, DEFAULT_TOLERANCE)
    if not counts and np.count_nonzero(off <= tolerance) < off.size:
        expected = f"1 within {tolerance:g} ({_other_axis(array, tolerance) or remedy})"
        refuse(totals[..., 0], off[..., 0] <= tolerance, f"the sum of {name}", expected, "batch index")
    if np.count_nonzero((totals > SMALLEST_SUM) & (totals < LARGEST_SUM)) == totals.size:
        return found._replace(totals=np.where(off <= ROUNDING, 1.0, totals))
    largest = over_events(np.maximum, _maxima, found)
    refuse(largest[..., 0], largest[..., 0] > 0, f"the sum of {name}", "> 0")
    found = found._replace(exponents=np.frexp(largest)[1])
    return found._replace(totals=over_events(np.add, _sums_or_nan, found))


def _sums_or_nan(of: Distributions) -> Floats:
    """The sums of the values, but NaN if one of these is NaN or negative."""
    values = of.scaled()
    sums = summed(values)
    return np.full_like(sums, math.nan) if np.count_nonzero(values < 0) else sums


def _maxima(of: Distributions) -> Floats:
    found: Floats = np.maximum.reduce(floats(of.values), axis=-1, keepdims=True)
    return found


def _other_axis(array: NDArray[Any], tolerance: float) -> str:
    """Where the events may be, if the sums are one there."""
    fit = [i for i in range(array.ndim) if np.all(np.abs(np.sum(array, axis=i) - 1) <= tolerance)]
    return f"along axis {fit[0]} all are: write axis={fit[0]}" if fit else ""


def logits(values: ArrayLike, name: str, axis: Axis) -> Logits:
    """The distributions ∝ exp(values)."""
    array = real_array(values, name)
    rows = Distributions(*events_last(array, name, axis, opposite="0"))
    found = Logits(rows.values, rows.events, tops=over_events(np.maximum, _maxima, rows))
    totals = over_events(np.add, _exponential_sums_or_nan, found)
    if np.count_nonzero(np.isnan(totals)):
        allowed = (np.abs(array) <= LARGEST_LOGIT) | (array == -np.inf)
        refuse(array, allowed, name, f"-inf or within ±{LARGEST_LOGIT:.1e}")
        where = np.unravel_index(np.argmin(found.tops[..., 0] > -np.inf), found.tops.shape[:-1])
        raise ValueError(f"{name} must have a logit above -inf, but found none{at_index(where)}")
    return found._replace(totals=totals)


def _exponential_sums_or_nan(of: Logits) -> Floats:
    """The sums of exp(value − top), but NaN if a value is not allowed."""
    values = floats(of.values)
    sums = summed(np.exp(values - of.tops))
    allowed = (np.abs(values) <= LARGEST_LOGIT) | (values == -np.inf)
    return np.where(np.count_nonzero(allowed) == allowed.size, sums, math.nan)


def measured(
    measure: Callable[..., Floats],
    read: Callable[[ArrayLike, str, Axis], Distributions | Logits],
    axis: Axis,
    base: float | None,
    keepdims: bool,
    **arrays: ArrayLike,
) -> np.float64 | Floats:
    """The measure of what is read from the arrays, one column, as numpy would return it."""
    unit, keep = nats_per_unit(base), flag(keepdims, "keepdims")
    with np.errstate(all="ignore"):  # 1/0 = ∞ and log 0 = −∞ are values here, not accidents
        tables: list[Any] = paired({name: read(array, name, axis) for name, array in arrays.items()})
        _refuse_other_labels(axis, arrays)
        return answer(measure(*tables) / unit, tables[0], axis, keep)


def _refuse_other_labels(axis: Axis, arrays: dict[str, Any]) -> None:
    """Complain if both arrays label their events, as pandas' do, and not alike."""
    labels = {
        name: [list(x.axes[i]) for i in event_axes(axis, len(x.axes))]
        for name, x in arrays.items()
        if isinstance(getattr(x, "axes", None), list)
    }
    if len(labels) == 2:
        (p, first), (q, second) = labels.items()
        if first != second:
            found = " and ".join(str(each[0] if len(each) == 1 else each) for each in (first, second))
            remedy = f"{p}, {q} = {p}.align({q}, axis={axis}, fill_value=0)"
            raise ValueError(f"{p} and {q} must label their events alike, but found {found}: write {remedy}")
