"""What is true of the sums behind the measures: which way they are computed, and that each is exact."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from klhelpers import _divergences
from klhelpers._arguments import distributions
from klhelpers._divergences import (
    KL,
    _artanh_rest,
    _js_near,
    _kl_if_close,
    _kl_if_large,
    _kl_quick,
    _product,
    divergence,
    phi,
    powers,
)
from tests import exact


def row(*values):
    return np.array([values], dtype=float)


def term_by_term(w, v):
    """Σ w f(u), which is Σ w log(w/v) + v − w, to fifty digits."""
    with mpmath.workdps(50):
        pairs = [
            (mpmath.mpf(float(x)), mpmath.mpf(float(y))) for x, y in zip(w.ravel(), v.ravel(), strict=True)
        ]
        return mpmath.fsum(x * mpmath.log(x / y) + y - x for x, y in pairs)


def is_exact(found, w, v):
    assert found.shape == (1, 1)
    with mpmath.workdps(50):
        return exact.relative_error(float(found.item()), term_by_term(w, v)) < 1e-13


class TestClose:
    """Sums of terms that are all close."""

    @pytest.mark.parametrize("u", [0.06249999, -0.0588235, 0.04, -0.03, 1e-2, 1e-3, 1e-5, 1e-9])
    def test_are_exact(self, u):
        w = row(0.25, 0.5, 0.125, 0.125)
        v = w * (1 + u * row(1, -0.5, 0.7, 0.1))
        assert is_exact(_kl_if_close(w, v), w, v)

    @pytest.mark.parametrize("terms", [1, 2, 3, 4, 5])
    @pytest.mark.parametrize("power", [0.99, 1.01, 1.49])
    def test_are_so_to_a_few_roundings_where_one_term_more_is_taken(self, terms, power):
        # Where u = 2r/(1 − r), the term that comes next is r^(2k + 1) of the sum, but for a factor.
        r = min(2 ** (-53 / (2 * terms + power)), 1 / 33.001)
        w, v = row(0.3, 0.7), row(0.3, 0.7) * (1 + 2 * r / (1 - r))
        with mpmath.workdps(50):
            found = float(_kl_if_close(w, v).item())
            assert exact.relative_error(found, term_by_term(w, v)) < 2e-15

    @pytest.mark.parametrize(
        "u, terms", [(0, 1), (1e-9, 1), (1e-5, 1), (1e-4, 2), (1e-2, 3), (0.035, 4), (0.06, 5)]
    )
    def test_take_as_many_terms_as_are_felt(self, u, terms, monkeypatch):
        taken = []

        def noted(s, terms):
            taken.append(terms)
            return _artanh_rest(s, terms)

        monkeypatch.setattr(_divergences, "_artanh_rest", noted)
        _kl_if_close(row(0.5, 0.5), row(0.5, 0.5 * (1 + u)))
        assert taken == [terms]

    @pytest.mark.parametrize("limit", [1 / 16, -1 / 17])
    def test_are_not_taken_beyond_the_reach_of_the_series(self, limit):
        w = row(0.25, 0.75)
        assert _kl_if_close(w, w * (1 + row(0, limit * (1 - 1e-6)))) is not None
        assert _kl_if_close(w, w * (1 + row(0, limit * (1 + 1e-6)))) is None

    def test_of_each_row(self):
        w = np.array([[0.25, 0.75], [0.5, 0.5], [0.5, 0.5]])
        v = w + np.array([[0.01, -0.01], [0.01, -0.01], [0, 0]])
        found = _kl_if_close(w, v)
        assert found.shape == (3, 1)
        assert found[2, 0] == 0
        for i in range(2):
            assert is_exact(found[i : i + 1], w[i], v[i])
        v[2] = [0.6, 0.4]
        assert _kl_if_close(w, v) is None


class TestLarge:
    """Sums of the textbook's terms."""

    @pytest.mark.parametrize("gap", [0.063, 0.0626, 0.1, 0.2, 0.49])
    def test_are_exact(self, gap):
        w, v = row(0.5, 0.5), row(0.5 + gap, 0.5 - gap)
        for factor in (1, 0.9, 1.2):
            assert is_exact(_kl_if_large(w, factor * v), w, factor * v)

    @pytest.mark.parametrize("scale", [0.5, 1, 1.9])
    def test_are_taken_from_a_hundred_and_twenty_eighth_of_the_total_on(self, scale):
        # −½ log(1 − 4g²) = 1/128 where g² = (1 − exp(−1/64))/4.
        limit = np.sqrt(-np.expm1(-1 / 64)) / 2
        w = scale * row(0.5, 0.5)
        for gap, taken in ((limit * 0.9999, False), (limit * 1.0001, True)):
            found = _kl_if_large(w, scale * row(0.5 + gap, 0.5 - gap))
            assert (found is not None) == taken

    def test_of_each_row_and_only_if_all_are_large(self):
        w = np.array([[0.5, 0.5], [0.1, 0.9]])
        v = np.array([[0.9, 0.1], [0.5, 0.5]])
        found = _kl_if_large(w, v)
        assert found.shape == (2, 1)
        for i in range(2):
            assert is_exact(found[i : i + 1], w[i], v[i])
        v[1] = [0.11, 0.89]
        assert _kl_if_large(w, v) is None

    def test_of_rows_with_sums_of_their_own(self):
        scale = np.array([[0.01], [1.0]])
        assert _kl_if_large(scale * row(0.5, 0.5), scale * row(0.6, 0.4)) is not None


