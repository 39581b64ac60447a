"""Explorables in a real browser: mounted without a shift, moved by mouse, touch and keyboard, whole in any state."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, Route, expect

from tests.browser.test_every_page import AXE

PAGES = {
    "bars": "notebooks/01-definitions.html",
    "evidence": "notebooks/01-definitions.html",
    "simplex": "notebooks/02-properties.html",
    "landscape": "notebooks/03-minimisation.html",
}
# The button that ends the prediction; and for an explorable of several views, that button of each.
COMMIT = {
    "bars": "No, never",
    "evidence": "That is my guess",
    "simplex": "For a whole curve",
    "landscape": "On the right peak",
}
VIEWS = {"simplex": {"Directions": COMMIT["simplex"], "Detour": "No", "Mixtures": "No, never"}}
CROWDED = {"landscape"}  # where a handle that was moved may lie over the next one
IN_A_PLANE = (
    "Q on the map"  # the handle whose arrow keys change two numbers, each its own: it has its own test
)
WIDTHS = [1280, 768, 480, 360]
MOST_ON_FIRST_VISIT = 250_000  # bytes of a chapter and all that it loads, compressed

each_explorable = pytest.mark.parametrize("name", PAGES)
each_view = pytest.mark.parametrize(
    ("name", "view"), [(name, view) for name in PAGES for view in VIEWS.get(name, [None])]
)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that may not complain."""
    fresh = context.new_page()
    said: list[str] = []
    fresh.on("console", lambda message: said.append(message.text))
    fresh.on("pageerror", lambda error: said.append(str(error)))
    yield fresh
    assert not said


def opened(page: Page, address: str, name: str, committed: bool = True, view: str | None = None) -> Locator:
    page.goto(address + PAGES[name])
    explorable = page.locator(f"figure[data-module={name}] > .klx")
    expect(explorable).to_be_visible()
    explorable.scroll_into_view_if_needed()
    if view:
        explorable.get_by_role("button", name=view).click()
        settle(page)
    if committed:
        explorable.get_by_role("button", name=answer_of(name, view), exact=True).click()
        expect(explorable.locator(".klx-prediction")).to_have_attribute("data-revealed", "")
    return explorable


def answer_of(name: str, view: str | None) -> str:
    """The button that ends the prediction."""
    return VIEWS[name][view] if view else COMMIT[name]


