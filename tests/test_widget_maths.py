"""The mathematics of the explorables, which is JavaScript, held against klhelpers."""

import math

import numpy as np
import pytest
from matplotlib.path import Path as Polygon

from klhelpers import (
    NormalMixture,
    fit_forward,
    fit_reverse,
    forward_kl,
    kl_divergence,
    kl_normal,
    reverse_kl,
)
from tests.node import call, node

rng = np.random.default_rng(20240229)


def log_uniform(low, high, size=None):
    return np.exp(rng.uniform(math.log(low), math.log(high), size))


# Discrete distributions.


def random_pair(kind):
    size = rng.integers(2, 9)
    p, q = rng.dirichlet(np.full(size, rng.choice([0.05, 0.5, 1, 5])), 2)
    if kind == "zeros":
        p, q = (np.where(rng.random(size) < 0.3, 0, x) for x in (p, q))
        p[0] += p.sum() == 0
        q[-1] += q.sum() == 0
    elif kind == "close":
        q = p * (1 + log_uniform(1e-13, 1e-1) * rng.standard_normal(size).clip(-3, 3))
    elif kind == "faint":
        p, q = (x * log_uniform(1e-300, 1, size) for x in (p, q))
    p, q = p / p.sum(), q / q.sum()
    if kind == "sums that are a little off":
        q = p * (1 + 1e-9 * rng.standard_normal(size)) * (1 + rng.uniform(-4e-9, 4e-9))
    return p, q


# The script lets sums be what they are, which adds half the square of what they differ by: for "close" by rounding,
# which is nothing beside D as long as p and q are more than 1e-7 of each other apart.
ADDED = {"far": 0, "zeros": 0, "faint": 0, "close": 1e-30, "sums that are a little off": 5e-17}


@pytest.mark.parametrize("kind", ADDED)
def test_the_divergence_agrees(kind):
    pairs = [random_pair(kind) for _ in range(300)]
    if kind == "faint":
        pairs.append(([0.5, 0.5], [1, 5e-324]))  # whose quotient is beyond the largest number
    assert call("maths.js", "klDivergence", pairs) == pytest.approx(
        [kl_divergence(*pair) for pair in pairs], rel=1e-12, abs=ADDED[kind]
    )


# Curves on the triangle.

PLANE = np.array([[1, 0], [-0.5, math.sqrt(0.75)], [-0.5, -math.sqrt(0.75)]])  # a triangle's corners
CENTRE = np.full(3, 1 / 3)
HALF = [0.5, 0.5, 0]
INSIDE = [rng.dirichlet([1, 1, 1]) * 0.94 + 0.02 for _ in range(12)] + [
    CENTRE,
    np.array([0.5, 0.3, 0.2]),
    np.array([0.98, 0.01, 0.01]),
    np.array([0.4, 0.4, 0.2]),
]
LEVELS = [1e-6, 0.01, 0.1, 0.3]
# For each kind of curve: what it is called with, and for each curve that it finds what is negative inside of it.
CURVES = {
    "forwardContours": (
        [(p, LEVELS) for p in [*INSIDE, np.array([0.6, 0.4, 0]), np.array([0, 0, 1])]],
        lambda p, levels: [lambda q, level=level: kl_divergence(p, q) - level for level in levels],
    ),
    "reverseContours": (
        [(p, [*LEVELS, 1, 5]) for p in INSIDE],
        lambda p, levels: [lambda q, level=level: kl_divergence(q, p) - level for level in levels],
    ),
    "detourContour": (
        list(zip(INSIDE, INSIDE[1:] + INSIDE[:1], strict=True)),
        lambda p, r: [lambda q: kl_divergence(p, q) + kl_divergence(q, r) - kl_divergence(p, r)],
    ),
    "equalityCurve": (
        [(p,) for p in INSIDE],
        lambda p: [lambda q: kl_divergence(p, q) - kl_divergence(q, p)],
    ),
}


