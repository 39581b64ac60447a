"""What is true of the parts from which E_Q[log P] is built."""

import math
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import norm

from klhelpers._expectation import (
    NODES,
    REACH,
    Mesh,
    Parts,
    _resolved,
    _roots,
    _singularities,
    expect_log,
    mesh,
    moments,
)


def parts(weights, means, sigmas):
    return Parts(*(np.array(column, float) for column in (weights, means, sigmas)))


SOURCE = parts([0.4, 0.6], [-1, 3], [1, 1])
UNEVEN = parts([0.2, 0.5, 0.3], [-3, 0, 2], [0.3, 2, 0.1])
both = pytest.mark.parametrize("P", [SOURCE, UNEVEN], ids=["source", "uneven"])


def density(P, x):
    return sum(w * norm.pdf(x, m, s) for w, m, s in zip(*P, strict=True))


def expectation(P, mu, sigma):
    """E_Q[log P] by the trapezoid rule, which has all digits here."""
    z = np.linspace(-9, 9, 6001)
    return norm.pdf(z) @ np.log(density(P, mu + sigma * z)) * (z[1] - z[0])


class TestMesh:
    @both
    def test_holds_log_p_at_its_nodes_in_ascending_order(self, P):
        on = mesh(P, np.array([-4.0, -1, 0.5, 5]))
        assert np.all(np.diff(on.x) > 0)
        assert on.log_p == pytest.approx(np.log(density(P, on.x)), rel=1e-12)

    def test_integrates_polynomials_of_degree_31_exactly_on_each_panel(self):
        single = parts([1], [0], [1])
        on = mesh(single, np.array([-2.0, -1, 1]))
        assert len(on.x) == 2 * len(NODES)
        for power in (0, 1, 7, 31):
            expected = (1 - (-2.0) ** (power + 1)) / (power + 1)
            assert on.weights @ on.x**power == pytest.approx(expected, rel=1e-13)

    @both
    def test_no_panel_is_longer_than_it_is_far_from_a_singularity(self, P):
        points, breaks = _singularities(P), np.linspace(-6, 6, 4)
        finer = _resolved(breaks, points)
        assert set(breaks) <= set(finer)
        middle, length = (finer[1:] + finer[:-1]) / 2, np.diff(finer)
        assert np.all(length > 0)
        assert np.all(length <= np.min(np.abs(middle - points[:, None]), axis=0))
        assert np.all(2 * length > 0.1 * np.min(np.abs(middle - points[:, None]), axis=0).clip(0, 4))

    @pytest.mark.parametrize(
        "singularity, expected",
        [
            (0.5 + 1j, [0, 1]),  # as far from the middle as the panel is long
            (0.5 + 0.99j, [0, 0.5, 1]),
            (1.5, [0, 1]),
            (1.49, [0, 0.5, 1]),
            (-0.3, [0, 0.5, 1]),
            (1.2, [0, 0.5, 0.75, 1]),
            (1.1, [0, 0.5, 0.75, 0.875, 1]),
            (0.125 + 0.2j, [0, 0.125, 0.25, 0.5, 1]),
        ],
    )
    def test_panels_are_halved_where_they_are_longer_and_nowhere_else(self, singularity, expected):
        assert _resolved(np.array([0.0, 1]), np.array([singularity], complex)).tolist() == expected

    def test_a_panel_is_halved_for_the_nearest_of_the_singularities(self):
        found = _resolved(np.array([0.0, 1, 2]), np.array([0.5 + 5j, 0.5 + 0.9j, 1.5 - 9j]))
        assert found.tolist() == [0, 0.5, 1, 2]

    def test_without_singularities_the_breaks_stay(self):
        breaks = np.array([0.0, 1, 100])
        assert _resolved(breaks, np.empty(0, complex)) is breaks

    def test_beside_a_singularity_on_the_line_panels_end_at_a_trillionth_of_the_whole(self):
        finer = _resolved(np.array([-3.0, -1.8, -0.6, 0]), np.array([-1.7 + 0j]))
        shortest = np.min(np.diff(finer))
        assert 0.7e-12 * 3 < shortest <= 1e-12 * 3


