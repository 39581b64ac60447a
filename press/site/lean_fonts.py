"""Cut the fonts of KaTeX down to the characters of the book's formulas: a third of their weight."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from fontTools import subset

FONTS = Path(__file__).with_name("_vendor") / "katex" / "fonts"


PIECES = re.compile(r'<span class="katex-html"|<span|</span(?=>)|>([^<]+)')


def characters(page: str) -> set[str]:
    """Return the characters that KaTeX sets on a page.

    >>> sorted(characters('<b>no</b><span class="katex-html" aria-hidden="true"><span>a</span>&lt;b</span><i>c</i>'))
    ['<', 'a', 'b']
    """
    found: set[str] = set()
    depth = 0
    for piece in PIECES.finditer(page):
        if piece[1]:
            found.update(html.unescape(piece[1]) if depth else "")
        elif "katex-html" in piece[0]:
            depth = 1
        elif depth:
            depth += -1 if piece[0] == "</span" else 1
    return found


def cut(font: Path, needed: set[str], target: Path) -> None:
    """Write `font` to `target` with the glyphs of these characters alone, and no hints for coarse screens."""
    options = subset.Options(flavor="woff2", layout_features=["*"], notdef_outline=True, hinting=False)
    whole = subset.load_font(str(font), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(needed))
    subsetter.subset(whole)
    subset.save_font(whole, str(target), options)


def cut_all(app: Any, exception: Exception | None) -> None:
    """Cut every font when all pages are written; each time from the whole, as pages may have gained a character."""
    if exception or app.builder.format != "html":
        return
    needed = {" "}.union(*(characters(page.read_text("utf-8")) for page in Path(app.outdir).rglob("*.html")))
    for font in sorted(FONTS.glob("*.woff2")):
        cut(font, needed, Path(app.outdir, "_static", "katex", "fonts", font.name))


def setup(app: Any) -> dict[str, bool]:
    """Run when everything is built."""
    app.connect("build-finished", cut_all, priority=902)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
