"""What the tests of the explorables share: which there are, how to open one, how to get hold of it."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, Page, expect

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
# The handle whose arrow keys change two numbers, each its own: it has its own test.
IN_A_PLANE = "Q on the map"

VIEW_BY_VIEW = [(name, view) for name in PAGES for view in VIEWS.get(name, [None])]

each_explorable = pytest.mark.parametrize("name", PAGES)
each_view = pytest.mark.parametrize(("name", "view"), VIEW_BY_VIEW)
# Before they are answered all but one have the same handles as after, or fewer.
each_set_of_handles = pytest.mark.parametrize(
    ("name", "view", "committed"), [*((*which, True) for which in VIEW_BY_VIEW), ("evidence", None, False)]
)

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


@cache
def alone(url: str, name: str) -> str:
    """The page at `url` with that explorable as all its text: a whole chapter takes ten times as long to open."""
    with urlopen(url) as answer:
        page = answer.read().decode()
    figure = re.search(rf'<figure [^>]*data-module="{name}".*?</figure>', page, re.DOTALL)
    assert figure
    text = f"<article><section>{figure[0]}</section></article>"
    return re.sub("<article>.*</article>", lambda _: text, page, flags=re.DOTALL)


def visit(page: Page, url: str, name: str, until: Literal["commit", "load"] = "load") -> None:
    page.route(url, lambda route: route.fulfill(body=alone(url, name), content_type="text/html"), times=1)
    page.goto(url, wait_until=until)


def opened(page: Page, address: str, name: str, committed: bool = True, view: str | None = None) -> Locator:
    visit(page, address + PAGES[name], name)
    explorable = page.locator(f"figure[data-module={name}] > .klx")
    expect(explorable).to_be_visible()
    explorable.scroll_into_view_if_needed()
    if view:
        explorable.locator(".klx-choice").first.get_by_role("button").nth([*VIEWS[name]].index(view)).click()
        settle(page)
    if committed:
        explorable.get_by_role("button", name=answer_of(name, view), exact=True).click()
        expect(explorable.locator(".klx-prediction")).to_have_attribute("data-revealed", "")
    return explorable


def answer_of(name: str, view: str | None) -> str:
    """The button that ends the prediction."""
    return VIEWS[name][view] if view else COMMIT[name]


def settle(page: Page) -> None:
    """Wait for the next frame, in which what was asked for is drawn, as it was asked for earlier."""
    page.evaluate("() => new Promise(requestAnimationFrame)")


def slider(explorable: Locator, name: str) -> Locator:
    return explorable.get_by_role("slider", name=name, exact=True)


def visible_sliders(explorable: Locator) -> list[Locator]:
    count = explorable.get_by_role("slider").count()
    assert count
    return [explorable.get_by_role("slider").nth(i) for i in range(count)]


def value(handle: Locator) -> float:
    return float(str(handle.get_attribute("aria-valuenow")))


def knob(handle: Locator) -> tuple[float, float]:
    box = handle.locator(".klx-knob").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def direction(handle: Locator) -> tuple[int, int]:
    """Where more is, in pixels."""
    return (0, -1) if handle.get_attribute("aria-orientation") == "vertical" else (1, 0)


def height(element: Locator) -> float:
    box = element.bounding_box()
    assert box is not None
    return box["height"]
