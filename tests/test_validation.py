"""How the public functions refuse what they cannot answer: by name, with what was expected and what was found."""

import inspect
import math
import re
import tomllib
from collections import Counter
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
from klhelpers import Estimate, Fit, NormalMixture, kl_divergence

inf, nan = math.inf, math.nan


class Labelled:
    """Shares of letters with their labels, as pandas counts them."""

    def __init__(self, letters):
        self.counts = Counter(letters)
        self.axes = [[*self.counts]]

    def __array__(self, dtype=None, copy=None):
        return np.array([*self.counts.values()]) / self.counts.total()


class Tensor:
    """An array that refuses to be numpy's."""

    detach = None

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("requires grad")


HALVES, TABLE, P = [0.5, 0.5], np.full((2, 3), 1 / 6), NormalMixture([0.5, 0.5], [0, 3], [1, 0.5])
MU, EYE, BAD = [0, 0], np.eye(2), [[1, 2], [2, 1]]
ROWS = np.array([[0.2, 0.8], [0.6, 0.4]])
OFF = r"must be 1 within 1e-08 \(for counts, normalize=True divides by the sums\), but found 0.75"
FRACTION, DECIMAL, SPARSE = Fraction(1, 2), Decimal("0.5"), scipy.sparse.csr_array([HALVES])
WITH_NAN = np.where(np.arange(100_000) == 77_777, nan, 1e-5)
# What is called, and what the ValueError says.
VALUES = {
    # probabilities
    **{
        f"entropy({p}, normalize={normalize})": message
        for normalize in (False, True)
        for p, message in {
            "[1.5, -0.5]": r"^p must be finite and >= 0, but found -0.5 at index 1$",
            "[inf, 0.5]": r"^p must be finite and >= 0, but found inf at index 0$",
            "[-inf, inf]": r"^p must be finite and >= 0, but found -inf at index 0$",
            "[HALVES, [nan, -1]]": r"^p must be finite and >= 0, but found nan at index \(1, 0\)$",
            "[0, 0]": r"^the sum of p must be ",
            "[]": r"^p must not be empty, but found shape \(0,\)$",
            "0.5": r"^p must be an array with at least one axis, but found one number; .* \[p, 1 - p\]$",
            "[[1], [2, 3]]": r"^p must be a rectangular array of numbers, but found a ragged one$",
        }.items()
    },
    "entropy([0.5, 0.25])": OFF + "$",
    "entropy([HALVES, [0.5, 0.25]])": OFF + " at batch index 1$",
    "kl_divergence(ROWS.T, ROWS, axis=0)": r"^the sum of q .* \(along axis 1 all are: write axis=1\)",
    "entropy([[0.5, -0.5], [0.5, 1.5]], axis=0)": r"but found -0.5 at index \(0, 1\)$",
    "kl_divergence(abs(WITH_NAN), WITH_NAN)": r"^p must be .*, but found nan at index 77777$",
    "kl_divergence([1, 1], [[1, 1], [0, 0]], normalize=True)": r"sum of q must be > 0, .* at index 1$",
    "information(1.5)": r"^p must be in \[0, 1\], but found 1.5$",
    "information([0.5, -0.1])": r"^p must be in \[0, 1\], but found -0.1 at index 1$",
    # pairs
    "kl_divergence(HALVES, [1.0])": r"^p and q must have the same number of events, but found 2 and 1$",
    "kl_divergence(TABLE, TABLE.T, axis=None)": r"^p and q must have .* found \(2, 3\) and \(3, 2\)$",
    "kl_divergence([HALVES] * 2, [HALVES] * 3)": r"but found \(2,\) and \(3,\) besides the events$",
    "kl_divergence(Labelled('aaab'), Labelled('bbba'))": r"^p and q must label their events alike, .*"
    r" \['a', 'b'\] and \['b', 'a'\]: write p, q = p.align\(q, axis=-1, fill_value=0\)$",
    "js_divergence(Labelled('ab'), Labelled('ac'), axis=0)": r"\['a', 'b'\] and \['a', 'c'\]: .* axis=0, fill",
    # the axis
    **{
        f"entropy([1.0], axis={axis})": rf"an axis of p, but found {axis} and an array of shape \(1,\)$"
        for axis in (1, -2, 2**31)
    },
    "kl_divergence(np.eye(2) / 2, HALVES, axis=(0, 1))": r"an axis of q, but found \(0, 1\) and an array",
    "entropy(TABLE, axis=(0, -2))": r"^axis must not repeat itself, but found \(0, -2\)$",
    "entropy([1.0], axis=())": r"^p must not be empty",
    # base and order
    **{
        f"{function}([1.0], base={base})": r"base must be None \(nats\) or a finite number > 1, but found"
        for base in (1, 0.5, 0, -2, nan, inf)
        for function in ("entropy", "information")
    },
    **{f"renyi_divergence([1], [1], {a})": r"alpha must be in \[0, ∞\], but" for a in (-1, nan, -inf)},
    # logits
    **{
        f"kl_divergence_from_logits([0, 0], [0, {x}])": r"^q_logits must be -inf or within ±4.5e\+307, .* 1$"
        for x in (inf, nan, 1e308, -1e308)
    },
    "kl_divergence_from_logits([-inf] * 2, [0, 0])": r"^p_logits must have a .* above -inf, but found none$",
    "kl_divergence_from_logits([[0, 0], [-inf] * 2], [0, 0])": r"above -inf, but found none at index 1$",
    "kl_divergence_from_logits([0, 0], [np.finfo(float).max / 4, nan])": r"found nan at index 1$",
    "kl_divergence_from_logits([0, 0], 1)": r"but found one number; .* write \[q_logits, 0\]$",
    # normals
    "kl_normal(0, 1, 0, 0)": r"^sigma2 must be > 0, but found 0.0$",
    "kl_normal([0, 0], 1, [0, 0, 0], 1)": r"must broadcast, but found shapes \(2,\), \(\), \(3,\), \(\)$",
    # several dimensions
    "kl_multivariate_normal(0, [[1]], 0, [[1]])": r"^mu1 must .* found \(\): for one dimension use kl_normal",
    "kl_multivariate_normal([], EYE, [], EYE)": r"^mu1 must have shape \(d,\), but found \(0,\)$",
    "kl_multivariate_normal(MU, EYE, [0] * 3, EYE)": r"must have the same shape, but found \(2,\) and \(3,\)$",
    "kl_multivariate_normal([MU] * 2, EYE, MU, [EYE] * 3)": r"shapes \(2, 2\), \(2, 2\), \(2,\), \(3, 2, 2\)$",
    "kl_multivariate_normal(MU, [EYE] * 3, [MU] * 2, EYE)": r"batches that broadcast, but found shapes",
    "kl_multivariate_normal(MU, [EYE, [[1, 1], [0, 1]]], MU, EYE)": r"^cov1 must be symmetric within 1e-08,"
    r" but found 1.0 at index \(1, 0, 1\) and 0.0 at \(1, 1, 0\)$",
    "kl_multivariate_normal(MU, EYE, MU, [EYE, BAD, [[49, 51], [51, 49]]])": r"^cov2 .* 3 at index 1$",
    **{
        f"kl_multivariate_normal([0] * {d}, {matrix}, [0] * {d}, np.eye({d}))": rf"^{message}"
        for d, matrix, message in [
            (2, "BAD", "cov1 must be positive definite to float64, but found eigenvalues from -1 to 3$"),
            (3, "np.ones((3, 3))", "cov1 must be positive .* found eigenvalues from .* to 3$"),
            (2, [[1, 0.5], [0.4, 1]], r"cov1 .* found 0.5 at index \(0, 1\) and 0.4 at \(1, 0\)$"),
            (2, [[0, 0], [0, 0]], "the diagonal of cov1 must be > 0, but found 0.0 at index 0$"),
            (2, [1, 1], r"cov1 must have shape \(2, 2\), but found \(2,\): write np.diag\(cov1\) "),
            (2, 3, r"cov1 must have shape \(2, 2\), but found \(\): write cov1 \* np.eye\(2\)$"),
            (2, "np.eye(3)", r"cov1 must have shape \(2, 2\), but found \(3, 3\)$"),
        ]
    },
    # mixtures
    "NormalMixture([9e307, 9e307], [0, 1], [1, 1])": r"^the sum of weights must be 1 within .* found inf$",
    "NormalMixture([2, 3], [0, 1], [1, 1])": r"1e-08 \(divide them by their sum\), but found 5.0$",
    "NormalMixture([HALVES], [0, 1], [1, 1])": r"^weights must be a list or 1-d array, .* 2 dimensions$",
    "NormalMixture(1, 0, 1)": r"one number; for one .* write NormalMixture\(\[1\], \[mean\], \[sigma\]\)$",
    "NormalMixture([1], 0, 1)": r"have one length, but found shapes \(1,\), \(\), \(\): write \[mean\] \* 1 for",
    "NormalMixture(HALVES, [0], [1, 1])": r"must have one length, but found shapes \(2,\), \(1,\), \(2,\)$",
    "NormalMixture(HALVES, [0, 1], 1)": r"\(2,\), \(2,\), \(\): write \[sigma\] \* 2 for equal sigmas$",
    "NormalMixture([1], [[0]], [[[4]]])": r": write means.ravel\(\), and np.sqrt\(covariances\).ravel\(\) for sigmas$",
    "NormalMixture([1], [-1e151], [1])": r"^means must be within ±1e\+150, but found -1e\+151 at index 0$",
    **{
        f"NormalMixture([1], [0], [{sigma}])": r"^sigmas must be between 1e-150 and 1e\+150, .* at index 0$"
        for sigma in (1e-151, 1e151)
    },
    "P.logpdf([0, nan])": r"^x must be a number, but found nan at index 1$",
    "P.sample(-1, 0)": r"^size must be >= 0, but found -1$",
    "P.sample((2, -3), 0)": r"^size must be >= 0, but found -3$",
    "P.sample(1, -1)": r"^rng must be >= 0, but found -1$",
    "forward_kl(P, [0, 0], [1, 1, 1])": r"^mu, sigma must broadcast, but found shapes \(2,\), \(3,\)$",
    "reverse_kl(P, [0, 0], [1, 1, 1])": r"^mu, sigma must broadcast, but found shapes \(2,\), \(3,\)$",
    "reverse_kl(NormalMixture(HALVES, [1e150, 1], [1e150, 1]), 0.3, 1e-300)": r"found N\(0.3, 1e-300²\)$",
    "fit_reverse(NormalMixture(HALVES, [0, 2e8], [1, 1]))": r"^the means of P must lie within 10000 .* 2e\+08 sigmas$",
    # samples
    "kl_from_counts([0.3, 0.7], [1, 1])": r"^p must be whole numbers from 0 to 2\*\*53, .* found 0.3 at index 0$",
    "kl_from_counts([1, 1], [1, 2.0**54])": r"^q must be whole numbers .* at index 1$",
    "kl_from_counts([[3, 1]], [1, 1])": r"^p must have one axis, but found shape \(1, 2\)$",
    "kl_from_counts([3, 1], [[0.5, 0.5]], q_known=True)": r"^q must have one axis, but found shape \(1, 2\)$",
    "kl_from_counts([3, 1], [1, 1], smoothing='two')": "^smoothing must be one of none, half, one, .* 'two'$",
    "kl_from_counts([0, 0], [1, 1], smoothing='half')": "^the sum of p must be > 0, but found 0: without draws",
    "kl_from_counts([3, 1], [0, 0], smoothing='one')": "^the sum of q must be > 0",
    "kl_from_counts([3, 1], [3, 1], q_known=True)": "^the sum of q must be 1 .*q_known says that q holds prob",
    "kl_from_log_ratios([0, -inf])": "^log_ratios must be of draws from p, so above -inf, .* -inf at index 1$",
    "kl_from_log_ratios([0])": "^log_ratios must hold two draws or more, but found 1$",
    "kl_from_log_ratios([0, 1], kind='k2')": "^kind must be one of k1, k3, but found 'k2'$",
    "kl_from_log_ratios([0, inf], base=0.5)": "^base must be",
}
# What is called, and what the TypeError says.
TYPES = {
    # what holds no numbers
    "entropy(np.ma.array(HALVES))": r"^p must hold plain numbers, but found a masked array: fill or compress",
    "entropy([np.ma.array(HALVES)] * 2)": r"^p must hold plain numbers, but found a masked array",
    "entropy(np.array([1, 0], np.longdouble))": r"(float|longdouble)\d*: write np.asarray\(p, dtype=float\)$",
    "entropy([0.5 + 0j, 0.5])": r"^p must hold real numbers, but found complex128$",
    "entropy(np.array([1, 2], 'M8[s]'))": r"^p must hold real numbers, but found datetime64",
    "entropy(['0.5', '0.5'])": r"found text, '0.5': write np.asarray\(p, dtype=float\)$",
    "entropy(['50%', '50%'])": r"^p must hold real numbers, but found text, '50%'$",
    "entropy([0.5, None])": r"^p must hold real numbers, but found None at index 1$",
    "entropy([DECIMAL] * 2)": r"but found Decimal: write np.asarray\(p, dtype=float\)$",
    "entropy([FRACTION, DECIMAL])": r"but found Fraction: write np.asarray\(p, dtype=float\)$",
    "entropy([10**400, 1])": r"^p must hold real numbers, but found int beyond the largest float$",
    "entropy([10**30, 1])": r"but found int: write np.asarray\(p, dtype=float\)$",
    "entropy(None)": r"^p must be a number, an array or a list of numbers, but found NoneType$",
    "entropy({'a': 1})": r"found dict: write \[p.get\(event, 0\) for event in events\], with one list of",
    "entropy({0.5})": r"but found set, which holds equal numbers once: write a list$",
    "entropy(x for x in [0.5])": r"but found generator: write list\(p\)$",
    "entropy(Tensor())": r"but found Tensor: write p.detach\(\).cpu\(\).double\(\).numpy\(\)$",
    "entropy(SPARSE)": r"but found csr_array: write p.toarray\(\)$",
    "entropy(FRACTION)": r"but found Fraction: write float\(p\)$",
    "kl_normal(P, 1, 0, 1)": r"but found NormalMixture: of mixtures there are forward_kl and reverse_kl$",
    "kl_normal(10**400, 1, 0, 1)": r"^mu1 must be .*, but found int beyond the largest float$",
    # options
    **{
        f"{function}, {flag}={value})": rf"^{flag} must be True or False, but found "
        for function, flag in [
            *(("kl_divergence(HALVES, HALVES", flag) for flag in ("normalize", "keepdims")),
            ("kl_from_counts([1, 1], [1, 1]", "q_known"),
        ]
        for value in ("'False'", 1, None, [True])
    },
    **{f"entropy([1.0], base={base})": r"^base must " for base in ("'2'", 2j, [2, 3], "object()")},
    **{
        f"renyi_divergence([1.0], [1.0], {half})": r"^alpha must be a float .*: write float\(alpha\)$"
        for half in ("FRACTION", "DECIMAL")
    },
    "renyi_divergence([1], [1], [1, 2])": r"alpha must be one number, but found an array of shape \(2,\)$",
    **{
        f"entropy([1.0], axis={axis})": r"^axis must be an integer, a tuple of them or None, but found"
        for axis in (0.5, "'0'", [[0]])
    },
    "kl_divergence([1.0], [1.0], -1)": "positional",
    "P.sample(2.5)": r"^size must be an integer or a tuple of them, but found 2.5$",
    "P.sample((2, '3'))": r"^size must be an integer or a tuple of them, but found \(2, '3'\)$",
    "P.sample(1, '0')": r"^rng must be a numpy Generator, an integer or None, but found '0'$",
    "forward_kl('P', 0, 1)": r"^P must be a NormalMixture\(weights, means, sigmas\), but found str$",
}


