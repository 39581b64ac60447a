"""Measure everything once and write the page of benchmarks in every language. The site must be built."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import scipy

from benchmarks import divergences, fits, pages
from benchmarks.words import WORDS
from press.bilingual import fingerprint
from press.translation import Block, write

SITE = Path("_build/html")
PAGE = "book/benchmarks.md"


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
    return names[0] if names else platform.machine()


class Measured(NamedTuple):
    """The rows of every table, first the name of each."""

    errors: list[list[str]]
    one_thread: list[list[str]]
    threads: list[list[str]]
    memory: list[list[str]]
    fits: list[list[str]]
    visits: list[list[str]]
    frames: list[list[str]]


def measured() -> Measured:
    """Measure everything."""
    methods = divergences.methods()
    visits, frames = pages.measured(SITE)
    return Measured(
        errors=[
            [f"`{name}`", *(f"{error:.0e}" for error in divergences.errors(method))]
            for name, method in methods.items()
        ],
        one_thread=[[f"`{name}`", *map(duration, best)] for name, best in divergences.times(1).items()],
        threads=[[f"`{name}`", *map(duration, best)] for name, best in divergences.times(None).items()],
        memory=[
            [f"`{name}`", *(f"{divergences.memory(method, (1, n)) / 1e6:.3g} MB" for n in (10**6, 10**7))]
            for name, method in methods.items()
            if not name.startswith("torch")  # it allocates behind Python's back
        ],
        fits=[[name, *(f"{x:.6f}" for x in values), duration(s)] for name, *values, s in fits.rows()],
        visits=[[path, str(n), f"{kb:.0f} kB"] for path, n, kb in visits],
        frames=[[name, f"{median:.1f} ms", f"{late:.1f} ms"] for name, median, late in frames],
    )


def report(found: Measured, say: dict[str, str]) -> str:
    """The page, in the language of the words `say`."""
    shapes = ["×".join(f"{n:,}" for n in shape) for shape in divergences.SHAPES]
    made = say["made"].format(
        processor=processor(),
        cores=os.cpu_count(),
        python=platform.python_version(),
        numpy=np.__version__,
        scipy=scipy.__version__,
    )
    named = [[say.get(name, f"`{name}`"), *row] for name, *row in found.fits]
    parts = [
        f"# {say['title']}\n",
        f"{say['lead']}\n",
        f"{made}\n",
        f"## {say['errors']}\n",
        f"{say['errors_lead']}\n",
        table([say["by"], say["unrelated"], say["near"]], found.errors),
        f"## {say['one_thread']}\n",
        f"{say['times_lead']}\n",
        table([say["by"], *shapes], found.one_thread),
        f"## {say['threads']}\n",
        f"{say['times_lead']}\n",
        table([say["by"], *shapes], found.threads),
        f"## {say['memory']}\n",
        f"{say['memory_lead']}\n",
        table([say["by"], "1×1,000,000", "1×10,000,000"], found.memory),
        f"## {say['fits']}\n",
        f"{say['fits_lead']}\n",
        table([say["by"], "μ", "σ", "D(Q‖P)", say["time"]], named),
        f"## {say['pages']}\n",
        f"{say['pages_lead']}\n",
        table([say["chapter"], say["requests"], say["size"]], found.visits),
        table([say["explorable"], say["median"], say["late"]], found.frames),
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    if len(sys.argv) != 1:
        sys.exit("usage: python -m benchmarks")
    figures = measured()
    english, chinese = report(figures, WORDS["en"]), report(figures, WORDS["zh"])
    Path(PAGE).write_text(english, encoding="utf-8")
    write(f"zh/{PAGE}", {f"page {PAGE}": Block(fingerprint(english), chinese.rstrip("\n"))})
