"""Holm and simultaneous levels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from analysis.stats.multiplicity import adjust_holm, simultaneous_level
from tests.stats.references import answers

PVALUES = st.lists(st.floats(0, 1), min_size=1, max_size=40)


def test_holm_equals_that_of_r():
    results = answers("social_pressure")["results"]
    adjusted = adjust_holm(list(results["p_raw"].values()))
    assert np.allclose(adjusted, list(results["p_holm"].values()), rtol=1e-10, atol=0)


def test_holm_equals_that_of_statsmodels():
    pvalues = np.random.default_rng(2).uniform(0, 0.2, 40) ** 2
    pvalues[3] = pvalues[7]
    theirs = multipletests(pvalues, method="holm")[1]
    assert np.allclose(adjust_holm(pvalues), theirs, rtol=1e-12)


@given(PVALUES)
@settings(deadline=None)
def test_holm_never_lowers_or_reorders(pvalues):
    adjusted = adjust_holm(pvalues)
    assert (adjusted >= np.array(pvalues)).all()
    assert (np.diff(adjusted[np.argsort(pvalues, kind="stable")]) >= 0).all()


def test_holm_counts_what_is_not_defined():
    adjusted = adjust_holm([0.01, np.nan, 0.04])
    assert np.allclose(adjusted[[0, 2]], [0.03, 0.08])
    assert np.isnan(adjusted[1])


def test_holm_refuses_a_family_that_is_too_small():
    with pytest.raises(ValueError, match="cannot hold"):
        adjust_holm([0.1, 0.2], 1)


def test_simultaneous_levels_share_the_error():
    assert simultaneous_level(0.95, 36) == pytest.approx(1 - 0.05 / 36)
    assert simultaneous_level(0.95, 1) == simultaneous_level(0.95, 0) == pytest.approx(0.95)
