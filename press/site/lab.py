"""Put the lab below `lab/` of the site, if it has been built, and tell each chapter's page how to open itself there.

`python -m press.lab.build` builds it into _build/lab/site; the environment's BOOK_LAB names another folder. Where there
is no lab, no page mentions it.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from editions import EDITIONS

BUILT = Path(__file__).resolve().parents[2] / "_build" / "lab" / "site"
FOLDER = "lab"
LIST = "first.json"  # what a first visit of each notebook loads


def built() -> Path | None:
    """Return the folder of the lab, if there is one."""
    folder = Path(os.environ.get("BOOK_LAB") or BUILT)
    return folder if (folder / LIST).is_file() else None


def look(app: Any, config: Any) -> None:
    """Note the sizes of first visits, so that all pages are written anew when they change."""
    folder, alone = built(), os.environ.get("BOOK_EDITIONS") != "all"
    if folder is None or (EDITIONS[config.language].folder and alone):
        return  # the Chinese edition by itself has no site above it that could hold the lab
    config.kl_lab = json.loads((folder / LIST).read_text("utf-8"))["sizes"]


def point(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Give the template the address of the page's notebook in the lab, and the size of a first visit."""
    edition = EDITIONS[app.config.language]
    notebook = f"{edition.code[:2]}/{Path(pagename).name}.ipynb"
    if notebook in app.config.kl_lab and pagename.startswith("notebooks/"):
        lab = "../" * (pagename.count("/") + edition.folder.count("/")) + FOLDER
        context["lab"] = {
            "first": f"{lab}/{LIST}",
            "notebook": notebook,
            "href": f"{lab}/notebooks/index.html?path={notebook}",
            "size": app.config.kl_lab[notebook],
        }


def carry(app: Any, exception: Exception | None) -> None:
    """Make the site hold the lab as it was built, or none."""
    if exception or app.builder.format != "html" or EDITIONS[app.config.language].folder:
        return
    target, folder = Path(app.outdir, FOLDER), built()
    if folder is None or not app.config.kl_lab:
        shutil.rmtree(target, ignore_errors=True)
    elif not (target / "files.json").exists() or _time(target) != _time(folder):
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder, target)


def _time(folder: Path) -> int:
    return (folder / "files.json").stat().st_mtime_ns


def setup(app: Any) -> dict[str, bool]:
    """Look for the lab before anything is read, and carry it into the site at the end."""
    app.add_config_value("kl_lab", {}, "html")
    app.connect("config-inited", look)
    app.connect("html-page-context", point)
    app.connect("build-finished", carry)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
