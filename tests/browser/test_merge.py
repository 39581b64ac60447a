"""Bins, merged by mouse, finger and keyboard."""

from __future__ import annotations

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.explorables import MOUNT, opened, settle

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
