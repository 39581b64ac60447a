"""The guard itself: each way in which a notebook can go wrong is planted, and seen caught.

One small honest notebook is run once. Copies of it with one fault are then put before the rules for stored
notebooks, and one copy with many faulty cells before nbval, in one run.
"""

import copy
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from press.notebooks import refresh
from press.notebooks import rules as nbrules
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
    markdown("theorem", "```{prf:theorem} Gibbs\n:label: thm-gibbs\n$D \\ge 0$\n```"),
    code("swap", "p, q = np.array([0.75, 0.25]), np.array([0.25, 0.75])\nd = float(p @ np.log2(p / q))\n"
         'result("swap-kl", d, "D(p‖q)", "bit")'),
    code("theorem-check", "assert d >= 0", tags=["check:thm-gibbs"],
         how={"closed form": ""}, sabotage=[[">= 0", "< 0"]]),
    markdown("quote", "The divergence is 0.7925<!-- swap-kl:.4f --> bit."),
    code("curve", "x = np.linspace(0.01, 1, 200)\nfig, ax = plt.subplots()\n"
         'ax.plot(x, -np.log2(x), label="$I$")\nax.plot(x, 1 - x, label="$1 - p$")\nax.legend()\nshow(fig)',
         alt="The information falls from infinity to 0."),
    markdown("curve-caption", "**Rare events tell more.** The curve falls."),
    code("bars", "from klhelpers.widgets import Bars\n\nbars = Bars()\nbars", alt="Bars that can be dragged."),
    markdown("bars-caption", "**The sum never saves.** Drag, and see."),
    code("bars-read", "print(bars.p)\nbars.q = bars.p"),
    code("refusal", "[].pop()", tags=["raises-exception"]),
    code("array", "print(np.array([0.1, 0.25, 1 / 3]))"),
    code("value", "d"),
    code("count", "n = 1"),
    code("count-on", "n += 1\nprint(n)"),
    code("sampled", "print(f'{d:.4f}')", tolerance={"rtol": 1e-3, "reason": "a stand-in for a sample"}),
    markdown("exercise", "```{exercise}\n:label: ex-code\nHow many bits are wasted?\n```"),
    code("attempt", 'check("ex-code", None)'),
    code("solution", 'check("ex-code", 0.25)'),
]  # fmt: skip

# Cells that no stored notebook may hold, for what nbval must make of them.
NOISY = [
    code("address", "object()"),
    code("widget", "from IPython.display import display\nimport uuid\n"
         'view = {"model_id": uuid.uuid4().hex}\n'
         'display({"application/vnd.jupyter.widget-view+json": view, "text/html": "<p>1</p>"}, raw=True)'),
    code("this-kernel", "import sys\nimport klhelpers\n"
         f"assert sys.executable == {sys.executable!r}\nassert klhelpers.__file__.startswith({str(ROOT)!r})"),
]  # fmt: skip


