"""What the explorable of chapter 3 says."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.explorables import IN_A_PLANE, opened, settle, slider, value


def minima(explorable: Locator) -> tuple[int, int]:
    """How many are marked on the map, and how many of them as the least."""
    return explorable.locator(".klx-minimum").count(), explorable.locator(".klx-minimum[data-best]").count()


def test_the_landscape_hides_values_and_map_until_the_reader_has_guessed(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape", committed=False)
    message, totals = explorable.locator(".klx-message"), explorable.locator(".klx-sum")
    expect(totals).to_have_text(["D(P‖Q)?", "D(Q‖P)?"])
    expect(slider(explorable, "Q on the map")).to_have_count(0)
    explorable.get_by_role("button", name="On the right peak").click()
    expect(message).to_contain_text("You said: On the right peak. It is not so. D(Q‖P) has one minimum")
    expect(message).to_contain_text("across both peaks: N(1.33, 2.02²)")
    expect(totals).to_have_text(["D(P‖Q)1.429least: 0.174", "D(Q‖P)0.411least: 0.230"])
    assert minima(explorable) == (1, 1)
    expect(explorable.locator("[aria-live=polite]")).to_have_text("")
    explorable.get_by_role("button", name="D(P‖Q)", exact=True).click()
    expect(message).to_contain_text("whatever P is: its mean and standard deviation, here N(1.40, 2.20²)")
    slider(explorable, "Q on the map").press("ArrowRight")
    expect(explorable.locator("[aria-live=polite]")).to_contain_text("reverse divergence")


@pytest.mark.parametrize(("width", "tall"), [(1280, 800), (390, 844)])
def test_the_steps_pull_the_peaks_past_the_switch_with_p_and_the_map_on_one_screen(
    page: Page, address: str, width: int, tall: int
) -> None:
    page.set_viewport_size({"width": width, "height": tall})
    explorable = opened(page, address, "landscape")
    steps = explorable.get_by_role("button", name=re.compile(r"^\d\. "))
    page.emulate_media(reduced_motion="reduce")
    for i, said in enumerate(
        ("one minimum, across", "2 minima. The least is across", "3 minima. The least is on the right")
    ):
        steps.nth(i).click()
        expect(explorable.locator(".klx-message")).to_contain_text(said)
    top = steps.first.bounding_box()
    end = explorable.get_by_role("group", name=re.compile("^Map")).bounding_box()
    assert top and end and end["y"] + end["height"] - top["y"] < tall - (60 if width < 600 else 0)  # the bar


def test_minima_are_born_and_the_least_one_jumps_as_the_peaks_part(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape")
    message, challenge = explorable.locator(".klx-message"), explorable.locator(".klx-challenge")
    peak = slider(explorable, "Mean of the second component of P")
    for presses, mean, count, where in (
        (5, "3.50", 1, "across both peaks"),
        (1, "3.60", 2, "across both peaks"),
        (4, "4.00", 2, "across both peaks"),
        (1, "4.10", 3, "on the right peak"),
    ):
        for _ in range(presses):
            peak.press("ArrowRight")
        expect(peak).to_have_attribute("aria-valuetext", mean)
        settle(page)
        assert minima(explorable) == (count, 1)
        expect(message).to_contain_text(where)
    expect(challenge).to_contain_text("Now: on the right peak, 5.10 apart.")
    for _ in range(2):
        peak.press("ArrowLeft")
    expect(challenge).not_to_have_attribute("data-met", "")
    slider(explorable, "Weight of the second component of P").press("PageUp")
    expect(challenge).to_have_attribute("data-met", "")
    explorable.get_by_role("button", name="Equal peaks").click()  # which tie
    expect(message).to_have_text("D(Q‖P) has 3 minima. Two tie, one on each peak.")
    assert minima(explorable) == (3, 2)


def test_q_rolls_off_the_peak_or_is_stuck_on_it(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape")
    place, message = slider(explorable, "Q on the map"), explorable.locator(".klx-message")
    explorable.get_by_role("button", name="Roll downhill").click()
    expect(place).to_have_attribute("aria-valuetext", "μ 1.33, σ 2.02")
    assert len(str(explorable.locator(".klx-trail").get_attribute("d")).split("L")) > 10
    explorable.get_by_role("button", name="3. Pull past 5.0").click()
    expect(slider(explorable, "Mean of the second component of P")).to_have_attribute(
        "aria-valuetext", "5.00"
    )
    place.press("Home")
    expect(message).not_to_contain_text("stuck")
    explorable.get_by_role("button", name="Roll downhill").click()
    expect(message).to_contain_text("Q is stuck here, at 0.91 against 0.51.")
    place.press("ArrowUp")
    expect(message).not_to_contain_text("stuck")
    expect(explorable.locator(".klx-trail")).to_have_attribute("d", "")


def test_where_motion_is_not_wanted_q_is_at_the_end_at_once(asked: Page, address: str) -> None:
    explorable = opened(asked, address, "landscape")
    explorable.get_by_role("button", name="Roll downhill").click()
    settle(asked)
    assert slider(explorable, "Q on the map").get_attribute("aria-valuetext") == "μ 1.33, σ 2.02"


def test_on_the_map_the_keys_move_q_in_both_ways(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape")
    place = slider(explorable, IN_A_PLANE)
    place.focus()
    for key, spoken in (
        ("ArrowRight", "μ 2.85, σ 1.20"),
        ("Shift+ArrowLeft", "μ 2.35, σ 1.20"),
        ("ArrowUp", "μ 2.35, σ 1.25"),
        ("PageUp", "μ 2.35, σ 1.75"),
        ("Shift+ArrowDown", "μ 2.35, σ 1.25"),
        ("PageDown", "μ 2.35, σ 0.75"),
        ("PageDown", "μ 2.35, σ 0.25"),
        ("PageDown", "μ 2.35, σ 0.02"),
        ("End", "μ 13.00, σ 0.02"),
        ("Home", "μ −5.00, σ 0.02"),
    ):
        page.keyboard.press(key)
        expect(place).to_have_attribute("aria-valuetext", spoken)
    assert value(slider(explorable, "Mean μ of Q")) == value(place)
    assert "NaN" not in explorable.inner_html() and "Infinity" not in explorable.inner_html()


def test_a_hand_on_q_stops_the_roll(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape")
    explorable.get_by_role("button", name="Roll downhill").click()
    slider(explorable, "Mean μ of Q").focus()
    page.keyboard.press("End")
    page.wait_for_timeout(1700)  # longer than a roll
    assert value(slider(explorable, "Mean μ of Q")) == 13
