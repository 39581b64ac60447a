"""Break each check of a notebook on purpose, and see that it notices.

The notebook runs in a clean kernel. Before a cell that checks a claim runs as it stands, it runs with each of its
sabotages; each must end in a failed assertion, or, in a cell that asserts nothing, print or draw something else than
the cell does. While it runs as it stands, every assertion that two numbers are close is tried besides with one of them
off by a thousandth: a tolerance that accepts that accepts everything.

What runs in the kernel, around the cells of the notebook, are calls of `begin`, `sabotaged` and `measured`. `trial` has
nbclient run it all, for a refresh; pytest_notebooks.py has nbval, for the tests.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import functools
import importlib
import json
import operator
import pickle
import tomllib
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from IPython import get_ipython
from IPython.utils.capture import capture_output
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from press.notebooks.checks import Checks, Entry, checked
from press.notebooks.compare import FIGURE_MIME, data_differences
from press.notebooks.content import asserts
from press.notebooks.kernel import executed
from press.notebooks.store import ROOT, normalised

OFF = 1e-3
CLOSE = {"isclose", "allclose"}
PROBE = "__nudged__"
NOTICED = "noticed"


class Run(NamedTuple):
    """What became of a notebook that ran with its sabotages."""

    nb: NotebookNode  # with what its cells show as they stand
    checks: dict[str, Any]  # of each cell that checks a claim, what the ledger holds of it
    faults: list[str]  # what its checks let pass


def trial(nb: NotebookNode, beside: Checks, folder: Path) -> Run:
    """Run a notebook with every sabotage on the way; what stops it is one of `STOPS`."""
    cells, entries = [new_code_cell(call(begin), id="begin")], {}
    for cell in nb.cells:
        if checked(cell):
            entry = entries[cell.id] = {"how": {}, "sabotage": [], **beside.cells.get(cell.id, {})}
            before, after = around(cell, entry)
            cells += [
                new_code_cell(before, id=f"before-{cell.id}"), cell, new_code_cell(after, id=f"after-{cell.id}"),
            ]  # fmt: skip
        else:
            cells.append(cell)
    now = {cell.id: cell for cell in executed(new_notebook(cells=cells), folder).cells}
    shown = new_notebook(cells=[now[cell.id] for cell in nb.cells], metadata=nb.metadata)
    run = Run(normalised(shown), {}, [])
    for name, entry in entries.items():
        told = (now[f"{when}-{name}"].outputs[0].text for when in ("before", "after"))
        run.checks[name], faults = outcome(now[name], entry, *told)
        run.faults.extend(f"{name}: {fault}" for fault in faults)
    return run


def around(cell: NotebookNode, entry: Entry) -> tuple[str, str]:
    """Return what must run before a cell that checks a claim, and after it; each prints what it found."""
    return call(sabotaged, cell.source, entry["sabotage"]), call(measured, entry["how"])


def call(function: Callable[..., None], *arguments: Any) -> str:
    """Return code that calls a function of this module, and leaves no name behind."""
    return f"__import__({__name__!r}, fromlist=['']).{function.__name__}(*{arguments!r})"


def outcome(cell: NotebookNode, entry: Entry, before: str, after: str) -> tuple[dict[str, Any], list[str]]:
    """Return what the ledger holds of a cell that has run, and its faults, from what was printed around it."""
    how, nudges, faults = json.loads(after)
    survivals = [_survival(cell, end) for end in json.loads(before)]
    tried = zip(entry["sabotage"], survivals, strict=True)
    faults += [f"with {new!r} for {old!r} {survival}" for (old, new), survival in tried if survival]
    return {"how": how, "sabotages": survivals.count(None), "nudges": nudges}, faults


def _survival(cell: NotebookNode, end: Any) -> str | None:
    """Say why a sabotaged cell survived, or return None if it was noticed."""
    if isinstance(end, str):
        return None if end == NOTICED else f"the check ends in {end}, and not in a failed assertion"
    if asserts(cell):
        return "the check stays green"
    # What a cell shows by being its last value nobody shows when it is sabotaged.
    printed = "".join(o.text for o in cell.outputs if o.get("name") == "stdout")
    figures = [o.data[FIGURE_MIME] for o in cell.outputs if FIGURE_MIME in o.get("data", {})]
    return None if any(data_differences([printed, *figures], end)) else "the cell shows the same"


# --- in the kernel ---


def begin() -> None:
    """Have what pyproject.toml names computed once for the same arguments."""
    book = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["press"]
    for module, _, name in (place.rpartition(".") for place in book["remember"]):
        home = importlib.import_module(module)
        setattr(home, name, remembered(getattr(home, name)))


def sabotaged(source: str, sabotages: list[list[str]]) -> None:
    """Print how a cell ends with each of its sabotages; then watch the assertions of the cell as it stands."""
    shell: Any = get_ipython()
    print(json.dumps([_end(source.replace(old, new), shell.user_ns) for old, new in sabotages]))
    probe = Probe()
    shell.user_ns[PROBE] = probe.compare
    shell.ast_transformers[:] = [probe]


def measured(how: dict[str, str]) -> None:
    """Print the sizes of a check that has run, and which of its assertions would have let a wrong number pass."""
    shell: Any = get_ipython()
    (probe,) = shell.ast_transformers
    shell.ast_transformers.clear()
    faults = [f"`{site}` accepts a value off by {OFF:g}: narrow its tolerance" for site in probe.lenient]
    sizes = {}
    for method, size in how.items():
        try:
            sizes[method] = operator.index(eval(size, shell.user_ns)) if size else None
        except Exception as error:
            faults.append(f"how: {method}: {size} gives no whole number: {error}")
    print(json.dumps([sizes, len(probe.sites) - len(probe.lenient), faults]))


def _end(source: str, names: dict[str, Any]) -> Any:
    """Run code and forget what it did; return the error in which it ends, or what it printed and drew."""
    try:
        with _forgotten(names), warnings.catch_warnings(), capture_output() as shown:
            exec(compile(source, "sabotage", "exec", dont_inherit=True), names)
    except AssertionError:
        return NOTICED
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return [shown.stdout, *(o.data[FIGURE_MIME] for o in shown.outputs if FIGURE_MIME in o.data)]


@contextlib.contextmanager
def _forgotten(names: dict[str, Any]) -> Iterator[None]:
    before = dict(names)
    generators = [value for value in names.values() if isinstance(value, np.random.Generator)]
    states = [generator.bit_generator.state for generator in generators]
    try:
        yield
    finally:
        names.clear()
        names.update(before)
        for generator, state in zip(generators, states, strict=True):
            generator.bit_generator.state = state


def remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that computes once for equal arguments: a sabotage breaks the cell and not the module.

    >>> calls = []
    >>> noted = remembered(lambda x: calls.append(x) or [x])
    >>> noted(1), noted(1), calls
    ([1], [1], [1])
    """

    @functools.cache
    def known(key: bytes) -> Any:
        arguments, options = pickle.loads(key)
        return function(*arguments, **options)

    return lambda *arguments, **options: copy.copy(known(pickle.dumps((arguments, options))))


class Probe(ast.NodeTransformer):
    """Have every assertion of closeness tried with a number that is a little off, each time it is reached."""

    def __init__(self) -> None:
        """Begin with no assertion found."""
        self.sites: list[str] = []
        self.lenient: dict[str, None] = {}

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        """Replace the calls whose answer alone can fail the assertion."""
        node.test = self._tried(node.test)
        return ast.fix_missing_locations(node)

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
    """Return `one` with its largest finite value off by a thousandth, of itself or, next to an exact 0, of 1."""
    moved, fixed = (np.array(part, float) for part in np.broadcast_arrays(one, other))
    size = np.where(np.isfinite(moved), np.abs(moved), -1)
    at = np.unravel_index(np.argmax(size), moved.shape)
    moved[at] += OFF * (moved[at] if fixed[at] else 1)
    return moved if moved.ndim else moved.item()
