"""What explorables say of what is done to them: the landscape, the samples, the leash, and the latents."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.explorables import IN_A_PLANE, MOUNT, opened, settle, slider, value


def press(explorable: Locator, name: str) -> None:
    explorable.get_by_role("button", name=name, exact=True).click()


def says_no_number_that_is_none(explorable: Locator) -> bool:
    return not re.search("NaN|Infinity", explorable.inner_html())


# --- the landscape ---


def minima(explorable: Locator) -> tuple[int, int]:
    """How many are marked on the map, and how many of them as the least."""
    return explorable.locator(".klx-minimum").count(), explorable.locator(".klx-minimum[data-best]").count()


def test_the_landscape_hides_values_and_map_until_the_reader_has_guessed(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape", committed=False)
    message, totals = explorable.locator(".klx-message"), explorable.locator(".klx-sum")
    expect(totals).to_have_text(["D(P‖Q)?", "D(Q‖P)?"])
    expect(slider(explorable, IN_A_PLANE)).to_have_count(0)
    press(explorable, "On the right peak")
    expect(message).to_contain_text("You said: On the right peak. It is not so. D(Q‖P) has one minimum")
    expect(message).to_contain_text("across both peaks: N(1.33, 2.02²)")
    expect(totals).to_have_text(["D(P‖Q)1.429least: 0.174", "D(Q‖P)0.411least: 0.230"])
    assert minima(explorable) == (1, 1)
    expect(explorable.locator("[aria-live=polite]")).to_have_text("")
    press(explorable, "D(P‖Q)")
    expect(message).to_contain_text("whatever P is: its mean and standard deviation, here N(1.40, 2.20²)")
    slider(explorable, IN_A_PLANE).press("ArrowRight")
    expect(explorable.locator("[aria-live=polite]")).to_contain_text("reverse divergence 0.4")


@pytest.mark.parametrize(("width", "tall"), [(1280, 800), (390, 784)])  # without the bar of a telephone
def test_the_steps_pull_the_peaks_past_the_switch_with_p_and_the_map_on_one_screen(
    page: Page, address: str, width: int, tall: int
) -> None:
    page.set_viewport_size({"width": width, "height": tall})
    page.emulate_media(reduced_motion="reduce")
    explorable = opened(page, address, "landscape")
    steps = explorable.get_by_role("button", name=re.compile(r"^\d\. "))
    said = ("one minimum, across", "2 minima. The least is across", "3 minima. The least is on the right")
    for step, expected in zip(steps.all(), said, strict=True):
        step.click()
        expect(explorable.locator(".klx-message")).to_contain_text(expected)
    top = steps.first.bounding_box()
    end = explorable.get_by_role("group", name=re.compile("^Map")).bounding_box()
    assert top and end and end["y"] + end["height"] - top["y"] < tall


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
    press(explorable, "Equal peaks")  # which tie
    expect(message).to_have_text("D(Q‖P) has 3 minima. Two tie, one on each peak.")
    assert minima(explorable) == (3, 2)


def test_q_rolls_off_the_peak_or_is_stuck_on_it_and_a_hand_stops_it(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape")
    place, message = slider(explorable, IN_A_PLANE), explorable.locator(".klx-message")
    press(explorable, "Roll downhill")
    expect(place).to_have_attribute("aria-valuetext", "μ 1.33, σ 2.02")
    assert str(explorable.locator(".klx-trail").get_attribute("d")).count("L") >= 10
    press(explorable, "3. Pull past 5.0")
    peak = slider(explorable, "Mean of the second component of P")
    expect(peak).to_have_attribute("aria-valuetext", "5.00")
    place.press("Home")
    expect(message).not_to_contain_text("stuck")
    press(explorable, "Roll downhill")
    expect(message).to_contain_text("Q is stuck here, at 0.91 against 0.51.")
    place.press("ArrowUp")
    expect(message).not_to_contain_text("stuck")
    expect(explorable.locator(".klx-trail")).to_have_attribute("d", "")
    press(explorable, "Roll downhill")
    slider(explorable, "Mean μ of Q").press("End")
    page.wait_for_timeout(1700)  # longer than a roll
    assert value(place) == 13


def test_where_motion_is_not_wanted_q_is_at_the_end_at_once(asked: Page, address: str) -> None:
    explorable = opened(asked, address, "landscape")
    press(explorable, "Roll downhill")
    settle(asked)
    assert slider(explorable, IN_A_PLANE).get_attribute("aria-valuetext") == "μ 1.33, σ 2.02"


def test_on_the_map_the_keys_move_q_in_both_ways(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape")
    place = slider(explorable, IN_A_PLANE)
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
        place.press(key)
        expect(place).to_have_attribute("aria-valuetext", spoken)
    assert value(slider(explorable, "Mean μ of Q")) == value(place)
    assert says_no_number_that_is_none(explorable)


# --- the samples ---


def test_few_bins_lose_and_many_invent_until_the_challenge_is_met(page: Page, address: str) -> None:
    explorable = opened(page, address, "samples", committed=False)
    press(explorable, "Nearly 0")
    message = explorable.locator(".klx-message")
    expect(message).to_contain_text("It was 0.07. Samples are less even than their source")
    piles = explorable.locator(".klx-dots")
    expect(piles).to_have_css("stroke-linecap", "round")  # else nothing is seen
    rise = float(str(piles.get_attribute("stroke-dasharray")).split()[1])
    tall = re.findall(r"v-([\d.]+)", str(piles.get_attribute("d")))
    assert sum(1 + float(each) // rise for each in tall) == 400
    for bins, kept, met in ((10, 81, 0), (64, 95, 0), (24, 90, 1)):
        page.evaluate(MOUNT, {"guess": "zero", "n": 4000, "same": False, "bins": bins})
        expect(message).to_contain_text(f"The bins keep {kept} % of D.")
        expect(explorable.locator(".klx-challenge[data-met]")).to_have_count(met)


def test_an_empty_bin_of_q_makes_estimates_infinite_and_smoothing_finite(page: Page, address: str) -> None:
    explorable = opened(page, address, "samples")
    message = explorable.locator(".klx-message")
    press(explorable, "q from n draws too")
    expect(message).to_contain_text("(K−1)/n too much on average, here 0.145 nat.")
    slider(explorable, "Draws, n").press("Home")
    expect(message).to_contain_text("100 % of the estimates are ∞")
    expect(explorable.get_by_role("img", name="mean without ∞: ∞")).to_be_visible()
    assert says_no_number_that_is_none(explorable)
    press(explorable, "+½ (Jeffreys)")
    expect(message).not_to_contain_text("∞")
    expect(message).to_contain_text("Smoothing brings all estimates down")


# --- the leash ---

ENDS = [
    ("k1 In the reward:", "0°", "0.04, 0.16, 0.80"),  # π*
    ("k2 In the loss:", "0°", "0.04, 0.16, 0.80"),
    ("k1 In the loss:", "–", "0.00, 0.00, 1.00"),  # the best action
    ("k3 In the loss:", "37°", "0.12, 0.13, 0.75"),
    ("k3 In the reward:", "101°", "0.00, 0.00, 1.00"),
]


def test_each_recipe_has_its_pull_and_training_by_it_its_end(page: Page, address: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    explorable = opened(page, address, "leash", committed=False)
    press(explorable, "Nowhere")
    message = explorable.locator(".klx-message")
    expect(message).to_contain_text("It is down D(ref‖π).")
    for name, angle, end in ENDS:
        press(explorable, "Start again")
        estimate, where = name.split(maxsplit=1)
        press(explorable.get_by_role("group", name=where), estimate)
        expect(explorable.locator(".klx-sum").first).to_have_text(f"Angle of the pulls{angle}")
        expect(message).to_contain_text(f"leads to ({end})")
        press(explorable, "Train by this recipe")
        expect(slider(explorable, "π")).to_have_attribute("aria-valuetext", end)
    expect(explorable.locator("[aria-live=polite]")).to_contain_text(f"π {end}.")


def test_where_an_action_is_nearly_given_up_the_challenge_is_met(page: Page, address: str) -> None:
    explorable = opened(page, address, "leash")
    challenge, policy = explorable.locator(".klx-challenge"), slider(explorable, "π")
    expect(challenge).to_contain_text("Now: 37°, the rarest at 0.050.")
    for _ in range(3):
        policy.press("ArrowLeft")
    expect(challenge).to_have_attribute("data-met", "")
    policy.press("End")
    expect(explorable.locator(".klx-message")).to_have_text(
        "An action of probability 0 is never sampled, and no recipe brings it back."
    )


def test_every_policy_is_drawn(page: Page, address: str) -> None:
    explorable = opened(page, address, "leash", committed=False)
    page.evaluate(MOUNT, {"guess": "other", "reward": [4, -1, -1], "beta": 0.05, "recipe": "k3 reward"})
    for policy in ([0.5, 0.3, 0.2], [1, 0, 0], [0, 0.5, 0.5], [5e-324, 0.5, 0.5]):
        page.evaluate("(policy) => model.set({ policy })", policy)
        settle(page)
        assert says_no_number_that_is_none(explorable)


# --- the latents ---


def test_one_after_another_goes_out_and_a_larger_variance_comes_back(page: Page, address: str) -> None:
    explorable = opened(page, address, "latents", committed=False)
    assert explorable.get_by_role("slider").count() == 6, "the water comes with the answer"
    press(explorable, "All shrink, none to 0")
    message, on = explorable.locator(".klx-message"), explorable.locator(".klx-sum").first
    expect(message).to_contain_text("They go out one by one, to exactly 0: below the water")
    for beta, left in ((0.24, 6), (0.25, 5), (1.99, 3), (2, 2), (7.9, 1), (8, 0)):
        page.evaluate(MOUNT, {"guess": "all", "beta": beta})
        expect(on).to_contain_text(f"{left} / 6")
    expect(message).to_contain_text("All are out")
    slider(explorable, "Variance of axis 6").press("End")
    expect(on).to_contain_text("1 / 6")
    slider(explorable, "β, by the water").press("End")
    expect(slider(explorable, "β")).to_have_attribute("aria-valuetext", "20")
    expect(on).to_contain_text("0 / 6")
    expect(explorable.locator(".klx-challenge")).to_contain_text("Now: none on.")


def test_with_the_mean_of_errors_the_challenge_is_met_at_a_sixth_of_the_beta(
    page: Page, address: str
) -> None:
    explorable = opened(page, address, "latents")
    challenge = explorable.locator(".klx-challenge")
    page.evaluate(MOUNT, {"guess": "one", "beta": 1.9})
    expect(challenge).to_contain_text("Now: 3 on, the weakest with 0.026 nat.")
    expect(explorable.locator(".klx-challenge[data-met]")).to_have_count(0)
    page.evaluate(MOUNT, {"guess": "one", "beta": 0.32})
    scales = explorable.get_by_role("img").locator(".klx-axis text")
    before = scales.all_text_contents()
    press(explorable, "Mean of KLs")
    expect(explorable.locator(".klx-message")).to_contain_text("a sixth of β")
    press(explorable, "Mean of errors")
    expect(challenge).to_have_attribute("data-met", "")
    expect(challenge).to_contain_text("With sums, β = 1.92 does the same.")
    expect(explorable.locator("[aria-live=polite]")).to_have_text(
        "β 0.32: latents on 3, KL 1.10 nat, squared error 7.51."
    )
    assert scales.all_text_contents() == before == ["0", "16", "0", "16"]


def test_water_outside_of_the_scale_is_drawn_at_its_end(page: Page, address: str) -> None:
    explorable = opened(page, address, "latents", committed=False)
    for state in ({"beta": 0.05, "noise": 0.1, "reduction": "mean_kl"}, {"beta": 20, "noise": 10}):
        page.evaluate(MOUNT, {"guess": "one", **state})
        settle(page)
        assert says_no_number_that_is_none(explorable)
        water = slider(explorable, "β, by the water").locator(".klx-knob").bounding_box()
        frame = explorable.locator(".klx-drawing").first.bounding_box()
        assert water and frame and frame["y"] < water["y"] < frame["y"] + frame["height"] - water["height"]
