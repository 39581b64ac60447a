"""Explorables on their pages: mounted without a shift, light, without barriers; and the picture without a script."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, Route, expect

from tests.browser.explorables import EXPLORABLES, height, settle, visit
from tests.browser.test_answers import CHAPTERS
from tests.browser.test_every_page import AXE, THEMES, violations

WIDTHS = [("", 1280), ("", 480), ("", 360), ("zh/", 360)]  # each of the three rooms that a style reserves
MOST_ON_FIRST_VISIT = 200_000  # bytes of a chapter and all that it loads, compressed
# Names, units and signs that stay as they are in Chinese.
LATIN = re.compile(
    r"\b(KL|JS|bit|nat|log|logits|ref|SciPy|PyTorch|Optax|rel_entr|(F\.)?kl_div|entropy)₂?\b|[DHN]?\(.*?\)"
)


def test_every_explorable_of_the_book_is_in_these_tables(site: Path, pages: list[str]) -> None:
    found = [
        path
        for path in pages
        for _ in re.findall(r'<figure [^>]*data-module="\w+"', (site / path).read_text("utf-8"))
    ]
    in_tables = [path for path, _ in EXPLORABLES.values()]
    assert sorted(found) == sorted([*in_tables, *(f"zh/{path}" for path in in_tables)])


@pytest.mark.chromium
@pytest.mark.parametrize("name", EXPLORABLES)
@pytest.mark.parametrize(("edition", "width"), WIDTHS)
def test_asked_or_answered_it_keeps_its_place_its_language_and_nobody_out(
    page: Page, address: str, name: str, edition: str, width: int
) -> None:
    """The host comes late, when the page is read already: formulas are set, the picture is in view."""
    held: list[Route] = []
    page.set_viewport_size({"width": width, "height": 900})
    page.route("**/explorables.js*", lambda route: held.append(route))
    figure = visit(page, address, name, edition, until="commit")
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
    explorable, picture = figure.locator(".klx"), figure.locator(":scope > svg")
    expect(explorable).to_be_visible()
    expect(picture).to_be_hidden()
    settle(page)
    assert page.evaluate("shift") < 0.01
    assert height(figure) == pytest.approx(reserved, abs=1)
    explorable.evaluate("(el) => (el.style.minHeight = 0)")
    rem = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    # Chinese is shorter than English, for which the room is made; of the views of the simplex one is the highest.
    assert edition or (reserved - height(figure)) / rem < 7, "more room is reserved than it takes"
    page.evaluate(AXE.read_text("utf-8"))
    for answered in (False, True):
        if answered and EXPLORABLES[name][1]:
            explorable.locator(".klx-question button").last.click()
            settle(page)
        assert not edition or english(explorable) == []
        for theme in THEMES if width != 480 else ():
            page.emulate_media(color_scheme=theme)
            settle(page)
            assert violations(page, theme, "figure.kl-explorable > .klx") == []
    assert explorable.evaluate("(el) => el.scrollWidth <= el.clientWidth + 1")
    page.emulate_media(media="print")
    expect(picture).to_be_visible()
    expect(explorable).to_be_hidden()


def english(explorable: Locator) -> list[str]:
    """The English words that it shows or speaks, but for names that are no words."""
    texts: list[str] = explorable.evaluate(
        """(el) => [
            [...el.querySelectorAll("[translate=no]")]
                .reduce((text, name) => text.replace(name.innerText, ""), el.innerText),
            ...[...el.querySelectorAll("*")].flatMap(
                (part) => ["aria-label", "aria-valuetext", "title"].map((key) => part.getAttribute(key) ?? "")),
        ]"""
    )
    return [word for text in texts for word in re.findall("[A-Za-z]{3,}", LATIN.sub("", text))]


@pytest.mark.chromium
def test_the_picture_stays_without_javascript(browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        for name in EXPLORABLES:
            figure = visit(page, address, name)
            expect(figure.locator(":scope > svg")).to_be_visible()
            expect(figure.locator("figcaption")).to_be_visible()


def test_the_picture_stays_where_the_script_fails(browser: Browser, address: str) -> None:
    with browser.new_context() as context:  # whose console may hold errors
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        failing = {"body": "throw Error('no')", "content_type": "text/javascript"}
        page.route("**/widgets/bars.js*", lambda route: route.fulfill(**failing))
        figure = visit(page, address, "bars")
        expect(figure.locator(":scope > svg")).to_be_visible()
        expect(figure.locator(":scope > .klx")).to_have_count(0)
        assert any("bars" in message for message in said)


@pytest.mark.parametrize("edition", ["", "zh/"])
@pytest.mark.parametrize("path", ["index.html", *CHAPTERS])
def test_a_first_visit_with_its_explorables_is_light(
    page: Page, address: str, path: str, edition: str
) -> None:
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address + edition + path)
    page.wait_for_load_state("networkidle")
    compressed = {
        a.url.removeprefix(address): len(gzip.compress(a.body(), 6)) for a in answers if a.status == 200
    }
    has_explorables = path in {page for page, _ in EXPLORABLES.values()}
    assert any("widgets/" in url for url in compressed) == has_explorables
    assert sum(compressed.values()) < MOST_ON_FIRST_VISIT, compressed


def test_an_explorable_begins_when_it_is_about_to_be_seen(page: Page, address: str) -> None:
    page.goto(address + EXPLORABLES["evidence"][0])
    page.wait_for_load_state("networkidle")
    figure = page.locator("figure[data-module=evidence]")
    assert figure.get_attribute("data-ready") is None
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_attribute("data-ready", "")
    assert not any("widgets/" in url for url in asked), "its script was there already"


@pytest.mark.parametrize("edition", ["", "zh/"])
@pytest.mark.parametrize(("width", "tall"), [(1280, 800), (390, 844)])
def test_the_first_page_says_what_it_is_shows_it_and_leads_on_without_scrolling(
    page: Page, address: str, edition: str, width: int, tall: int
) -> None:
    page.set_viewport_size({"width": width, "height": tall})
    page.goto(f"{address}{edition}index.html")
    expect(page.locator("figure.kl-explorable")).to_have_attribute("data-ready", "")
    for part in ("h1", "h1 + p", ".klx-drawing", ".klx-sum", ".kl-start a"):
        box = page.locator(part).first.bounding_box()
        assert box and box["y"] + box["height"] <= tall, part
    heading = page.locator("h1").first
    assert height(heading) < 2 * heading.evaluate("(h) => parseFloat(getComputedStyle(h).fontSize)"), (
        "one line"
    )
    minutes = page.locator("main table td:last-child").all_inner_texts()
    assert len(minutes) == page.locator("main table a[href*=notebooks]").count() > 0
    assert all(10 < int(each) <= 25 for each in minutes)
    page.locator(".kl-start a").click()
    page.wait_for_url(f"{address}{edition}notebooks/*.html")
