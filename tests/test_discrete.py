"""What is true of the measures on discrete distributions."""

import itertools
import math
import subprocess
import sys
import tracemalloc

import mpmath
import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from klhelpers import (
    cross_entropy,
    entropy,
    information,
    js_divergence,
    kl_divergence,
    kl_divergence_from_logits,
    renyi_divergence,
)
from tests import exact


def of_order(order):
    return (
        lambda p, q, **options: renyi_divergence(p, q, order, **options),
        lambda p, q: exact.renyi_divergence(p, q, order),
    )


def of_logarithms(p, q, normalize=False, **options):
    with np.errstate(divide="ignore"):
        return kl_divergence_from_logits(np.log(p), np.log(q), **options)


ORDERS = (0, 1e-12, 0.1, 0.5, 0.9, 1 - 1e-9, 1 - 1e-13, 1, 1 + 1e-9, 1.5, 2, 30, math.inf)
LARGE_ORDERS = [f"order {order!r}" for order in ORDERS if order > 1]
# Each measure with its definition.
EXACT = {
    "entropy": (lambda p, q, **options: entropy(p, **options), lambda p, q: exact.entropy(p)),
    "cross_entropy": (cross_entropy, exact.cross_entropy),
    "kl_divergence": (kl_divergence, exact.kl_divergence),
    "js_divergence": (js_divergence, exact.js_divergence),
    **{f"order {order!r}": of_order(order) for order in ORDERS},
}
# Those that grow with the square of a small difference.
CURVED = ("kl_divergence", "js_divergence", "order 0.5", "order 2")
DIVERGENCES = (*CURVED, "order 0", "order inf")
OF_PROBABILITIES = {name: EXACT[name][0] for name in (*DIVERGENCES, "cross_entropy")}
MEASURES = OF_PROBABILITIES | {"logits": of_logarithms}
every_measure = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
every_measure_of_probabilities = pytest.mark.parametrize(
    "measure", OF_PROBABILITIES.values(), ids=OF_PROBABILITIES
)
every_divergence = pytest.mark.parametrize(
    "divergence", [OF_PROBABILITIES[name] for name in DIVERGENCES], ids=DIVERGENCES
)
few = settings(max_examples=25)

weights = st.floats(1e-6, 1e6)
weights_or_zero = st.one_of(st.just(0.0), weights)
any_float = st.floats(0, 1.7e308)
LARGEST_LOGIT = np.finfo(np.float64).max / 4


def vectors(*elements, sizes=(2, 6)):
    """Vectors of one length, one for each kind of elements, none of them all zero."""
    return st.integers(*sizes).flatmap(
        lambda size: st.tuples(*(st.lists(e, min_size=size, max_size=size).filter(any) for e in elements))
    )


def normal_form(values):
    return np.asarray(values) / np.sum(values)


def dirichlet(seed, *shape, concentration=1.0):
    return np.random.default_rng(seed).dirichlet([concentration] * shape[-1], shape[:-1])


def nearby(p, gap, seed=0):
    """A distribution that differs from p by `gap`, relatively, in every event."""
    noise = np.random.default_rng(seed).standard_normal(p.shape)
    return p * (1 + gap * (noise - np.sum(p * noise)))


def error(name, p, q, digits=60):
    """How far a measure is from its definition, relatively, for p and q divided by their sums; and its value."""
    measure, definition = EXACT[name]
    with mpmath.workdps(digits):
        expected = definition(exact.normalised(p), exact.normalised(q))
        return exact.relative_error(measure(p, q, normalize=True), expected), expected


PAIRS = {
    **{
        f"zeros {p}, {q}": (p, q)
        for p in ([0.5, 0.3, 0.2, 0], [0.125, 0.5, 0.125, 0.25], [0, 0.5, 0, 0.5])
        for q in ([0.25, 0, 0.5, 0.25], [0.25, 0.25, 0, 0.5])
    },
    "beside a subnormal, 1e-9 apart": (
        [1e-310, 0.3, 0.7],
        np.array([1e-310, 0.3, 0.7]) * [1, 1 + 7e-9, 1 - 3e-9],
    ),
    "almost nothing in common": ([1, 0], [1e-20, 1]),
    "subnormal sharers of other sums": ([5e-324, 1.1], [5e-324, 1.9]),  # 5e-324 · 19/11 is no float64 number
    "nothing in common": ([1, 0], [0, 1]),
}


