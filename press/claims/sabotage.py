"""Break each check of a notebook on purpose, and see that it notices.

The notebook runs once in this process. Before a cell that checks a claim runs as it stands, it runs with each of its
sabotages; each must end in a failed assertion, or, in a cell that asserts nothing, print or draw something else than
what is stored. Every assertion that two numbers are close is tried besides with one of them off by a thousandth: a
tolerance that accepts that accepts everything.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import importlib
import io
import operator
import pickle
import tomllib
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from unittest.mock import patch

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from nbformat import NotebookNode

from press.notebooks.checks import Checks, Entry, checked
from press.notebooks.compare import FIGURE_MIME, data_differences, tolerance
from press.notebooks.content import can_fail
from press.notebooks.store import ROOT, code_cells, tags

OFF = 1e-3
CLOSE = {"isclose", "allclose"}
PROBE = "__nudged__"

Namespace = dict[str, Any]
Outputs = list[Any]  # what was printed, then the data of each figure


class Trial(NamedTuple):
    """What became of a cell that checks claims."""

    cell: str
    how: dict[str, int | None]  # each method, with its size if it has one
    sabotages: int  # that turned the check red
    nudges: int  # assertions of closeness that refuse a value off by a thousandth
    problems: list[str]


def trial(nb: NotebookNode, checks: Checks) -> list[Trial]:
    """Run the notebook as far as its last check, with every sabotage on the way."""
    cells, found = code_cells(nb), []
    last = max((n for n, cell in enumerate(cells) if checked(cell)), default=-1)
    names: Namespace = {"__name__": "__main__"}
    with _quiet() as drawn:
        for cell in cells[: last + 1]:
            if checked(cell):
                found.append(_tried(cell, checks.cells.get(cell.id, {}), names, drawn))
            else:
                _run(_compiled(cell.source, cell.id), names, drawn, "raises-exception" in tags(cell))
    return found


def _tried(cell: NotebookNode, entry: Entry, names: Namespace, drawn: Outputs) -> Trial:
    red, problems = 0, []
    for old, new in entry.get("sabotage", []):
        survival = _survival(cell, cell.source.replace(old, new), entry, names, drawn)
        red += survival is None
        problems += [f"with {new!r} for {old!r} {survival}"] if survival else []
    probe = Probe()
    names[PROBE] = probe.compare
    outputs = _run(_compiled(cell.source, cell.id, probe), names, drawn)
    problems += [f"shows other than what is stored: {line}" for line in _differences(cell, entry, outputs)]
    problems += [f"`{site}` accepts a value off by {OFF:g}: narrow its tolerance" for site in probe.lenient]
    how: dict[str, int | None] = {}
    for method, size in entry.get("how", {}).items():
        try:
            how[method] = operator.index(eval(size, names)) if size else None
        except Exception as error:
            problems.append(f"how: {method}: {size} gives no whole number: {error}")
    nudges = len(probe.sites) - len(probe.lenient)
    return Trial(cell.id, how, red, nudges, [f"{cell.id}: {problem}" for problem in problems])


def _survival(cell: NotebookNode, source: str, entry: Entry, names: Namespace, drawn: Outputs) -> str | None:
    """Run a sabotaged cell and forget what it did; say why it survived, or return None if it was noticed."""
    before = dict(names)
    generators = [value for value in names.values() if isinstance(value, np.random.Generator)]
    states = [generator.bit_generator.state for generator in generators]
    try:
        outputs = _run(_compiled(source, cell.id), names, drawn)
    except AssertionError:
        return None
    except Exception as error:
        return f"the check ends in {type(error).__name__}: {error}, and not in a failed assertion"
    finally:
        names.clear()
        names.update(before)
        for generator, state in zip(generators, states, strict=True):
            generator.bit_generator.state = state
    if can_fail(cell.source):
        return "the check stays green"
    return None if _differences(cell, entry, outputs) else "the cell shows the same"


def _compiled(source: str, name: str, probe: Probe | None = None) -> Any:
    tree = ast.parse(source)
    if probe:
        tree = ast.fix_missing_locations(probe.visit(tree))
    return compile(tree, name, "exec", dont_inherit=True)


def _run(code: Any, names: Namespace, drawn: Outputs, may_raise: bool = False) -> Outputs:
    """Execute a cell; return what it printed and drew."""
    drawn.clear()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.suppress(*[Exception] * may_raise):
        exec(code, names)
    return [printed.getvalue(), *drawn]


def _differences(cell: NotebookNode, entry: Entry, outputs: Outputs) -> list[str]:
    """Compare with what is stored, save for what a cell shows by being the last value: nobody shows it here."""
    printed = "".join(o.text for o in cell.outputs if o.get("name") == "stdout")
    figures = [o.data[FIGURE_MIME] for o in cell.outputs if FIGURE_MIME in o.get("data", {})]
    return [*data_differences([printed, *figures], outputs, tolerance(entry))]


@contextlib.contextmanager
def _quiet() -> Iterator[Outputs]:
    """Let figures leave their data and no drawing, and let no warning be said of what is broken on purpose.

    What the book calls the functions for that stands in pyproject.toml. They are imported here and no sooner: a fault
    in the book's module must not keep its tests from being collected.
    """
    matplotlib.use("Agg")
    book = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["press"]
    drawn: Outputs = []
    describe = getattr(*_place(book["describe-figure"]))

    def show(fig: Any) -> None:
        drawn.append(describe(fig))
        plt.close(fig)

    with warnings.catch_warnings(), contextlib.ExitStack() as patches:
        warnings.simplefilter("ignore")
        patches.enter_context(patch.object(*_place(book["show-figure"]), show))
        for module, name in map(_place, book["remember"]):
            patches.enter_context(patch.object(module, name, remembered(getattr(module, name))))
        yield drawn
    plt.close("all")


def _place(name: str) -> tuple[Any, str]:
    """Return the module and the name in it of what is called `module.name`."""
    module, _, function = name.rpartition(".")
    return importlib.import_module(module), function


def remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that computes once for equal arguments: a sabotage breaks the cell and not the module.

    >>> calls = []
    >>> noted = remembered(lambda x: calls.append(x) or [x])
    >>> noted(1), noted(1), calls
    ([1], [1], [1])
    """
    known: dict[bytes, Any] = {}

    def recalled(*arguments: Any, **options: Any) -> Any:
        key = pickle.dumps((arguments, options))
        if key not in known:
            known[key] = function(*arguments, **options)
        return copy.copy(known[key])

    return recalled


