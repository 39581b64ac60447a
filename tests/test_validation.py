"""How the public functions refuse what they cannot answer: by name, with what was expected and what was found."""

import inspect
import math
import re
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import klhelpers
from klhelpers import (
    Fit,
    NormalMixture,
    cross_entropy,
    entropy,
    fit_forward,
    fit_reverse,
    forward_kl,
    information,
    js_divergence,
    kl_divergence,
    kl_divergence_from_logits,
    kl_multivariate_normal,
    kl_normal,
    renyi_divergence,
    reverse_kl,
)

inf, nan = math.inf, math.nan
OF_PROBABILITIES = {
    "entropy": entropy,
    "cross_entropy": lambda p, **options: cross_entropy(p, [0.5, 0.5], **options),
    "kl_divergence": lambda p, **options: kl_divergence(p, [0.5, 0.5], **options),
    "js_divergence": lambda p, **options: js_divergence(p, [0.5, 0.5], **options),
    "renyi_divergence": lambda p, **options: renyi_divergence(p, [0.5, 0.5], 2, **options),
}
every_function = pytest.mark.parametrize("function", OF_PROBABILITIES.values(), ids=OF_PROBABILITIES)


class TestProbabilities:
    @every_function
    @pytest.mark.parametrize("normalize", [False, True])
    @pytest.mark.parametrize(
        "p, message",
        [
            ([1.5, -0.5], r"p must be finite and >= 0, but found -0.5 at index 1$"),
            ([0.5, nan], r"p must be finite and >= 0, but found nan at index 1$"),
            ([inf, 0.5], r"p must be finite and >= 0, but found inf at index 0$"),
            ([-inf, inf], r"p must be finite and >= 0, but found -inf at index 0$"),
            ([[0.5, 0.5], [nan, -1]], r"p must be finite and >= 0, but found nan at index \(1, 0\)$"),
            ([0, 0], r"the sum of p must be "),
            ([], r"p must not be empty, but found shape \(0,\)$"),
            (np.ones((2, 0)), r"p must not be empty, but found shape \(2, 0\)$"),
            (0.5, r"p must be an array with at least one axis, but found one number; .* write \[p, 1 - p\]$"),
            ([[1], [2, 3]], r"p must be a rectangular array of numbers, but found a ragged one$"),
        ],
    )
    def test_that_are_none_are_refused(self, function, normalize, p, message):
        with pytest.raises(ValueError, match=message):
            function(p, normalize=normalize)

    @every_function
    @pytest.mark.parametrize(
        "p, message",
        [
            (np.ma.array([0.5, 0.5]), r"p must hold plain numbers, but found a masked array"),
            (
                [np.ma.array([0.5, 0.5], mask=[0, 1])] * 2,
                r"p must hold plain numbers, but found a masked array",
            ),
            ([0.5, np.ma.masked], r"p must hold plain numbers, but found a masked array"),
            (
                np.array(["1e400"] * 2, np.longdouble),
                r"but found (float|longdouble)\d*: write np.asarray\(p, dtype=float\)$",
            ),
            ([0.5 + 0j, 0.5], r"p must hold real numbers, but found complex128$"),
            (
                ["0.5", "0.5"],
                r"p must hold real numbers, but found text, '0.5': write np.asarray\(p, dtype=float\)$",
            ),
            ([0.5, None], r"p must hold real numbers, but found None at index 1$"),
            ([Decimal("0.5")] * 2, r"but found Decimal: write np.asarray\(p, dtype=float\)$"),
            ([Fraction(1, 2)] * 2, r"but found Fraction: write np.asarray\(p, dtype=float\)$"),
            ([Fraction(1)], r"but found Fraction: write"),
            ([Fraction(1, 2), Decimal("0.5")], r"but found Fraction: write"),
            ([10**30, 1], r"but found int: write np.asarray\(p, dtype=float\)$"),
            (None, r"p must be a number, an array or a list of numbers, but found NoneType$"),
            ({"a": 1}, r"a list of numbers, but found dict: write list\(p.values\(\)\)$"),
            ({0.5}, r"a list of numbers, but found set: write list\(p\)$"),
            (scipy.sparse.csr_array([[0.5, 0.5]]), r"but found csr_array: write p.toarray\(\)$"),
            (Fraction(1, 2), r"but found Fraction: write float\(p\)$"),
            (np.array([1, 2], "M8[s]"), r"p must hold real numbers, but found datetime64"),
        ],
    )
    def test_of_another_type_are_refused(self, function, p, message):
        with pytest.raises(TypeError, match=message):
            function(p)

    @every_function
    def test_sums_that_are_off_are_shown_with_the_way_out(self, function):
        message = r"must be 1 within 1e-08 \(for counts, normalize=True divides by the sums\), but found 0.75"
        with pytest.raises(ValueError, match=message + "$"):
            function([0.5, 0.25])
        with pytest.raises(ValueError, match=message + r" at batch index 1$"):
            function([[0.5, 0.5], [0.5, 0.25]])
        assert function([0.5, 0.25], normalize=True) >= 0

    def test_an_axis_along_which_the_sums_are_one_is_pointed_to(self):
        rows = np.array([[0.2, 0.8], [0.6, 0.4]])
        with pytest.raises(ValueError, match=r"^the sum of q .* \(along axis 0 all are: write axis=0\)"):
            kl_divergence(rows, rows.T)
        assert kl_divergence(rows.T, rows.T, axis=0) == pytest.approx([0, 0])

    @pytest.mark.parametrize("dtype, tolerance", [(np.float32, "1e-05"), (np.float16, "0.01")])
    def test_the_tolerance_is_that_of_the_precision(self, dtype, tolerance):
        with pytest.raises(ValueError, match=rf"must be 1 within {tolerance} "):
            entropy(np.array([0.5, 0.25], dtype))

    def test_a_zero_sum_is_refused_even_when_normalizing(self):
        with pytest.raises(ValueError, match=r"the sum of q must be > 0, but found 0.0 at index 1$"):
            kl_divergence([1, 1], [[1, 1], [0, 0]], normalize=True)

    def test_offenders_are_found_along_the_axes_of_the_caller(self):
        p = np.full((2, 3), 0.5)
        p[1, 2] = -0.5
        with pytest.raises(ValueError, match=r"but found -0.5 at index \(1, 2\)$"):
            entropy(p, axis=0)

    def test_an_offender_is_found_in_a_long_vector(self):
        p = np.full(100_000, 1e-5)
        p[77_777] = nan
        with pytest.raises(ValueError, match=r"q must be finite and >= 0, but found nan at index 77777$"):
            kl_divergence(np.full(100_000, 1e-5), p)

    def test_information_is_of_probabilities(self):
        for p, found in [(1.5, "1.5$"), ([0.5, -0.1], r"-0.1 at index 1$"), ([nan], "nan at index 0$")]:
            with pytest.raises(ValueError, match=r"p must be in \[0, 1\], but found " + found):
                information(p)


