"""What a figure of the book is compared by, and what it shows where its drawing cannot be shown."""

import io
import json
from collections.abc import Callable
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from PIL import Image

from klhelpers._figure_data import FIGURE_MIME, describe
from klhelpers.figures import BLUE, GREEN, ORANGE, png
from press.notebooks import compare as nbcompare

matplotlib.use("agg")

X = np.linspace(0.1, 4, 200)
Y = np.log(X)
GRID = np.add.outer(X[::5] ** 2, X[::7])
NOT_SAMPLED = 2  # an index of X that falls between two of the stored samples

Draw = Callable[[Axes], object]


def on_log_axis(ax: Axes, y: np.ndarray) -> None:
    ax.set_yscale("log")
    ax.plot(X, y)
    ax.plot(X, np.ones_like(X))


def two_curves(ax: Axes, names: str = "pq", swap: bool = False) -> None:
    p, q = ax.plot(X, X, "k-", X, Y, "b--")
    ax.legend([q, p] if swap else [p, q], names)


def bars(ax: Axes, heights: list[float], behind: bool = False) -> None:
    ax.fill_between([0, 2], 1, zorder=1.5)
    for k, height in enumerate(heights):
        ax.bar([k], [height], zorder=1 if behind else 2)


def replaced(values: np.ndarray, index: int, value: float) -> np.ndarray:
    return np.where(np.arange(values.size).reshape(values.shape) == index, value, values)


def arrow(ax: Axes, head: tuple[float, float]) -> None:
    ax.annotate("$q$", head, (0, 0), arrowprops={"arrowstyle": "->"})


BENT, SWAPPED = replaced(Y, NOT_SAMPLED, Y[NOT_SAMPLED] + 0.01), Y[[0, 2, 1, *range(3, X.size)]]
PALE = 1e-9 * X

# What a figure shows by a value, and that value with one fault.
FAULTS: dict[str, tuple[Callable[[Axes, Any], object], Any, Any]] = {
    "curve": (lambda ax, y: ax.plot(X, y), Y, 1.0001 * Y),
    "point between samples": (lambda ax, y: ax.plot(X, y), Y, BENT),
    "two points exchanged": (lambda ax, y: ax.plot(X, y), Y, SWAPPED),
    "faint part on a log axis": (on_log_axis, PALE, PALE * np.where(X > 2, 1.001, 1)),
    "colour": (lambda ax, colour: ax.plot(X, Y, colour), "k", "r"),
    "transparency": (lambda ax, alpha: ax.plot(X, Y, alpha=alpha), None, 0),
    "dashes": (lambda ax, style: ax.plot(X, Y, style), "-", "--"),
    "steps": (lambda ax, where: ax.step(X, Y, where=where), "pre", "post"),
    "guide": (lambda ax, x: ax.axvline(x), 1, 1.001),
    "names in the legend": (two_curves, "pq", "qp"),
    "handles in the legend": (lambda ax, swap: two_curves(ax, swap=swap), False, True),
    "label": (lambda ax, name: ax.set_xlabel(name), "$x$", "$y$"),
    "title": (lambda ax, name: ax.set_title(name, loc="left"), "(a)", "(b)"),
    "title of the figure": (lambda ax, name: ax.figure.suptitle(name), "$H$", "$D$"),
    "limit": (lambda ax, top: ax.set_ylim(0, top), 1, 1.1),
    "aspect": (lambda ax, aspect: (ax.plot([0, 1]), ax.set(aspect=aspect)), "auto", "equal"),
    "scale": (lambda ax, scale: ax.set(xlim=(1, 10), xscale=scale), "linear", "log"),
    "tick": (lambda ax, at: ax.set_xticks([0, at]), 1, 0.9),
    "name of a tick": (lambda ax, names: ax.set_xticks([0, 1], [*names]), "ab", "ba"),
    "bar": (bars, [1, 0.5], [1, 0.501]),
    "what hides what": (lambda ax, behind: bars(ax, [1, 0.5], behind), False, True),
    "filled area": (lambda ax, height: ax.fill_between(X, Y, Y + height), 1, 1.001),
    "error bar": (lambda ax, e: ax.errorbar([0, 1], [1, 2], yerr=[0.1, e], capsize=3), 0.2, 0.21),
    "text": (lambda ax, text: ax.text(1, 2, text), "$p$", "$q$"),
    "place of a text": (lambda ax, y: ax.text(1, y, "$p$"), 2, 3),
    "head of an arrow": (arrow, (1, 2), (1, 3)),
    "contour": (lambda ax, f: ax.contour(f * GRID, levels=[1, 5, 9]), 1, 1.02),
    "level of a contour": (lambda ax, last: ax.contour(GRID, levels=[1, last]), 5, 5.1),
    "colour of a contour": (lambda ax, names: ax.contour(GRID, levels=[1, 5], colors=[*names]), "kb", "bk"),
    "pixel": (lambda ax, data: ax.imshow(data), GRID, replaced(GRID, 2, 1.0)),
    "range of the colours": (lambda ax, least: ax.imshow(GRID, vmin=least), None, 1),
}