class TestExactness:
    @pytest.mark.parametrize("name", EXACT)
    @pytest.mark.parametrize("p, q", PAIRS.values(), ids=PAIRS)
    def test_thirteen_digits_are_right(self, name, p, q):
        off, expected = error(name, p, q)
        assert off < 1e-13 or 0 < abs(expected) < 1e-40

    @pytest.mark.parametrize("rest", [1e-3, 1e-12, 1e-20, 1e-300])
    @pytest.mark.parametrize("name", ["entropy", "cross_entropy"])
    def test_so_they_are_of_the_entropy_of_the_all_but_certain(self, name, rest):
        assert error(name, *[[1 - rest, rest]] * 2, digits=700)[0] < 1e-13

    @pytest.mark.parametrize("name", EXACT)
    @pytest.mark.parametrize("size", [2, 60])
    def test_so_they_are_at_every_distance_and_twelve_where_only_rounding_tells_p_from_q(self, name, size):
        rng = np.random.default_rng(size)
        for gap in np.geomspace(1e-15, 10, 60):
            p = rng.dirichlet(np.full(size, 2.0))
            q = p * np.exp(gap * rng.standard_normal(size))
            off, expected = error(name, 1234.5 * p, 0.3 * q)
            assert off < (1e-13 if gap > 1e-11 else 1e-12) or 0 < abs(expected) < 1e-40, gap

    @pytest.mark.parametrize("name", EXACT)
    @settings(max_examples=20)
    @given(vectors(any_float, any_float, sizes=(1, 3)))
    @example(([3.7928815106733095e-281, 2.2825911589899853e34], [1.0, 0.0]))
    @example(([1e-300, 1e200], [0.0, 1.0]))
    @example(([0.0, 2.6e120], [1.7e-263, 2.6e120]))
    @example(([0.0, 1.0], [5e-324, 1.0]))
    @example(([0.55], [0.9]))
    @example(([1e278, 5.143369706737365e-07], [(1 + 1e-9) * 1e278, 5.143369706737365e-07]))
    @example(([2.225073858507203e-309, 1282.0], [5e-324, 5.098872572793831e296]))
    @example(([1e-200, 1e300], [5e-324, 1.7e308]))
    @example(([5e-324, 1e300], [5e-324, 1.7e308]))
    @example(([3e-315, 3], [5e-324, 1]))
    @example(
        (
            [3.9231151e-316, 6.304e-321, 1.0977399589200093e264],
            [3.92680574e-316, 6.304e-321, 1.0980098362352585e264],
        )
    )
    def test_the_whole_range_of_float64_is_served(self, name, pair):
        measure, definition = EXACT[name]
        with mpmath.workdps(700):
            p, q = map(exact.normalised, pair)
            expected, found = definition(p, q), measure(*pair, normalize=True)
            # What is left of the rounding of two sums, 1e-16, after it was taken into account: its rounding.
            close = 1e-300 if name == "entropy" else 1e-31
            if name in LARGE_ORDERS and any(0 < x < 1e-290 for x in p + q):
                close = 1e-14 * (1 + expected)  # as the docstring of renyi_divergence says
            assert exact.relative_error(found, expected) < 1e-12 or abs(found - expected) < close

    def test_a_subnormal_probability_is_not_zero_and_what_it_excludes_is_excluded(self):
        assert kl_divergence([0.5, 0.5], [1, 5e-324]) == pytest.approx(0.5 * 1074 * math.log(2) - math.log(2))
        assert kl_divergence([1, 5e-324], [1, 0]) == math.inf
        for p in ([5e-324, 3], [5e-324, 1e300]):
            for measure in (kl_divergence, cross_entropy):
                assert measure(p, [0, 1], normalize=True) == math.inf

    def test_the_rounding_of_the_sums_is_no_divergence(self):
        p = dirichlet(3, 1000)
        for factor in (3, np.float64(0.1)):
            assert kl_divergence(p, factor * p, normalize=True) < 1e-31

    def test_long_vectors_are_read_in_blocks_that_agree_with_the_definition(self):
        p, far = dirichlet(5, 2, 20_001)
        mixed = normal_form(
            np.concatenate([1.01 * p[:17_000], far[17_000:]])
        )  # near all through the first block
        for q in (far, mixed):
            assert kl_divergence(p, q) == pytest.approx(np.sum(p * np.log(p / q)), rel=1e-12)
            assert of_logarithms(p, q) == pytest.approx(np.sum(p * np.log(p / q)), rel=1e-12)
            assert entropy(p) == pytest.approx(-np.sum(p * np.log(p)), rel=1e-12)
            sums = {0.5: np.sum(np.sqrt(p * q)), 40: np.sum((p / q) ** 39 * p)}
            for order, total in sums.items():
                expected = np.log(total) / (order - 1)
                assert renyi_divergence(p, q, order) == pytest.approx(expected, rel=1e-12)
            assert renyi_divergence(p, q, math.inf) == pytest.approx(np.log(np.max(p / q)), rel=1e-12)
        p = dirichlet(6, 100_000)
        assert error("kl_divergence", p, nearby(p, 1e-9))[0] < 1e-13

    @every_measure
    @pytest.mark.parametrize("p, q", [([0.5, 0.5], [0, 1]), ([0, 1], [0.5, 0.5]), ([0, 1], [0, 1])])
    def test_a_negative_zero_is_zero(self, measure, p, q):
        negative_p, negative_q = (np.where(np.equal(x, 0), -0.0, x) for x in (p, q))
        found = measure([negative_p] * 2, negative_q)
        assert found.tolist() == [measure(p, q)] * 2
        assert not np.any(np.signbit(found))
        assert not np.signbit(entropy(negative_p)) and information(-0.0) == math.inf


