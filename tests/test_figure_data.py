import json
from collections.abc import Callable

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from klhelpers._figure_data import FIGURE_MIME, describe
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


def two_curves(ax: Axes, names: tuple[str, str], swap: bool = False) -> None:
    p, q = ax.plot(X, X, "k-", X, Y, "b--")
    ax.legend([q, p] if swap else [p, q], names)


def bars(ax: Axes, heights: list[float], behind: bool = False) -> None:
    ax.fill_between([0, 2], 1, zorder=1.5)
    for k, height in enumerate(heights):
        ax.bar([k], [height], zorder=1 if behind else 2)


def replaced(values: np.ndarray, index: int, value: float) -> np.ndarray:
    return np.where(np.arange(values.size).reshape(values.shape) == index, value, values)


# What a figure shows, and the same with one fault.
FAULTS: dict[str, tuple[Draw, Draw]] = {
    "curve": (lambda ax: ax.plot(X, Y), lambda ax: ax.plot(X, 1.0001 * Y)),
    "point between samples": (
        lambda ax: ax.plot(X, Y),
        lambda ax: ax.plot(X, replaced(Y, NOT_SAMPLED, Y[NOT_SAMPLED] + 0.01)),
    ),
    "two points exchanged": (
        lambda ax: ax.plot(X, Y),
        lambda ax: ax.plot(X, Y[[*range(1), 2, 1, *range(3, X.size)]]),
    ),
    "faint part on a log axis": (
        lambda ax: on_log_axis(ax, 1e-9 * X),
        lambda ax: on_log_axis(ax, 1e-9 * X * np.where(X > 2, 1.001, 1)),
    ),
    "colour": (lambda ax: ax.plot(X, Y, "k"), lambda ax: ax.plot(X, Y, "r")),
    "transparency": (lambda ax: ax.plot(X, Y), lambda ax: ax.plot(X, Y, alpha=0)),
    "dashes": (lambda ax: ax.plot(X, Y, "-"), lambda ax: ax.plot(X, Y, "--")),
    "steps": (lambda ax: ax.step(X, Y), lambda ax: ax.step(X, Y, where="post")),
    "guide": (lambda ax: ax.axvline(1), lambda ax: ax.axvline(1.001)),
    "names in the legend": (
        lambda ax: two_curves(ax, ("$p$", "$q$")),
        lambda ax: two_curves(ax, ("$q$", "$p$")),
    ),
    "handles in the legend": (
        lambda ax: two_curves(ax, ("$p$", "$q$")),
        lambda ax: two_curves(ax, ("$p$", "$q$"), swap=True),
    ),
    "label": (lambda ax: ax.set_xlabel("$x$"), lambda ax: ax.set_xlabel("$y$")),
    "title": (lambda ax: ax.set_title("(a)", loc="left"), lambda ax: ax.set_title("(b)", loc="left")),
    "title of the figure": (lambda ax: ax.figure.suptitle("$H$"), lambda ax: ax.figure.suptitle("$D$")),
    "limit": (lambda ax: ax.set_ylim(0, 1), lambda ax: ax.set_ylim(0, 1.1)),
    "aspect": (lambda ax: ax.plot([0, 1]), lambda ax: (ax.plot([0, 1]), ax.set(aspect="equal"))),
    "scale": (lambda ax: ax.set(xlim=(1, 10)), lambda ax: ax.set(xlim=(1, 10), xscale="log")),
    "tick": (lambda ax: ax.set_xticks([0, 1]), lambda ax: ax.set_xticks([0, 0.9])),
    "name of a tick": (
        lambda ax: ax.set_xticks([0, 1], ["$a$", "$b$"]),
        lambda ax: ax.set_xticks([0, 1], ["$b$", "$a$"]),
    ),
    "bar": (lambda ax: bars(ax, [1, 0.5]), lambda ax: bars(ax, [1, 0.501])),
    "what hides what": (lambda ax: bars(ax, [1, 0.5]), lambda ax: bars(ax, [1, 0.5], behind=True)),
    "filled area": (lambda ax: ax.fill_between(X, Y, Y + 1), lambda ax: ax.fill_between(X, Y, Y + 1.001)),
    "error bar": (
        lambda ax: ax.errorbar([0, 1], [1, 2], yerr=[0.1, 0.2], capsize=3),
        lambda ax: ax.errorbar([0, 1], [1, 2], yerr=[0.1, 0.21], capsize=3),
    ),
    "text": (lambda ax: ax.text(1, 2, "$p$"), lambda ax: ax.text(1, 2, "$q$")),
    "place of a text": (lambda ax: ax.text(1, 2, "$p$"), lambda ax: ax.text(1, 3, "$p$")),
    "head of an arrow": (
        lambda ax: ax.annotate("$q$", (1, 2), (0, 0), arrowprops={"arrowstyle": "->"}),
        lambda ax: ax.annotate("$q$", (1, 3), (0, 0), arrowprops={"arrowstyle": "->"}),
    ),
    "marker": (lambda ax: ax.scatter([1, 2], [1, 2]), lambda ax: ax.scatter([1, 2], [1, 2.001])),
    "size of a marker": (
        lambda ax: ax.scatter([1, 2], [1, 2], s=[9, 9]),
        lambda ax: ax.scatter([1, 2], [1, 2], s=[9, 16]),
    ),
    "value of a marker": (
        lambda ax: ax.scatter([1, 2, 3], [1, 2, 3], c=[0, 0.5, 1]),
        lambda ax: ax.scatter([1, 2, 3], [1, 2, 3], c=[0, 0.6, 1]),
    ),
    "contour": (
        lambda ax: ax.contour(GRID, levels=[1, 5, 9]),
        lambda ax: ax.contour(1.02 * GRID, levels=[1, 5, 9]),
    ),
    "contour beside a labelled one": (
        lambda ax: ax.clabel(ax.contour(GRID, levels=[1, 5, 9]), [5]),
        lambda ax: ax.clabel(ax.contour(1.02 * GRID, levels=[1, 5, 9]), [5]),
    ),
    "label of a contour": (
        lambda ax: ax.clabel(ax.contour(GRID, levels=[1, 5, 9]), [5]),
        lambda ax: ax.clabel(ax.contour(GRID, levels=[1, 5, 9]), [5], fmt="2·%g"),
    ),
    "level that is labelled": (
        lambda ax: ax.clabel(ax.contour(GRID, levels=[1, 5, 9]), [5]),
        lambda ax: ax.clabel(ax.contour(GRID, levels=[1, 5, 9]), [9]),
    ),
    "level of a filled contour": (
        lambda ax: ax.contourf(GRID, levels=[0, 1, 2]),
        lambda ax: ax.contourf(GRID, levels=[0, 1, 2.1]),
    ),
    "colour of a filled contour": (
        lambda ax: ax.contourf(GRID, levels=[0, 1, 2], colors=["w", "b"]),
        lambda ax: ax.contourf(GRID, levels=[0, 1, 2], colors=["b", "w"]),
    ),
    "arrow of a field": (
        lambda ax: ax.quiver([1, 2], [1, 2], [1, 1], [0, 1]),
        lambda ax: ax.quiver([1, 2], [1, 2], [1, 1], [0, 0.5]),
    ),
    "pixel": (lambda ax: ax.imshow(GRID), lambda ax: ax.imshow(replaced(GRID, 2, 1.0))),
    "range of the colours": (lambda ax: ax.imshow(GRID), lambda ax: ax.imshow(GRID, vmin=1)),
    "cell of a mesh": (lambda ax: ax.pcolormesh(GRID), lambda ax: ax.pcolormesh(replaced(GRID, 2, 1.0))),
    "inset": (
        lambda ax: ax.inset_axes((0.5, 0.5, 0.4, 0.4)).plot(X, Y),
        lambda ax: ax.inset_axes((0.5, 0.5, 0.4, 0.4)).plot(X, 2 * Y),
    ),
}


