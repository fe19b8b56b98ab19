"""From evidence to proposals: what may be advised, and for whom."""

from dataclasses import replace

import pytest

from analysis.advice import Obstacle, Remark, find_obstacle, propose_rules
from analysis.evidence import (
    Basis,
    ComparedVariant,
    Evidence,
    NamedProfile,
    Outcome,
    ProfileEvidence,
    RateEvidence,
)
from analysis.models.advice import ProposalState
from analysis.stats.results import Verdict

YOUNG, OLD = NamedProfile(1, "Jong", "Young"), NamedProfile(2, "Oud", "Old")


def part(profile=None, verdict=Verdict.CLEARLY_BETTER, **fields):
    values = {
        "rates": (RateEvidence(0, 30, 600, 0.05), RateEvidence(1, 90, 600, 0.15)),
        "leader": 1,
        "reference": 0,
        "difference": 0.1,
        "lower": 0.06,
        "upper": 0.14,
        "near_best": 1.0,
        "expected_loss": 0.0,
    }
    return ProfileEvidence(profile=profile, verdict=verdict, **values | fields)


def evidence(*parts, grade="B", alike=None, together=None, warnings=()):
    variants = (ComparedVariant("Brief", "Letter", 1, (), True), ComparedVariant("Bel", "Call", 2))
    basis = Basis(
        estimator="single_experiment",
        method_version="1",
        variants=variants,
        outcome=Outcome("responded", "offered", "letters", 0.02),
        confidence_level=0.95,
        grade=grade,
        warnings=warnings,
    )
    return Evidence(basis, parts, together or part(), alike)


def state_of(one, **facts):
    [proposal] = propose_rules(evidence(one, **facts), is_per_profile=True)
    return proposal.state


@pytest.mark.parametrize("grade", ["A", "B"])
def test_clear_difference_with_a_lottery_is_advised(grade):
    [proposal] = propose_rules(evidence(part(YOUNG), grade=grade))
    assert proposal.state == ProposalState.ADVISE
    assert proposal.variant == 1


def test_clear_difference_without_lottery_is_tentative():
    assert state_of(part(YOUNG), grade="C") == ProposalState.TENTATIVE


def test_probable_difference_is_never_more_than_tentative():
    assert state_of(part(YOUNG, Verdict.PROBABLY_BETTER), grade="A") == ProposalState.TENTATIVE


@pytest.mark.parametrize("grade", ["D", "P"])
def test_unfit_grades_lead_to_no_proposal_at_all(grade):
    found = evidence(part(YOUNG), grade=grade)
    assert propose_rules(found) == []
    assert find_obstacle(found) is Obstacle.UNFIT_GRADE


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict.NO_DIFFERENCE, ProposalState.NO_DIFFERENCE),
        (Verdict.NOT_ENOUGH_DATA, ProposalState.NOT_ENOUGH),
    ],
)
def test_what_is_not_known_is_proposed_without_a_variant(verdict, state):
    [proposal] = propose_rules(evidence(part(YOUNG, verdict)))
    assert (proposal.state, proposal.variant) == (state, None)


def test_alike_profiles_get_one_proposal_for_everyone():
    found = evidence(part(YOUNG), part(OLD), alike=True)
    [proposal] = propose_rules(found)
    assert proposal.part.profile is None
    assert Remark.PROFILES_ALIKE in proposal.remarks


def test_letters_against_doors_are_advised_with_reserve_only():
    found = evidence(part(YOUNG))
    kinds = zip(found.basis.variants, ("letters", "doors"), strict=True)
    variants = tuple(replace(one, denominator_kind=kind) for one, kind in kinds)
    found = replace(found, basis=replace(found.basis, variants=variants))
    [proposal] = propose_rules(found, is_per_profile=True)
    assert proposal.state == ProposalState.TENTATIVE
    assert Remark.DIFFERENT_THINGS in proposal.remarks


def test_alike_profiles_are_no_argument_while_too_few_are_counted():
    unknown = part(verdict=Verdict.NOT_ENOUGH_DATA)
    [proposal] = propose_rules(evidence(part(YOUNG), alike=True, together=unknown), False)
    assert proposal.remarks == (Remark.TOO_FEW_COUNTED,)


def test_alike_profiles_can_be_kept_apart_on_request():
    found = evidence(part(YOUNG), part(OLD), alike=True)
    proposals = propose_rules(found, is_per_profile=True)
    assert [one.part.profile for one in proposals] == [YOUNG, OLD]


@pytest.mark.parametrize("alike", [False, None])
def test_profiles_that_may_differ_get_a_proposal_each(alike):
    assert len(propose_rules(evidence(part(YOUNG), part(OLD), alike=alike))) == 2


def test_clear_profile_is_not_lost_in_an_even_total():
    even = part(verdict=Verdict.NO_DIFFERENCE)
    found = evidence(part(YOUNG), part(OLD, Verdict.NO_DIFFERENCE), alike=True, together=even)
    assert [one.part.profile for one in propose_rules(found)] == [YOUNG, OLD]


def test_profile_known_through_response_gets_no_proposal():
    proposals = propose_rules(evidence(part(YOUNG), part(OLD, is_exploratory=True)))
    assert [one.part.profile for one in proposals] == [YOUNG]


def test_rival_that_may_be_as_good_makes_advice_tentative():
    rivalled = part(YOUNG, near_best=0.6, expected_loss=0.01)
    assert state_of(rivalled) == ProposalState.TENTATIVE


def test_lottery_that_went_wrong_makes_advice_tentative():
    assert state_of(part(YOUNG), warnings=(("sample_ratio", ()),)) == ProposalState.TENTATIVE


def test_clusters_counted_as_persons_need_a_wider_margin():
    warnings = (("clustered_counted_as_persons", ()),)
    assert state_of(part(YOUNG), warnings=warnings) == ProposalState.ADVISE
    narrow = replace(part(YOUNG), lower=0.04)
    assert state_of(narrow, warnings=warnings) == ProposalState.TENTATIVE


def test_nothing_compared_is_named_as_the_obstacle():
    empty = part(verdict=Verdict.NOT_ENOUGH_DATA, leader=None, reference=None)
    assert find_obstacle(evidence(together=empty)) is Obstacle.NOTHING_COMPARED
