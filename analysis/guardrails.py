"""Unwanted effects of a variant: complaints, people who opt out, a group that is not reached.

Whoever chooses by response alone can drive people away. A finding makes an advice less sure; it
never changes which variant is advised, for that is about another outcome.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.stats.proportions import compare_newcombe, estimate_wilson

# A share that is surely higher by more than this is too high: 1 in 200.
LIMIT = 0.005
# Reached less than half as often as the others, a group is as good as missing.
HARDLY = 0.5
# Of its own share in the people of the plan, a group should be offered at least this part.
FAIR_PART = 0.1


class Guardrail(StrEnum):
    """What should not get worse while response gets better."""

    COMPLAINTS = "complaints"
    OPT_OUTS = "opt_outs"
    GROUP_NOT_REACHED = "group_not_reached"


@dataclass(frozen=True, slots=True)
class GuardrailFinding:
    """An unwanted effect that was found; profile_id: the group that was not reached."""

    guardrail: Guardrail
    profile_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reports:
    """How many people complained or opted out, of how many; None where nobody counted them."""

    count: int | None
    people: int


@dataclass(frozen=True, slots=True)
class GroupReach:
    """How many people of one profile of the plan were offered and reached; None when unknown.

    share: of the profile in the people of the plan, where it is known who lives there.
    """

    profile_id: int
    offered: int | None
    reached: int | None
    share: float | None = None


def find_guardrails(
    complaints: tuple[Reports, Reports] | None = None,
    opt_outs: tuple[Reports, Reports] | None = None,
    groups: Sequence[GroupReach] = (),
) -> tuple[GuardrailFinding, ...]:
    """Return every unwanted effect of an advised variant.

    complaints, opt_outs: of the variant itself, and of what it is held against. groups: the
    profiles of the plan with the variant, all of which should be reached.
    """
    pairs = ((Guardrail.COMPLAINTS, complaints), (Guardrail.OPT_OUTS, opt_outs))
    worse = [GuardrailFinding(kind) for kind, pair in pairs if pair and is_worse(*pair)]
    missed = [
        GuardrailFinding(Guardrail.GROUP_NOT_REACHED, one) for one in list_not_reached(groups)
    ]
    return (*worse, *missed)


def is_worse(own: Reports, other: Reports, limit: float = LIMIT) -> bool:
    """Tell whether one share is surely higher than another by more than a limit.

    Surely: the lower 95 % limit of the difference lies above it (Newcombe 1998, method 10). An
    unknown count on either side tells nothing.
    """
    if None in (own.count, other.count) or not (own.people and other.people):
        return False
    lower, _upper = compare_newcombe(own.count, own.people, other.count, other.people)
    return bool(lower > limit)


def list_not_reached(groups: Sequence[GroupReach]) -> list[int]:
    """Return the profiles of the plan that were hardly offered the variant, or hardly reached.

    Hardly offered: nobody, or less than a tenth of its share in the plan where that is known: a
    group can be small by itself. Hardly reached: the upper 95 % limit of its reach lies below half
    the reach of all others together. Only where at least two profiles were in the plan, and only of
    numbers that are known.
    """
    if len(groups) < 2 or any(one.offered is None for one in groups):
        return []
    people = sum(one.offered for one in groups)
    return [
        one.profile_id
        for one in groups
        if one.offered <= FAIR_PART * (one.share or 0.0) * people or _is_hardly_reached(one, groups)
    ]


def _is_hardly_reached(one: GroupReach, groups: Iterable[GroupReach]) -> bool:
    others = [each for each in groups if each is not one and each.reached is not None]
    offered = sum(each.offered for each in others)
    if one.reached is None or not (one.offered and offered):
        return False
    _lower, upper = estimate_wilson(one.reached, one.offered)
    return bool(upper < HARDLY * sum(each.reached for each in others) / offered)