def drawn(draw: Draw, size: float = 4) -> Figure:
    fig = Figure(figsize=(size, size))
    draw(fig.subplots())
    return fig


def differences(one: Figure, other: Figure) -> list[str]:
    stored, now = (json.loads(json.dumps(describe(fig))) for fig in (one, other))
    return list(nbcompare.data_differences(stored, now, nbcompare.Tolerance()))


@pytest.mark.parametrize("fault", FAULTS)
def test_data_change_with_the_figure_and_only_then(fault: str) -> None:
    right, wrong = FAULTS[fault]
    assert differences(drawn(right), drawn(right)) == []
    assert len(differences(drawn(right), drawn(wrong))) > 0


def test_data_do_not_depend_on_the_size_of_the_page() -> None:
    def draw(ax: Axes) -> None:
        two_curves(ax, ("$p$", "$q$"))
        ax.contourf(GRID)
        ax.quiver([1, 2], [1, 2], [1, 1], [0, 1])

    large, small = drawn(draw), drawn(draw, size=1.5)
    small.canvas.draw()
    assert differences(large, small) == []


def test_data_do_not_depend_on_where_a_label_finds_room() -> None:
    def labelled(fontsize: int) -> Figure:
        return drawn(lambda ax: ax.clabel(ax.contour(GRID, levels=[1, 5, 9]), [5], fontsize=fontsize))

    assert differences(labelled(6), labelled(14)) == []


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
    ("named", "add"),
    {
        "FancyArrowPatch": lambda ax: ax.add_patch(FancyArrowPatch((0, 0), (1, 1))),
        "Table": lambda ax: ax.table([["1"]]),
    }.items(),
)
def test_what_cannot_be_described_is_refused(named: str, add: Draw) -> None:
    with pytest.raises(TypeError, match=f"figure: expected .* found .*{named}"):
        describe(drawn(add))


def test_infinite_and_missing_values_keep_their_places() -> None:
    fig = drawn(lambda ax: ax.plot([0, 1, 2], [np.inf, np.nan, -0.0]))
    assert describe(fig)["axes"][0]["artists"][0]["y"] == {"size": 3, "values": "inf nan 0"}


def test_the_type_of_the_output_is_the_one_that_the_comparer_knows() -> None:
    assert FIGURE_MIME == nbcompare.FIGURE_MIME
