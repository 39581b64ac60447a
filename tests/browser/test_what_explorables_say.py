"""What explorables say of a state, and of what is done to them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.explorables import IN_A_PLANE, MOUNT, knob, opened, settle, slider, value

PEAKS = {"guess": "right", "weights": [0.4, 0.6], "mu": 1.3}
NEAR = {"revealed": True, "p": 0.5, "q": 0.51}
CURVE = {"guess_directions": "curve", "p": [0.5, 0.3, 0.2]}
COINS = {"guess_detour": "no", "p": [0.5, 0.5, 0], "q": [0.25, 0.75, 0]}  # those of the chapter
CROSSED = {"guess_mixtures": "no", "p": [0.8, 0.1, 0.1], "p2": [0.1, 0.8, 0.1], "q2": [0.8, 0.1, 0.1]}
BINS = {"p": [0.5, 0.5, 0], "q": [0.5, 0, 0.5], "guess": "ratio"}
PULL = {"guess": "other", "policy": [0.55, 0.05, 0.4]}
LEASH = {"guess": "other", "reward": [4, -1, -1], "beta": 0.05, "recipe": "k3 reward"}
LONGER = {"guess": "law", "n": 4000, "same": False}
TINY = {"guess": "law", "n": 10, "known": False}

# For each explorable some states, and what is said of each: "Done" where its challenge is met.
SAID: dict[str, list[tuple[dict[str, Any], list[str]]]] = {
    "area": [
        ({}, ["D(p‖q)0.76bits: the filled area less the hollow one"]),
        ({"mu": 0, "sigma": 1}, ["D(p‖q)0.00", "q ≈ p: next to nothing to pay."]),
        ({"mu": 3, "sigma": 1}, ["D(p‖q)6.49", "soars"]),  # 9/2 nats
    ],
    "bars": [
        ({"guess": "yes"}, ["H(p)1.846+D(p‖q)0.658=H(p,q)2.505bit", "It cannot."]),
        ({"guess": "no", "q": [0.4, 0.3, 0.2, 0.1]}, ["D(p‖q)0.000", "every term is 0"]),
        ({"guess": "no", "q": [0, 0.2, 0.3, 0.5]}, ["D(p‖q)∞", "q calls outcome 1 impossible"]),
        ({"guess": "no", "q": [0.4, 0.3, 0.3, 0]}, ["D(p‖q)∞", "Done: with a largest gap of 0.10"]),
    ],
    "evidence": [
        ({**NEAR, "near": 1000}, ["You said 1000 and 100. It takes 14976 and 1.9"]),
        ({**NEAR, "tossed": "p"}, ["D(p‖q)0.00020nats a toss: 20 : 1 for p after 14976 tosses"]),
        ({**NEAR, "tossed": "q"}, ["D(q‖p)0.00020nats a toss: 20 : 1 for q after 14978 tosses"]),
        ({**NEAR, "p": 0.01, "q": 0.01}, ["no evidence ever"]),
        ({**NEAR, "p": 0.02, "q": 0.01}, ["Done"]),
    ],
    "directions": [
        ({"guess_directions": "none"}, ["0.224nat", "0.194nat", "difference+0.030nat", "There are more."]),
        ({**CURVE, "q": [0.2, 0.3, 0.5]}, ["difference0.000nat", "though q is not p"]),  # D = 0.275
        ({**CURVE, "p": [0.6, 0.25, 0.15], "q": [0.15, 0.25, 0.6]}, ["Done"]),
        (
            {**CURVE, "q": [0, 0.6, 0.4]},
            ["D(p‖q)∞nat", "q calls outcome 1 impossible, and p makes it happen"],
        ),
        ({**CURVE, "p": [1, 0, 0], "q": [0, 0.6, 0.4]}, ["no green rings", "difference∞ − ∞nat"]),
    ],
    "detour": [
        ({"guess_detour": "yes"}, ["It need not. Here the detour costs 0.016 nat more."]),
        ({**COINS, "r": [0.1, 0.9, 0]}, ["By q it costs 0.275 nat less, and directly 2.16 times as much"]),
        ({**COINS, "q": [0.2, 0.8, 0], "r": [0.02, 0.98, 0]}, ["Done"]),
        ({**COINS, "r": [0, 1, 0]}, ["r calls outcome 1 impossible, and q makes it happen"]),
        ({**COINS, "r": [0.5, 0.5, 0]}, ["the detour saves nothing"]),
    ],
    "mixtures": [
        ({"guess_mixtures": "yes"}, ["It cannot. The mixtures cost 0.023 nat less"]),
        ({**CROSSED, "q": [0.1, 0.8, 0.1]}, ["D mixed0.000nat", "Done"]),
        ({**CROSSED, "q": [0, 0.9, 0.1]}, ["average∞nat", "D(p₁‖q₁) = ∞. So the average is ∞"]),
        ({**CROSSED, "q": [0, 0.9, 0.1], "share": 0}, ["average1.456nat"]),  # the second pair alone
    ],
    "landscape": [
        ({**PEAKS, "means": [-1, 3.5]}, ["D(Q‖P) has one minimum, across both peaks"]),
        ({**PEAKS, "means": [-1, 3.6]}, ["D(Q‖P) has 2 minima. The least is across both peaks"]),
        ({**PEAKS, "means": [-1, 4.1]}, ["3 minima. The least is on the right peak", "Now:", "5.10 apart."]),
        ({**PEAKS, "means": [-1, 3.9], "weights": [0.3, 0.7]}, ["Done, 4.90 apart"]),
        ({**PEAKS, "means": [-1, 5], "weights": [0.6, 0.4]}, ["The least is on the left peak"]),
        ({**PEAKS, "means": [0, 1]}, ["has one minimum, on the one peak"]),
        ({**PEAKS, "means": [5, -1], "weights": [0.6, 0.4]}, ["The least is on the right peak"]),
        ({**PEAKS, "means": [-1, 6.5], "weights": [0.5, 0.5]}, ["Two tie, one on each peak."]),
    ],
    "conventions": [
        ({"guess": "three"}, ["Right.", "D = 0.0000 nat", "The sums are not both 1"]),
        ({"guess": "same", "q": [0.7, 0.6]}, ["It is 0.51, 0.11 and 0.", "q has the larger sum"]),
        ({"guess": "three", "q": [0.4, 0.6], "given": "plain"}, ["come out too low", "Done: −0.5966"]),
        ({"guess": "three", "q": [1, 0], "order": "qp"}, ["Swapped, all", "D is ∞"]),
        ({"guess": "three", "p": [1, 0], "q": [1, 0]}, ["0·∞ is NaN"]),
    ],
    "merge": [
        ({"guess": "height"}, ["D(p′‖q′)0.355≤D(p‖q)0.355nat", "It is the ratio p/q."]),
        ({"guess": "ratio", "cells": [0, 1, 0, 3, 4, 3, 4, 7]}, ["Nothing is lost so far."]),
        ({"guess": "ratio", "cells": [0, 1, 0, 0, 1, 0, 1, 7]}, ["Done: 0.305 nat."]),
        ({"guess": "ratio", "cells": [0, 1, 0, 0, 1, 0, 1, 1]}, ["Lost so far:"]),
        ({"guess": "ratio", "cells": [0] * 8}, ["One bin is left. It tells nothing apart, and D is 0."]),
        ({**BINS, "cells": [0, 1, 2]}, ["D(p′‖q′)∞≤D(p‖q)∞nat", "Done"]),
        ({**BINS, "cells": [0, 1, 1]}, ["D(p′‖q′)0.000≤D(p‖q)∞nat"]),
    ],
    "samples": [
        ({"guess": "zero"}, ["It was 0.07. Samples are less even than their source"]),
        ({**LONGER, "bins": 10}, ["The bins keep 81 % of D."]),
        ({**LONGER, "bins": 64}, ["The bins keep 95 % of D."]),
        ({**LONGER, "bins": 24}, ["The bins keep 90 % of D.", "Done"]),
        ({"guess": "law", "known": False, "n": 1000}, ["(K−1)/n too much on average, here 0.029 nat."]),
        (TINY, ["100 % of the estimates are ∞"]),
        ({**TINY, "smoothing": "half"}, ["Smoothing brings all estimates down"]),
    ],
    "leash": [
        ({"guess": "none"}, ["Angle of the pulls37°", "It is down D(ref‖π).", "the rarest at 0.050."]),
        ({**PULL, "recipe": "k1 reward"}, ["pulls0°", "stops at (0.04, 0.16, 0.80)"]),  # π*
        ({**PULL, "recipe": "k2 loss"}, ["pulls0°", "stops at (0.04, 0.16, 0.80)"]),
        ({**PULL, "recipe": "k1 loss"}, ["pulls–", "stops at (0.00, 0.00, 1.00)"]),  # the best action
        ({**PULL, "recipe": "k3 reward"}, ["pulls101°", "stops at (0.00, 0.00, 1.00)"]),
        ({"guess": "other", "policy": [0.58, 0.02, 0.4]}, ["Done"]),
        ({"guess": "other", "policy": [0, 0.5, 0.5]}, ["An action of probability 0 is never sampled"]),
        ({**LEASH, "policy": [0.5, 0.3, 0.2]}, ["k3 in the reward"]),
        ({**LEASH, "policy": [1, 0, 0]}, ["no recipe brings it back."]),
        ({**LEASH, "policy": [5e-324, 0.5, 0.5]}, ["k3 in the reward"]),
    ],
    "latents": [
        ({"guess": "all", "beta": 0.24}, ["Each goes out at its own λ", "Latents on6 / 6"]),
        ({"guess": "one", "beta": 0.25}, ["Latents on5 / 6"]),
        ({"guess": "one", "beta": 1.99}, ["Latents on3 / 6"]),
        ({"guess": "one", "beta": 2}, ["Latents on2 / 6"]),
        ({"guess": "one", "beta": 8}, ["Latents on0 / 6", "All are out", "Now: none on."]),
        ({"guess": "one", "beta": 1.9}, ["Now: 3 on, the weakest with 0.026 nat."]),
        ({"guess": "one", "beta": 0.32, "reduction": "mean_kl"}, ["a sixth of β"]),
        ({"guess": "one", "beta": 0.32, "reduction": "mean_error"}, ["Done", "With sums, β = 1.92"]),
    ],
}


@pytest.mark.parametrize("name", SAID)
def test_each_state_has_what_is_said_of_it(page: Page, address: str, name: str) -> None:
    explorable = opened(page, address, name, committed=False)
    said = explorable.locator(".klx-sum, .klx-message, .klx-challenge")
    for state, expected in SAID[name]:
        page.evaluate(MOUNT, state)
        text = " ".join(" ".join(said.all_text_contents()).split())  # some of its spaces do not break
        assert [part for part in expected if part not in text] == [], (state, text)
        assert ("Done" in text) == ("Done" in "".join(expected)), state
        if name != "conventions":  # whose table has such numbers
            assert not re.search("NaN|Infinity", explorable.inner_html()), state


@pytest.mark.parametrize("name", SAID)
def test_what_python_sets_is_drawn_as_if_it_had_begun_so(page: Page, address: str, name: str) -> None:
    drawings = opened(page, address, name, committed=False).locator("svg")
    drawn = "(all) => all.map((each) => each.outerHTML)"
    state, _ = SAID[name][-1]
    page.evaluate(MOUNT, state)
    expected = drawings.evaluate_all(drawn)
    page.evaluate(MOUNT, {})
    assert drawings.evaluate_all(drawn) != expected
    page.evaluate("(state) => model.set(state)", state)
    settle(page)
    assert drawings.evaluate_all(drawn) == expected


def press(explorable: Locator, name: str) -> None:
    explorable.get_by_role("button", name=name, exact=True).click()


def heard(explorable: Locator) -> Locator:
    return explorable.locator("[aria-live=polite]")


def test_the_answer_comes_with_the_guess_and_what_was_won_stays_won(page: Page, address: str) -> None:
    explorable = opened(page, address, "bars", committed=False)
    total, challenge = explorable.locator(".klx-sum"), explorable.locator(".klx-challenge")
    expect(total).to_be_hidden()
    press(explorable, "Yes, it can save")
    expect(total).to_be_visible()
    press(explorable, "q = p")
    expect(heard(explorable)).to_contain_text("divergence 0.000")
    last = slider(explorable, "q of outcome 4")
    for key, text in (("Home", "D(p‖q)∞"), ("PageUp", "D(p‖q)0.")):
        last.press(key)
        expect(total).to_contain_text(text)
        expect(challenge).to_have_attribute("data-met", "")
    press(explorable, "Start again")
    expect(total).to_contain_text("D(p‖q)0.658")
    press(explorable, "nat")
    expect(total).to_contain_text("H(p)1.280+D(p‖q)0.456=H(p,q)1.736nat")


@pytest.mark.chromium
def test_coins_are_tossed_one_by_one_and_the_crossing_travels(page: Page, address: str) -> None:
    explorable = opened(page, address, "evidence", committed=False)
    guess = slider(explorable, "Against a coin with 51 % heads:")
    guess.press("Shift+ArrowRight")
    guess.press("Shift+ArrowRight")
    press(explorable, "That is my guess")
    expect(explorable.locator(".klx-message")).to_contain_text("You said 1000 and 100.")
    walks = "(el) => [...el.querySelectorAll('.klx-walks path')].map((path) => path.getAttribute('d'))"
    first = explorable.evaluate(walks)
    assert len(set(first)) == 8
    press(explorable, "Toss, one by one")
    settle(page)
    assert max(map(len, explorable.evaluate(walks))) < 0.2 * max(map(len, first))  # the walks have just begun
    page.emulate_media(reduced_motion="reduce")
    press(explorable, "Toss, one by one")
    settle(page)
    assert not set(first) & set(explorable.evaluate(walks))
    assert max(map(len, explorable.evaluate(walks))) > 0.8 * max(map(len, first))  # at the end at once
    places = []
    for button, tosses in (("50 % against 51 %", "14976"), ("50 % against 1 %", "1.9")):
        press(explorable, button)
        expect(explorable.locator(".klx-sum")).to_contain_text(f"after {tosses} tosses")
        places.append(float(str(explorable.locator(".klx-dot").get_attribute("cx"))))
    assert places[0] - places[1] > 250  # of some 560 pixels: the crossing travels four decades


def test_both_directions_agree_along_a_curve_to_which_q_clings(page: Page, address: str) -> None:
    explorable = opened(page, address, "directions", committed=False)
    curve = explorable.locator("path.klx-line.klx-q")
    expect(curve).to_have_attribute("d", "")
    press(explorable, "For none")
    expect(curve).to_have_attribute("d", re.compile("M"))
    q = slider(explorable, "q")
    page.mouse.move(*knob(q))
    page.mouse.down()
    corners = explorable.locator(".klx-sides").bounding_box()
    assert corners is not None
    left, top, side, tall = (corners[key] for key in ("x", "y", "width", "height"))
    second, third = 0.34457244, 0.35542756  # the pair of the corrections, and two pixels off
    page.mouse.move(left + side * (second + third / 2) + 2, top + tall * (1 - third), steps=4)
    page.mouse.up()
    difference = explorable.locator(".klx-sum").last
    expect(difference).to_have_text("difference0.000nat")
    expect(explorable.locator(".klx-message")).to_contain_text("though q is not p")
    q.press("Shift+ArrowUp")
    expect(difference).not_to_have_text("difference0.000nat")


def column(explorable: Locator, bins: str) -> Locator:
    return explorable.get_by_role("button", name=f"bin {bins}:")


def test_bins_merge_by_mouse_and_keys_and_come_apart(page: Page, address: str) -> None:
    explorable = opened(page, address, "merge")
    column(explorable, "1").click()
    expect(column(explorable, "1")).to_have_attribute("aria-pressed", "true")
    column(explorable, "3").click()
    expect(column(explorable, "1 + 3")).to_be_focused()
    expect(heard(explorable)).to_have_text("Bins: 7. D is 0.355 of 0.355 nat.")
    column(explorable, "4").press("Enter")
    column(explorable, "4").press("Enter")  # chosen no more
    expect(column(explorable, "4")).to_have_attribute("aria-pressed", "false")
    column(explorable, "7").press("Space")
    column(explorable, "2").press("Enter")
    expect(column(explorable, "2 + 7")).to_be_focused()
    for _ in range(3):
        press(explorable, "Undo")
    expect(column(explorable, "7")).to_be_visible()
    expect(explorable.locator(".klx-column")).to_have_count(8)


@pytest.mark.chromium
def test_a_finger_merges(browser: Browser, address: str) -> None:
    with browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    ) as context:
        explorable = opened(context.new_page(), address, "merge")
        column(explorable, "1").tap()
        column(explorable, "8").tap()
        expect(column(explorable, "1 + 8")).to_be_visible()


def test_the_landscape_hides_values_and_map_until_the_reader_has_guessed(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape", committed=False)
    message, totals = explorable.locator(".klx-message"), explorable.locator(".klx-sum")
    expect(totals).to_have_text(["D(P‖Q)?", "D(Q‖P)?"])
    expect(slider(explorable, IN_A_PLANE)).to_have_count(0)
    press(explorable, "On the right peak")
    expect(message).to_contain_text("You said: On the right peak. It is not so. D(Q‖P) has one minimum")
    expect(message).to_contain_text("across both peaks: N(1.33, 2.02²)")
    expect(totals).to_have_text(["D(P‖Q)1.429least: 0.174", "D(Q‖P)0.411least: 0.230"])
    minima, least = explorable.locator(".klx-minimum"), explorable.locator(".klx-minimum[data-best]")
    expect(minima).to_have_count(1)
    expect(heard(explorable)).to_have_text("")
    press(explorable, "D(P‖Q)")
    expect(message).to_contain_text("however you set P: its mean and standard deviation, here N(1.40, 2.20²)")
    slider(explorable, IN_A_PLANE).press("ArrowRight")
    expect(heard(explorable)).to_contain_text("reverse divergence 0.4")
    press(explorable, "D(Q‖P)")
    press(explorable, "Equal peaks")  # which tie
    expect(minima).to_have_count(3)
    expect(least).to_have_count(2)


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


def test_every_estimate_is_a_dot(page: Page, address: str) -> None:
    explorable = opened(page, address, "samples")
    piles = explorable.locator(".klx-dots")
    expect(piles).to_have_css("stroke-linecap", "round")  # else nothing is seen
    rise = float(str(piles.get_attribute("stroke-dasharray")).split()[1])
    tall = re.findall(r"v-([\d.]+)", str(piles.get_attribute("d")))
    assert sum(1 + float(each) // rise for each in tall) == 400
    press(explorable, "q from n draws too")
    slider(explorable, "Draws, n").press("Home")
    expect(explorable.get_by_role("img", name="mean without ∞: ∞")).to_be_visible()


def test_training_goes_where_it_is_said_to_lead(asked: Page, address: str) -> None:
    explorable = opened(asked, address, "leash")
    press(explorable.get_by_role("group", name="In the loss:"), "k3")
    expect(explorable.locator(".klx-message")).to_contain_text("all but stops at (0.12, 0.13, 0.75)")
    press(explorable, "Train by this recipe")
    expect(slider(explorable, "π")).to_have_attribute("aria-valuetext", "0.12, 0.13, 0.75")
    expect(heard(explorable)).to_contain_text("π 0.12, 0.13, 0.75.")


def test_the_water_comes_with_the_answer_and_the_scales_stay(page: Page, address: str) -> None:
    explorable = opened(page, address, "latents", committed=False)
    assert explorable.get_by_role("slider").count() == 6
    press(explorable, "All shrink, none to 0")
    slider(explorable, "β, by the water").press("End")
    expect(slider(explorable, "β")).to_have_attribute("aria-valuetext", "20")
    scales = explorable.get_by_role("img").locator(".klx-axis text")
    before = scales.all_text_contents()
    press(explorable, "Mean of errors")
    expect(heard(explorable)).to_have_text("β 20: latents on 0, KL 0.00 nat, squared error 15.8.")
    assert scales.all_text_contents() == before == ["0", "16", "0", "16"]
    for state in ({"beta": 0.05, "noise": 0.1, "reduction": "mean_kl"}, {"beta": 20, "noise": 10}):
        page.evaluate(MOUNT, {"guess": "one", **state})
        water = slider(explorable, "β, by the water").locator(".klx-knob").bounding_box()
        frame = explorable.locator(".klx-drawing").first.bounding_box()
        assert water and frame and frame["y"] < water["y"] < frame["y"] + frame["height"] - water["height"]
