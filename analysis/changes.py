"""What a proposal changes, held against the advice in force."""

from dataclasses import dataclass
from enum import StrEnum

from analysis.models.advice import ProposalState

# Which variant: its channel with its styles in order.
VariantKey = tuple[int, tuple[int, ...]]
ADVICE = {ProposalState.ADVISE, ProposalState.TENTATIVE}


class ProposalChange(StrEnum):
    """What a proposal does to the advice in force."""

    NEW = "new"
    STRONGER = "stronger"
    WEAKER = "weaker"
    REVERSED = "reversed"
    UNCHANGED = "unchanged"
    RETIRED_FOR_AGE = "retired_for_age"


@dataclass(frozen=True, slots=True)
class Advised:
    """What a version says, as far as a change is about it.

    variant: None where none is advised. locks: how sure it is. experiments: what it rests on.
    """

    state: ProposalState
    variant: VariantKey | None
    locks: int
    experiments: frozenset[int] = frozenset()


def find_change(old: Advised | None, new: Advised, is_past_review: bool = False) -> ProposalChange:
    """Return what a proposal changes; the first that fits.

    new: nothing is in force. retired_for_age: what is in force is past its review date, and no
    experiment came since. reversed: both have an answer, and it is another one; "no difference" is
    an answer too. stronger and weaker: from no answer to one, and back; else whether it is advised
    with less reserve, and then its locks.
    """
    if old is None:
        return ProposalChange.NEW
    if is_past_review and new.experiments <= old.experiments:
        return ProposalChange.RETIRED_FOR_AGE
    before, after = _answer(old), _answer(new)
    if None not in (before, after) and before != after:
        return ProposalChange.REVERSED
    one, other = _rank(old), _rank(new)
    if one == other:
        return ProposalChange.UNCHANGED
    return ProposalChange.STRONGER if other > one else ProposalChange.WEAKER


def _answer(one: Advised) -> VariantKey | ProposalState | None:
    if one.state is ProposalState.NOT_ENOUGH:
        return None
    return one.variant if one.state in ADVICE else ProposalState.NO_DIFFERENCE


def _rank(one: Advised) -> tuple[bool, bool, int]:
    is_known = one.state is not ProposalState.NOT_ENOUGH
    return is_known, one.state is ProposalState.ADVISE, one.locks if is_known else 0