class TestInformation:
    @pytest.mark.claim("S3")
    @given(st.floats(0, 1), st.floats(0, 1))
    def test_the_likelier_the_less(self, a, b):
        assert (a < b) <= (information(a) >= information(b))

    def test_is_the_logarithm_of_one_over_p_and_of_certainty_plain_zero(self):
        assert information([1 / 8, 1, 0], base=2).tolist() == [3, 0, math.inf]
        assert information(0.3) == -math.log(0.3)
        assert math.copysign(1, information(1)) == 1


class TestEntropy:
    @pytest.mark.claim("thm-entropy-bounds")
    @given(vectors(weights_or_zero))
    def test_lies_between_zero_and_that_of_the_uniform(self, one):
        assert 0 <= entropy(one[0], normalize=True) <= math.log(len(one[0])) * (1 + 1e-15)

    @pytest.mark.claim("thm-entropy-bounds")
    @pytest.mark.parametrize("size", [1, 2, 7, 10_000])
    def test_is_log_k_for_the_uniform_and_zero_for_the_certain(self, size):
        certain = np.eye(1, size)[0]
        assert entropy(np.ones(size), normalize=True) == pytest.approx(math.log(size), rel=1e-14, abs=0)
        assert entropy(certain) == 0 == cross_entropy(certain, certain)
        assert math.copysign(1, entropy(certain)) == 1

    @pytest.mark.claim("prop-difference")
    @given(vectors(weights_or_zero, weights))
    def test_divergence_is_what_cross_entropy_exceeds_it_by(self, pair):
        p, q = pair
        excess = cross_entropy(p, q, normalize=True) - entropy(p, normalize=True)
        assert kl_divergence(p, q, normalize=True) == pytest.approx(excess, rel=1e-9, abs=1e-13)


