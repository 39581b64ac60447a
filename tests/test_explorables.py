"""Explorables without a browser: what they hand over, what they refuse, and what their scripts compute."""

import json
import math
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets
from matplotlib.path import Path as Polygon
from scipy import special, stats
from scipy.spatial import distance

from klhelpers import (
    NormalMixture,
    forward_kl,
    kl_divergence,
    kl_normal,
    reverse_kl,
)
from klhelpers._figure_data import describe
from klhelpers.widgets import (
    Area,
    Bars,
    Conventions,
    Evidence,
    Landscape,
    Latents,
    Leash,
    Merge,
    Samples,
    Simplex,
)
from klhelpers.widgets._explorable import EXPLORABLE_MIME, FOLDER, Explorable
from klhelpers.widgets.leash import RECIPES, REF
from press.notebooks.compare import FIGURE_MIME, WIDGET_MIME
from tests.node import call, node

ROOT = Path(__file__).parents[1]
EXPLORABLES = [Area, Bars, Conventions, Evidence, Landscape, Latents, Leash, Merge, Samples, Simplex]
each_explorable = pytest.mark.parametrize("explorable", EXPLORABLES, ids=lambda e: e.module)


@each_explorable
def test_what_jupyterlab_gets_is_the_module_of_the_site(explorable: Any, tmp_path: Path) -> None:
    whole = tmp_path / "whole.mjs"
    whole.write_text(explorable()._esm, "utf-8")
    alone = "return [Object.keys(m[0]).sort(), typeof m[0].default.render];"
    assert node(alone, whole) == node(alone, f"{explorable.module}.js")


# --- what stands in the notebook ---


@each_explorable
def test_the_output_holds_state_picture_and_data_and_is_the_same_each_time(explorable: Any) -> None:
    first, second = (explorable()._repr_mimebundle_()[0] for _ in range(2))
    assert first.pop(WIDGET_MIME) != second.pop(WIDGET_MIME)
    assert first == second
    assert set(first) == {"text/plain", "text/html", "image/png", FIGURE_MIME, EXPLORABLE_MIME}
    slot = re.match(
        r'<div class="kl-explorable" data-module="(\w+)" data-state="([^"]*)">', first["text/html"]
    )
    assert slot
    assert {"module": slot[1], "state": json.loads(unescape(slot[2]))} == first[EXPLORABLE_MIME]
    assert first["text/html"].count("<svg") == 1 and "data:image/png" in first["text/html"]


@pytest.mark.parametrize(
    ("missing", "script"),
    [
        (["anywidget", "ipywidgets", "matplotlib", "IPython"], "import klhelpers"),
        # The lab has scipy only for chapters that use it themselves.
        (["scipy"], "from klhelpers.widgets import Area, Bars; Area().picture(), Bars().picture()"),
    ],
)
def test_what_is_not_needed_may_be_missing(missing: list[str], script: str) -> None:
    blocked = f"import sys; sys.modules |= dict.fromkeys({missing}); {script}"
    subprocess.run([sys.executable, "-c", blocked], check=True)


# --- what they refuse ---


@each_explorable
def test_an_address_may_ask_for_what_python_accepts_and_for_nothing_else(explorable: Any) -> None:
    widget = explorable()
    state, module = widget.state(), f"{widget.module}.js"
    traits = node("return m[0].TRAITS;", module)
    assert traits.keys() == state.keys()
    tried = []
    for name, trait in traits.items():
        ends = trait.get("within", [] if "among" in trait else [0, 1])
        around = [end + off for end in ends for off in (-1, -1e-6, 0, 1e-6, 1)]
        single = [None, "other", 0.5, *around, *trait.get("among", [])]
        rest = state[name][1:] if isinstance(state[name], list) else []
        lists = [[], [1], [0.5, 0.5], [0.2, 0.3, 0.5], [1, *[0] * 8], *([first, *rest] for first in single)]
        tried += [(name, value) for value in single + lists]
    script = "return data.slice(1).map((state) => m[1].refusedOf(m[0].TRAITS, data[0], state) ?? null);"
    states = [state, *(state | {name: value} for name, value in tried)]
    refused = node(script, module, "explorable.js", data=states)
    for (name, value), by_script in zip(tried, refused, strict=True):
        try:
            setattr(widget, name, value)
        except traitlets.TraitError:
            assert by_script, f"only Python refuses {name} = {value}"
        else:
            assert by_script is None, f"only the script refuses {name} = {value}"
            setattr(widget, name, state[name])


