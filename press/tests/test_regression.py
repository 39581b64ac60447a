"""The guard itself: each way in which a notebook can go wrong is planted, and seen caught.

One small honest notebook is run once. Copies of it with one fault are then put before the rules for stored
notebooks, and compared with the run.
"""

import copy
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from press.claims import ledger, refresh
from press.notebooks import rules
from press.notebooks.compare import FIGURE_MIME, GLUE_MIME, WIDGET_MIME, differences
from press.notebooks.rules import Rule, Stored
from press.notebooks.store import (
    CONTENTS,
    NOTEBOOKS,
    ROOT,
    chapters,
    code_cells,
    is_random_id,
    name_cells,
    stamp,
    text,
)

# --- an honest notebook ---


def markdown(cell_id: str, source: str) -> NotebookNode:
    return new_markdown_cell(source, id=cell_id)


def code(cell_id: str, source: str, **metadata: object) -> NotebookNode:
    return new_code_cell(source, id=cell_id, metadata=metadata)


HONEST = [
    markdown("title", "# A chapter"),
    code("setup", "import matplotlib.pyplot as plt\nimport numpy as np\n\n"
         "from klhelpers.figures import show\nfrom klhelpers.notebook import check, result"),
    markdown("theorem", "```{prf:theorem} Gibbs\n:label: thm-tiny\n$D \\ge 0$\n```"),
    code("swap", "p, q = np.array([0.75, 0.25]), np.array([0.25, 0.75])\nd = float(p @ np.log2(p / q))\n"
         'result("swap-tiny", d, "D(p‖q)", "bit")'),
    code("theorem-check", "assert d >= 0", tags=["check:thm-tiny"]),
    markdown("quote", "The divergence is 0.7925<!-- swap-tiny:.4f --> bit."),
    code("curve", "x = np.linspace(0.01, 1, 200)\nfig, ax = plt.subplots()\n"
         'ax.plot(x, -np.log2(x), label="$I$")\nax.plot(x, 1 - x, label="$1 - p$")\nax.legend()\nshow(fig)',
         alt="The information falls from infinity to 0."),
    markdown("curve-caption", "**Rare events tell more.** The curve falls."),
    code("refusal", "[].pop()", tags=["raises-exception"]),
    code("widget", "from IPython.display import display\nimport uuid\n"
         'view = {"model_id": uuid.uuid4().hex}\n'
         'display({"application/vnd.jupyter.widget-view+json": view, "text/html": "<p>1</p>"}, raw=True)'),
    code("array", "print(np.array([0.1, 0.25, 1 / 3]))"),
    code("value", "d"),
    code("sampled", "print(f'{d:.4f}')"),
    markdown("exercise", "```{exercise}\n:label: ex-tiny\nHow many bits are wasted?\n```"),
    code("attempt", 'check("ex-tiny", None)'),
    code("solution", 'check("ex-tiny", 0.25)'),
]  # fmt: skip
CHECKS = """
[theorem-check]
how = {"closed form" = ""}
sabotage = [[">= 0", "< 0"]]
[exercise.ex-tiny]
answer = "(1 + 2 + 3 + 3) / 4 - 2"
"""


