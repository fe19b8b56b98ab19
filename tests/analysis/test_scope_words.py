"""How a pooled question reads, and why experiments are not used, in both languages."""

from datetime import date

import pytest

from analysis.pooled.labels import describe_not_used, group_not_used, write_about, write_scope
from analysis.pooled.scope import NotUsed, NotUsedReason, Scope, ScopeOutcome
from analysis.pooled.selection import Name
from analysis.queries.scopes import ScopeNames
from analysis.stats.cells import Direction
from experiments.models.experiments import Step
from lab.i18n import command_context
from lab.models.labels import DenominatorKind

DETAILS = {
    NotUsedReason.OTHER_OUTCOME: "participated/reached/lower",
    NotUsedReason.OTHER_KIND: "doors,letters",
    NotUsedReason.GRADE: "C",
    NotUsedReason.STEP_UNKNOWN: "responded",
}
LETTERS = ScopeOutcome(Step.RESPONDED, Step.OFFERED, DenominatorKind.LETTERS)
NOTHING = ScopeNames(None, None, None, None)


@pytest.mark.parametrize("is_partly", [False, True])
@pytest.mark.parametrize("reason", list(NotUsedReason))
def test_every_reason_is_a_sentence_in_both_languages(reason, is_partly):
    one = NotUsed(1, reason, DETAILS.get(reason, ""), is_partly)
    said = []
    for language in ("nl", "en"):
        with command_context(language):
            said.append(describe_not_used(one))
    assert said[0] != said[1]
    for sentence in said:
        assert sentence.endswith(".")
        assert "%(" not in sentence


def test_another_outcome_is_told_in_words():
    one = NotUsed(1, NotUsedReason.OTHER_OUTCOME, "participated/reached/lower")
    with command_context("en"):
        assert describe_not_used(one) == (
            "Measures something else: how many took part, of those who were reached, fewer is "
            "better."
        )


def test_other_kinds_are_told_together():
    found = [
        NotUsed(1, NotUsedReason.OTHER_KIND, "doors,letters"),
        NotUsed(2, NotUsedReason.OTHER_KIND, "doors"),
        NotUsed(3, NotUsedReason.WITHDRAWN),
        NotUsed(4, NotUsedReason.OTHER_KIND, "flyers", is_partly=True),
    ]
    with command_context("en"):
        first, second = group_not_used(found, {1: "One"}, is_partly=False)
    assert first.reason == "Counts something else: doors, letters."
    assert (first.titles, first.others, first.experiments) == (((1, "One"),), 1, 2)
    assert second.reason == "Withdrawn."


def test_a_question_without_limits_is_one_sentence():
    with command_context("en"):
        assert write_scope(Scope(1, LETTERS, None, 0.02), NOTHING) == (
            "How many responded, of those it was offered to (letters), for all residents together."
        )


def test_a_question_names_all_its_limits():
    names = ScopeNames(
        Name("Leeftijd", "Age"), Name("Dienst", "Service"), Name("Meedoen", "Joining"), "Dorpslab"
    )
    lower = ScopeOutcome(Step.RESPONDED, Step.OFFERED, DenominatorKind.LETTERS, Direction.LOWER)
    scope = Scope(1, lower, 1, 0.02, 1, 1, 1, date(2026, 1, 1), date(2026, 6, 30), ("A",))
    with command_context("en"):
        said = write_scope(scope, names)
    assert said.startswith(
        "How many responded, of those it was offered to (letters), fewer is better, for each "
        "profile of Age. Only: kind of matter Service; phase Joining; lab Dorpslab; "
    )
    assert said.endswith("; grade A.")


@pytest.mark.parametrize(("margin", "said"), [(0.02, "2"), (0.005, "0.5")])
def test_the_title_of_a_question_tells_its_margin(margin, said):
    with command_context("en"):
        title = write_about(Scope(1, LETTERS, None, margin), NOTHING)
    assert title == f"letters · all residents together · differences from {said} points"


@pytest.mark.parametrize(
    ("days", "said"),
    [((date(2026, 1, 1), None), "from 1 January 2026"), ((None, date(2026, 1, 1)), "until")],
)
def test_an_open_period_names_its_one_end(days, said):
    scope = Scope(1, LETTERS, None, 0.02, from_day=days[0], to_day=days[1])
    with command_context("en"):
        assert said in write_scope(scope, NOTHING)