class TestDivergences:
    @pytest.mark.claim("thm-gibbs")
    @every_divergence
    @few
    @given(vectors(weights_or_zero, weights_or_zero))
    def test_are_never_negative(self, divergence, pair):
        assert divergence(*pair, normalize=True) >= 0

    @pytest.mark.claim("thm-gibbs")
    @every_divergence
    @few
    @given(vectors(weights_or_zero))
    def test_of_a_distribution_from_itself_are_zero(self, divergence, one):
        zero = divergence(one[0], one[0], normalize=True)
        assert zero == 0
        assert math.copysign(1, zero) == 1

    @pytest.mark.claim("thm-gibbs")
    @given(vectors(weights_or_zero, weights_or_zero))
    def test_are_zero_only_for_equals(self, pair):
        p, q = (normal_form(x) for x in pair)
        assume(np.max(np.abs(p - q)) > 1e-12)
        assert kl_divergence(p, q) > 0
        assert js_divergence(p, q) > 0

    @pytest.mark.claim("def-kl")
    @given(vectors(weights_or_zero, weights_or_zero))
    def test_kl_is_infinite_exactly_where_p_is_not_absolutely_continuous(self, pair):
        p, q = pair
        outside = any(x > 0 == y for x, y in zip(p, q, strict=True))
        for divergence in (kl_divergence, of_order(1.5)[0], of_logarithms):
            assert (divergence(p, q, normalize=True) == math.inf) == outside

    @pytest.mark.claim("prop-additive")
    @pytest.mark.parametrize("order", [0, 0.5, 1, 2, math.inf])
    @few
    @given(vectors(weights, weights), vectors(weights_or_zero, weights))
    def test_add_up_over_independent_parts(self, order, first, second):
        (p1, q1), (p2, q2) = first, second
        joint = renyi_divergence(np.outer(p1, p2).ravel(), np.outer(q1, q2).ravel(), order, normalize=True)
        parts = [renyi_divergence(p, q, order, normalize=True) for p, q in (first, second)]
        assert joint == pytest.approx(sum(parts), rel=1e-9, abs=1e-13)

    @pytest.mark.claim("thm-joint")
    @given(vectors(weights, weights, weights, weights), st.floats(0, 1))
    def test_kl_is_jointly_convex(self, four, t):
        p1, q1, p2, q2 = (normal_form(x) for x in four)
        mixed = kl_divergence(t * p1 + (1 - t) * p2, t * q1 + (1 - t) * q2)
        assert mixed <= t * kl_divergence(p1, q1) + (1 - t) * kl_divergence(p2, q2) + 1e-13

    @pytest.mark.claim("prop-merge")
    @every_divergence
    @few
    @given(vectors(weights, weights, sizes=(3, 6)))
    def test_shrink_when_events_are_merged(self, divergence, pair):
        merged = [[x[0] + x[1], *x[2:]] for x in pair]
        assert divergence(*merged, normalize=True) <= divergence(*pair, normalize=True) * (1 + 1e-9) + 1e-13

    @few
    @given(vectors(weights_or_zero, weights_or_zero))
    def test_kl_is_at_least_half_the_squared_distance_of_pinsker(self, pair):
        p, q = (normal_form(x) for x in pair)
        assert kl_divergence(p, q) >= np.sum(np.abs(p - q)) ** 2 / 2 * (1 - 1e-9)

    @every_measure
    @pytest.mark.parametrize("size", [7, 20_001])
    def test_the_order_of_the_events_does_not_matter(self, measure, size):
        p, q = dirichlet(7, 2, size)
        order = np.random.default_rng(7).permutation(size)
        assert measure(p[order], q[order]) == pytest.approx(measure(p, q), rel=1e-13)

    @pytest.mark.claim("thm-js-metric")
    @given(vectors(weights_or_zero, weights_or_zero, weights_or_zero))
    def test_the_root_of_js_is_a_distance_below_the_root_of_log_two(self, three):
        ab, ba, bc, ac = (
            math.sqrt(js_divergence(three[i], three[j], normalize=True))
            for i, j in ((0, 1), (1, 0), (1, 2), (0, 2))
        )
        assert ab == pytest.approx(ba, rel=1e-9, abs=1e-15)
        assert ac <= ab + bc + 1e-9
        assert ab <= math.sqrt(math.log(2)) * (1 + 1e-15)

    @given(vectors(weights_or_zero, weights_or_zero))
    def test_renyi_grows_with_its_order(self, pair):
        orders = (0, 0.3, 0.5, 0.999, 1, 1.001, 2, 10, 1e6, 1e200, math.inf)
        values = [renyi_divergence(*pair, order, normalize=True) for order in orders]
        assert all(a <= b * (1 + 1e-9) + 1e-13 for a, b in itertools.pairwise(values))

    @every_measure
    def test_nats_are_bits_times_log_two(self, measure):
        p, q = dirichlet(0, 2, 4)
        assert measure(p, q, base=2) * math.log(2) == pytest.approx(measure(p, q), rel=1e-15)