@pytest.mark.parametrize(
    ("explorable", "state", "said"),
    [
        (Area, {"mu": 4}, "mu must be from -3 to 3, but found 4"),
        (Area, {"sigma": math.nan}, "sigma must be from 0.5 to 2.5, but found nan"),
        (Bars, {"p": [0.5, 0.5]}, r"p and q must be of one length, but found \[2, 4\]"),
        (Bars, {"p": [1.0], "q": [1.0]}, "p must hold 2 to 8 numbers, but found 1"),
        (Bars, {"q": [0.1, 0.2, 0.3, 0.5]}, "the sum of q must be 1"),
        (Conventions, {"q": [0.5, 1.5]}, "q must be from 0 to 1, but found 1.5"),
        (Latents, {"variances": [1, 2]}, "variances must hold 6 numbers, but found 2"),
    ],
)
def test_python_says_what_is_no_state(explorable: Any, state: dict[str, Any], said: str) -> None:
    with pytest.raises(traitlets.TraitError, match=said):
        explorable(**state)


def test_bars_change_their_number_of_outcomes_at_once() -> None:
    bars = Bars()
    with bars.hold_trait_notifications():
        bars.p, bars.q = [0.5, 0.5], [0.25, 0.75]
    assert bars.p == [0.5, 0.5] and bars.q == [0.25, 0.75]
    with pytest.raises(traitlets.TraitError):
        bars.p = [1 / 3] * 3
    assert bars.p == [0.5, 0.5]


# --- their pictures ---

CORNER = [1.0, 0.0, 0.0]


def drawn(explorable: Explorable) -> Any:
    """What the axes of its picture show, once it is drawn."""
    figure = explorable.picture()
    figure.canvas.draw()
    axes = describe(figure)["axes"]
    plt.close(figure)
    return axes


@pytest.mark.parametrize(
    ("explorable", "state", "said"),
    [
        (Bars, {"q": [0.0, 0.3, 0.3, 0.4]}, ["infty"]),
        (Bars, {"q": [1.0, 0.0, 0.0, 0.0]}, ["infty"]),
        (Simplex, {"p": CORNER, "guess_directions": "curve"}, ["infty"]),
        (Simplex, {"q": [0, 0.5, 0.5], "guess_directions": "curve"}, ["infty"]),
        (Simplex, {"view": "detour", "r": CORNER}, ["infty"]),
        (Simplex, {"view": "mixtures", "q2": CORNER}, ["D(p_"]),
        (Conventions, {"p": [0.0, 0.0]}, [r"D(p\\,\\|\\,q)$: nan"]),
        (Leash, {"policy": [0.0, 0.4, 0.6], "reward": [1, 1, 1]}, ["pi^*"]),
        (Leash, {"policy": CORNER}, ["pi^*"]),
        (Latents, {"beta": 20}, ["KL} = 0.000", "^2 = 15.750"]),
        (Latents, {"reduction": "mean_kl", "beta": 0.05, "noise": 0.1}, ["s^2/6 = 0.000833", "= 22.310"]),
        (Latents, {"reduction": "mean_error", "beta": 0.5}, ["$6", "beta s^2 = 3", "^2 = 9.750"]),
        (Merge, {"cells": [0, 1, 0, 3, 4, 3, 4, 7]}, ["= 0.355"]),
        (Merge, {"p": [0.5, 0.5, 0], "q": [0.5, 0, 0.5], "cells": [2, 1, 0]}, ["= inf"]),
        (Merge, {"p": [0.5, 0.5, 0], "q": [0.5, 0, 0.5], "cells": [4, 4, 4]}, ["= 0.000"]),
        (Samples, {}, ["(K-1)/2n = 0.072"]),
        (Samples, {"same": False, "known": False, "n": 2000}, ["D = 0.050"]),
        (Samples, {"n": 10, "bins": 64, "known": False}, ["1.00"]),  # no estimate is finite
    ],
)
def test_every_state_has_a_picture(explorable: Any, state: dict[str, Any], said: list[str]) -> None:
    shown = json.dumps(drawn(explorable(**state)))
    assert all(each in shown for each in said) and "NaN" not in shown


