"""Make the lab's own page, its service worker and its lists out of what JupyterLite has built."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import nbformat

from press.lab.chunks import join
from press.lab.distribution import closure
from press.serve import COMPRESSED, LAB_POLICY

STATIC = Path(__file__).with_name("static")
FRONT = Path(__file__).with_name("front.txt")  # what a first visit loads of JupyterLite; front.py writes it
OWN = ("book.js", "lab.js", "lab-words.js", "lab.css", "packages.js", "python.js", "snapshot.js", "worker.js")
MADE_LAST = (
    "notebooks/index.html",
    "files.json",
)  # these name the sizes, so that they have none yet; both are small
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
# What its worker would install one by one, were it not told that they are there.
STARTED = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython")
KERNEL_MODULES = ("piplite.piplite", "pyodide_kernel")
KERNEL_WORKER = "extensions/@jupyterlite/pyodide-kernel-extension/static/comlink.worker.*.js"
SCHEMAS = "build/schemas"
SERVICE = "service-worker.js"
# What JupyterLite writes for other applications, for its own build, or to be configured by hand.
UNUSED = (
    "bootstrap.js",
    "build/fa-*.eot",
    "build/fa-*.svg",
    "build/fa-*.ttf",
    "build/service-worker.js",
    "config-utils.js",
    "doc",
    "icon-*",
    "index.html",
    "jupyter-lite.*",
    "jupyterlite.schema.v0.json",
    "manifest.webmanifest",
    "notebooks/build",
    "notebooks/jupyter-lite.*",
    "notebooks/package.json",
    "package.json",
    "rspack.config*",
)
DISABLED = Path(__file__).with_name("disabled.toml")
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},
    "@jupyterlab/completer-extension:manager": {
        "providerTimeout": 10_000
    },  # Python in a browser may need a while
}


def finish(
    site: Path, lock: dict[str, Any], packages: dict[str, list[str]], modules: dict[str, list[str]]
) -> None:
    """Turn what JupyterLite built in `site` into the lab.

    Args:
        site: where JupyterLite was built.
        lock: the lock of the distribution of Python that was put there.
        packages: those that each notebook loads.
        modules: those that each notebook imports.
    """
    (worker,) = site.glob(KERNEL_WORKER)
    kernel = f"./{worker.relative_to(site).as_posix()}"
    build = digest(b"".join((STATIC / name).read_bytes() for name in OWN) + kernel.encode())
    without_schemas(site / SCHEMAS, disabled())
    config = configuration(site) | {"settingsUrl": f"../{lasting(site / SCHEMAS).relative_to(site)}"}
    config["litePluginSettings"][KERNEL]["pyodideUrl"] = f"python.js?_={build}"
    bundle = re.search(
        r'href="(\.\./build/notebooks/bundle\.js[^"]*)"',
        (site / "notebooks" / "index.html").read_text("utf-8"),
    )
    assert bundle, "JupyterLite's page has another form than expected"
    tidy(site)
    front = front_of(site)
    chunks, joined = join(site, front)
    front = [chunks, *(file for file in front if file not in joined)]
    for name in OWN:
        own_text = (STATIC / name).read_text("utf-8").replace("@BUILD@", build).replace("@KERNEL@", kernel)
        (site / name).write_text(own_text, "utf-8", newline="\n")
    scripts = [chunks, bundle[1].removeprefix("../")]
    offline = (STATIC / "offline.js").read_text("utf-8").replace("@SCRIPTS@", json.dumps(scripts))
    (site / SERVICE).write_text(offline, "utf-8", newline="\n")  # in the place of JupyterLite's own
    first = {name: [*front, *first_load(name, wanted, lock)] for name, wanted in packages.items()}
    notebooks = {
        name: {
            "packages": wanted,
            "modules": modules[name],
            "page": f"notebooks/{Path(name).stem}.html",
            "size": megabytes(site, first[name]),
            "title": title(site / "files" / name),
            "version": nbformat.read(site / "files" / name, as_version=4).metadata["klbook"]["version"],
        }
        for name, wanted in packages.items()
    }
    python = {"folder": f"{lock['folder']}/", "lock": lock["file"], "worker": f"worker.js?_={build}"}
    python |= {"started": STARTED, "first": first_of_all(packages, modules)}
    own = {"notebooks": notebooks, "python": python, "scripts": scripts, "service": SERVICE}
    page = (STATIC / "page.html").read_text("utf-8")
    for place, text in {
        "@POLICY@": LAB_POLICY,
        "@BUILD@": build,
        "@CONFIG@": in_html(config),
        "@NOTEBOOKS@": in_html(own),
    }.items():
        page = page.replace(place, text)
    (site / "notebooks" / "index.html").write_text(page, "utf-8")
    (site / "first.json").write_text(
        json.dumps({"files": first, "sizes": {n: v["size"] for n, v in notebooks.items()}}), "utf-8"
    )
    everything = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    (site / "files.json").write_text(json.dumps([*everything, "files.json", "notebooks/"]), "utf-8")


def first_of_all(packages: dict[str, list[str]], modules: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return what every notebook loads and imports: of this the browser keeps a snapshot."""
    return {
        "packages": sorted(set.intersection(*map(set, packages.values()))),
        "modules": [*KERNEL_MODULES, *sorted(set.intersection(*map(set, modules.values())))],
    }


