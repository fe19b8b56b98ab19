"""Prediction for a new lab, and limits that hold at every look."""

import numpy as np
import pytest

from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.prediction import find_contrast_interval, predict_new_lab
from analysis.stats.pooled.sequence import find_sequence_limits
from tests.stats.pooled.programmes import draw_rows


def test_prediction_for_a_new_lab_is_wider_than_the_mean():
    found = estimate_pooled(gather_cells(draw_rows(labs=4, experiments=12)), PooledOptions())
    predicted = predict_new_lab(found.grid, found.draws, seed=1)
    mean = find_contrast_interval(found.draws.effects, 0, 0, 3)
    new = find_contrast_interval(predicted, 0, 0, 3)
    assert new[1] - new[0] > mean[1] - mean[0]
    assert predicted.mean(axis=0) == pytest.approx(found.draws.effects.mean(axis=0), abs=0.05)


def test_sequence_rarely_misses_over_all_looks_together():
    draw = np.random.default_rng(5)
    missed = 0
    for _trial in range(400):
        counts = draw.binomial(50, 0.1, (30, 3, 2)).cumsum(axis=0)
        nobs = np.full((3, 2), 50.0)
        limits = [
            find_sequence_limits(count.astype(float), nobs * (look + 1))
            for look, count in enumerate(counts)
        ]
        missed += any(one.lower > 0 or one.upper < 0 for one in limits)
    assert missed / 400 < 0.05


def test_sequence_finds_a_large_difference():
    limits = find_sequence_limits(np.array([[300.0, 100.0]]), np.array([[1000.0, 1000.0]]))
    assert 0 < limits.lower < limits.difference < limits.upper


def test_sequence_without_people_is_unknown():
    assert np.isnan(find_sequence_limits(np.zeros((1, 2)), np.zeros((1, 2))).difference)
