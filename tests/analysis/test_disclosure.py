"""Small cells stay hidden from everybody beyond the lab's own team."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure import (
    ROUNDING,
    TableCell,
    Total,
    leave_exact,
    protect,
    sum_table,
)
from analysis.stats.cells import Cell, Denominator
from tests.analysis.disclosure_attack import find_narrowest

LARGE = (
    TableCell("1", 0, 61, 613),
    TableCell("1", 1, 82, 607),
    TableCell("2", 0, 40, 401),
    TableCell("2", 1, 57, 398),
    TableCell("3", 0, 33, 302),
    TableCell("3", 1, 41, 299),
)


def with_cell(profile: str, variant: int, numerator: int, denominator: int):
    """Give the large table with one cell replaced."""
    return tuple(
        TableCell(profile, variant, numerator, denominator)
        if cell[:2] == (profile, variant)
        else cell
        for cell in LARGE
    )


@st.composite
def tables(draw):
    """Draw a table with small, zero, absent and large cells."""
    cells = []
    for profile in draw(st.sampled_from([("1",), ("1", "2"), (None, "1", "2", "3")])):
        for variant in range(draw(st.integers(1, 3))):
            denominator = draw(st.one_of(st.integers(0, 40), st.integers(0, 900)))
            numerator = draw(st.integers(0, denominator))
            cells.append(TableCell(profile, variant, numerator, denominator))
    return tuple(cells)


def counts_of(table):
    """Give every pair of counts that a protected table shows."""
    parts = (*table.cells, *table.variant_totals, *table.profile_totals, table.grand_total)
    return [(part.numerator, part.denominator) for part in parts if part.numerator is not None]


def sharpen(table, cells):
    """Give a protected table with the exact counts of all that it shows."""
    exact = leave_exact(cells)

    def pick(shown, true):
        pairs = zip(shown, true, strict=True)
        return tuple(one if one.numerator is None else other for one, other in pairs)

    return replace(
        table,
        cells=pick(table.cells, exact.cells),
        variant_totals=pick(table.variant_totals, exact.variant_totals),
        profile_totals=pick(table.profile_totals, exact.profile_totals),
        grand_total=pick((table.grand_total,), (exact.grand_total,))[0],
    )


def test_large_counts_are_shown_rounded_to_five():
    table = protect(LARGE)
    assert table.cells[0] == TableCell("1", 0, 60, 615)
    assert table.variant_totals == (Total(0, 135, 1315), Total(1, 180, 1305))
    assert table.grand_total == Total(None, 315, 2620)
    assert not table.withheld_profiles


@pytest.mark.parametrize(
    ("numerator", "denominator"), [(9, 400), (0, 400), (391, 400), (400, 400), (3, 8), (0, 0)]
)
def test_profile_with_a_small_count_is_withheld(numerator, denominator):
    table = protect(with_cell("3", 1, numerator, denominator))
    assert "3" in table.withheld_profiles


def test_second_profile_goes_along_so_totals_tell_nothing():
    table = protect(with_cell("3", 1, 4, 300))
    assert table.withheld_profiles == ("2", "3")
    assert table.variant_totals[1].numerator is not None


def test_total_goes_too_when_nothing_else_can_hide_it():
    table = protect([TableCell(None, 0, 4, 100), TableCell(None, 1, 30, 100)])
    assert table.withheld_profiles == (None,)
    assert table.withheld_variants == (0, 1)
    assert table.grand_total.numerator is None


def test_exact_table_keeps_every_count_in_same_form():
    table = leave_exact(with_cell("3", 1, 4, 300))
    assert not table.is_protected
    assert table.cells[-1] == TableCell("3", 1, 4, 300)
    assert table.grand_total == Total(None, 277, 2621)


@pytest.mark.parametrize("threshold", [0, 4, 7])
def test_threshold_below_five_or_off_the_rounding_is_refused(threshold):
    with pytest.raises(ValueError, match="threshold"):
        protect(LARGE, threshold)


def test_threshold_decides_what_is_small():
    table = with_cell("3", 1, 7, 300)
    assert protect(table, 5).withheld_profiles == ()
    assert "3" in protect(table, 10).withheld_profiles


def test_table_adds_up_waves_and_leaves_out_unknown_denominators():
    cells = [
        Cell("1", 0, "1", "north", 100, 80, 12),
        Cell("1", 0, "2", None, 50, 40, 8),
        Cell("1", 0, "3", None, None, 40, 8),
    ]
    assert sum_table(cells, Denominator.OFFERED) == (TableCell("1", 0, 20, 150),)
    assert sum_table(cells, Denominator.REACHED) == (TableCell("1", 0, 28, 160),)


def test_attack_finds_a_cell_that_totals_give_back():
    exposed = leave_exact(with_cell("3", 1, 4, 300))
    cells = tuple(
        cell._replace(numerator=None, denominator=None) if cell[:2] == ("3", 1) else cell
        for cell in exposed.cells
    )
    assert find_narrowest(replace(exposed, cells=cells, threshold=10)) < 10


@given(tables(), st.sampled_from([5, 10, 15]))
def test_nothing_below_the_threshold_is_ever_shown(cells, threshold):
    for numerator, denominator in counts_of(protect(cells, threshold)):
        assert min(numerator, denominator - numerator) >= threshold
        assert numerator % ROUNDING == denominator % ROUNDING == 0


@given(tables())
def test_totals_agree_with_what_is_shown_but_for_rounding(cells):
    table = protect(cells)
    exact = leave_exact(cells)
    for shown, true in zip(table.variant_totals, exact.variant_totals, strict=True):
        assert shown.numerator is None or abs(shown.numerator - true.numerator) <= ROUNDING // 2
    for total in table.profile_totals:
        row = [cell.numerator for cell in table.cells if cell.profile == total.key]
        if total.numerator is None:
            assert set(row) == {None}
        else:
            assert abs(total.numerator - sum(row)) <= (len(row) + 1) * (ROUNDING // 2)


@given(tables())
@settings(max_examples=20, deadline=None)
def test_nobody_can_work_out_a_withheld_count(cells):
    assert find_narrowest(protect(cells)) >= 10


@given(tables())
@settings(max_examples=20, deadline=None)
def test_withheld_counts_stay_hidden_without_any_rounding(cells):
    assert find_narrowest(sharpen(protect(cells), cells), slack=0) >= 10


@pytest.mark.thorough
@given(tables(), st.sampled_from([5, 10, 15]))
@settings(max_examples=200, deadline=None)
def test_nobody_can_work_out_any_of_many_withheld_counts(cells, threshold):
    table = protect(cells, threshold)
    assert find_narrowest(table) >= threshold
    assert find_narrowest(sharpen(table, cells), slack=0) >= threshold
