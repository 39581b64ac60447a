"""What the explorable of chapter 2 says."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.explorables import MOUNT, knob, opened, slider


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
