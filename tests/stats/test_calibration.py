"""Stated probabilities against what was seen, on forecasts of which the truth is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.calibration import CalibrationAnswer, check_calibration, find_share


def forecast(seed, sharpen=1.0, groups=400, each=4, shared=0.0):
    """Return forecasts whose true odds are the stated ones to the power 1 / sharpen."""
    draw = np.random.default_rng(seed)
    log_odds = draw.normal(1.0, 1.0, groups * each)
    group = np.repeat(np.arange(groups), each)
    true = log_odds / sharpen + shared * draw.standard_normal(groups)[group]
    seen = (draw.random(true.size) < 1 / (1 + np.exp(-true))).astype(float)
    return 1 / (1 + np.exp(-log_odds)), seen, group


def test_true_forecasts_are_calibrated():
    assert check_calibration(*forecast(1)).answer == CalibrationAnswer.CALIBRATED


def test_forecasts_that_are_too_sure_are_found():
    found = check_calibration(*forecast(2, sharpen=3.0))
    assert found.answer == CalibrationAnswer.OVERCONFIDENT
    assert found.excess.mean > 0.05


def test_forecasts_that_are_too_careful_are_found():
    found = check_calibration(*forecast(3, sharpen=0.3))
    assert found.answer == CalibrationAnswer.UNDERCONFIDENT


def test_few_forecasts_say_too_little():
    stated, seen, group = forecast(4, sharpen=3.0, groups=5)
    assert check_calibration(stated, seen, group).answer == CalibrationAnswer.TOO_LITTLE


def test_one_experiment_says_too_little_however_many_forecasts_it_holds():
    stated, seen, _group = forecast(5)
    found = check_calibration(stated, seen, np.zeros(stated.size))
    assert found.answer == CalibrationAnswer.TOO_LITTLE
    assert (found.groups, found.seen.lower) == (1, None)


def test_nothing_stated_says_too_little():
    found = check_calibration([], [], [])
    assert (found.forecasts, found.answer) == (0, CalibrationAnswer.TOO_LITTLE)


def test_forecast_is_read_from_the_side_that_it_favours():
    stated, seen, group = forecast(6, sharpen=2.0)
    one, other = (
        check_calibration(*both, group) for both in ((stated, seen), (1 - stated, 1 - seen))
    )
    assert one.excess == pytest.approx(other.excess)
    assert one.gap.mean == pytest.approx(-other.gap.mean)


def test_brier_score_is_that_of_the_forecasts_and_of_two_simple_ones():
    found = check_calibration([0.9, 0.8, 0.3, 0.6], [1, 1, 0, 0], [0, 1, 2, 3])
    # (0.01 + 0.04 + 0.09 + 0.36) / 4; half the forecasts came true.
    assert (found.brier, found.brier_half, found.brier_base) == pytest.approx((0.125, 0.25, 0.25))


def test_every_forecast_is_in_one_bin():
    stated, seen, group = forecast(7)
    bins = check_calibration([*stated, 0.0, 1.0, 0.5], [*seen, 0, 1, 1], [*group, 0, 0, 0]).bins
    assert sum(one.seen.number for one in bins) == stated.size + 3
    assert all(one.lowest <= one.stated <= one.highest for one in bins)


def test_share_of_separate_forecasts_has_wilsons_interval():
    share = find_share([1] * 15 + [0] * 5, range(20))
    # Wilson's limits with the t quantile of 19 degrees of freedom, 2.093024, worked out by hand
    # from p = 0.75, n = 20 / deff, where deff = 20/19 is that of 20 groups of one.
    t2, n, p = 2.093024**2, 19.0, 0.75
    half = np.sqrt(t2 * p * (1 - p) / n + t2**2 / (4 * n**2))
    limits = [(p + t2 / (2 * n) + sign * half) / (1 + t2 / n) for sign in (-1, 1)]
    assert (share.lower, share.upper) == pytest.approx(limits, abs=1e-5)


@pytest.mark.parametrize("groups", [12, 60])
def test_clustered_share_covers_as_often_as_it_says(groups):
    draw, inside, runs = np.random.default_rng(8), 0, 1500
    group = np.repeat(np.arange(groups), 6)
    for _run in range(runs):
        # Beta-binomial with mean 0.7: forecasts about one experiment resemble each other.
        own = draw.beta(3.5, 1.5, groups)
        share = find_share(draw.random(group.size) < own[group], group)
        inside += share.lower <= 0.7 <= share.upper
    assert 0.935 <= inside / runs <= 0.975


@given(
    seen=st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=3, max_size=40),
    groups=st.integers(3, 9),
)
def test_interval_of_a_share_holds_it_and_stays_a_share(seen, groups):
    share = find_share(seen, [place % groups for place in range(len(seen))])
    assert share.share == pytest.approx(np.mean(seen))
    assert -1e-9 <= share.lower <= share.share + 1e-9
    assert share.share - 1e-9 <= share.upper <= 1 + 1e-9


@given(doubled=st.integers(2, 5))
def test_saying_everything_twice_makes_nothing_surer(doubled):
    stated, seen, group = forecast(9, groups=30, shared=3.0)
    once = check_calibration(stated, seen, group)
    more = check_calibration(
        np.tile(stated, doubled), np.tile(seen, doubled), np.tile(group, doubled)
    )
    assert more.excess == pytest.approx(once.excess)
    assert more.seen[2:] == pytest.approx(once.seen[2:])
