"""Whether places agree: Cochran's Q, held against statsmodels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.meta_analysis import combine_effects

from analysis.stats.agreement import check_agreement

PLACES = st.lists(st.tuples(st.floats(-0.5, 0.5), st.floats(0.01, 0.3)), min_size=2, max_size=8)


@given(PLACES)
def test_q_and_its_chance_equal_those_of_statsmodels(places):
    values, errors = map(np.array, zip(*places, strict=True))
    found = check_agreement(values, errors)
    # Their spread between places divides by 0 where all agree; their Q does not.
    with np.errstate(all="ignore"):
        theirs = combine_effects(values, errors**2, method_re="chi2")
    test = theirs.test_homogeneity()
    assert found.statistic == pytest.approx(test.statistic, abs=1e-9)
    assert found.freedom == test.df
    assert found.pvalue == pytest.approx(test.pvalue, abs=1e-6)


def test_one_place_agrees_with_nothing():
    assert check_agreement([0.1], [0.02]).pvalue is None


def test_place_without_an_error_is_left_out():
    assert check_agreement([0.1, 0.2, 0.3], [0.02, 0.0, 0.02]).freedom == 1
