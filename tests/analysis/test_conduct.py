"""What stands beside an outcome: deviations, looks, quality, who is missing, what was planned."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.dissimilarity import estimate_dissimilarity
from experiments.models.experiments import ExperimentStatus, StatusChange
from experiments.models.observations import ProfileBasis, ReviewState
from lab.models.areas import Area, AreaComposition, AreaKind, AreaShare
from lab.models.audit import AuditEntry
from lab.models.people import Role
from tests.analysis.counted import CLEAR, count, counted_experiment
from tests.pages import Pages

REGISTERED = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 4, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def pages(client) -> Pages:
    """A browser that checks what every page owes its reader."""
    return Pages(client)


@pytest.fixture
def lab(build):
    """A lab with experiments of its own."""
    return build.lab()


@pytest.fixture
def team(build, client, lab):
    """The lab, as its own team sees it."""
    build.sign_in(client, build.user(Role.TEAM, lab))
    return lab


def read_fold(pages, experiment, name: str) -> str:
    """Give the words of one fold of a report."""
    page = pages.get(f"/experiments/{experiment.id}/outcome")
    return page.content.one("details", id=name).text


def keep_edit(session, experiment, action="change_experiment", **details) -> None:
    """Write down that somebody changed the protocol after it was fixed."""
    session.add(
        AuditEntry(
            at=LATER,
            user_name="Ada",
            action=action,
            subject="experiment",
            subject_id=experiment.id,
            details=details,
        )
    )
    session.commit()


def keep_home(session, experiment, lab, shares, name="Rivierdorp") -> None:
    """Write down who lives in the municipality of a lab, or in one of its areas."""
    kind = AreaKind.MUNICIPALITY if name == "Rivierdorp" else AreaKind.NEIGHBOURHOOD
    area = Area(
        programme_id=lab.programme_id,
        municipality="Rivierdorp",
        kind=kind,
        code=name,
        name=name,
        created_at=LATER,
    )
    session.add(area)
    session.flush()
    kept = AreaComposition(
        area_id=area.id,
        segmentation_model_id=experiment.segmentation_model_id,
        reference_date=date(2026, 1, 1),
        source="Register",
        licence_note="",
        imported_at=LATER,
    )
    session.add(kept)
    session.flush()
    for profile, share in shares.items():
        session.add(AreaShare(composition_id=kept.id, profile_id=profile, share=share))
    session.commit()


def test_change_after_registration_is_told_with_its_day(pages, build, team, session):
    experiment = counted_experiment(build, team, [CLEAR], registered_at=REGISTERED)
    keep_edit(session, experiment, changes={"ends_on": ["2026-06-30", "2026-07-31"]})
    fold = read_fold(pages, experiment, "deviations")
    assert "1 afwijking van het protocol" in fold
    assert "10 april 2026: Veranderd in het protocol: laatste dag." in fold


def test_change_before_registration_is_no_deviation(pages, build, team, session):
    experiment = counted_experiment(build, team, [CLEAR], registered_at=REGISTERED)
    fold = read_fold(pages, experiment, "deviations")
    assert "We vonden geen afwijking van het protocol" in fold


def test_experiment_that_was_opened_again_says_so(pages, build, team, session):
    experiment = counted_experiment(build, team, [CLEAR], registered_at=REGISTERED)
    session.add(
        StatusChange(
            experiment_id=experiment.id,
            from_status=ExperimentStatus.CLOSED,
            to_status=ExperimentStatus.IN_FIELD,
            changed_at=LATER,
        )
    )
    session.commit()
    assert "Opnieuw geopend: van “afgerond” terug naar" in read_fold(
        pages, experiment, "deviations"
    )


def test_counting_outside_the_period_is_a_deviation(pages, build, team, session):
    experiment = counted_experiment(build, team, [CLEAR], registered_at=REGISTERED)
    count(session, experiment, CLEAR, observed_on=date(2026, 7, 9))
    fold = read_fold(pages, experiment, "deviations")
    assert "9 juli 2026: Geteld na de laatste dag van het protocol." in fold


def test_without_a_fixed_protocol_no_deviation_can_be_told(pages, build, team):
    fold = read_fold(pages, counted_experiment(build, team, [CLEAR]), "deviations")
    assert "Het protocol is nooit vastgelegd." in fold


def test_early_look_is_told_with_the_day_the_field_work_ended(pages, build, team, session):
    experiment = counted_experiment(build, team, [CLEAR], registered_at=REGISTERED)
    session.add(
        StatusChange(
            experiment_id=experiment.id,
            from_status=ExperimentStatus.CLOSED,
            to_status=ExperimentStatus.ANALYSED,
            changed_at=LATER,
        )
    )
    session.commit()
    fold = read_fold(pages, experiment, "looks")
    assert "op 10 april 2026, vóór de laatste dag van het veldwerk (30 juni 2026)" in fold


def test_quality_counts_records_for_the_own_team_only(pages, build, lab, client, session):
    experiment = counted_experiment(build, lab, [CLEAR], ExperimentStatus.PUBLISHED)
    count(session, experiment, CLEAR, review_state=ReviewState.PENDING)
    public = read_fold(pages, experiment, "quality")
    assert "Een deel van de tellingen: nog niet nagekeken" in public
    assert "4 tellingen" not in public
    build.sign_in(client, build.user(Role.TEAM, lab))
    assert "2 van 4 tellingen (50%): nog niet nagekeken" in read_fold(pages, experiment, "quality")


@pytest.mark.parametrize(
    ("fields", "counted", "said"),
    [
        ({"registered_at": REGISTERED}, {}, "Toetsend: vooraf vastgelegd in het protocol."),
        ({}, {}, "Verkennend: vooraf is niets vastgelegd."),
        (
            {"registered_at": REGISTERED},
            {"is_profile_known_before": False, "profile_basis": ProfileBasis.SELF_REPORT},
            "Verkennend: het profiel werd pas bekend door de reactie.",
        ),
    ],
)
def test_every_profile_says_whether_it_confirms_or_explores(
    pages, build, team, session, fields, counted, said
):
    experiment = build.experiment(team, status=ExperimentStatus.CLOSED, **fields)
    count(session, experiment, CLEAR, build.profiles(team)[0].id, **counted)
    page = pages.get(f"/experiments/{experiment.id}/outcome")
    groups = [row.text for row in page.content.all("tr", class_="group")]
    assert said in groups[1]


def test_part_of_the_counts_only_explores(pages, build, team, session):
    experiment = counted_experiment(build, team, [CLEAR], registered_at=REGISTERED)
    count(session, experiment, CLEAR, area="Noord")
    page = pages.get(f"/experiments/{experiment.id}/outcome?area=Noord")
    assert "Verkennend: maar een deel van de tellingen is gebruikt." in page.text


def test_profile_that_is_missing_is_named_with_both_shares(pages, build, team, session):
    experiment = counted_experiment(build, team, [((150, 600), (150, 600)), ((30, 600), (30, 600))])
    first, second = build.profiles(team)[:2]
    keep_home(session, experiment, team, {first.id: 0.5, second.id: 0.5})
    fold = read_fold(pages, experiment, "reach")
    assert f"Het meest missen: {second.name_nl} (17%, tegen 50% van wie er woont)." in fold
    assert "zouden er ongeveer 33 een ander profiel moeten hebben" in fold
    assert "Dit gaat dus over de hele gemeente." in fold


def test_known_areas_of_the_counts_are_compared_with_themselves(pages, build, team, session):
    experiment = build.experiment(team, status=ExperimentStatus.CLOSED)
    first, second = build.profiles(team)[:2]
    for profile in (first, second):
        count(session, experiment, CLEAR, profile.id, area="Noord")
    keep_home(session, experiment, team, {first.id: 0.5, second.id: 0.5}, name="Noord")
    fold = read_fold(pages, experiment, "reach")
    assert "Er mist niet duidelijk een profiel" in fold
    assert "Wie er woont: Noord" in fold


def test_without_a_composition_the_report_says_why_nobody_can_tell(pages, build, team):
    experiment = counted_experiment(build, team, [CLEAR, CLEAR])
    assert "het is niet bekend wie er woont" in read_fold(pages, experiment, "reach")


def test_outsiders_see_shares_of_rounded_and_shown_profiles_only(pages, build, lab, session):
    rates = [((61, 613), (92, 607)), ((61, 613), (92, 607)), ((4, 58), (13, 61))]
    experiment = counted_experiment(build, lab, rates, ExperimentStatus.PUBLISHED)
    homes = build.profiles(lab)[:3]
    keep_home(session, experiment, lab, {one.id: 1 / 3 for one in homes})
    fold = read_fold(pages, experiment, "reach")
    assert homes[2].name_nl not in fold
    assert "153" not in fold


COUNTS = st.lists(st.integers(0, 500), min_size=2, max_size=8).filter(sum)


@given(COUNTS, st.data())
def test_index_lies_within_its_limits(counts, data):
    weights = data.draw(st.lists(st.integers(1, 100), min_size=len(counts), max_size=len(counts)))
    found = estimate_dissimilarity(counts, [one / sum(weights) for one in weights])
    assert 0 <= found.lower <= found.index + 1e-12
    assert found.index <= found.upper + 1e-12 <= 1 + 1e-9


def test_index_is_the_part_that_would_have_to_be_of_another_group():
    found = estimate_dissimilarity([80, 20], [0.5, 0.5])
    assert found.index == pytest.approx(0.3)
    # Two groups: Wilson's limits of 80 of 100 at 97.5 %, worked out by hand.
    assert found.limits[0] == pytest.approx((0.6965, 0.8747), abs=5e-4)


def test_index_of_nobody_is_not_known():
    assert estimate_dissimilarity([0, 0], [0.5, 0.5]) is None
    assert estimate_dissimilarity([5], [1.0]) is None
