"""Seed faults into the book, one at a time, and count which layer of the tests notices each.

    python -m tools.sensitivity _build/sensitivity.jsonl      may be stopped and resumed

The faults stand in `tools/seeded_faults.toml`. Each is planted in a copy of the repository, in both editions alike and
with the notebook's stamp made anew, so that no layer notices merely that something was touched. Faults in `klhelpers`
are those of `tools.mutate`: give its results by --mutants, and they are counted too. The tables go to the page
`sensitivity` of both editions; the exit status is 1 if a fault is noticed by nobody.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import nbformat

from tools.mutate import faults as mutate
from tools.mutate import report
from tools.nbcompare import FIGURE_MIME
from tools.notebooks import ROOT, stamp, text
from tools.sensitivity_words import WORDS

FAULTS = ROOT / "tools" / "seeded_faults.toml"
PAGES = {"en": ROOT / "book" / "sensitivity.md", "zh": ROOT / "zh" / "book" / "sensitivity.md"}
PATIENCE = 900  # seconds for one layer

# The tests of each layer, and the layers that can notice each kind of fault. "{file}" is the file with the fault.
STATIC = [
    "tests/test_notebooks.py",
    "tests/test_corrections.py",
    "tests/test_translation.py",
    "tests/test_glossary.py",
]
LAYERS = {
    "static": STATIC,
    "notebook": ["{file}"],
    "ledger": ["tests/test_claims.py", "tests/test_sabotage.py", "-k", "claims or {stem}"],
    "unit": ["tests/test_widget_maths.py", "tests/test_explorables.py"],
    "browser": [
        "tests/browser/test_bars_and_evidence.py", "tests/browser/test_simplex.py", "tests/browser/test_landscape.py",
        "tests/browser/test_explorables_by_hand.py", "tests/browser/test_every_page.py", "tests/browser/test_use.py",
        "tests/browser/test_files.py",
    ],
}  # fmt: skip
LAYERS_OF = {
    "number": ("static", "notebook", "ledger"),
    "figure": ("static", "notebook"),  # what is drawn, no claim rests on
    "prose": ("static",),
    "corrections": ("static",),
    "javascript": ("unit", "browser"),
    "site": ("browser",),
}
DEAR = {"browser"}  # asked only where nobody else has noticed
# What a reader of the table sees: a notebook's tests are three layers, by what differs.
SEEN = ("static", "numbers", "figures", "assertions", "ledger", "unit", "browser")


class Fault(NamedTuple):
    """One fault: where it is, and the text that is exchanged. `part` is that of a cell; `old` stands there once."""

    id: str
    kind: str
    file: str
    old: str
    new: str
    cell: str = ""
    part: str = "source"  # or alt, or outputs


def faults() -> list[Fault]:
    """Return the faults, in order."""
    return [Fault(**entry) for entry in tomllib.loads(FAULTS.read_text("utf-8"))["fault"]]


def plant(fault: Fault, root: Path) -> None:
    """Put the fault into the copy of the repository at `root`.

    Raises:
        ValueError: if the text is not there, or more than once.
    """
    path = root / fault.file
    content = path.read_text("utf-8")
    if not fault.cell:
        path.write_text(exchanged(content, fault), "utf-8", newline="\n")
        return
    for twin in (path, root / "zh" / fault.file):
        nb = nbformat.v4.reads(twin.read_text("utf-8"))
        cell = next(cell for cell in nb.cells if cell.id == fault.cell)
        if fault.part == "outputs":
            cell.outputs = [
                nbformat.from_dict(o)
                for o in json.loads(exchanged(json.dumps(cell.outputs, ensure_ascii=False), fault))
            ]
        elif twin == path or (cell.cell_type == "code" and fault.part == "source"):
            holder, key = (cell.metadata, "alt") if fault.part == "alt" else (cell, "source")
            holder[key] = exchanged(holder[key], fault)
        nb.metadata["klbook"] = stamp(nb)
        twin.write_text(text(nb), "utf-8", newline="\n")


def exchanged(content: str, fault: Fault) -> str:
    """Return the text with the fault in it."""
    if content.count(fault.old) != 1:
        raise ValueError(
            f"{fault.id}: expected {fault.old!r} once, found it {content.count(fault.old)} times"
        )
    return content.replace(fault.old, fault.new)


def copy_of_the_book(root: Path) -> None:
    """Copy what the repository holds, as it is now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, root / name)


def noticed(fault: Fault) -> list[str]:
    """Return the layers that notice a fault."""
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        copy_of_the_book(root)
        plant(fault, root)
        for layer in LAYERS_OF[fault.kind]:
            if found and layer in DEAR:
                break
            tests = [test.format(file=fault.file, stem=Path(fault.file).stem) for test in LAYERS[layer]]
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pytest",
                    "-q",
                    "--tb=short",
                    *([] if layer == "notebook" else ["-x"]),
                    *tests,
                ],
                cwd=root,
                env={**os.environ, "PYTHONPATH": str(root)},
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
            if done.returncode not in (0, 1):
                raise RuntimeError(f"{fault.id}: the tests of {layer} cannot be run: {done.stdout[-2000:]}")
            if done.returncode:
                found += kinds_of_failure(done.stdout) if layer == "notebook" else [layer]
    return found


