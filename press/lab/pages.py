"""Make the lab's own page, its service worker and its lists out of what JupyterLite has built."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from press.lab import BOOK, TABLE
from press.lab.pyodide import CORE, LIBRARY, digest
from press.serve import COMPRESSED, LAB_POLICY

STATIC = Path(__file__).with_name("static")
FIRST_VISIT = Path(__file__).with_name("first_visit.txt")  # of JupyterLite; first_visit.py writes it
SCRIPTS = ("lab.js", "python.js", "snapshot.js", "service-worker.js")
PAGE = "notebooks/index.html"
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
# What its worker would install one by one, were it not told that they are there.
STARTED = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython")
KERNEL_WORKER = "extensions/@jupyterlite/pyodide-kernel-extension/static/comlink.worker.*.js"
USED = ("api", "build", "extensions", "files")  # JupyterLite builds the rest for other applications
CHUNK = re.compile(rb'(?:/\*.*?\*/\s*)?(?:"use strict";\s*)?\(self[.[]"?(?:webpack|rspack)Chunk', re.DOTALL)


def finish(site: Path, lite: Path, lock: Mapping[str, Any], notebooks: dict[str, dict[str, Any]]) -> None:
    """Make `site` the lab out of what JupyterLite built in `lite`.

    `lock` is that of the Python that is there already; each notebook says what it imports, and its packages.
    """
    for name in USED:
        (lite / name).rename(site / name)
    (worker,) = site.glob(KERNEL_WORKER)
    values = {"KERNEL": f"./{worker.relative_to(site).as_posix()}"}
    sources = b"".join((STATIC / name).read_bytes() for name in SCRIPTS)
    values["BUILD"] = digest(sources + values["KERNEL"].encode())
    config = configuration(lite)
    config["litePluginSettings"][KERNEL] |= {
        "disablePyPIFallback": True,
        "pyodideUrl": f"python.js?_={values['BUILD']}",
    }
    bundle = re.search(r'href="\.\./(build/notebooks/bundle\.js[^"]*)"', (lite / PAGE).read_text("utf-8"))
    assert bundle, "JupyterLite's page has another form than expected"
    listed = FIRST_VISIT.read_text("utf-8").split()
    loaded = [file for file in listed if (site / file).is_file()]
    if loaded != listed:  # it runs, slowly
        print("lab: JupyterLite has other files now: run python -m press.lab.first_visit, then build again")
    chunks, joined = join_chunks(site, loaded)
    front = [PAGE, *SCRIPTS, chunks, *(file for file in loaded if file not in joined)]
    scripts = [chunks, bundle[1]]
    values["SCRIPTS"] = json.dumps(scripts)
    (site / PAGE).parent.mkdir()
    for name in SCRIPTS:
        (site / name).write_text(filled(name, values), "utf-8", newline="\n")
    python = {"folder": f"{lock['folder']}/", "lock": lock["file"], "started": STARTED}
    first = {}
    for name, about in notebooks.items():
        packages = (lock["packages"][package]["file_name"] for package in about["packages"])
        files = (f"{lock['folder']}/{file}" for file in (*CORE, LIBRARY, lock["file"], *packages))
        first[name] = [*front, *files, f"files/{name}"]  # lab.js takes the last for a sign of all
        about["size"] = megabytes(site / file for file in first[name] if file != PAGE)  # which is small
        about["page"] = f"{BOOK['chapters']}{Path(name).stem}.html"
    own = {"notebooks": notebooks, "python": python, "scripts": scripts, "howTo": BOOK["how_to"]}
    own |= {"editions": BOOK["editions"], "words": TABLE["words"]}
    values |= {"POLICY": LAB_POLICY, "ICON": BOOK["icon"], "CONFIG": in_html(config), "LAB": in_html(own)}
    values["NOSCRIPT"] = " ".join(words["noScript"] for words in TABLE["words"].values())
    (site / PAGE).write_text(filled("page.html", values), "utf-8", newline="\n")
    sizes = {name: about["size"] for name, about in notebooks.items()}
    (site / "first.json").write_text(json.dumps({"files": first, "sizes": sizes}), "utf-8")
    everything = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    (site / "files.json").write_text(json.dumps([*everything, "files.json", "notebooks/"]), "utf-8")


def filled(name: str, values: Mapping[str, str]) -> str:
    """Return a file of `static` with the values that it asks for, as in @BUILD@."""
    return re.sub(r"@([A-Z]+)@", lambda found: values[found[1]], (STATIC / name).read_text("utf-8"))


def configuration(lite: Path) -> dict[str, Any]:
    """Return the settings of JupyterLite's page, with those of the lab."""
    config: dict[str, Any] = {}
    for name in ("jupyter-lite.json", "notebooks/jupyter-lite.json"):
        config |= json.loads((lite / name).read_text("utf-8"))["jupyter-config-data"]
    del config["fileTypes"]
    without = TABLE["without"]
    plugins = (f"{package}:{name}" for package, names in without["plugins"].items() for name in names)
    return config | {
        "appName": "Lab",
        "faviconUrl": f"../{BOOK['icon']}",
        "settingsOverrides": TABLE["settings"],
        "exposeAppInBrowser": True,
        "disabledExtensions": [*config.get("disabledExtensions", []), *without["packages"], *plugins],
    }


def join_chunks(site: Path, loaded: list[str]) -> tuple[str, list[str]]:
    """Write one script for those of `loaded` that are chunks: a hundred requests in a row are most of a start.

    JupyterLab comes in chunks. Each puts its modules on a list, from which the code that loads chunks takes what it
    finds there before it asks for a file. Returned are the path of the script, which lies in the folder `build` of the
    lab, and the paths of those that it is made of.
    """
    chunks = [path for path in loaded if CHUNK.match((site / path).read_bytes())]
    # Each in a function of its own, for "use strict" holds for all that follows it in a script.
    script = b"".join(b"(()=>{" + (site / path).read_bytes() + b"\n})();\n" for path in chunks)
    name = f"build/chunks.{digest(script)}.js"
    (site / name).write_bytes(script)
    return name, chunks


def in_html(value: Any) -> str:
    """Return JSON that may stand in a page's <script>.

    >>> in_html("</script>")
    '"\\\\u003c/script>"'
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False).replace("<", "\\u003c")


def megabytes(files: Iterable[Path]) -> int:
    """Return the size of files as a static host sends them, which compresses text."""
    total = 0
    for path in files:
        content = path.read_bytes()
        total += len(gzip.compress(content, 6) if path.suffix in COMPRESSED else content)
    return round(total / 1e6)