class TestPairs:
    def test_events_are_never_broadcast(self):
        for function in (kl_divergence, js_divergence, cross_entropy, kl_divergence_from_logits):
            with pytest.raises(ValueError, match=r"must have the same number of events, but found 2 and 1$"):
                function([0.5, 0.5], [1.0])

    def test_events_along_several_axes_must_be_alike(self):
        p = np.full((2, 3), 1 / 6)
        with pytest.raises(ValueError, match=r"number of events, but found \(2, 3\) and \(3, 2\)$"):
            kl_divergence(p, p.T, axis=None)

    def test_batches_must_broadcast(self):
        p, q = np.full((2, 2), 0.5), np.full((3, 2), 0.5)
        with pytest.raises(
            ValueError, match=r"batches that broadcast, but found \(2,\) and \(3,\) besides the events$"
        ):
            kl_divergence(p, q)

    def test_the_second_argument_is_checked_and_named_too(self):
        with pytest.raises(ValueError, match=r"^q must be finite and >= 0, but found -1.0 at index 0$"):
            kl_divergence([0.5, 0.5], [-1, 2.0])


class TestOptions:
    @pytest.mark.parametrize("base", [1, 0.5, 0, -2, nan, inf])
    def test_the_base_is_above_one(self, base):
        for function in (entropy, information):
            with pytest.raises(
                ValueError, match=r"base must be None \(nats\) or a finite number > 1, but found"
            ):
                function([1.0], base=base)

    @pytest.mark.parametrize("base", ["2", 2j, [2, 3], object()])
    def test_the_base_is_a_number(self, base):
        with pytest.raises(TypeError, match=r"base must "):
            entropy([1.0], base=base)

    @pytest.mark.parametrize("number", [Fraction(1, 2), Decimal("0.5")])
    def test_numbers_that_are_no_floats_are_shown_the_way(self, number):
        with pytest.raises(
            TypeError, match=r"^alpha must be a float or an integer, .*: write float\(alpha\)$"
        ):
            renyi_divergence([1.0], [1.0], number)

    def test_the_axis_is_there(self):
        for axis in (1, -2, 2**31):
            message = rf"axis must be an axis of p, but found {axis} and an array of shape \(1,\)$"
            with pytest.raises(ValueError, match=message):
                entropy([1.0], axis=axis)
        with pytest.raises(ValueError, match=r"axis must be an axis of q, but found \(0, 1\) and an array"):
            kl_divergence(np.eye(2) / 2, [0.5, 0.5], axis=(0, 1))
        for axis in (0.5, "0", [[0]]):
            with pytest.raises(
                TypeError, match=r"axis must be an integer, a tuple of them or None, but found"
            ):
                entropy([1.0], axis=axis)
        with pytest.raises(ValueError, match=r"axis must not repeat itself, but found \(0, -2\)$"):
            entropy(np.eye(2) / 2, axis=(0, -2))
        with pytest.raises(ValueError, match=r"p must not be empty"):
            entropy([1.0], axis=())

    @pytest.mark.parametrize("alpha", [-1, nan, -inf])
    def test_the_order_is_not_negative(self, alpha):
        with pytest.raises(ValueError, match=r"alpha must be in \[0, ∞\], but found"):
            renyi_divergence([1.0], [1.0], alpha)

    def test_the_order_is_one_number(self):
        with pytest.raises(TypeError, match=r"alpha must be one number, but found an array of shape \(2,\)$"):
            renyi_divergence([1.0], [1.0], [1, 2])

    @every_function
    @pytest.mark.parametrize("normalize", ["False", 1, None, [True]])
    def test_normalize_is_yes_or_no(self, function, normalize):
        for name in ("normalize", "keepdims"):
            with pytest.raises(TypeError, match=rf"^{name} must be True or False, but found "):
                function([0.5, 0.5], **{name: normalize})
        assert function([2, 2], normalize=np.True_) == function([0.5, 0.5])

    def test_options_are_named(self):
        with pytest.raises(TypeError, match="positional"):
            kl_divergence([1.0], [1.0], -1)


