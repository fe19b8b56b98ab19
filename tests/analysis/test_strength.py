"""Locks: how sure an advice is, and why it is no surer."""

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.advice import Remark
from analysis.evidence import RuleEvidence, read_evidence, write_evidence
from analysis.guardrails import (
    GroupReach,
    Guardrail,
    Reports,
    find_guardrails,
    list_not_reached,
)
from analysis.models.advice import ProposalState
from analysis.pooled.evidence import gather_pooled_evidence
from analysis.strength import ALL_LOCKS, Ground, LossReason
from analysis.strength_rules import (
    COSTS,
    GUARDRAIL_REASONS,
    Recommendation,
    assess_strength,
    grow_old,
    read_strength,
    recommend,
)
from analysis.strength_sentences import LOSS_REASONS, show_strength
from tests.analysis.pooled_records import NAMES, record, scope

ADVISE = ProposalState.ADVISE
remark_sets = st.sets(st.sampled_from(list(Remark)))
guardrail_sets = st.sets(st.sampled_from(list(Guardrail)))


def test_nothing_against_it_keeps_all_locks():
    strength = assess_strength(ADVISE, [Remark.CLEAR_TOGETHER, Remark.SEVERAL_LABS], True)
    assert (strength.locks, strength.losses) == (ALL_LOCKS, ())
    assert recommend(ADVISE, strength) is Recommendation.STRONG


def test_one_experiment_alone_never_has_more_than_two_locks():
    strength = assess_strength(ADVISE, [Remark.CLEAR_WITH_LOTTERY], False)
    assert strength.locks == 2
    assert strength.reasons == (LossReason.ONE_EXPERIMENT, LossReason.NEW_LAB_UNKNOWN)
    assert recommend(ADVISE, strength) is Recommendation.CONDITIONAL


def test_reasons_on_one_ground_cost_one_lock_and_are_all_named():
    strength = assess_strength(ADVISE, [Remark.ONE_LAB, Remark.FEW_EXPERIMENTS], True)
    assert strength.locks == 3
    assert strength.reasons == (LossReason.ONE_LAB, LossReason.FEW_EXPERIMENTS)


def test_no_lottery_costs_two_locks():
    strength = assess_strength(ProposalState.TENTATIVE, [Remark.NO_LOTTERY], True)
    assert strength.locks == 2


def test_too_few_counted_leaves_no_lock():
    strength = assess_strength(ProposalState.NOT_ENOUGH, [Remark.ONE_LAB], True)
    assert (strength.locks, strength.reasons) == (0, (LossReason.TOO_FEW_COUNTED,))
    assert recommend(ProposalState.NOT_ENOUGH, strength) is Recommendation.NONE


def test_old_evidence_costs_a_lock_once():
    old = grow_old(assess_strength(ADVISE, [], True))
    assert (old.locks, old.reasons) == (3, (LossReason.PAST_REVIEW,))
    assert grow_old(old) == old
    assert old == assess_strength(ADVISE, [], True, is_past_review=True)


@pytest.mark.parametrize("guardrail", Guardrail)
def test_an_unwanted_effect_costs_a_lock(guardrail):
    strength = assess_strength(ADVISE, [], True, [guardrail])
    assert (strength.locks, strength.reasons) == (3, (GUARDRAIL_REASONS[guardrail],))


@given(st.sampled_from(ProposalState), remark_sets, guardrail_sets, st.booleans(), st.booleans())
def test_every_lost_lock_has_a_reason_and_none_is_lost_without(state, remarks, found, pooled, old):
    strength = assess_strength(state, remarks, pooled, found, old)
    assert 0 <= strength.locks <= ALL_LOCKS
    assert strength.locks == max(0, ALL_LOCKS - sum(loss.locks for loss in strength.losses))
    assert all(loss.reasons and loss.locks > 0 for loss in strength.losses)
    assert len({loss.ground for loss in strength.losses}) == len(strength.losses)