@pytest.mark.parametrize(
    ("state", "symbol", "minima", "least"),
    [
        ({}, "D(Q", 1, 1),
        ({"means": [-1, 5]}, "D(Q", 3, 1),
        ({"weights": [0.5, 0.5], "means": [0, 7.5]}, "D(Q", 3, 2),  # which tie
        ({"objective": "forward", "means": [-1, 5]}, "D(P", 1, 1),
        ({"weights": [0.0, 1.0]}, "D(Q", 1, 1),
    ],
)
def test_landscapes_have_a_picture_of_every_state(
    state: dict[str, Any], symbol: str, minima: int, least: int
) -> None:
    figure = Landscape(**state).picture()
    figure.canvas.draw()
    plt.close(figure)
    circles = [line for line in figure.axes[3].lines if line.get_marker() == "o"]
    filled = [circle for circle in circles if circle.get_markerfacecolor() != "none"]
    assert (len(circles), len(filled)) == (minima, least)
    assert symbol in figure.axes[3].get_title()


# --- what their scripts compute ---


@pytest.mark.parametrize(
    "state",
    [
        {"n": 10_000, "bins": 2, "same": False},
        {"n": 10_000, "bins": 64, "known": False, "smoothing": "one"},
        {"n": 10, "bins": 64, "smoothing": "half"},
        {"n": 10, "bins": 3, "same": False, "known": False},  # one in twenty is infinite
    ],
)
def test_the_script_draws_estimates_as_python_does(state: dict[str, Any]) -> None:
    samples, count = Samples(**state), 4000
    (found,) = call("samples.js", "summary", [(samples.state(), count)])
    finite = found["finite"]
    assert found["infinite"] == pytest.approx(1 - len(finite) / count)
    assert found["mean"] == pytest.approx(np.mean(finite))
    drawn = np.pad(finite, (0, count - len(finite)), constant_values=np.inf)
    estimates = [np.round(some, 9) for some in (drawn, samples.estimates(count))]
    assert stats.ks_2samp(*estimates, method="asymp").pvalue > 1e-3
    assert [found["density"], found["binned"]] == pytest.approx(samples.truth(), abs=1e-15)
    assert found["binned"] + found["invented"] == pytest.approx(samples.law())


def test_the_script_merges_as_python_does_and_knows_the_most_that_three_cells_keep() -> None:
    rng = np.random.default_rng(5)
    pairs = [(Merge().p, Merge().q), *rng.dirichlet(np.ones(6), size=(5, 2)).tolist()]
    pairs.append(([0.5, 0.25, 0.25, 0], [0.5, 0.5, 0, 0]))
    best = call("merge.js", "most", [({"p": p, "q": q},) for p, q in pairs])
    for (p, q), kept in zip(pairs, best, strict=True):
        ways = np.stack(np.indices((3,) * len(p))).reshape(len(p), -1).T
        cells = np.eye(3)[ways]  # every way to put the bins into three cells
        left = kl_divergence(np.einsum("b,wbc->wc", p, cells), np.einsum("b,wbc->wc", q, cells))
        assert kept == pytest.approx(left.max(), rel=1e-12)
    merge = Merge(cells=[3, 1, 3, 0, 0, 5, 1, 5])
    (groups,) = call("merge.js", "groups", [(merge.cells,)])
    assert groups == [[0, 2], [1, 6], [3, 4], [5, 7]]
    (merged,) = call("merge.js", "merged", [({"p": merge.p, "q": merge.q}, groups)])
    assert merged["p"] == pytest.approx(merge.p @ merge.channel())
    assert merged["divergence"] == pytest.approx(kl_divergence(merged["p"], merged["q"]), rel=1e-12)


# What is averaged over x from π, by d = log π(x)/ref(x).
ESTIMATES: dict[str, Any] = {
    "k1": lambda d: d,
    "k2": lambda d: d**2 / 2,
    "k3": lambda d: np.exp(-d) - 1 + d,
    "inverted": lambda d: np.exp(d) - 1 - d,
}


@pytest.mark.parametrize("recipe", RECIPES)
def test_what_a_recipe_descends_is_the_slope_of_what_is_not_frozen(recipe: str) -> None:
    """In the reward the estimate is frozen and the sampling is not; in the loss it is the other way round."""
    name, where = recipe.split()
    estimate = ESTIMATES[name]
    policies = np.random.default_rng(6).dirichlet(np.ones(3), 40)
    found = np.array(call("leash.js", "gradient", [(p, recipe) for p in policies]))
    for p, gradient in zip(policies, found, strict=True):
        theta = np.log(p) + 1e-5 * np.concatenate([np.eye(3), -np.eye(3)])
        moved = special.softmax(theta, axis=1)
        sampled, scored = (moved, p) if where == "reward" else (p, moved)
        mean = np.sum(sampled * estimate(np.log(scored / REF)), axis=1)
        assert gradient == pytest.approx((mean[:3] - mean[3:]) / 2e-5, abs=1e-8)


