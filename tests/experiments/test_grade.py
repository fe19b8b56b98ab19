"""The evidence grade that follows from what is recorded."""

from dataclasses import replace
from datetime import date

import pytest

from experiments.grade import Grade, GradeFacts, GradeReason, grade_experiment
from experiments.models.experiments import DesignType

LOTTERY = GradeFacts(
    DesignType.RANDOMISED,
    variant_count=2,
    has_control=True,
    created_on=date(2026, 3, 1),
    registered_on=date(2026, 3, 20),
    first_day_on=date(2026, 4, 1),
    last_day_on=date(2026, 6, 30),
    has_counts=True,
    is_denominator_known=True,
    is_denominator_counted=True,
)


def grade_with(**facts):
    return grade_experiment(replace(LOTTERY, **facts))


def test_a_registered_lottery_with_counted_denominator_is_grade_a():
    found = grade_experiment(LOTTERY)
    assert found.grade is Grade.A
    assert set(found.reasons) == {
        GradeReason.LOTTERY,
        GradeReason.REGISTERED_BEFORE,
        GradeReason.DENOMINATOR_COUNTED,
    }


def test_a_lottery_of_streets_is_as_good_as_one_of_persons():
    assert grade_with(design_type=DesignType.CLUSTER_RANDOMISED).grade is Grade.A


def test_registering_on_the_first_field_day_is_beforehand():
    assert grade_with(registered_on=LOTTERY.first_day_on).grade is Grade.A


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"registered_on": None}, GradeReason.NOT_REGISTERED),
        ({"registered_on": date(2026, 4, 2)}, GradeReason.REGISTERED_AFTER),
        ({"is_denominator_counted": False}, GradeReason.DENOMINATOR_ESTIMATED),
        ({"created_on": date(2026, 7, 1)}, GradeReason.ENTERED_AFTERWARDS),
    ],
)
def test_a_lottery_that_lacks_something_is_grade_b(facts, reason):
    found = grade_with(**facts)
    assert found.grade is Grade.B
    assert reason in found.reasons


def test_a_trial_entered_after_its_end_is_marked_and_never_a():
    found = grade_with(created_on=date(2026, 7, 1), registered_on=date(2026, 3, 1))
    assert (found.grade, found.is_entered_afterwards) == (Grade.B, True)


@pytest.mark.parametrize(
    ("design", "reason"),
    [
        (DesignType.ALTERNATING, GradeReason.TAKING_TURNS),
        (DesignType.COMPARISON, GradeReason.NO_LOTTERY),
        (DesignType.BEFORE_AFTER, GradeReason.BEFORE_AFTER),
        (DesignType.RETROSPECTIVE, GradeReason.AFTERWARDS_COMPARED),
    ],
)
def test_a_comparison_without_lottery_is_grade_c(design, reason):
    found = grade_with(design_type=design)
    assert found.grade is Grade.C
    assert reason in found.reasons


def test_looking_back_without_comparison_group_is_grade_d():
    found = grade_with(design_type=DesignType.RETROSPECTIVE, has_control=False)
    assert found.grade is Grade.D
    assert GradeReason.AFTERWARDS_ALONE in found.reasons


@pytest.mark.parametrize("design", [DesignType.RANDOMISED, DesignType.COMPARISON])
def test_an_unknown_denominator_makes_any_design_grade_d(design):
    assert grade_with(design_type=design, is_denominator_known=False).grade is Grade.D


def test_counts_of_one_variant_prove_nothing():
    assert grade_with(variant_count=1).grade is Grade.D


def test_a_vignette_is_a_stated_preference_whatever_else():
    found = grade_with(design_type=DesignType.VIGNETTE, is_denominator_known=False)
    assert (found.grade, found.reasons) == (Grade.P, (GradeReason.STATED_PREFERENCE,))


def test_a_grade_without_counts_is_provisional():
    found = grade_with(has_counts=False, is_denominator_known=False)
    assert (found.grade, found.is_provisional) == (Grade.A, True)
    assert GradeReason.NOTHING_COUNTED_YET in found.reasons
