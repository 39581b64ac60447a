"""What explorables say of what is done to them: the area, the bars, the evidence, the simplex, and the merger."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.explorables import MOUNT, knob, opened, settle, slider


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


def test_both_directions_agree_along_a_curve_to_which_q_clings(page: Page, address: str) -> None:
    explorable = opened(page, address, "directions", committed=False)
    lengths, message = explorable.locator(".klx-sum"), explorable.locator(".klx-message")
    expect(lengths.first).to_be_hidden()
    expect(explorable.locator("path.klx-line.klx-q")).to_have_attribute("d", "")
    explorable.get_by_role("button", name="For none").click()
    expect(lengths.nth(0)).to_have_text("D(p‖q)0.224nat")
    expect(lengths.nth(1)).to_have_text("D(q‖p)0.194nat")
    expect(lengths.nth(2)).to_have_text("difference+0.030nat")
    expect(message).to_contain_text("There are more.")
    expect(explorable.locator("path.klx-line.klx-q")).to_have_attribute("d", re.compile("M"))
    q = slider(explorable, "q")
    x, y = knob(q)
    page.mouse.move(x, y)
    page.mouse.down()
    corners = explorable.locator(".klx-sides").bounding_box()
    assert corners is not None
    left, top, side, tall = (corners[key] for key in ("x", "y", "width", "height"))
    second, third = 0.34457244, 0.35542756  # the pair of the corrections, and two pixels off
    page.mouse.move(left + side * (second + third / 2) + 2, top + tall * (1 - third), steps=4)
    page.mouse.up()
    expect(lengths.nth(2)).to_have_text("difference0.000nat")
    expect(message).to_contain_text("though q is not p")
    expect(explorable.locator(".klx-challenge")).not_to_have_attribute("data-met", "")
    q.focus()
    page.keyboard.press("Shift+ArrowUp")
    expect(lengths.nth(2)).not_to_have_text("difference0.000nat")
    expect(message).to_contain_text("Drag q along it")


def test_far_out_on_the_curve_the_first_challenge_is_met(page: Page, address: str) -> None:
    explorable = opened(page, address, "directions")
    page.evaluate(MOUNT, {"guess_directions": "curve"})
    page.evaluate("(change) => model.set(change)", {"q": [0.2, 0.3, 0.5]})  # a swap, D = 0.275
    expect(explorable.locator(".klx-challenge")).not_to_have_attribute("data-met", "")
    page.evaluate("(change) => model.set(change)", {"p": [0.6, 0.25, 0.15], "q": [0.15, 0.25, 0.6]})
    expect(explorable.locator(".klx-challenge")).to_have_attribute("data-met", "")


def test_on_the_border_it_says_why_there_is_no_number(page: Page, address: str) -> None:
    explorable = opened(page, address, "directions")
    message, lengths = explorable.locator(".klx-message"), explorable.locator(".klx-sum")
    slider(explorable, "q").focus()
    page.keyboard.press("End")
    expect(message).to_have_text("q calls outcome 1 impossible, and p makes it happen: D(p‖q) = ∞.")
    expect(lengths.nth(0)).to_have_text("D(p‖q)∞nat")
    slider(explorable, "p").focus()
    page.keyboard.press("Home")
    expect(message).to_contain_text("D(q‖p) = ∞")
    expect(message).to_contain_text("no green rings, and no blue curve")
    expect(lengths.nth(2)).to_have_text("difference∞ − ∞nat")


def test_a_detour_may_cost_less_than_half(page: Page, address: str) -> None:
    explorable = opened(page, address, "detour", committed=False)
    page.evaluate(MOUNT, {})
    explorable.get_by_role("button", name="Yes, always").click()
    message, challenge = explorable.locator(".klx-message"), explorable.locator(".klx-challenge")
    expect(message).to_have_text(
        "It need not. Here the detour costs 0.016 nat more. Drag q into the shaded region: there it costs less."
    )
    coins = {"p": [0.5, 0.5, 0], "q": [0.25, 0.75, 0], "r": [0.1, 0.9, 0]}  # those of the chapter
    page.evaluate("(change) => model.set(change)", coins)
    expect(message).to_contain_text("By q it costs 0.275 nat less, and directly 2.16 times as much")
    expect(challenge).not_to_have_attribute("data-met", "")
    page.evaluate("(change) => model.set(change)", {"q": [0.2, 0.8, 0], "r": [0.02, 0.98, 0]})
    expect(challenge).to_have_attribute("data-met", "")
    page.evaluate("(change) => model.set(change)", {"r": [0, 1, 0]})
    expect(message).to_contain_text("r calls outcome 1 impossible, and q makes it happen")


def test_mixtures_never_cost_more_than_the_average(page: Page, address: str) -> None:
    explorable = opened(page, address, "mixtures", committed=False)
    page.evaluate(MOUNT, {"guess_mixtures": "yes"})
    message, values = explorable.locator(".klx-message"), explorable.locator(".klx-sum")
    expect(message).to_contain_text("It cannot. The mixtures cost 0.023 nat less")
    crossed = {"p": [0.8, 0.1, 0.1], "q": [0.1, 0.8, 0.1], "p2": [0.1, 0.8, 0.1], "q2": [0.8, 0.1, 0.1]}
    page.evaluate("(change) => model.set(change)", crossed)
    expect(values.filter(has_text="D mixed")).to_have_text("D mixed0.000nat")
    expect(explorable.locator(".klx-challenge")).to_have_attribute("data-met", "")
    page.evaluate("(change) => model.set(change)", {"q": [0, 0.9, 0.1]})
    expect(message).to_contain_text("D(p₁‖q₁) = ∞. So the average is ∞")
    slider(explorable, "λ").focus()
    page.keyboard.press("Home")  # λ = 0: the second pair alone
    expect(values.filter(has_text="average")).not_to_contain_text("∞")


FREE = [("1", "3"), ("4", "6"), ("5", "7")]  # of one ratio p/q each


def column(explorable: Locator, bins: str) -> Locator:
    return explorable.get_by_role("button", name=f"bin {bins}:")


def merge(explorable: Locator, one: str, other: str) -> None:
    column(explorable, one).click()
    expect(column(explorable, one)).to_have_attribute("aria-pressed", "true")
    column(explorable, other).click()
    expect(column(explorable, one)).to_have_count(0)  # drawn in the next frame, where every column has moved


def test_equal_ratios_cost_nothing_and_like_ratios_win_the_challenge(page: Page, address: str) -> None:
    explorable = opened(page, address, "merge", committed=False)
    total, message = explorable.locator(".klx-sum"), explorable.locator(".klx-message")
    explorable.get_by_role("button", name="Bins of equal p", exact=True).click()
    expect(message).to_contain_text("It is the ratio p/q.")
    for one, other in FREE:
        merge(explorable, one, other)
    expect(total).to_have_text("D(p′‖q′)0.355≤D(p‖q)0.355nat")
    expect(message).to_contain_text("Nothing is lost so far.")
    merge(explorable, "1 + 3", "4 + 6")
    merge(explorable, "2", "5 + 7")
    challenge = explorable.locator(".klx-challenge")
    expect(challenge).to_have_attribute("data-met", "")
    expect(challenge).to_contain_text("Done: 0.305 nat.")
    expect(explorable.locator("[aria-live=polite]")).to_have_text("Bins: 3. D is 0.305 of 0.355 nat.")
    merge(explorable, "8", "2 + 5 + 7")
    expect(message).to_contain_text("Lost so far:")
    merge(explorable, "2 + 5 + 7 + 8", "1 + 3 + 4 + 6")
    expect(message).to_have_text("One bin is left. It tells nothing apart, and D is 0.")
    for _ in range(7):
        explorable.get_by_role("button", name="Undo").click()
    expect(column(explorable, "8")).to_be_visible()
    expect(explorable.locator(".klx-column")).to_have_count(8)


def test_keys_merge_and_the_focus_stays_with_the_merged_bin(page: Page, address: str) -> None:
    explorable = opened(page, address, "merge")
    column(explorable, "4").press("Enter")
    column(explorable, "4").press("Enter")  # chosen no more
    expect(column(explorable, "4")).to_have_attribute("aria-pressed", "false")
    column(explorable, "7").press("Space")
    column(explorable, "2").press("Enter")
    expect(column(explorable, "2 + 7")).to_be_focused()


@pytest.mark.chromium
def test_a_finger_merges(browser: Browser, address: str) -> None:
    with browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    ) as context:
        explorable = opened(context.new_page(), address, "merge")
        column(explorable, "1").tap()
        column(explorable, "8").tap()
        expect(column(explorable, "1 + 8")).to_be_visible()


def test_infinite_divergences_and_few_bins_are_drawn(page: Page, address: str) -> None:
    explorable = opened(page, address, "merge", committed=False)
    few = {"p": [0.5, 0.5, 0], "q": [0.5, 0, 0.5], "cells": [0, 0, 2], "guess": "ratio"}
    for cells, total in (([0, 1, 2], "D(p′‖q′)∞≤D(p‖q)∞nat"), ([0, 1, 1], "D(p′‖q′)0.000≤D(p‖q)∞nat")):
        page.evaluate(MOUNT, few | {"cells": cells})
        settle(page)
        expect(explorable.locator(".klx-sum")).to_have_text(total)
        assert "NaN" not in explorable.inner_html() and "Infinity" not in explorable.inner_html()
    page.evaluate("life.abort()")