def settle(page: Page) -> None:
    """Wait for the next frame but one: then what was asked for is drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def slider(explorable: Locator, name: str) -> Locator:
    return explorable.get_by_role("slider", name=name, exact=True)


def value(handle: Locator) -> float:
    return float(str(handle.get_attribute("aria-valuenow")))


def knob(handle: Locator) -> tuple[float, float]:
    box = handle.locator(".klx-knob").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def direction(handle: Locator) -> tuple[int, int]:
    """Where more is, in pixels."""
    return (0, -1) if handle.get_attribute("aria-orientation") == "vertical" else (1, 0)


# --- on the page ---


def test_every_explorable_of_the_book_is_in_these_tables(page: Page, pages: list[str], address: str) -> None:
    found = {}
    for path in pages:
        page.goto(address + path)
        for module in page.locator("figure.kl-explorable").evaluate_all(
            "all => all.map((f) => f.dataset.module)"
        ):
            found[module] = path
    assert found == PAGES


@each_explorable
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_moves_when_it_is_mounted_or_answered(
    page: Page, address: str, name: str, width: int
) -> None:
    """The host comes late, when the page is read already: formulas are set, the picture is in view."""
    held: list[Route] = []
    page.set_viewport_size({"width": width, "height": 900})
    page.route("**/explorables.js*", lambda route: held.append(route))
    page.goto(address + PAGES[name], wait_until="commit")
    figure = page.locator(f"figure[data-module={name}]")
    figure.locator("figcaption").scroll_into_view_if_needed()
    page.evaluate("() => document.fonts.ready")
    settle(page)
    page.evaluate(
        """() => {
            window.shift = 0;
            new PerformanceObserver((list) => list.getEntries().forEach((entry) => shift += entry.value))
                .observe({ type: "layout-shift" });
        }"""
    )
    reserved = height(figure)
    held[0].continue_()
    explorable = figure.locator(".klx")
    expect(explorable).to_be_visible()
    settle(page)
    assert page.evaluate("shift") < 0.01
    assert height(figure) == pytest.approx(reserved, abs=1)
    explorable.get_by_role("button", name=COMMIT[name]).click()
    settle(page)
    assert height(figure) == pytest.approx(reserved, abs=1)
    explorable.evaluate("(el) => (el.style.minHeight = 0)")
    rem = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    assert (reserved - height(figure)) / rem < 8, "more room is reserved than it takes"
    assert explorable.evaluate("(el) => el.scrollWidth <= el.clientWidth + 1")


def height(element: Locator) -> float:
    box = element.bounding_box()
    assert box is not None
    return box["height"]


@each_view
@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")])
def test_axe_finds_no_barrier_asked_or_answered(
    browser: Browser, address: str, name: str, view: str | None, width: int, theme: Any
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    page = context.new_page()
    explorable = opened(page, address, name, committed=False, view=view)
    page.evaluate(AXE.read_text("utf-8"))
    explorable.evaluate(  # the rest of the page is tested with all pages
        """(el) => {
            for (const other of document.querySelectorAll("main *, .kl-side *"))
                if (!other.contains(el) && !el.contains(other)) other.remove();
        }"""
    )
    for answered in (False, True):
        if answered:
            explorable.get_by_role("button", name=answer_of(name, view), exact=True).click()
            settle(page)
        found = explorable.evaluate("(el) => axe.run(el, {resultTypes: ['violations']})")
        assert [
            (rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found["violations"]
        ] == []
    context.close()


@each_explorable
def test_the_picture_stays_without_javascript_and_on_paper(browser: Browser, address: str, name: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + PAGES[name])
    figure = page.locator(f"figure[data-module={name}]")
    expect(figure.locator(":scope > svg")).to_be_visible()
    expect(figure.locator("figcaption")).to_be_visible()
    context.close()
    context = browser.new_context()
    page = context.new_page()
    explorable = opened(page, address, name, committed=False)
    picture = page.locator(f"figure[data-module={name}] > svg")
    expect(picture).to_be_hidden()
    page.emulate_media(media="print")
    expect(picture).to_be_visible()
    expect(explorable).to_be_hidden()
    context.close()


@each_explorable
def test_the_picture_stays_where_the_script_fails(browser: Browser, address: str, name: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.route(
        f"**/widgets/{name}.js*",
        lambda route: route.fulfill(body="throw Error('no')", content_type="text/javascript"),
    )
    page.goto(address + PAGES[name])
    page.wait_for_function("document.readyState === 'complete'")
    expect(page.locator(f"figure[data-module={name}] > svg")).to_be_visible()
    expect(page.locator(f"figure[data-module={name}] > .klx")).to_have_count(0)
    assert any(name in message for message in said)
    context.close()


@pytest.mark.parametrize("path", sorted(set(PAGES.values())))
def test_a_chapter_with_its_explorables_is_a_light_visit(page: Page, address: str, path: str) -> None:
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address + path)
    page.wait_for_load_state("networkidle")
    compressed = {
        a.url.removeprefix(address): len(gzip.compress(a.body(), 6)) for a in answers if a.status == 200
    }
    assert any("widgets/" in url for url in compressed)
    assert sum(compressed.values()) < MOST_ON_FIRST_VISIT, compressed


# --- by hand ---


@each_view
@pytest.mark.parametrize("committed", [False, True])
def test_every_handle_follows_the_mouse(
    page: Page, address: str, name: str, view: str | None, committed: bool
) -> None:
    explorable = opened(page, address, name, committed, view)
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


@each_view
@pytest.mark.parametrize("committed", [False, True])
def test_every_handle_follows_a_finger(
    browser: Browser, address: str, name: str, view: str | None, committed: bool
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    explorable = opened(page, address, name, committed, view)
    touch = context.new_cdp_session(page)

    def swipe(points: list[dict[str, float]]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
        for point in points[1:]:
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        settle(page)

    for handle in visible_sliders(explorable):  # each by its place, also when the page is a new one
        handle.evaluate(
            "h => h.scrollIntoView({ block: 'center', behavior: 'instant' })"
        )  # not below the bar
        before, (x, y), (dx, dy) = value(handle), knob(handle), direction(handle)
        points = [{"x": x + k * dx, "y": y + k * dy} for k in range(0, 21, 4)]
        scrolled = page.evaluate("scrollY")
        swipe(points)
        after = knob(handle)
        assert value(handle) > before, handle
        assert abs((after[0] - x) * dx + (after[1] - y) * dy - 20) < 4, "it moves as far as the finger"
        assert page.evaluate("scrollY") == scrolled, "and the page stays"
        if name in CROWDED:
            explorable = opened(page, address, name, committed, view)
    context.close()


@each_view
@pytest.mark.parametrize("committed", [False, True])
def test_every_handle_obeys_the_keyboard(
    page: Page, address: str, name: str, view: str | None, committed: bool
) -> None:
    explorable = opened(page, address, name, committed, view)
    for handle in visible_sliders(explorable):
        if handle.get_attribute("aria-label") == IN_A_PLANE:
            continue
        handle.focus()
        for key, grows in (
            ("ArrowUp", True),
            ("ArrowLeft", False),
            ("PageUp", True),
            ("Shift+ArrowDown", False),
        ):
            before, spoken = value(handle), handle.get_attribute("aria-valuetext")
            page.keyboard.press(key)
            settle(page)
            assert (value(handle) > before) == grows and value(handle) != before, key
            assert handle.get_attribute("aria-valuetext") != spoken
        for key, limit in (("End", "aria-valuemax"), ("Home", "aria-valuemin")):
            page.keyboard.press(key)
            settle(page)
            assert value(handle) == pytest.approx(float(str(handle.get_attribute(limit))))
        expect(handle).to_be_focused()


def test_keys_faster_than_frames_all_count(page: Page, address: str) -> None:
    explorable = opened(page, address, "bars")
    bar = slider(explorable, "q of outcome 1")
    bar.evaluate(
        "(el) => { for (let i = 0; i < 15; i++) el.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp' })); }"
    )
    settle(page)
    assert value(bar) == pytest.approx(0.25)


def visible_sliders(explorable: Locator) -> list[Locator]:
    count = explorable.get_by_role("slider").count()
    assert count
    return [explorable.get_by_role("slider").nth(i) for i in range(count)]


@each_explorable
def test_a_drag_changes_attributes_and_builds_nothing(page: Page, address: str, name: str) -> None:
    explorable = opened(page, address, name)
    handle = visible_sliders(explorable)[-1]
    handle.scroll_into_view_if_needed()
    (x, y), (dx, dy) = knob(handle), direction(handle)
    explorable.evaluate(
        """(el) => {
            window.built = 0;
            new MutationObserver((records) => {
                for (const { addedNodes } of records)
                    for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) built++;
            }).observe(el, { childList: true, subtree: true });
        }"""
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40 * dx, y - 40 * dy, steps=8)
    page.mouse.up()
    settle(page)
    assert page.evaluate("built") == 0
    assert explorable.evaluate("(el) => el.getAnimations({ subtree: true }).length") == 0


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
    assert drawing is not None
    page.mouse.move(drawing["x"], drawing["y"] + drawing["height"] / 2)
    settle(page)
    assert 0.3 < value(bar) < 0.7
    page.mouse.up()
    assert sum(value(slider(explorable, f"q of outcome {i}")) for i in range(1, 5)) == pytest.approx(
        1, abs=0.003
    )


# --- what they say ---


def test_the_bars_hide_the_sum_until_the_reader_has_guessed(page: Page, address: str) -> None:
    explorable = opened(page, address, "bars", committed=False)
    expect(explorable.locator(".klx-sum")).to_be_hidden()
    explorable.get_by_role("button", name="Yes, it can save").click()
    expect(explorable.locator(".klx-sum")).to_have_text("H(p)1.846+D(p‖q)0.658=H(p,q)2.505bit")
    expect(explorable.locator(".klx-message")).to_contain_text("It cannot.")
    explorable.get_by_role("button", name="nat", exact=True).click()
    expect(explorable.locator(".klx-sum")).to_contain_text("D(p‖q)0.456")
    expect(explorable.get_by_role("button", name="nat", exact=True)).to_have_attribute("aria-pressed", "true")
    explorable.get_by_role("button", name="q = p").click()
    expect(explorable.locator(".klx-sum")).to_contain_text("D(p‖q)0.000")
    expect(explorable.locator(".klx-message")).to_contain_text("every term is 0")
    expect(explorable.locator("[aria-live=polite]")).to_contain_text("divergence 0.000")


def test_a_small_move_makes_the_divergence_infinite(page: Page, address: str) -> None:
    explorable = opened(page, address, "bars")
    challenge = explorable.locator(".klx-challenge")
    slider(explorable, "q of outcome 1").focus()
    page.keyboard.press("Home")
    expect(explorable.locator(".klx-message")).to_contain_text("q calls outcome 1 impossible")
    expect(challenge).not_to_have_attribute("data-met", "")  # infinite, but far from p
    explorable.get_by_role("button", name="q = p").click()
    slider(explorable, "q of outcome 4").focus()
    page.keyboard.press("Home")
    expect(challenge).to_have_attribute("data-met", "")
    expect(challenge).to_contain_text("Done")
    expect(explorable.locator(".klx-sum")).to_contain_text("D(p‖q)∞")


def test_the_bars_take_two_to_eight_outcomes(page: Page, address: str) -> None:
    explorable = opened(page, address, "bars")
    for button, wanted in (("One outcome more", 8), ("One outcome fewer", 2)):
        while explorable.get_by_role("button", name=button).is_enabled():
            explorable.get_by_role("button", name=button).click()
            settle(page)
        expect(explorable.get_by_role("slider")).to_have_count(2 * wanted)


def test_evidence_answers_the_guess_and_the_challenge(page: Page, address: str) -> None:
    explorable = opened(page, address, "evidence", committed=False)
    expect(explorable.locator(".klx-sum")).to_be_hidden()
    guess = slider(explorable, "Against a coin with 51 % heads:")
    guess.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    explorable.get_by_role("button", name=COMMIT["evidence"]).click()
    message, total = explorable.locator(".klx-message"), explorable.locator(".klx-sum")
    expect(message).to_contain_text("You said 1000 and 100. It takes 14976 and 1.9")
    expect(total).to_contain_text("D(p‖q)0.02041")
    explorable.get_by_role("button", name="coin q").click()
    expect(total).to_contain_text("D(q‖p)0.02014")
    explorable.get_by_role("button", name="50 % against 51 %").click()
    expect(total).to_contain_text("after 14976 tosses")
    slider(explorable, "Coin q, heads:").focus()
    page.keyboard.press("Home")
    slider(explorable, "Coin p, heads:").focus()
    page.keyboard.press("Home")
    expect(total).to_contain_text("no evidence ever")
    page.keyboard.press("ArrowRight")
    expect(explorable.locator(".klx-challenge")).to_have_attribute("data-met", "")


def test_drawing_again_changes_the_walks_and_the_same_seed_repeats_them(page: Page, address: str) -> None:
    explorable = opened(page, address, "evidence")
    walks = "(el) => [...el.querySelectorAll('.klx-walks path')].map((path) => path.getAttribute('d'))"
    first = explorable.evaluate(walks)
    assert len(set(first)) == 8
    explorable.get_by_role("button", name="Draw again").click()
    settle(page)
    assert not set(first) & set(explorable.evaluate(walks))
    explorable.get_by_role("button", name="Start again").click()
    settle(page)
    assert explorable.evaluate(walks) == first


def test_both_directions_agree_along_a_curve_to_which_q_clings(page: Page, address: str) -> None:
    explorable = opened(page, address, "simplex", committed=False)
    lengths, message = explorable.locator(".klx-sum"), explorable.locator(".klx-message")
    expect(lengths.first).to_be_hidden()
    expect(explorable.locator(".klx-curve.klx-q")).to_have_attribute("d", "")
    explorable.get_by_role("button", name="For none").click()
    expect(lengths.nth(0)).to_have_text("D(p‖q)0.224nat")
    expect(lengths.nth(1)).to_have_text("D(q‖p)0.194nat")
    expect(lengths.nth(2)).to_have_text("difference+0.030nat")
    expect(message).to_contain_text("There are more.")
    expect(explorable.locator(".klx-curve.klx-q")).to_have_attribute("d", re.compile("M"))
    q = slider(explorable, "q")
    x, y = knob(q)
    page.mouse.move(x, y)
    page.mouse.down()
    corners = explorable.locator(".klx-sides").bounding_box()
    assert corners is not None
    left, top, side, tall = (corners[key] for key in ("x", "y", "width", "height"))
    second, third = 0.34457244, 0.35542756  # the pair of the corrections, and two pixels off
    page.mouse.move(left + side * (second + third / 2) + 2, top + tall * (1 - third), steps=4)
    page.mouse.up()
    expect(lengths.nth(2)).to_have_text("difference0.000nat")
    expect(message).to_contain_text("nor p rearranged")
    expect(explorable.locator(".klx-challenge")).not_to_have_attribute("data-met", "")
    q.focus()
    page.keyboard.press("Shift+ArrowUp")
    expect(lengths.nth(2)).not_to_have_text("difference0.000nat")
    expect(message).to_contain_text("Drag q along it")


def test_far_out_on_the_curve_the_first_challenge_is_met(page: Page, address: str) -> None:
    explorable = opened(page, address, "simplex")
    page.evaluate(MOUNT, ["simplex", {"guess_directions": "curve"}])
    page.evaluate("(change) => model.set(change)", {"q": [0.2, 0.3, 0.5]})  # a swap, D = 0.275
    expect(explorable.locator(".klx-message")).to_contain_text("two outcomes exchanged")
    expect(explorable.locator(".klx-challenge")).not_to_have_attribute("data-met", "")
    page.evaluate("(change) => model.set(change)", {"p": [0.6, 0.25, 0.15], "q": [0.15, 0.25, 0.6]})
    expect(explorable.locator(".klx-challenge")).to_have_attribute("data-met", "")


def test_on_the_border_it_says_why_there_is_no_number(page: Page, address: str) -> None:
    explorable = opened(page, address, "simplex")
    message, lengths = explorable.locator(".klx-message"), explorable.locator(".klx-sum")
    slider(explorable, "q").focus()
    page.keyboard.press("End")
    expect(message).to_have_text("q calls outcome 1 impossible, and p makes it happen: D(p‖q) = ∞.")
    expect(lengths.nth(0)).to_have_text("D(p‖q)∞nat")
    slider(explorable, "p").focus()
    page.keyboard.press("Home")
    expect(message).to_contain_text("D(q‖p) = ∞")
    expect(message).to_contain_text("no green rings, and no blue curve")
    expect(lengths.nth(2)).to_have_text("difference∞ − ∞nat")


def test_a_detour_may_cost_less_than_half(page: Page, address: str) -> None:
    explorable = opened(page, address, "simplex")
    page.evaluate(MOUNT, ["simplex", {"view": "detour"}])
    explorable.get_by_role("button", name="Yes, always").click()
    message, challenge = explorable.locator(".klx-message"), explorable.locator(".klx-challenge")
    expect(message).to_have_text(
        "It need not. Here the detour costs 0.016 nat more. Drag q into the shaded region: there it costs less."
    )
    coins = {"p": [0.5, 0.5, 0], "q": [0.25, 0.75, 0], "r": [0.1, 0.9, 0]}  # those of the chapter
    page.evaluate("(change) => model.set(change)", coins)
    expect(message).to_contain_text("By q it costs 0.275 nat less, and directly 2.16 times as much")
    expect(challenge).not_to_have_attribute("data-met", "")
    page.evaluate("(change) => model.set(change)", {"q": [0.2, 0.8, 0], "r": [0.02, 0.98, 0]})
    expect(challenge).to_have_attribute("data-met", "")
    page.evaluate("(change) => model.set(change)", {"r": [0, 1, 0]})
    expect(message).to_contain_text("r calls outcome 1 impossible, and q makes it happen")


def test_mixtures_never_cost_more_than_the_average(page: Page, address: str) -> None:
    explorable = opened(page, address, "simplex", view="Mixtures")
    page.evaluate(MOUNT, ["simplex", {"view": "mixtures", "guess_mixtures": "yes"}])
    message, values = explorable.locator(".klx-message"), explorable.locator(".klx-sum")
    expect(message).to_contain_text("It cannot. The mixtures cost 0.023 nat less")
    crossed = {"p": [0.8, 0.1, 0.1], "q": [0.1, 0.8, 0.1], "p2": [0.1, 0.8, 0.1], "q2": [0.8, 0.1, 0.1]}
    page.evaluate("(change) => model.set(change)", crossed)
    expect(values.filter(has_text="D mixed")).to_have_text("D mixed0.000nat")
    expect(explorable.locator(".klx-challenge")).to_have_attribute("data-met", "")
    page.evaluate("(change) => model.set(change)", {"q": [0, 0.9, 0.1]})
    expect(message).to_contain_text("D(p₁‖q₁) = ∞. So the average is ∞")
    slider(explorable, "λ").focus()
    page.keyboard.press("Home")  # λ = 0: the second pair alone
    expect(values.filter(has_text="average")).not_to_contain_text("∞")


def test_each_view_takes_the_same_room(page: Page, address: str) -> None:
    for width in (1280, 480, 360):
        page.set_viewport_size({"width": width, "height": 900})
        explorable = opened(page, address, "simplex", committed=False)
        taken = height(explorable)
        for view, answer in VIEWS["simplex"].items():
            explorable.get_by_role("button", name=view).click()
            settle(page)
            assert height(explorable) == taken
            explorable.get_by_role("button", name=answer, exact=True).click()
            settle(page)
            assert height(explorable) == taken


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


def test_q_rolls_downhill_off_the_peak_and_rolling_does_not_meet_the_challenge(
    page: Page, address: str
) -> None:
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
    assert "NaN" not in explorable.inner_html() and "Infinity" not in explorable.inner_html()


def test_q_is_one_in_both_views(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape")
    x, y = knob(slider(explorable, IN_A_PLANE))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y - 40, steps=4)
    page.mouse.up()
    settle(page)
    assert value(slider(explorable, "Mean μ of Q")) == value(slider(explorable, IN_A_PLANE)) < 2
    assert value(slider(explorable, "Width σ of Q")) > 2


def test_a_hand_on_q_stops_the_roll(page: Page, address: str) -> None:
    explorable = opened(page, address, "landscape")
    explorable.get_by_role("button", name="Roll downhill").click()
    slider(explorable, "Mean μ of Q").focus()
    page.keyboard.press("End")
    page.wait_for_timeout(1700)  # longer than a roll
    assert value(slider(explorable, "Mean μ of Q")) == 13


# --- in any state ---

BAD = {
    "bars": [
        ({"q": [0.5, None, 0.3, 0.2]}, "no number, at outcome 2"),
        ({"q": [0.7, -0.1, 0.2, 0.2]}, "below 0 at outcome 2"),
        ({"q": [0.1, 0.2, 0.3, 0.3]}, "q sums to"),
        ({"p": [0.5, 0.5]}, "p has 2 outcomes and q has 4"),
        ({"p": [0.001] * 1000, "q": [0.001] * 1000}, "p has 1000 outcomes"),
        ({"p": [], "q": []}, "p has 0 outcomes"),
        ({"p": None}, "p has 0 outcomes"),
    ],
    "evidence": [
        ({"p": None}, "p is null"),
        ({"q": 1.5}, "q is 1.5"),
        ({"seed": 0.5}, "seed is 0.5"),
        ({"walks": 1e6}, "walks is 1000000"),
        ({"tossed": "r"}, "tossed is r"),
        ({"near": -1}, "near is -1"),
    ],
    "simplex": [
        ({"p": [0.5, 0.5]}, "p has 2 outcomes"),
        ({"q": None}, "q has 0 outcomes"),
        ({"q2": [0.5, None, 0.5]}, "q2 holds something that is no number, at outcome 2"),
        ({"r": [1.1, -0.1, 0]}, "r is below 0 at outcome 2"),
        ({"p2": [0.5, 0.5, 0.5]}, "p2 sums to 1.5"),
        ({"share": 2}, "λ is 2"),
        ({"share": None}, "λ is null"),
        ({"view": "toString"}, "view cannot be toString"),
        ({"rings": 7}, "rings cannot be 7"),
    ],
    "landscape": [
        ({"mu": None}, "mu is not a number"),
        ({"sigma": 0}, "sigma is 0, and should be from 0.02 to 6"),
        ({"sigma": -1}, "sigma is -1"),
        ({"means": [0, 1e6]}, "means is 1000000, and should be from −4.00 to 12"),
        ({"means": [0, None]}, "means is not a number, or holds"),
        ({"means": [0]}, "means holds 1 numbers"),
        ({"sigmas": [1, 0]}, "sigmas is 0"),
        ({"weights": [0.5, 0.6]}, "the weights sum to 1.1"),
        ({"weights": None}, "weights is not a number"),
        ({"objective": "sideways"}, "objective should be"),
    ],
}

# A model like that of JupyterLab, that a test can change from outside, and an explorable mounted on it.
MOUNT = """async ([name, changes]) => {
    const { default: widget } = await import(new URL(`../_static/widgets/${name}.js`, location.href));
    const slot = document.querySelector(`figure[data-module=${name}]`);
    const values = { ...JSON.parse(slot.dataset.state), ...changes };
    const listeners = [];
    const model = {
        get: (key) => values[key],
        set: (change) => { Object.assign(values, change); listeners.forEach((listen) => listen()); },
        save_changes: () => {}, on: (key, listen) => listeners.push(listen), off: () => {},
    };
    const life = new AbortController();
    slot.querySelector(".klx").remove();
    const el = slot.insertBefore(document.createElement("div"), slot.firstChild);
    await widget.render({ model, el, signal: life.signal });
    window.model = model;
    window.life = life;
}"""


@pytest.mark.parametrize(
    ("name", "state", "said"), [(n, *case) for n, cases in BAD.items() for case in cases]
)
def test_a_bad_state_is_named_and_nothing_goes_blank(
    page: Page, address: str, name: str, state: dict[str, Any], said: str
) -> None:
    explorable = opened(page, address, name, committed=False)
    page.evaluate(MOUNT, [name, {}])
    good = explorable.get_by_role("slider").count()
    page.evaluate("(change) => model.set(change)", state)  # it goes bad while it is shown
    expect(explorable.locator(".klx-message")).to_contain_text(said)
    expect(explorable.get_by_role("slider")).to_have_count(good)
    page.evaluate(MOUNT, [name, state])  # it was bad from the beginning
    expect(explorable.locator(".klx-message")).to_contain_text(said)
    expect(explorable.get_by_role("slider")).to_have_count(good)
    assert "NaN" not in explorable.inner_html() and "Infinity" not in explorable.inner_html()
    handle = explorable.get_by_role("slider").first
    handle.focus()
    page.keyboard.press("ArrowUp")  # what is shown can still be moved
    settle(page)


@each_explorable
def test_python_can_drive_what_the_reader_can(page: Page, address: str, name: str) -> None:
    explorable = opened(page, address, name, committed=False)
    page.evaluate(MOUNT, [name, {}])
    change, handle, shown = {
        "bars": ({"p": [0.5, 0.5], "q": [0.25, 0.75], "guess": "no"}, "q of outcome 2", "0.75"),
        "evidence": ({"q": 0.51, "revealed": True}, "Coin q, heads:", "51 %"),
        "simplex": ({"view": "mixtures", "q2": [0.1, 0.2, 0.7]}, "q₂", "0.10, 0.20, 0.70"),
        "landscape": ({"mu": 1.3, "sigma": 2.5, "guess": "both"}, "Q on the map", "μ 1.30, σ 2.50"),
    }[name]
    page.evaluate("(change) => model.set(change)", change)
    expect(slider(explorable, handle)).to_have_attribute("aria-valuetext", shown)
    page.evaluate("life.abort()")
