"""Short, seeded versions of the studies of the pooled estimator."""

import numpy as np
import pytest

from tests.studies.pooled.programmes import BREAKS, PROGRAMMES, change
from tests.studies.pooled.study_estimate import score_programme


def score_all(programme, seeds):
    """Return the mean of each score over some seeds."""
    scores = [score_programme(programme, seed) for seed in seeds]
    return scores[0].__class__(*np.mean(scores, axis=0))


def test_intervals_of_small_programmes_cover_the_truth():
    found = score_all(PROGRAMMES["small"], range(1, 9))
    assert found.coverage > 0.90
    assert found.profiles_with_false_claim < 0.05
    assert found.regret < 1.5


def test_moderate_programme_finds_the_right_advice():
    found = score_all(PROGRAMMES["moderate"], range(1, 4))
    assert found.coverage > 0.88
    assert found.right_advice > 0.5
    assert found.false_claims <= 0.01 * found.claims


@pytest.mark.thorough
@pytest.mark.parametrize("broken", sorted(BREAKS))
def test_programmes_out_of_form_are_still_covered(broken):
    programme = change(PROGRAMMES["moderate"], **BREAKS[broken])
    assert score_all(programme, range(1, 31)).coverage > 0.92 - 0.03


@pytest.mark.thorough
def test_programmes_without_effects_give_few_claims():
    programme = change(PROGRAMMES["moderate"], is_null=True)
    assert score_all(programme, range(1, 41)).profiles_with_false_claim < 0.05 + 0.05
