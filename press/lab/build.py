"""Build the lab into _build/lab/site: JupyterLite, Python, and the notebooks of both editions.

    python -m press.lab.build

The site (press/site/addresses.py) then copies it below `lab/` of the site and puts a button on each chapter's page.
"""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import nbformat
from jupyterlab_server.translation_utils import get_language_pack, get_language_packs

from press.lab import distribution, fetch, pages, texts
from press.notebooks.store import code_cells, text
from press.site import wheel
from press.translation import chapters

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "_build" / "lab"
SITE = WORK / "site"
EDITIONS = ("en", "zh")
LOCALE = "zh_CN"
MORE_WORDS = Path(__file__).with_name("words-zh.toml")
WORDS = ("jupyterlab", "jupyterlab_widgets", "notebook")  # of many extensions, those that are here
EXTENSIONS = (
    "@jupyter-widgets/jupyterlab-manager",
    "@jupyterlite/pyodide-kernel-extension",
    "anywidget",
    "jupyterlab-myst",
)
KERNEL = {"piplite": (), "pyodide_kernel": ("comm", "ipython"), "ipykernel": ("comm",)}
# The lab asks no other site, so that nothing can be installed; JupyterLite's installer becomes one that says so.
NO_INSTALLER = (
    ("piplite/__init__.py", "\n"),
    ("piplite/piplite.py", "\n"),
    (
        "piplite/cli.py",
        "async def get_transformed_code(arguments):\n"
        "    return \"raise OSError('the lab asks no other site: nothing can be installed here')\"\n",
    ),
)
NEEDED_BY_KLHELPERS = ("anywidget", "matplotlib", "numpy")  # scipy it imports only where it needs it


def extension_folder() -> Path:
    """Return the folder in which this Python keeps JupyterLab's extensions."""
    return Path(sys.prefix) / "share" / "jupyter" / "labextensions"


def own_wheels() -> list[distribution.Wheel]:
    """Return the wheels of JupyterLite's kernel and of klhelpers."""
    folder = extension_folder() / "@jupyterlite" / "pyodide-kernel-extension" / "static" / "pypi"
    found = [
        distribution.Wheel(
            path.name, path.read_bytes(), depends, instead=NO_INSTALLER if name == "piplite" else ()
        )
        for name, depends in KERNEL.items()
        for path in folder.glob(f"{name}-*.whl")
    ]
    ours = WORK / wheel.file_name()
    wheel.build(ours)
    return [*found, distribution.Wheel(ours.name, ours.read_bytes(), NEEDED_BY_KLHELPERS, kind="sources")]


def imported(nb: nbformat.NotebookNode) -> set[str]:
    """Return the names that a notebook's code imports, and the packages around them."""
    tree = ast.parse("\n".join(cell.source for cell in code_cells(nb)))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.rsplit(".", cut)[0] for name in names for cut in range(name.count(".") + 1)}


def needed(path: Path, lock: dict[str, Any]) -> list[str]:
    """Return the packages that the notebook at `path` imports, out of those in the lock."""
    of_import = {
        name: package["name"] for package in lock["packages"].values() for name in package["imports"]
    }
    return sorted(
        {of_import[name] for name in imported(nbformat.read(path, as_version=4)) if name in of_import}
    )


def jupyterlite(target: Path, contents: Path, cache: Path) -> None:
    """Build JupyterLite with one application, for one notebook at a time, and no more extensions than it needs."""
    config = {
        "LiteBuildConfig": {
            "apps": ["notebooks"],
            "contents": [str(contents)],
            "output_dir": str(target),
            "cache_dir": str(cache),
            "ignore_sys_prefix": True,
            "federated_extensions": [str(extension_folder() / name) for name in EXTENSIONS],
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
        }
    }
    folder = target.parent / "jupyterlite"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "jupyter_lite_config.json").write_text(json.dumps(config), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", folder],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(f"lab: JupyterLite cannot be built:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def translate(target: Path) -> None:
    """Give JupyterLab its words in Chinese; it asks for them by the locale that lab.js sets."""
    packs, problem = get_language_packs()
    words, another = get_language_pack(LOCALE)
    if LOCALE not in packs or problem or another:
        sys.exit(f"lab: JupyterLab has no words for {LOCALE}: {problem}{another}")
    folder = target / "api" / "translations"
    said = {domain: words[domain] for domain in WORDS}
    header = words["jupyterlab"][""]  # with the rule for plurals, without which nothing is translated
    for domain, more in tomllib.loads(MORE_WORDS.read_text("utf-8")).items():
        own = said.get(domain, {"": header | {"domain": domain}})
        said[domain] = own | {word: [here] for word, here in more.items()}
    for name, data in {LOCALE: said, "all": {code: packs[code] for code in ("en", LOCALE)}}.items():
        answer = json.dumps({"data": data, "message": ""}, ensure_ascii=False, sort_keys=True)
        (folder / f"{name}.json").write_text(answer, "utf-8", newline="\n")


def stage(folder: Path) -> dict[str, Path]:
    """Copy the notebooks of both editions below `folder`, their text fitted to the lab; return them by their paths.

    Each gets a mark of its version, by which a saved copy can be told to be old.
    """
    shutil.rmtree(folder, ignore_errors=True)
    staged, cited = {}, texts.works()
    for edition in EDITIONS:
        notebooks = chapters(edition)
        known = texts.labels(notebooks)
        for name, nb in notebooks.items():
            for cell in nb.cells:
                if cell.cell_type == "markdown":
                    cell.source = texts.fitted(cell.source, name, known, cited)
            nb.metadata["klbook"] = {"version": hashlib.sha256(text(nb).encode()).hexdigest()[:16]}
            target = folder / edition / f"{name}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text(nb), "utf-8", newline="\n")
            staged[f"{edition}/{target.name}"] = target
    return staged


def main() -> None:
    """Build all of it; what was there before stays until the new one is whole."""
    try:
        fetch.fetch(fetch.FILES, fetch.local_folder())
    except fetch.Wrong as error:
        sys.exit(f"lab: {error}")
    files, _ = fetch.read()
    new, staged = WORK / "new", stage(WORK / "contents")
    shutil.rmtree(new, ignore_errors=True)
    jupyterlite(new, WORK / "contents", WORK / "cache")
    translate(new)
    wheels = distribution.wheels(fetch.FILES, files) + own_wheels()
    lock = distribution.write(new, fetch.FILES, wheels, WORK / "compiled", fetch.library())
    started = [name for name in pages.STARTED if name in lock["packages"]]
    packages = {name: [*started, *needed(path, lock)] for name, path in staged.items()}
    modules = {name: sorted(imported(nbformat.read(path, as_version=4))) for name, path in staged.items()}
    pages.finish(new, lock, packages, modules)
    shutil.rmtree(SITE, ignore_errors=True)
    new.rename(SITE)
    print(f"The lab is in {SITE}")


if __name__ == "__main__":
    main()
