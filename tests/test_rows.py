"""What is true of distributions as they are read: how a table is cut, and which rows need care."""

import numpy as np
import pytest

from klhelpers._arguments import distributions
from klhelpers._rows import ONE, tiles


def read(*values, normalize=False):
    return distributions(values, "p", 0, normalize=normalize)


class TestTiles:
    @pytest.mark.parametrize(
        "rows, events", [(1, 1), (1, 20_000), (3, 7000), (9, 9000), (20_000, 3), (8, 2048)]
    )
    def test_cover_each_number_once(self, rows, events):
        seen = np.zeros((rows, events), int)
        for at, columns in tiles(rows, events):
            for cols in columns:
                seen[at, cols] += 1
        assert np.all(seen == 1)

    @pytest.mark.parametrize("rows, events", [(1, 10**6), (100, 10**5), (10**6, 1)])
    def test_of_a_large_table_take_half_of_a_quarter_of_a_megabyte(self, rows, events):
        at, columns = next(tiles(rows, events))
        assert (at.stop - at.start) * (columns[0].stop - columns[0].start) * 8 == 2**17

    def test_have_as_many_rows_as_fill_a_cache_line_of_64_bytes(self):
        at, _ = next(tiles(100, 10**5))
        assert (at.stop - at.start) * 8 == 64


class TestCare:
    def test_ordinary_numbers_need_none(self):
        for p in (read(0.5, 0.5), read(1, 2, normalize=True), read(3e300, 1e300, normalize=True)):
            assert not p.lossy
        for p in (read(0.5, 0.5), read(1, 0.7, normalize=True)):
            assert not p.delicate

    def test_quotients_may_leave_the_range_of_float64_where_a_number_is_below_1e_150(self):
        # 1e-150 / 1 and 1 / 1e-150 are far inside it, as are their squares.
        assert read(1, 0).delicate
        assert read(1, 0.99e-150).delicate
        assert not read(1, 1.01e-150).delicate

    @pytest.mark.parametrize("total, power", [(1.2, -1000), (1e6, -980)])
    def test_scaling_may_take_digits_from_what_it_brings_below_two_to_the_minus_1000(self, total, power):
        # A sum of 1.2 is divided by; 1e6 is brought near one by 2^20 first. Below 2^-1022 numbers have fewer digits.
        assert not read(total, 0, normalize=True).lossy
        assert not read(total, 1.01 * 2.0**power, normalize=True).lossy
        assert read(total, 0.99 * 2.0**power, normalize=True).lossy


class TestSums:
    @pytest.mark.parametrize("off, counts_as_one", [(3, True), (-3, True), (5, False), (-5, False)])
    def test_within_four_roundings_of_one_are_one(self, off, counts_as_one):
        p = read(0.25, 0.75 + off * np.finfo(np.float64).eps)
        assert (p.total is ONE) == counts_as_one

    @pytest.mark.parametrize("total, shifted", [(0.51, False), (0.49, True), (1.99, False), (2.01, True)])
    def test_beyond_a_factor_of_two_are_brought_near_one_by_a_power_of_two(self, total, shifted):
        p = read(0.75 * total, 0.25 * total, normalize=True)
        assert (p.shift is not None) == shifted
        assert 0.5 < p.total.item() < 2
        assert p.weights(slice(None), slice(None)) == pytest.approx(np.array([[0.75, 0.25]]), rel=1e-15)