class TestRoots:
    @pytest.mark.parametrize("a", [2.0, -0.5, 1e-9])
    @pytest.mark.parametrize("b", [0.0, 3.0, -3.0, 1e8])
    @pytest.mark.parametrize("c", [1 - 3j, -5 - 3j, 2 + 1j])
    def test_solve_the_quadratic(self, a, b, c):
        first, second = (x.item() for x in _roots(np.array([a]), np.array([b]), np.array([c])))
        for x in (first, second):
            size = abs(a * x * x) + abs(b * x) + abs(c)
            assert abs(a * x * x + b * x + c) < 1e-14 * size
        assert first + second == pytest.approx(-b / a, rel=1e-13, abs=1e-14 * abs(first))
        assert first * second == pytest.approx(c / a, rel=1e-13)

    @pytest.mark.parametrize("b", [2.0, -0.25])
    def test_solve_the_linear_equation_where_the_square_is_missing(self, b):
        with np.errstate(all="ignore"):
            infinite, finite = _roots(np.zeros(1), np.array([b]), np.array([1 - 3j]))
        assert finite.item() == pytest.approx(-(1 - 3j) / b, rel=1e-15)
        assert not np.isfinite(infinite.item())


class TestSingularities:
    @pytest.mark.parametrize(
        "P", [SOURCE, parts([0.3, 0.7], [0, 1], [1, 2]), parts([0.9, 0.1], [5, 5], [0.1, 3])]
    )
    def test_are_where_two_components_cancel(self, P):
        points = _singularities(P)
        assert len(points) == (1 if P.sigmas[0] == P.sigmas[1] else 2)
        for x in points:
            first, second = np.log(P.weights / P.sigmas) - ((x - P.means) / P.sigmas) ** 2 / 2
            assert first - second == pytest.approx(1j * math.pi, rel=1e-11)
            assert x.imag != 0

    def test_of_equal_widths_lie_above_the_place_where_the_larger_changes(self):
        (point,) = _singularities(SOURCE)
        assert point == pytest.approx(1 + math.log(0.4 / 0.6) / 4 + 1j * math.pi / 4 * np.sign(point.imag))

    def test_of_one_component_or_of_the_same_one_twice_there_are_none(self):
        assert len(_singularities(parts([1], [0], [1]))) == 0
        assert len(_singularities(parts([0.5, 0.5], [2, 2], [3, 3]))) == 0

    @pytest.mark.parametrize("seed", range(5))
    def test_stay_unless_a_third_component_is_much_larger_than_both(self, seed):
        rng = np.random.default_rng(seed)
        P = parts(rng.dirichlet([1] * 4), rng.uniform(-3, 3, 4), rng.uniform(0.3, 3, 4))
        pairs = [np.isin(np.arange(4), two) for two in combinations(range(4), 2)]
        points = np.concatenate([_singularities(Parts(*(column[two] for column in P))) for two in pairs])
        two = np.repeat(pairs, 2, axis=0)
        assert len(points) == 12
        z = (points[:, None] - P.means) / P.sigmas
        sizes = np.log(P.weights / P.sigmas) - (z * z).real / 2
        own = np.max(sizes, axis=1, where=two, initial=-math.inf)
        expected = points[sizes.max(axis=1) <= own + math.log(math.e * 4)]
        assert 0 < len(expected) < 12
        assert np.sort_complex(_singularities(P)) == pytest.approx(np.sort_complex(expected), rel=1e-12)

    @pytest.mark.parametrize("sigma", [1e-3, 1e-6, 1e-8, 3e-9, 1e-9, 3e-10, 1e-11])
    @pytest.mark.parametrize("ratio", [1.1, 2, 3])
    def test_stay_where_rounding_makes_one_of_the_two_larger(self, sigma, ratio):
        assert len(_singularities(parts([0.5, 0.5], [-0.9, 1.3], [sigma, ratio * sigma]))) == 2


