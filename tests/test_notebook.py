"""What an exercise says to an answer, and the key in which the press seals the right one."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klhelpers.notebook import check, opened
from press.notebooks.checks import seal

QUARTER = seal(0.25)


@given(st.floats(allow_nan=False))
def test_a_key_opens_to_what_was_sealed_to_eight_digits(answer: float) -> None:
    key = seal(answer)
    assert len(key) == 8
    assert opened(key) == pytest.approx(answer, rel=1e-7, abs=5e-308)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "○"),
        (0.25, "✓ 0.25"),
        (np.float64(0.25004), "✓ 0.25"),
        ("0.25", "✓ 0.25"),
        ("０．２５", "✓ 0.25"),
        (" −0.5", "✗ -0.5: too small, by about 300 %"),
        (0.5, "✗ 0.5: too large, by about 100 %"),
        (math.inf, "✗ expected a finite number, found ∞"),
        ("-inf", "✗ expected a finite number, found -∞"),
        (math.nan, "✗ expected a number such as 0.123, found nan"),
        ("1/4", "✗ expected a number such as 0.123, found '1/4'"),
        ([0.25], "✗ expected a number such as 0.123, found [0.25]"),
        (np.array([0.25]), "✗ expected a number such as 0.123, found array([0.25])"),
        (0.25j, "✗ expected a number such as 0.123, found 0.25j"),
        (print, "✗ expected a number such as 0.123, found <built-in function print>"),
    ],
)
def test_an_answer_gets_a_sign_or_a_sentence(
    answer: object, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    check("ex-a", answer, QUARTER)  # type: ignore[arg-type]
    assert capsys.readouterr().out == said + "\n"


@pytest.mark.parametrize("key", ["", "P9AAAA", "P9AAAAAAA", "P9AAAAA!", "０9AAAAAA", "f/gAAAAA", 0.25, None])
def test_a_key_that_is_none_is_told_with_what_to_write_where(key: object) -> None:
    with pytest.raises(
        ValueError, match=r"exercise 'ex-a': expected a key.*\.checks\.toml.*\[exercise\.ex-a\]"
    ):
        check("ex-a", None, key)  # type: ignore[arg-type]
