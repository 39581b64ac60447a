"""Measure everything and write the tables as markdown. The site must be built."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import numpy as np
import scipy

from benchmarks import divergences, fits, pages

SITE = Path("_build/html")


def table(head: list[str], rows: list[list[str]]) -> str:
    """A markdown table, its first column left, the others right."""
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows]) + "\n"


def duration(seconds: float) -> str:
    """Seconds for people."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"


def processor() -> str:
    """The name of this processor, as Linux gives it; elsewhere what Python knows."""
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text(encoding="utf-8").splitlines() if cpus.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores"


def report() -> str:
    """The page."""
    accuracy = [
        [f"`{name}`", *(f"{error:.0e}" for error in divergences.errors(method))]
        for name, method in divergences.methods().items()
    ]
    shapes = ["×".join(f"{n:,}" for n in shape) for shape in divergences.SHAPES]
    needs = [
        [f"`{name}`", *(f"{divergences.memory(method, (1, n)) / 1e6:.3g} MB" for n in (10**6, 10**7))]
        for name, method in divergences.methods().items()
        if not name.startswith("torch")  # it allocates behind Python's back
    ]
    visits, times = pages.measured(SITE)
    found = [[name, *(f"{x:.6f}" for x in values), duration(s)] for name, *values, s in fits.rows()]
    parts = [
        "# Accuracy and time\n",
        "How many digits of D(p‖q) are right, how long a call takes, and how much memory: `klhelpers` beside what "
        "else there is. The other functions are called as their documentation says. They do what they promise; "
        "none of them promises digits where p and q nearly agree, and that is where this book needs some.\n",
        f"`make bench` wrote this page, on {processor()}, with Python {platform.python_version()}, "
        f"numpy {np.__version__} and scipy {scipy.__version__}. Times elsewhere differ; their ratios less so.\n",
        "## Relative error\n",
        "Random distributions over 1000 categories, against 50 digits. An error of 1 or more means that no digit "
        "is right.\n",
        table(["by", "p and q unrelated", "p and q 1e-9 apart"], accuracy),
    ]
    for title, threads in (("Time on one thread", 1), ("Time on as many threads as each takes", None)):
        rows = [[f"`{name}`", *map(duration, best)] for name, best in divergences.times(threads).items()]
        parts += [
            f"## {title}\n",
            "Batch × categories; the shortest of several runs.\n",
            table(["by", *shapes], rows),
        ]
    parts += [
        "## Memory\n",
        "What a call holds at its peak, besides its arguments.\n",
        table(["by", "1×1,000,000", "1×10,000,000"], needs),
        "## The normal with the least D(Q‖P)\n",
        "P = 0.4 N(−1, 1²) + 0.6 N(5, 1²). The grid is too coarse to hold the minimum; Adam, which follows noisy "
        "gradients from N(0, 1²), finds a minimum that is not the least one.\n",
        table(["by", "μ", "σ", "D(Q‖P)", "time"], found),
        "## The pages\n",
        "What a first visit loads, in Chromium, with text compressed. Then how long the page is busy from a moved "
        "pointer to the painted frame, in drags of every handle of an explorable: script, layout and paint.\n",
        table(["chapter", "requests", "size"], [[path, str(n), f"{kb:.0f} kB"] for path, n, kb in visits]),
        table(
            ["explorable", "median", "95th percentile"],
            [[name, f"{median:.1f} ms", f"{late:.1f} ms"] for name, median, late in times],
        ),
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks OUT.md")
    Path(sys.argv[1]).write_text(report(), encoding="utf-8")