class Probe(ast.NodeTransformer):
    """Have every assertion of closeness tried with a number that is a little off, each time it is reached."""

    def __init__(self) -> None:
        """Begin with no assertion found."""
        self.sites: list[str] = []
        self.lenient: dict[str, None] = {}

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        """Replace the calls whose answer alone can fail the assertion."""
        node.test = self._tried(node.test)
        return node

    def _tried(self, test: ast.expr) -> ast.expr:
        match test:
            case ast.BoolOp(op=ast.And(), values=parts):
                test.values = [self._tried(part) for part in parts]
            case ast.Call(func=close, args=arguments) if ast.unparse(close).rpartition(".")[2] in CLOSE:
                self.sites.append(ast.unparse(test))
                test.args = [ast.Constant(self.sites[-1]), close, *arguments]
                test.func = ast.Name(PROBE, ast.Load())
        return test

    def compare(
        self, site: str, close: Callable[..., Any], one: Any, other: Any, *rest: Any, **options: Any
    ) -> Any:
        """Return what the cell asks for, and note whether a value that is off would have been accepted."""
        if np.all(close(nudged(one, other), other, *rest, **options)):
            self.lenient[site] = None
        return close(one, other, *rest, **options)


def nudged(one: Any, other: Any) -> Any:
    """Return `one` with its largest finite value off by a thousandth, of itself or, next to an exact 0, of 1.

    >>> nudged(2.0, 2.0), nudged([0.0, 0.0], 0).tolist()
    (2.002, [0.001, 0.0])
    """
    moved, fixed = (np.array(part, float) for part in np.broadcast_arrays(one, other))
    size = np.where(np.isfinite(moved), np.abs(moved), -1)
    at = np.unravel_index(np.argmax(size), moved.shape)
    moved[at] += OFF * (moved[at] if fixed[at] else 1)
    return moved if moved.ndim else moved.item()
