"""What is true of estimates: means and variances over all samples there can be."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multinomial

from klhelpers import kl_divergence, kl_from_counts, kl_from_log_ratios

counts = st.lists(st.integers(1, 1000), min_size=2, max_size=6)
P, Q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])


def all_counts(n):
    """Every outcome of n draws from P, with its probability."""
    tables = [c for c in product(range(n + 1), repeat=3) if sum(c) == n]
    return tables, multinomial.pmf(tables, n, P)


class TestCounts:
    @given(counts)
    def test_is_the_divergence_of_the_smoothed_shares(self, x):
        y = x[::-1]
        for name, a in (("none", 0), ("half", 0.5), ("one", 1)):
            u, v = np.array(x) + a, np.array(y) + a
            found, in_bits = (kl_from_counts(x, y, smoothing=name, base=base) for base in (None, 2))
            assert found.value == kl_divergence(u, v, normalize=True)
            assert np.multiply(in_bits, math.log(2)) == pytest.approx(found)

    def test_mean_is_too_large_by_what_the_shares_miss_of_p(self):
        tables, chance = all_counts(12)
        mean = chance @ [kl_from_counts(x, Q, q_known=True).value for x in tables]
        own = chance @ [kl_from_counts(x, P, q_known=True).value for x in tables]
        assert mean == pytest.approx(kl_divergence(P, Q) + own, rel=1e-12)
        assert own == pytest.approx(2 / (2 * 12), rel=0.2)

    def test_error_is_the_spread_over_all_samples(self):
        tables, chance = all_counts(60)
        values, errors = np.transpose([kl_from_counts(x, Q, q_known=True) for x in tables])
        variance = chance @ values**2 - (chance @ values) ** 2
        assert math.sqrt(variance) == pytest.approx(chance @ errors, rel=0.05)

    def test_error_of_two_samples_is_that_of_a_simulation(self):
        rng = np.random.default_rng(6)
        pairs = zip(rng.multinomial(400, P, 2000), rng.multinomial(300, Q, 2000), strict=True)
        values, errors = np.transpose([kl_from_counts(x, y) for x, y in pairs])
        assert values.std() == pytest.approx(errors.mean(), rel=0.1)

    @pytest.mark.parametrize("q_known", [True, False])
    def test_error_is_what_the_slopes_make_of_the_spread_of_the_shares(self, q_known):
        x, y = np.array([30, 50, 20]), np.array([20, 20, 10])
        u, v = x / 100, y / 50

        def variance(f, shares, n):
            h = 1e-6 * np.eye(3)
            slopes = np.array([f(shares + step) - f(shares - step) for step in h]) / 2e-6
            return slopes @ (np.diag(shares) - np.outer(shares, shares)) @ slopes / n

        expected = variance(lambda p: kl_divergence(p, v, normalize=True), u, 100)
        if not q_known:
            expected += variance(lambda q: kl_divergence(u, q, normalize=True), v, 50)
        found = kl_from_counts(x, v if q_known else y, q_known=q_known)
        assert found.error == pytest.approx(math.sqrt(expected), rel=1e-6)

    def test_error_of_equal_counts_is_that_of_chi_square(self):
        assert kl_from_counts([7, 7, 6], [7, 7, 6]) == (0, pytest.approx(1 / 20 + 1 / 20))

    def test_is_infinite_where_only_q_lacks_an_outcome(self):
        assert kl_from_counts([3, 1], [4, 0]) == (math.inf, math.inf)
        assert kl_from_counts([4, 0], [3, 1]).value == pytest.approx(math.log(4 / 3))


class TestLogRatios:
    @given(st.lists(st.floats(-30, 30), min_size=2, max_size=20))
    def test_are_the_mean_of_each_term_and_its_standard_error(self, ratios):
        assert kl_from_log_ratios(ratios).value == pytest.approx(np.mean(ratios), abs=1e-12)
        terms = [math.expm1(-x) + x for x in ratios]
        found, spread = kl_from_log_ratios(ratios, kind="k3"), np.std(terms, ddof=1)
        assert 0 <= found.value == pytest.approx(np.mean(terms), rel=1e-9, abs=1e-14)
        assert found.error == pytest.approx(spread / math.sqrt(len(terms)), rel=1e-6, abs=1e-14)
        in_bits = kl_from_log_ratios(ratios, kind="k3", base=2)
        assert np.multiply(in_bits, math.log(2)) == pytest.approx(found, rel=1e-12)

    def test_of_every_outcome_as_often_as_p_has_it_are_the_divergence(self):
        for kind in ("k1", "k3"):
            found = kl_from_log_ratios(np.repeat(np.log(P / Q), [5, 3, 2]), kind=kind)
            assert found.value == pytest.approx(kl_divergence(P, Q))

    def test_k3_misses_what_q_has_outside_the_support_of_p(self):
        ratios = np.full(9, math.log(2))  # p = (½, ½, 0), q = (¼, ¼, ½)
        assert kl_from_log_ratios(ratios) == (math.log(2), 0)
        assert kl_from_log_ratios(ratios, kind="k3").value == pytest.approx(math.log(2) - 1 / 2, rel=1e-14)

    def test_k3_keeps_its_digits_near_equality(self):
        assert kl_from_log_ratios([1e-12, -1e-12], kind="k3").value == pytest.approx(5e-25, rel=1e-9)

    def test_are_infinite_where_q_cannot_have_drawn(self):
        for kind in ("k1", "k3"):
            assert kl_from_log_ratios([0.1, math.inf], kind=kind) == (math.inf, math.inf)
        assert kl_from_log_ratios([0.0, -1e4], kind="k3") == (math.inf, math.inf)
        assert kl_from_log_ratios([0.0, -400], kind="k3") == (pytest.approx(math.exp(400) / 2), math.inf)

    def test_of_draws_from_q_are_negative(self):
        ratios = np.repeat(np.log(P / Q), [2, 3, 5])
        assert kl_from_log_ratios(ratios).value == pytest.approx(-kl_divergence(Q, P))
        mean = kl_from_log_ratios(ratios, kind="k3").value
        assert mean == pytest.approx(np.sum(Q**2 / P) - 1 - kl_divergence(Q, P))
