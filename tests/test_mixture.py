"""What is true of mixtures of normals, and of the normals closest to them."""

import math
from operator import itemgetter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from klhelpers import Fit, NormalMixture, fit_forward, fit_reverse, forward_kl, kl_normal, reverse_kl
from tests import dense_grid

SOURCE = NormalMixture([0.4, 0.6], [-1, 3], [1, 1])
FARTHER = NormalMixture([0.4, 0.6], [-1, 5], [1, 1])
UNEVEN = NormalMixture([0.2, 0.5, 0.3], [-3, 0, 2], [0.3, 2, 0.1])


def pair(distance, weight=0.5):
    """Two unit normals this far apart."""
    return NormalMixture([weight, 1 - weight], [0, distance], [1, 1])


def integral(f):
    return quad(f, -40, 40, points=[-3, -1, 0, 2, 3], limit=500, epsabs=1e-12)[0]


def of_parts(parts):
    weights, means, sigmas = np.transpose(parts)
    return NormalMixture(weights / weights.sum(), means, sigmas)


parts = st.tuples(st.floats(0.1, 1), st.floats(-5, 5), st.floats(0.2, 3))
mixtures = st.lists(parts, min_size=1, max_size=3).map(of_parts)


class TestMixture:
    def test_the_density_is_the_weighted_sum(self):
        x = np.linspace(-10, 10, 7)
        expected = 0.2 * norm.pdf(x, -3, 0.3) + 0.5 * norm.pdf(x, 0, 2) + 0.3 * norm.pdf(x, 2, 0.1)
        assert UNEVEN.pdf(x) == pytest.approx(expected, rel=1e-13)
        assert UNEVEN.logpdf(x) == pytest.approx(np.log(expected), rel=1e-13)
        assert type(UNEVEN.pdf(0)) is np.float64 is type(UNEVEN.logpdf(0))
        assert UNEVEN.pdf(np.empty((0, 3))).shape == (0, 3)

    def test_far_out_the_logarithm_does_not_underflow(self):
        assert UNEVEN.logpdf(1e5) == pytest.approx(norm.logpdf(1e5, 0, 2) + math.log(0.5), rel=1e-14)
        assert UNEVEN.logpdf([-math.inf, math.inf]).tolist() == [-math.inf] * 2
        assert UNEVEN.pdf(math.inf) == 0

    def test_mean_and_variance_are_those_of_the_density(self):
        assert integral(UNEVEN.pdf) == pytest.approx(1, rel=1e-10)
        assert UNEVEN.mean() == pytest.approx(integral(lambda x: x * UNEVEN.pdf(x)), rel=1e-9)
        second = integral(lambda x: (x - UNEVEN.mean()) ** 2 * UNEVEN.pdf(x))
        assert UNEVEN.var() == pytest.approx(second, rel=1e-9)

    @given(st.lists(st.floats(0.1, 1), min_size=1, max_size=5), st.floats(-1e150, 1e150))
    @example([1, 1], 5e-324)
    def test_components_at_one_place_have_that_mean_without_rounding(self, weights, mean):
        P = NormalMixture(np.array(weights) / sum(weights), [mean] * len(weights), [1] * len(weights))
        assert P.mean() == mean

    def test_samples_are_distributed_like_it(self):
        n = 100_000
        draws = UNEVEN.sample(n, 7)
        cdf = sum(
            w * norm.cdf(np.sort(draws), m, s)
            for w, m, s in zip(UNEVEN.weights, UNEVEN.means, UNEVEN.sigmas, strict=True)
        )
        # Kolmogorov's distance exceeds this in one sample of a million.
        assert np.max(np.abs(cdf - (np.arange(n) + 0.5) / n)) < 2.7 / math.sqrt(n)

    def test_samples_are_reproducible_and_take_any_shape(self):
        assert np.array_equal(SOURCE.sample(5, 1), SOURCE.sample(5, np.random.default_rng(1)))
        assert SOURCE.sample((2, 3)).shape == (2, 3)
        assert SOURCE.sample(0, 0).shape == (0,)

    def test_components_of_no_weight_do_not_matter(self):
        P = NormalMixture([0.4, 0, 0.6], [-1, 100, 3], [1, 0.01, 1])
        assert P.pdf(0) == SOURCE.pdf(0)
        assert fit_reverse(P) == fit_reverse(SOURCE)

    def test_parameters_are_copied_and_fixed(self):
        means = np.array([-1.0, 3.0])
        P = NormalMixture([0.4, 0.6], means, [1, 1])
        means[0] = 7
        assert P.means[0] == -1
        with pytest.raises(ValueError, match="read-only"):
            P.means[0] = 7
        with pytest.raises(AttributeError, match="cannot assign"):
            P.means = means

    def test_two_are_the_same_only_if_they_are_one_object(self):
        assert SOURCE == SOURCE != NormalMixture([0.4, 0.6], [-1, 3], [1, 1])
        assert {SOURCE: 1}[SOURCE] == 1

    @pytest.mark.parametrize("sigma", [1e-150, 1e150])
    def test_serves_the_ends_of_its_range(self, sigma):
        P = NormalMixture([1], [1e150], [sigma])
        assert fit_forward(P) == pytest.approx((1e150, sigma, 0), rel=1e-14, abs=1e-15)
        assert forward_kl(P, 1e150, 2 * sigma) == pytest.approx(kl_normal(0, 1, 0, 2), rel=1e-13)
        assert P.logpdf(-1e300) == -math.inf or sigma == 1e150
        assert SOURCE.logpdf(1e200) == -math.inf


