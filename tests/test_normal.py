"""What is true of the divergence between normal distributions."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klhelpers import kl_multivariate_normal, kl_normal
from tests import exact

means = st.floats(-1e3, 1e3)
scales = st.floats(1e-3, 1e3)


def covariance(seed, dimension, condition=10.0):
    """A random covariance matrix of this condition number."""
    rng = np.random.default_rng(seed)
    axes, _ = np.linalg.qr(rng.standard_normal((dimension, dimension)))
    matrix = axes * np.geomspace(1, condition, dimension) @ axes.T
    return (matrix + matrix.T) / 2


class TestOneDimension:
    @given(
        st.floats(-1.7e308, 1.7e308),
        st.floats(5e-324, 1e308),
        st.floats(-1e308, 1e308),
        st.floats(5e-324, 1e308),
    )
    def test_has_thirteen_digits_over_the_whole_range_of_float64(self, mu1, sigma1, mu2, sigma2):
        with mpmath.workdps(700):
            expected = exact.kl_normal(mu1, sigma1, mu2, sigma2)
            found = kl_normal(mu1, sigma1, mu2, sigma2)
            if expected > 1e307:
                assert found >= 1e306
            else:
                assert exact.relative_error(found, expected) < 1e-13 or expected < 1e-300

    @pytest.mark.parametrize(
        "pair",
        [
            *((0, ratio, 0, 1) for ratio in (1e-300, 1e-8, 1e8, 1e150)),
            *(
                (3, 1.7, 3 * (1 + shift), 1.7 * (1 + sign * gap))
                for gap in (1e-15, 1e-9, 1e-5, 1e-2, 0.03, 0.031, 0.0315, 0.1)
                for sign in (-1, 1)
                for shift in (0, gap)
            ),
        ],
    )
    def test_keeps_them_near_equality_and_at_any_ratio_of_scales(self, pair):
        with mpmath.workdps(700):
            assert exact.relative_error(kl_normal(*pair), exact.kl_normal(*pair)) < 1e-13

    @given(means, scales, means, scales)
    def test_is_the_expectation_of_the_log_ratio(self, mu1, sigma1, mu2, sigma2):
        # Gauss–Hermite is exact here: the log-ratio of two normals is a quadratic.
        nodes, weights = np.polynomial.hermite_e.hermegauss(4)
        log_ratio = (
            ((mu1 - mu2 + sigma1 * nodes) / sigma2) ** 2 / 2 - nodes**2 / 2 + math.log(sigma2 / sigma1)
        )
        expected = weights @ log_ratio / weights.sum()
        size = weights @ abs(log_ratio)
        assert kl_normal(mu1, sigma1, mu2, sigma2) == pytest.approx(
            expected, rel=1e-9, abs=1e-13 * (1 + size)
        )

    @given(means, scales)
    def test_is_zero_for_equals_only(self, mu, sigma):
        assert kl_normal(mu, sigma, mu, sigma) == 0
        assert kl_normal(mu, sigma, mu, np.nextafter(sigma, math.inf)) > 0
        assert kl_normal(mu, sigma, mu + sigma, sigma) > 0

    @pytest.mark.claim("prop-affine")
    @given(means, scales, means, scales, st.floats(0.01, 100), means)
    def test_does_not_see_a_change_of_units(self, mu1, sigma1, mu2, sigma2, a, b):
        before = kl_normal(mu1, sigma1, mu2, sigma2)
        after = kl_normal(a * mu1 + b, a * sigma1, a * mu2 + b, a * sigma2)
        rounding = 1e-12 * (1 + (abs(a * mu1) + abs(a * mu2) + abs(b)) / (a * sigma2)) ** 2
        assert after == pytest.approx(before, rel=1e-9, abs=rounding)

    def test_broadcasts_and_speaks_bits(self):
        found = kl_normal([[0], [1]], 1, [0, 1, 2], 1, base=2)
        assert found * math.log(2) == pytest.approx(np.array([[0, 0.5, 2], [0.5, 0, 0.5]]), rel=1e-15)
        assert type(kl_normal(np.float32(0), 1, 0, 1)) is np.float64
        assert kl_normal([], 1, 0, 1).shape == (0,)

    def test_is_infinite_only_beyond_the_largest_float(self):
        assert kl_normal(1e200, 1, 0, 1) == math.inf == kl_normal(0, 1e200, 0, 1)
        assert kl_normal(1.5e308, 1e308, -1.5e308, 1e308) == pytest.approx(4.5, rel=1e-15)


class TestManyDimensions:
    @pytest.mark.parametrize("dimension", [1, 2, 10])
    @pytest.mark.parametrize("gap", [1e-9, 1e-4, 0.3, 10])
    def test_agrees_with_the_definition(self, dimension, gap):
        rng = np.random.default_rng(dimension)
        mu1, cov1 = rng.standard_normal(dimension), covariance(1, dimension)
        mu2 = mu1 + gap * rng.standard_normal(dimension)
        cov2 = cov1 + gap * covariance(2, dimension)
        with mpmath.workdps(60):
            expected = exact.kl_multivariate_normal(mu1, cov1, mu2, cov2)
            assert exact.relative_error(kl_multivariate_normal(mu1, cov1, mu2, cov2), expected) < 1e-12

    @pytest.mark.parametrize("condition", [1e4, 1e6, 1e9, 1e12])
    def test_loses_no_more_digits_than_either_condition_number_has(self, condition):
        cov1, cov2 = covariance(1, 10, condition), covariance(2, 10, condition)
        with mpmath.workdps(60):
            pairs = (cov1, cov2), (cov1, np.eye(10)), (np.eye(10), cov2), (cov1, cov1 * (1 + 1e-7))
            for first, second in pairs:
                expected = exact.kl_multivariate_normal([0] * 10, first, [0] * 10, second)
                found = kl_multivariate_normal(np.zeros(10), first, np.zeros(10), second)
                assert exact.relative_error(found, expected) < 1e-16 * condition

    def test_adds_up_over_independent_dimensions_two_hundred_of_them(self):
        rng = np.random.default_rng(0)
        mu1, mu2 = rng.standard_normal((2, 200))
        sigma1, sigma2 = rng.uniform(0.1, 10, (2, 200))
        axes, _ = np.linalg.qr(rng.standard_normal((200, 200)))
        found = kl_multivariate_normal(
            axes @ mu1, axes * sigma1**2 @ axes.T, axes @ mu2, axes * sigma2**2 @ axes.T, base=2
        )
        assert found == pytest.approx(np.sum(kl_normal(mu1, sigma1, mu2, sigma2, base=2)), rel=1e-11)

    @pytest.mark.parametrize("dimension", [1, 2, 6])
    def test_does_not_see_an_affine_change_of_coordinates(self, dimension):
        mu1, mu2, b = np.random.default_rng(dimension).standard_normal((3, dimension))
        cov1, cov2, a = (covariance(seed, dimension) for seed in range(3))
        before = kl_multivariate_normal(mu1, cov1, mu2, cov2)
        after = kl_multivariate_normal(a @ mu1 + b, a @ cov1 @ a.T, a @ mu2 + b, a @ cov2 @ a.T)
        assert after == pytest.approx(before, rel=1e-9)

    def test_is_zero_for_equals(self):
        cov = covariance(0, 7)
        assert kl_multivariate_normal(np.ones(7), cov, np.ones(7), cov) == 0

    def test_batches_are_their_pairs_one_by_one(self):
        rng = np.random.default_rng(0)
        mu1, mu2 = rng.standard_normal((4, 1, 3)), rng.standard_normal((5, 3))
        cov1, cov2 = np.array([covariance(i, 3) for i in range(5)]), covariance(9, 3) / 100
        cov1[1], cov1[3] = cov2 * (1 + 1e-9), cov2 * (1 + 1e-7)
        mu1[0, 0], mu2[1], mu2[3] = 1.7e308, mu1[2, 0], mu1[2, 0]
        found = kl_multivariate_normal(mu1, cov1, mu2, cov2)
        assert found.shape == (4, 5)
        for i, j in np.ndindex(4, 5):
            one = kl_multivariate_normal(mu1[i, 0], cov1[j], mu2[j], cov2)
            assert type(one) is np.float64
            assert found[i, j] == pytest.approx(one, rel=1e-12, abs=0)
        assert kl_multivariate_normal(np.empty((0, 3)), cov2, mu1[1, 0], cov2).shape == (0,)

    @pytest.mark.parametrize("unit", [1e-6, 1, 1e6])
    def test_symmetry_is_held_up_to_a_hundred_millionth_of_the_largest_number(self, unit):
        mu, cov = np.zeros(3), unit * np.array([[2, 1, 0], [1, 1, 0], [0, 0, 1]])
        off = 2 * unit * np.eye(3, k=1)
        assert kl_multivariate_normal(mu, cov + 0.9e-8 * off, mu, cov) == pytest.approx(0, abs=1e-15)
        with pytest.raises(ValueError, match=r"^cov1 must be symmetric .* at index \(0, 1\) and"):
            kl_multivariate_normal(mu, cov + 1.1e-8 * off, mu, cov)

    @pytest.mark.parametrize("scale", [1e-300, 1e-40, 1e40, 1e308])  # at the last Σ₁ − Σ₂ is out of range
    def test_does_not_see_the_unit(self, scale):
        cov1, cov2 = (np.array([[1.5, sign], [sign, 1.5]]) for sign in (1, -1))
        before = kl_multivariate_normal([0, 0], cov1, [0, 0], cov2)
        after = kl_multivariate_normal([0, 0], scale * cov1, [0, 0], scale * cov2)
        assert after == pytest.approx(before, rel=1e-12)
        assert kl_multivariate_normal([0], [[scale]], [0], [[1]]) == pytest.approx(
            kl_normal(0, math.sqrt(scale), 0, 1), rel=1e-12
        )

    def test_is_infinite_only_beyond_the_largest_float(self):
        wide, narrow = np.diag([1e300, 1]), np.diag([1e-300, 1])
        assert kl_multivariate_normal([0, 0], wide, [0, 0], narrow) == math.inf
        assert kl_multivariate_normal([0, 0], narrow, [0, 0], wide) == kl_normal(0, 1e-150, 0, 1e150)
        assert kl_multivariate_normal([1e300, 0], wide, [-1e300, 0], narrow) == math.inf
        assert kl_multivariate_normal([1.5e308], [[1e308]], [-1.5e308], [[1e308]]) == math.inf
        assert kl_multivariate_normal([0, 0], wide + narrow, [0, 0], wide + narrow) == 0
        assert kl_multivariate_normal([1e300, 0], narrow, [0, 0], narrow) == math.inf
        for variance in (1e-100, 1e-200, 1e-315):
            assert kl_multivariate_normal([0, 0], wide, [0, 0], np.diag([variance, 1])) == math.inf
        widest, least = (
            np.diag([1e308, 1]),
            np.diag([1e-322, 1]),
        )  # a quotient of σ is beyond the largest float, too
        found = kl_multivariate_normal([0, 0], [widest, narrow], [0, 0], least)
        assert found.tolist() == [math.inf, pytest.approx(kl_normal(0, 1e-150, 0, math.sqrt(1e-322)))]
