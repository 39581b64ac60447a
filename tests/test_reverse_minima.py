"""What is true of the valleys of μ ↦ D(N(μ, σ²)‖P), in which all its minima lie."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import logsumexp, softmax
from scipy.stats import norm

from klhelpers._expectation import Moments, Parts, expect_log
from klhelpers._reverse_minima import (
    LONGEST_STEP,
    Blur,
    _certified,
    _largest_sigma,
    _peaks,
    _valleys,
    _zero,
    minima,
)


def parts(weights, means, sigmas):
    return Parts(*(np.array(column, float) for column in (weights, means, sigmas)))


def pair(distance, weight=0.5):
    """Two unit normals this far apart, centred."""
    return parts([weight, 1 - weight], [-distance / 2, distance / 2], [1, 1])


NORMAL = parts([1], [0], [1])
MIXTURES = {
    "source": pair(4, 0.4),
    "farther": pair(6, 0.4),
    "twins": pair(8),
    "uneven": parts([0.3, 0.7], [-4, 3], [1, 2]),
    "three": parts([0.2, 0.5, 0.3], [-6, 1, 6], [1, 4, 0.5]),
}
every_mixture = pytest.mark.parametrize("P", MIXTURES.values(), ids=MIXTURES)
Z = np.linspace(-9, 9, 2401)
WEIGHTS = norm.pdf(Z) * (Z[1] - Z[0])


def log_components(P, x):
    """The logarithms of the weighted densities, and their derivatives."""
    z = (np.asarray(x)[..., None] - P.means) / P.sigmas
    return np.log(P.weights) + norm.logpdf(z) - np.log(P.sigmas), -z / P.sigmas


def divergence(P, mu, sigma):
    """D by the trapezoid rule."""
    log_p = logsumexp(log_components(P, mu + sigma * Z)[0], axis=-1)
    return -WEIGHTS @ log_p - 0.5 * math.log(2 * math.pi * math.e) - math.log(sigma)


def pull(P, mu, sigma):
    """∂ E_Q[log P]/∂μ = E_Q[(log P)′], and by Stein's identity σ² ∂²/∂μ² = σ E_Q[z (log P)′]."""
    logs, scores = log_components(P, np.asarray(mu)[..., None] + sigma * Z)
    score = (softmax(logs, axis=-1) * scores).sum(axis=-1)
    return score @ WEIGHTS, sigma * (score * Z) @ WEIGHTS


def bottom(P, mu, sigma, within=0.05):
    """The bottom of a valley next to a guess, by bisection."""
    return brentq(lambda m: pull(P, m, sigma)[0], mu - within * sigma, mu + within * sigma, xtol=1e-14)


def bottoms(P, sigma):
    """Every bottom at this σ, by brute force."""
    mus = np.arange(P.means.min() - 0.123 * sigma, P.means.max() + 0.5 * sigma, sigma / 4)
    signs = pull(P, mus, sigma)[0]
    return [
        brentq(lambda m: pull(P, m, sigma)[0], mus[i], mus[i + 1])
        for i in range(len(mus) - 1)
        if signs[i] > 0 >= signs[i + 1]
    ]


class TestStarts:
    @every_mixture
    def test_are_within_a_grid_step_of_every_peak_of_p(self, P):
        x = np.linspace(P.means.min() - 1, P.means.max() + 1, 20_001)
        density = logsumexp(log_components(P, x)[0], axis=-1)
        inner = density[1:-1]
        peaks = x[1:-1][(inner > density[:-2]) & (inner >= density[2:])]
        found = _peaks(P)
        assert len(found) >= len(peaks)
        assert all(np.min(np.abs(found - peak)) < 2.2 / 70 * P.sigmas.max() for peak in peaks)

    def test_two_components_that_share_a_peak_have_one(self):
        assert len(_peaks(pair(1.9))) == 1
        assert len(_peaks(pair(2.1))) == 2
        assert _peaks(pair(0)) == pytest.approx([0], abs=0.02)

    @every_mixture
    def test_beyond_the_largest_sigma_d_only_grows(self, P):
        largest = _largest_sigma(P)
        assert largest == 2 * (P.means.max() - P.means.min() + P.sigmas.max())
        for mu in np.linspace(P.means.min(), P.means.max(), 5):
            assert divergence(P, mu, 1.01 * largest) > divergence(P, mu, largest)


class TestMinima:
    @pytest.mark.parametrize("name, count", [("source", 1), ("farther", 3), ("twins", 3), ("uneven", 2)])
    def test_are_found_once_each(self, name, count):
        P = MIXTURES[name]
        assert len(minima(P)) == len(minima(P._replace(means=P.means + 3))) == count


class TestCertified:
    @every_mixture
    def test_minima_are_polished(self, P):
        for mu, sigma in minima(P):
            found = _certified(P, mu + 0.01 * sigma, sigma * 1.02)
            assert found == pytest.approx((mu, sigma), abs=1e-8 * sigma)
            assert pull(P, mu, sigma)[0] * sigma == pytest.approx(0, abs=1e-9)
            assert expect_log(P, mu, sigma).by_log_sigma == pytest.approx(-1, abs=1e-9)

    def test_a_saddle_is_refused_with_the_place_where_it_is(self):
        P = pair(6)
        (piece,) = [v for v in _valleys(P, Blur(P)) if v[0].mu > 1]
        low, high = next((a, b) for a, b in pairwise(piece) if a.slope >= 0 > b.slope)
        saddle = _zero(Blur(P), low, high, lambda point: point.slope)
        with pytest.raises(
            ArithmeticError, match=rf"near N\({saddle.mu:.6g}, {saddle.sigma:.6g}²\) in units"
        ):
            _certified(P, saddle.mu, saddle.sigma)

    def test_where_d_has_no_minimum_there_is_none(self):
        with pytest.raises(
            ArithmeticError, match="if minima are born at this P, change its eighth digit; else"
        ):
            _certified(pair(8), 0.0, 0.5)


