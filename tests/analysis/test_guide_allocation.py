"""Dividing a budget: never more than there is, and never people who count twice."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from analysis.evidence import (
    Basis,
    ComparedVariant,
    Outcome,
    ProfileEvidence,
    RateEvidence,
    RuleEvidence,
)
from analysis.guide.allocation import Way, allocate, cost_per_response, sum_responses
from analysis.guide.choices import Problem, read_choices
from analysis.guide.options import TriedVariant, gather_offer
from analysis.models.advice import ProposalState
from analysis.stats.results import Verdict

SHARE = st.floats(0, 1)


@st.composite
def ways_of(draw):
    """Some ways for some groups, each with limits around its share."""
    sizes = draw(st.dictionaries(st.sampled_from("abc"), st.integers(0, 5000), min_size=1))
    found = []
    for _number in range(draw(st.integers(1, 6))):
        group = draw(st.sampled_from(sorted(sizes)))
        lower, rate, upper = sorted(draw(st.tuples(SHARE, SHARE, SHARE)))
        cost = draw(st.none() | st.just(0.0) | st.floats(0.01, 50))
        found.append(Way(group, sizes[group], cost, rate, lower, upper))
    return found


@given(ways_of(), st.floats(0, 100_000))
def test_a_division_never_exceeds_budget_or_people(ways, budget):
    uses = allocate(ways, budget)
    assert sum(use.cost or 0.0 for use in uses) <= budget + 1e-6
    for way, use in zip(ways, uses, strict=True):
        assert 0 <= use.units <= way.people
        assert use.lower <= use.units * way.rate + 1e-9
        assert use.units * way.rate <= use.upper + 1e-9
        assert use.upper <= use.units + 1e-9


@given(ways_of(), st.none() | st.floats(0, 100_000))
def test_together_nobody_counts_twice(ways, budget):
    uses = allocate(ways, budget)
    lower, upper = sum_responses(ways, uses)
    assert 0 <= lower <= upper + 1e-9
    sizes = {way.group: way.people for way in ways}
    assert upper <= sum(sizes.values()) + 1e-9
    # However much the ways overlap, each of them alone already brings what it brings.
    assert lower >= max(use.lower for use in uses) - 1e-9
    assert upper <= sum(use.upper for use in uses) + 1e-9


@given(ways_of(), st.floats(0, 1000), st.floats(1, 1000))
def test_more_budget_never_brings_fewer_expected_responses(ways, budget, extra):
    def expect(amount):
        uses = allocate(ways, amount)
        return sum(use.units * way.rate for way, use in zip(ways, uses, strict=True))

    # Whole letters only: what is left at a boundary may buy one piece more or less of the next.
    dearest = max((way.rate for way in ways), default=0.0) * len(ways)
    assert expect(budget + extra) >= expect(budget) - dearest - 1e-9


@given(st.floats(0.01, 50), st.floats(0, 20), st.tuples(SHARE, SHARE).map(sorted), SHARE)
def test_the_cost_of_a_response_brackets_what_any_share_would_cost(cost, more, limits, place):
    lower, upper = limits
    share = lower + place * (upper - lower)
    least, most = cost_per_response((cost, cost + more), (lower, upper))
    if share > 1e-9:
        assert least <= (cost + more) / share * (1 + 1e-9)
        assert most is None or cost / share <= most * (1 + 1e-9)


def test_the_cheapest_response_comes_first_and_the_rest_goes_to_the_next():
    letter = Way("all", 1000, 1.0, 0.10, 0.08, 0.12)
    talk = Way("all", 1000, 6.0, 0.30, 0.20, 0.40)
    uses = allocate([talk, letter], 1600.0)
    assert [use.units for use in uses] == [100, 1000]
    assert sum_responses([talk, letter], uses) == pytest.approx((80, 160))


def test_a_way_of_unknown_cost_gets_nothing_of_a_budget():
    [use] = allocate([Way("all", 100, None, 0.1, 0.05, 0.2)], 500.0)
    assert (use.units, use.cost) == (0, None)


def rule(rates, verdict=Verdict.PROBABLY_BETTER, **fields):
    """The evidence of a rule: the first variant leads, the second is what it is held against."""
    variants = tuple(
        ComparedVariant(f"v{number}", f"v{number}", channel, (), denominator_kind="letters")
        for number, (channel, _rate) in enumerate(rates)
    )
    basis = Basis(
        "pooled", "1", variants, Outcome("responded", "offered", "letters", 0.02), 0.95, "A"
    )
    found = tuple(
        RateEvidence(number, 10, 100, rate, rate / 2, rate * 2, (rate / 3, min(1, rate * 3)))
        for number, (_channel, rate) in enumerate(rates)
    )
    part = ProfileEvidence(None, found, verdict, leader=0, reference=1, **fields)
    return RuleEvidence(basis, part)


def tried(channel, cost, experiment=1, is_control=False):
    """A variant as an experiment held it."""
    return TriedVariant(experiment, channel, (), cost and Decimal(cost), is_control)


def test_a_mix_has_one_way_per_channel_and_the_advised_one_first():
    evidence = rule([(1, 0.12), (1, 0.11), (2, 0.30), (3, 0.05)])
    offer = gather_offer(evidence, ProposalState.ADVISE, [], {})
    assert [one.variant.name_nl for one in offer.do] == ["v0", "v2", "v3"]
    assert all(one.is_prediction for one in offer.do)
    assert offer.do[0].limits == pytest.approx((0.04, 0.36))


def test_what_is_clearly_worse_is_no_part_of_a_mix():
    evidence = rule([(1, 0.12), (2, 0.05), (3, 0.04)], Verdict.CLEARLY_BETTER, beaten=(2,))
    offer = gather_offer(evidence, ProposalState.ADVISE, [], {})
    assert [one.variant.name_nl for one in offer.do] == ["v0"]
    assert [one.variant.name_nl for one in offer.dont] == ["v1", "v2"]


def test_sending_nothing_is_no_addition():
    evidence = rule([(1, 0.12), (2, 0.11)])
    offer = gather_offer(evidence, ProposalState.ADVISE, [tried(2, None, is_control=True)], {})
    assert [one.variant.name_nl for one in offer.do] == ["v0"]


def test_without_advice_there_is_nothing_to_do():
    offer = gather_offer(rule([(1, 0.1), (2, 0.1)]), ProposalState.NOT_ENOUGH, [], {})
    assert offer.do == ()
    assert len(offer.unsure) == 2


def test_costs_come_from_the_experiments_unless_somebody_fills_in_their_own():
    evidence = rule([(1, 0.12), (2, 0.11)])
    costs = [tried(1, "1.00"), tried(1, "1.40", 2), tried(1, "3.00", 3), tried(2, None)]
    found = gather_offer(evidence, ProposalState.ADVISE, costs, {}).do
    assert (found[0].cost.middle, found[0].cost.lowest, found[0].cost.highest) == (1.4, 1.0, 3.0)
    assert found[1].cost is None
    own = gather_offer(evidence, ProposalState.ADVISE, costs, {"2": Decimal("0.5")}).do
    assert (own[1].cost.middle, own[1].cost.experiments) == (0.5, 0)


ADDRESS_TEXT = st.text(max_size=30) | st.from_regex(r"[-0-9.,€ ]{0,12}", fullmatch=True)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["issue_type", "profile", "phase", "budget", "people", "cost-1", "cost-1-2", "x"]
            ),
            ADDRESS_TEXT,
        )
    )
)
def test_whatever_stands_in_an_address_is_read_or_refused_with_a_reason(parts):
    known = {"issue_types": {1}, "profiles": {2, 3}, "phases": {4}}
    read = read_choices(MultiDict(parts), **known)
    assert all(isinstance(problem, Problem) for _name, problem in read.problems)
    if read.problems:
        return
    # What was read gives the same answers from the address that is made of it.
    written = MultiDict()
    for name, value in read.choices.write().items():
        written.setlist(name, value if isinstance(value, list) else [value])
    assert read_choices(written, **known).choices == read.choices


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1500", "1500"),
        ("1.500", "1500"),
        ("€ 1.500,50", "1500.5"),
        ("0,85", "0.85"),
        ("0.85", ".85"),
    ],
)
def test_amounts_are_read_as_people_type_them(text, amount):
    assert read_choices(MultiDict({"budget": text})).choices.budget == Decimal(amount)
