"""Which experiments a pooled question rests on, and why the others are left out."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event
from sqlmodel import select

from analysis.pooled.scope import NotUsed, NotUsedReason, Scope, ScopeOutcome
from analysis.queries.pooled import select_cells
from analysis.queries.scopes import find_default_scope, list_outcomes
from analysis.stats.cells import Direction
from experiments.models.experiments import (
    DesignType,
    ExperimentStatus,
    Step,
    Wave,
)
from experiments.models.experiments import Direction as BetterIs
from experiments.models.observations import Observation, ProfileBasis, ReviewState
from experiments.queries.variants import list_variants
from experiments.services.cells import rebuild
from lab.models.labels import DenominatorKind, IssueType, Phase
from lab.models.programmes import ProgrammeKind
from tests.analysis.counted import CLEAR, count, counted_experiment
from tests.builders import MOMENT

LETTERS = ScopeOutcome(Step.RESPONDED, Step.OFFERED, DenominatorKind.LETTERS)
NOBODY = ((0, 600), (0, 600))


@pytest.fixture
def lab(build):
    return build.lab()


@pytest.fixture
def scope(build, lab):
    """The question about letters, for the profiles of the shipped model."""
    return Scope(lab.programme_id, LETTERS, build.profiles(lab)[0].segmentation_model_id, 0.02)


def reasons(session, scope):
    """Return why each experiment is not used: reason, detail and whether it is in part."""
    return [
        (one.reason, one.detail, one.is_partly) for one in select_cells(session, scope).not_used
    ]


def label_of(session, table, lab):
    found = session.exec(select(table.id).where(table.programme_id == lab.programme_id)).first()
    session.commit()
    return found


def test_cells_add_up_areas_and_months(build, session, lab, scope):
    experiment = counted_experiment(build, lab, [CLEAR])
    profile = build.profiles(lab)[0]
    count(
        session, experiment, ((10, 100), (20, 100)), profile.id,
        area="Noord", observed_on=date(2026, 5, 2),
    )  # fmt: skip
    rows = select_cells(session, scope).rows
    assert {(row.nobs, row.count) for row in rows} == {(700, 40), (700, 110)}
    assert {(row.experiment, row.profile) for row in rows} == {
        (str(experiment.id), str(profile.id))
    }


def test_a_cell_names_channel_and_styles_by_number(build, session, lab, scope):
    counted_experiment(build, lab, [CLEAR])
    formal, channel = build.style(lab, "zakelijk"), build.channel(lab)
    selection = select_cells(session, scope)
    row = next(row for row in selection.rows if row.count == 30)
    assert (row.channel, row.style) == (str(channel.id), f"{formal.style_axis_id}={formal.id}")
    assert selection.names.channels[row.channel].nl == channel.name_nl
    assert selection.names.styles[str(formal.id)].en == formal.name_en


def test_a_wave_holds_its_number_and_kind(build, session, lab, scope):
    counted_experiment(build, lab, [CLEAR])
    assert {row.wave for row in select_cells(session, scope).rows} == {"1|letters"}


def test_all_profiles_of_the_model_are_asked_for(build, session, lab, scope):
    counted_experiment(build, lab, [CLEAR])
    selection = select_cells(session, scope)
    assert selection.asked == tuple(str(profile.id) for profile in build.profiles(lab))
    assert set(selection.asked) <= set(selection.names.profiles)


def test_cells_keep_their_order(build, session, lab, scope):
    for _each in range(3):
        counted_experiment(build, lab, [CLEAR, CLEAR])
    rows = select_cells(session, scope).rows
    assert list(rows) == sorted(rows)
    assert rows == select_cells(session, scope).rows


def test_where_lower_is_better_cells_hold_the_others(build, session, lab, scope):
    counted_experiment(build, lab, [CLEAR], direction=BetterIs.LOWER)
    lower = replace(scope, outcome=replace(LETTERS, direction=Direction.LOWER))
    assert {(row.nobs, row.count) for row in select_cells(session, lower).rows} == {
        (600, 570),
        (600, 510),
    }


def test_two_variants_that_are_the_same_are_one(build, session, lab, scope):
    counted_experiment(build, lab, [CLEAR], styles=("zakelijk", "zakelijk"))
    assert reasons(session, scope) == [(NotUsedReason.ONE_VARIANT, "", False)]


def test_an_experiment_in_the_field_is_not_looked_at(build, session, lab, scope):
    counted_experiment(build, lab, [CLEAR], status=ExperimentStatus.IN_FIELD)
    assert reasons(session, scope) == [(NotUsedReason.FIELD_WORK_NOT_OVER, "", False)]


def test_a_withdrawn_experiment_is_not_used(build, session, lab, scope):
    counted_experiment(build, lab, [CLEAR], status=ExperimentStatus.WITHDRAWN)
    assert reasons(session, scope) == [(NotUsedReason.WITHDRAWN, "", False)]


def test_another_outcome_is_not_mixed_in(build, session, lab, scope):
    counted_experiment(build, lab, [CLEAR], denominator_step=Step.REACHED)
    assert reasons(session, scope) == [
        (NotUsedReason.OTHER_OUTCOME, "responded/reached/higher", False)
    ]


def test_another_direction_is_another_outcome(build, session, lab, scope):
    counted_experiment(build, lab, [CLEAR], direction=BetterIs.LOWER)
    assert reasons(session, scope) == [
        (NotUsedReason.OTHER_OUTCOME, "responded/offered/lower", False)
    ]


def test_an_experiment_that_counts_another_kind_is_not_used(build, session, lab, scope):
    counted_experiment(build, lab, [CLEAR])
    doors = replace(scope, outcome=replace(LETTERS, denominator_kind=DenominatorKind.DOORS))
    assert reasons(session, doors) == [(NotUsedReason.OTHER_KIND, "letters", False)]


def add_variant_at_doors(build, session, experiment, lab, style):
    variant = build.variant(experiment, lab, style, position=9)
    variant.denominator_kind = DenominatorKind.DOORS
    session.commit()


def test_variants_of_another_kind_are_left_out(build, session, lab, scope):
    experiment = build.experiment(lab, status=ExperimentStatus.CLOSED)
    add_variant_at_doors(build, session, experiment, lab, "meedoen")
    count(session, experiment, (*CLEAR, (50, 100)), build.profiles(lab)[0].id)
    assert reasons(session, scope) == [(NotUsedReason.OTHER_KIND, "doors", True)]
    assert sorted(row.nobs for row in select_cells(session, scope).rows) == [600, 600]


def test_one_variant_of_each_kind_makes_no_comparison(build, session, lab, scope):
    experiment = build.experiment(lab, styles=("zakelijk",), status=ExperimentStatus.CLOSED)
    add_variant_at_doors(build, session, experiment, lab, "persoonlijk")
    count(session, experiment, CLEAR, build.profiles(lab)[0].id)
    assert reasons(session, scope) == [(NotUsedReason.OTHER_KIND, "doors", False)]


def test_an_experiment_of_another_model_lends_channels_and_styles(build, session, lab, scope):
    experiment = build.experiment(lab, status=ExperimentStatus.CLOSED)
    other = build.profiles(lab, "age")[0]
    count(session, experiment, CLEAR, other.id)
    selection = select_cells(session, scope)
    assert selection.not_used == (
        NotUsed(experiment.id, NotUsedReason.OTHER_MODEL, is_partly=True),
    )
    assert {row.profile for row in selection.rows} == {str(other.id)}
    assert not selection.is_answerable


def test_all_residents_together_are_asked_for_without_a_model(build, session, lab, scope):
    together = build.experiment(lab, status=ExperimentStatus.CLOSED)
    count(session, together, CLEAR)
    by_profile = counted_experiment(build, lab, [CLEAR])
    selection = select_cells(session, replace(scope, segmentation_model_id=None))
    assert selection.asked == ("all",)
    assert selection.not_used == (
        NotUsed(by_profile.id, NotUsedReason.OTHER_MODEL, is_partly=True),
    )
    assert selection.is_answerable


def test_residents_of_unknown_profile_are_not_all_residents(build, session, lab, scope):
    experiment = counted_experiment(build, lab, [CLEAR])
    count(session, experiment, CLEAR)
    profiles = {row.profile for row in select_cells(session, scope).rows}
    assert profiles == {str(build.profiles(lab)[0].id), "unknown"}


@pytest.mark.parametrize(
    ("table", "name", "reason"),
    [
        (IssueType, "issue_type_id", NotUsedReason.OTHER_ISSUE_TYPE),
        (Phase, "phase_id", NotUsedReason.OTHER_PHASE),
    ],
)
def test_a_limit_lets_only_its_own_through(build, session, lab, scope, table, name, reason):
    label = label_of(session, table, lab)
    within = counted_experiment(build, lab, [CLEAR], **{name: label})
    counted_experiment(build, lab, [CLEAR])
    selection = select_cells(session, replace(scope, **{name: label}))
    assert selection.experiments_used == (str(within.id),)
    assert [one.reason for one in selection.not_used] == [reason]
    assert selection.experiments == 2


def test_a_lab_can_be_looked_at_alone(build, session, lab, scope):
    counted_experiment(build, lab, [CLEAR])
    elsewhere = build.lab()
    counted_experiment(build, elsewhere, [CLEAR])
    selection = select_cells(session, replace(scope, living_lab_id=elsewhere.id))
    assert {row.living_lab for row in selection.rows} == {str(elsewhere.id)}
    assert [one.reason for one in selection.not_used] == [NotUsedReason.OTHER_LAB]


def test_an_experiment_counts_in_each_period_it_touches(build, session, lab, scope):
    counted_experiment(build, lab, [CLEAR])  # from April to June
    touching = replace(scope, from_day=date(2026, 6, 30), to_day=date(2026, 12, 31))
    assert reasons(session, touching) == []
    later = replace(scope, from_day=date(2026, 7, 1))
    assert reasons(session, later) == [(NotUsedReason.OUTSIDE_PERIOD, "", False)]


def test_a_comparison_without_lottery_is_not_pooled(build, session, lab, scope):
    counted_experiment(build, lab, [CLEAR], design_type=DesignType.COMPARISON)
    assert reasons(session, scope) == [(NotUsedReason.GRADE, "C", False)]


def test_a_check_uses_comparisons_without_lottery_too(build, session, lab, scope):
    randomised = counted_experiment(build, lab, [CLEAR])
    compared = counted_experiment(build, lab, [CLEAR], design_type=DesignType.COMPARISON)
    found = select_cells(session, replace(scope, grades=("A", "B", "C")))
    assert found.experiments_used == (str(randomised.id), str(compared.id))
    assert found.biased == (str(compared.id),)
    assert select_cells(session, scope).biased == ()


def test_a_check_never_uses_what_was_compared_with_nothing(build, session, lab, scope):
    experiment = counted_experiment(build, lab, [CLEAR], design_type=DesignType.VIGNETTE)
    found = select_cells(session, replace(scope, grades=("A", "B", "C", "D", "P")))
    assert found.experiments_used == ()
    assert [one.experiment_id for one in found.not_used] == [experiment.id]


def test_grade_b_is_left_out_where_only_a_is_asked(build, session, lab, scope):
    counted_experiment(build, lab, [CLEAR])
    assert reasons(session, replace(scope, grades=("A",))) == [(NotUsedReason.GRADE, "B", False)]


def test_what_a_supervisor_holds_is_not_counted(build, session, lab, scope):
    experiment = build.experiment(lab, status=ExperimentStatus.CLOSED)
    profile = build.profiles(lab)[0]
    count(session, experiment, CLEAR, profile.id, review_state=ReviewState.HELD)
    assert reasons(session, scope) == [(NotUsedReason.NOTHING_COUNTED, "", False)]


def observe(session, experiment, records):
    """Keep records of (place of the variant, profile, fields)."""
    variants = [variant.id for variant in list_variants(session, experiment.id)]
    wave = session.exec(select(Wave).where(Wave.experiment_id == experiment.id)).one()
    for place, profile, fields in records:
        session.add(
            Observation(
                experiment_id=experiment.id,
                wave_id=wave.id,
                variant_id=variants[place],
                profile_id=profile,
                profile_basis=ProfileBasis.SELF_REPORT if profile else ProfileBasis.UNKNOWN,
                observed_on=date(2026, 4, 15),
                recorded_at=MOMENT,
                **fields,
            )
        )
    session.flush()
    rebuild(session, experiment.id)
    session.commit()


def test_counts_without_the_outcome_are_left_out(build, session, lab, scope):
    experiment = counted_experiment(build, lab, [CLEAR])
    count(session, experiment, ((None, 50), (None, 50)), build.profiles(lab)[0].id)
    assert reasons(session, scope) == [(NotUsedReason.STEP_UNKNOWN, "responded", True)]
    assert sorted(row.nobs for row in select_cells(session, scope).rows) == [600, 600]


def test_an_experiment_without_any_outcome_is_not_used(build, session, lab, scope):
    counted_experiment(build, lab, [((None, 50), (None, 50))])
    assert reasons(session, scope) == [(NotUsedReason.STEP_UNKNOWN, "responded", False)]


def test_profiles_known_afterwards_count_for_all_together(build, session, lab, scope):
    experiment = build.experiment(lab, status=ExperimentStatus.CLOSED)
    profile = build.profiles(lab)[0].id
    after = {"is_profile_known_before": False}
    observe(
        session,
        experiment,
        [
            (0, profile, {"offered": 30, "responded": 30} | after),
            (0, None, {"offered": 570, "responded": 0}),
            (1, profile, {"offered": 90, "responded": 90} | after),
            (1, None, {"offered": 510, "responded": 0}),
        ],
    )
    selection = select_cells(session, scope)
    assert {(row.profile, row.nobs, row.count) for row in selection.rows} == {
        ("all", 600, 30),
        ("all", 600, 90),
    }
    assert (NotUsedReason.PROFILE_KNOWN_AFTERWARDS, "", True) in reasons(session, scope)


def test_profiles_known_afterwards_need_the_numbers_of_all(build, session, lab, scope):
    experiment = build.experiment(lab, status=ExperimentStatus.CLOSED)
    profile = build.profiles(lab)[0].id
    after = {"offered": 100, "responded": 30, "is_profile_known_before": False}
    observe(
        session,
        experiment,
        [
            (0, profile, after),
            (0, None, {"offered": 500}),
            (1, profile, after),
            (1, None, {"offered": 500}),
        ],
    )
    assert reasons(session, scope) == [(NotUsedReason.PROFILE_KNOWN_AFTERWARDS, "", False)]


def test_one_variant_per_profile_makes_no_comparison(build, session, lab, scope):
    experiment = build.experiment(lab, status=ExperimentStatus.CLOSED)
    first, second = (profile.id for profile in build.profiles(lab)[:2])
    counts = {"offered": 600, "responded": 60}
    observe(session, experiment, [(0, first, counts), (1, second, counts)])
    assert reasons(session, scope) == [(NotUsedReason.ONE_VARIANT, "", False)]


def test_an_experiment_to_which_nobody_responded_tells_nothing(build, session, lab, scope):
    counted_experiment(build, lab, [NOBODY])
    assert reasons(session, scope) == [(NotUsedReason.NO_RESPONSE, "", False)]


def test_more_experiments_take_no_more_queries(build, session, lab, scope):
    def count_queries():
        asked = []

        def note(*_facts):
            asked.append(1)

        event.listen(session.get_bind(), "before_cursor_execute", note)
        select_cells(session, scope)
        event.remove(session.get_bind(), "before_cursor_execute", note)
        return len(asked)

    counted_experiment(build, lab, [CLEAR])
    few = count_queries()
    for _each in range(4):
        counted_experiment(build, lab, [CLEAR, CLEAR])
    session.expire_all()
    assert count_queries() == few


def test_programmes_are_never_mixed(build, session, lab, scope):
    elsewhere = build.lab(build.programme(ProgrammeKind.FICTITIOUS))
    counted_experiment(build, elsewhere, [CLEAR])
    selection = select_cells(session, scope)
    assert (selection.rows, selection.not_used) == ((), ())


def test_clusters_stay_as_they_were_recorded(build, session, lab, scope):
    experiment = build.experiment(lab, status=ExperimentStatus.CLOSED)
    for street in ("Dorpsstraat", "Kerkweg"):
        count(session, experiment, CLEAR, build.profiles(lab)[0].id, cluster=street)
    assert {row.cluster for row in select_cells(session, scope).rows} == {"Dorpsstraat", "Kerkweg"}


def test_the_default_question_is_the_one_most_share(build, session, lab, scope):
    for margin in (0.01, 0.02, 0.04):
        counted_experiment(build, lab, [CLEAR], smallest_difference=margin)
    counted_experiment(build, lab, [CLEAR], numerator_step=Step.PARTICIPATED)
    assert find_default_scope(session, lab.programme_id) == scope


def test_among_equals_the_newest_question_is_the_default(build, session, lab, scope):
    counted_experiment(build, lab, [CLEAR])
    counted_experiment(
        build, lab, [CLEAR], numerator_step=Step.PARTICIPATED, ends_on=date(2026, 9, 1)
    )
    found = find_default_scope(session, lab.programme_id)
    assert found.outcome.numerator_step is Step.PARTICIPATED


def test_there_is_no_default_question_before_anything_ended(build, session, lab):
    counted_experiment(build, lab, [CLEAR], status=ExperimentStatus.IN_FIELD)
    assert find_default_scope(session, lab.programme_id) is None


def test_the_question_of_an_experiment_is_its_own(build, session, lab, scope):
    phase = label_of(session, Phase, lab)
    experiment = counted_experiment(build, lab, [CLEAR], phase_id=phase, smallest_difference=0.05)
    found = find_default_scope(session, lab.programme_id, experiment.id)
    assert found == replace(scope, phase_id=phase, margin=0.05)


def test_outcomes_are_listed_with_their_experiments(build, session, lab):
    for _each in range(2):
        counted_experiment(build, lab, [CLEAR])
    counted_experiment(build, lab, [CLEAR], denominator_step=Step.REACHED)
    counted_experiment(build, lab, [CLEAR], status=ExperimentStatus.IN_FIELD)
    reached = replace(LETTERS, denominator_step=Step.REACHED)
    assert list_outcomes(session, lab.programme_id) == [(LETTERS, 2), (reached, 1)]