@pytest.mark.parametrize("name", CURVES)
def test_a_curve_is_where_its_function_is_zero_and_parts_what_is_below_from_what_is_above(name):
    cases, functions = CURVES[name]
    found = call("triangle.js", name, cases)
    curves = found if name.endswith("Contours") else [[lines] for lines in found]
    draws = np.random.default_rng(1)
    for given, of_levels in zip(cases, curves, strict=True):
        assert any(of_levels), "there is a curve"
        q = np.concatenate([draws.dirichlet([1, 1, 1], 400), draws.dirichlet(given[0] * 300 + 1, 200)])
        for excess, lines in zip(functions(*given), of_levels, strict=True):
            away, inside = np.full(len(q), np.inf if lines else 0), np.zeros(len(q), dtype=bool)
            for line in map(np.array, lines):
                assert excess(line) == pytest.approx(0, abs=1e-9)
                assert np.abs(np.diff(line, axis=0)).max() < 0.1, "it looks like a curve"
                away = np.minimum(away, np.min(np.linalg.norm(q[:, None] - line, axis=2), axis=1))
                inside |= Polygon(line @ PLANE).contains_points(q @ PLANE)
                if line[0] != pytest.approx(line[-1], abs=1e-12):
                    assert max(min(line[0]), min(line[-1])) < 1e-12, "it closes, or ends at the border"
                    away[:] = 0
            clear = away > 0.03
            assert np.all((excess(q) < 0)[clear] == inside[clear])


def test_where_the_function_is_infinite_inside_there_is_no_curve():
    detours = [(CENTRE, CENTRE), (CENTRE, HALF), (HALF, HALF)]
    nowhere = {"equalityCurve": [(HALF,)], "detourContour": detours}
    for name, cases in nowhere.items():
        assert call("triangle.js", name, cases) == [[]] * len(cases)
    assert call("triangle.js", "reverseContours", [(HALF, LEVELS)]) == [[[]] * len(LEVELS)]


# Normals and mixtures.


def test_normals_agree():
    m, s = rng.normal(0, 10, 400), log_uniform(1e-3, 1e3, 400)
    shift = rng.choice([-1, 1], 400) * log_uniform(1e-12, 1e3, 400)
    near = 1 + rng.choice([-1, 1], 200) * log_uniform(1e-10, 0.3, 200)
    pairs = np.stack([m, s, m + shift * s, s * np.concatenate([log_uniform(1e-3, 1e3, 200), near])], axis=1)
    assert call("mixtures.js", "klNormal", pairs) == pytest.approx(
        [kl_normal(*pair) for pair in pairs], rel=1e-12, abs=1e-15
    )


def random_mixture(size):
    """Neighbours 0 to 20 apart, standard deviations from 0.1 to 10, weights from 0.02 on."""
    weights = 0.02 + (1 - 0.02 * size) * rng.dirichlet(np.ones(size))
    sigmas = log_uniform(0.1, 10, size) if rng.random() < 0.6 else np.full(size, log_uniform(0.1, 10))
    gap = min(rng.uniform(0, 20), rng.choice([3, 10, math.inf]) * sigmas.max())
    return NormalMixture(weights / weights.sum(), rng.uniform(-5, 5) + gap * np.arange(size), sigmas)


def place(P):
    """A normal somewhere about P."""
    spread = np.ptp(P.means) + P.sigmas.max()
    return rng.uniform(P.means.min() - spread, P.means.max() + spread), log_uniform(0.05, 2 * spread)


def parts(P):
    return [P.weights, P.means, P.sigmas]


MIXTURES = [random_mixture(size) for size in [1] * 10 + [2] * 160]
PLACES = [(P, *place(P)) for P in MIXTURES]
MIXED = "const mixed = ([P, ...at]) => [new m[0].Mixture(...P), ...at];"