class TestForward:
    @pytest.mark.claim("thm-moments")
    def test_the_best_normal_has_the_moments_of_p(self):
        assert fit_forward(SOURCE) == pytest.approx((1.4, 2.2, 0.174488), abs=5e-7)
        assert fit_forward(FARTHER) == pytest.approx((2.6, 3.104835, 0.463714), abs=5e-7)

    @pytest.mark.parametrize("P", [SOURCE, UNEVEN])
    def test_is_the_integral_of_the_log_ratio(self, P):
        for mu, sigma in ((0, 1), (1.4, 2.2), (-3, 5)):
            expected = integral(lambda x, m=mu, s=sigma: P.pdf(x) * (P.logpdf(x) - norm.logpdf(x, m, s)))
            assert forward_kl(P, mu, sigma) == pytest.approx(expected, rel=1e-9)

    @pytest.mark.claim("thm-moments")
    @settings(max_examples=20)
    @given(mixtures, st.floats(-5, 5), st.floats(0.1, 5))
    def test_nothing_is_closer_than_the_best(self, P, mu, sigma):
        best = fit_forward(P)
        assert 0 <= best.kl <= forward_kl(P, mu, sigma)
        assert forward_kl(P, best.mu, best.sigma) == best.kl

    def test_of_a_normal_is_that_of_normals(self):
        P = NormalMixture([1], [2], [3])
        assert fit_forward(P) == Fit(2, 3, pytest.approx(0, abs=1e-15))
        assert forward_kl(P, [0, 2], [1, 1]) == pytest.approx(kl_normal(2, 3, [0, 2], 1), rel=1e-14)


