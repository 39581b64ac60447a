"""Write front.txt: the files of JupyterLite that a first visit loads, out of the many that it is made of.

    python -m press.lab.front     drives Chromium on the lab that `python -m press.lab.build` built

To be run after a change of JupyterLite's version or settings; the sizes on the buttons and what they preload follow.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from press.chromium import FLAGS, chromium
from press.lab.build import SITE
from press.lab.pages import FRONT
from press.serve import Handler, running

NOTEBOOK = "en/02-properties.ipynb"
PATIENCE = 300_000  # milliseconds


def loaded() -> list[str]:
    """Return the files that the server sent for a first visit, but for Python and the notebook."""
    sent: set[str] = set()

    class Listing(Handler):
        def do_GET(self) -> None:
            if "/build/chunks." in self.path:  # so that the chunks are asked for one by one
                self.path = f"{self.path.partition('lab/')[0]}nothing.js"
            super().do_GET()

        def send_response(self, code: int, message: str | None = None) -> None:
            if code == 200:
                sent.add(self.path.partition("?")[0])
            super().send_response(code, message)

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for name in ("index.html", "nothing.js"):
            Path(folder, name).touch()
        Path(folder, "lab").symlink_to(SITE)
        with running(Path(folder), handler=Listing) as address:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            page = browser.new_page()
            page.goto(f"{address}lab/notebooks/index.html?path={NOTEBOOK}")
            page.wait_for_function("performance.getEntriesByName('kl-python').length > 0", timeout=PATIENCE)
            browser.close()
    inside = (path.removeprefix("/lab/") for path in sent if path.startswith("/lab/"))
    wanted = (path for path in inside if not path.startswith(("pyodide-", "files/")))
    return sorted(
        re.sub(r"(schemas)-[0-9a-f]+", r"\1-*", path) for path in wanted
    )  # their hash follows the settings


if __name__ == "__main__":
    FRONT.write_text("\n".join(loaded()) + "\n", "utf-8")
