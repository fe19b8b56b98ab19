"""Prediction for a new lab, and limits that hold at every look."""

import numpy as np
import pytest

from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.prediction import (
    list_predictions,
    predict_lab,
    predict_new_lab,
)
from analysis.stats.pooled.priors import PriorKind
from analysis.stats.pooled.sequence import find_sequence_limits
from analysis.stats.pooled.together import summarise_together
from tests.stats import references
from tests.stats.pooled.programmes import draw_labs, draw_rows, row


def find_contrast_interval(effects, profile, one, other):
    """Return the central 95 % interval of one variant less another, on the logit scale."""
    gap = effects[:, profile, one] - effects[:, profile, other]
    return np.quantile(gap, [0.025, 0.975])


def test_prediction_for_a_new_lab_is_wider_than_the_mean():
    found = estimate_pooled(gather_cells(draw_rows(labs=4, experiments=12)), PooledOptions())
    predicted = predict_new_lab(found, seed=1)
    mean = find_contrast_interval(found.draws.effects, 0, 0, 3)
    new = find_contrast_interval(predicted, 0, 0, 3)
    assert new[1] - new[0] > mean[1] - mean[0]
    assert predicted.mean(axis=0) == pytest.approx(found.draws.effects.mean(axis=0), abs=0.05)


def width(interval):
    return interval[1] - interval[0]


def test_prediction_interval_equals_that_of_metafor():
    rows = []
    for one in references.rows("nicotine_gum"):
        for channel, arm in (("gum", "t"), ("none", "c")):
            people, responses = (20 * int(one[f"{name}_{arm}"]) for name in ("n", "y"))
            rows.append(row(one["study"], "p", channel, people, responses))
    found = estimate_pooled(gather_cells(rows), PooledOptions(priors=PriorKind.NONE))
    answer = references.answers("nicotine_gum_prediction")["results"]["REML_times_20"]
    effects = predict_new_lab(found, seed=1)
    gap = effects[:, 0, 0] - effects[:, 0, 1]
    assert gap.mean() == pytest.approx(answer["pred"], abs=2e-3)
    assert 2 * 1.96 * gap.std() == pytest.approx(answer["pi_ub"] - answer["pi_lb"], rel=0.03)


def test_known_lab_is_predicted_from_its_own_experiments():
    rows = [
        row(f"{lab}{number}", "p", channel, 4000, count, lab=lab)
        for lab in ("odd", "l1", "l2", "l3", "l4")
        for number in range(3)
        for channel, count in (("a", 400), ("b", 800 if lab == "odd" else 440))
    ]
    found = estimate_pooled(gather_cells(rows), PooledOptions())
    gaps = {}
    for at, name in enumerate(found.labs):
        effects, _level = predict_lab(found, at, seed=1, with_experiment=False)
        gaps[name] = (effects[:, 0, 1] - effects[:, 0, 0]).mean()
    assert gaps["odd"] == pytest.approx(np.log((0.2 / 0.8) / (0.1 / 0.9)), abs=0.2)
    assert gaps["l1"] == pytest.approx(np.log((0.11 / 0.89) / (0.1 / 0.9)), abs=0.1)


def test_predictions_are_of_a_new_lab_and_of_each_lab():
    found = estimate_pooled(gather_cells(draw_rows(labs=3, experiments=9)), PooledOptions())
    predictions = list_predictions(found, seed=1)
    means = {(one.profile, one.variant): one for one in found.estimates}
    assert {one.living_lab for one in predictions} == {None, "l0", "l1", "l2"}
    assert len(predictions) == 4 * len(found.estimates)
    for one in predictions:
        mean = means[one.profile, one.variant]
        assert one.against == mean.against
        assert 0 < one.rate_ci[0] < one.rate_ci[1] < 1
        if one.living_lab is None:
            assert width(one.rate_ci) > width(mean.rate_ci)
    assert predictions == list_predictions(found, seed=1)


def test_one_experiment_predicts_a_next_one_from_the_prior():
    rows = [row("e", "p", "a", 90_000, 9_000), row("e", "p", "b", 90_000, 12_000)]
    found = estimate_pooled(gather_cells(rows), PooledOptions())
    mean = find_contrast_interval(found.draws.effects, 0, 0, 1)
    for predicted in (predict_new_lab(found, 1), predict_lab(found, 0, 1)[0]):
        assert width(find_contrast_interval(predicted, 0, 0, 1)) > 3 * width(mean)


def test_nothing_is_predicted_when_nothing_was_compared():
    found = estimate_pooled(gather_cells([row("e", "p", "a", 10, 1)]), PooledOptions())
    assert list_predictions(found, seed=1) == ()


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


def test_all_together_is_predicted_more_widely_than_its_mean():
    found = estimate_pooled(gather_cells(draw_rows(labs=4)), PooledOptions())
    together = summarise_together(found, 0.005)
    predicted = [one for one in list_predictions(found, 1, None, together) if one.profile == ""]
    rates = {one.variant: one for one in together.estimates}
    assert {one.living_lab for one in predicted} == {None, *found.labs}
    for one in predicted:
        if one.living_lab is None:
            lower, upper = rates[one.variant].rate_ci
            assert one.rate_ci[0] < lower < upper < one.rate_ci[1]
            assert one.against == rates[one.variant].against


def test_one_profile_together_is_predicted_as_that_profile():
    found = estimate_pooled(gather_cells(draw_rows(profiles=1)), PooledOptions())
    predicted = list_predictions(found, 1, None, summarise_together(found, 0.005))
    own = {(one.variant, one.living_lab): one for one in predicted if one.profile}
    for one in predicted:
        assert one.rate_ci == pytest.approx(own[one.variant, one.living_lab].rate_ci)


def test_all_together_is_predicted_more_narrowly_than_over_all_profiles():
    found = estimate_pooled(gather_cells(draw_rows(labs=4, profiles=4)), PooledOptions())
    together = summarise_together(found, 0.005)
    predicted = [one for one in list_predictions(found, 1, None, together) if not one.living_lab]
    for one in predicted:
        if one.profile == "":
            own = [each.rate_ci for each in predicted if each.variant == one.variant]
            span = max(high for _low, high in own) - min(low for low, _high in own)
            assert width(one.rate_ci) < span


def test_new_lab_finds_for_all_together_what_was_predicted():
    draw = np.random.default_rng(1)
    held = []
    for _time in range(16):
        rows, true = draw_labs(draw, labs=12)
        found = estimate_pooled(gather_cells(rows), PooledOptions())
        for one in list_predictions(found, 1, None, summarise_together(found, 0.005)):
            if one.profile == "" and one.living_lab is None:
                own, other = (int(each.channel[1:]) for each in (one.variant, one.against))
                for rate, (lower, upper) in (
                    (true[:, own], one.rate_ci),
                    (true[:, own] - true[:, other], one.difference_ci),
                ):
                    held.append(((lower <= rate) & (rate <= upper)).mean())
    # 0.93 was held in 100 programmes of 8 and of 16 labs.
    assert len(held) == 16 * 3 * 2
    assert np.mean(held) >= 0.92