class TestReverse:
    @pytest.mark.parametrize("P", [SOURCE, FARTHER, UNEVEN])
    @pytest.mark.parametrize("mu, sigma", [(0, 1), (2.5, 0.01), (-3, 8), (30, 2)])
    def test_agrees_with_the_trapezoid_rule(self, P, mu, sigma):
        assert reverse_kl(P, mu, sigma) == pytest.approx(dense_grid.objective(P, mu, sigma), rel=1e-10)

    def test_of_a_normal_is_that_of_normals(self):
        P = NormalMixture([0.5, 0.5], [2, 2], [3, 3])
        mu, sigma = np.array([[2], [-40]]), np.array([1e-3, 3, 50])
        assert reverse_kl(P, mu, sigma) == pytest.approx(kl_normal(mu, sigma, 2, 3), rel=1e-11, abs=1e-14)
        assert fit_reverse(P) == [pytest.approx((2, 3, 0), abs=1e-8)]

    @pytest.mark.parametrize("function", [forward_kl, reverse_kl])
    def test_speak_bits(self, function):
        in_bits = function(SOURCE, [0, 1], 2, base=2)
        assert in_bits * math.log(2) == pytest.approx(function(SOURCE, [0, 1], 2), rel=1e-15)

    def test_reaches_as_far_as_float64(self):
        narrow = -SOURCE.logpdf(1) - 0.5 * math.log(2 * math.pi * math.e) + 300 * math.log(10)
        assert reverse_kl(SOURCE, 1, 1e-300) == pytest.approx(narrow, rel=1e-12)
        assert reverse_kl(SOURCE, 1e100, 1) == pytest.approx(5e199, rel=1e-9)
        assert reverse_kl(SOURCE, 1e200, 1) == math.inf

    @pytest.mark.parametrize("sigma", [1e-10, 1e-80, 1e-150])
    def test_serves_mixtures_however_sharply_they_bend(self, sigma):
        # −log P is (|x| − 1)² / 2σ², but for what is nothing beside it, and E|x| is known.
        size = math.sqrt(2 / math.pi) * math.exp(-(0.3**2) / 2) + 0.3 * (1 - 2 * norm.cdf(-0.3))
        P = NormalMixture([0.5, 0.5], [-1, 1], [sigma, sigma])
        assert reverse_kl(P, 0.3, 1) == pytest.approx((1 + 0.3**2 - 2 * size + 1) / 2 / sigma**2, rel=1e-14)

    @pytest.mark.claim("thm-curvature")
    @settings(max_examples=15)
    @given(mixtures)
    @example(FARTHER)
    @example(dense_grid.random_mixture(50))
    def test_the_slope_is_zero_and_the_curvature_in_mu_one_over_sigma_squared(self, P):
        for fit in fit_reverse(P):
            h = 1e-3

            def at(a, b, fit=fit):
                return dense_grid.objective(P, fit.mu + a * fit.sigma, fit.sigma * math.exp(b))

            assert at(h, 0) - at(-h, 0) == pytest.approx(0, abs=1e-8)
            assert at(0, h) - at(0, -h) == pytest.approx(0, abs=1e-8)
            assert (at(h, 0) - 2 * at(0, 0) + at(-h, 0)) / h**2 == pytest.approx(1, abs=1e-3)
            circle = np.exp(2j * math.pi * np.arange(8) / 8) * 3 * h
            assert min(at(point.real, point.imag) for point in circle) > at(0, 0)

    @settings(max_examples=10)
    @given(mixtures, st.floats(0.01, 100), st.sampled_from([-1, 1]), st.floats(-10, 10))
    def test_does_not_see_a_change_of_units_or_a_mirror(self, P, unit, sign, b):
        moved = NormalMixture(P.weights, sign * unit * P.means + b, unit * P.sigmas)
        fits, after = fit_reverse(P), fit_reverse(moved)
        assert [fit.kl for fit in after] == pytest.approx([fit.kl for fit in fits], abs=2e-9)


