"""What users told of advice, as pages show it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session

from analysis.feedback_labels import list_said, write_counts, write_told_counts
from analysis.models.feedback import AdviceFeedback
from analysis.queries import feedback as queries


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One message of a user, with what was ticked and counted in words."""

    feedback: AdviceFeedback
    said: list[str]
    counts: str


@dataclass(frozen=True, slots=True)
class RuleUse:
    """How a rule was used, and what everybody may read about that."""

    counts: str
    shown: list[ToldLine]


def describe_told(feedback: AdviceFeedback) -> ToldLine:
    """Return a message of a user in words."""
    return ToldLine(feedback, list_said(feedback), write_told_counts(feedback))


def build_rule_uses(session: Session, rule_ids: Collection[int]) -> dict[int, RuleUse]:
    """Return for each of these rules how it was used."""
    counts = queries.count_uses(session, rule_ids)
    return {
        number: RuleUse(
            write_counts(counts[number]),
            [describe_told(one.feedback) for one in queries.list_shown(session, [number])],
        )
        for number in rule_ids
    }