def drawn(draw: Draw, size: float = 4) -> Figure:
    fig = Figure(figsize=(size, size))
    draw(fig.subplots())
    return fig


def differences(one: Figure, other: Figure) -> list[str]:
    stored, now = (json.loads(json.dumps(describe(fig))) for fig in (one, other))
    return list(nbcompare.data_differences(stored, now))


@pytest.mark.parametrize("fault", FAULTS)
def test_data_change_with_the_figure_and_only_then(fault: str) -> None:
    draw, right, wrong = FAULTS[fault]
    one, same, other = (drawn(lambda ax, shown=value: draw(ax, shown)) for value in (right, right, wrong))
    assert differences(one, same) == []
    assert len(differences(one, other)) > 0


def test_data_do_not_depend_on_the_size_of_the_page() -> None:
    def draw(ax: Axes) -> None:
        two_curves(ax)
        ax.contour(GRID)

    large, small = drawn(draw), drawn(draw, size=1.5)
    small.canvas.draw()
    assert differences(large, small) == []


def test_data_do_not_see_the_last_bits() -> None:
    y = np.sin(np.linspace(0, np.pi, X.size))  # ends in 1.2e-16, which is all rounding
    assert differences(drawn(lambda ax: ax.plot(X, y)), drawn(lambda ax: ax.plot(X, y + 2e-16))) == []


def test_what_is_invisible_is_left_out() -> None:
    fig = Figure()
    ax, off = fig.subplots(2)
    ax.plot(X, Y)
    ax.plot(X, -Y)[0].set_visible(False)
    ax.set_xlabel("$x$")
    ax.set_axis_off()
    off.set_visible(False)
    (described,) = describe(fig)["axes"]
    assert len(described["artists"]) == 1
    assert "label" not in described["x"]


@pytest.mark.parametrize(
    ("found", "add"),
    {
        "FancyArrowPatch": lambda ax: ax.add_patch(FancyArrowPatch((0, 0), (1, 1))),
        "Table": lambda ax: ax.table([["1"]]),
        "PathCollection": lambda ax: ax.scatter([1, 2], [1, 2]),
        "Quiver": lambda ax: ax.quiver([1, 2], [1, 2], [1, 1], [0, 1]),
        "QuadMesh": lambda ax: ax.pcolormesh(GRID),
        "Axes": lambda ax: ax.inset_axes((0.5, 0.5, 0.4, 0.4)),
    }.items(),
)
def test_what_cannot_be_described_is_refused(found: str, add: Draw) -> None:
    with pytest.raises(TypeError, match=f"figure: expected .* found {found}$"):
        describe(drawn(add))


def test_infinite_and_missing_values_keep_their_places() -> None:
    fig = drawn(lambda ax: ax.plot([0, 1, 2], [np.inf, np.nan, -0.0]))
    assert describe(fig)["axes"][0]["artists"][0]["y"] == {"size": 3, "values": "inf nan 0"}


def test_the_type_of_the_output_is_the_one_that_the_comparer_knows() -> None:
    assert FIGURE_MIME == nbcompare.FIGURE_MIME


def test_the_picture_keeps_the_colour_of_a_small_dot() -> None:
    fig, ax = plt.subplots()
    x = np.linspace(0, 6, 200)
    ax.fill_between(x, np.sin(x), color=BLUE, alpha=0.3)
    ax.plot(x, np.cos(x), color=GREEN)
    ax.plot(1, 0.5, "o", color=ORANGE, ms=5)
    picture = Image.open(io.BytesIO(png(fig))).convert("RGB")
    colours = np.array(picture, int).reshape(-1, 3)
    dot = 255 * np.array(to_rgb(ORANGE))
    assert np.abs(colours - dot).max(axis=1).min() <= 3
