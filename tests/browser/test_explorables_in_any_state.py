"""Explorables in any state that Python or a page may give them: driven, or named bad and never blank."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.explorables import EXPLORABLES, MOUNT, opened, settle, slider, visit

BAD: dict[str, list[tuple[dict[str, Any], str]]] = {
    "area": [({"mu": 9}, "mu is 9, and should be from −3 to 3"), ({"sigma": None}, "sigma is null")],
    "bars": [
        ({"q": [0.5, None, 0.3, 0.2]}, "no number, at outcome 2"),
        ({"q": [0.7, -0.1, 0.2, 0.2]}, "below 0 at outcome 2"),
        ({"q": [0.1, 0.2, 0.3, 0.3]}, "q sums to"),
        ({"p": [0.001] * 1000, "q": [0.001] * 1000}, "p holds 1000 numbers, and needs 2–8"),
        ({"p": [0.5, 0.25, 0.25]}, "q holds 4 numbers, and needs 3"),
        ({"p": None}, "p holds 0 numbers"),
    ],
    "evidence": [
        ({"q": 1.5}, "q is 1.5"),
        ({"seed": 0.5}, "seed is 0.5"),
        ({"walks": 1e6}, "walks is 1000000"),
        ({"tossed": "r"}, "tossed cannot be r"),
    ],
    "directions": [
        ({"q": None}, "q holds 0 numbers, and needs 3"),
        ({"p2": [0.5, 0.5, 0.5]}, "p2 sums to 1.5"),
        ({"share": 2}, "share is 2"),
        ({"view": "toString"}, "view cannot be toString"),
    ],
    "leash": [
        ({"policy": [0.5, 0.5]}, "policy holds 2 numbers, and needs 3"),
        ({"reward": [0, 1, None]}, "reward is null, and should be from −1 to 4"),
        ({"beta": 0}, "beta is 0, and should be from 0.05 to 20"),
        ({"recipe": "k4 loss"}, "recipe cannot be k4 loss"),
    ],
    "latents": [
        ({"variances": [1, 2]}, "variances holds 2 numbers, and needs 6"),
        ({"variances": [8, 4, 2, 1, 0.5, 0]}, "variances is 0, and should be from 0.05 to 20"),
        ({"beta": None}, "beta is null, and should be from 0.05 to 20"),
        ({"noise": 1e9}, "noise is 1000000000, and should be from 0.1 to 10"),
        ({"reduction": "batch"}, "reduction cannot be batch"),
    ],
    "landscape": [
        ({"mu": None}, "mu is null, and should be from −5 to 13"),
        ({"means": [0, 1e6]}, "means is 1000000, and should be from −4 to 12"),
        ({"means": [0]}, "means holds 1 numbers"),
        ({"weights": [0.5, 0.6]}, "weights sums to 1.1"),
        ({"objective": "sideways"}, "objective cannot be sideways"),
    ],
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_state_is_named_and_nothing_goes_blank(page: Page, address: str, name: str) -> None:
    explorable = opened(page, address, name, committed=False)
    good = explorable.get_by_role("slider").count()
    for state, said in BAD[name]:
        page.evaluate(MOUNT, {})
        page.evaluate("(change) => model.set(change)", state)  # it goes bad while it is shown
        expect(explorable.locator(".klx-message")).to_contain_text(said)
        expect(explorable.get_by_role("slider")).to_have_count(good)
        page.evaluate(MOUNT, state)  # it was bad from the beginning
        expect(explorable.locator(".klx-message")).to_contain_text(said)
        expect(explorable.get_by_role("slider")).to_have_count(good)
        assert "NaN" not in explorable.inner_html() and "Infinity" not in explorable.inner_html()
        handle = explorable.get_by_role("slider").first
        handle.focus()
        page.keyboard.press("ArrowUp")  # what is shown can still be moved
        settle(page)
    page.evaluate("life.abort()")


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
        ("?mu=9", "mu is 9, and should be from −3 to 3"),
        ("?mu=&sigma=1", "mu is , and should be"),
        ("?sigma=wide", "sigma is wide, and should be"),
        ("?mean=1", "nothing here is called mean"),
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