def written(nb: NotebookNode, path: Path) -> Path:
    path.write_text(text(nb), encoding="utf-8")
    path.with_suffix(".checks.toml").write_text(CHECKS, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    path = written(
        new_notebook(cells=copy.deepcopy(HONEST)), tmp_path_factory.mktemp("honest") / "honest.ipynb"
    )
    path.write_text(text(refresh.refreshed(path).nb), "utf-8")
    return rules.read(path)


def cell_of(nb: NotebookNode, cell_id: str) -> NotebookNode:
    return next(cell for cell in nb.cells if cell.id == cell_id)


# --- faults in a stored notebook, seen without a kernel ---

Plant = Callable[[Stored], object]


def put(cell_id: str, **fields: object) -> Plant:
    """Change a cell, or its metadata by what is no field of a cell."""

    def plant(stored: Stored) -> None:
        cell = cell_of(stored.nb, cell_id)
        for field, value in fields.items():
            (cell if field in cell else cell.metadata)[field] = nbformat.from_dict(value)

    return plant


def answer(label: str, answer: str) -> Plant:
    return lambda stored: stored.checks.exercises.update({label: {"answer": answer}})


def prints(shown: str, name: str = "stdout", cell_id: str = "array") -> Plant:
    return put(cell_id, outputs=[new_output("stream", name=name, text=shown)])


def change_output(cell_id: str, **fields: object) -> Plant:
    return lambda stored: cell_of(stored.nb, cell_id).outputs[0].update(fields)


def retitled(title: str) -> Plant:
    return change_output("curve", data={FIGURE_MIME: {"axes": [{"titles": ["", title, ""]}]}})


def replace_in(cell_id: str, old: str, new: str) -> Plant:
    return lambda stored: put(cell_id, source=cell_of(stored.nb, cell_id).source.replace(old, new))(stored)


def without(cell_id: str) -> Plant:
    return lambda stored: stored.nb.cells.remove(cell_of(stored.nb, cell_id))


BROKEN: list[tuple[Rule, str, Plant]] = [
    (rules.is_canonical, "older format", lambda stored: stored.nb.update(nbformat_minor=4)),
    (rules.is_canonical, "never run", put("array", execution_count=None)),
    (rules.is_canonical, "output of another number", change_output("value", execution_count=43)),
    (rules.is_stamped, "error stored", put("refusal", tags=[])),
    (rules.is_stamped, "code edited", put("array", source="print(1)")),
    (rules.is_stamped, "unknown output", put("value", outputs=[{"output_type": "rumour"}])),
    (rules.is_stamped, "cell taken out", without("array")),
    (rules.is_stamped, "another picture", change_output("curve", data={"image/png": "AAAA"})),
    (rules.is_canonical, "time of the run", put("array", execution={"iopub.status.busy": "noon"})),
    (rules.is_canonical, "trailing space", put("array", source="print(1) ")),
    (rules.is_canonical, "stream in pieces", put("array", outputs=[new_output("stream", text="1")] * 2)),
    (rules.has_known_tags, "misspelt tag", put("array", tags=["raise-exception"])),
    (rules.has_known_tags, "nothing raised", put("value", tags=["raises-exception"])),
    (rules.has_named_cells, "random id", put("array", id="3f2a91bc")),
    (rules.has_named_cells, "id used twice", put("array", id="swap")),
    (rules.has_plain_code, "magic", put("value", source="%matplotlib inline")),
    (rules.has_plain_code, "shell command", put("value", source="!ls")),
    (rules.has_plain_code, "endless cell", put("value", source="d\n" * 17)),
    (rules.shows_no_noise, "numpy scalar", prints("np.float64(0.5)")),
    (rules.shows_no_noise, "home directory", prints("/home/ann/x.py")),
    (rules.shows_no_noise, "warning", prints("1", name="stderr")),
    (rules.prints_no_language, "words", prints("mean = 0.5")),
    (rules.prints_no_language, "Chinese", prints("熵 = 0.5")),
    (rules.prints_no_language, "words in a figure", retitled("Information")),
    (rules.prints_no_language, "words in a formula of a figure", retitled(r"$\mathrm{falling}$")),
    (rules.describes_figures, "no alternative text", put("curve", alt="")),
    (rules.describes_figures, "unfinished alternative text", put("curve", alt="A curve")),
    (rules.describes_figures, "no caption", without("curve-caption")),
    (rules.describes_figures, "caption without message", put("curve-caption", source="The curve falls.")),
    (rules.describes_figures, "picture without data", change_output("curve", data={"image/png": "AAAA"})),
    (rules.quotes_its_results, "quote of nothing", put("quote", source="0.7925<!-- swap-lk:.4f -->")),
    (rules.quotes_its_results, "stale quote", replace_in("quote", "0.7925", "0.7924")),
    (rules.quotes_its_results, "quote inside a formula", put("quote", source="$D = 0.7925<!-- swap-tiny:.4f -->$")),
    (rules.quotes_its_results, "digit before a quote", replace_in("quote", "0.7925", "10.7925")),
    (rules.names_its_claims, "claim without label", put("theorem", source="```{prf:lemma}\n$x$\n```")),
    (rules.names_its_claims, "claim with another's label", replace_in("theorem", "theorem", "lemma")),
    (rules.names_its_claims, "claim of another kind", replace_in("theorem", "prf:theorem", "prf:axiom")),
    (rules.names_its_claims, "equation with another's label", put("quote", source="$$x$$ (thm-x)")),
    (rules.names_its_claims, "equation without label", put("quote", source="\\begin{align}\nx\n\\end{align}")),
    (rules.checks_its_claims, "check without assertion", put("theorem-check", source="print(d >= 0)")),
    (rules.checks_its_claims, "sabotage of nothing", put("theorem-check", source="assert d > 0")),
    (rules.checks_its_claims, "words about a cell that is gone", without("theorem-check")),
    (rules.answers_its_exercises, "exercise never left open", without("attempt")),
    (rules.answers_its_exercises, "exercise never solved", without("solution")),
    (rules.answers_its_exercises, "wrong solution", prints("✗ 0.3\n", cell_id="solution")),
    (rules.answers_its_exercises, "check of no exercise", without("exercise")),
    (rules.answers_its_exercises, "exercise without answer", lambda stored: stored.checks.exercises.clear()),
    (rules.answers_its_exercises, "answer to no exercise", answer("ex-gone", "1")),
    (rules.answers_its_exercises, "answer that is no number", answer("ex-tiny", "1 / 0")),
    (rules.answers_its_exercises, "key of another answer", answer("ex-tiny", "1 / 2")),
]  # fmt: skip


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_an_honest_notebook_keeps_every_rule(honest: Stored, rule: Rule) -> None:
    assert list(rule(honest)) == []


@pytest.mark.parametrize(("rule", "name", "plant"), BROKEN, ids=[name for _, name, _ in BROKEN])
def test_a_planted_fault_breaks_its_rule(honest: Stored, rule: Rule, name: str, plant: Plant) -> None:
    faulty = copy.deepcopy(honest)
    plant(faulty)
    assert list(rule(faulty._replace(text=text(faulty.nb)))) != []


def test_every_rule_is_seen_broken() -> None:
    assert {rule for rule, *_ in BROKEN} == {*rules.RULES}


# --- faults that only a run shows ---


def move_a_point(stored: Stored) -> None:
    y = cell_of(stored.nb, "curve").outputs[0].data[FIGURE_MIME].axes[0].artists[0].y
    y["values"] = " ".join([*y["values"].split()[:-1], "0.0001"])


def glued(number: str) -> Plant:
    return lambda stored: cell_of(stored.nb, "swap").outputs[1].data.update({GLUE_MIME: number})


# What is done to what is stored, and what is then said of it.
STALE: list[tuple[Plant, str]] = [
    (change_output("swap", text="D(p‖q) = 0.792484 bit\n"), "swap: stdout: expected 'D(p‖q) = 0.792484 bit', found"),
    (glued("0.79249"), "swap-tiny: expected 0.79249, found 0.79248"),
    (put("array", outputs=[]), "array: outputs: expected none, found stdout"),
    (move_a_point, "artists[0] y: expected 0.0001, found 0"),
    (change_output("refusal", ename="KeyError"), "found 'IndexError"),
]  # fmt: skip

# What may be done without any alarm.
NOISE: dict[str, Plant] = {
    "last digit": change_output("swap", text="D(p‖q) = 0.792482 bit\n"),
    "other pixels": lambda stored: cell_of(stored.nb, "curve").outputs[0].data.update({"image/png": "AAAA"}),
    "other traceback": change_output("refusal", traceback=["File elsewhere.py"]),
}


def changes(honest: Stored, plant: Plant) -> list[str]:
    stored = copy.deepcopy(honest)
    plant(stored)
    pairs = zip(code_cells(stored.nb), code_cells(honest.nb), strict=True)
    return [f"{was.id}: {line}" for was, now in pairs for line in differences(was.outputs, now.outputs)]


@pytest.mark.parametrize(("plant", "said"), STALE, ids=[said for _, said in STALE])
def test_what_is_stored_and_no_longer_shown_is_named(honest: Stored, plant: Plant, said: str) -> None:
    (found,) = changes(honest, plant)
    assert said in found


@pytest.mark.parametrize("name", NOISE)
def test_what_differs_between_machines_alarms_nobody(honest: Stored, name: str) -> None:
    assert changes(honest, NOISE[name]) == []


# --- the guard that runs the notebooks ---

# Copies of honest cells, what is done to them, and what is then said. The sidecar and the ledger follow.
GUARDED: dict[str, tuple[str, dict[str, object], str]] = {
    "number": ("sampled", {"outputs": [new_output("stream", text="0.79\n")]}, "expected '0.79', found '0.7925'"),
    "skipped": ("sampled", {"source": "# NBVAL_SKIP"}, "a cell that is not compared"),
    "tagged": ("sampled", {"tags": ["nbval-skip"]}, "a cell that is not compared"),
    "survived": ("theorem-check", {}, "with '>= -1' for '>= 0' the check stays green"),
    "stale": ("theorem-check", {}, "the ledger is stale, renew it by make refresh: it holds None, found {'how'"),
}  # fmt: skip
BESIDE = '[survived]\nhow = {equality = ""}\nsabotage = [[">= 0", ">= -1"]]\n'
KNOWN = {"guarded/theorem-check": {"how": {"closed form": None}, "sabotages": 1, "nudges": 0}}


@pytest.fixture(scope="module")
def said(honest: Stored, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the guard says of each cell: nothing if it passed."""
    stored, path = copy.deepcopy(honest), tmp_path_factory.mktemp("guard") / "guarded.ipynb"
    for name, (original, fields, _) in GUARDED.items():
        stored.nb.cells.append(copy.deepcopy(cell_of(stored.nb, original)))
        stored.nb.cells[-1].id = name
        put(name, **fields)(stored)
    entry, _ = CHECKS.replace("theorem-check", "stale").split("[exercise")
    written(stored.nb, path).with_suffix(".checks.toml").write_text(CHECKS + BESIDE + entry, "utf-8")
    reports: list[pytest.TestReport] = []
    heard = SimpleNamespace(pytest_runtest_logreport=lambda report: reports.append(report))
    settings = ["-p", "conftest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-q", str(path)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "known", lambda: KNOWN)
        assert pytest.main(settings, plugins=[heard]) == pytest.ExitCode.TESTS_FAILED
    return {r.nodeid.rpartition("::")[2]: r.longreprtext for r in reports if r.when == "call"}


@pytest.mark.parametrize("name", [*(cell.id for cell in HONEST if cell.cell_type == "code"), *GUARDED])
def test_the_guard_is_silent_of_an_honest_cell_and_names_each_fault(said: dict[str, str], name: str) -> None:
    if name in GUARDED:
        parts = (f"guarded.ipynb, cell {name}: ", GUARDED[name][2], "store it: make refresh")
        assert [part for part in parts if part not in said[name]] == []
    else:
        assert said[name] == ""


# --- refresh ---


def test_a_refresh_keeps_what_another_processor_rounds_otherwise_and_stores_what_differs(
    honest: Stored, tmp_path: Path
) -> None:
    nb = copy.deepcopy(honest.nb)
    rounded = "[0.1        0.25       0.33333334]\n"
    cell_of(nb, "array").outputs[0].text = rounded
    cell_of(nb, "sampled").outputs[0].text = "0.80\n"
    picture = cell_of(nb, "curve").outputs[0].data
    drawn = picture["text/html"]
    picture["text/html"] = drawn.replace("stroke-width: 0.8", "stroke-width: 0.9")
    assert picture["text/html"] != drawn
    expected = copy.deepcopy(honest.nb)
    cell_of(expected, "array").outputs[0].text = rounded
    expected.metadata["klbook"] = stamp(expected)
    assert refresh.refreshed(written(nb, tmp_path / "fresh.ipynb")).nb == expected


@pytest.mark.parametrize(
    ("name", "source", "tags", "said"),
    [
        ("raises", "1 / 0", [], "ZeroDivisionError"),
        ("theorem-check", "x = 0\nassert x >= 0 or x < 1", ["check:thm-gibbs"], "the check stays green"),
    ],
)
def test_where_one_notebook_is_at_fault_it_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, source: str, tags: list[str], said: str
) -> None:
    of_here = f"sys.executable == {sys.executable!r} and klhelpers.__file__.startswith({str(ROOT)!r})"
    other = {"kernelspec": {"name": "of-another-machine", "display_name": "-", "language": "python"}}
    good, faulty = (
        written(new_notebook(cells=[cell], metadata=other), tmp_path / f"{cell.id}.ipynb")
        for cell in (code("good", f"import sys, klhelpers\nassert {of_here}"), code(name, source, tags=tags))
    )
    before = [path.read_bytes() for path in (good, faulty, ledger.LEDGER)]
    assert refresh.main([str(good), str(faulty)]) == 1
    told = capsys.readouterr().out
    assert f"ran     {good}" in told and str(faulty) in told and said in told and "Nothing is written" in told
    assert [path.read_bytes() for path in (good, faulty, ledger.LEDGER)] == before


def test_a_stored_notebook_holds_nothing_of_the_run(honest: Stored) -> None:
    assert set(honest.nb.metadata) == {"kernelspec", "language_info", "klbook"}
    assert honest.nb.metadata.kernelspec.name == "python3"
    assert WIDGET_MIME not in cell_of(honest.nb, "widget").outputs[0].data
    assert cell_of(honest.nb, "refusal").outputs[0].traceback == ["IndexError: pop from empty list"]
    assert set().union(*(cell.metadata for cell in honest.nb.cells)) == {"alt", "tags"}


def test_a_new_cell_is_named_after_its_heading_and_words_are_no_random_ids() -> None:
    assert not any(map(is_random_id, ["facade", "decade", "fig-2", "deadbeef-tale"]))
    title = markdown("title", "## What Pinsker's $D$ measures")
    nb = new_notebook(cells=[title, new_code_cell("1"), new_code_cell("2")])
    nb.cells[1].id, nb.cells[2].id = "3f2a91bc", "b2f7d9e0-9c1f-4b52-8a38-3b8d1f6a7c55"
    name_cells(nb)
    assert [cell.id for cell in nb.cells] == ["title", "what-pinsker-measures-1", "what-pinsker-measures-2"]


# --- a chapter is cheap: it is a notebook, what stands beside it, and a line of _toc.yml ---

NAME = "98-small"


def contents(folder: Path) -> dict[str, bytes]:
    """What each file of a book holds, save for what a run leaves behind."""
    left = {"__pycache__", "_build"}
    files = [path for path in folder.rglob("*") if path.is_file() and not left & {*path.parts}]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_new_chapter_touches_four_files_and_keeps_every_rule(tmp_path: Path) -> None:
    for name in ("_toc.yml", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("book", "klhelpers", "notebooks", "press", "tests", "zh"):
        unused = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "browser", "site", "lab")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=unused)
    before = contents(tmp_path)

    notebook = tmp_path / NOTEBOOKS.name / f"{NAME}.ipynb"
    notebook.write_text(text(new_notebook(cells=HONEST)), "utf-8")
    notebook.with_suffix(".checks.toml").write_text(CHECKS, "utf-8")
    last = f"      - file: {NOTEBOOKS.name}/{chapters()[-1]}\n"
    lines = CONTENTS.read_text("utf-8").replace(last, last + last.replace(chapters()[-1], NAME))
    (tmp_path / CONTENTS.name).write_text(lines, "utf-8")
    command = [sys.executable, "-m", "press.claims.refresh", NAME]
    here = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=here, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr

    assert [problem for rule in rules.RULES for problem in rule(rules.read(notebook))] == []
    assert '"thm-tiny"' in (tmp_path / "book" / "ledger.json").read_text("utf-8")
    after = contents(tmp_path)
    touched = {name for name in before | after if before.get(name) != after.get(name)}
    chapter = {f"notebooks/{NAME}.ipynb", f"notebooks/{NAME}.checks.toml"}
    assert touched == {"_toc.yml", "book/ledger.json"} | chapter
