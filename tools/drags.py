"""How long a page is busy from a moved pointer to the painted frame, for every explorable of the built site."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from press.browsers import launched
from press.serve import running
from tests.browser.explorables import EXPLORABLES, knob, ready

SITE = Path(__file__).resolve().parents[1] / "_build/html"
MOVES, STRIDE = 60, 4  # pointer events of a drag, and the pixels between two of them
TRACED = ["-*", "devtools.timeline", "disabled-by-default-devtools.timeline"]


def drag(browser: Browser, page: Page, handle: Locator) -> list[float]:
    """Milliseconds of script, layout and paint from each move of the pointer to the next."""
    if handle.locator(".klx-knob").count() != 1 or not handle.is_visible():
        return []
    handle.evaluate("(handle) => handle.scrollIntoView({ block: 'center', behavior: 'instant' })")
    page.wait_for_timeout(200)  # until nothing is drawn any more
    (x, y), upright = knob(handle), handle.get_attribute("aria-orientation") == "vertical"
    page.mouse.move(x, y)
    page.mouse.down()
    mouse = page.context.new_cdp_session(page)  # playwright's own moves run scripts in the page
    browser.start_tracing(page=page, categories=TRACED)
    for step in [*range(MOVES // 2), *range(MOVES // 2, 0, -1)]:
        here = {"x": x + STRIDE * step * (not upright), "y": y - STRIDE * step * upright}
        mouse.send("Input.dispatchMouseEvent", {"type": "mouseMoved", "button": "left", "buttons": 1, **here})
        time.sleep(0.04)  # two frames
    events = json.loads(browser.stop_tracing())["traceEvents"]
    mouse.detach()
    page.mouse.up()
    moves = [e for e in events if e["name"] == "EventDispatch" and e["args"]["data"]["type"] == "pointermove"]
    starts = sorted(move["ts"] for move in moves)
    work: list[tuple[int, int]] = []  # end and duration of what is not part of something longer
    for event in sorted((e for e in events if "dur" in e), key=lambda e: (e["ts"], -e["dur"])):
        if event["tid"] == moves[0]["tid"] and event["pid"] == moves[0]["pid"] and event["name"] != "RunTask":
            end = event["ts"] + event["dur"]
            if not work or end > work[-1][0]:
                work.append((end, event["dur"]))
    return [sum(lasts for end, lasts in work if a < end <= b) / 1000 for a, b in pairwise(starts)]


def main() -> None:
    """Print the median and the 95th percentile over all handles of each."""
    with running(SITE) as root, sync_playwright() as playwright:
        browser = launched(playwright.chromium)
        for name, (path, answer) in EXPLORABLES.items():
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(root + path)
            figure = page.locator(f"figure:is([data-module={name}], [data-state*='\"{name}\"'])")
            handles = ready(figure, answer).get_by_role("slider").all()
            busy = [t for handle in handles for t in drag(browser, page, handle)]
            if busy:  # the bins of one are buttons
                middle, slow = np.quantile(busy, [0.5, 0.95])
                print(f"{name:12} median {middle:5.1f} ms, 95 % {slow:5.1f} ms", flush=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
