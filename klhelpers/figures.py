"""Figures of the book: inline SVG in the ink of the page, a plain picture, and the data for the tests.

To import this module is to ask for the book's look: it changes matplotlib's style for the whole session. Nothing else
of klhelpers touches matplotlib. ``matplotlib.rcdefaults()`` takes it back.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import sys
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from IPython.display import display
from PIL import Image

from klhelpers._figure_data import FIGURE_MIME, describe

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# One meaning a colour, from the first figure to the last. The first three hues are safe for colour-blind
# readers (Okabe and Ito). On the site each is a CSS variable, so that the dark page can lighten it.
INK = "#1d2129"  # P, axes, text: becomes the colour of the text around the figure
BLUE = "#0072b2"  # Q
ORANGE = "#d55e00"  # forward KL, D(P‖Q)
GREEN = "#009e73"  # reverse KL, D(Q‖P)
GREY = "#8b919c"  # guides

THEMED = {
    INK: "currentColor",
    BLUE: f"var(--kl-blue, {BLUE})",
    ORANGE: f"var(--kl-orange, {ORANGE})",
    GREEN: f"var(--kl-green, {GREEN})",
    GREY: f"var(--kl-grey, {GREY})",
}

UNSEEN = 0.08  # of a point: how far a drawn line may be from its data

STYLE: dict[str, Any] = {
    "figure.figsize": (5.4, 3.0),
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.12,  # room for the name of an axis above it, of which layout counts half
    "font.size": 11,
    "mathtext.fontset": "stix",
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.labelsize": 13,  # labels and legends are mathematics, which STIX sets smaller than the ticks
    "axes.titlesize": 12,
    "axes.titlecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.prop_cycle": cycler(color=[INK, BLUE, ORANGE, GREEN, GREY]),
    "xtick.color": INK,
    "ytick.color": INK,
    "lines.linewidth": 2.0,
    "lines.solid_capstyle": "round",
    "legend.fontsize": 13,
    "legend.frameon": False,
    "patch.edgecolor": "none",
    "svg.fonttype": "path",  # words as shapes: an untrusted JupyterLab drops <svg> but would keep its text
    "svg.hashsalt": "klbook",  # the same figure, the same bytes
}
plt.style.use(STYLE)  # for the whole session, as the docstring says


def themed_svg(fig: Figure) -> str:
    """Return `fig` as one `<svg>` element that takes its ink from the page; the figure stays open.

    The colours of `THEMED` become `currentColor` or a CSS variable, the background is transparent, ids are
    unique to the figure, and the same figure gives the same bytes.
    """
    buffer = io.StringIO()
    fig.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]+"', "<g", svg)  # nothing refers to a group
    svg = re.sub(r"L [-\d.]+ [-\d.]+(?:\s+L [-\d.]+ [-\d.]+){2,}", _thinner, svg)
    svg = re.sub(r' (d|x|y|transform)="([^"]+)"', _shorter, svg)
    for colour, themed in THEMED.items():
        svg = svg.replace(colour, themed)
    prefix = "f" + hashlib.sha256(svg.encode()).hexdigest()[:8] + "-"
    svg = re.sub(r'\bid="', f'id="{prefix}', svg)
    svg = re.sub(r'(href="#|url\(#)', rf"\g<1>{prefix}", svg)
    svg = re.sub(r'(<svg [^>]*?)width="[\d.]+pt" height="[\d.]+pt"', r'\1role="img"', svg, count=1)
    width, _ = fig.get_size_inches()
    svg = svg.replace("<svg ", f'<svg style="max-width:{width / 6.4 * 40:.2f}rem;width:100%" ', 1)
    return re.sub(r"\s*\n\s*", "\n", svg).strip()


def _thinner(match: re.Match[str]) -> str:
    """Leave out of a run of straight lines the points that lie on the way between their neighbours."""
    points = np.array(match[0].replace("L", " ").split(), float).reshape(-1, 2)
    kept = [0]
    for end in range(2, len(points)):
        between = points[kept[-1] + 1 : end] - points[kept[-1]]
        x, y = points[end] - points[kept[-1]]
        length = np.hypot(x, y)
        off = np.abs(between @ [y, -x]) / length if length else np.hypot(*between.T)
        beyond = between @ [x, y] > length**2 if length else off > 0
        if np.any(off > UNSEEN) or np.any(beyond):
            kept.append(end - 1)
    return " ".join(f"L {x:.6f} {y:.6f}" for x, y in points[[*kept, len(points) - 1]])


def _shorter(match: re.Match[str]) -> str:
    """Round to a tenth of a point, which nobody sees; a scale to six digits."""
    name, values = match.groups()
    digits = 1 if "scale" not in values else 6
    rounded = re.sub(r"-?\d+\.\d+", lambda n: f"{float(n[0]):.{digits}f}".rstrip("0").rstrip("."), values)
    return f' {name}="{" ".join(rounded.split())}"'


def png(fig: Figure) -> bytes:
    """Return `fig` as a small PNG on white: line drawings need few colours, those of the smallest dot among them."""
    drawn, small = io.BytesIO(), io.BytesIO()
    fig.savefig(drawn, format="png", dpi=100, facecolor="white")
    Image.open(drawn).convert("RGB").quantize(48, Image.Quantize.MAXCOVERAGE).save(
        small, format="png", optimize=True
    )
    return small.getvalue()


def bundle(fig: Figure) -> dict[str, Any]:
    """Return what the output of a figure holds, by type, and close the figure.

    That is the SVG with the picture behind it (`text/html`), the picture alone (`image/png`), and the data that was
    plotted, which the regression test compares.
    """
    svg = themed_svg(fig)
    made: dict[str, Any] = {FIGURE_MIME: describe(fig)}
    if sys.platform != "emscripten":  # Python in a browser is slow, and nothing there removes the SVG
        fig.set_layout_engine("none")  # it is laid out
        made["image/png"] = base64.b64encode(png(fig)).decode()
        # The style element and the svg are what an untrusted JupyterLab removes: there the img is left, and shows.
        svg = (
            f"<style>.kl-figure svg ~ img {{display: none}}</style>{svg}"
            f'<img alt="" src="data:image/png;base64,{made["image/png"]}">'
        )
    plt.close(fig)
    return made | {"text/html": f'<div class="kl-figure">{svg}</div>'}


def show(fig: Figure) -> None:
    """Show a figure of the book, and close it.

    It has no words of a language. What it says to someone who cannot see it stands in the cell's metadata, key `alt`;
    what it says to everyone, in the markdown cell below.
    """
    for ax in fig.axes:  # the name of an axis stands upright above it, so that a phone shows it whole
        ax.yaxis.label.set(rotation=0, ha=ax.yaxis.get_label_position(), va="bottom", y=1.02)
    display(bundle(fig), raw=True)
