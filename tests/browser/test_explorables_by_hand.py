"""Every handle of every explorable, by mouse, finger and keyboard; and its states by their addresses."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.explorables import (
    EXPLORABLES,
    IN_A_PLANE,
    MOUNT,
    WITH_SLIDERS,
    direction,
    each_set_of_handles,
    knob,
    opened,
    settle,
    slider,
    value,
    visible_sliders,
    visit,
)

# Where a handle that was moved may lie over the next one; and the state in which a question is answered.
CROWDED = {"landscape": {"guess": "right"}}


# Counts the elements that a drag builds, but for the minima that are born on the map.
COUNT_BUILT = """(el) => {
    window.built = 0;
    new MutationObserver((records) => {
        for (const node of records.flatMap(({ addedNodes }) => [...addedNodes]))
            if (node.nodeType === Node.ELEMENT_NODE && !node.matches(".klx-minimum, .klx-basin")) built++;
    }).observe(el, { childList: true, subtree: true });
}"""


@each_set_of_handles
def test_every_handle_follows_the_mouse_and_nothing_is_built(
    page: Page, address: str, name: str, committed: bool
) -> None:
    explorable = opened(page, address, name, committed)
    explorable.evaluate(COUNT_BUILT)
    for handle in visible_sliders(explorable):
        handle.scroll_into_view_if_needed()
        before, (x, y), (dx, dy) = value(handle), knob(handle), direction(handle)
        page.mouse.move(x + 6 * dx, y + 6 * dy)  # beside its middle: it must not jump there
        page.mouse.down()
        page.mouse.move(x + 36 * dx, y + 36 * dy, steps=3)
        page.mouse.up()
        settle(page)
        assert value(handle) > before, handle
        after = knob(handle)
        assert abs((after[0] - x) * dx + (after[1] - y) * dy - 30) < 4, "it moves as far as the pointer"
        page.mouse.move(x, y)
        settle(page)
        assert knob(handle) == pytest.approx(after, abs=0.5), "and is let go"
    assert page.evaluate("built") == 0
    assert explorable.evaluate("(el) => el.getAnimations({ subtree: true }).length") == 0


@pytest.mark.chromium
@pytest.mark.parametrize("name", WITH_SLIDERS)
def test_every_handle_follows_a_finger(browser: Browser, address: str, name: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    explorable = opened(page, address, name)
    touch = context.new_cdp_session(page)

    def swipe(points: list[dict[str, float]]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
        for point in points[1:]:
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        settle(page)

    for handle in visible_sliders(explorable):  # each by its place, also when the explorable is a new one
        handle.evaluate("h => h.scrollIntoView({ block: 'center', behavior: 'instant' })")
        before, (x, y), (dx, dy) = value(handle), knob(handle), direction(handle)
        points = [{"x": x + k * dx, "y": y + k * dy} for k in range(0, 21, 4)]
        scrolled = page.evaluate("scrollY")
        swipe(points)
        after = knob(handle)
        assert value(handle) > before, handle
        assert abs((after[0] - x) * dx + (after[1] - y) * dy - 20) < 4, "it moves as far as the finger"
        assert page.evaluate("scrollY") == scrolled, "and the page stays"
        if name in CROWDED:
            page.evaluate(MOUNT, CROWDED[name])
    context.close()


@each_set_of_handles
def test_every_handle_obeys_the_keyboard(page: Page, address: str, name: str, committed: bool) -> None:
    explorable = opened(page, address, name, committed)
    for handle in visible_sliders(explorable):
        if handle.get_attribute("aria-label") == IN_A_PLANE:
            continue
        handle.focus()
        for key, sign in (("ArrowUp", 1), ("ArrowLeft", -1), ("PageUp", 1), ("Shift+ArrowDown", -1)):
            before, spoken = value(handle), handle.get_attribute("aria-valuetext")
            page.keyboard.press(key)
            settle(page)
            assert (value(handle) - before) * sign > 0, key
            assert handle.get_attribute("aria-valuetext") != spoken
        for key, limit in (("End", "aria-valuemax"), ("Home", "aria-valuemin")):
            page.keyboard.press(key)
            settle(page)
            assert value(handle) == pytest.approx(float(str(handle.get_attribute(limit))))
        expect(handle).to_be_focused()


@pytest.mark.chromium
def test_a_drag_survives_leaving_the_page_and_a_resize(page: Page, address: str) -> None:
    explorable = opened(page, address, "bars")
    bar = slider(explorable, "q of outcome 1")
    x, y = knob(bar)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, -500, steps=3)
    settle(page)
    assert value(bar) == 1
    page.set_viewport_size({"width": 700, "height": 900})
    settle(page)
    drawing = explorable.locator(".klx-drawing").first.bounding_box()
    assert drawing
    page.mouse.move(drawing["x"], drawing["y"] + drawing["height"] / 2)
    settle(page)
    assert 0.3 < value(bar) < 0.7
    page.mouse.up()
    total = sum(value(slider(explorable, f"q of outcome {i}")) for i in range(1, 5))
    assert total == pytest.approx(1, abs=0.003)


def test_keys_faster_than_frames_all_count(page: Page, address: str) -> None:
    explorable = opened(page, address, "bars")
    bar = slider(explorable, "q of outcome 1")
    key = "new KeyboardEvent('keydown', { key: 'ArrowUp' })"
    bar.evaluate(f"(el) => {{ for (let i = 0; i < 15; i++) el.dispatchEvent({key}); }}")
    settle(page)
    assert value(bar) == pytest.approx(0.25)


# --- by address ---


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


FIRST_SLIDER = {"area": "1.20", "bars": "0.40", "evidence": "100 tosses"}  # as its cell made it


@pytest.mark.parametrize(
    ("name", "asks", "said"),
    [
        ("area", "?mu=9", "mu = 9 (expected: from −3 to 3)"),
        ("area", "?mu=&sigma=1", "mu = (expected: from −3 to 3)"),
        ("area", "?sigma=wide", "sigma = wide (expected: from 0.5 to 2.5)"),
        ("area", "?mean=1", "mean = 1 (expected: one of mu / sigma)"),
        ("bars", "?p=1", "p = 1 (expected: 2 to 8 numbers)"),
        ("bars", "?p=0.5,0.5", "q = 0.1,0.2,0.3,0.4 (expected: 2 numbers)"),
        ("bars", "?q=0.1,0.2,0.3,0.5", "q = 0.1,0.2,0.3,0.5 (expected: numbers from 0 to 1 with the sum 1)"),
        ("bars", "?unit=byte", "unit = byte (expected: one of bit / nat)"),
        ("evidence", "?walks=2.5", "walks = 2.5 (expected: whole, from 1 to 20)"),
    ],
)
def test_an_address_that_asks_for_no_state_is_named_and_ignored(
    page: Page, address: str, name: str, asks: str, said: str
) -> None:
    explorable = visit(page, address, name, asks=f"{asks}#cell-alone").locator(":scope > .klx")
    message = explorable.locator(".klx-message")
    expect(message).to_contain_text(said)
    handle = explorable.get_by_role("slider").first
    expect(handle).to_have_attribute("aria-valuetext", FIRST_SLIDER[name])
    handle.press("ArrowRight")
    expect(message).not_to_contain_text("address")


def test_an_address_of_another_place_changes_nothing(page: Page, address: str) -> None:
    explorable = visit(page, address, "area", asks="?mu=2#cell-other").locator(":scope > .klx")
    assert slider(explorable, "Mean of q").get_attribute("aria-valuetext") == "1.20"
