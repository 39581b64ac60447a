"""D(p‖q) by `klhelpers` and by others: relative error against 50 digits, and time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import timeit
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import mpmath  # type: ignore[import-untyped]
import numpy as np
import scipy.special
import scipy.stats

from klhelpers import kl_divergence

SHAPES = [(1, 10), (1, 1000), (100_000, 100), (1, 10**7)]
Method = Callable[[Any, Any], Any]


def methods() -> dict[str, Method]:
    """What is compared, by name."""
    found: dict[str, Method] = {
        "klhelpers.kl_divergence": kl_divergence,
        "np.sum(p * np.log(p / q))": lambda p, q: np.sum(p * np.log(p / q), axis=-1),
        "scipy.stats.entropy": lambda p, q: scipy.stats.entropy(p, q, axis=-1),
        "scipy.special.rel_entr": lambda p, q: np.sum(scipy.special.rel_entr(p, q), axis=-1),
        "scipy.special.kl_div": lambda p, q: np.sum(scipy.special.kl_div(p, q), axis=-1),
    }
    if find_spec("torch"):
        torch = import_module("torch")
        found["torch.nn.functional.kl_div"] = lambda p, q: torch.nn.functional.kl_div(
            torch.log(torch.from_numpy(q)), torch.from_numpy(p), reduction="none"
        ).sum(-1)
    return found


def distributions(shape: tuple[int, int], gap: float | None = None) -> tuple[Any, Any]:
    """Two random batches, or one and its neighbour at this relative distance."""
    rng = np.random.default_rng(0)
    p = rng.exponential(size=shape)
    q = rng.exponential(size=shape) if gap is None else p * (1 + gap * rng.standard_normal(shape))
    return p / p.sum(axis=-1, keepdims=True), q / q.sum(axis=-1, keepdims=True)


def exact(p: Any, q: Any) -> Any:
    """D of the normalised vectors, at the digits that mpmath is set to."""
    x, y = ([mpmath.mpf(float(a)) for a in values[0]] for values in (p, q))
    scale = mpmath.fsum(y) / mpmath.fsum(x)
    terms = (a * mpmath.log(a / b * scale) for a, b in zip(x, y, strict=True))
    return mpmath.fsum(terms) / mpmath.fsum(x)


def errors(method: Method) -> list[float]:
    """Relative errors of one of 1000 categories: far apart, and 1e-9 from each other."""
    pairs = [distributions((1, 1000)), distributions((1, 1000), 1e-9)]
    with mpmath.workdps(50):
        return [float(abs(mpmath.mpf(float(method(p, q)[0])) / exact(p, q) - 1)) for p, q in pairs]


def seconds(method: Method, shape: tuple[int, int]) -> float:
    """The shortest of some runs."""
    p, q = distributions(shape)
    timer = timeit.Timer(lambda: method(p, q))
    once = timer.timeit(1)
    number = max(1, int(0.01 / once))
    return min(timer.repeat(repeat=5 if once > 0.1 else 30, number=number)) / number


def memory(method: Method, shape: tuple[int, int]) -> int:
    """The most bytes that a call holds at once besides its arguments, as far as numpy and Python allocate them."""
    p, q = distributions(shape)
    tracemalloc.start()
    try:
        method(p, q)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def times(threads: int | None) -> dict[str, list[float]]:
    """Seconds by method and shape, measured in a process with so many threads (None: as it comes)."""
    limits = {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    environment = os.environ | (limits if threads else {})
    run = [sys.executable, "-m", "benchmarks.divergences"]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, check=True)
    measured: dict[str, list[float]] = json.loads(done.stdout)
    return measured


if __name__ == "__main__":
    print(
        json.dumps({name: [seconds(method, shape) for shape in SHAPES] for name, method in methods().items()})
    )
