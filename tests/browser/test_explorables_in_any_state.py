"""Explorables in any state that Python or a page may give them: driven, or named bad and never blank."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorables import MOUNT, opened, settle

BAD: dict[str, list[tuple[dict[str, Any], str]]] = {
    "bars": [
        ({"q": [0.5, None, 0.3, 0.2]}, "no number, at outcome 2"),
        ({"q": [0.7, -0.1, 0.2, 0.2]}, "below 0 at outcome 2"),
        ({"q": [0.1, 0.2, 0.3, 0.3]}, "q sums to"),
        ({"p": [0.001] * 1000, "q": [0.001] * 1000}, "p has 1000 outcomes"),
        ({"p": None}, "p has 0 outcomes and q has 4"),
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
        ({"share": 2}, "λ is 2"),
        ({"view": "toString"}, "view cannot be toString"),
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
