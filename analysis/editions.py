"""What differs between two editions of the advice, rule by rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from analysis.changes import ProposalChange, find_change
from analysis.queries.advice import ListedVersion
from analysis.summaries import summarise


class EditionChange(StrEnum):
    """What became of a rule from one edition to another, in the order in which it is told."""

    ADDED = "added"
    REVERSED = "reversed"
    STRONGER = "stronger"
    WEAKER = "weaker"
    TAKEN_BACK = "taken_back"
    REWORDED = "reworded"
    UNCHANGED = "unchanged"


# What a change of a rule is called between editions.
AS_EDITION = {
    ProposalChange.REVERSED: EditionChange.REVERSED,
    ProposalChange.STRONGER: EditionChange.STRONGER,
    ProposalChange.WEAKER: EditionChange.WEAKER,
    ProposalChange.UNCHANGED: EditionChange.UNCHANGED,
}


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """One rule in two editions; a side is None where the edition lacks the rule."""

    change: EditionChange
    old: ListedVersion | None
    new: ListedVersion | None


def compare_editions(
    old: Mapping[int, ListedVersion], new: Mapping[int, ListedVersion]
) -> list[RuleDifference]:
    """Return what became of every rule, by kind of change; both hold versions by their rule."""
    rules = dict.fromkeys([*new, *old])
    found = [
        RuleDifference(_find(old.get(one), new.get(one)), old.get(one), new.get(one))
        for one in rules
    ]
    order = list(EditionChange)
    return sorted(found, key=lambda one: order.index(one.change))


def _find(old: ListedVersion | None, new: ListedVersion | None) -> EditionChange:
    if old is None:
        return EditionChange.ADDED
    if new is None:
        return EditionChange.TAKEN_BACK
    change = find_change(summarise(old.version), summarise(new.version))
    is_reworded = old.version.conditions != new.version.conditions
    if change is ProposalChange.UNCHANGED and is_reworded:
        return EditionChange.REWORDED
    return AS_EDITION[change]