class TestLogits:
    @few
    @given(vectors(st.floats(-700, 700), st.floats(-700, 700), sizes=(1, 4)))
    @example(([0.0, 3e-14], [3e-14, 3e-14]))
    def test_agree_with_the_definition(self, pair):
        with mpmath.workdps(700):
            expected = exact.kl_divergence(exact.softmax(pair[0]), exact.softmax(pair[1]))
            found = kl_divergence_from_logits(*pair)
            assert exact.relative_error(found, expected) < 1e-13 or abs(found - expected) < 1e-40

    @pytest.mark.parametrize("gap", [1e-9, 0.03, 0.06, 0.065, 0.3, 0.9, 1.1])
    @pytest.mark.parametrize("shift", [0, 0.1, -1e5])
    def test_keep_thirteen_digits_at_every_distance_whatever_the_shift(self, gap, shift):
        rng = np.random.default_rng(0)
        a = 3 * rng.standard_normal(300)
        b = a + shift + gap * rng.standard_normal(300)
        with mpmath.workdps(60):
            expected = exact.kl_divergence(exact.softmax(a), exact.softmax(b))
            assert exact.relative_error(kl_divergence_from_logits(a, b), expected) < 1e-13

    @pytest.mark.parametrize("p, q, expected", [
        ([0, -1e5], [-1e5, 0], 1e5),  # the probabilities underflow
        ([0, -1e5], [0, -2e5], 0),
        ([-1e5, -1e5], [0, 0], 0),
        ([0, -math.inf], [0, 0], math.log(2)),
        ([0, 0], [0, -math.inf], math.inf),
        ([0, -1e5], [0, -math.inf], math.inf),
        ([0, -math.inf], [5, -math.inf], 0),
        ([0, -LARGEST_LOGIT], [-LARGEST_LOGIT, 0], LARGEST_LOGIT),
    ])  # fmt: skip
    def test_reach_from_minus_infinity_to_a_quarter_of_float64(self, p, q, expected):
        assert kl_divergence_from_logits(p, q) == expected


