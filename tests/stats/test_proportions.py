"""Intervals and tests of two rates against R, published limits and statsmodels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom, norm
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from analysis.stats.proportions import (
    check_above_exactly,
    check_two_proportions,
    compare_miettinen_nurminen,
    compare_newcombe,
    estimate_wilson,
)
from tests.stats.references import answers

INTERVALS = answers("two_proportion_intervals")
PUBLISHED = INTERVALS["meta"]["published_newcombe_1998_table_II"]
ROWS = INTERVALS["results"]
COMPARE = {"newcombe": compare_newcombe, "miettinen_nurminen": compare_miettinen_nurminen}


def sides(row):
    return row["x1"], row["n1"], row["x2"], row["n2"]


# R finds no root where one side is full and the other empty; there the published limits count.
@pytest.mark.parametrize(
    ("method", "row"),
    [(method, row) for method in COMPARE for row in ROWS if row[method] is not None],
    ids=lambda one: one if isinstance(one, str) else "{x1}/{n1}-{x2}/{n2}".format(**one),
)
def test_limits_equal_those_of_r(method, row):
    # R's lower limit of 0/10 - 0/10 is not minus its upper limit, as it must be: 1.2e-8 off.
    is_mistaken = method == "miettinen_nurminen" and sides(row) == (0, 10, 0, 10)
    tolerance = 2e-8 if is_mistaken else 1e-8
    assert np.allclose(COMPARE[method](*sides(row)), row[method], rtol=0, atol=tolerance)


@pytest.mark.parametrize("method", COMPARE)
@pytest.mark.parametrize("place", range(8))
def test_limits_equal_the_published_ones(method, place):
    limits = COMPARE[method](*sides(ROWS[place]))
    assert np.allclose(limits, PUBLISHED[method][place], rtol=0, atol=1e-4)


def test_limits_of_nothing_against_nothing_are_exact():
    weight = norm.ppf(0.975) ** 2 * 2 / 19
    lower, upper = compare_miettinen_nurminen(0, 10, 0, 10)
    assert (-lower, upper) == pytest.approx((weight / (1 + weight),) * 2, abs=1e-12)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "{x1}/{n1}-{x2}/{n2}".format(**row))
def test_chi_square_equals_that_of_r(row):
    statistic, pvalue = check_two_proportions(*sides(row))
    if row["p"] is None:
        assert np.isnan(pvalue)
    else:
        assert statistic**2 == pytest.approx(row["chisq"], rel=1e-10)
        assert pvalue == pytest.approx(row["p"], rel=1e-10)


def test_wilson_and_newcombe_equal_those_of_statsmodels():
    count, nobs = np.array([0, 3, 50, 997, 1000]), 1000
    assert np.allclose(
        estimate_wilson(count, nobs), proportion_confint(count, nobs, method="wilson")
    )
    theirs = confint_proportions_2indep(50, 1000, 30, 900, method="newcomb", compare="diff")
    assert np.allclose(compare_newcombe(50, 1000, 30, 900), theirs)


def test_wilson_is_exact_at_its_ends_and_unknown_without_people():
    lower, upper = estimate_wilson([0, 20, 0], [20, 20, 0])
    assert lower[0] == 0.0
    assert upper[1] == 1.0
    assert np.isnan([lower[2], upper[2]]).all()


def test_a_higher_level_gives_wider_limits():
    for compare in COMPARE.values():
        narrow, wide = compare(30, 200, 20, 210, 0.9), compare(30, 200, 20, 210, 0.99)
        assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_columns_give_the_same_as_single_pairs():
    columns = np.array([sides(row) for row in ROWS]).T
    together = np.array(compare_miettinen_nurminen(*columns))
    apart = np.array([compare_miettinen_nurminen(*sides(row)) for row in ROWS]).T
    assert np.allclose(together, apart, rtol=0, atol=1e-12)


@st.composite
def pairs(draw):
    counts = []
    for _ in range(2):
        nobs = draw(st.integers(1, 100_000))
        counts += [draw(st.integers(0, nobs)), nobs]
    return counts


@given(pairs())
@settings(max_examples=200, deadline=None)
def test_limits_are_ordered_around_the_difference(pair):
    difference = pair[0] / pair[1] - pair[2] / pair[3]
    for compare in COMPARE.values():
        lower, upper = compare(*pair)
        assert -1 <= lower <= difference + 1e-9
        assert difference - 1e-9 <= upper <= 1


@given(pairs())
@settings(max_examples=200, deadline=None)
def test_swapping_sides_turns_limits_around(pair):
    for compare in COMPARE.values():
        lower, upper = compare(*pair)
        swapped = compare(*pair[2:], *pair[:2])
        assert np.allclose((-upper, -lower), swapped, rtol=0, atol=1e-10)


@given(pairs())
@settings(max_examples=100, deadline=None)
def test_the_score_test_agrees_with_its_limits(pair):
    statistic, _ = check_two_proportions(*pair)
    lower, upper = compare_miettinen_nurminen(*pair)
    total = pair[1] + pair[3]
    score = abs(statistic) * np.sqrt((total - 1) / total)
    if not np.isnan(statistic) and abs(score - norm.ppf(0.975)) > 1e-6:
        assert (lower > 0 or upper < 0) == (score > norm.ppf(0.975))


@pytest.mark.parametrize(
    "pair", [(3, 3, 0, 3), (1, 1, 2, 100), (5, 20, 40, 2000), (18, 20, 7, 30), (0, 9, 4, 5)]
)
def test_the_exact_test_equals_a_hypergeometric_tail(pair):
    count1, nobs1, count2, nobs2 = pair
    law = hypergeom(nobs1 + nobs2, count1 + count2, nobs1)
    expected = law.sf(count1) + law.pmf(count1) / 2
    assert check_above_exactly(*pair) == pytest.approx(expected, rel=1e-9)
    assert check_above_exactly(*pair[2:], *pair[:2]) == pytest.approx(1 - expected, rel=1e-9)
