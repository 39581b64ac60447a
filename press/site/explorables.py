"""Put the scripts of the explorables into the site, and load their host on the pages that hold one.

The scripts are those of `klhelpers/widgets`, which JupyterLab gets from Python. They are copied when everything
else is built: what lies in a static folder before, Jupyter Book would load on every page.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

WIDGETS = Path(__file__).resolve().parents[2] / "klhelpers" / "widgets"
FOLDER = "_static/widgets"


def serve(app: Any, exception: Exception | None) -> None:
    """Copy the scripts and the styles."""
    if exception or app.builder.format != "html":
        return
    target = Path(app.outdir, FOLDER)
    target.mkdir(parents=True, exist_ok=True)
    for path in (*WIDGETS.glob("*.js"), *WIDGETS.glob("*.css")):
        shutil.copy(path, target)
    for path in target.glob("words-*.js"):
        if path.stem != f"words-{app.config.language[:2]}":
            path.write_text("export default {}; // this edition speaks another language\n", "utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Name the host and the styles; the extension `assets` drops them from pages without an explorable."""
    app.add_css_file("widgets/explorables.css", priority=901)
    app.add_js_file("explorables.js", type="module", priority=901)
    app.connect("build-finished", serve, priority=901)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
