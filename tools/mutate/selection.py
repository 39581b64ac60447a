"""Which tests and notebooks can notice a fault: those that touch its line, or what is built on its module."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import nbformat

from tools.mutate.faults import Fault
from tools.notebooks import ROOT, code_cells, paths


class Record(NamedTuple):
    """What a run of the tests on the package as it is has shown."""

    seconds: Mapping[str, float]  # by test
    touched: Mapping[str, Mapping[int, list[str]]]  # by module and line, the tests


def chosen(fault: Fault, record: Record) -> dict[str, float]:
    """The tests that can notice a fault, the quickest files and tests first, with how long each may take.

    What runs on import may matter to each test that touches a line of a function anywhere. What a file sets up for
    all of its tests falls on the one that comes first, so that each may take as long as the slowest.
    """
    if fault.lines:
        lines = record.touched.get(fault.module, {})
        touching = {test for line in fault.lines for test in lines.get(line, [])}
    else:
        touching = {test for lines in record.touched.values() for tests in lines.values() for test in tests}
    slowest: dict[str, float] = {}
    for test, seconds in record.seconds.items():
        slowest[_file(test)] = max(seconds, slowest.get(_file(test), 0))
    ordered = sorted(touching - {""}, key=lambda test: (slowest[_file(test)], record.seconds[test], test))
    return {test: slowest[_file(test)] for test in ordered}


def _file(test: str) -> str:
    return test.split("::")[0]


def notebooks_by_module(package: Path = ROOT / "klhelpers") -> dict[str, list[str]]:
    """For each module of the package, the notebooks that import a name which is built on it."""
    files = {module_name(path.relative_to(package)): path for path in package.rglob("*.py")}
    trees = {module: ast.parse(path.read_text(encoding="utf-8")) for module, path in files.items()}
    imports = {module: _imports(tree) for module, tree in trees.items()}
    public = {name: module for module, names in imports["__init__"].items() for name in names}
    below = {module: _below(module, imports) for module in trees}
    found: dict[str, list[str]] = {module: [] for module in trees}
    for path in paths():
        source = "\n".join(cell.source for cell in code_cells(nbformat.read(path, as_version=4)))
        used = _imports(ast.parse(source))
        modules = {public.get(name, name) for name in used.pop("__init__", [])} | used.keys()
        for module in sorted({each for one in modules for each in below[one]}):
            found[module].append(str(path.relative_to(ROOT)))
    return found


def module_name(path: Path) -> str:
    """The name of the module in this file of the package, dotted; `__init__` is the package itself."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imports(tree: ast.AST) -> dict[str, list[str]]:
    """The names that are imported from each module of the package; `__init__` is the package itself."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "klhelpers":
            module = (node.module or "").removeprefix("klhelpers").removeprefix(".") or "__init__"
            found.setdefault(module, []).extend(alias.name for alias in node.names)
    return found


def _below(module: str, imports: Mapping[str, Mapping[str, list[str]]]) -> set[str]:
    """The module, and all that it is built on."""
    found, left = set[str](), [module]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left.extend(imports[one].keys() - {"__init__"})
    return found
