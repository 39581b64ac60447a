"""The guard itself: each way in which a notebook can go wrong is planted, and seen caught.

One small honest notebook is run once. Copies of it with one fault are then put before the rules for stored
notebooks, and one copy with many faulty cells before nbval, in one run.
"""

import base64
import copy
import io
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from press.notebooks import refresh, rules
from press.notebooks.compare import FIGURE_MIME, GLUE_MIME, WIDGET_MIME
from press.notebooks.rules import Rule, Stored
from press.notebooks.store import ROOT, is_random_id, name_cells, normalised, stamp, text

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
[sampled]
tolerance = {rtol = 1e-3, reason = "a stand-in for a sample"}
[exercise.ex-tiny]
answer = "(1 + 2 + 3 + 3) / 4 - 2"
"""

# Cells that no stored notebook may hold, for what nbval must make of them.
NOISY = [
    code("widget", "from IPython.display import display\nimport uuid\n"
         'view = {"model_id": uuid.uuid4().hex}\n'
         'display({"application/vnd.jupyter.widget-view+json": view, "text/html": "<p>1</p>"}, raw=True)'),
    code("this-kernel", "import sys\nimport klhelpers\n"
         f"assert sys.executable == {sys.executable!r}\nassert klhelpers.__file__.startswith({str(ROOT)!r})"),
]  # fmt: skip


def written(nb: NotebookNode, path: Path) -> Path:
    path.write_text(text(nb), encoding="utf-8")
    path.with_suffix(".checks.toml").write_text(CHECKS, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    """All cells after one run. The kernel that the notebook names does not exist; it is not what is used."""
    metadata = {"kernelspec": {"name": "of-another-machine", "display_name": "-", "language": "python"}}
    path = tmp_path_factory.mktemp("run") / "all.ipynb"
    written(new_notebook(cells=copy.deepcopy(HONEST + NOISY), metadata=metadata), path)
    return nbformat.reads(refresh.refreshed(path), as_version=4)


@pytest.fixture(scope="module")
def honest(run: NotebookNode, tmp_path_factory: pytest.TempPathFactory) -> Stored:
    nb = copy.deepcopy(run)
    nb.cells = nb.cells[: len(HONEST)]
    nb = normalised(nb)
    nb.metadata["klbook"] = stamp(nb)
    return rules.read(written(nb, tmp_path_factory.mktemp("honest") / "honest.ipynb"))


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
    (rules.is_valid, "unknown output", put("value", outputs=[{"output_type": "rumour"}])),
    (rules.is_canonical, "never run", put("array", execution_count=None)),
    (rules.is_stamped, "error stored", put("refusal", tags=[])),
    (rules.is_stamped, "code edited", put("array", source="print(1)")),
    (rules.is_stamped, "cell taken out", without("array")),
    (rules.is_stamped, "another picture", change_output("curve", data={"image/png": "AAAA"})),
    (rules.is_canonical, "time of the run", put("array", execution={"iopub.status.busy": "noon"})),
    (rules.is_canonical, "trailing space", put("array", source="print(1) ")),
    (rules.has_known_tags, "misspelt tag", put("array", tags=["raise-exception"])),
    (rules.has_known_tags, "output ignored", put("array", tags=["nbval-ignore-output"])),
    (rules.has_named_cells, "random id", put("array", id="3f2a91bc")),
    (rules.has_named_cells, "id used twice", put("array", id="swap")),
    (rules.has_plain_code, "trailing semicolon", put("value", source="d;")),
    (rules.has_plain_code, "figure shown twice", put("value", source="plt.show()")),
    (rules.has_plain_code, "magic", put("value", source="%matplotlib inline")),
    (rules.has_plain_code, "shell command", put("value", source="!ls")),
    (rules.has_plain_code, "endless cell", put("value", source="d\n" * 17)),
    (rules.shows_no_noise, "address", prints("<object at 0x7f3a5c0b1f10>")),
    (rules.shows_no_noise, "numpy scalar", prints("np.float64(0.5)")),
    (rules.shows_no_noise, "home directory", prints("/home/ann/x.py")),
    (rules.shows_no_noise, "warning", prints("1", name="stderr")),
    (rules.prints_no_language, "words", prints("mean = 0.5")),
    (rules.prints_no_language, "Chinese", prints("熵 = 0.5")),
    (rules.prints_no_language, "words in a figure", retitled("Information")),
    (rules.prints_no_language, "words in a formula of a figure", retitled(r"$\mathrm{falling}$")),
    (rules.describes_figures, "no alternative text", put("curve", alt="")),
    (rules.describes_figures, "unfinished alternative text", put("curve", alt="A curve")),
    (rules.describes_figures, "alternative text of nothing", put("value", alt="A curve.")),
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
    (rules.checks_its_claims, "check of a constant", put("theorem-check", source="assert True")),
    (rules.checks_its_claims, "check of a tuple", put("theorem-check", source="assert (d < 0, 1)")),
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


# --- faults that only a run shows, before nbval ---

CellPlant = Callable[[NotebookNode], object]


def shows(shown: str) -> CellPlant:
    return lambda cell: cell.outputs[0].update(text=shown)


def holds(mime: str, value: object, output: int = 0) -> CellPlant:
    return lambda cell: cell.outputs[output].data.update({mime: value})


def first_axes(cell: NotebookNode) -> NotebookNode:
    return cell.outputs[0].data[FIGURE_MIME].axes[0]


def move_a_point(cell: NotebookNode) -> None:
    y = first_axes(cell).artists[0].y
    y["values"] = " ".join([*y["values"].split()[:-1], "0.0001"])


# A cell, what is done to its copy, and what nbval then says of the copy.
STALE: dict[str, tuple[str, CellPlant, str]] = {
    "number": ("swap", shows("D(p‖q) = 0.792484 bit\n"), "expected 'D(p‖q) = 0.792484 bit', found"),
    "quoted": ("swap", holds(GLUE_MIME, "0.79249", output=1), "swap-tiny: expected 0.79249, found 0.79248"),
    "silent": ("array", lambda cell: cell.update(outputs=[]), "expected none, found stdout"),
    "curve-moved": ("curve", move_a_point, "artists[0] y: expected 0.0001, found 0"),
    "other-error": ("refusal", lambda cell: cell.outputs[0].update(ename="KeyError"), "found 'IndexError"),
    "no-error": ("value", lambda cell: cell.metadata.update(tags=["raises-exception"]), "nothing was raised"),
    "ignored": ("array", lambda cell: cell.metadata.update(tags=["nbval-ignore-output"]), "not compared"),
    "skipped": ("array", lambda cell: cell.update(source="# NBVAL_SKIP"), "not compared"),
}  # fmt: skip

# A cell, and what may be done to its copy without any alarm.
NOISE: dict[str, tuple[str, CellPlant]] = {
    "last-digit": ("swap", shows("D(p‖q) = 0.792482 bit\n")),
    "another-widget": ("widget", holds(WIDGET_MIME, {"model_id": "9" * 32})),
    "other-pixels": ("curve", holds("image/png", "AAAA")),
    "other-traceback": ("refusal", lambda cell: cell.outputs[0].update(traceback=["File elsewhere.py"])),
    "within-its-tolerance": ("sampled", shows("0.7929\n")),
    "stream-in-pieces": ("swap", lambda cell: cell.update(outputs=in_pieces(cell.outputs))),
}


def in_pieces(outputs: list[NotebookNode]) -> list[NotebookNode]:
    first, *rest = outputs
    return [*(new_output("stream", text=part) for part in (first.text[:5], first.text[5:])), *rest]


@pytest.fixture(scope="module")
def verdicts(run: NotebookNode, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What one run of nbval says of each cell: nothing if it passed, else its report."""
    nb = copy.deepcopy(run)
    nb.metadata.kernelspec.name = "of-another-machine"
    for new_id, (original, plant, *_) in {**STALE, **NOISE}.items():
        nb.cells.append(copy.deepcopy(cell_of(run, original)))
        plant(nb.cells[-1])
        nb.cells[-1].id = new_id
    folder = tmp_path_factory.mktemp("nbval")
    path, report = written(nb, folder / "stale.ipynb"), folder / "report.xml"
    copied = CHECKS.replace("[sampled]", "[within-its-tolerance]")
    path.with_suffix(".checks.toml").write_text(
        CHECKS + copied[copied.index("[within") : copied.index("[exercise")]
    )
    # In this process: to start another Python and import nbval costs as much as the run.
    settings = ["-p", "conftest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-q"]
    pytest.main([*settings, f"--junitxml={report}", str(path)])
    cases = ElementTree.parse(report).iter("testcase")
    return {case.attrib["name"]: "".join(part.text or "" for part in case) for case in cases}


