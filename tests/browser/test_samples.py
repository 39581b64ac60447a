"""Samples, their number, bins and smoothing, by mouse and keyboard."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.explorables import MOUNT, opened, slider

FIRST = {"n": 200, "bins": 30, "smoothing": "none", "same": True, "known": True, "guess": "zero"}


def press(explorable: Locator, name: str) -> None:
    explorable.get_by_role("button", name=name, exact=True).click()


def test_few_bins_lose_and_many_invent_until_the_challenge_is_met(page: Page, address: str) -> None:
    explorable = opened(page, address, "samples", committed=False)
    press(explorable, "Nearly 0")
    expect(explorable.locator(".klx-message")).to_contain_text(
        "It was 0.07. Samples are less even than their source"
    )
    dots = explorable.locator(".klx-dots")
    expect(dots).to_have_css("stroke-linecap", "round")  # else nothing is seen
    assert str(dots.get_attribute("d")).count("M") == 400
    for bins, kept, met in ((10, 81, 0), (64, 95, 0), (24, 90, 1)):
        page.evaluate(MOUNT, FIRST | {"n": 4000, "same": False, "bins": bins})
        expect(explorable.locator(".klx-message")).to_contain_text(f"The bins keep {kept} % of D.")
        expect(explorable.locator(".klx-challenge[data-met]")).to_have_count(met)


def test_an_empty_bin_of_q_makes_estimates_infinite_and_smoothing_finite(page: Page, address: str) -> None:
    explorable = opened(page, address, "samples")
    message = explorable.locator(".klx-message")
    press(explorable, "q from n draws too")
    expect(message).to_contain_text("(K−1)/n too much on average, here 0.145 nat.")
    slider(explorable, "Draws, n").press("Home")
    expect(message).to_contain_text("100 % of the estimates are ∞")
    expect(explorable.get_by_role("img", name="mean without ∞: ∞")).to_be_visible()
    assert "NaN" not in explorable.inner_html() and "Infinity" not in explorable.inner_html()
    press(explorable, "+½ (Jeffreys)")
    expect(message).not_to_contain_text("∞")
    expect(message).to_contain_text("Smoothing brings all estimates down")
