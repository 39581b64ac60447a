"""What is true of the valleys of μ ↦ D(N(μ, σ²)‖P), and of the steps in which they are walked."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import logsumexp, softmax
from scipy.stats import norm

from klhelpers._expectation import Moments, Parts, expect_log
from klhelpers._valleys import (
    CLOSE,
    FARTHEST_SHIFT,
    FLAT,
    LONGEST_STEP,
    TILE,
    Blur,
    Point,
    _certified,
    _climb,
    _descents_to_ascents,
    _emerging,
    _largest_sigma,
    _next,
    _peaks,
    _valleys,
    _walk,
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


def landscape(depth, curvature=1.0, place=0.0):
    """A made-up blur: one valley, at this place, whose depth in log σ is a polynomial, D = depth(log σ)."""

    def blur(mu, log_sigma):
        z = (mu - place) / math.exp(log_sigma)
        slope, bend = depth.deriv()(log_sigma), depth.deriv(2)(log_sigma)
        value = -depth(log_sigma) - log_sigma - curvature * z * z / 2
        return Moments(value, -curvature * z, -1 - slope, -curvature, 0.0, -bend)

    return blur


def noted(blur):
    """A blur, and the list of the places at which it is asked."""
    places = []

    def asked(mu, log_sigma):
        places.append(mu)
        return blur(mu, log_sigma)

    return asked, places


class TestPoint:
    def test_joins_what_is_at_the_same_place_on_the_same_level(self):
        point = Point(1.0, 5.0, 1.0, 0.0, 0.0, 0.0)
        assert point.sigma == math.e
        for sign in (-1, 1):
            assert point.joins(point._replace(mu=5 + sign * 0.99e-5 * math.e))
            assert not point.joins(point._replace(mu=5 + sign * 1.01e-5 * math.e))
        assert not point.joins(point._replace(log_sigma=1 + 1e-15))


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


class TestBlur:
    @pytest.mark.parametrize("sigma", [0.5, 0.501, 0.999, 1, 1.99, 4])
    @pytest.mark.parametrize("tile", [-2, -1, 0, 1])
    @pytest.mark.parametrize("at", [0, 1e-9, 0.5, 1 - 1e-9])
    def test_is_the_expectation_to_the_borders_of_its_tiles(self, sigma, tile, at):
        P = MIXTURES["three"]
        mu = (tile + at) * TILE * 2.0 ** math.floor(math.log2(sigma))
        assert Blur(P)(mu, math.log(sigma)) == pytest.approx(expect_log(P, mu, sigma), rel=1e-9, abs=1e-9)

    def test_makes_one_mesh_for_each_tile_and_octave(self):
        blur = Blur(NORMAL)
        assert blur.meshes == {}
        for mu in (0, 15, 31.9):
            for sigma in (1.01, 1.5, 1.99):
                blur(mu, math.log(sigma))
        assert list(blur.meshes) == [(0, 0)]
        blur(32.1, 0.1)
        blur(-0.1, 0.1)
        blur(63.9, math.log(2.01))
        assert list(blur.meshes)[1:] == [(0, 1), (0, -1), (1, 0)]


class TestNext:
    """Under one normal the bottom is its mean, and the curvature σ²/s²."""

    def step(self, *, off=0.0, curvature=1.0, drift=0.0, log_sigma=0.0):
        """From σ = 1, where the guess is off by so much, to this log σ."""
        return _next(Blur(NORMAL), Point(0.0, off, curvature, drift, 0.0, 0.0), log_sigma)

    @pytest.mark.parametrize("log_sigma", [0.01, 0.15])
    def test_finds_the_bottom(self, log_sigma):
        point = self.step(off=0.01, log_sigma=log_sigma)
        square = math.exp(2 * log_sigma)
        assert point == pytest.approx((log_sigma, 0, square, 0, square - 1, 2 * square), abs=1e-9)

    @pytest.mark.parametrize("sign", [-1, 1])
    def test_refuses_to_drift_farther_than_a_fifth_of_sigma(self, sign):
        for shift, found in ((0.199, True), (0.201, False)):
            point = self.step(off=-sign * shift, drift=sign * shift / 0.1, log_sigma=0.1)
            assert (point is not None) == found

    @pytest.mark.parametrize("unit", [0.25, 3])
    def test_does_so_in_any_unit(self, unit):
        blur = Blur(parts([1], [0], [unit]))
        for shift, found in ((0.199, True), (0.201, False)):
            start = Point(math.log(unit), -shift * unit, 1.0, shift * unit / 0.1, 0.0, 0.0)
            assert (_next(blur, start, math.log(unit) + 0.1) is not None) == found

    @pytest.mark.parametrize("sign", [-1, 1])
    def test_refuses_to_correct_by_more_than_a_twentieth(self, sign):
        assert self.step(off=sign * 0.0499) is not None
        assert self.step(off=sign * 0.0501) is None

    @pytest.mark.parametrize("before, found", [(0.49, False), (0.51, True), (1.99, True), (2.01, False)])
    def test_refuses_a_curvature_half_or_twice_as_large(self, before, found):
        assert (self.step(curvature=before) is not None) == found

    @pytest.mark.parametrize("factor, found", [(0.99, False), (1.01, True)])
    def test_refuses_what_is_flat(self, factor, found):
        log_sigma = math.log(FLAT * factor) / 2
        start = Point(log_sigma - 0.01, 0.0, FLAT, 0.0, 0.0, 0.0)
        assert (_next(Blur(NORMAL), start, log_sigma) is not None) == found


class TestWalk:
    def test_ends_on_the_level(self):
        P = pair(4, 0.4)
        valley = [_climb(Blur(P), math.log(0.5), 2.0)]
        assert _walk(Blur(P), valley, 1.234) is True
        assert valley[-1].log_sigma == 1.234
        assert _walk(Blur(P), valley, 1.234) is True
        assert valley[-1].mu == pytest.approx(bottom(P, valley[-1].mu, math.exp(1.234)), abs=1e-9)

    def test_does_so_whatever_rounding_does_to_a_step(self):
        valley = [_climb(Blur(NORMAL), -0.7, 0.0)]
        for level in np.sort(np.random.default_rng(0).uniform(-0.7, 0.7, 40)):
            assert _walk(Blur(NORMAL), valley, float(level))
            assert valley[-1].log_sigma == level

    def test_says_where_the_valley_runs_out(self):
        P = pair(4, 0.4)
        valley = [_climb(Blur(P), math.log(0.5), -2.0)]
        assert _walk(Blur(P), valley, 1.0) is False
        last = valley[-1]
        assert 0 < last.curvature < 1e-3
        # One bottom is left just above.
        assert len(bottoms(P, last.sigma * (1 - 1e-4))) == 2
        assert len(bottoms(P, last.sigma * (1 + 1e-4))) == 1

    def test_halves_the_steps_that_are_refused_and_doubles_the_others(self):
        valley = [_climb(Blur(NORMAL), 0.0, 0.0)]
        assert _walk(Blur(NORMAL), valley, 1.0)
        assert np.diff([p.log_sigma for p in valley]) == pytest.approx([0.15, 0.3, 0.275, 0.275])


class TestClimb:
    @pytest.mark.parametrize("start", [-9, -4.5, -1.5, -0.2, 0.2, 1.5, 3.5, 6])
    def test_ends_on_the_peak_on_whose_slope_it_begins(self, start):
        point = _climb(Blur(pair(8)), math.log(0.8), start)
        assert point.mu == pytest.approx(bottom(pair(8), math.copysign(4, start), 0.8), abs=1e-9)
        assert point.log_sigma == math.log(0.8)
        assert point.curvature == pytest.approx(0.64, rel=1e-3)

    def test_takes_the_last_step_however_short(self):
        assert _climb(Blur(NORMAL), 0.0, 0.9 * CLOSE).mu == pytest.approx(0, abs=CLOSE / 1000)

    @pytest.mark.parametrize("factor, flat", [(0.99, True), (1.01, False)])
    def test_says_where_it_is_flat(self, factor, flat):
        sigma = math.sqrt(FLAT * factor)
        point = _climb(Blur(NORMAL), math.log(sigma), 0.0)
        if flat:
            assert point == Point(math.log(sigma), 0.0, 0.0, 0.0, pytest.approx(sigma**2 - 1), 0.0)
        else:
            assert point.curvature == pytest.approx(FLAT * factor)

    @pytest.mark.parametrize("sign", [-1, 1])
    def test_a_way_of_two_hundred_standard_deviations_is_gone_in_steps_of_half_of_one(self, sign):
        blur, places = noted(landscape(np.polynomial.Polynomial([0]), place=sign * 200.0))
        assert _climb(blur, 0.0, 0.0).mu == pytest.approx(sign * 200, abs=1e-9)
        assert np.diff(places) == pytest.approx([sign * 0.5] * 400)

    def test_a_step_that_leads_down_is_halved(self):
        # E[log P] = −log cosh(10z)/10: from z = 0.3 half a σ leads to −0.2, and from there back to 0.3.
        def sharp(mu, log_sigma):
            z = 10 * mu / math.exp(log_sigma)
            value = -math.log(math.cosh(z)) / 10
            return Moments(value, -math.tanh(z), 0.0, -10 / math.cosh(z) ** 2, 0.0, 0.0)

        blur, places = noted(sharp)
        sigma = math.exp(1)
        assert _climb(blur, 1.0, 0.3 * sigma).mu == pytest.approx(0, abs=1e-9)
        assert np.array(places[:4]) / sigma == pytest.approx([0.3, -0.2, 0.3, 0.05])

    @pytest.mark.parametrize("fall, steps", [(0.8e-12, 1), (1.2e-12, 2)])
    def test_a_fall_by_less_than_rounding_is_none(self, fall, steps):
        def rough(mu, log_sigma):
            return Moments(-1e6 * (1 + fall * (mu == 0)), -mu, 0.0, -1.0, 0.0, 0.0)

        blur, places = noted(rough)
        _climb(blur, 0.0, 0.25)
        assert places[: 1 + steps] == [0.25, 0.0, 0.125][: 1 + steps]
        assert (len(places) == 2) == (steps == 1)

    def test_a_slope_is_not_flat(self):
        # Here the curvature is below the limit, and the slope is not.
        assert _climb(Blur(NORMAL), math.log(9e-4), 0.01).curvature == 0
        assert abs(_climb(Blur(NORMAL), math.log(9e-4), 0.01).mu) < 1.2e-3


class TestEmerging:
    def test_finds_the_valley_as_soon_as_it_is_not_flat(self):
        start = math.log(FLAT) / 2
        (point,) = _emerging(Blur(NORMAL), start - 0.5, 0.0, LONGEST_STEP, 0.0)
        assert point.log_sigma == pytest.approx(start - 0.5 + 4 * LONGEST_STEP)
        assert point.curvature == pytest.approx(point.sigma**2)

    def test_begins_with_small_steps_that_double(self):
        asked = []

        def flat(mu, log_sigma):
            asked.append(log_sigma)
            return Moments(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

        assert _emerging(flat, 0.0, 3.0, 0.04, 0.5) == []
        assert asked == pytest.approx([0, 0.04, 0.12, 0.27, 0.42])

    def test_takes_what_is_there_at_once(self):
        (point,) = _emerging(Blur(NORMAL), 0.3, 0.1, 1e-8, 1.0)
        assert point.log_sigma == 0.3
        assert _emerging(Blur(NORMAL), 0.3, 0.1, 1e-8, 0.3) == []


class TestDescents:
    def ends(self, slope, left=-1.0, right=1.0):
        """The descents to ascents between the ends of a valley with this slope, as pairs of log σ."""
        blur = landscape(np.polynomial.Polynomial(slope).integ())
        points = (_climb(blur, t, 0.0) for t in (left, right))
        return [(low.log_sigma, high.log_sigma) for low, high in _descents_to_ascents(blur, *points)]

    def test_are_seen_where_the_ends_show_them(self):
        assert self.ends([0, 1]) == [(-1, 1)]
        assert self.ends([0, -1]) == []
        assert self.ends([2, 1]) == self.ends([-2, 1]) == []

    def test_that_end_where_d_is_stationary_count_once(self):
        assert self.ends([0, 1], -1, 0) == [(-1, 0)]
        assert self.ends([0, 1], 0, 1) == []

    @pytest.mark.parametrize("centre", [-0.3, 0, 0.5])
    def test_hidden_between_two_ascents_are_found(self, centre):
        t = np.polynomial.Polynomial([-centre, 1])
        assert self.ends((t**2 - 1e-6).coef) == [(pytest.approx(centre, abs=1e-6), 1)]
        assert self.ends((t**2 + 1e-6).coef) == []

    @pytest.mark.parametrize("centre", [-0.3, 0, 0.5])
    def test_hidden_between_two_descents_are_found(self, centre):
        t = np.polynomial.Polynomial([-centre, 1])
        assert self.ends((1e-6 - t**2).coef) == [(-1, pytest.approx(centre, abs=1e-6))]
        assert self.ends((-1e-6 - t**2).coef) == []

    @pytest.mark.parametrize(
        "left, right, expected", [(-1, 1, [(0, 1)]), (-0.1, 1, [(0, 1)]), (-1, -0.1, []), (-0.1, 0.1, [])]
    )
    def test_after_an_ascent_and_a_descent_are_told_from_these(self, left, right, expected):
        # D falls between −½ and ½.
        found = [tuple(round(t, 6) for t in ends) for ends in self.ends([-0.25, 0, 1], left, right)]
        assert found == expected

    @pytest.mark.parametrize("ratio, found", [(0.9, 1), (1.1, 0)])
    def test_are_looked_for_where_twice_the_bend_at_the_ends_would_lead_there(self, ratio, found):
        # The slope is t²(3 − ct²) on [−1, 1]: at the ends it is 3 − c, and the bend there is 6 − 4c.
        c = (3 - 24 * ratio) / (1 - 16 * ratio)
        slope = np.polynomial.Polynomial([-1e-6, 0, 3, 0, -c])
        assert slope(1) == pytest.approx(ratio * 2 * slope.deriv()(1) * 2, rel=1e-4)
        assert len(self.ends(slope.coef)) == found


class TestZero:
    def test_is_where_the_function_of_the_points_changes_its_sign(self):
        blur = landscape(np.polynomial.Polynomial([0, -0.4, 0, 1 / 3]), place=2.0)
        left, right = (_climb(blur, t, 2.0) for t in (0.0, 1.0))
        point = _zero(blur, left, right, lambda point: point.slope)
        assert point.log_sigma == pytest.approx(math.sqrt(0.4), abs=1e-6)
        assert point.mu == pytest.approx(2, abs=1e-9)
        assert point.bend == pytest.approx(2 * math.sqrt(0.4), rel=1e-5)

    def test_begins_to_climb_between_the_two_points(self):
        asked = []
        inner = landscape(np.polynomial.Polynomial([0, 0, 1]))

        def blur(mu, log_sigma):
            asked.append((mu, log_sigma))
            return inner(mu, log_sigma)._replace(by_mu=0.0)

        left = Point(-1.0, 3.0, 1.0, 0.0, -2.0, 2.0)
        right = Point(3.0, 11.0, 1.0, 0.0, 6.0, 2.0)
        point = _zero(blur, left, right, lambda point: point.slope)
        assert point.log_sigma == pytest.approx(0, abs=1e-7)
        assert point.mu == pytest.approx(5, abs=1e-6)
        assert all(mu == pytest.approx(5 + 2 * t) for mu, t in asked)

    def test_at_an_end_is_that_end(self):
        blur = landscape(np.polynomial.Polynomial([0, 0, 1]))
        left = Point(0.0, 7.0, 1.0, 0.0, 0.0, 2.0)  # another climb would end elsewhere
        right = _climb(blur, 1.0, 0.0)
        assert _zero(blur, left, right, lambda point: point.slope) is left


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
                assert abs(point.mu - last.mu) < 1.1 * (FARTHEST_SHIFT + 0.05) * last.sigma
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
