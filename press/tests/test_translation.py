"""The Chinese edition says what the English one says; what it lacks is shown, counted, and no fault."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from press import translation
from press.bilingual import faults, fingerprint
from press.lab import TABLE
from press.notebooks import store
from press.notebooks.compare import GLUE_MIME
from press.site.editions import EDITIONS
from press.translation import Block, accept, chapters, findings, main, rows, write

ENGLISH = "If $p = q$ it costs 0.79<!-- a:.2f --> bits ({eq}`eq-kl`).\n\n$$D = 0$$ (eq-zero)"
GOOD = "若 $p = q$，代价是 0.79<!-- a:.2f --> 比特（{eq}`eq-kl`）。\n\n$$D = 0$$ (eq-zero)"


@pytest.mark.filterwarnings("default:The Chinese edition lacks")  # a warning in the summary, not an error
def test_the_two_editions_say_the_same() -> None:
    found = list(findings())
    if pending := Counter(file for file, _, pending in found if pending):
        warnings.warn(f"The Chinese edition lacks {dict(pending)}: make translate-status", stacklevel=1)
    if wrong := [f"{file}: {what}" for file, what, pending in found if not pending]:
        pytest.fail("\n".join(wrong), pytrace=False)


def sentences(words: dict[str, Any], place: str = "") -> Iterator[tuple[str, set[str]]]:
    """Each place of a table of words, and what is to be filled in there."""
    for key, said in words.items():
        if isinstance(said, dict):
            yield from sentences(said, f"{place}{key}.")
        else:
            yield place + key, {*re.findall(r"\{[^}]*\}", said)}


@pytest.mark.parametrize(
    "room", [{name: edition.words for name, edition in EDITIONS.items()}, TABLE["words"]], ids=["site", "lab"]
)
def test_the_same_is_said_in_every_language_and_some_have_tables_besides(room: dict[str, Any]) -> None:
    english, *others = (dict(sentences(words)) for words in room.values())
    assert others
    assert all(english.items() <= other.items() for other in others)


# --- each fault is planted, and seen ---


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
        ("## 标题\n" + GOOD, "headings differ"),
        ("- fact: " + GOOD, "fields of a row differ"),
        (GOOD.replace("，代价", ",代价"), "half-width"),
        (GOOD.replace("若 $p", "若$p"), "no space"),
        (GOOD.replace("若 ", "**注意。**若 "), "bold that CommonMark"),
    ],
)
def test_a_translation_that_differs_is_named(chinese: str, said: str | None) -> None:
    found = list(faults(ENGLISH, chinese))
    assert any(said in what for what in found) if said else not found


# --- a small book ---

ENGLISH_FILE, CHAPTER = "notebooks/01-small.ipynb", "zh/notebooks/01-small.md"
ROWS = "zh/book/corrections-rows.md"
TEXTS = {
    "cell title": ("# Small", "# 小"),
    "cell quote": ("It is 0.5<!-- half:.1f -->.", "它是 0.4<!-- half:.1f -->。"),
    "alt figure": ("A line.", "一条线。"),
    "cell caption": ("**A caption.**", "**标题**。"),
}
FORMULA = "```{solution} ex-half\n:class: dropdown\n$1$\n```"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book with one chapter and one row, all of it translated."""
    monkeypatch.setattr(translation, "ROOT", tmp_path)
    monkeypatch.setattr(store, "CONTENTS", tmp_path / "_toc.yml")
    monkeypatch.setattr(store, "NOTEBOOKS", tmp_path / "notebooks")
    title, quote, alt, caption = (english for english, _ in TEXTS.values())
    glue = new_output("display_data", data={GLUE_MIME: "0.5"}, metadata={"scrapbook": {"name": "half"}})
    cells = [
        new_markdown_cell(title, id="title"),
        new_markdown_cell(quote, id="quote"),
        new_code_cell("show(0.5)", id="figure", outputs=[glue], metadata={"alt": alt}),
        new_markdown_cell(caption, id="caption"),
        new_markdown_cell(FORMULA, id="formula"),
    ]
    for name, content in {
        ENGLISH_FILE: nbformat.writes(new_notebook(cells=cells)),
        "_toc.yml": "parts:\n- caption: Part\n  chapters:\n  - file: notebooks/01-small\n",
        "book/words/zh.toml": '[captions]\nPart = "部"\n[pending]\nmissing = "待补。"\nstale = "旧文。"',
        "book/corrections.toml": '[article]\n[row.01-small.S1]\nverdict = "wrong"\nsays = "One."\nfact = "Two."\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    write(CHAPTER, {key: Block(fingerprint(english), chinese) for key, (english, chinese) in TEXTS.items()})
    write(ROWS, {"row S1": Block("pending", "- says: 一。\n- fact: 二。")})
    assert accept({"corrections:S1", "nowhere"}) == {"nowhere"}
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def test_a_built_chapter_has_the_code_the_outputs_and_the_numbers_of_the_english_one(small: Path) -> None:
    english, chinese = chapters("en")["01-small"], chapters("zh")["01-small"]
    assert [cell.source for cell in chinese.cells[:2]] == ["# 小", "它是 0.5<!-- half:.1f -->。"]
    assert chinese.cells[2] == {**english.cells[2], "metadata": {"alt": "一条线。"}}
    assert chinese.cells[4].source == FORMULA, "it needs no translation"
    row = {"verdict": "wrong", "says": "一。", "fact": "二。"}
    assert tomllib.loads(rows())["row"] == {"01-small": {"S1": row}}
    assert main(["--release"]) == 0


@pytest.mark.parametrize(
    ("old", "new", "what", "pending", "shown"),
    [
        (f"· {fingerprint('# Small')} ", "", "title · pending -->\n# Small", True, "# Small\n\n*待补。*"),
        ("cell title", "cell gone", "title · pending -->\n# Small", True, "# Small\n\n*待补。*"),
        ("cell title", "cell gone", "cell gone is not in the English", True, "# Small\n\n*待补。*"),
        (
            fingerprint("# Small"),
            "123456",
            "title: the English has changed\n# Small",
            True,
            "# 小\n\n*旧文。*",
        ),
        ("# 小", "小", "title: headings differ", False, "小"),
    ],
    ids=["pending", "missing", "left over", "stale", "faulty"],
)
def test_what_a_text_lacks_is_said_and_shown(
    small: Path, old: str, new: str, what: str, pending: bool, shown: str
) -> None:
    edit(small / CHAPTER, old, new)
    assert any(what in found.what and found.pending == pending for found in findings())
    assert chapters("zh")["01-small"].cells[0].source == shown
    assert main([]) == 0 and main(["--release"]) == 1


def test_a_chapter_without_any_chinese_has_one_note(small: Path) -> None:
    (small / CHAPTER).unlink()
    cells = chapters("zh")["01-small"].cells
    assert [cell.source for cell in cells if "待补" in cell.source] == ["# Small\n\n*待补。*"]
    assert cells[2].metadata["alt"] == "待补。A line."
    assert [pending for _, _, pending in findings()] == [True] * len(TEXTS)


def test_a_file_that_is_left_over_is_named(small: Path) -> None:
    (small / "zh" / "gone.md").touch()
    assert [file for file, _, _ in findings()] == ["zh/gone.md"]


def test_a_stale_text_shows_how_the_english_changed(small: Path) -> None:
    git = ["git", "-C", str(small), "-c", "user.name=a", "-c", "user.email=a@b"]
    has_git = shutil.which("git")
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "-"]) if has_git else ():
        subprocess.run([*git, *command], check=True)
    edit(small / ENGLISH_FILE, "A line.", "A curve.")
    [found] = findings()
    assert found.pending and found.what.endswith("-A line.\n+A curve." if has_git else "\nA curve.")


@pytest.mark.parametrize("faulty", ["before\n<!-- cell a -->\n", "<!-- cell a -->\n<!-- cell a -->\n"])
def test_a_file_that_is_not_made_of_blocks_is_named(small: Path, faulty: str) -> None:
    (small / CHAPTER).write_text(faulty, "utf-8")
    with pytest.raises(ValueError, match=CHAPTER):
        list(findings())
