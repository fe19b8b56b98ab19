"""Which experiment to hold next: designs that ask as much of people, ranked by what they are worth.

A design compares what is advised now with variants that may still be best, in one profile or in
several. All take equally many people in all, so that a design does not win by being larger.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis.stats.pooled.data import Array
from analysis.stats.pooled.information import Design, Outlook, Worth, find_error

# A variant with a smaller chance to be best is no contender.
LEAST_CHANCE = 0.01
MOST_CONTENDERS = 6
MOST_RANKED, MOST_ALIKE = 10, 2
# So many standard errors set two designs apart.
APART = 2.0
PAIR = 2


@dataclass(frozen=True, slots=True)
class Effort:
    """How large an experiment is: people per variant where two are compared, in all labs."""

    people: float
    labs: int


@dataclass(frozen=True, slots=True)
class RankedDesign:
    """A design and its worth; group: 1 for the best and all that cannot be told from it."""

    design: Design
    worth: Worth
    group: int


def list_designs(outlook: Outlook, shares: Array, effort: Effort) -> list[Design]:
    """Return designs worth a look: on all profiles with a share together, and on each by itself.

    shares: (P,) part of the people of an experiment that each profile is.
    """
    asked = np.flatnonzero((shares > 0) & outlook.may_be_advised.any(axis=1)).tolist()
    groups = [asked] if len(asked) > 1 else []
    groups += [[one] for one in asked]
    designs: dict[Design, None] = {}
    for profiles in groups:
        own = shares[profiles] / shares[profiles].sum()
        for variants in _choose_sets(outlook, profiles):
            people = effort.people * PAIR / len(variants)
            designs[Design(variants, tuple(profiles), people, tuple(own.tolist()), effort.labs)] = (
                None
            )
    return list(designs)


def _choose_sets(outlook: Outlook, profiles: Sequence[int]) -> Iterable[tuple[int, ...]]:
    """Yield sets of two and three variants; what is advised now comes first, as the control."""
    weights = outlook.weights[profiles]
    weights = weights / (weights.sum() or 1.0)
    everywhere = outlook.may_be_advised[profiles].all(axis=0)
    if everywhere.sum() < PAIR:
        return
    rates = weights @ outlook.whole.rates[profiles]
    leader = int(np.where(everywhere, rates, -np.inf).argmax())
    chance = outlook.p_best[profiles].max(axis=0) * everywhere
    chance[leader] = 0.0
    order = np.argsort(-chance, kind="stable")[:MOST_CONTENDERS].tolist()
    contenders = [one for one in order if chance[one] >= LEAST_CHANCE]
    for size in (1, 2):
        for others in combinations(contenders, size):
            yield leader, *others
    yield from combinations(contenders, PAIR)


def rank_designs(outlook: Outlook, designs: Iterable[Design]) -> tuple[RankedDesign, ...]:
    """Return the designs that are worth most, the best first.

    Of designs on the same profiles of which one holds all variants of the other, only the best
    stays, and of those on the same profiles no more than two.
    """
    valued = [(outlook.value(one, with_error=False).gain, one) for one in designs]
    kept: list[Design] = []
    for gain, design in sorted(valued, key=lambda pair: (-pair[0], pair[1])):
        if gain > 0 and len(kept) < MOST_RANKED and not _repeats(design, kept):
            kept.append(design)
    worths = [outlook.value(one) for one in kept]
    return tuple(
        RankedDesign(design, worth, group)
        for design, worth, group in zip(kept, worths, _group(worths), strict=True)
    )


def _repeats(design: Design, kept: Iterable[Design]) -> bool:
    own = set(design.variants)
    alike = [set(one.variants) for one in kept if one.profiles == design.profiles]
    return len(alike) >= MOST_ALIKE or any(own <= one or own >= one for one in alike)


def _group(worths: Sequence[Worth]) -> list[int]:
    """Return the group of each worth: its best one, and those that cannot be told from it."""
    groups: list[int] = []
    first = 0
    for place, worth in enumerate(worths):
        gap = worths[first].gain - worth.gain
        error = find_error(worths[first].samples - worth.samples)
        if place and gap > APART * error:
            first = place
        groups.append(groups[-1] + (first == place) if groups else 1)
    return groups