class TestMoments:
    @both
    @pytest.mark.parametrize("mu, sigma", [(0, 1), (-2.5, 0.4), (1, 3)])
    def test_are_the_expectation_and_its_derivatives(self, P, mu, sigma):
        h = 0.02
        found = expect_log(P, mu, sigma)

        def at(a, b):
            return expectation(P, mu + a * h * sigma, sigma * math.exp(b * h))

        def first(f):
            return (8 * (f(1) - f(-1)) - (f(2) - f(-2))) / (12 * h)

        def second(f):
            return (16 * (f(1) + f(-1)) - (f(2) + f(-2)) - 30 * f(0)) / (12 * h * h)

        assert found.value == pytest.approx(at(0, 0), rel=1e-10)
        assert found.by_mu == pytest.approx(first(lambda a: at(a, 0)), abs=1e-4)
        assert found.by_log_sigma == pytest.approx(first(lambda b: at(0, b)), abs=1e-4)
        assert found.by_mu_mu == pytest.approx(second(lambda a: at(a, 0)), rel=2e-3, abs=1e-3)
        assert found.by_log_sigma_twice == pytest.approx(second(lambda b: at(0, b)), rel=2e-3, abs=1e-3)
        mixed = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * h * h)
        assert found.by_mu_log_sigma == pytest.approx(mixed, rel=5e-3, abs=1e-2)

    @pytest.mark.parametrize("mu, sigma", [(0.3, 0.7), (5, 2)])
    def test_of_a_normal_are_those_of_a_parabola(self, mu, sigma):
        # log P = −½ log 2π − log s − (x − m)²/(2s²)
        m, s = 1.5, 2.0
        found = expect_log(parts([1], [m], [s]), mu, sigma)
        gap, ratio = (mu - m) / s, sigma / s
        value = -0.5 * math.log(2 * math.pi) - math.log(s) - (gap**2 + ratio**2) / 2
        expected = (value, -gap * ratio, -(ratio**2), -(ratio**2), 0, -2 * ratio**2)
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)

    def test_depend_on_what_is_within_ten_standard_deviations_only(self):
        x = np.linspace(-30, 30, 3001)
        log_p = np.where(np.abs(x - 1) <= 10 * 1.5, -x * x, math.nan)
        found = moments(Mesh(x, np.full(x.size, 0.02), log_p), 1.0, 1.5)
        assert found.value == pytest.approx(-(1 + 1.5**2), rel=1e-12)
        assert REACH == 10


class TestExpectLog:
    @both
    def test_is_the_value_of_any_mesh_that_resolves(self, P):
        on = mesh(P, np.linspace(-40, 40, 200))
        for mu, sigma in ((0.0, 1.0), (2.0, 2.5), (-3.0, 0.8)):
            assert expect_log(P, mu, sigma) == pytest.approx(moments(on, mu, sigma), rel=1e-9, abs=1e-9)

    @pytest.mark.parametrize("scale", [1e-9, 1e12])
    def test_does_not_see_a_change_of_units_but_for_the_logarithm(self, scale):
        before = expect_log(UNEVEN, 0.5, 1.2)
        after = expect_log(
            Parts(UNEVEN.weights, scale * UNEVEN.means, scale * UNEVEN.sigmas), scale * 0.5, scale * 1.2
        )
        assert after.value + math.log(scale) == pytest.approx(before.value, rel=1e-9)
        assert after[1:] == pytest.approx(before[1:], rel=1e-9, abs=1e-9)

    def test_is_minus_infinity_where_it_is_below_all_floats(self):
        assert expect_log(SOURCE, 1e200, 1.0).value == -math.inf
        assert expect_log(SOURCE, 0.0, 1e200).value == -math.inf

    @pytest.mark.parametrize(
        "P, sigma",
        [
            (parts([0.5, 0.5], [-1, 1], [1e-80, 1e-80]), 1.0),  # a bend whose place is beyond float64's range
            (parts([0.5, 0.5], [1e150, 1], [1e150, 1]), 1e-300),
        ],
    )
    def test_what_does_not_settle_is_refused(self, P, sigma):
        message = r"^sigma must be of a size comparable to the scales of P, but found N\(0.3, "
        with pytest.raises(ValueError, match=message):
            expect_log(P, 0.3, sigma)