class TestQuick:
    @pytest.mark.parametrize(
        "w, v",
        [
            (row(0.9, 0.05, 0.05), row(0.904, 0.048, 0.048)),
            (row(0.05, 0.95), row(0.0525, 0.9475)),
            (row(0.5, 0.5), row(0.529, 0.471)),
            (row(0.5, 0.5), row(0.5, 0.5)),
            (row(1.8, 0.2), 1.04 * row(1.8, 0.2)),  # not normalised, as where the sums are not one
        ],
    )
    def test_takes_the_series_where_all_are_close(self, w, v):
        expected = _kl_if_close(w, v)
        assert expected is not None
        assert np.array_equal(_kl_quick(w, v), expected)

    @pytest.mark.parametrize(
        "w, v",
        [
            (row(0.5, 0.5), row(0.9, 0.1)),
            (row(0.5, 0.25, 0.25), row(0.5, 0.49, 0.01)),  # the first pair looks close
            (row(0.2, 0.4, 0.4), row(0.19, 0.01, 0.8)),
        ],
    )
    def test_takes_the_textbook_where_that_is_exact(self, w, v):
        assert _kl_if_close(w, v) is None
        expected = _kl_if_large(w, v)
        assert expected is not None
        assert np.array_equal(_kl_quick(w, v), expected)

    def test_leaves_the_rest_to_the_careful_way(self):
        assert _kl_quick(row(0.5, 0.5), row(0.55, 0.45)) is None
        assert _kl_quick(row(0.9, 0.1), row(0.92, 0.08)) is None

    @pytest.mark.parametrize("gap", [1e-9, 1e-3, 0.03, 0.0312, 0.0313, 0.05, 0.0623, 0.0627, 0.2])
    def test_agrees_with_the_careful_way(self, gap):
        p, q = (distributions([0.5 + g, 0.5 - g], "p", -1, normalize=False) for g in (0, gap))
        careful = divergence(p, q, KL._replace(quick=None)).item()
        assert divergence(p, q, KL).item() == pytest.approx(careful, rel=1e-13, abs=0)


class TestSeries:
    @pytest.mark.parametrize("u", [1 / 16, -1 / 16, 0.03, -1e-3, 1e-8])
    def test_phi_is_exact(self, u):
        with mpmath.workdps(50):
            expected = u - mpmath.log(1 + mpmath.mpf(u))
            assert exact.relative_error(phi(row(u)).item(), expected) < 2e-15

    @pytest.mark.parametrize("u", [1 / 16, -1 / 16, 0.03, -1e-3, 1e-8])
    def test_that_of_js_is_exact(self, u):
        with mpmath.workdps(50):
            x = mpmath.mpf(u)
            expected = ((1 + x) * mpmath.log(1 + x) - (2 + x) * mpmath.log(1 + x / 2)) / 2
            assert exact.relative_error(_js_near(row(u)).item(), expected) < 2e-15

    @pytest.mark.parametrize("terms", [1, 2, 5])
    def test_that_of_artanh_has_the_reciprocals_of_the_odd_numbers(self, terms):
        s = 0.25
        expected = sum(2 / (2 * k + 1) * s**k for k in range(1, terms + 1))
        assert _artanh_rest(row(s), terms).item() == pytest.approx(expected, rel=1e-15)

    def test_powers_are_a_nested_series(self):
        x, a, b = 0.3, 0.7, -0.4
        assert powers(row(x), [a, b]).item() == pytest.approx(
            x * x / 2 * (1 + a * x * (1 + b * x)), rel=1e-15
        )

    def test_a_product_and_its_rounding_are_exact(self):
        x, y = np.random.default_rng(0).uniform(1, 2, (2, 1, 1000)) * [[[1e-7]], [[123456789.0]]]
        product, rounding = _product(x, y)
        assert np.array_equal(product, x * y)
        for a, b, c, d in zip(*(each.ravel().tolist() for each in (x, y, product, rounding)), strict=True):
            assert Fraction(a) * Fraction(b) == Fraction(c) + Fraction(d)
