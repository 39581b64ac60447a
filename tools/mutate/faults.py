"""Every small fault that can be planted in a module, each with a name that outlives edits elsewhere."""

from __future__ import annotations

import ast
import copy
import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

MODULES = (
    "_arguments", "_rows", "_divergences", "_entropies", "_logits", "_renyi", "_expectation", "_valleys",
    "discrete", "normal", "mixture",
)  # fmt: skip

OTHER_OPERATOR: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.MatMult: ast.Mult,
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
CONDITIONAL = (ast.If, ast.IfExp, ast.While)
NEVER_RUN = {"annotation", "returns"}  # fields that hold types


class Key(NamedTuple):
    """What names a fault: the same as long as its statement and the function around it keep their text and name."""

    at: str  # module.function, or the module
    code: str  # the statement, or the head of a compound one
    fault: str  # what becomes of what
    nth: int  # of its like in that function

    def __str__(self) -> str:
        """Show it in one line."""
        return f"{self.at}: {self.code}: {self.fault}" + (f" ({self.nth})" if self.nth > 1 else "")


class Fault(NamedTuple):
    """A fault, and what it takes to try it."""

    key: Key
    module: str
    lines: range  # of the statement; empty where it runs on import
    code_hash: str  # of the function or class around it
    source: str  # of the whole module


class Place(NamedTuple):
    """A node, where it hangs, and what is around it."""

    node: ast.AST
    parent: ast.AST
    holder: Any  # the parent, or a list of its children
    slot: Any  # a field's name, or an index
    statement: ast.stmt
    scope: tuple[str, ...]
    in_function: bool


def faults(module: str, source: str) -> Iterator[Fault]:
    """Every fault of a module, in the order of its text."""
    tree = ast.parse(source)
    seen: Counter[tuple[str, str, str]] = Counter()
    for index, top in enumerate(tree.body):
        code_hash = hashlib.sha256(_code(top).encode()).hexdigest()[:12]
        for place in _places(Place(top, tree, tree.body, index, top, (), False)):
            for node in _faulty(place):
                at, code = ".".join([module, *place.scope]), _head(place.statement)
                name = f"{ast.unparse(place.node)} → {ast.unparse(node)}"
                seen[at, code, name] += 1
                lines = _lines(place.statement) if place.in_function else range(0)
                faulty = _with(tree, place, node)
                yield Fault(Key(at, code, name, seen[at, code, name]), module, lines, code_hash, faulty)


def _code(top: ast.stmt) -> str:
    """The text of a statement without the docstrings in it."""
    bare = copy.deepcopy(top)
    for node in ast.walk(bare):
        if isinstance(node, (*FUNCTION, ast.ClassDef)) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()
    return ast.unparse(bare)


def _with(tree: ast.Module, place: Place, node: ast.AST) -> str:
    """The source with this node in that place."""
    _put(place, node)
    source = ast.unparse(ast.fix_missing_locations(tree))
    _put(place, place.node)
    return source


def _put(place: Place, node: ast.AST) -> None:
    if isinstance(place.holder, list):
        place.holder[place.slot] = node
    else:
        setattr(place.holder, place.slot, node)


def _places(place: Place) -> Iterator[Place]:
    """This place and those below it that run, each after the one around it."""
    node = place.node
    if _is_inert(node):
        return
    if isinstance(node, ast.stmt):
        place = place._replace(statement=node)
    yield place
    if _is_negative_integer(node):
        return
    for field, value in ast.iter_fields(node):
        below = place
        if field == "body" and isinstance(node, (*FUNCTION, ast.ClassDef)):
            # Decorators and defaults belong to the scope around.
            in_function = place.in_function or isinstance(node, FUNCTION)
            below = place._replace(scope=(*place.scope, node.name), in_function=in_function)
        many = isinstance(value, list)
        for slot, child in enumerate(value) if many else [(field, value)]:
            if isinstance(child, ast.AST) and field not in NEVER_RUN:
                holder = value if many else node
                yield from _places(below._replace(node=child, parent=node, holder=holder, slot=slot))


def _is_negative_integer(node: ast.AST) -> bool:
    """Whether this is a literal like −1, which has one fault and not those of its parts."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int())):
            return True
    return False


def _is_inert(node: ast.AST) -> bool:
    """Whether this is text, or for type checkers only."""
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _faulty(place: Place) -> Iterator[ast.AST]:
    """The same node with one fault."""
    other: Any = copy.deepcopy(place.node)
    match other:
        case ast.BinOp() | ast.AugAssign() | ast.BoolOp() if type(other.op) in OTHER_OPERATOR:
            other.op = OTHER_OPERATOR[type(other.op)]()  # type: ignore[assignment]
            yield other
        case ast.Compare():
            for i, operator in enumerate(other.ops):
                changed = copy.deepcopy(other)
                changed.ops[i] = OTHER_OPERATOR[type(operator)]()  # type: ignore[call-overload]
                yield changed
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as number)):
            yield ast.Constant(1 - number)
        case ast.UnaryOp():
            yield other.operand
        case ast.Constant(value=bool() | int() | float() as number):
            yield ast.Constant(_other_number(number))
        case ast.Return(value=ast.expr()):
            if not (isinstance(other.value, ast.Constant) and other.value.value is None):
                yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()
    # Conditions that are comparisons, negations or compounds already have their faults.
    is_test = isinstance(place.parent, CONDITIONAL) and place.slot == "test"
    if is_test and isinstance(other, ast.Name | ast.Attribute | ast.Call):
        yield ast.UnaryOp(ast.Not(), other)


def _other_number(number: float) -> float:
    """Another number: of 0 and 1 the next, of counts half, of the others half as much again."""
    if isinstance(number, bool):
        return not number
    if number in (0, 1):
        return number + 1
    return number // 2 if isinstance(number, int) else number * 1.5


def _head(statement: ast.stmt) -> str:
    """The text of a statement, in one line, without the statements that it holds."""
    stub: Any = statement
    if hasattr(statement, "body"):
        stub = copy.copy(statement)
        stub.body = [ast.Pass()]
        for field in ("orelse", "handlers", "finalbody"):
            if hasattr(stub, field):
                setattr(stub, field, [])
        if isinstance(stub, ast.Try):
            return "try"
    lines = ast.unparse(stub).splitlines()
    return " ".join(lines[:-1]).removesuffix(":") if hasattr(statement, "body") else " ".join(lines)


def _lines(statement: ast.stmt) -> range:
    """The lines of a statement, those of the statements that it holds left out."""
    body = getattr(statement, "body", None)
    last = max(statement.lineno, body[0].lineno - 1) if body else statement.end_lineno or statement.lineno
    return range(statement.lineno, last + 1)
