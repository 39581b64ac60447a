"""Say which styles and scripts a page loads: ours last, and none of those that the book has no use for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes

OURS = ["colours.css", "page.css", "text.css", "blocks.css", "reference.css"]

# What the extensions that Jupyter Book always loads would put on every page, and what stands in its place.
DROPPED = {
    "basic.css": "our own styles",
    "pygments.css": "blocks.css: the book's colours have meanings",
    "mystnb.*.css": "blocks.css",
    "proof.css": "blocks.css",
    "exercise.css": "blocks.css",
    "katex-math.css": "text.css",
    "togglebutton.*": "<details>, see folds.py",
    "copybutton*": "page.js",
    "clipboard.min.js": "page.js",
    "check-solid.svg": "page.js",
    "copy-button.svg": "page.js",
    "scripts/*": "page.js: the theme that Jupyter Book brings is not used",
    "sphinx-thebe.*": "nothing: it runs code on somebody else's server",
    "play-solid.svg": "nothing",
    "design-tabs.js": "nothing: tabs work without, each for itself",
    "images/logo_*": "nothing: no launch buttons",
    "locales": "nothing: other languages of a theme that is not used",
    "documentation_options.js": "the search page alone",
    "doctools.js": "the search page alone",
    "sphinx_highlight.js": "the search page alone",
    "translations.js": "the search page alone",
    "file.png": "nothing",
    "minus.png": "nothing",
    "plus.png": "nothing",
}
# What only some pages need: a page without the words does without the file.
ONLY_WITH = {
    "sphinx-design.min.css": 'class="sd-',  # cards, grids, tabs, badges
    "katex/katex.min.css": 'class="katex',
    "widgets/explorables.css": 'class="kl-figure kl-explorable',
    "explorables.js": 'class="kl-figure kl-explorable',
}
SEARCH_ALONE = "the search page alone"


def trim(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Keep the files that the page wants; scripts that are written out in the page all go."""
    body = context.get("body", "")
    for key in ("css_files", "script_files"):
        context[key] = [asset for asset in context[key] if asset.filename and wanted(asset.filename, body)]


def wanted(filename: Any, body: str) -> bool:
    """Tell whether a page with this `body` loads `filename`.

    >>> wanted("_static/togglebutton.js", ""), wanted("_static/page.css", "")
    (False, True)
    """
    name = str(filename).removeprefix("_static/")
    return ONLY_WITH.get(name, "") in body and not any(Path(name).match(pattern) for pattern in DROPPED)


def remove(app: Any, exception: Exception | None) -> None:
    """Take what no page loads out of the built site."""
    if exception or app.builder.format != "html":
        return
    for pattern, instead in DROPPED.items():
        if instead != SEARCH_ALONE:
            for path in (Path(app.outdir) / "_static").glob(pattern):
                _delete(path)


def drop_thebe(app: Any, doctree: nodes.document, docname: str) -> None:
    """Take out the two scripts that sphinx-thebe writes at the end of every page."""
    for raw in list(doctree.findall(nodes.raw)):
        if "x-thebe-config" in raw.astext() or "<script>kernelName" in raw.astext():
            raw.parent.remove(raw)


def _delete(path: Path) -> None:
    if path.is_dir():
        for inner in path.iterdir():
            _delete(inner)
        path.rmdir()
    else:
        path.unlink()


def setup(app: Any) -> dict[str, bool]:
    """Add our styles after those of the other extensions, then drop what is not wanted."""
    for name in OURS:
        app.add_css_file(name, priority=900)
    app.connect("doctree-resolved", drop_thebe, priority=900)
    app.connect("html-page-context", trim, priority=900)
    app.connect("build-finished", remove, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
