"""The mean over experiments, against statsmodels where that is right, and by its coverage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.meta_analysis import combine_effects

from analysis.stats.synthesis import estimate_mean_effect

EFFECTS, VARIANCES = np.array([0.1, 0.35, -0.2, 0.5, 0.05]), np.array([1, 2, 1.5, 3, 0.8]) / 50


def test_mean_and_spread_are_those_of_statsmodels():
    found = estimate_mean_effect(EFFECTS, np.sqrt(VARIANCES))
    other = combine_effects(EFFECTS, VARIANCES, method_re="iterated", use_t=True)
    assert found.mean == pytest.approx(other.mean_effect_re, abs=1e-6)
    assert found.tau**2 == pytest.approx(other.tau2, abs=1e-6)
    scale = max(1.0, other.scale_hksj_re)
    assert found.std_error == pytest.approx(np.sqrt(scale) * other.sd_eff_w_re, abs=1e-6)


def test_spread_is_never_below_nothing():
    found = estimate_mean_effect([0.1, 0.11, 0.09], [0.2, 0.2, 0.2])
    assert found.tau == 0.0
    assert found.std_error == pytest.approx(0.2 / np.sqrt(3))


def test_one_experiment_has_no_interval():
    assert estimate_mean_effect([0.1], [0.2])[:4] == (1, 0.1, None, None)


def test_no_experiment_has_no_mean():
    assert estimate_mean_effect([], []).mean is None


@pytest.mark.parametrize(
    ("experiments", "tau", "most"),
    # A scale that never falls below 1 is careful where experiments do not differ.
    [(5, 0.0, 1.0), (5, 0.1, 0.995), (20, 0.1, 0.97)],
)
def test_interval_covers_as_often_as_it_says(experiments, tau, most):
    draw, inside, runs = np.random.default_rng(experiments), 0, 1500
    for _run in range(runs):
        errors = draw.uniform(0.05, 0.2, experiments)
        found = estimate_mean_effect(0.3 + draw.normal(0, np.hypot(tau, errors)), errors)
        inside += found.lower <= 0.3 <= found.upper
    assert 0.93 <= inside / runs <= most


@given(st.floats(-5, 5), st.floats(0.1, 10))
def test_mean_moves_and_stretches_with_the_effects(shift, scale):
    one = estimate_mean_effect(EFFECTS, np.sqrt(VARIANCES))
    other = estimate_mean_effect(shift + scale * EFFECTS, scale * np.sqrt(VARIANCES))
    assert other.mean == pytest.approx(shift + scale * one.mean, abs=1e-6)
    assert other.tau == pytest.approx(scale * one.tau, abs=1e-5)