class TestValleys:
    @every_mixture
    def test_hold_every_bottom_on_every_level_and_no_other(self, P):
        pieces = list(_valleys(P, Blur(P)))
        start, end = math.log(P.sigmas.min() / 2), math.log(_largest_sigma(P))
        levels = np.arange(start, end + LONGEST_STEP, LONGEST_STEP)
        assert levels[-1] >= end
        for level in levels[::4]:
            sigma = math.exp(level)
            found = sorted(p.mu / sigma for piece in pieces for p in piece if p.log_sigma == level)
            distinct = [m for i, m in enumerate(found) if i == 0 or m - found[i - 1] > 1e-5]
            expected = [mu / sigma for mu in bottoms(P, sigma)]
            assert distinct == pytest.approx(expected, abs=2e-5)

    @every_mixture
    def test_points_know_how_the_valley_runs(self, P):
        h = 1e-4
        points = [p for piece in _valleys(P, Blur(P)) for p in piece if p.curvature > 0.2]
        for point in points[::7]:
            mu, sigma = point.mu, point.sigma
            assert mu == pytest.approx(bottom(P, mu, sigma), abs=1e-8 * sigma)
            assert point.curvature == pytest.approx(-pull(P, mu, sigma)[1], rel=1e-6)
            around = [(s, bottom(P, mu, s)) for s in sigma * np.exp([-h, 0, h])]
            assert point.drift == pytest.approx((around[2][1] - around[0][1]) / (2 * h), rel=1e-3, abs=1e-5)
            below, here, above = (divergence(P, m, s) for s, m in around)
            assert point.slope == pytest.approx((above - below) / (2 * h), abs=1e-4)
            assert point.bend == pytest.approx((above - 2 * here + below) / h**2, rel=1e-2, abs=1e-3)

    @every_mixture
    def test_where_d_is_stationary_the_curvature_is_one(self, P):
        blur = Blur(P)
        for piece in _valleys(P, blur):
            for left, right in pairwise(piece):
                if (left.slope < 0) != (right.slope < 0):
                    point = _zero(blur, left, right, lambda point: point.slope)
                    assert point.curvature == pytest.approx(1, abs=1e-5)

    @every_mixture
    def test_are_walked_in_small_steps_to_the_end_or_until_they_meet_another(self, P):
        pieces = list(_valleys(P, Blur(P)))
        start, end = math.log(P.sigmas.min() / 2), math.log(_largest_sigma(P))
        for piece in pieces:
            for last, point in pairwise(piece):
                assert 0 < point.log_sigma - last.log_sigma <= LONGEST_STEP * (1 + 1e-9)
                assert abs(point.mu - last.mu) < 0.3 * last.sigma
        assert sum(piece[0].log_sigma == start for piece in pieces) == len(_peaks(P))
        assert sum(piece[-1].log_sigma >= end for piece in pieces) == 1
        for piece in pieces:
            if piece[0].log_sigma > start:  # it goes on where another has run out
                gaps = [piece[0].log_sigma - other[-1].log_sigma for other in pieces]
                assert min(gap for gap in gaps if gap > 0) < 3e-7

    @every_mixture
    def test_no_stretch_is_walked_twice(self, P):
        pieces = list(_valleys(P, Blur(P)))
        for i, piece in enumerate(pieces):
            for other in pieces[:i]:
                common = [p for p in piece if any(p.joins(o) for o in other)]
                if common:  # it ends on the first level that both are on
                    assert common[-1] == piece[-1]
                    assert common[-1].log_sigma - common[0].log_sigma < LONGEST_STEP

    def test_of_twins_meet_in_the_middle_and_go_on_as_one(self):
        pieces = list(_valleys(pair(8), Blur(pair(8))))
        ends = sorted(piece[-1].log_sigma for piece in pieces)
        middle = brentq(lambda s: pull(pair(8), 0.0, math.exp(s))[1], 0.5, 1.5)
        assert len(pieces) == 4
        # Two run out below the meeting; of the two that go on, one stops where they are on one level.
        assert ends[:2] == pytest.approx([middle] * 2, abs=1e-5)
        assert max(ends[:2]) <= middle < ends[2] <= middle + LONGEST_STEP
        assert ends[3] >= math.log(_largest_sigma(pair(8)))

    def test_of_what_is_flat_everywhere_there_is_none(self):
        def flat(mu, log_sigma):
            return Moments(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

        assert list(_valleys(NORMAL, flat)) == [[]]

    def test_of_one_normal_is_its_mean(self):
        (valley,) = _valleys(NORMAL, Blur(NORMAL))
        assert [p.mu for p in valley] == pytest.approx([0] * len(valley), abs=1e-9)
        assert [p.curvature for p in valley] == pytest.approx([p.sigma**2 for p in valley])
