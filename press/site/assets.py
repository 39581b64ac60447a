"""What a page loads: our styles and scripts, none that the book has no use for, and nothing from elsewhere."""

from __future__ import annotations

import hashlib
import html
import re
import shutil
from pathlib import Path
from typing import Any

from sphinx.util import logging

from press.serve import POLICY
from press.site.editions import ROOT, Page

logger = logging.getLogger(__name__)
STYLES = ["colours.css", "page.css", "text.css", "blocks.css", "widgets/explorables.css"]
EXPLORABLES, ANSWERS, PREVIEW = "explorables.js", "answers.js", "preview.js"

# What the extensions that Jupyter Book always loads would put on every page, by what stands in its place.
REPLACED = {
    "our own styles": (
        *("basic.css", "pygments.css", "mystnb.*.css", "proof.css", "exercise.css"),
        *("katex-math.css", "sphinx-design.min.css"),
    ),
    "<details>, see blocks.py": ("togglebutton.*",),
    "page.js": ("copybutton*", "clipboard.min.js", "check-solid.svg", "copy-button.svg", "scripts/*"),
    "nothing": (
        *("sphinx-thebe.*", "play-solid.svg"),  # they run code on somebody else's server
        *("design-tabs.js", "images/logo_*", "locales", "file.png", "minus.png", "plus.png"),
    ),
    "search.js": (
        *("searchtools.js", "language_data.js", "doctools.js", "documentation_options.js"),
        *("sphinx_highlight.js", "translations.js"),
    ),
}
DROPPED = [pattern for patterns in REPLACED.values() for pattern in patterns]
# What only some pages need: a page without such words does without the file.
ONLY_WITH = {
    "katex/katex.min.css": 'class="kl-term|class="katex',
    "widgets/explorables.css": 'class="kl-figure kl-explorable',
    EXPLORABLES: 'class="kl-figure kl-explorable',
    ANSWERS: 'class="kl-answer-box',
    PREVIEW: 'class="kl-term|#cite-',
    "minisearch/index.js": "what search.js imports by itself",
}
THEBE = re.compile(
    r'<script type="text/x-thebe-config">.*?</script>\s*<script>kernelName.*?</script>', re.DOTALL
)
FORBIDDEN = {
    "a formula that KaTeX cannot set": r'class="katex-error" title="([^"]*)"',
    "a command that KaTeX does not know": r'mathcolor="#cc0000"><mtext>([^<]*)',
    "letters of a face that THIRD-PARTY.md does not list": (
        r'class="\w+ ((?:math|text)\w*(?:it|sf|tt|scr|frak)\w*)'
    ),
    "a block of sphinx-design, for which the site has no style": r'class="(sd-[^"]*)"',
    "a script in the page, which the site's policy blocks": r"(<script(?![^>]*\bsrc=)[^>]*>)",
    "an event handler in the page, which the site's policy blocks": r'(<[a-z]+[^<>]*\son[a-z]+="[^"]*")',
    "something loaded from another origin": (
        r"(<(?:img|script|iframe|source|video|audio|embed|object|link)\b[^>]*"
        r'\b(?:src|href|data)="(?:https?:)?//[^"]*")'
    ),
}
COMMENT = re.compile(r"^ *(?://[^\n]*|/\*.*?\*/)\n", re.MULTILINE | re.DOTALL)
MADE_WITH = ("press/site", "book/words", "book/_static", "klhelpers/widgets")


def note_what_makes_pages(config: Any) -> None:
    """Note a fingerprint, so that pages are made anew when it changes: Sphinx looks at the texts alone."""
    paths = [path for folder in MADE_WITH for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    contents = b"".join(path.read_bytes() for path in paths if path.suffix != ".pyc")
    config.kl_made_with = hashlib.sha256(contents).hexdigest()


def drop_thebe(body: str, page: Page) -> str:
    """Take out the two scripts that sphinx-thebe writes at the end of every page."""
    return THEBE.sub("", body)


def choose_files(page: Page) -> dict[str, Any]:
    """Return the styles and scripts that the page wants, and the policy that lets nothing else in."""
    body = page.context.get("body", "")
    return {"content_policy": POLICY} | {
        key: [asset for asset in page.context[key] if asset.filename and wanted(asset.filename, body)]
        for key in ("css_files", "script_files")
    }


def wanted(filename: Any, body: str) -> bool:
    """Tell whether a page with this `body` loads `filename`.

    >>> wanted("_static/togglebutton.js", ""), wanted("_static/page.css", "")
    (False, True)
    """
    name = str(filename).removeprefix("_static/")
    dropped = any(Path(name).match(pattern) for pattern in DROPPED)
    return bool(re.search(ONLY_WITH.get(name, ""), body)) and not dropped


def remove_unused(app: Any) -> None:
    """Take what no page loads out of the built site."""
    for pattern in DROPPED:
        for path in (Path(app.outdir) / "_static").glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def drop_comments(app: Any) -> None:
    """Take the comments that have lines of their own out of the site's own scripts and styles."""
    static = Path(app.outdir) / "_static"
    for path in (*static.glob("*.js"), *static.glob("*.css"), *static.glob("widgets/*.*s*")):
        path.write_text(COMMENT.sub("", path.read_text("utf-8")), "utf-8")


def warn_of_faults(body: str, page: Page) -> str:
    """Warn once for each fault, so that a build with -W fails."""
    for fault in faults(body):
        logger.warning("%s", fault, location=page.name, type="kl", subtype="page")
    return body


def faults(body: str) -> list[str]:
    """Name what is wrong with the HTML `body` of a page, with the piece that is wrong.

    >>> faults('<p>fine</p><a href="https://example.org">a link is fine</a>')
    []
    >>> faults('<img src="https://example.org/a.png">')
    ['something loaded from another origin: <img src="https://example.org/a.png"']
    """
    return [
        f"{fault}: {html.unescape(found)}"
        for fault, pattern in FORBIDDEN.items()
        for found in re.findall(pattern, body)
    ]
