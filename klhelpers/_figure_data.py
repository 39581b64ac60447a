"""The numbers behind a matplotlib figure, small enough to store and exact enough to catch a wrong curve."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import Collection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.contour import ContourSet
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.text import Annotation, Text
from matplotlib.ticker import LogitLocator, LogLocator, MaxNLocator, SymmetricalLogLocator

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend
    from matplotlib.transforms import Transform
    from numpy.typing import NDArray

FIGURE_MIME = "application/vnd.klbook.figure+json"
SAMPLES = 48
DIGITS = 8
CHOSEN_BY_LAYOUT = (MaxNLocator, LogLocator, LogitLocator, SymmetricalLogLocator)

Described = dict[str, Any]


def describe(fig: Figure) -> Described:
    """Return what `fig` plots, as JSON: the texts, limits and scales of its axes, the data of its artists.

    Artists stand in the order in which they are drawn. What is invisible is left out, and so is what the
    layout decides, such as the ticks that matplotlib chooses: it differs between versions. Data on a
    logarithmic axis are described by their logarithms, which is what the page shows. What no figure of the book has
    needed, such as insets, is a TypeError: no test would see it change.
    """
    return {
        "texts": [text.get_text() for text in fig.texts if text.get_visible()],  # with the fig.suptitle
        "legends": [_legend(legend) for legend in fig.legends],
        "axes": [_axes(ax) for ax in fig.axes if ax.get_visible()],
    }


def _axes(ax: Axes) -> Described:
    legend = ax.get_legend()
    artists = ax.lines, ax.patches, ax.collections, ax.images, ax.texts, ax.tables, ax.artists, ax.child_axes
    shown = {k for k in chain.from_iterable(artists) if k.get_visible()}
    drawn = sorted((k for k in ax.get_children() if k in shown), key=Artist.get_zorder)
    aspect = ax.get_aspect()
    return {
        **({} if aspect == "auto" else {"aspect": float(aspect)}),
        "titles": [ax.get_title(loc) for loc in ("left", "center", "right")],
        "x": _axis(ax.xaxis, shown=ax.axison),
        "y": _axis(ax.yaxis, shown=ax.axison),
        "legends": [_legend(legend)] if legend else [],
        "artists": [_artist(k, ax) for k in drawn],
    }


def _axis(axis: Axis, shown: bool) -> Described:
    described: Described = {
        "scale": axis.get_scale(),
        "limits": _array(_on_scale(axis, axis.get_view_interval())),
    }
    if shown and axis.get_visible():
        described["label"] = axis.get_label_text()
        if not isinstance(axis.get_major_locator(), CHOSEN_BY_LAYOUT):
            ticks = axis.get_majorticklocs()
            described["ticks"] = {
                "at": _array(_on_scale(axis, ticks)),
                "labels": axis.get_major_formatter().format_ticks(list(ticks)),
            }
    return described


def _legend(legend: Legend) -> Described:
    handles = [_look(handle) for handle in legend.legend_handles if handle is not None]
    return {"labels": [t.get_text() for t in legend.get_texts()], "look": handles}


def _artist(artist: Artist, ax: Axes) -> Described:
    """Return the data of one artist; the order of the cases goes from the special to the general."""
    match artist:
        case Annotation():
            return {"text": artist.get_text(), "at": _array(artist.get_position()), "to": _array(artist.xy)}
        case Text():
            return {"text": artist.get_text(), "at": _array(artist.get_position())}
        case Line2D():
            data = np.column_stack(artist.get_data(orig=False))
            return {**_xy(data, artist.get_transform(), ax), "look": _look(artist)}
        case Patch() if not isinstance(artist, FancyArrowPatch):
            vertices = artist.get_patch_transform().transform(artist.get_path().vertices)
            return {**_xy(vertices, artist.get_data_transform(), ax), "look": _look(artist)}
        case ContourSet():
            return _contours(artist)
        case Collection() if artist.get_array() is None and not _has_places(artist, ax):
            vertices = np.concatenate([np.empty((0, 2)), *(path.vertices for path in artist.get_paths())])
            return {"look": _look(artist), **_xy(vertices, artist.get_transform(), ax)}
        case AxesImage():
            return {
                "extent": _array(artist.get_extent()),
                "data": _array(artist.get_array()),
                "colours": artist.get_cmap().name,
                "range": _array(artist.get_clim()),
            }
    known = "texts, lines (markers, too), annotations, patches, filled areas, contours, images"
    raise TypeError(f"figure: expected {known}, found {type(artist).__name__}")


def _has_places(artist: Collection, ax: Axes) -> bool:
    """Whether each of its paths has a place of its own, as those of a scatter plot or a field of arrows have."""
    return artist.get_offset_transform().contains_branch(ax.transData)


def _contours(artist: Any) -> Described:
    # Where a contour is cut into pieces differs between versions; its length and its frame do not.
    pieces = [path.to_polygons(closed_only=False) for path in artist.get_paths()]
    lengths = [sum(np.hypot(*np.diff(piece, axis=0).T).sum() for piece in level) for level in pieces]
    corners = [np.vstack(level) for level in pieces if level]
    frames = [[points.min(axis=0), points.max(axis=0)] for points in corners]
    return {
        "filled": artist.filled,
        "levels": _array(artist.levels),
        "lengths": _array(lengths) | {"rtol": 1e-3},
        "frames": _array(frames) | {"rtol": 1e-3},
        "look": [to_hex(c, keep_alpha=True) for c in artist.to_rgba(artist.cvalues)],
    }


def _look(artist: Any) -> list[str]:
    """Return the colours and strokes by which a reader tells this artist from the next."""
    if isinstance(artist, Line2D):
        style = [str(artist.get_linestyle()), str(artist.get_marker()), str(artist.get_drawstyle())]
        alpha = artist.get_alpha()
        colour = to_hex(to_rgba(artist.get_color(), alpha), keep_alpha=alpha is not None)
        return [colour, f"{artist.get_linewidth():g}", *style]
    faces, edges = (np.atleast_2d(c).reshape(-1, 4) for c in (artist.get_facecolor(), artist.get_edgecolor()))
    return list(dict.fromkeys(to_hex(c, keep_alpha=True) for c in (*faces, *edges)))


def _xy(points: Any, transform: Transform, ax: Axes) -> Described:
    """Return the two columns of `points`, each on the scale of its axis where it is placed by data."""
    points = np.ma.filled(np.ma.asarray(points, dtype=float), np.nan)
    on_data = transform.contains_branch_seperately(ax.transData)
    columns = zip("xy", points.T, (ax.xaxis, ax.yaxis), on_data, strict=True)
    return {name: _array(_on_scale(axis, v) if on else v) for name, v, axis, on in columns}


def _on_scale(axis: Axis, values: Any) -> Any:
    if axis.get_scale() != "log":
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log10(values)


def _array(values: Any) -> Described:
    """Return at most `SAMPLES` of the values, and for longer arrays four numbers that depend on all of them.

    These are the mean, the mean weighted by rank (it sees a change of order), the least and the greatest.
    """
    a: NDArray[np.float64] = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan).ravel()
    sampled = a if a.size <= SAMPLES else a[np.linspace(0, a.size - 1, SAMPLES).round().astype(int)]
    described: Described = {"size": int(a.size), "values": _digits(sampled)}
    finite = a[np.isfinite(a)]
    if a.size > SAMPLES and finite.size:
        rank = np.arange(1, finite.size + 1) / finite.size
        described["summary"] = _digits([finite.mean(), (finite * rank).mean(), finite.min(), finite.max()])
    return described


def _digits(values: Iterable[float]) -> str:
    # One line of text, because JSON knows no inf and would put each number on a line of its own.
    return " ".join(f"{v + 0.0:.{DIGITS}g}" for v in values)
