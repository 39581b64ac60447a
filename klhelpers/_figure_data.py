"""The numbers behind a matplotlib figure, small enough to store and exact enough to catch a wrong curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.contour import ContourSet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FIGURE_MIME = "application/vnd.klbook.figure+json"
SAMPLES = 48
DIGITS = 8

Described = dict[str, Any]


def describe(fig: Figure) -> Described:
    """Return what `fig` plots: for each axes its labels, limits, scales and every artist's data."""
    return {"axes": [_axes(ax) for ax in fig.axes]}


def _axes(ax: Axes) -> Described:
    legend = ax.get_legend()
    return {
        "title": ax.get_title(),
        "labels": [ax.get_xlabel(), ax.get_ylabel()],
        "scales": [ax.get_xscale(), ax.get_yscale()],
        "limits": [_array(ax.get_xlim()), _array(ax.get_ylim())],
        "ticks": [[t.get_text() for t in ticks] for ticks in (ax.get_xticklabels(), ax.get_yticklabels())],
        "legend": [t.get_text() for t in legend.get_texts()] if legend else [],
        "texts": [{"text": t.get_text(), "at": _array(t.get_position())} for t in ax.texts],
        "lines": [_labelled(k, x=_array(k.get_xdata()), y=_array(k.get_ydata()),
                            look=[str(k.get_color()), str(k.get_linestyle())]) for k in ax.lines],
        "patches": [_labelled(k, xy=_array(k.get_patch_transform().transform(k.get_path().vertices)),
                              look=_array(k.get_facecolor())) for k in ax.patches],
        "collections": [_collection(k) for k in ax.collections],
        "images": [_labelled(k, data=_array(k.get_array()), extent=_array(k.get_extent())) for k in ax.images],
    }


def _collection(artist: Any) -> Described:
    values = artist.get_array()
    colours = _array(values) if values is not None else _array(artist.get_facecolor())
    if isinstance(artist, ContourSet):
        # Where a contour is cut into segments differs between versions; its levels and enclosed areas do not.
        areas = [sum(_area(p) for p in path.to_polygons(closed_only=False)) for path in artist.get_paths()]
        return _labelled(artist, levels=_array(artist.levels), areas=_array(areas, digits=4))
    vertices = [p.vertices for p in artist.get_paths() if len(p.vertices)]
    xy = np.concatenate(vertices) if vertices else []
    return _labelled(artist, xy=_array(xy), offsets=_array(artist.get_offsets()), colours=colours)


def _area(polygon: Any) -> float:
    x, y = polygon[:, 0], polygon[:, 1]
    return abs(float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())) / 2


def _labelled(artist: Any, **data: Any) -> Described:
    label = str(artist.get_label())
    return {"label": "" if label.startswith("_") else label, **data}


def _array(values: Any, digits: int = DIGITS) -> Described:
    """At most `SAMPLES` of the values, and the sum, the absolute sum, the least and the greatest of them all."""
    a = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan).ravel()
    sampled = a if a.size <= SAMPLES else a[np.linspace(0, a.size - 1, SAMPLES).round().astype(int)]
    described: Described = {"size": int(a.size), "values": [_rounded(v, digits) for v in sampled]}
    finite = a[np.isfinite(a)]
    if a.size > SAMPLES and finite.size:
        summary = (finite.sum(), np.abs(finite).sum(), finite.min(), finite.max())
        described["summary"] = [_rounded(v, digits) for v in summary]
    return described


def _rounded(value: float, digits: int) -> float | str:
    # JSON has no inf and no nan: they travel as words.
    return float(f"{value:.{digits}g}") if np.isfinite(value) else str(float(value))
