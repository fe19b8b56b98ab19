"""A protected comparison tells no more than its table, and claims no more than the real one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.comparison import compare_cells
from analysis.disclosure import leave_exact, protect, sum_table
from analysis.protection import protect_comparison
from analysis.stats.cells import Assignment, Cell, Denominator, ExperimentDesign
from analysis.stats.results import Method

DESIGN = ExperimentDesign(
    2, control=0, denominator=Denominator.OFFERED, assignments=(Assignment((1613, 2407), (1, 1)),)
)


def cell(profile, variant, numerator, offered, cluster=None) -> Cell:
    """Give one cell."""
    return Cell(profile, variant, "1", cluster, offered, None, numerator)


CELLS = (
    cell("1", 0, 61, 613),
    cell("1", 1, 92, 607),
    cell("2", 0, 41, 402),
    cell("2", 1, 67, 401),
    cell("3", 0, 4, 58),
    cell("3", 1, 13, 61),
)
CLUSTERED = tuple(
    cell("1", variant, 40 + 7 * variant + place, 201, f"street {variant}{place}")
    for variant in (0, 1)
    for place in range(14)
)


def protect_all(cells, design=DESIGN):
    """Give the comparison of cells as it is and as outsiders see it."""
    table = protect(sum_table(cells, Denominator.OFFERED))
    exact = compare_cells(cells, design)
    return exact, protect_comparison(exact, table)


def test_withheld_profiles_are_not_in_the_comparison():
    _, shown = protect_all(CELLS)
    assert [part.profile for part in shown.profiles] == ["1"]


def test_shown_rates_are_those_of_the_rounded_counts():
    _, shown = protect_all(CELLS)
    estimate = shown.profiles[0].find_variant(1)
    assert (estimate.numerator, estimate.denominator) == (90, 605)
    assert estimate.rate == pytest.approx(90 / 605)
    assert estimate.ci_lower < estimate.rate < estimate.ci_upper


def test_what_depends_on_withheld_profiles_is_left_out():
    _, shown = protect_all(CELLS)
    assert shown.interaction is None
    assert shown.spread.largest_shortfall is None
    assert shown.total.comparisons[0].stratified is None
    assert shown.profiles[0].comparisons[0].adjusted_pvalue is None


def test_numbers_of_assignment_units_stay_inside():
    exact, shown = protect_all(CELLS)
    assert exact.sample_ratio.is_mismatch
    assert shown.sample_ratio.is_mismatch
    assert shown.sample_ratio.statistic is shown.sample_ratio.pvalue is None
    sample_ratio = [one for one in shown.warnings if one.code == "sample_ratio"]
    assert not sample_ratio[0].parameters


def test_verdicts_are_those_of_the_real_comparison():
    exact, shown = protect_all(CELLS)
    assert shown.total.verdict == exact.total.verdict
    assert shown.profiles[0].verdict == exact.profiles[0].verdict


def test_limits_keep_the_width_that_clusters_give_them():
    exact, shown = protect_all(CLUSTERED)
    pairs = [one.profiles[0].comparisons[0] for one in (exact, shown)]
    widths = [pair.ci_upper - pair.ci_lower for pair in pairs]
    assert pairs[0].method is Method.CLUSTER_MEAN_T or pairs[0].clusters
    assert widths[1] == pytest.approx(widths[0], abs=0.0011)


def test_exact_table_changes_nothing():
    exact = compare_cells(CELLS, DESIGN)
    assert protect_comparison(exact, leave_exact(sum_table(CELLS, "offered"))) is exact


@st.composite
def profile_cells(draw):
    """Draw cells of some profiles with small and large counts."""
    cells = []
    for profile in "12345"[: draw(st.integers(1, 5))]:
        for variant in (0, 1):
            offered = draw(st.one_of(st.integers(1, 60), st.integers(1, 2000)))
            cells.append(cell(profile, variant, draw(st.integers(0, offered)), offered))
    return tuple(cells)


@given(profile_cells())
@settings(max_examples=50, deadline=None)
def test_no_protected_figure_is_a_small_count(cells):
    _, shown = protect_all(cells)
    for part in (*shown.profiles, shown.total):
        for estimate in part.variants:
            counts = (estimate.numerator, estimate.denominator - estimate.numerator)
            assert min(counts) >= 10
            assert 0 <= estimate.ci_lower <= estimate.ci_upper <= 1