@pytest.mark.parametrize("cell_id", STALE)
def test_nbval_catches(verdicts: dict[str, str], cell_id: str) -> None:
    for part in (STALE[cell_id][2], f"stale.ipynb, cell {cell_id}:", "make refresh"):
        assert part in verdicts[cell_id]


@pytest.mark.parametrize("cell_id", [*(cell.id for cell in HONEST + NOISY if "outputs" in cell), *NOISE])
def test_nbval_is_not_alarmed_by(verdicts: dict[str, str], cell_id: str) -> None:
    assert verdicts[cell_id] == ""


# --- refresh ---


def test_a_refresh_leaves_what_another_processor_rounds_otherwise(honest: Stored, tmp_path: Path) -> None:
    nb = copy.deepcopy(honest.nb)
    cell_of(nb, "array").outputs[0].text = "[0.1        0.25       0.33333334]\n"
    figure = first_axes(cell_of(nb, "curve")).artists[0].y
    figure["values"] = figure["values"].replace("6.6438562", "6.6438563")
    assert text(nb) != honest.text
    nb.metadata["klbook"] = stamp(nb)
    assert refresh.refreshed(written(nb, tmp_path / "fresh.ipynb")) == text(nb)


def test_a_refresh_stores_what_differs_and_pictures_drawn_otherwise(honest: Stored, tmp_path: Path) -> None:
    nb = copy.deepcopy(honest.nb)
    cell_of(nb, "array").outputs[0].text = "[0.1        0.25       0.33334]\n"
    picture = cell_of(nb, "curve").outputs[0].data
    drawn = Image.open(io.BytesIO(base64.b64decode(picture["image/png"]))).convert("RGB")
    buffer = io.BytesIO()
    drawn.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(buffer, "png")
    picture["image/png"] = base64.b64encode(buffer.getvalue()).decode()
    assert refresh.refreshed(written(nb, tmp_path / "fresh.ipynb")) == honest.text