def mixed(script, *modules, data):
    """What a script returns for mixtures, which it gets by `mixed(each)`, and numbers that follow them."""
    return node(MIXED + script, "mixtures.js", *modules, data=[[parts(P), *at] for P, *at in data])


@pytest.mark.parametrize(
    ("expression", "expected", "rounding"),
    [
        ("P.logDensity(mu)", lambda P, mu, sigma: P.logpdf(mu), 1e-12),
        ("P.mean", lambda P, mu, sigma: P.mean(), 0),
        ("P.variance", lambda P, mu, sigma: P.var(), 0),
        ("m[0].fitForward(P).kl", lambda P, mu, sigma: fit_forward(P).kl, 1e-11),
        ("m[0].forwardSlopes(P, mu, sigma).kl", forward_kl, 1e-10),
        ("m[0].reverseSlopes(P, mu, sigma).kl", reverse_kl, 1e-10),
    ],
)
def test_mixtures_agree(expression, expected, rounding):
    script = f"return data.map(mixed).map(([P, mu, sigma]) => {expression});"
    found = mixed(script, data=PLACES)
    assert found == pytest.approx([expected(*at) for at in PLACES], rel=1e-12, abs=rounding)


def test_slopes_are_the_differences():
    """Of the value and of the gradient, in μ/σ and log σ."""
    script = """
        const h = 1e-4, around = [[0, 0], [h, 0], [-h, 0], [0, h], [0, -h]];
        return data.map(mixed).map(([P, mu, sigma]) => ["reverseSlopes", "forwardSlopes"].map((slopes) =>
            around.map(([a, b]) => m[0][slopes](P, mu + a * sigma, sigma * Math.exp(b)))));
    """
    for answers, (_, _, sigma) in zip(mixed(script, data=PLACES[::4]), PLACES[::4], strict=True):
        for at, right, left, wider, narrower in answers:
            size = 1 + max(abs(value) for value in at.values())
            differences = {
                "byMu": (right["kl"] - left["kl"]) / 2e-4,
                "byLogSigma": (wider["kl"] - narrower["kl"]) / 2e-4,
                "byMuTwice": (right["byMu"] - left["byMu"]) / 2e-4,
                "byBoth": (right["byLogSigma"] - left["byLogSigma"]) / 2e-4,
                "byLogSigmaTwice": (wider["byLogSigma"] - narrower["byLogSigma"]) / 2e-4,
            }
            for name in differences.keys() & at.keys():
                assert at[name] == pytest.approx(differences[name], abs=1e-6 * size), (name, sigma)


# Minima, on the grid of the map.


def of_the_map(distance=None, weight=None):
    """A random mixture of the explorable's range, or one of two equal normals so many σ apart."""
    if distance is None:
        sigmas = rng.uniform(0.3, 4, 2) if rng.random() < 0.5 else np.full(2, log_uniform(0.3, 4))
        weight = rng.uniform(0.05, 0.95)
        return NormalMixture([weight, 1 - weight], rng.uniform(-4, 12, 2), sigmas)
    sigma = rng.uniform(0.3, 2)
    left = rng.uniform(-4, 12 - distance * sigma)
    return NormalMixture([weight, 1 - weight], [left, left + distance * sigma], [sigma, sigma])


RANDOM = [of_the_map() for _ in range(120)]
# To one minimum of each of these no component leads, nor the mean and width of P: only the grid.
RANDOM += [
    NormalMixture([0.152, 0.848], [-3.205, 11.598], [2.679, 1.613]),
    NormalMixture([0.809, 0.191], [0.203, 8.613], [0.976, 1.759]),
    NormalMixture([0.075, 0.925], [5.241, 0.429], [0.583, 0.375]),
]
EXPECTED = [fit_reverse(P) for P in RANDOM]


def minima(mixtures):
    script = """
        return data.map(mixed).map(([P]) => m[1].reverseMinima(P, m[2].heightsOf(P, "reverse")));
    """
    found = mixed(script, "heights.js", "landscape.js", data=[(P,) for P in mixtures])
    return [[(fit["mu"], fit["sigma"], fit["kl"]) for fit in fits] for fits in found]