def configuration(site: Path) -> dict[str, Any]:
    """Return the settings of JupyterLite's page, with those of the lab."""
    config: dict[str, Any] = {}
    for name in ("jupyter-lite.json", "notebooks/jupyter-lite.json"):
        config |= json.loads((site / name).read_text("utf-8"))["jupyter-config-data"]
    config |= {
        "appName": "Lab",
        "faviconUrl": "../_static/favicon.svg",
        "settingsOverrides": SETTINGS,
        "exposeAppInBrowser": True,
    }
    config |= {"disabledExtensions": [*config.get("disabledExtensions", []), *disabled()]}
    del config["fileTypes"]
    config["litePluginSettings"][KERNEL]["disablePyPIFallback"] = True
    return config


def disabled() -> list[str]:
    """Return the plugins of JupyterLab that the lab does without."""
    return [
        plugin
        for entry in tomllib.loads(DISABLED.read_text("utf-8"))["without"]
        for plugin in entry["plugins"]
    ]


def without_schemas(folder: Path, plugins: list[str]) -> None:
    """Leave out the settings of `plugins`: each description would be compiled at every start."""
    path = folder / "all.json"
    gone = tuple(plugins), tuple(f"{plugin}:" for plugin in plugins)
    kept = [
        entry
        for entry in json.loads(path.read_bytes())
        if not (entry["id"] in gone[0] or entry["id"].startswith(gone[1]))
    ]
    path.write_text(json.dumps(kept), "utf-8")


def digest(content: bytes) -> str:
    """Return the piece of a hash that a name holds, so that a browser may keep the file for ever."""
    return hashlib.sha256(content).hexdigest()[:8]


def lasting(folder: Path) -> Path:
    """Give `folder` a name that holds a piece of the hash of its files; return it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return folder.rename(folder.with_name(f"{folder.name}-{digest(b''.join(f.read_bytes() for f in files))}"))


def in_html(value: Any) -> str:
    """Return JSON that may stand in a page's <script>.

    >>> in_html("</script>")
    '"\\\\u003c/script>"'
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False).replace("<", "\\u003c")


def tidy(site: Path) -> None:
    """Remove what the lab does not use."""
    for pattern in UNUSED:
        for path in site.glob(pattern):
            for inner in sorted(path.rglob("*"), reverse=True):
                inner.rmdir() if inner.is_dir() else inner.unlink()
            path.rmdir() if path.is_dir() else path.unlink()


def front_of(site: Path) -> list[str]:
    """Return the files of JupyterLite that every visit loads."""
    front = []
    for pattern in FRONT.read_text("utf-8").split():
        made_here = pattern in (*MADE_LAST, *OWN, SERVICE)
        found = [pattern] if made_here else [path.relative_to(site).as_posix() for path in site.glob(pattern)]
        if not found:
            raise FileNotFoundError(f"JupyterLite has no {pattern} any more: run python -m press.lab.front")
        front += found
    return front


def first_load(name: str, wanted: list[str], lock: dict[str, Any]) -> list[str]:
    """Return what a first visit of a notebook loads besides JupyterLite, by the paths in the lab."""
    core = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", lock["file"]]
    python = core + [lock["packages"][package]["file_name"] for package in closure(lock, wanted)]
    return [f"files/{name}", *(f"{lock['folder']}/{file}" for file in python)]


def megabytes(site: Path, files: list[str]) -> int:
    """Return the size of files as a static host sends them."""
    return round(sum(sent(site / file) for file in files if file not in MADE_LAST) / 1e6)


def sent(path: Path) -> int:
    """Return how many bytes a host that compresses text sends for a file."""
    content = path.read_bytes()
    return len(gzip.compress(content, 6)) if path.suffix in COMPRESSED else len(content)


def title(path: Path) -> str:
    """Return the heading of the notebook at `path`."""
    nb = nbformat.read(path, as_version=4)
    return next(
        str(line[2:]) for cell in nb.cells for line in cell.source.splitlines() if line.startswith("# ")
    )