def test_training_ends_where_each_recipe_leads() -> None:
    rng = np.random.default_rng(8)
    policies, betas = rng.dirichlet(np.full(3, 3), 12), rng.uniform(1, 4, 12)
    rewards = rng.permuted(np.tile([0.0, 0.7, 1.6], (12, 1)), axis=1)
    states = [
        {"policy": p, "reward": r, "beta": beta, "recipe": recipe}
        for p, r, beta in zip(policies, rewards, betas, strict=True)
        for recipe in RECIPES
    ]
    for state, way in zip(states, call("leash.js", "way", [(s,) for s in states]), strict=True):
        r, beta, end = state["reward"], state["beta"], np.array(way[-1])
        steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
        assert way[0] == pytest.approx(state["policy"]) and steps.max() < 0.02
        if state["recipe"] in ("k1 reward", "k2 loss"):
            assert end == pytest.approx(Leash(reward=r.tolist(), beta=beta).optimum(), abs=1e-4)
        elif state["recipe"] == "k1 loss":
            assert end.argmax() == r.argmax() and end.max() > 0.99
        elif state["recipe"] == "k3 loss":  # where E[r] − β D(ref‖π) is largest
            assert end * (r - end @ r) == pytest.approx(beta * (end - REF), abs=1e-4)
        elif state["recipe"] == "k3 reward":
            assert end.min() < 0.01, "an action is driven out, whatever the reward"
    (best,) = call("leash.js", "optimum", [([0, 1, 2], 0.5)])
    assert best == pytest.approx([0.036667, 0.162559, 0.800774], abs=1e-6)


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"beta": 2.5},
        {"beta": 3, "noise": 0.3, "reduction": "mean_kl"},
        {"beta": 0.4, "noise": 0.5, "reduction": "mean_error"},
    ],
)
def test_the_script_has_the_optimum_of_python(state: dict[str, Any]) -> None:
    latents = Latents(**state)
    kl, error = latents.optimum()
    (script,) = call("latents.js", "optimum", [(latents.state(),)])
    expected = {"level": latents.level(), "KL": kl, "error": error}
    assert all(script[name] == pytest.approx(each, rel=1e-14) for name, each in expected.items())


@pytest.mark.parametrize("order", ["pq", "qp"])
def test_the_switchboard_prints_what_scipy_and_the_lines_of_the_chapter_give(order: str) -> None:
    rng = np.random.default_rng(20)
    pairs = [
        *rng.uniform(size=(20, 2, 2)),
        *np.array([[[1, 0], [0.5, 0.5]], [[0.5, 0.5], [1, 0]], [[1, 0], [1, 0]]]),
    ]
    states = [
        {"p": p, "q": q, "order": order, "given": given} for p, q in pairs for given in ("log", "plain")
    ]
    cells = json.loads((ROOT / "notebooks/04-code.ipynb").read_text("utf-8"))["cells"]
    lines: dict[str, Any] = {"np": np}
    with np.errstate():  # which the cells change
        for cell in cells:
            if cell["cell_type"] == "code" and cell["id"].startswith("lines-"):
                exec("".join(cell["source"]), lines)
        for state, printed in zip(
            states, call("conventions.js", "printed", [(s,) for s in states]), strict=True
        ):
            p, q = (state[name] for name in order)
            terms = lines["loss_terms"](np.log(q) if state["given"] == "log" else q, p)
            expected = {
                "SciPy, JAX rel_entr": special.rel_entr(p, q).sum(),
                "SciPy, JAX kl_div": special.kl_div(p, q).sum(),
                "SciPy entropy": stats.entropy(p, q),
                "SciPy jensenshannon": distance.jensenshannon(p, q),
                "PyTorch F.kl_div": terms.mean(),
                "Optax kl_divergence": terms.sum(),
                "PyTorch Categorical": lines["categorical"](p, q),
                "TFP, TorchMetrics": lines["row_mean"](p[None], q[None]),
                "Keras kl_divergence": lines["keras_kl"](p, q),
                "scikit-learn NMF": lines["nmf_loss"](p, q),
                "klhelpers": kl_divergence(p, q) if p.sum() == 1 == q.sum() else -1,
            }
            assert {name: -1 if value is None else value for name, value in printed} == pytest.approx(
                expected, rel=1e-9, abs=1e-12, nan_ok=True
            )


