"""Measure how exact and how fast `klhelpers` is beside what else there is, and put the numbers into the pages.

What the tables of book/benchmarks.md and of its translation say in their heads and first columns stays as it is.
"""

from __future__ import annotations

import os
import platform
import re
import timeit
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

# One thread for all, said before they are imported.
os.environ |= {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}

import mpmath  # type: ignore[import-untyped]
import numpy as np
import scipy

from klhelpers import kl_divergence
from press.bilingual import fingerprint

ROOT = Path(__file__).resolve().parents[1]
SHAPES = [(1, 10), (1, 1000), (100_000, 100), (1, 10**7)]
METHODS: list[Callable[[Any, Any], Any]] = [  # as in the first columns of the tables
    kl_divergence,
    lambda p, q: np.sum(p * np.log(p / q), axis=-1),
    lambda p, q: scipy.stats.entropy(p, q, axis=-1),
    lambda p, q: np.sum(scipy.special.rel_entr(p, q), axis=-1),
    lambda p, q: np.sum(scipy.special.kl_div(p, q), axis=-1),
]
Table = list[list[str]]


def distributions(shape: tuple[int, int], gap: float | None = None) -> tuple[Any, Any]:
    """Two random batches, or one and its neighbour at this relative distance."""
    rng = np.random.default_rng(0)
    p = rng.exponential(size=shape)
    q = rng.exponential(size=shape) if gap is None else p * (1 + gap * rng.standard_normal(shape))
    return p / p.sum(axis=-1, keepdims=True), q / q.sum(axis=-1, keepdims=True)


def error(method: Callable[[Any, Any], Any], gap: float | None) -> str:
    """The relative error on one of 1000 categories."""
    p, q = distributions((1, 1000), gap)
    with mpmath.workdps(50):
        x, y = ([mpmath.mpf(float(a)) for a in values[0]] for values in (p, q))
        scale = mpmath.fsum(y) / mpmath.fsum(x)
        terms = (a * mpmath.log(a / b * scale) for a, b in zip(x, y, strict=True))
        exact = mpmath.fsum(terms) / mpmath.fsum(x)
        return f"{float(abs(mpmath.mpf(float(method(p, q)[0])) / exact - 1)):.0e}"


def shortest(method: Callable[[Any, Any], Any], shape: tuple[int, int]) -> str:
    """The time of the shortest of some runs."""
    p, q = distributions(shape)
    timer = timeit.Timer(lambda: method(p, q))
    number, _ = timer.autorange()
    return duration(min(timer.repeat(number=number)) / number)


def duration(seconds: float) -> str:
    """Seconds for people."""
    units = [("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)]
    unit, size = next((unit for unit in units if seconds >= unit[1]), units[-1])
    return f"{seconds / size:.3g} {unit}"


def memory(method: Callable[[Any, Any], Any], events: int) -> str:
    """What a call holds at its peak besides its arguments, as far as numpy and Python allocate it."""
    p, q = distributions((1, events))
    tracemalloc.start()
    method(p, q)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return f"{peak / 1e6:.3g} MB"


def processor() -> str:
    """The name of this processor, as Linux gives it; elsewhere what Python knows."""
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text(encoding="utf-8").splitlines() if cpus.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def filled(page: str, tables: list[Table]) -> str:
    """The page with these cells in its tables, one table after the other, beside the first column."""
    parts = re.split(r"((?:^\|.*\n)+)", page, flags=re.MULTILINE)  # every second one is a table
    for i, cells in zip(range(1, len(parts), 2), tables, strict=True):
        head, rule, *rows = parts[i].splitlines()
        labels = (row.split("|")[1].strip() for row in rows)
        rows = [f"| {' | '.join([label, *row])} |" for label, row in zip(labels, cells, strict=True)]
        parts[i] = "\n".join([head, rule, *rows]) + "\n"
    return "".join(parts)


def main() -> None:
    """Measure, in the order of the pages."""
    versions = [platform.python_version(), np.__version__, scipy.__version__]
    tables = [
        [[processor(), str(os.cpu_count()), *versions]],
        [[error(method, gap) for gap in (None, 1e-9)] for method in METHODS],
        [[shortest(method, shape) for shape in SHAPES] for method in METHODS],
        [[memory(method, n) for n in (10**6, 10**7)] for method in METHODS],
    ]
    page, translation = ROOT / "book/benchmarks.md", ROOT / "zh/book/benchmarks.md"
    english = filled(page.read_text(encoding="utf-8"), tables)
    page.write_text(english, encoding="utf-8")
    chinese = filled(translation.read_text(encoding="utf-8"), tables)
    chinese = re.sub(r"(?<=benchmarks\.md · )\w+", fingerprint(english), chinese, count=1)
    translation.write_text(chinese, encoding="utf-8")


if __name__ == "__main__":
    main()
