import pytest
from hypothesis import given
from hypothesis import strategies as st

from press.notebooks.compare import FIGURE_MIME, differences, same_number, text_difference

NUMBERS = st.floats(min_value=1e-200, max_value=1e200)

# What was stored, what is shown now, and whether they are the same up to the rounding of their numbers.
TEXTS = [
    ("0.792481", "0.792482", True),  # one unit in the last of six digits
    ("0.792481", "0.792483", False),
    ("0.7925", "0.7926", False),  # four digits are stated, four are compared
    ("2", "1.99999", True),  # %.6g drops the zeros of 2.00000
    ("1e-05", "9.99999e-06", True),
    ("0.7924812503605780", "0.7924812503605779", True),
    ("0.79248125", "0.79248174", True),  # a relative 6e-7
    ("5", "6", False),
    ("1000000", "1000001", False),  # integers count
    ("-0.000000", "0.000000", True),
    ("0", "1e-17", False),  # what is zero but for rounding is not printed
    ("−1.5", "-1.5", True),
    ("0.5", "-0.5", False),
    ("inf", "∞", True),
    ("inf", "-inf", False),
    ("inf", "1e308", False),
    ("nan", "nan", True),
    ("nan", "0", False),
    ("[0.1  0.25 0.333333]", "[0.1        0.25       0.33333301]", True),  # alignment moves with a digit
    ("[ 1.  0.5]", "[1.  0.5]", True),
    ("D(p‖q) = 0.792481 bit\n", "D(p‖q) = 0.792482 bit\n", True),
    ("D(p‖q) = 0.5 bit", "D(q‖p) = 0.5 bit", False),
    ("D(p‖q) = 0.5 bit", "D(p‖q) = 0.5 nat", False),
    ("1 2", "12", False),
    ("1 2", "1 2 3", False),
    ("p2 = 0.5", "p3 = 0.5", False),
    ("3-4", "3 4", False),
    ("", "✓", False),
    ("0.5 ✓", "0.5 ✗", False),
]


@pytest.mark.parametrize(("stored", "now", "same"), TEXTS)
def test_text_is_the_same_up_to_the_rounding_of_its_numbers(stored: str, now: str, same: bool) -> None:
    assert (text_difference(stored, now) is None) == same
    assert (text_difference(now, stored) is None) == same


@given(NUMBERS, st.integers(6, 17), st.floats(-1e-13, 1e-13), st.sampled_from("ge"))
def test_noise_never_alarms(value: float, digits: int, noise: float, style: str) -> None:
    noisy = f"{value * (1 + noise):.{digits}{style}}"
    stored = f"{value:.{digits}{style}}"
    whole = not any(c in ".e" for c in stored + noisy)  # %g of a large whole number: compared as a count
    assert whole or same_number(stored, noisy)


@given(NUMBERS, st.integers(1, 17), st.sampled_from([-1, 1]))
def test_a_change_by_more_than_one_unit_of_the_sixth_digit_always_alarms(
    value: float, digits: int, sign: int
) -> None:
    stored = f"{value:.{digits}g}"
    now = f"{float(stored) * (1 + sign * 2.2e-5):.{max(digits, 8)}g}"
    assert not same_number(stored, now)


def test_a_difference_is_told_by_the_line_that_holds_it() -> None:
    stored, now = "a = 1\n\nb = 2.000000\nc = 3", "a = 1\n\nb = 2.000001\nc = 5"
    assert text_difference(stored, now) == "expected 'c = 3', found 'c = 5'"


def test_arrays_are_compared_on_their_own_scale() -> None:
    def figure(values: str) -> list[dict[str, object]]:
        data = {FIGURE_MIME: {"axes": [{"y": {"size": 3, "values": values}}]}, "text/html": values}
        return [{"output_type": "display_data", "data": data}]

    assert differences(figure("0 1.2e-16 1"), figure("1e-16 0 1.0000001")) == []
    assert differences(figure("0 1.2e-16 1"), figure("0 2e-6 1")) == [
        f"{FIGURE_MIME} axes[0] y: expected 1.2e-16, found 2e-06 (entry 2 of 3 compared)"
    ]
    assert differences(figure("0 nan 1"), figure("0 nan 1")) == []
    assert differences(figure("0 nan 1"), figure("0 0 1"))
    assert differences(figure("0 inf 1"), figure("0 -inf 1"))