@pytest.mark.parametrize("error, call, message", [
    *((ValueError, call, message) for call, message in VALUES.items()),
    *((TypeError, call, message) for call, message in TYPES.items()),
])  # fmt: skip
def test_what_is_wrong_is_named_with_what_was_expected(error, call, message):
    with pytest.raises(error, match=message):
        eval(call, vars(klhelpers) | globals())


FUNCTIONS = [getattr(klhelpers, name) for name in klhelpers.__all__ if name not in ("Estimate", "Fit")]
every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
SIGMAS = ("sigma", "sigma1", "sigma2", "sigmas")
VALID = {
    **{name: [1, 0] for name in ("p", "q", "p_logits", "q_logits", "log_ratios", "weights", "means", "x")},
    **{name: [1, 0] for name in ("mu", "mu1", "mu2")},
    **{name: [1, 1] for name in SIGMAS},
    **{"cov1": EYE, "cov2": EYE, "alpha": 2, "P": P},
}


@pytest.mark.parametrize("function", [*FUNCTIONS, P.pdf, P.logpdf], ids=lambda f: f.__name__)
def test_each_argument_is_called_by_its_name(function):
    parameters = inspect.signature(function).parameters.values()
    arguments = {p.name: VALID[p.name] for p in parameters if p.kind is not p.KEYWORD_ONLY}
    function(**arguments)
    for name, value in arguments.items():
        for wrong, expected in [(nan, ""), ("a", ""), (0, "be > 0")][: 3 if name in SIGMAS else 2]:
            with pytest.raises((ValueError, TypeError), match=rf"^{name} must {expected}"):
                function(**arguments | {name: np.full(np.shape(value), wrong)})