@given(remark_sets, st.sampled_from(list(COSTS)), guardrail_sets)
def test_one_more_reason_never_gives_a_lock_back(remarks, more, found):
    before = assess_strength(ADVISE, remarks, True, found)
    assert assess_strength(ADVISE, remarks | {more}, True, found).locks <= before.locks


def test_every_reason_has_a_sentence_and_can_come_up(app):
    known = {reason for _ground, reason, _locks in COSTS.values()}
    always = {
        LossReason.TOO_FEW_COUNTED,
        LossReason.ONE_EXPERIMENT,
        LossReason.NEW_LAB_UNKNOWN,
        LossReason.PAST_REVIEW,
    }
    assert known | always | set(GUARDRAIL_REASONS.values()) == set(LossReason)
    assert set(LOSS_REASONS) == set(LossReason)
    with app.test_request_context():
        shown = show_strength(assess_strength(ADVISE, [Remark.ONE_LAB], True), ADVISE)
    assert shown.locks == 3
    assert shown.label == "3 van de 4 sloten"
    assert shown.reasons == ("1 slot minder: de variant vooraan is maar in één lab getest.",)


def test_strength_is_kept_with_a_version_and_older_ones_stay_readable():
    found = gather_pooled_evidence(record(), scope(), NAMES)
    strength = assess_strength(ADVISE, ["one_lab"], True)
    kept = RuleEvidence(found.basis, found.profiles[0], ("one_lab",), strength=strength)
    written = write_evidence(kept)
    assert read_evidence(written).strength == strength
    del written["strength"]
    older = read_evidence(written)
    assert older.strength is None
    assert read_strength(ADVISE, older) == strength


def test_surely_more_complaints_are_found_and_few_are_not():
    many = (Reports(40, 1000), Reports(5, 1000))
    few = (Reports(2, 1000), Reports(1, 1000))
    assert [one.guardrail for one in find_guardrails(complaints=many)] == [Guardrail.COMPLAINTS]
    assert find_guardrails(complaints=few, opt_outs=few) == ()
    assert find_guardrails(opt_outs=(Reports(None, 1000), Reports(5, 1000))) == ()


def test_a_group_that_was_hardly_offered_or_hardly_reached_is_found():
    fine = [GroupReach(1, 500, 400), GroupReach(2, 450, 380)]
    assert list_not_reached(fine) == []
    assert list_not_reached([*fine, GroupReach(3, 0, 0)]) == [3]
    # Ten people are few of a group that should be a quarter, and all of a group that is small.
    assert list_not_reached([*fine, GroupReach(3, 10, 8, share=0.25)]) == [3]
    assert list_not_reached([*fine, GroupReach(3, 10, 8)]) == []
    assert list_not_reached([*fine, GroupReach(3, 400, 40)]) == [3]
    # Few people say little about how often they are reached.
    assert list_not_reached([*fine, GroupReach(3, 60, 20)]) == []


def test_what_was_not_counted_is_no_finding():
    unknown = [GroupReach(1, None, 40), GroupReach(2, 500, 300)]
    assert list_not_reached(unknown) == []
    assert list_not_reached([GroupReach(1, 500, None), GroupReach(2, 500, 300)]) == []


def test_every_set_of_two_grounds_costs_what_they_cost_apart():
    apart = {
        ground: max(cost[2] for cost in COSTS.values() if cost[0] is ground)
        for ground in {cost[0] for cost in COSTS.values()}
    }
    by_ground = {
        ground: [remark for remark, cost in COSTS.items() if cost[0] is ground] for ground in apart
    }
    for one, other in combinations(apart, 2):
        remarks = list(chain(by_ground[one], by_ground[other]))
        strength = assess_strength(ADVISE, remarks, True)
        assert strength.locks == max(0, ALL_LOCKS - apart[one] - apart[other])
    assert Ground.AGE not in apart