def test_a_moved_bar_takes_from_the_others_in_proportion() -> None:
    moves = [(0, 0), (0, 1), (3, 0.7), (1, 0.0049), (2, 7), (2, -1)]
    results = call("bars.js", "moved", [([0.1, 0.2, 0.3, 0.4], *move) for move in moves])
    assert results[0] == pytest.approx([0, 2 / 9, 3 / 9, 4 / 9])
    assert results[1] == [1, 0, 0, 0]
    assert results[2] == pytest.approx([0.05, 0.1, 0.15, 0.7])
    assert results[3][1] == 0
    assert results[4] == pytest.approx([0, 0, 1, 0]) and results[5][2] == 0
    assert all(math.isclose(sum(p), 1) for p in results)
    (alone,) = call("bars.js", "moved", [([0, 1, 0], 1, 0.4)])
    assert alone == pytest.approx([0.3, 0.4, 0.3])  # nothing to keep in proportion: equal shares


def test_a_point_dropped_anywhere_becomes_a_distribution_there_or_on_a_side() -> None:
    rng = np.random.default_rng(11)
    p = rng.dirichlet(np.ones(3), size=50)
    there = node("return data.map((p) => m[0].chosen(m[0].place(p)));", "triangle.js", data=p)
    assert np.array(there) == pytest.approx(p, abs=0.01)
    places = [{"x": x, "y": y} for x, y in rng.normal(0, 2, size=(200, 2))]
    found = np.array(call("triangle.js", "chosen", [(place,) for place in places]))
    assert found.sum(axis=1) == pytest.approx(np.ones(200), abs=1e-12) and np.all(found >= 0)
    assert np.mean(np.any(found == 0, axis=1)) > 0.8, "most of these places are outside"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("stepped([0.5, 0.3, 0.2], 1, 0)", [0.49, 0.31, 0.2]),
        ("stepped([0.5, 0.3, 0.2], 0, 1)", [0.495, 0.295, 0.21]),
        ("stepped([0.6, 0, 0.4], -1, 0)", [0.604, 0, 0.396]),  # along the side
        ("movedToEnd([0.5, 0.3, 0.2], 1)", [0, 0.6, 0.4]),
        ("movedToEnd([0.5, 0.3, 0.2], -1)", [1, 0, 0]),
        ("movedToEnd([1, 0, 0], 1)", [0, 0.5, 0.5]),
        ("chosen({ x: 0.4, y: 0.004 })", [0.6005, 0.3995, 0]),  # close to a side is on it
        ("chosen({ x: 0.4, y: -2 })", [0.6, 0.4, 0]),
        ("chosen({ x: -1, y: 0.25 * 0.75 ** 0.5 })", [0.75, 0, 0.25]),
    ],
)
def test_keys_and_pointers_move_a_point_along_the_triangle(asked: str, expected: list[float]) -> None:
    assert node(f"return m[0].{asked};", "triangle.js") == pytest.approx(expected, abs=1e-3)


def test_q_snaps_to_where_both_directions_agree_and_nowhere_else() -> None:
    p, agreed = [0.5, 0.3, 0.2], [0.3, 0.34457244, 0.35542756]
    near, far = [0.303, 0.3416, 0.3554], [0.33, 0.33, 0.34]
    snapped, untouched = call("triangle.js", "snapped", [(near, p, 0.012), (far, p, 0.012)])
    assert untouched == far and snapped != near
    assert abs(kl_divergence(p, snapped) - kl_divergence(snapped, p)) < 1e-12
    assert np.abs(np.subtract(snapped, agreed)).max() < 0.02


