"""What the explorable of chapter 3 says."""

from __future__ import annotations

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.explorables import IN_A_PLANE, knob, opened, settle, slider, value


def minima(explorable: Locator) -> tuple[int, int]:
    """How many are marked on the map, and how many of them as the least."""
    return explorable.locator(".klx-minimum").count(), explorable.locator(".klx-minimum[data-best]").count()


def test_the_landscape_hides_values_and_map_until_the_reader_has_guessed(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape", committed=False)
    message, totals = explorable.locator(".klx-message"), explorable.locator(".klx-sum")
    expect(totals).to_have_text(["D(P‖Q)?", "D(Q‖P)?"])
    expect(slider(explorable, "Q on the map")).to_have_count(0)
    explorable.get_by_role("button", name="Here, where Q is now").click()
    expect(message).to_contain_text("You said: on the right peak. It is not so. D(Q‖P) has one minimum")
    expect(message).to_contain_text("across both peaks: N(1.33, 2.02²)")
    expect(totals).to_have_text(["D(P‖Q)1.429least: 0.174", "D(Q‖P)0.411least: 0.230"])
    assert minima(explorable) == (1, 1)
    expect(explorable.locator("[aria-live=polite]")).to_have_text("")
    explorable.get_by_role("button", name="forward", exact=True).click()
    expect(totals.first).to_have_text("D(P‖Q)0.184least: 0.174")
    expect(message).to_contain_text("whatever P is: its mean and standard deviation, here N(1.40, 2.20²)")
    expect(explorable.locator("[aria-live=polite]")).to_contain_text("reverse divergence 0.231")


def test_a_guess_by_dragging_is_where_q_stands(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape", committed=False)
    for name, key, presses in (
        ("Mean μ of Q", "Shift+ArrowLeft", 3),
        ("Width σ of Q", "Shift+ArrowRight", 2),
    ):
        slider(explorable, name).focus()
        for _ in range(presses):
            page.keyboard.press(key)
    explorable.get_by_role("button", name="Here, where Q is now").click()
    expect(explorable.locator(".klx-message")).to_contain_text("You said: across both. Right.")
    expect(explorable.locator(".klx-challenge")).to_contain_text("Done: 0.1755.")


def test_minima_are_born_and_the_least_one_jumps_as_the_peaks_part(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape")
    message, part = explorable.locator(".klx-message"), slider(explorable, "Separation of the peaks")
    part.focus()
    for presses, separation, count, where in (
        (5, "4.50", 1, "across both peaks"),
        (1, "4.60", 2, "across both peaks"),
        (4, "5.00", 2, "across both peaks"),
        (1, "5.10", 3, "on the right peak"),
    ):
        for _ in range(presses):
            page.keyboard.press("ArrowRight")
        expect(part).to_have_attribute("aria-valuetext", separation)
        settle(page)
        assert minima(explorable) == (count, 1)
        expect(message).to_contain_text(where)
    explorable.get_by_role("button", name="5", exact=True).click()  # equal peaks: born in pairs
    settle(page)
    assert minima(explorable) == (3, 1)
    expect(message).to_contain_text("across both peaks: N(2.50, 2.39²)")


def test_minima_follow_while_a_peak_is_held(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape")
    x, y = knob(slider(explorable, "Mean of the second component of P"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y, steps=6)
    expect(explorable.locator(".klx-minimum")).to_have_count(3)
    expect(explorable.locator(".klx-message")).to_contain_text("3 minima")
    page.mouse.up()


def test_q_rolls_off_the_peak_and_rolling_does_not_meet_the_challenge(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape")
    place, challenge = slider(explorable, "Q on the map"), explorable.locator(".klx-challenge")
    explorable.get_by_role("button", name="Roll downhill").click()
    expect(place).to_have_attribute("aria-valuetext", "μ 1.33, σ 2.02")
    assert len(str(explorable.locator(".klx-trail").get_attribute("d")).split("L")) > 10
    explorable.get_by_role("button", name="D(P‖Q)").click()
    explorable.get_by_role("button", name="Roll downhill").click()
    expect(place).to_have_attribute("aria-valuetext", "μ 1.40, σ 2.20")
    expect(challenge).to_contain_text("Now: 0.1745")
    expect(challenge).not_to_have_attribute("data-met", "")
    place.focus()
    page.keyboard.press("ArrowUp")
    expect(challenge).to_have_attribute("data-met", "")
    expect(explorable.locator(".klx-trail")).not_to_have_attribute("d", "")


def test_where_motion_is_not_wanted_q_is_at_the_end_at_once(browser: Browser, address: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    explorable = opened(page, address, "landscape")
    explorable.get_by_role("button", name="no entropy").click()
    explorable.get_by_role("button", name="Roll downhill").click()
    settle(page)
    assert slider(explorable, "Q on the map").get_attribute("aria-valuetext") == "μ 3.00, σ 0.02"
    assert explorable.locator(".klx-trail").get_attribute("d")
    expect(explorable.locator(".klx-message")).to_contain_text(
        "at 3.00: −E[log p] is 1.430 and falls towards 1.430"
    )
    assert minima(explorable) == (1, 0)  # a limit, no minimum
    context.close()


def test_on_the_map_the_keys_move_q_in_both_ways(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape")
    place = slider(explorable, IN_A_PLANE)
    place.focus()
    for key, spoken in (
        ("ArrowRight", "μ 3.05, σ 1.00"),
        ("Shift+ArrowLeft", "μ 2.55, σ 1.00"),
        ("ArrowUp", "μ 2.55, σ 1.05"),
        ("PageUp", "μ 2.55, σ 1.55"),
        ("Shift+ArrowDown", "μ 2.55, σ 1.05"),
        ("PageDown", "μ 2.55, σ 0.55"),
        ("PageDown", "μ 2.55, σ 0.05"),
        ("PageDown", "μ 2.55, σ 0.02"),
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
