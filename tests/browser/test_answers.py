"""Exercises and predictions are answered on the page, by the same words as in the notebook."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from klhelpers.notebook import check, opened
from press.notebooks.store import chapters

CHAPTERS = [f"notebooks/{name}.html" for name in chapters()]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_exercise_answers_as_the_notebook_does(
    page: Page, address: str, chapter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page.goto(address + chapter)
    for box in page.locator(".kl-answer-box").all():
        key = box.get_attribute("data-key") or ""
        truth = opened(key)
        for answer in (truth, truth * 1.3, truth * 0.9993, truth - 20 * abs(truth)):
            box.locator("input").fill(f"{answer:.9g}")
            box.locator("input").press("Enter")
            check("ex", f"{answer:.9g}", key)
            expect(box.locator("output")).to_have_text(capsys.readouterr().out.strip())
        for answer in ("a half", "1/2", "∞"):
            box.locator("input").fill(answer)
            box.locator(".kl-answer-check").click()
            expect(box.locator("output")).to_contain_text("expected a number")


def test_an_answer_in_full_width_digits_counts_and_is_kept(page: Page, address: str) -> None:
    page.goto(address + CHAPTERS[0])
    box = page.locator(".kl-answer-box").first
    wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
    box.locator("input").fill(f"{opened(box.get_attribute('data-key') or ''):.9g}".translate(wide))
    box.locator("input").press("Enter")
    expect(box).to_have_attribute("data-solved", "")
    page.reload()
    expect(box).to_have_attribute("data-solved", "")


def test_a_prediction_is_kept_and_met_again_where_the_text_answers_it(page: Page, address: str) -> None:
    asked = 0
    for chapter in CHAPTERS:
        page.goto(address + chapter)
        for question in page.locator(".predict").all():
            options, asked = question.get_by_role("radio"), asked + 1
            options.first.focus()
            page.keyboard.press("ArrowDown")
            chosen = options.nth(1).get_attribute("value")
            answer = page.locator(f".kl-answer.{question.get_attribute('id')}").first
            expect(answer.locator(".kl-said")).to_contain_text(str(chosen))
            page.reload()
            expect(options.nth(1)).to_be_checked()
            expect(answer.locator(".kl-said")).to_have_count(1)
    assert asked
