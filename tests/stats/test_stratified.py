"""Mantel and Haenszel's difference and test."""

import numpy as np
import pytest

from analysis.stats.stratified import estimate_mantel_haenszel
from tests.stats.references import answers, rows


def gum():
    return [
        np.array([int(row[key]) for row in rows("nicotine_gum")])
        for key in ("y_t", "n_t", "y_c", "n_c")
    ]


def test_the_difference_equals_that_of_metafor():
    found = estimate_mantel_haenszel(*gum())
    reference = answers("nicotine_gum")["results"]["mantel_haenszel_rd"]
    assert found.difference[0] == pytest.approx(reference["b"][0], abs=1e-10)
    assert found.std_error[0] == pytest.approx(reference["se"][0], abs=1e-10)
    assert found.strata_used[0] == 26


def test_the_test_equals_that_of_r():
    results = answers("ucb_admissions")["results"]
    departments = results["by_dept_male_vs_female"].values()
    columns = [[one[key] for one in departments] for key in ("x1", "n1", "x2", "n2")]
    found = estimate_mantel_haenszel(*columns)
    assert found.pvalue[0] == pytest.approx(results["mantel_haenszel"]["p"], rel=1e-10)


def test_groups_are_kept_apart():
    columns, group = gum(), np.arange(26) % 2
    together = estimate_mantel_haenszel(*columns, group, 2)
    for one in (0, 1):
        apart = estimate_mantel_haenszel(*(column[group == one] for column in columns))
        assert together.difference[one] == pytest.approx(apart.difference[0], abs=1e-14)
        assert together.std_error[one] == pytest.approx(apart.std_error[0], abs=1e-14)


def test_a_stratum_with_one_side_is_left_out_and_counted():
    found = estimate_mantel_haenszel([3, 5, 0], [10, 10, 0], [1, 0, 0], [10, 0, 0])
    assert found.difference[0] == pytest.approx(0.2)
    assert (found.strata_used[0], found.strata_left_out[0]) == (1, 1)


def test_nothing_varies_then_no_error_is_given():
    found = estimate_mantel_haenszel([0, 0], [10, 20], [0, 0], [10, 20])
    assert found.difference[0] == 0
    assert np.isnan(found.std_error[0])
    assert np.isnan(found.pvalue[0])
