"""Write first_visit.txt: the files of JupyterLite that a first visit loads, out of the many that it is made of.

    python -m press.lab.first_visit     drives Chromium on the lab that `python -m press.lab.build` built

To be run after a change of JupyterLite's version or settings; the sizes on the buttons and what they preload follow.
"""

from __future__ import annotations

import json
from urllib.parse import urlparse

from playwright.sync_api import Response, sync_playwright

from press.browsers import launched
from press.lab import SITE
from press.lab.pages import FIRST_VISIT, PAGE, SCRIPTS
from press.serve import running

PATIENCE = 300_000  # milliseconds
LATE = 5_000  # what is drawn last may come after Python runs


def loaded() -> list[str]:
    """Return the files of JupyterLite that a first visit loads."""
    notebook = next(iter(json.loads((SITE / "first.json").read_text("utf-8"))["files"]))
    answers: list[Response] = []
    with running(SITE, "/lab/") as address, sync_playwright() as playwright:
        browser = launched(playwright.chromium)
        page = browser.new_page(service_workers="block")  # what they ask for is not routed
        page.on("response", lambda answer: answers.append(answer))
        page.route("**/build/chunks.*", lambda route: route.fulfill(body=""))  # each is asked for by itself
        page.goto(f"{address}notebooks/index.html?path={notebook}")
        page.wait_for_function("performance.getEntriesByName('lab-python').length > 0", timeout=PATIENCE)
        page.wait_for_timeout(LATE)
        browser.close()
    paths = {urlparse(answer.url).path.removeprefix("/lab/") for answer in answers if answer.ok}
    made_here = (PAGE, *SCRIPTS, "pyodide-", "files/", "build/chunks.")
    return sorted(path for path in paths if not path.startswith(made_here))


if __name__ == "__main__":
    FIRST_VISIT.write_text("\n".join(loaded()) + "\n", "utf-8")