class TestLogits:
    @pytest.mark.parametrize("value", [inf, nan, 1e308, -1e308])
    def test_are_bounded_or_minus_infinity(self, value):
        with pytest.raises(
            ValueError, match=r"q_logits must be -inf or within ±4.5e\+307, but found .* at index 1$"
        ):
            kl_divergence_from_logits([0, 0], [0, value])

    def test_are_not_all_minus_infinity(self):
        message = r"^p_logits must have a logit above -inf, but found none"
        with pytest.raises(ValueError, match=message + "$"):
            kl_divergence_from_logits([-inf, -inf], [0, 0])
        with pytest.raises(ValueError, match=message + " at index 1$"):
            kl_divergence_from_logits([[0, 0], [-inf, -inf]], [0, 0])

    def test_are_numbers(self):
        with pytest.raises(TypeError, match=r"^p_logits must hold real numbers, but found text"):
            kl_divergence_from_logits(["a"], [0])

    def test_of_an_event_come_with_that_of_its_opposite(self):
        with pytest.raises(ValueError, match=r"but found one number; .* write \[q_logits, 0\]$"):
            kl_divergence_from_logits([0, 0], 1)


class TestNormals:
    @pytest.mark.parametrize("sigma", [0, -1])
    def test_standard_deviations_are_positive(self, sigma):
        with pytest.raises(ValueError, match=rf"sigma2 must be > 0, but found {float(sigma)}$"):
            kl_normal(0, 1, 0, sigma)

    @pytest.mark.parametrize("value", [inf, nan])
    def test_parameters_are_finite(self, value):
        for at, name in enumerate(["mu1", "sigma1", "mu2", "sigma2"]):
            arguments = [0, [1, 1], 0, 1]
            arguments[at] = [1, value]
            with pytest.raises(ValueError, match=rf"{name} must be finite, but found {value} at index 1$"):
                kl_normal(*arguments)

    def test_shapes_must_broadcast(self):
        with pytest.raises(ValueError, match=r"must broadcast, but found shapes \(2,\), \(\), \(3,\), \(\)$"):
            kl_normal([0, 0], 1, [0, 0, 0], 1)