def written(nb: NotebookNode, path: Path) -> Path:
    path.write_text(text(nb), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    """All cells after one run. The kernel that the notebook names does not exist; it is not what is used."""
    metadata = {"kernelspec": {"name": "of-another-machine", "display_name": "-", "language": "python"}}
    path = tmp_path_factory.mktemp("run") / "all.ipynb"
    written(new_notebook(cells=copy.deepcopy(HONEST + NOISY), metadata=metadata), path)
    return nbformat.reads(refresh.refreshed(path), as_version=4)


@pytest.fixture(scope="module")
def honest(run: NotebookNode) -> NotebookNode:
    nb = copy.deepcopy(run)
    nb.cells = nb.cells[: len(HONEST)]
    return stamped(nb)


def stamped(nb: NotebookNode) -> NotebookNode:
    nb = normalised(nb)
    nb.metadata["klbook"] = stamp(nb)
    return nb


def cell_of(nb: NotebookNode, cell_id: str) -> NotebookNode:
    return next(cell for cell in nb.cells if cell.id == cell_id)


# --- faults in a stored notebook, seen without a kernel ---


def put(cell_id: str, **fields: object) -> Callable[[NotebookNode], None]:
    return lambda nb: cell_of(nb, cell_id).update(nbformat.from_dict(fields))


def put_metadata(cell_id: str, **fields: object) -> Callable[[NotebookNode], None]:
    return lambda nb: cell_of(nb, cell_id).metadata.update(nbformat.from_dict(fields))


def without_metadata(cell_id: str, key: str) -> Callable[[NotebookNode], None]:
    return lambda nb: cell_of(nb, cell_id).metadata.pop(key)


def printed(shown: str, name: str = "stdout") -> list[NotebookNode]:
    return [new_output("stream", name=name, text=shown)]


def figure(**data: object) -> Callable[[NotebookNode], None]:
    """Change parts of the bundle of the figure `curve`; None takes a part away."""

    def plant(nb: NotebookNode) -> None:
        bundle = cell_of(nb, "curve").outputs[0].data
        for key, value in data.items():
            mime = {"png": "image/png", "data": nbrules.FIGURE_MIME}[key]
            bundle.pop(mime)
            if value is not None:
                bundle[mime] = value

    return plant


def retitled(title: str) -> Callable[[NotebookNode], None]:
    return lambda nb: figure(data={"axes": [{"titles": ["", title, ""]}]})(nb)


def first_output(cell_id: str, **fields: object) -> Callable[[NotebookNode], None]:
    return lambda nb: cell_of(nb, cell_id).outputs[0].update(fields)


def replace_in(cell_id: str, old: str, new: str) -> Callable[[NotebookNode], None]:
    return lambda nb: put(cell_id, source=cell_of(nb, cell_id).source.replace(old, new))(nb)


def without(cell_id: str) -> Callable[[NotebookNode], None]:
    return lambda nb: nb.cells.remove(cell_of(nb, cell_id))


RULE_BREAKERS: list[tuple[str, nbrules.Rule, Callable[[NotebookNode], None]]] = [
    ("older format", nbrules.is_valid, lambda nb: nb.update(nbformat_minor=4)),
    ("unknown output", nbrules.is_valid, put("value", outputs=[{"output_type": "rumour"}])),
    ("never run", nbrules.ran_in_order, put("array", execution_count=None)),
    ("run out of order", nbrules.ran_in_order, put("array", execution_count=2)),
    ("output of another run", nbrules.ran_in_order, first_output("value", execution_count=1)),
    ("error stored", nbrules.raises_what_it_says, put_metadata("refusal", tags=[])),
    ("no error stored", nbrules.raises_what_it_says, put("refusal", outputs=[])),
    ("code edited", nbrules.is_stamped, put("array", source="print(1)")),
    ("cell taken out", nbrules.is_stamped, without("array")),
    ("tolerance edited", nbrules.is_stamped, put_metadata("array", tolerance={"rtol": 1e-2, "reason": "!"})),
    ("another picture", nbrules.is_stamped, figure(png="AAAA")),
    ("number edited", nbrules.is_stamped, put("array", outputs=printed("[0.1 0.25 0.5]\n"))),
    ("time of the run", nbrules.is_canonical, put_metadata("array", execution={"iopub.status.busy": "noon"})),
    ("trailing space", nbrules.is_canonical, put("array", source="print(1) ")),
    ("output ignored", nbrules.is_compared, put_metadata("array", tags=["nbval-ignore-output"])),
    ("cell skipped", nbrules.is_compared, put_metadata("array", tags=["nbval-skip"])),
    ("cell skipped by comment", nbrules.is_compared, put("array", source="# NBVAL_SKIP\n1")),
    ("tolerance without reason", nbrules.is_compared, put_metadata("array", tolerance={"rtol": 1e-3})),
    ("wide tolerance", nbrules.is_compared, put_metadata("array", tolerance={"rtol": 0.3, "reason": "-"})),
    ("misspelt tag", nbrules.has_known_tags, put_metadata("array", tags=["raise-exception"])),
    ("random id", nbrules.has_named_cells, put("array", id="3f2a91bc")),
    ("id used twice", nbrules.has_named_cells, put("array", id="swap")),
    ("trailing semicolon", nbrules.has_plain_code, put("value", source="d;")),
    ("figure shown twice", nbrules.has_plain_code, put("value", source="plt.show()")),
    ("magic", nbrules.has_plain_code, put("value", source="%matplotlib inline")),
    ("shell command", nbrules.has_plain_code, put("value", source="!ls")),
    ("endless cell", nbrules.has_plain_code, put("value", source="d\n" * 17)),
    ("wide line", nbrules.has_plain_code, put("value", source="d" * 87)),
    ("address", nbrules.shows_no_noise, put("array", outputs=printed("<object at 0x7f3a5c0b1f10>"))),
    ("numpy scalar", nbrules.shows_no_noise, put("array", outputs=printed("np.float64(0.5)"))),
    ("home directory", nbrules.shows_no_noise, put("array", outputs=printed("/home/ann/x.py"))),
    ("speed", nbrules.shows_no_noise, put("array", outputs=printed("100 38.2it/s"))),
    ("warning", nbrules.shows_no_noise, put("array", outputs=printed("1", name="stderr"))),
    ("words printed", nbrules.prints_no_language, put("array", outputs=printed("mean = 0.5"))),
    ("Chinese printed", nbrules.prints_no_language, put("array", outputs=printed("熵 = 0.5"))),
    ("words in a figure", nbrules.prints_no_language, retitled("Information")),
    ("words in a formula of a figure", nbrules.prints_no_language, retitled(r"$\mathrm{falling}$")),
    ("no alternative text", nbrules.describes_figures, put_metadata("curve", alt="")),
    ("unfinished alternative text", nbrules.describes_figures, put_metadata("curve", alt="A curve")),
    ("alternative text of nothing", nbrules.describes_figures, put_metadata("value", alt="A curve.")),
    ("no caption", nbrules.describes_figures, without("curve-caption")),
    ("caption without message", nbrules.describes_figures, put("curve-caption", source="The curve falls.")),
    ("picture without data", nbrules.describes_figures, figure(data=None)),
    ("quote of nothing", nbrules.quotes_its_results, put("quote", source="0.7925<!-- swap-lk:.4f -->")),
    ("stale quote", nbrules.quotes_its_results, replace_in("quote", "0.7925", "0.7924")),
    ("quote inside a formula", nbrules.quotes_its_results, put("quote", source="$D = 0.7925<!-- swap-kl:.4f -->$")),
    ("quote with a digit behind it", nbrules.quotes_its_results, replace_in("quote", "0.7925", "10.7925")),
    ("claim without label", nbrules.names_its_claims, put("theorem", source="```{prf:lemma}\n$x$\n```")),
    ("claim with another's label", nbrules.names_its_claims, replace_in("theorem", "theorem", "lemma")),
    ("claim of another kind", nbrules.names_its_claims, replace_in("theorem", "prf:theorem", "prf:axiom")),
    ("equation with another's label", nbrules.names_its_claims, put("quote", source="$$x$$ (thm-x)")),
    ("equation without label", nbrules.names_its_claims, put("quote", source="\\begin{align}\nx\n\\end{align}")),
    ("check of nothing", nbrules.checks_its_claims, put_metadata("value", tags=["check:thm-gone"])),
    ("check without assertion", nbrules.checks_its_claims, put("theorem-check", source="print(d >= 0)")),
    ("check of a constant", nbrules.checks_its_claims, put("theorem-check", source="assert True")),
    ("check of a tuple", nbrules.checks_its_claims, put("theorem-check", source="assert (d < 0, 1)")),
    ("check that does not say how", nbrules.breaks_its_checks, without_metadata("theorem-check", "how")),
    ("check never broken", nbrules.breaks_its_checks, without_metadata("theorem-check", "sabotage")),
    ("sabotage of nothing", nbrules.breaks_its_checks, put("theorem-check", source="assert d > 0")),
    ("exercise never left open", nbrules.answers_its_exercises, without("attempt")),
    ("exercise never solved", nbrules.answers_its_exercises, without("solution")),
    ("wrong solution", nbrules.answers_its_exercises, put("solution", outputs=printed("✗ 0.3\n"))),
    ("answer without exercise", nbrules.answers_its_exercises, without("exercise")),
]  # fmt: skip


@pytest.mark.parametrize("rule", nbrules.RULES, ids=lambda rule: rule.__name__)
def test_an_honest_notebook_keeps_every_rule(honest: NotebookNode, rule: nbrules.Rule) -> None:
    assert list(rule(nbrules.Stored(text(honest), honest))) == []


@pytest.mark.parametrize(
    ("rule", "plant"), [pytest.param(rule, plant, id=name) for name, rule, plant in RULE_BREAKERS]
)
def test_a_planted_fault_breaks_its_rule(
    honest: NotebookNode, rule: nbrules.Rule, plant: Callable[[NotebookNode], None]
) -> None:
    nb = copy.deepcopy(honest)
    plant(nb)
    assert list(rule(nbrules.Stored(text(nb), nb))) != []


def test_every_rule_is_seen_broken() -> None:
    assert {rule for _, rule, _ in RULE_BREAKERS} == set(nbrules.RULES)


# --- faults that only a run shows, before nbval ---

Plant = Callable[[NotebookNode], object]


def prints(shown: str) -> Plant:
    return lambda cell: cell.outputs[0].update(text=shown)


def holds(mime: str, value: object, output: int = 0) -> Plant:
    return lambda cell: cell.outputs[output].data.update({mime: value})


def first_axes(cell: NotebookNode) -> NotebookNode:
    return cell.outputs[0].data[nbrules.FIGURE_MIME].axes[0]


def move_a_point(cell: NotebookNode) -> None:
    y = first_axes(cell).artists[0].y
    y["values"] = " ".join([*y["values"].split()[:-1], "0.0001"])


def state_of(cell: NotebookNode) -> NotebookNode:
    return cell.outputs[0].data["application/vnd.klbook.explorable+json"].state


GLUE = "application/papermill.record/text/plain"
WIDGET = "application/vnd.jupyter.widget-view+json"

# A cell, what is done to its copy, and what nbval then says of the copy.
STALE: dict[str, tuple[str, Plant, str]] = {
    "number": ("swap", prints("D(p‖q) = 0.792484 bit\n"), "expected 'D(p‖q) = 0.792484 bit', found"),
    "unit": ("swap", prints("D(p‖q) = 0.792481 nat\n"), "found 'D(p‖q) = 0.792481 bit'"),
    "quoted": ("swap", holds(GLUE, "0.79249", output=1), "swap-kl: expected 0.79249, found 0.79248"),
    "renamed": ("swap", lambda cell: cell.outputs[1].metadata.scrapbook.update(name="kl"), "text/plain kl"),
    "verdict": ("solution", prints("✗ 0.25: off by +0.25\n"), "found '✓ 0.25'"),
    "silent": ("array", lambda cell: cell.update(outputs=[]), "expected none, found stdout"),
    "curve-moved": ("curve", move_a_point, "artists[0] y: expected 0.0001, found 0"),
    "legend-swapped": ("curve", lambda c: first_axes(c).legends[0].labels.reverse(), "legends[0] labels"),
    "explorable-state": ("bars", lambda c: state_of(c).update(guess="no"), "state guess: expected 'no', found ''"),
    "explorable-moved": ("bars", lambda c: state_of(c).q.reverse(), "state q[0]: expected '0.4', found '0.1'"),
    "explorable-redrawn": ("bars", lambda c: first_axes(c).legends[0].labels.reverse(), "legends[0] labels"),
    "picture-gone": ("curve", lambda cell: cell.outputs[0].data.pop("image/png"), "outputs: expected"),
    "other-error": ("refusal", lambda cell: cell.outputs[0].update(ename="KeyError"), "found 'IndexError"),
    "no-error": ("value", lambda cell: cell.metadata.update(tags=["raises-exception"]), "nothing was raised"),
    "never-run": ("array", lambda cell: cell.update(outputs=[], execution_count=None), "never ran"),
    "ignored": ("array", lambda cell: cell.metadata.update(tags=["nbval-ignore-output"]), "not compared"),
    "skipped": ("array", lambda cell: cell.update(source="# NBVAL_SKIP"), "not compared"),
    "run-once-more": ("count-on", lambda cell: None, "expected '2', found '3'"),
}  # fmt: skip

# A cell, and what may be done to its copy without any alarm.
NOISE: dict[str, tuple[str, Plant]] = {
    "last-digit": ("swap", prints("D(p‖q) = 0.792482 bit\n")),
    "last-bits": ("swap", holds(GLUE, "0.7924812503605771", output=1)),
    "spacing": ("array", prints("[0.1        0.25       0.33333334]\n")),
    "another-address": ("address", holds("text/plain", "<object at 0x7f3a5c0b1f10>")),
    "another-widget": ("widget", holds(WIDGET, {"model_id": "9" * 32})),
    "other-pixels": ("curve", holds("image/png", "AAAA")),
    "other-svg": ("curve", holds("text/html", "<svg></svg>")),
    "other-traceback": ("refusal", lambda cell: cell.outputs[0].update(traceback=["File elsewhere.py"])),
    "within-its-tolerance": ("sampled", prints("0.7929\n")),
    "stream-in-pieces": ("swap", lambda cell: cell.update(outputs=in_pieces(cell.outputs))),
}


def in_pieces(outputs: list[NotebookNode]) -> list[NotebookNode]:
    first, *rest = outputs
    return [*printed(first.text[:5]), *printed(first.text[5:]), *rest]


@pytest.fixture(scope="module")
def verdicts(run: NotebookNode, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What one run of nbval says of each cell: nothing if it passed, else its report."""
    nb = copy.deepcopy(run)
    nb.metadata.kernelspec.name = "of-another-machine"
    for new_id, (original, plant, *_) in {**STALE, **NOISE}.items():
        cell = copy.deepcopy(cell_of(run, original))
        plant(cell)
        cell.id = new_id
        nb.cells.append(cell)
    folder = tmp_path_factory.mktemp("nbval")
    path, report = written(nb, folder / "stale.ipynb"), folder / "report.xml"
    # In this process: to start another Python and import nbval costs as much as the run.
    settings = ["-p", "conftest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-q"]
    pytest.main([*settings, f"--junitxml={report}", str(path)])
    cases = ElementTree.parse(report).iter("testcase")
    return {case.attrib["name"]: "".join(part.text or "" for part in case) for case in cases}


@pytest.mark.parametrize("cell_id", STALE)
def test_nbval_catches(verdicts: dict[str, str], cell_id: str) -> None:
    told = verdicts[cell_id]
    assert STALE[cell_id][2] in told
    assert f"stale.ipynb, cell {cell_id}:" in told and "make refresh" in told


@pytest.mark.parametrize(
    "cell_id", [cell.id for cell in HONEST + NOISY if cell.cell_type == "code"] + [*NOISE]
)
def test_nbval_is_not_alarmed_by(verdicts: dict[str, str], cell_id: str) -> None:
    assert verdicts[cell_id] == ""


# --- refresh ---


def test_refreshing_again_gives_the_same_bytes(
    honest: NotebookNode, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(honest, tmp_path / "fresh.ipynb")
    assert refresh.main(["--check", str(path)]) == 0
    assert f"fresh   {path}" in capsys.readouterr().out


def test_checking_names_a_stale_notebook_and_leaves_it_as_it_is(
    honest: NotebookNode, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "refreshed", lambda path: text(honest))
    stale = copy.deepcopy(honest)
    put("array", outputs=printed("[0.1 0.25 0.5]\n"))(stale)
    path = written(stale, tmp_path / "stale.ipynb")
    assert refresh.main(["--check", str(path)]) == 1
    told = capsys.readouterr().out
    assert f"stale   {path}" in told and '-      "[0.1 0.25 0.5]\\n"' in told
    assert path.read_text(encoding="utf-8") == text(stale)
    assert refresh.main([str(path)]) == 0
    assert path.read_text(encoding="utf-8") == text(honest)


def test_a_notebook_that_raises_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = {"stale": "1 + 1", "broken": "1 / 0"}
    both = [
        written(new_notebook(cells=[code(name, source)]), tmp_path / f"{name}.ipynb")
        for name, source in cells.items()
    ]
    before = [path.read_bytes() for path in both]
    assert refresh.main([*map(str, both)]) == 1
    told = capsys.readouterr().out
    assert f"raises  {both[1]}" in told and "ZeroDivisionError" in told
    assert [path.read_bytes() for path in both] == before


def test_a_stored_notebook_holds_nothing_of_the_run(run: NotebookNode) -> None:
    assert set(run.metadata) == {"kernelspec", "language_info", "klbook"}
    assert run.metadata.kernelspec.name == "python3"
    assert WIDGET not in cell_of(run, "widget").outputs[0].data
    assert cell_of(run, "refusal").outputs[0].traceback == ["IndexError: pop from empty list"]
    assert set().union(*(cell.metadata for cell in run.cells)) == {
        "alt",
        "how",
        "sabotage",
        "tags",
        "tolerance",
    }


def test_a_new_cell_is_named_after_its_heading() -> None:
    nb = new_notebook(
        cells=[markdown("title", "## What $D$ measures"), new_code_cell("1"), new_code_cell("2")]
    )
    nb.cells[1].id, nb.cells[2].id = "3f2a91bc", "b2f7d9e0-9c1f-4b52-8a38-3b8d1f6a7c55"
    name_cells(nb)
    assert [cell.id for cell in nb.cells] == ["title", "what-measures-1", "what-measures-2"]


@pytest.mark.parametrize("word", ["facade", "decade", "fig-2", "deadbeef-tale"])
def test_words_are_no_random_ids(word: str) -> None:
    assert not is_random_id(word)