@pytest.mark.parametrize(
    ("p", "q", "tossed"), [(0.5, 0.6, "p"), (0.5, 0.51, "q"), (0.5, 0.01, "p"), (0.3, 0.3, "p")]
)
@pytest.mark.parametrize("seed", [0, 2**32 - 1])
def test_the_walks_on_the_page_are_those_of_python(p: float, q: float, tossed: str, seed: int) -> None:
    evidence = Evidence(p=p, q=q, tossed=tossed, seed=seed, walks=3)
    drift, tosses, at, walks = node(
        """
        const at = m[0].stops(m[0].horizon(data));
        const walks = m[0].headsAt(at, data).map((row) => row.map((heads, i) => m[0].evidence(heads, at[i], data)));
        return [m[0].drift(data), m[0].horizon(data), at, walks];
        """,
        "evidence.js",
        data=evidence.state(),
    )
    assert tosses == evidence.tosses()
    assert drift == pytest.approx(evidence.drift(), rel=1e-10)
    L = evidence.drawn()[:, np.array(at) - 1]
    assert np.array(walks) == pytest.approx(L, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("mu", "sigma"), [(1.2, 1.2), (0, 1), (-3, 0.5), (3, 2.5), (0, 0.5)])
def test_the_area_of_the_first_page_is_the_divergence(mu: float, sigma: float) -> None:
    D, curve = node(
        "return [m[0].divergence(data), m[0].curves(data)];", "area.js", data={"mu": mu, "sigma": sigma}
    )
    assert pytest.approx(kl_normal(0, 1, mu, sigma, base=2), abs=1e-12) == D
    assert np.trapezoid(curve["terms"], curve["x"]) == pytest.approx(D, abs=1e-3)
    assert "infty" not in json.dumps(drawn(Area(mu=mu, sigma=sigma)))


TRUTHS = [([0.4, 0.6], [-1, 3], [1, 1]), ([0.4, 0.6], [-1, 5], [1, 1]), ([0.3, 0.7], [6, 0], [0.5, 1.2])]


@pytest.mark.parametrize("parts", TRUTHS)
@pytest.mark.parametrize("Q", [(1.4, 2.0), (2.8, 1.2), (3.0, 0.1)])
def test_the_filled_areas_are_the_divergences(parts: tuple[list[float], ...], Q: tuple[float, float]) -> None:
    P = NormalMixture(*parts)
    script = "return m[0].curves(new m[1].Mixture(...data[0]), ...data[1]);"
    curve = node(script, "landscape-charts.js", "mixtures.js", data=[parts, Q])
    areas = {"p": 1, "q": 1, "forward": forward_kl(P, *Q), "reverse": reverse_kl(P, *Q)}
    found = {name: np.trapezoid(curve[name], curve["x"]) for name in areas}
    assert found == pytest.approx(areas, rel=0.01, abs=0.01)


def test_regions_hold_what_is_below_their_level_and_nothing_else() -> None:
    rng = np.random.default_rng(7)
    xs, ys = np.cumsum(rng.uniform(0.5, 2, 13)), np.cumsum(rng.uniform(0.5, 2, 9))
    grid, levels = rng.normal(size=(9, 13)), [-1.0, 0.0, 0.5, 1.0]
    found = node("return m[0].regionsBelow(...data);", "heights.js", data=[grid, xs, ys, levels])
    x = np.linspace(xs[0] + 0.01, xs[-1] - 0.01, 200)
    for row, y in zip(grid[1:-1], ys[1:-1], strict=True):  # along its lines the grid is linear
        values = np.interp(x, xs, row)
        for level, loops in zip(levels, found, strict=True):
            clear = np.abs(values - level) > 1e-3
            # Holes run the other way, so that each point is inside once or not at all.
            turns = sum(
                direction(loop) * Polygon(loop).contains_points([(at, y) for at in x]) for loop in loops
            )
            assert np.all((turns == (values < level))[clear])


def direction(loop: list[list[float]]) -> float:
    """1 or −1: which way round a polygon runs."""
    x, y = np.array(loop).T
    return float(np.sign(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)))


def test_every_language_says_the_same_things_of_every_explorable() -> None:
    keys = r"""
        const names = (text) => (text.match(/\{.*?\}/g) ?? []).sort();
        const keys = (table, path = "") => Object.entries(table).flatMap(([key, value]) =>
            typeof value === "string" ? [[path + key, names(value)]] : keys(value, `${path}${key}.`));
        return m.map((table) => keys(table.default).sort());
    """
    english, *others = node(keys, "words-en.js", *FOLDER.glob("words-[!e]*.js"))
    assert all(other == english for other in others)
    spoken_of = {key.split(".")[0] for key, _ in english}
    assert spoken_of == {"everywhere", *(explorable.module for explorable in EXPLORABLES)}