class TestEveryMinimum:
    @pytest.mark.parametrize("P, count, best", [
        (SOURCE, 1, [(1.331473, 2.019042, 0.230329)]),
        (FARTHER, 3, [(4.987703, 1.018676, 0.507388), (2.470732, 2.702719, 0.845661)]),
        (pair(0), 1, [(0, 1, 0)]),
        (pair(2.5), 1, [(1.25, 1.551760, 0.033060)]),
        (pair(5), 3, [(2.5, 2.390589, 0.481062)]),
        (pair(7.5), 3, [(0.001058, 1.001982, 0.692883)]),
        (pair(8.1), 3, [(0.000325, 1.000659, 0.693071), (8.099675, 1.000659, 0.693071)]),
        (pair(10), 3, [(0.000004, 1.000011, 0.693146)]),
    ])  # fmt: skip
    def test_of_the_mixtures_of_the_source_the_best_come_first(self, P, count, best):
        fits = fit_reverse(P)
        assert len(fits) == count
        assert fits[: len(best)] == [pytest.approx(fit, abs=6e-7) for fit in best]

    @pytest.mark.parametrize("gap", [1e-3, 3e-6, 1e-7])
    @pytest.mark.parametrize(
        "at, birth, before, after",
        [
            (pair, 4.824459433555603, 1, 3),
            (lambda d: pair(d, 0.4), 4.576335854828358, 1, 2),
            (lambda d: pair(d, 0.4), 5.04055510188, 2, 3),
            (lambda d: NormalMixture([0.25, 0.5, 0.25], [-d, 0, d], [1, 1, 1]), 5.124141632956655, 1, 2),
            (lambda w: pair(6, w), 0.05914640532061457, 1, 2),
        ],
    )
    def test_are_found_soon_after_their_birth_and_not_before(self, at, birth, before, after, gap):
        assert len(fit_reverse(at(birth * (1 - gap)))) == before
        assert len(fit_reverse(at(birth * (1 + gap)))) == after

    @pytest.mark.parametrize(
        "P", [*map(pair, (10, 15, 20, 20.48135593220339, 59.63308872581721)), pair(18.772128260320066, 0.445)]
    )
    def test_far_apart_there_are_three_and_no_coarse_rule_hides_or_invents_one(self, P):
        assert len(fit_reverse(P)) == 3

    @pytest.mark.claim("S40")
    @pytest.mark.parametrize("weight, switch", [(0.5, 5.600164), (0.4, 5.021388)])
    def test_the_best_switches_from_covering_to_seeking(self, weight, switch):
        assert fit_reverse(pair(switch - 1e-3, weight))[0].sigma > 2
        assert fit_reverse(pair(switch + 1e-3, weight))[0].sigma < 1.2

    @pytest.mark.parametrize("seed", [0, 1, 42, 50, 130])
    def test_agree_with_a_dense_grid(self, seed):
        P = dense_grid.random_mixture(seed)
        fits = fit_reverse(P)
        assert dense_grid.missed(P, fits) == []
        assert [fit.kl for fit in fits] == pytest.approx(sorted(fit.kl for fit in fits), abs=1e-9)

    def test_a_saddle_is_none(self):
        P = NormalMixture([0.37, 0.18, 0.45], [0, 6.2, 13.5], [1, 1, 1])  # with one at (1.84, 2.55)
        fits = fit_reverse(P)
        assert [fit.mu for fit in fits] == pytest.approx([13.499, 0.007, 5.784, 6.185], abs=1e-3)
        assert dense_grid.missed(P, fits) == []

    @pytest.mark.parametrize("distance", [7.8, 8])
    def test_a_slightly_better_one_comes_first_wherever_it_is(self, distance):
        fits = fit_reverse(pair(distance, 0.499998))
        assert [fit.mu for fit in fits] == pytest.approx([distance, 0, distance / 2], abs=0.1)
        assert 1e-6 < fits[1].kl - fits[0].kl < 1e-5

    @pytest.mark.parametrize("unit, origin", [(1, 1e8), (1e-150, 0), (1e149, 0), (0.5, -7)])
    def test_move_with_the_mixture(self, unit, origin):
        fits = fit_reverse(NormalMixture([0.5, 0.5], [origin, origin + 6 * unit], [unit, unit]))
        moved = [((fit.mu - origin) / unit, fit.sigma / unit, fit.kl) for fit in fits]
        assert moved == [pytest.approx(fit, abs=1e-7) for fit in fit_reverse(pair(6))]

    @pytest.mark.parametrize("weights", [[1], [0.5, 0.5], [0.1, 0.2, 0.7]])
    def test_a_normal_far_from_the_origin_is_found(self, weights):
        P = NormalMixture(weights, [1e20] * len(weights), [1] * len(weights))
        assert fit_reverse(P) == [Fit(1e20, pytest.approx(1), pytest.approx(0, abs=1e-12))]
        assert fit_forward(P) == Fit(1e20, pytest.approx(1), pytest.approx(0, abs=1e-15))

    @pytest.mark.parametrize("distance", [2e3, 1e4])
    def test_the_covering_one_is_found_however_thin_its_valley(self, distance):
        # For σ ≫ 1, D = E(|x| − d/2)²/2 − log σ + const, which is stationary where σ² = 1 + σd/√(2π).
        half = distance / math.sqrt(2 * math.pi) / 2
        *narrow, covering = fit_reverse(pair(distance))
        assert [fit.mu for fit in narrow] == pytest.approx([0, distance], abs=1e-6)
        assert covering.mu == pytest.approx(distance / 2, abs=1e-3)
        assert covering.sigma == pytest.approx(half + math.sqrt(half**2 + 1), rel=1e-7)

    @pytest.mark.parametrize("size", [10, 30])
    def test_of_many_components_that_make_a_plateau_there_is_one(self, size):
        P = NormalMixture(np.full(size, 1 / size), np.linspace(-3, 3, size), np.full(size, 0.3))
        (fit,) = fit_reverse(P)
        assert dense_grid.missed(P, [fit]) == []
        assert fit.mu == pytest.approx(0, abs=1e-8)

    def test_a_spike_on_a_plain_and_the_plain_are_both_found(self):
        spike, plain = sorted(fit_reverse(NormalMixture([0.5, 0.5], [0, 0], [1e-6, 1e3])), key=itemgetter(1))
        assert spike == pytest.approx((0, 1e-6, math.log(2)), rel=1e-7, abs=1e-6)
        assert plain == pytest.approx((0, 1e3, math.log(2)), rel=1e-7, abs=1e-6)
