"""What is true of E_Q[log P] and its derivatives."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from klhelpers._expectation import Parts, expect_log, mesh, moments


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
