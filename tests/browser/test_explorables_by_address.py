"""Explorables by the address of a state: shown again, or named bad and ignored."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.explorables import EXPLORABLES, opened, settle, slider, visit


def drawn(explorable: Locator) -> tuple[list[str], list[float]]:
    """The drawings without their fractions, and these."""
    drawings = "".join(
        explorable.locator(".klx-drawing").evaluate_all("all => all.map((one) => one.outerHTML)")
    )
    words = re.split(r"(\d+\.\d+)", drawings)
    return words[::2], [*map(float, words[1::2])]


@pytest.mark.parametrize("name", EXPLORABLES)
def test_a_link_to_what_is_shown_shows_it_again(page: Page, address: str, name: str) -> None:
    explorable = opened(page, address, name)
    handles = explorable.locator("svg [tabindex='0']")
    for handle in handles.all()[:2]:
        handle.press("Enter" if name == "merge" else "PageUp")
    settle(page)
    words, numbers = drawn(explorable)
    explorable.get_by_role("button", name="Link to this").click()
    expect(
        explorable.get_by_role("button", name="See the address bar").or_(explorable.get_by_text("Copied"))
    ).to_be_visible()
    asks = page.url.removeprefix(address + EXPLORABLES[name][0])
    assert "?" in asks and asks.endswith("#cell-alone")
    page.goto("about:blank")
    explorable = visit(page, address, name, asks=asks).locator(":scope > .klx")
    expect(explorable).to_have_attribute("data-answered", "")
    assert drawn(explorable) == (words, pytest.approx(numbers, abs=1e-6))  # an address has twelve digits
    expect(explorable.locator(".klx-message")).not_to_contain_text("address")


@pytest.mark.parametrize(
    ("asks", "said"),
    [
        ("?mu=9", "mu = 9"),
        ("?mu=&sigma=1", "mu = ."),
        ("?sigma=wide", "sigma = wide"),
        ("?mean=1", "mean = 1"),
    ],
)
def test_an_address_that_asks_for_no_state_is_named_and_ignored(
    page: Page, address: str, asks: str, said: str
) -> None:
    explorable = visit(page, address, "area", asks=f"{asks}#cell-alone").locator(":scope > .klx")
    message = explorable.locator(".klx-message")
    expect(message).to_contain_text(said)
    assert slider(explorable, "Mean of q").get_attribute("aria-valuetext") == "1.20"
    slider(explorable, "Mean of q").press("ArrowRight")
    expect(message).not_to_contain_text("address")


def test_an_address_of_another_place_changes_nothing(page: Page, address: str) -> None:
    explorable = visit(page, address, "area", asks="?mu=2#cell-other").locator(":scope > .klx")
    assert slider(explorable, "Mean of q").get_attribute("aria-valuetext") == "1.20"