def test_where_one_notebook_raises_it_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = {"good": "1", "broken": "1 / 0"}
    good, broken = (
        written(new_notebook(cells=[code(name, source)]), tmp_path / f"{name}.ipynb")
        for name, source in sources.items()
    )
    before = [path.read_bytes() for path in (good, broken)]
    assert refresh.main([str(good), str(broken)]) == 1
    told = capsys.readouterr().out
    assert f"new     {good}" in told and f"raises  {broken}" in told and "ZeroDivisionError" in told
    assert [path.read_bytes() for path in (good, broken)] == before


def test_a_stored_notebook_holds_nothing_of_the_run(run: NotebookNode) -> None:
    assert set(run.metadata) == {"kernelspec", "language_info", "klbook"}
    assert run.metadata.kernelspec.name == "python3"
    assert WIDGET_MIME not in cell_of(run, "widget").outputs[0].data
    assert cell_of(run, "refusal").outputs[0].traceback == ["IndexError: pop from empty list"]
    assert set().union(*(cell.metadata for cell in run.cells)) == {"alt", "tags"}


def test_a_new_cell_is_named_after_its_heading_and_words_are_no_random_ids() -> None:
    assert not any(map(is_random_id, ["facade", "decade", "fig-2", "deadbeef-tale"]))
    title = markdown("title", "## What Pinsker's $D$ measures")
    nb = new_notebook(cells=[title, new_code_cell("1"), new_code_cell("2")])
    nb.cells[1].id, nb.cells[2].id = "3f2a91bc", "b2f7d9e0-9c1f-4b52-8a38-3b8d1f6a7c55"
    name_cells(nb)
    assert [cell.id for cell in nb.cells] == ["title", "what-pinsker-measures-1", "what-pinsker-measures-2"]
