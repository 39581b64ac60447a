"""The Chinese edition has what the English one has, and no more; and what would break that is noticed."""

from __future__ import annotations

import copy

import nbformat
import pytest
import yaml
from nbformat import NotebookNode

from press.notebooks.store import ROOT
from press.translation import (
    CHINESE,
    Fault,
    difference,
    faults,
    fingerprint,
    former_cell,
    notebook_faults,
    slips,
    synced,
    text_faults,
)

ENGLISH = "If $p = q$ it costs 0.79<!-- a:.2f --> bits ({eq}`eq-kl`).\n\n$$D = 0$$ (eq-zero)"
GOOD = "若 $p = q$，代价是 0.79<!-- a:.2f --> 比特（{eq}`eq-kl`）。\n\n$$D = 0$$ (eq-zero)"


def test_the_two_editions_say_the_same() -> None:
    found = list(faults())
    if found:
        advice = (
            "Translate, then say: python press/translation.py --accept <cells or files>. Copies: make refresh"
        )
        pytest.fail("\n".join([*map(str, found), advice]), pytrace=False)


def settings(path: str) -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load((ROOT / path).read_text("utf-8").replace("../book/", "book/"))
    return loaded


def test_the_editions_are_built_alike_but_for_words() -> None:
    english, chinese = settings("_config.yml"), settings("zh/_config.yml")
    words = {
        "language",
        "nb_code_prompt_show",
        "nb_code_prompt_hide",
        "kl_check_prompt_show",
        "kl_check_prompt_hide",
        "proof_title_format",
    }
    for book in (english, chinese):
        for key in ("title", "author"):
            del book[key]
        for key in words:
            book["sphinx"]["config"].pop(key, None)  # type: ignore[index]
    english["exclude_patterns"].remove("zh")  # type: ignore[attr-defined]
    assert english == chinese


def test_the_editions_have_the_same_pages_in_the_same_order() -> None:
    both = [settings("_toc.yml"), settings("zh/_toc.yml")]
    for toc in both:
        for part in toc["parts"]:  # type: ignore[attr-defined]
            del part["caption"]
    assert both[0] == both[1]


# --- each hole is planted, and seen ---


@pytest.mark.parametrize(
    ("chinese", "said"),
    [
        (GOOD, None),
        (ENGLISH, "is not translated"),
        (GOOD.replace("$$D = 0$$", "$$D = 1$$"), "displayed formulas differ"),
        (GOOD.replace("(eq-zero)", "(eq-null)"), "labels differ"),
        (GOOD.replace("eq-kl", "eq-lk"), "references differ"),
        (GOOD.replace("a:.2f", "b:.2f"), "quoted numbers differ"),
        ("```{note}\n" + GOOD + "\n```", "directives differ"),
        (GOOD.replace("，代价", ",代价"), "half-width"),
        (GOOD.replace("若 $p", "若$p"), "no space"),
        (GOOD.replace("若 ", "**注意。**若 "), "bold that CommonMark"),
    ],
)
def test_a_translation_that_differs_is_named(chinese: str, said: str | None) -> None:
    found = [f.what for f in text_faults(ENGLISH, chinese, fingerprint(ENGLISH), "here", lambda: None)]
    assert any(said in what for what in found) if said else not found


def test_a_stale_translation_shows_how_the_english_changed() -> None:
    now = ENGLISH.replace("costs", "would cost")
    [fault] = text_faults(now, GOOD, fingerprint(ENGLISH), "here", lambda: ENGLISH)
    assert "has changed" in fault.what
    assert "-If $p = q$ it costs" in fault.difference and "+If $p = q$ it would cost" in fault.difference
    assert difference(None, now) == now, "without a history the English of now"


def test_a_number_that_code_changes_makes_no_translation_stale() -> None:
    assert fingerprint(ENGLISH) == fingerprint(ENGLISH.replace("0.79", "0.80"))


def test_the_english_of_before_is_found_in_the_history() -> None:
    path = "notebooks/01-definitions.ipynb"
    cell = nbformat.v4.reads((ROOT / path).read_text("utf-8")).cells[0]
    assert former_cell(path, cell.id, "no such fingerprint") is None


def notebook(*cells: NotebookNode) -> NotebookNode:
    return nbformat.v4.new_notebook(cells=list(cells))


@pytest.fixture
def english() -> NotebookNode:
    shown = nbformat.v4.new_output("stream", name="stdout", text="1\n")
    code = nbformat.v4.new_code_cell("print(1)", id="code", outputs=[shown], metadata={"alt": "A line."})
    return notebook(nbformat.v4.new_markdown_cell("It holds.", id="text"), code)


@pytest.fixture
def chinese(english: NotebookNode) -> NotebookNode:
    nb = copy.deepcopy(english)
    nb.cells[0].source = "它成立。"
    nb.cells[0].metadata["translates"] = fingerprint("It holds.")
    nb.cells[1].metadata.update(alt="一条线。", translates=fingerprint("A line."))
    return nb


def found(english: NotebookNode, chinese: NotebookNode) -> list[Fault]:
    return list(notebook_faults(english, chinese, "nb", lambda *_: None))


def test_a_faithful_notebook_has_no_fault(english: NotebookNode, chinese: NotebookNode) -> None:
    assert found(english, chinese) == []


@pytest.mark.parametrize(
    ("part", "key", "value", "said"),
    [
        (1, "source", "print(2)", "code, outputs or metadata differ"),
        (1, "outputs", [], "code, outputs or metadata differ"),
        (1, "id", "other", "missing: ['code'], extra: ['other']"),
        (0, "source", "It holds.", "is not translated"),
        (0, "metadata", {}, "has changed since"),
        (1, "metadata", {"alt": "A line."}, "is not translated"),
    ],
)
def test_a_notebook_that_drifts_is_named(
    english: NotebookNode, chinese: NotebookNode, part: int, key: str, value: object, said: str
) -> None:
    chinese.cells[part][key] = value
    assert any(said in str(fault) for fault in found(english, chinese))


def test_carrying_over_keeps_the_translation_and_takes_everything_else(
    english: NotebookNode, chinese: NotebookNode
) -> None:
    chinese.cells.reverse()
    chinese.cells[0].source = "print(2)"
    english.cells.append(nbformat.v4.new_markdown_cell("New.", id="new"))
    again = synced(english, chinese)
    assert [cell.source for cell in again.cells] == ["它成立。", "print(1)", "New."]
    assert [str(fault) for fault in found(english, again)] == ["nb: new: is not translated\nNew."]


@pytest.mark.parametrize(
    "line", ["当 $p$ 时，`x` 为 0。", "| 甲 | 乙 |", "见 [节](#a)。", "一、二；三。“好”。"]
)
def test_chinese_set_well_has_no_slip(line: str) -> None:
    assert list(slips(line)) == []


def test_no_notebook_of_the_chinese_edition_is_left_over() -> None:
    names = [{path.name for path in (folder / "notebooks").glob("*.ipynb")} for folder in (ROOT, CHINESE)]
    assert names[0] == names[1]
