"""Build the lab into _build/lab/site: JupyterLite, Python, and the notebooks of all editions.

    python -m press.lab.build

The site then copies it below `lab/` and puts a button on each chapter's page.
"""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from jupyterlab_server.translation_utils import get_language_pack, get_language_packs
from nbformat import NotebookNode

from press.lab import BOOK, SITE, TABLE, fetch, notebooks, pages, pyodide
from press.notebooks.store import code_cells
from press.site import wheel

WORK = SITE.parent
FILES = WORK / "files"
INSTALLED = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
KERNEL = "@jupyterlite/pyodide-kernel-extension"
EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", KERNEL, "anywidget", "jupyterlab-myst")
PACKED = ("jupyterlab", "jupyterlab_widgets", "notebook")  # those of a language pack that are here
KERNEL_WHEELS = {"piplite": (), "pyodide_kernel": ("comm", "ipython"), "ipykernel": ("comm",)}
# The lab asks no other site, so that nothing can be installed; JupyterLite's installer becomes one that says so.
NO_INSTALLER = {
    "piplite/__init__.py": "\n",
    "piplite/piplite.py": "\n",
    "piplite/cli.py": "async def get_transformed_code(arguments):\n"
    "    return \"raise OSError('the lab asks no other site: nothing can be installed here')\"\n",
}


def own_wheels() -> list[pyodide.Wheel]:
    """Return the wheels of JupyterLite's kernel and of the book's module."""
    found = []
    for name, depends in KERNEL_WHEELS.items():
        (path,) = (INSTALLED / KERNEL / "static" / "pypi").glob(f"{name}-*.whl")
        content = pyodide.trimmed(path.read_bytes(), instead=NO_INSTALLER if name == "piplite" else {})
        found.append(pyodide.Wheel(path.name, content, depends))
    ours = WORK / wheel.file_name()
    wheel.build(ours)
    return [*found, pyodide.Wheel(ours.name, ours.read_bytes(), tuple(BOOK["wheel"]), kind="sources")]


def jupyterlite(contents: Path) -> Path:
    """Build JupyterLite with one application, for one notebook at a time, and no more extensions than it needs."""
    folder = WORK / "jupyterlite"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    config = {
        "apps": ["notebooks"],
        "contents": [str(contents)],
        "output_dir": "built",
        "cache_dir": str(WORK / "cache"),
        "ignore_sys_prefix": True,
        "federated_extensions": [str(INSTALLED / name) for name in EXTENSIONS],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
    }
    (folder / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": config}), "utf-8")
    command = [sys.executable, "-m", "jupyterlite_core", "build"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"lab: JupyterLite cannot be built:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return folder / "built"


def translate(folder: Path) -> None:
    """Give JupyterLab its words in each language; it asks for them by the locale that lab.js sets."""
    _answer(folder / "all.json", get_language_packs()[0])
    for locale, more in TABLE["menus"].items():
        words = get_language_pack(locale)[0]
        said = {domain: words[domain] for domain in PACKED}
        header = words["jupyterlab"][""]  # with the rule for plurals, without which nothing is translated
        for domain, own in more.items():
            known = said.get(domain, {"": header | {"domain": domain}})
            said[domain] = known | {word: [here] for word, here in own.items()}
        _answer(folder / f"{locale}.json", said)


def _answer(path: Path, data: dict[str, Any]) -> None:
    answer = json.dumps({"data": data, "message": ""}, ensure_ascii=False, sort_keys=True)
    path.write_text(answer, "utf-8", newline="\n")


def imported(nb: NotebookNode) -> set[str]:
    """Return the names that a notebook's code imports, and the packages around them."""
    tree = ast.parse("\n".join(cell.source for cell in code_cells(nb)))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.rsplit(".", cut)[0] for name in names for cut in range(name.count(".") + 1)}


def described(nb: NotebookNode, lock: dict[str, Any]) -> dict[str, Any]:
    """Return what a visit of a notebook must know: what it imports, the packages for it, its title and version."""
    modules = imported(nb)
    wanted = [name for name, package in lock["packages"].items() if modules & {*package["imports"]}]
    started = [name for name in pages.STARTED if name in lock["packages"]]
    lines = (line for cell in nb.cells for line in cell.source.splitlines())
    return {
        "modules": ["piplite.piplite", *sorted(modules)],
        "packages": pyodide.closure(lock, [*started, *wanted]),
        "title": next(line.removeprefix("# ") for line in lines if line.startswith("# ")),
        "version": nb.metadata["lab"]["version"],
    }


def main() -> None:
    """Build all of it; what was there before stays until the new one is whole."""
    files, sources, without = fetch.read()
    try:
        fetch.fetch(FILES, files, sources)
    except (fetch.FetchError, OSError) as error:
        sys.exit(f"lab: {error}")
    new, contents = WORK / "new", WORK / "contents"
    shutil.rmtree(new, ignore_errors=True)
    staged = notebooks.stage(contents)
    lite = jupyterlite(contents)
    translate(lite / "api" / "translations")
    wheels = pyodide.wheels(FILES, files) + own_wheels()
    lock = pyodide.write(new, FILES, wheels, WORK / "compiled", without)
    pages.finish(new, lite, lock, {name: described(nb, lock) for name, nb in staged.items()})
    shutil.rmtree(SITE, ignore_errors=True)
    new.rename(SITE)
    print(f"The lab is in {SITE}")


if __name__ == "__main__":
    main()
