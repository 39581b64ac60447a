"""The rooms of the house: which knows nothing of which. An import inside a function counts like any other."""

import ast
import re

import pytest

from press.notebooks.store import ROOT, chapters

FOR_THE_BOOK = r"klhelpers/(widgets/.*|figures|_figure_data|notebook)\.py"  # the rest is mathematics and data
ROOMS = {  # and what they do not import
    r"press/.*": "klhelpers|benchmarks|tests|tools",
    r"press/notebooks/.*": r"press\.(claims|site|lab|translation)",
    r"press/claims/.*": r"press\.(site|lab|translation)",
    r"klhelpers/.*": "press|benchmarks|tests|tools",
    rf"(?!{FOR_THE_BOOK})klhelpers/.*": r"matplotlib|IPython|anywidget|klhelpers\.(widgets|figures|notebook)",
}
PATHS = [path for room in ("press", "klhelpers") for path in (ROOT / room).rglob("*.py")]
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in PATHS}


def imported(source: str) -> list[str]:
    nodes = [*ast.walk(ast.parse(source))]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return names + [f"{n.module}.{a.name}" for n in nodes if isinstance(n, ast.ImportFrom) for a in n.names]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_nothing_from_above(room: str) -> None:
    found = [(file, name) for file in TEXTS if re.fullmatch(room, file) for name in imported(TEXTS[file])]
    assert found
    assert [pair for pair in found if re.match(rf"({ROOMS[room]})(\.|$)", pair[1])] == []


def test_the_press_names_no_chapter() -> None:
    files = [path for path in (ROOT / "press").rglob("*") if path.suffix in (".py", ".html", ".css", ".js")]
    assert files
    assert [path.name for path in files if any(name in path.read_text("utf-8") for name in chapters())] == []
