"""Dividing a budget: what to send how often, and how many responses to expect of it.

Every way to reach somebody can be used once for each of the people of its group. How far two ways
reach the same people is not known, so responses are never simply added up.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach one group: at most `people` times, at a cost a piece (None: not known).

    rate: the expected share that responds; lower, upper: what to expect in one new place.
    """

    group: str
    people: int
    cost: float | None
    rate: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Use:
    """How often a way is used, what that costs and how many responses to expect."""

    units: int
    cost: float | None
    lower: float
    upper: float


def allocate(ways: Sequence[Way], budget: float | None) -> list[Use]:
    """Return how often to use each way, the most expected responses per euro first.

    Without a budget every way is used for all people of its group. Ways of unknown cost get
    nothing of a budget.
    """
    if budget is None:
        return [_use(way, way.people) for way in ways]
    units = dict.fromkeys(range(len(ways)), 0)
    left = budget
    for place in sorted(units, key=lambda place: _rank(ways[place])):
        way = ways[place]
        if way.cost is None:
            continue
        units[place] = _count_payable(way, left)
        left -= units[place] * way.cost
    return [_use(way, units[place]) for place, way in enumerate(ways)]


def _rank(way: Way) -> tuple:
    if way.cost is None:
        return 2, 0.0
    if way.cost == 0:
        return 0, -way.rate
    return 1, -way.rate / way.cost


def _count_payable(way: Way, left: float) -> int:
    if way.cost == 0:
        return way.people
    units = min(way.people, math.floor(max(left, 0.0) / way.cost + 1e-9))
    return units if units * way.cost <= left else max(units - 1, 0)


def _use(way: Way, units: int) -> Use:
    cost = None if way.cost is None else units * way.cost
    return Use(units, cost, units * way.lower, units * way.upper)


def sum_responses(ways: Sequence[Way], uses: Sequence[Use]) -> tuple[float, float]:
    """Return between which numbers the people who respond lie, over all groups together.

    The low end is for ways that move the same people, the high end for ways that each move
    others; nobody counts twice, so it is never more than the people of a group.
    """
    groups: dict[str, list[tuple[Way, Use]]] = {}
    for way, use in zip(ways, uses, strict=True):
        groups.setdefault(way.group, []).append((way, use))
    lower = upper = 0.0
    for members in groups.values():
        lower += max(use.lower for _way, use in members)
        people = max(way.people for way, _use in members)
        upper += min(sum(use.upper for _way, use in members), people)
    return lower, upper


def cost_per_response(
    costs: tuple[float, float], limits: tuple[float, float]
) -> tuple[float, float | None]:
    """Return from what to what a response costs; the upper end is None when there may be none."""
    lowest, highest = costs
    lower, upper = limits
    if upper <= 0:
        return lowest, None
    return lowest / upper, highest / lower if lower > 0 else None