def test_labels_do_no_harm_where_they_agree_or_one_has_none():
    assert kl_divergence(Labelled("aaab"), Labelled("abb")) == kl_divergence([0.75, 0.25], [1 / 3, 2 / 3])
    assert kl_divergence(Labelled("aaab"), [0.25, 0.75]) == kl_divergence([0.75, 0.25], [0.25, 0.75])


anything = st.one_of(
    st.just(P),
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
OPTIONS = {name: st.booleans() | anything for name in ("axis", "base", "normalize", "keepdims", "q_known")}
OPTIONS |= {"P": st.just(P) | anything}
OPTIONS |= {"smoothing": st.just("half") | anything, "kind": st.just("k3") | anything}


def test_the_version_is_that_of_the_package():
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert klhelpers.__version__ == project["version"]


@every_function
def test_every_argument_is_explained(function):
    explained = inspect.getdoc(function)
    for name in inspect.signature(function).parameters:
        assert re.search(rf"(^|, ){name}(,.*)? : ", explained, re.M), name
    for section in ("Parameters", "Raises", "References", "Examples"):
        assert f"\n{section}\n{'-' * len(section)}\n" in explained
    assert not re.search(r"^ *\{", explained, re.M)


@every_function
@settings(max_examples=60)
@given(data=st.data())
def test_whatever_is_thrown_the_answer_is_a_number_or_a_reason(function, data):
    parameters = inspect.signature(function).parameters.values()
    given = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY or data.draw(st.booleans())]
    try:
        value = function(**{name: data.draw(OPTIONS.get(name, anything)) for name in given})
    except (ValueError, TypeError) as refusal:
        assert " must " in str(refusal)
    else:
        if isinstance(value, float | np.ndarray):
            assert np.all(np.asarray(value) >= 0)
        elif isinstance(value, Estimate):
            assert not math.isnan(value.value) and value.error >= 0
        else:
            assert isinstance(value, NormalMixture | Fit | list)
