"""What the tests of the explorables share: which there are, how to open one, how to get hold of it."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from typing import Literal
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, Page, expect

# The page of each, and the button that ends its prediction, if it asks for one; the simplex has three views.
EXPLORABLES = {
    "area": ("index.html", ""),
    "bars": ("notebooks/01-definitions.html", "No, never"),
    "evidence": ("notebooks/01-definitions.html", "That is my guess"),
    "directions": ("notebooks/02-properties.html", "For a whole curve"),
    "detour": ("notebooks/02-properties.html", "No"),
    "mixtures": ("notebooks/02-properties.html", "No, never"),
    "landscape": ("notebooks/03-minimisation.html", "On the right peak"),
    "conventions": ("notebooks/04-code.html", "0.51, 0.11 and 0"),
    "merge": ("notebooks/05-parts.html", "Bins of equal p/q"),
    "samples": ("notebooks/06-samples.html", "0.07 on average"),
    "leash": ("notebooks/07-leash.html", "Down D(ref‖π)"),
    "latents": ("notebooks/08-bound.html", "One after another is 0"),
}
# The handle whose arrow keys change two numbers, each its own: it has its own test.
IN_A_PLANE = "Q on the map"

WITH_SLIDERS = [name for name in EXPLORABLES if name != "merge"]  # whose bins are buttons
# Before they are answered all but one have the same handles as after, or fewer.
each_set_of_handles = pytest.mark.parametrize(
    ("name", "committed"), [*((name, True) for name in WITH_SLIDERS), ("evidence", False)]
)

# A model like that of JupyterLab, that a test can change from outside, and an explorable mounted on it.
MOUNT = """async (changes) => {
    const slot = document.querySelector("figure.kl-explorable");
    const root = new URL(document.documentElement.dataset.content_root, location.href);
    const { default: widget } = await import(new URL(`_static/widgets/${slot.dataset.module}.js`, root));
    const values = { ...JSON.parse(slot.dataset.state), ...changes };
    const listeners = [];
    const model = {
        get: (key) => values[key],
        set: (change) => { Object.assign(values, change); listeners.forEach((listen) => listen()); },
        save_changes: () => {}, on: (key, listen) => listeners.push(listen), off: () => {},
    };
    window.life?.abort(); // that of an earlier one
    window.life = new AbortController();
    slot.querySelector(".klx").remove();
    const el = slot.insertBefore(document.createElement("div"), slot.firstChild);
    await widget.render({ model, el, signal: life.signal });
    window.model = model;
}"""


@cache
def alone(url: str, name: str) -> str:
    """The page at `url` with that explorable as all its text: a whole chapter takes ten times as long to open."""
    with urlopen(url) as answer:
        page = answer.read().decode()
    figures = re.findall(r'<figure [^>]*data-module=".*?</figure>', page, re.DOTALL)
    (figure,) = (f for f in figures if re.search(rf'"(module=)?{name}"', unescape(f.split(">")[0])))
    text = f'<article><section><div id="cell-alone">{figure}</div></section></article>'
    page = re.sub('<a class="kl-launch".*?</a>', "", page, flags=re.DOTALL)  # it leads to cells
    return re.sub("<article>.*</article>", lambda _: text, page, flags=re.DOTALL)


def visit(
    page: Page,
    address: str,
    name: str,
    edition: str = "",
    until: Literal["commit", "load"] = "load",
    asks: str = "",
) -> Locator:
    """Go to the page of that explorable alone, by an address that asks for a state; return its figure."""
    url = address + edition + EXPLORABLES[name][0]
    page.route(
        url + asks.partition("#")[0],
        lambda r: r.fulfill(body=alone(url, name), content_type="text/html"),
        times=1,
    )
    page.goto(url + asks, wait_until=until)
    return page.locator("figure.kl-explorable")


def opened(page: Page, address: str, name: str, committed: bool = True, edition: str = "") -> Locator:
    return ready(visit(page, address, name, edition), EXPLORABLES[name][1] if committed else "")


def ready(figure: Locator, answer: str) -> Locator:
    """What its script has built in the figure, once its question, if there is one, has this answer."""
    figure.scroll_into_view_if_needed()  # a script waits until its figure is about to be seen
    explorable = figure.locator(":scope > .klx")
    expect(explorable).to_be_visible()
    if answer:
        explorable.get_by_role("button", name=answer, exact=True).click()
        expect(explorable).to_have_attribute("data-answered", "")
    return explorable


def settle(page: Page) -> None:
    """Wait for the next frame, in which what was asked for is drawn, as it was asked for earlier."""
    page.evaluate("() => new Promise(requestAnimationFrame)")


def slider(explorable: Locator, name: str) -> Locator:
    return explorable.get_by_role("slider", name=name, exact=True)


def visible_sliders(explorable: Locator) -> list[Locator]:
    found = explorable.get_by_role("slider").all()
    assert found
    return found


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
