"""Latents: they go out as the water rises, by whichever handle, and under the mean of errors at a sixth of the β."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.explorables import MOUNT, opened, settle, slider


def test_one_after_another_goes_out_and_a_larger_variance_comes_back(page: Page, address: str) -> None:
    explorable = opened(page, address, "latents", committed=False)
    assert explorable.get_by_role("slider").count() == 6, "the water comes with the answer"
    explorable.get_by_role("button", name="All shrink, none to 0").click()
    message, on = explorable.locator(".klx-message"), explorable.locator(".klx-sum").first
    expect(message).to_contain_text("They go out one by one, to exactly 0: below the water")
    water = slider(explorable, "β, by the water")
    for beta, left in ((0.24, 6), (0.25, 5), (1.99, 3), (2, 2), (7.9, 1), (8, 0)):
        page.evaluate(MOUNT, {"guess": "all", "beta": beta})
        expect(on).to_contain_text(f"{left} / 6")
    expect(message).to_contain_text("All are out")
    slider(explorable, "Variance of axis 6").press("End")
    expect(on).to_contain_text("1 / 6")
    water.press("End")
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
    explorable.get_by_role("button", name="Mean of KLs").click()
    expect(explorable.locator(".klx-message")).to_contain_text("a sixth of β")
    explorable.get_by_role("button", name="Mean of errors").click()
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
        assert "NaN" not in explorable.inner_html() and "Infinity" not in explorable.inner_html()
        water = slider(explorable, "β, by the water").locator(".klx-knob").bounding_box()
        frame = explorable.locator(".klx-drawing").first.bounding_box()
        assert water and frame and frame["y"] < water["y"] < frame["y"] + frame["height"] - water["height"]
