"""The probability that one rate is above another."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from analysis.stats.probability import estimate_probability_above


def integrate_finely(y1, n1, y2, n2):
    """Return the probability by many equal steps of the first posterior."""
    shares = (np.arange(100_000) + 0.5) / 100_000
    first = beta.ppf(shares, y1 + 0.5, n1 - y1 + 0.5)
    return beta.cdf(first, y2 + 0.5, n2 - y2 + 0.5).mean()


@pytest.mark.parametrize(
    "pair",
    [(3, 20, 0, 20), (0, 50, 0, 400), (12, 90, 7, 85), (40, 300, 2500, 19_000), (5, 5, 0, 3)],
)
def test_the_probability_equals_a_fine_sum(pair):
    assert estimate_probability_above(*pair) == pytest.approx(integrate_finely(*pair), abs=2e-5)


def test_equal_counts_give_one_half():
    pairs = np.array([(0, 1), (0, 500), (7, 90), (90, 90), (20_000, 90_000)])
    found = estimate_probability_above(*pairs.T, *pairs.T)
    assert np.allclose(found, 0.5, rtol=0, atol=1e-8)


def test_counts_far_apart_are_certain():
    assert estimate_probability_above(900, 1000, 100, 1000) == 1.0
    assert estimate_probability_above(56_730, 191_243, 14_438, 38_201) == pytest.approx(0, abs=1e-9)


def test_nobody_counted_is_as_likely_above_as_below():
    assert estimate_probability_above(0, 0, 0, 0) == pytest.approx(0.5, abs=1e-8)


@st.composite
def pairs(draw):
    counts = []
    for _ in range(2):
        nobs = draw(st.integers(0, 30_000))
        counts += [draw(st.integers(0, nobs)), nobs]
    return counts


@given(pairs())
@settings(max_examples=200, deadline=None)
def test_both_sides_add_up_to_one(pair):
    above = estimate_probability_above(*pair)
    below = estimate_probability_above(*pair[2:], *pair[:2])
    assert 0 <= above <= 1
    assert above + below == pytest.approx(1, abs=1e-6)
