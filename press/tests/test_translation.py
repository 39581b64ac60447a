"""The Chinese edition says what the English one says; what it lacks is shown, counted, and no fault."""

from __future__ import annotations

import subprocess
import tomllib
import warnings
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from press import translation
from press.notebooks.compare import GLUE_MIME
from press.translation import (
    accept,
    blocks,
    chapters,
    faults,
    findings,
    fingerprint,
    main,
    slips,
    start,
    sync,
)

ENGLISH = "If $p = q$ it costs 0.79<!-- a:.2f --> bits ({eq}`eq-kl`).\n\n$$D = 0$$ (eq-zero)"
GOOD = "若 $p = q$，代价是 0.79<!-- a:.2f --> 比特（{eq}`eq-kl`）。\n\n$$D = 0$$ (eq-zero)"
ADVICE = "Translate, then say: python press/translation.py --accept <cells, rows or files>"


@pytest.mark.filterwarnings("default:The Chinese edition lacks")  # a warning in the summary, not an error
def test_the_two_editions_say_the_same() -> None:
    found = list(findings())
    if pending := [f"{finding.place}: {finding.what}" for finding in found if finding.pending]:
        warnings.warn("\n".join(["The Chinese edition lacks:", *pending, ADVICE]), stacklevel=1)
    if wrong := [str(finding) for finding in found if not finding.pending]:
        pytest.fail("\n".join([*wrong, ADVICE]), pytrace=False)


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
        (GOOD.replace("，代价", ",代价"), "half-width"),
        (GOOD.replace("若 $p", "若$p"), "no space"),
        (GOOD.replace("若 ", "**注意。**若 "), "bold that CommonMark"),
    ],
)
def test_a_translation_that_differs_is_named(chinese: str, said: str | None) -> None:
    found = list(faults(ENGLISH, chinese))
    assert any(said in what for what in found) if said else not found


@pytest.mark.parametrize(
    "line", ["当 $p$ 时，`x` 为 0。", "| 甲 | 乙 |", "见 [节](#a)。", "一、二；三。“好”。"]
)
def test_chinese_set_well_has_no_slip(line: str) -> None:
    assert list(slips(line)) == []


# --- a small book ---

