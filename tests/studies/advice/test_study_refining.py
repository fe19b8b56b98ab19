"""A short, seeded version of the study of rules that refine themselves, and the long one."""

import pytest

from tests.studies.advice.study_refining import HALF_YEARS, STUDIES, score_unfolding
from tests.studies.advice.unfolding import Unfolding
from tests.studies.pooled.programmes import PROGRAMMES, Programme
from tests.studies.pooled.running import Scores, run_study

SMALL = Programme(labs=3, experiments=16, profiles=2, channels=3, styles=2, reach=600.0)


@pytest.fixture(scope="module")
def scores():
    return score_unfolding(SMALL, 2)


def test_small_programme_learns(scores):
    assert scores[f"regret_{HALF_YEARS - 1}"] < 0.5 * scores["regret_0"]


def test_small_programme_claims_nothing_false(scores):
    assert scores["claims"] > 0
    assert scores["wrong"] == 0


def test_all_experiments_hold_what_is_usual_and_come_in_time():
    unfolding = Unfolding(SMALL, 4, half_years=2)
    for _half_year in unfolding.unfold():
        pass
    usual = unfolding.write(0, 0)
    rows = unfolding.choose()
    assert {row.experiment for row in rows if (row.channel, row.style) == usual} == {
        str(one.id) for one in unfolding.candidates
    }
    assert len(unfolding.describe().days) == 1


@pytest.mark.thorough
def test_rules_that_refine_themselves_meet_every_bar():
    found = run_study(STUDIES[0], STUDIES[0].full, Scores(None))
    assert [one.bar.what for one in found if one.bar.bounds and not one.is_met] == []


def test_the_study_is_of_the_programmes_that_other_studies_use():
    assert STUDIES[0].score.args == (PROGRAMMES["moderate"],)
