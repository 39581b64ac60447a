"""What a visit to each chapter weighs, and how long the page is busy from a moved pointer to the painted frame."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Locator, Page, Response, sync_playwright

from press.chromium import chromium
from press.serve import running

MOVES, STRIDE = 60, 4  # pointer events of a drag, and the pixels between two of them
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TRACED = [
    "-*",
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
]  # not the profiler, which takes time


def visit(browser: Browser, address: str) -> tuple[int, float]:
    """Requests and compressed kilobytes of a first visit that sees the whole page."""
    page = browser.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address)
    page.keyboard.press("End")
    page.wait_for_load_state("networkidle")
    size = sum(len(gzip.compress(answer.body(), 6)) for answer in answers)
    page.close()
    return len(answers), size / 1000


def drags(browser: Browser, address: str) -> Iterator[tuple[str, float, float]]:
    """Name, median and 95th percentile, in milliseconds, for every explorable of a page."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    for explorable in page.locator("figure.kl-explorable").all():
        explorable.scroll_into_view_if_needed()
        explorable.locator(".klx-prediction button:visible").last.click()  # an answer to its question
        explorable.locator(".klx-prediction[data-revealed]").wait_for()  # with handles of its own
        name = str(explorable.get_attribute("data-module"))
        busy = [
            time for handle in explorable.get_by_role("slider").all() for time in drag(browser, page, handle)
        ]
        yield name, float(np.quantile(busy, 0.5)), float(np.quantile(busy, 0.95))
    page.close()


def drag(browser: Browser, page: Page, handle: Locator) -> list[float]:
    """Milliseconds of the page's main thread from each move of a drag to the next; none if it cannot be dragged."""
    if handle.locator(".klx-knob").count() != 1 or not handle.is_visible():
        return []
    handle.evaluate("(handle) => handle.scrollIntoView({ block: 'center', behavior: 'instant' })")
    page.wait_for_timeout(200)  # until nothing is drawn any more
    box = handle.locator(".klx-knob").bounding_box()
    assert box is not None
    upright = handle.get_attribute("aria-orientation") == "vertical"
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    # Playwright's own move and wait run scripts in the page, which would be measured too.
    mouse = page.context.new_cdp_session(page)
    browser.start_tracing(page=page, categories=TRACED)
    for step in [*range(MOVES // 2), *range(MOVES // 2, 0, -1)]:
        away = STRIDE * step
        here = {"x": x + (0 if upright else away), "y": y - (away if upright else 0)}
        mouse.send("Input.dispatchMouseEvent", {"type": "mouseMoved", "button": "left", "buttons": 1, **here})
        time.sleep(0.04)  # two frames
    events = json.loads(browser.stop_tracing())["traceEvents"]
    mouse.detach()
    page.mouse.up()
    return _busy(events)


def _busy(events: list[dict[str, Any]]) -> list[float]:
    """Script, layout and paint of the thread that gets the pointer's moves, from each of them to the next."""
    moves = sorted(
        (event["ts"], event["pid"], event["tid"])
        for event in events
        if event["name"] == "EventDispatch" and event["args"]["data"]["type"] == "pointermove"
    )
    if not moves:
        return []
    thread = moves[0][1:]
    lasting = [event for event in events if "dur" in event and (event["pid"], event["tid"]) == thread]
    work: list[tuple[int, int]] = []  # end and duration of what is not part of something longer
    for event in sorted(lasting, key=lambda event: (event["ts"], -event["dur"])):
        end = event["ts"] + event["dur"]
        if event["name"] != "RunTask" and (not work or end > work[-1][0]):
            work.append((end, event["dur"]))
    starts = [move[0] for move in moves]
    return [
        sum(lasted for end, lasted in work if start < end <= following) / 1000
        for start, following in pairwise(starts)
    ]


def measured(site: Path) -> tuple[list[tuple[str, int, float]], list[tuple[str, float, float]]]:
    """Path, requests and kilobytes of every chapter; name, median and 95th percentile of every explorable."""
    visits: list[tuple[str, int, float]] = []
    times: list[tuple[str, float, float]] = []
    with running(site) as root, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for path in sorted(site.glob("notebooks/*.html")):
            address = f"{root}notebooks/{path.name}"
            visits.append((path.stem, *visit(browser, address)))
            times += drags(browser, address)
        browser.close()
    return visits, times