CHAPTER = "zh/notebooks/01-small.md"
CURRENT = {
    "title": ("# Small", "# 小"),
    "text": ("It is 0.5<!-- half:.1f -->.", "它是 0.4<!-- half:.1f -->。"),
}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book with one chapter and one row, all of it translated."""
    monkeypatch.setattr(translation, "ROOT", tmp_path)
    glue = new_output("display_data", data={GLUE_MIME: "0.5"}, metadata={"scrapbook": {"name": "half"}})
    cells = [new_markdown_cell(english, id=name) for name, (english, _) in CURRENT.items()]
    cells += [
        new_code_cell("show(0.5)", id="code", outputs=[glue], metadata={"alt": "A line."}),
        new_markdown_cell("**A caption.**", id="caption"),
        new_markdown_cell("```{solution} ex-half\n:class: dropdown\n$1$\n```", id="formula"),
    ]
    marked = [
        f"<!-- cell {name} · {fingerprint(here)} -->\n{there}" for name, (here, there) in CURRENT.items()
    ]
    marked += [f"<!-- alt code · {fingerprint('A line.')} -->\n一条线。"]
    marked += [f"<!-- cell caption · {fingerprint('**A caption.**')} -->\n**标题**。"]
    for name, content in {
        "notebooks/01-small.ipynb": nbformat.writes(new_notebook(cells=cells)),
        CHAPTER: "\n\n".join(marked) + "\n",
        "_toc.yml": "parts: [{caption: Part}]",
        "book/words/zh.toml": '[captions]\nPart = "部"\n[pending]\nmissing = "待补。"\nstale = "旧文。"',
        "book/corrections.toml": '[[row]]\nid = "S1"\nverdict = "wrong"\nsays = "One."\nfact = "Two."\n',
        "zh/book/corrections-rows.md": "<!-- row S1 -->\n- says: 一。\n- fact: 二。\n",
        **{name: "Words." for name in ("README.md", "klhelpers/widgets/words-en.js")},
        "README.zh.md": "<!-- page README.md -->\n词。",
        "klhelpers/widgets/words-zh.js": "// page klhelpers/widgets/words-en.js\n词。",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    assert accept({"S1", "README.md", "klhelpers/widgets/words-en.js"}) == set()
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def said(place: str = CHAPTER) -> list[tuple[str, bool]]:
    return [(str(found), found.pending) for found in findings() if found.place.startswith(place)]


def test_a_built_chapter_has_the_code_the_outputs_and_the_numbers_of_the_english_one(small: Path) -> None:
    english, chinese = chapters("en")["01-small"], chapters("zh")["01-small"]
    assert [cell.source for cell in chinese.cells[:2]] == ["# 小", "它是 0.5<!-- half:.1f -->。"]
    assert chinese.cells[2] == {**english.cells[2], "metadata": {"alt": "一条线。"}}
    assert chinese.cells[4] == english.cells[4], "a formula needs no translation"
    assert main(["--release"]) == 0 and tomllib.loads(translation.rows())["row"][0]["fact"] == "二。"
    sync()
    assert "它是 0.5<!--" in (small / CHAPTER).read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "what", "pending", "shown"),
    [
        (f"· {fingerprint('# Small')} ", "", "title: is pending\n# Small", True, "# Small\n\n*待补。*"),
        ("cell title", "cell gone", "title: is missing\n# Small", True, "# Small\n\n*待补。*"),
        (fingerprint("# Small"), "123456", "title: the English has changed", True, "# 小\n\n*旧文。*"),
        ("# 小", "小", "title: headings differ", False, "小"),
    ],
    ids=["pending", "missing", "stale", "faulty"],
)
def test_what_a_text_lacks_is_said_and_shown(
    small: Path, old: str, new: str, what: str, pending: bool, shown: str
) -> None:
    edit(small / CHAPTER, old, new)
    assert any(what in line and found == pending for line, found in said())
    assert chapters("zh")["01-small"].cells[0].source == shown
    assert main([]) == 0 and main(["--release"]) == 1


def test_a_chapter_without_any_chinese_has_one_note(small: Path) -> None:
    (small / CHAPTER).unlink()
    sources = [cell.source for cell in chapters("zh")["01-small"].cells]
    assert [source for source in sources if "待补" in source] == ["# Small\n\n*待补。*"]
    assert chapters("zh")["01-small"].cells[2].metadata["alt"] == "待补。A line."
    assert [pending for _, pending in said()] == [True]
    assert start({"notebooks/01-small.ipynb", "nowhere"}) == {"nowhere"}
    assert [*blocks(CHAPTER)] == ["cell title", "cell text", "alt code", "cell caption"]
    accept({CHAPTER})
    assert {(line.partition("\n")[0].rpartition(": ")[2], pending) for line, pending in said()} == {
        ("is not translated", False)
    }


def test_a_stale_text_shows_how_the_english_changed(small: Path) -> None:
    git = ["git", "-C", str(small), "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "-"]):
        subprocess.run([*git, *command], check=True)
    edit(small / "notebooks/01-small.ipynb", "A line.", "A curve.")
    [(line, pending)] = said()
    assert pending and "-A line.\n" in line and line.endswith("+A curve.")


@pytest.mark.parametrize("faulty", ["before\n<!-- cell a -->\n", "<!-- cell a -->\n<!-- cell a -->\n"])
def test_a_file_that_is_not_made_of_blocks_is_named(small: Path, faulty: str) -> None:
    (small / CHAPTER).write_text(faulty, "utf-8")
    with pytest.raises(ValueError, match=CHAPTER):
        list(findings())
