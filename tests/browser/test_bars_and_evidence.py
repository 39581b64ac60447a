"""What the explorables of chapter 1 say: the bars, and the evidence."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorables import opened, settle, slider


def test_the_bars_answer_the_guess_and_a_small_move_makes_the_divergence_infinite(
    page: Page, address: str
) -> None:
    explorable = opened(page, address, "bars", committed=False)
    expect(explorable.locator(".klx-sum")).to_be_hidden()
    explorable.get_by_role("button", name="Yes, it can save").click()
    expect(explorable.locator(".klx-sum")).to_have_text("H(p)1.846+D(p‖q)0.658=H(p,q)2.505bit")
    expect(explorable.locator(".klx-message")).to_contain_text("It cannot.")
    explorable.get_by_role("button", name="q = p").click()
    expect(explorable.locator(".klx-sum")).to_contain_text("D(p‖q)0.000")
    expect(explorable.locator(".klx-message")).to_contain_text("every term is 0")
    expect(explorable.locator("[aria-live=polite]")).to_contain_text("divergence 0.000")
    challenge = explorable.locator(".klx-challenge")
    slider(explorable, "q of outcome 1").focus()
    page.keyboard.press("Home")
    expect(explorable.locator(".klx-message")).to_contain_text("q calls outcome 1 impossible")
    expect(challenge).not_to_have_attribute("data-met", "")  # infinite, but far from p
    explorable.get_by_role("button", name="q = p").click()
    slider(explorable, "q of outcome 4").focus()
    page.keyboard.press("Home")
    expect(challenge).to_have_attribute("data-met", "")
    expect(challenge).to_contain_text("Done")
    expect(explorable.locator(".klx-sum")).to_contain_text("D(p‖q)∞")
    page.keyboard.press("PageUp")
    expect(explorable.locator(".klx-sum")).not_to_contain_text("D(p‖q)∞")
    expect(challenge).to_have_attribute("data-met", "")  # what was won stays won


def test_the_area_is_zero_where_q_is_p_and_soars_where_q_rules_p_out(page: Page, address: str) -> None:
    explorable = opened(page, address, "area")
    total, message = explorable.locator(".klx-sum"), explorable.locator(".klx-message")
    expect(total).to_have_text("D(p‖q)0.76bits: the filled area less the hollow one")
    for name, key, presses in (("Mean of q", "ArrowLeft", 24), ("Width of q", "ArrowLeft", 4)):
        for _ in range(presses):
            slider(explorable, name).press(key)
    expect(total).to_contain_text("0.00")
    expect(message).to_have_text("q = p: nothing to pay.")
    slider(explorable, "Mean of q").press("End")
    expect(total).to_contain_text("6.49")  # 9/2 nats
    expect(message).to_contain_text("soars")
    explorable.get_by_role("button", name="Start again").click()
    expect(total).to_contain_text("0.76")


@pytest.mark.chromium
def test_evidence_answers_the_guess_and_the_challenge(page: Page, address: str) -> None:
    explorable = opened(page, address, "evidence", committed=False)
    expect(explorable.locator(".klx-sum")).to_be_hidden()
    guess = slider(explorable, "Against a coin with 51 % heads:")
    guess.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    explorable.get_by_role("button", name="That is my guess").click()
    message, total = explorable.locator(".klx-message"), explorable.locator(".klx-sum")
    expect(message).to_contain_text("You said 1000 and 100. It takes 14976 and 1.9")
    expect(total).to_have_text("D(p‖q)0.00020nats a toss: 20 : 1 for p after 14976 tosses")
    explorable.get_by_role("button", name="toss coin q").click()
    expect(total).to_have_text("D(q‖p)0.00020nats a toss: 20 : 1 for q after 14978 tosses")
    walks = "(el) => [...el.querySelectorAll('.klx-walks path')].map((path) => path.getAttribute('d'))"
    first = explorable.evaluate(walks)
    assert len(set(first)) == 8
    explorable.get_by_role("button", name="Toss, one by one").click()
    settle(page)
    assert max(map(len, explorable.evaluate(walks))) < 0.2 * max(map(len, first))  # the walks have just begun
    page.emulate_media(reduced_motion="reduce")
    explorable.get_by_role("button", name="Toss, one by one").click()
    settle(page)
    assert not set(first) & set(explorable.evaluate(walks))
    assert max(map(len, explorable.evaluate(walks))) > 0.8 * max(map(len, first))  # at the end at once
    places = []
    for button, tosses in (("50 % against 51 %", "14976"), ("50 % against 1 %", "1.9")):
        explorable.get_by_role("button", name=button).click()
        expect(total).to_contain_text(f"after {tosses} tosses")
        places.append(float(str(explorable.locator(".klx-dot").get_attribute("cx"))))
    assert places[0] - places[1] > 250  # of some 560 pixels: the crossing travels four decades
    slider(explorable, "Coin q, heads:").focus()
    page.keyboard.press("Home")
    slider(explorable, "Coin p, heads:").focus()
    page.keyboard.press("Home")
    expect(total).to_contain_text("no evidence ever")
    page.keyboard.press("ArrowRight")
    expect(explorable.locator(".klx-challenge")).to_have_attribute("data-met", "")