@pytest.mark.parametrize(("objective", "divergence"), [("forward", forward_kl), ("reverse", reverse_kl)])
def test_the_map_has_the_heights_of_python(objective, divergence):
    script = f"return data.map(mixed).map(([P]) => m[1].heightsOf(P, '{objective}'));"
    some = RANDOM[::4]
    for P, heights in zip(some, mixed(script, "landscape.js", data=[(P,) for P in some]), strict=True):
        mus, sigmas = np.array(heights["mus"])[::8], np.array(heights["sigmas"])[::6, None]
        assert np.array(heights["rows"])[::6, ::8] == pytest.approx(
            divergence(P, mus, sigmas), rel=1e-5, abs=1e-5
        )


def test_the_map_has_every_minimum_that_python_certifies_and_no_other():
    for fits, found in zip(EXPECTED, minima(RANDOM), strict=True):
        assert np.array(found) == pytest.approx(np.array(fits), abs=1e-9)
    assert {len(fits) for fits in EXPECTED} == {1, 2, 3}


# The distances, in σ, at which minima are born: how many there are before and after.
BIRTHS = [(4.824459, 0.5, 1, 3), (4.576336, 0.4, 1, 2), (5.040555, 0.4, 2, 3)]


@pytest.mark.parametrize(("distance", "weight", "before", "after"), BIRTHS)
@pytest.mark.parametrize("gap", [1e-5, 1e-3, 0.1])
def test_a_minimum_is_on_the_map_as_soon_as_it_is_born(distance, weight, before, after, gap):
    for sign, count in ((-1, before), (1, after)):
        mixtures = [of_the_map(distance + sign * gap, weight) for _ in range(10)]
        assert {len(fits) for fits in minima(mixtures)} == {count}


# Downhill.


def ways(cases, slopes):
    """The ways downhill on a map where a unit of μ is 29 pixels long and one of σ 31; cases are (P, mu, sigma)."""
    script = f"""
        return data.map(mixed).map(([P, mu, sigma]) =>
            m[1].wayDown((...at) => m[0].{slopes}(P, ...at), {{ mu, sigma }}, {{ mu: 29, sigma: 31 }}, 0.02));
    """
    for way in mixed(script, "heights.js", data=cases):
        yield np.array([(at["mu"], at["sigma"], at["kl"]) for at in way])


@pytest.mark.parametrize(
    ("slopes", "divergence", "ends"),
    [
        ("reverseSlopes", reverse_kl, EXPECTED),
        ("forwardSlopes", forward_kl, [[fit_forward(P)] for P in RANDOM]),
    ],
)
def test_the_way_down_falls_along_the_gradient_and_ends_in_a_minimum(slopes, divergence, ends):
    cases = [(P, rng.uniform(-5, 13), log_uniform(0.05, 6)) for P in RANDOM]
    pixels = np.array([29, 31])
    for (P, *_), way, minima in zip(cases, ways(cases, slopes), ends, strict=True):
        assert np.all(np.diff(way[:, 2]) < 0)
        steps = np.diff(way[:, :2], axis=0) * pixels
        lengths = np.linalg.norm(steps, axis=1)
        assert lengths.max() < 2 + 1e-9, "it is smooth to the eye"
        assert min(math.dist(way[-1, :2], fit[:2]) for fit in minima) < 5e-3
        i = len(steps) // 3
        mu, sigma, _ = way[i]
        gradient = [
            divergence(P, mu + 1e-5, sigma) - divergence(P, mu - 1e-5, sigma),
            divergence(P, mu, sigma + 1e-5) - divergence(P, mu, sigma - 1e-5),
        ] / pixels
        assert steps[i] @ gradient < -0.999 * lengths[i] * np.linalg.norm(gradient)
