"""Plant small faults in `klhelpers`, one at a time, and see whether the tests notice.

`python -m tools.mutate RESULTS.jsonl` tries every fault that the results do not name yet, so that a run may be
stopped and resumed, and ends with the share caught and the faults that were not. `--every 20` takes a sample.
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
# The tests that speak of a module, quickest first.
TESTS = {
    "_arguments": ["validation", "discrete", "normal", "mixture"],
    "_rows": ["discrete", "validation"],
    "_divergences": ["discrete", "normal"],
    "_entropies": ["discrete"],
    "_logits": ["discrete", "validation"],
    "_renyi": ["discrete"],
    "_expectation": ["mixture", "validation"],
    "_valleys": ["mixture"],
    "discrete": ["discrete", "validation"],
    "normal": ["normal", "validation"],
    "mixture": ["mixture", "validation"],
}
OTHER_OPERATOR: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.MatMult: ast.Mult,
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


def faulty(node: ast.AST) -> Iterator[ast.AST]:
    """The same node with one fault."""
    other = copy.deepcopy(node)
    if isinstance(other, ast.BinOp | ast.AugAssign | ast.BoolOp) and type(other.op) in OTHER_OPERATOR:
        other.op = OTHER_OPERATOR[type(other.op)]()  # type: ignore[assignment]
        yield other
    elif isinstance(other, ast.Compare):
        for i, operator in enumerate(other.ops):
            changed = copy.deepcopy(other)
            changed.ops[i] = OTHER_OPERATOR[type(operator)]()  # type: ignore[call-overload]
            yield changed
    elif isinstance(other, ast.UnaryOp):
        yield other.operand
    elif isinstance(other, ast.Constant) and isinstance(other.value, int | float):
        is_flag = isinstance(other.value, bool)
        other.value = (
            not other.value if is_flag else other.value + 1 if other.value in (0, 1) else other.value * 1.5
        )
        yield other
    elif isinstance(other, ast.Return) and other.value is not None:
        other.value = ast.Constant(None)
        yield other


class Replace(ast.NodeTransformer):
    """Puts a node in the place of the n-th one that is walked."""

    def __init__(self, at: int, by: ast.AST) -> None:
        """Count down to the place."""
        self.left, self.by = at, by

    def visit(self, node: ast.AST) -> ast.AST:
        """Replace here, or look further."""
        self.left -= 1
        return self.by if self.left == -1 else self.generic_visit(node)


class Order(ast.NodeVisitor):
    """Lists nodes in the order in which `Replace` meets them; annotations are no code that runs."""

    def __init__(self) -> None:
        """Begin empty."""
        self.nodes: list[ast.AST] = []

    def visit(self, node: ast.AST) -> None:
        """Note and go on."""
        self.nodes.append(node)
        self.generic_visit(node)


def faults(module: str) -> Iterator[tuple[str, str]]:
    """A name and the faulty source, for every fault of a module."""
    source = (ROOT / "klhelpers" / f"{module}.py").read_text(encoding="utf-8")
    order = Order()
    order.visit(ast.parse(source))
    inert = {
        id(inner)
        for node in order.nodes
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if isinstance(part, ast.AST)
        for inner in ast.walk(part)
    }
    for i, node in enumerate(order.nodes):
        if id(node) in inert:
            continue
        for version, fault in enumerate(faulty(node)):
            tree = ast.fix_missing_locations(Replace(i, fault).visit(ast.parse(source)))
            line = getattr(node, "lineno", 0)
            yield (
                f"{module}:{line}:{i}.{version} {ast.unparse(node)} → {ast.unparse(fault)}",
                ast.unparse(tree),
            )


def fails(tests: list[str], place: Path) -> bool:
    """Whether one of these tests fails in that copy, or takes for ever."""
    run = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:nbval",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
    ]
    try:
        done = subprocess.run(
            [*run, "--rootdir=.", "-W", "error", *(f"tests/test_{name}.py" for name in tests)],
            cwd=place,
            env=os.environ | {"PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            timeout=300,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def is_caught(module: str, source: str, place: Path) -> bool:
    """Whether the tests fail with this source in place of the module."""
    target = place / "klhelpers" / f"{module}.py"
    original = target.read_text(encoding="utf-8")
    target.write_text(source, encoding="utf-8")
    try:
        return fails(TESTS[module], place)
    finally:
        target.write_text(original, encoding="utf-8")


def main() -> None:
    """Try what is not tried yet, then sum up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--every", type=int, default=1, help="try each n-th fault only")
    parser.add_argument("--modules", nargs="*", default=list(TESTS), help="modules without their .py")
    options = parser.parse_args()
    lines = options.results.read_text(encoding="utf-8").splitlines() if options.results.exists() else []
    known: dict[str, bool] = dict(json.loads(line) for line in lines)
    every = [(module, *fault) for module in options.modules for fault in faults(module)][:: options.every]
    with tempfile.TemporaryDirectory() as folder, options.results.open("a", encoding="utf-8") as results:
        place = Path(folder)
        for part in ("klhelpers", "tests"):
            shutil.copytree(
                ROOT / part, place / part, ignore=shutil.ignore_patterns("__pycache__", "browser")
            )
        if any(
            is_caught(module, (place / "klhelpers" / f"{module}.py").read_text(), place) for module in TESTS
        ):
            sys.exit("the tests fail without any fault")
        for done, (module, name, source) in enumerate(every, 1):
            if name not in known:
                known[name] = is_caught(module, source, place)
                print(json.dumps([name, known[name]], ensure_ascii=False), file=results, flush=True)
                print(f"{done}/{len(every)} {'caught' if known[name] else 'SURVIVED'} {name}", flush=True)
    survivors = [name for _, name, _ in every if not known[name]]
    print(f"{len(every) - len(survivors)} of {len(every)} caught ({1 - len(survivors) / len(every):.1%})")
    print("\n".join(survivors))


if __name__ == "__main__":
    main()