anything = st.one_of(
    st.just(NormalMixture([0.5, 0.5], [0, 3], [1, 0.5])),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=3),
    st.lists(st.floats(), max_size=4),
    st.lists(st.one_of(st.floats(0, 1), st.integers(0, 9)), min_size=1, max_size=4),
    st.lists(
        st.one_of(st.none(), st.floats(), st.text(max_size=2), st.lists(st.floats(), max_size=2)), max_size=3
    ),
    hnp.arrays(
        dtype=st.sampled_from(["f2", "f4", "f8", "i1", "u8", "?", "c16", "M8[s]", "U2", "O"]),
        shape=hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    ),
    hnp.arrays("f8", hnp.array_shapes(max_dims=2, max_side=3), elements=st.floats(0, 1)),
    hnp.arrays("f8", (2, 2)).map(np.ma.array),
)
FUNCTIONS = (
    information, entropy, cross_entropy, kl_divergence, js_divergence, renyi_divergence,
    kl_divergence_from_logits, kl_normal, kl_multivariate_normal,
    NormalMixture, forward_kl, reverse_kl, fit_forward, fit_reverse,
)  # fmt: skip
ARGUMENTS = {"P": st.just(NormalMixture([0.5, 0.5], [0, 3], [1, 0.5])) | anything}
OPTIONS = {name: st.booleans() | anything for name in ("axis", "base", "normalize", "keepdims")}


def test_the_version_is_that_of_the_package():
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert klhelpers.__version__ == project["version"]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_every_argument_is_explained(function):
    explained = inspect.getdoc(function)
    for name in inspect.signature(function).parameters:
        assert re.search(rf"(^|, ){name}(,.*)? : ", explained, re.M), name
    for section in ("Parameters", "Raises", "References", "Examples"):
        assert f"\n{section}\n{'-' * len(section)}\n" in explained
    assert not re.search(r"^ *\{", explained, re.M)


def test_every_public_function_is_thrown_at():
    assert {function.__name__ for function in FUNCTIONS} == set(klhelpers.__all__) - {"Fit"}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
@settings(max_examples=60)
@given(data=st.data())
def test_whatever_is_thrown_the_answer_is_a_number_or_a_reason(function, data):
    parameters = inspect.signature(function).parameters.values()
    arguments = [
        data.draw(ARGUMENTS.get(p.name, anything)) for p in parameters if p.kind is not p.KEYWORD_ONLY
    ]
    named = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and data.draw(st.booleans())]
    options = {name: data.draw(OPTIONS[name]) for name in named}
    try:
        value = function(*arguments, **options)
    except (ValueError, TypeError) as refusal:
        assert " must " in str(refusal)
    else:
        if isinstance(value, float | np.ndarray):
            assert np.all(np.asarray(value) >= 0)
        else:
            assert isinstance(value, NormalMixture | Fit | list)
