"""Advice weighed to the residents of one place, against sums by hand and against known truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.prediction import predict_new_lab
from analysis.stats.pooled.reweighting import Standing, compare_mixes, weigh
from tests.stats.pooled.programmes import draw_profiles_of_labs

# Two profiles × two variants that no draw makes other.
SURE = np.array([[0.10, 0.20], [0.30, 0.10]])


def make_draws(rates, count=10):
    """Return draws that are all equal."""
    return np.repeat(np.asarray(rates, dtype=float)[None], count, axis=0)


def weigh_sure(shares, **how):
    return weigh(make_draws(SURE), make_draws(SURE), shares, 0.01, **how)


def test_rate_in_a_place_is_the_sum_by_hand_over_its_profiles():
    found = weigh_sure([0.25, 0.75])
    assert [one.rate for one in found.variants] == pytest.approx([0.25, 0.125])
    assert found.variants[0].rate_ci == pytest.approx((0.25, 0.25))


def test_another_mix_asks_for_another_variant():
    assert [weigh_sure(shares).best for shares in ([0.9, 0.1], [0.1, 0.9])] == [1, 0]


def test_fewer_is_better_turns_the_choice_and_the_chance():
    found = weigh_sure([0.9, 0.1], is_lower_better=True, reference=1)
    assert (found.best, found.variants[0].probability_better) == (0, 1.0)


def test_difference_is_held_against_the_reference():
    found = weigh_sure([0.5, 0.5], reference=1)
    assert found.variants[0].difference == pytest.approx(0.05)
    assert found.variants[1].difference == 0
    assert (found.variants[0].probability_better, found.runner_up) == (1.0, 1)


def test_untested_residents_widen_limits_to_the_least_and_most_responsive_profile():
    found = weigh_sure([0.5, 0.3], reference=1).variants[0]
    known = 0.5 * 0.1 + 0.3 * 0.3
    assert found.rate == pytest.approx(known / 0.8)
    assert found.rate_ci == pytest.approx((known + 0.2 * 0.1, known + 0.2 * 0.3))
    assert found.worst_case == pytest.approx((known, known + 0.2))
    gap = 0.5 * -0.1 + 0.3 * 0.2
    assert found.difference_ci == pytest.approx((gap + 0.2 * -0.1, gap + 0.2 * 0.2))
    # For all we know the variant does worse there.
    assert found.probability_better == 0


def test_nobody_tested_among_the_residents_gives_no_advice():
    with pytest.raises(ValueError, match="none of the residents"):
        weigh_sure([0.0, 0.0])


@pytest.mark.parametrize("shares", [[0.7, 0.4], [-0.1, 1.0]])
def test_shares_of_more_than_everybody_are_refused(shares):
    with pytest.raises(ValueError, match="shares"):
        weigh_sure(shares)


def test_distance_between_mixes_is_the_sum_by_hand():
    found = compare_mixes([50, 50, 0], [0.5, 0.2, 0.2], unknown=0.1)
    assert (found.overlap, found.unstudied) == pytest.approx((0.7, 0.3))
    # Kish: people of the first profile weigh 1, of the second 0.4.
    weights = [1.0] * 50 + [0.4] * 50
    expected = sum(weights) ** 2 / sum(one**2 for one in weights) / 100
    assert found.effective == pytest.approx(expected)
    assert found.standing is Standing.OUTSIDE


@pytest.mark.parametrize(
    ("shares", "standing"),
    [
        ([0.5, 0.5, 0.0], Standing.INSIDE),
        ([0.45, 0.35, 0.2], Standing.PARTLY),
        ([0.98, 0.02, 0.0], Standing.INSIDE),
        ([0.2, 0.2, 0.6], Standing.OUTSIDE),
    ],
)
def test_three_levels_tell_how_far_outside_the_residents_lie(shares, standing):
    assert compare_mixes([500, 500, 0], shares).standing is standing


def test_place_of_a_rare_profile_rests_on_few_people():
    found = compare_mixes([980, 20], [0.1, 0.9])
    assert found.effective == pytest.approx(1 / (0.1**2 / 0.98 + 0.9**2 / 0.02))
    assert found.standing is Standing.OUTSIDE


def test_nobody_counted_leaves_everything_unstudied():
    found = compare_mixes([0, 0], [0.5, 0.5])
    assert (found.unstudied, found.effective, found.standing) == (1.0, 0.0, Standing.OUTSIDE)


@given(st.lists(st.integers(1, 10_000), min_size=2, max_size=8))
def test_residents_like_the_people_counted_lie_inside(people):
    found = compare_mixes(people, np.array(people) / sum(people))
    assert (found.overlap, found.effective) == pytest.approx((1, 1))
    assert (found.unstudied, found.standing) == (0, Standing.INSIDE)


@given(
    st.lists(st.integers(0, 1000), min_size=3, max_size=3).filter(any),
    st.lists(st.floats(0.01, 1), min_size=3, max_size=3),
    st.floats(0, 0.9),
)
def test_distance_lies_between_nothing_and_everything(people, weights, unknown):
    shares = (1 - unknown) * np.array(weights) / sum(weights)
    found = compare_mixes(people, shares, unknown)
    for value in (found.overlap, found.unstudied, found.effective):
        assert -1e-9 <= value <= 1 + 1e-9


@given(st.integers(0, 2**32 - 1), st.floats(0.05, 1))
def test_limits_with_untested_residents_hold_those_of_any_tested_profile(seed, known):
    draw = np.random.default_rng(seed)
    rates = expit(draw.normal(-2, 0.5, (200, 3, 2)))
    shares = known * draw.dirichlet([1, 1, 1])
    found = weigh(rates, rates, shares, 0.01, reference=1).variants[0]
    for profile in range(3):
        whole = shares + (1 - shares.sum()) * (np.arange(3) == profile)
        like = weigh(rates, rates, whole, 0.01, reference=1).variants[0]
        assert found.rate_ci[0] - 1e-9 <= like.rate_ci[0] <= like.rate_ci[1]
        assert like.rate_ci[1] <= found.rate_ci[1] + 1e-9
        assert found.difference_ci[0] - 1e-9 <= like.difference_ci[0]
        assert like.difference_ci[1] <= found.difference_ci[1] + 1e-9


def find_hits(seeds):
    """Return how often new municipalities find a rate and a difference within its limits.

    Each has a mix of its own; what they find follows from the truth that labs were drawn from.
    """
    rate_hits, difference_hits, mean_hits = [], [], []
    for seed in range(seeds):
        draw = np.random.default_rng([seed, 8])
        rows, truth = draw_profiles_of_labs(draw)
        found = estimate_pooled(gather_cells(rows), PooledOptions(seed=seed))
        level = found.draws.level[:, :, 0, None]
        average = expit(found.draws.effects + level)
        new_place = expit(predict_new_lab(found, seed) + level)
        for rates in truth:
            shares = draw.dirichlet([1.5] * 3)
            advice = weigh(average, new_place, shares, 0.01, reference=0)
            own = shares @ rates
            for one in advice.variants[1:]:
                gap = own[one.variant] - own[0]
                difference_hits.append(one.difference_ci[0] <= gap <= one.difference_ci[1])
                rate_hits.append(one.rate_ci[0] <= own[one.variant] <= one.rate_ci[1])
            # What the mean says is not what a new municipality finds.
            mean = weigh(average, average, shares, 0.01, reference=0).variants[1]
            mean_hits.append(mean.difference_ci[0] <= own[1] - own[0] <= mean.difference_ci[1])
    return np.mean(rate_hits), np.mean(difference_hits), np.mean(mean_hits)


def test_new_municipalities_find_what_was_predicted_for_their_mix():
    rate, difference, of_mean = find_hits(5)
    assert 0.85 <= rate <= 1
    assert 0.85 <= difference <= 1
    assert of_mean < difference - 0.1


@pytest.mark.thorough
def test_limits_for_new_municipalities_hold_95_of_100_over_many_programmes():
    rate, difference, _of_mean = find_hits(60)
    assert 0.92 <= rate <= 0.98
    assert 0.92 <= difference <= 0.98
