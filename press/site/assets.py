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
STYLES = ("colours.css", "page.css", "text.css", "blocks.css", "widgets/explorables.css")
SCRIPTS = ("explorables.js", "answers.js", "preview.js")

# What pages load, and what a page must hold to need it; what other extensions bring is left out.
LOADED = {
    **dict.fromkeys(STYLES, ""),
    "katex/katex.min.css": 'class="kl-term|class="katex',
    "widgets/explorables.css": 'class="kl-figure kl-explorable',
    "explorables.js": 'class="kl-figure kl-explorable',
    "answers.js": 'class="kl-answer-box',
    "preview.js": 'class="kl-term|#cite-',
}
OURS = (
    Path(__file__).parent / "theme/kl/static",
    Path(__file__).parent / "_vendor",
    ROOT / "book" / "_static",
)
MADE = {"cards", "widgets", "wheels"}  # by other steps
FORBIDDEN = {
    "a formula that KaTeX cannot set": r'class="katex-error" title="([^"]*)"',
    "a command that KaTeX does not know": r'mathcolor="#cc0000"><mtext>([^<]*)',
    "letters of a face that THIRD-PARTY.md does not list": (
        r'class="\w+ ((?:math|text)\w*(?:it|sf|tt|scr|frak)\w*)'
    ),
    "a block of sphinx-design, for which the site has no style": r'class="(sd-[^"]*)"',
}
COMMENT = re.compile(r"^ *(?://[^\n]*|/\*.*?\*/)\n", re.MULTILINE | re.DOTALL)
MADE_WITH = ("press/site", "book/words", "book/_static", "klhelpers/widgets")


def note_what_makes_pages(config: Any) -> None:
    """Note a fingerprint, so that pages are made anew when it changes: Sphinx looks at the texts alone."""
    paths = [path for folder in MADE_WITH for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    contents = b"".join(path.read_bytes() for path in paths if path.suffix != ".pyc")
    config.kl_made_with = hashlib.sha256(contents).hexdigest()


def choose_files(page: Page) -> dict[str, Any]:
    """Return the styles and scripts that the page wants, and the policy that lets nothing else in."""
    body = page.context.get("body", "")
    names = {name for name, pattern in LOADED.items() if re.search(pattern, body)}
    return {"content_policy": POLICY} | {
        key: [asset for asset in page.context[key] if str(asset.filename).removeprefix("_static/") in names]
        for key in ("css_files", "script_files")
    }


def remove_unused(app: Any) -> None:
    """Take what no page loads out of the built site."""
    ours = MADE | {path.name for folder in OURS for path in folder.iterdir()}
    for path in Path(app.outdir, "_static").iterdir():
        if path.name not in ours:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def drop_comments(app: Any) -> None:
    """Take the comments that have lines of their own out of the site's own scripts and styles."""
    static = Path(app.outdir) / "_static"
    for path in (*static.glob("*.js"), *static.glob("*.css"), *static.glob("widgets/*.*s*")):
        path.write_text(COMMENT.sub("", path.read_text("utf-8")), "utf-8")


def warn_of_faults(body: str, page: Page) -> str:
    """Warn of each fault with the piece of HTML that is wrong, so that a build with -W fails."""
    for fault, pattern in FORBIDDEN.items():
        for found in re.findall(pattern, body):
            said = html.unescape(found)
            logger.warning("%s: %s", fault, said, location=page.name, type="kl", subtype="page")
    return body