class TestBatches:
    @every_measure
    @pytest.mark.parametrize("shape", [(3, 5), (9000, 1), (600, 20), (12, 1000), (2, 5000), (9, 9000)])
    def test_are_their_rows_one_by_one(self, measure, shape):
        p, q = dirichlet(0, 2, *shape)
        q[1] = nearby(p[1], 1e-9)
        found = measure(p, q)
        assert found.shape == shape[:1]
        for i in {0, 1, shape[0] // 2, shape[0] - 2, shape[0] - 1}:
            assert found[i] == pytest.approx(measure(p[i], q[i]), rel=1e-13, abs=1e-31)

    @every_measure
    @pytest.mark.parametrize("size", [4, 9000])
    def test_lie_along_any_axis(self, measure, size):
        p, q = dirichlet(1, 2, 3, 2, size)
        expected = measure(p, q)
        assert expected.shape == (3, 2)
        for axis in (0, 1, -2):
            found = measure(np.moveaxis(p, -1, axis), np.moveaxis(q, -1, axis), axis=axis)
            assert found == pytest.approx(expected, rel=1e-13)

    @every_measure
    @pytest.mark.parametrize(
        "shapes", [((), (4,)), ((4,), ()), ((2, 1), (3,)), ((1,), (5,)), ((2, 1), (2, 700))]
    )
    def test_are_broadcast_against_each_other(self, measure, shapes):
        p, q = (dirichlet(i, *shape, 40) for i, shape in enumerate(shapes))
        shape = np.broadcast_shapes(*shapes)
        full_p, full_q = (np.broadcast_to(x, (*shape, 40)) for x in (p, q))
        found = measure(p, q)
        assert found.shape == shape
        for at in [tuple(0 for _ in shape), tuple(n - 1 for n in shape)]:
            assert found[at] == pytest.approx(measure(full_p[at], full_q[at]), rel=1e-14, abs=0)

    @pytest.mark.parametrize("order", [0.999999, 1 + 1e-6, 300, 1e6, 1e30])
    def test_may_hold_the_near_and_the_far(self, order):
        p, q = dirichlet(0, 2, 6, 30)
        q[1], q[3], p[5, 0], q[4, 7] = nearby(p[1], 1e-9), p[3], 0, 0
        p[5] = normal_form(p[5])
        found = renyi_divergence(p, q, order, normalize=True)
        expected = [renyi_divergence(*row, order, normalize=True) for row in zip(p, q, strict=True)]
        assert found.tolist() == pytest.approx(expected, rel=1e-13, abs=0)

    def test_count_the_axis_in_each_array_by_itself(self):
        p, q = dirichlet(0, 4), dirichlet(1, 3, 4)
        assert kl_divergence(p, q.T, axis=0).tolist() == [kl_divergence(p, row) for row in q]

    @every_measure_of_probabilities
    @pytest.mark.parametrize("factor", [1 + 5e-9, 0.7, 3, 1e-300, 1e306])
    def test_divide_each_row_by_its_own_sum(self, measure, factor):
        p, q = dirichlet(9, 2, 2, 5)
        expected = measure(p, q).tolist()
        factors = np.array([[1], [factor]])
        assert measure(factors * p, q, normalize=True).tolist() == pytest.approx(expected, rel=1e-13)
        assert measure(p, factors * q, normalize=True).tolist() == pytest.approx(expected, rel=1e-13)

    @every_measure
    @pytest.mark.parametrize("size", [3, 100_000])
    def test_answers_are_numpys_and_empty_of_an_empty_batch(self, measure, size):
        uniform = np.full(size, 1 / size)
        assert type(measure(uniform, uniform)) is np.float64
        assert measure(np.empty((0, size)), uniform).shape == (0,)
        assert measure(np.empty((2, 0, size)), np.empty((0, size))).shape == (2, 0)
        assert type(information(1)) is np.float64
        assert information(np.empty((0, size))).shape == (0, size)

    @every_measure
    def test_events_may_lie_along_several_axes_or_all(self, measure):
        p, q = dirichlet(2, 2, 24).reshape(2, 2, 3, 4)
        expected = measure(p.ravel(), q.ravel())
        assert measure(p, q, axis=None) == measure(p, q, axis=(0, 1, 2)) == pytest.approx(expected, rel=1e-14)
        flat = [np.moveaxis(x, 1, 0).reshape(3, 8) for x in (p, q)]
        expected = measure(*flat, normalize=True)
        assert measure(p, q, axis=(0, -1), normalize=True) == pytest.approx(expected, rel=1e-13)
        assert measure(p, q[0], axis=(-2, -1), normalize=True).shape == (2,)

    @pytest.mark.parametrize("measure", [*MEASURES.values(), EXACT["entropy"][0]], ids=[*MEASURES, "entropy"])
    @pytest.mark.parametrize(
        "axis, shape", [(-1, (2, 3, 1)), (0, (1, 3, 4)), ((0, 2), (1, 3, 1)), (None, (1, 1, 1))]
    )
    def test_axes_of_the_events_are_kept_on_request(self, measure, axis, shape):
        p, q = dirichlet(3, 2, 24).reshape(2, 2, 3, 4)
        kept = measure(p, q, axis=axis, normalize=True, keepdims=True)
        assert kept.shape == shape
        assert np.array_equal(kept.ravel(), np.ravel(measure(p, q, axis=axis, normalize=True)))


class TestInputs:
    @pytest.mark.parametrize("dtype, tolerance", [(np.float16, 1e-2), (np.float32, 1e-5), (np.float64, 1e-8)])
    def test_sums_may_be_off_by_what_the_precision_allows(self, dtype, tolerance):
        off = np.array([0.25, 0.75]) * (1 + 0.8 * tolerance)
        assert entropy(off.astype(dtype)) == pytest.approx(entropy([0.25, 0.75]), rel=2e-3)
        with pytest.raises(ValueError, match=rf"the sum of p must be 1 within {tolerance:g} "):
            entropy((off * (1 + tolerance)).astype(dtype))

    @every_measure_of_probabilities
    def test_sums_far_off_are_refused_unless_asked_for(self, measure):
        for p, q, name in (([1, 1], [0.5, 0.5], "p"), ([0.5, 0.5], [1, 1], "q")):
            with pytest.raises(ValueError, match=f"the sum of {name} must be 1"):
                measure(p, q)
            assert measure(p, q, normalize=True) == measure([0.5, 0.5], [0.5, 0.5])

    @every_measure_of_probabilities
    @pytest.mark.parametrize("dtype", [np.float16, np.float32])
    def test_the_value_is_that_of_the_normalised_numbers(self, measure, dtype):
        p, q = dirichlet(8, 2, 6).astype(dtype)
        expected = measure(normal_form(p.astype(float)), normal_form(q.astype(float)))
        assert measure(p, q) == pytest.approx(expected, rel=1e-12)

    def test_counts_and_lists_and_masks_are_numbers(self):
        assert entropy([3, 1], normalize=True) == entropy(np.array([3, 1], np.uint8), normalize=True)
        assert entropy([3, 1], normalize=True) == entropy([0.75, 0.25])
        assert entropy([True, False, True], normalize=True, base=2) == 1
        assert kl_divergence([2**53 + 1, 2**53], [2**53] * 2, normalize=True) == 0  # the last digit is lost

    @every_measure
    def test_are_never_modified(self, measure):
        p, q = dirichlet(0, 2, 50)
        q[0] = 0
        before = p.copy(), q.copy()
        measure(p, q, normalize=True)
        measure(p, p)
        entropy(p)
        information(p)
        assert np.array_equal((p, q), before)

    @every_measure
    def test_no_floating_point_error_escapes(self, measure):
        with np.errstate(all="raise"):
            measure([0.5, 0.5, 0], [0.5, 0, 0.5])
            measure([5e-324, 1], [1, 5e-324])
            measure([5e-324, 1e308], [1e308, 0], normalize=True)
            measure([0.2, 0.8], [0.2000001, 0.7999999])
            kl_divergence_from_logits([0, -1e5], [0, -math.inf])

    @pytest.mark.parametrize("shape, more", [((100_000,), 50_000), ((100, 1000), 300 * 200)])
    @pytest.mark.parametrize(
        "measure",
        [*OF_PROBABILITIES.values(), lambda p, q, normalize: kl_divergence_from_logits(p, q)],
        ids=MEASURES,
    )
    def test_memory_does_not_grow_with_the_numbers_but_for_the_answer(self, measure, shape, more):
        peaks = []
        for factor in (1, 4):
            p, q = dirichlet(0, 2, factor * shape[0], *shape[1:])
            p[..., 0] = q[..., 0] = 0  # numbers that need care are none the worse for it
            tracemalloc.start()
            measure(p, q, normalize=True)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert peaks[1] < peaks[0] + more
        assert peaks[1] < 2_000_000


def test_discrete_measures_need_numpy_only():
    code = "import sys; sys.modules['scipy'] = None; from klhelpers import entropy; entropy([1])"
    subprocess.run([sys.executable, "-c", code], check=True)
