"""What a proposal changes, over every pair of an old and a new version."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.changes import Advised, ProposalChange, find_change
from analysis.deciding import add_months, find_review_date, is_past
from analysis.deciding import is_publishing_against as against
from analysis.deciding import is_rejecting_against as rejects
from analysis.models.advice import ProposalState

A, B = (1, (31,)), (2, (31,))
STATES = tuple(ProposalState)
ADVICE = {ProposalState.ADVISE, ProposalState.TENTATIVE}
CHANGE = ProposalChange


def advised(state, variant=A, locks=2, experiments=(1,)):
    return Advised(state, variant if state in ADVICE else None, locks, frozenset(experiments))


# Rows: what is in force; columns: what is proposed, for the same variant and as many locks.
SAME_VARIANT = {
    "advise": {
        "advise": "unchanged",
        "tentative": "weaker",
        "no_difference": "reversed",
        "not_enough": "weaker",
    },
    "tentative": {
        "advise": "stronger",
        "tentative": "unchanged",
        "no_difference": "reversed",
        "not_enough": "weaker",
    },
    "no_difference": {
        "advise": "reversed",
        "tentative": "reversed",
        "no_difference": "unchanged",
        "not_enough": "weaker",
    },
    "not_enough": {
        "advise": "stronger",
        "tentative": "stronger",
        "no_difference": "stronger",
        "not_enough": "unchanged",
    },
}


@pytest.mark.parametrize(("old", "new"), list(product(STATES, STATES)))
def test_every_pair_of_states_has_its_change(old, new):
    assert find_change(advised(old), advised(new)) == SAME_VARIANT[old][new]


@pytest.mark.parametrize("new", STATES)
def test_where_nothing_is_in_force_everything_is_new(new):
    assert find_change(None, advised(new)) is CHANGE.NEW


@pytest.mark.parametrize(("old", "new"), list(product(sorted(ADVICE), sorted(ADVICE))))
def test_another_variant_is_another_answer(old, new):
    assert find_change(advised(old), advised(new, B)) is CHANGE.REVERSED


@pytest.mark.parametrize("state", STATES)
def test_locks_alone_make_it_stronger_or_weaker_unless_nothing_is_known(state):
    known = state is not ProposalState.NOT_ENOUGH
    more, fewer = advised(state, locks=3), advised(state, locks=1)
    assert find_change(fewer, more) is (CHANGE.STRONGER if known else CHANGE.UNCHANGED)
    assert find_change(more, fewer) is (CHANGE.WEAKER if known else CHANGE.UNCHANGED)


@pytest.mark.parametrize(("old", "new"), list(product(STATES, STATES)))
def test_past_its_review_date_only_a_new_experiment_keeps_it(old, new):
    same = find_change(advised(old), advised(new), True)
    assert same is CHANGE.RETIRED_FOR_AGE
    newer = advised(new, experiments=(1, 2))
    assert find_change(advised(old), newer, True) == SAME_VARIANT[old][new]


@given(st.sampled_from(STATES), st.sampled_from(STATES), st.integers(0, 4), st.integers(0, 4))
def test_what_makes_one_way_stronger_makes_the_other_weaker(one, other, few, many):
    there = find_change(advised(one, locks=few), advised(other, locks=many))
    back = find_change(advised(other, locks=many), advised(one, locks=few))
    opposite = {CHANGE.STRONGER: CHANGE.WEAKER, CHANGE.WEAKER: CHANGE.STRONGER}
    assert back is opposite.get(there, there)


def test_publishing_more_than_is_proposed_goes_against_it():
    tentative, firm = advised(ProposalState.TENTATIVE), advised(ProposalState.ADVISE)
    nothing = advised(ProposalState.NOT_ENOUGH)
    assert against(tentative, firm, CHANGE.NEW)
    assert against(nothing, tentative, CHANGE.NEW)
    assert against(firm, advised(ProposalState.TENTATIVE, B), CHANGE.NEW)
    assert not against(firm, tentative, CHANGE.NEW)
    assert not against(firm, firm, CHANGE.NEW)
    assert not against(nothing, nothing, CHANGE.NEW)
    assert against(firm, firm, CHANGE.RETIRED_FOR_AGE)


@pytest.mark.parametrize(
    ("state", "change", "expected"),
    [
        (ProposalState.ADVISE, CHANGE.NEW, True),
        (ProposalState.ADVISE, CHANGE.STRONGER, True),
        (ProposalState.ADVISE, CHANGE.UNCHANGED, False),
        (ProposalState.TENTATIVE, CHANGE.NEW, False),
        (ProposalState.TENTATIVE, CHANGE.WEAKER, True),
        (ProposalState.NO_DIFFERENCE, CHANGE.REVERSED, True),
        (ProposalState.NOT_ENOUGH, CHANGE.NEW, False),
        (ProposalState.NOT_ENOUGH, CHANGE.RETIRED_FOR_AGE, False),
    ],
)
def test_rejecting_what_is_clear_goes_against_it(state, change, expected):
    assert rejects(advised(state), change) is expected


def test_review_date_is_chosen_or_two_years_after_the_decision():
    assert find_review_date(date(2026, 8, 1), date(2026, 5, 1)) == date(2026, 8, 1)
    assert find_review_date(None, date(2026, 5, 1)) == date(2028, 5, 1)
    assert find_review_date(None, None) is None
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert is_past(date(2026, 5, 1), date(2026, 5, 2))
    assert not is_past(date(2026, 5, 1), date(2026, 5, 1))
    assert not is_past(None, date(2026, 5, 1))