def kinds_of_failure(said: str) -> list[str]:
    """Return what of a notebook differs, from what its tests said: numbers, figures, or an assertion that fails."""
    signs = {
        "numbers": r"^(stdout|text/plain|application/papermill\S*|application/vnd\.klbook\.explorable\S*).*: expected",
        "figures": rf"^{re.escape(FIGURE_MIME)}.*: expected",
        "assertions": r"^\S*(Error|Exception)\b",
    }
    return [kind for kind, sign in signs.items() if re.search(sign, said, re.M)] or ["numbers"]


def fingerprint(fault: Fault) -> str:
    """Return what a result depends on: the fault, its file, and the tests that may notice it."""
    digest = hashlib.sha256(repr(fault).encode())
    tests = [test for layer in LAYERS_OF[fault.kind] for test in LAYERS[layer] if test.endswith(".py")]
    for name in [fault.file, *tests]:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()[:12]


def load(path: Path) -> dict[str, dict[str, Any]]:
    """Return the last result of each fault."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {result["id"]: result for result in map(json.loads, lines)}


def run(results_file: Path, workers: int) -> dict[str, list[str]]:
    """Try what is not tried yet; return the layers that notice each fault."""
    results = load(results_file)
    results_file.parent.mkdir(parents=True, exist_ok=True)
    left = [fault for fault in faults() if results.get(fault.id, {}).get("of") != fingerprint(fault)]

    def attempt(fault: Fault) -> None:
        layers = noticed(fault)
        results[fault.id] = {"id": fault.id, "of": fingerprint(fault), "noticed": layers}
        with results_file.open("a", encoding="utf-8") as file:
            print(json.dumps(results[fault.id]), file=file)
        print(f"{fault.id}: {', '.join(layers) or 'NOBODY'}", flush=True)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(attempt, left))
    return {fault.id: results[fault.id]["noticed"] for fault in faults()}


def mutants(path: Path | None) -> Counter[str]:
    """Return how many faults of klhelpers were caught by tests and by notebooks, and how many by nobody."""
    counts: Counter[str] = Counter()
    if path is not None and path.exists():
        known = report.equivalents(ROOT / "tools" / "equivalent_faults.toml")
        for key, result in report.load(path).items():
            survived = result.verdict == report.SURVIVED
            by = "notebook" if result.by.endswith(".ipynb") else "unit"
            counts[("equivalent" if key in known else "nobody") if survived else by] += 1
    return counts


def possible() -> int:
    """Return how many faults `tools.mutate` knows of."""
    sources = {module: (ROOT / "klhelpers" / f"{module}.py").read_text("utf-8") for module in mutate.MODULES}
    return sum(1 for module, source in sources.items() for _ in mutate.faults(module, source))


def page(layers: Mapping[str, Iterable[str]], planted: Counter[str], say: Mapping[str, str]) -> str:
    """Return the page, in the language of the words `say`."""
    kinds = list(dict.fromkeys(fault.kind for fault in faults()))
    head = [say["kind"], say["count"], *(say[layer] for layer in SEEN), say["anybody"]]
    rows = []
    for kind in kinds:
        of_kind = [set(layers[fault.id]) for fault in faults() if fault.kind == kind]
        able = set(LAYERS_OF[kind]) | (
            {"numbers", "figures", "assertions"} if "notebook" in LAYERS_OF[kind] else set()
        )
        cells = [str(sum(layer in found for found in of_kind)) if layer in able else "–" for layer in SEEN]
        rows.append([say[kind], str(len(of_kind)), *cells, str(sum(map(bool, of_kind)))])
    parts = [
        f"# {say['title']}\n",
        f"{say['lead']}\n",
        table(head, rows),
        f"{say['forged']}\n",
    ]
    if planted:
        total = planted.total()
        parts += [
            f"## {say['module']}\n",
            say["module_lead"].format(
                possible=possible(),
                total=total,
                **{k: planted[k] for k in ("unit", "notebook", "equivalent", "nobody")},
            )
            + "\n",
        ]
    parts += [f"## {say['list']}\n", table(
        [say["fault"], say["where"], say["by"]],
        [
            [f"`{fault.id}`", f"`{fault.file}`" + (f" `{fault.cell}`" if fault.cell else ""),
             say["comma"].join(say[layer] for layer in layers[fault.id]) or say["nobody"]]
            for fault in faults()
        ],
    )]  # fmt: skip
    return "\n".join(parts)


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a markdown table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows]) + "\n"


def main() -> int:
    """Run what is left, write the pages; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", type=Path)
    parser.add_argument("--mutants", type=Path, help="the results of tools.mutate")
    parser.add_argument("--workers", type=int, default=2, help="copies at a time")
    options = parser.parse_args()
    layers = run(options.results, options.workers)
    for language, path in PAGES.items():
        path.write_text(page(layers, mutants(options.mutants), WORDS[language]), "utf-8", newline="\n")
    missed = [name for name, found in layers.items() if not found]
    print(f"{len(layers) - len(missed)} of {len(layers)} faults are noticed", *missed, sep="\n")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
