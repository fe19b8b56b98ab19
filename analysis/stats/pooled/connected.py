"""Which variants can be compared: directly, through a chain of experiments, or not at all."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import Array, Codes, PooledCells, Variant


class Connection(StrEnum):
    """How two variants are compared in one profile.

    ADDED: by no chain, but the effects of their channel and styles, tried elsewhere, add up.
    """

    DIRECT = "direct"
    CHAIN = "chain"
    ADDED = "added"
    NONE = "none"


class PathStep(NamedTuple):
    """One comparison of a chain: an experiment and the two variants that it held, as codes.

    people: in the smaller of both, added over profiles and waves.
    """

    experiment: int
    one: int
    other: int
    people: float


@dataclass(frozen=True, slots=True)
class Path:
    """A chain of comparisons between two variants, in order."""

    steps: tuple[PathStep, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """Which variants met, each (variants, variants) by their codes.

    experiment: the code of the one that held both among most people, -1 where none did. people: in
    the smaller of both there, added over strata; 0 where none did.
    """

    experiment: Codes
    people: Array


def find_parts(cells: PooledCells, stratum: Codes, variants: tuple[Variant, ...]) -> Codes:
    """Return for each variant the part within which it can be compared, -1 where there is none.

    Two variants are in one part when channel and style effects, added, tell their difference:
    their columns differ by nothing that is constant within every stratum. The part of most people
    is 0. variants: those to place, tried or not.
    """
    columns, variant_columns = mark_levels(cells, variants)
    held = columns[cells.variant]
    size = np.bincount(stratum)
    means = np.zeros((size.size, held.shape[1]))
    np.add.at(means, stratum, held)
    centred = held - (means / size[:, None])[stratum]
    values, vectors = np.linalg.eigh(centred.T @ centred)
    free = vectors[:, values <= 1e-9 * max(values.max(initial=0.0), 1.0)]
    loose = np.round(variant_columns @ free, 6) + 0.0
    _unique, part = np.unique(loose, axis=0, return_inverse=True)
    return _order_parts(part.ravel(), cells, variants)


def mark_levels(cells: PooledCells, variants: tuple[Variant, ...]) -> tuple[Array, Array]:
    """Return indicator columns of channels and style values, (variants, levels) each: of the
    variants that the cells name and of others."""
    both = [*cells.variants, *variants]
    names = [{("channel", one.channel)} | set(enumerate(one.values)) for one in both]
    listed = sorted({name for held in names for name in held}, key=str)
    marks = np.array([[float(name in held) for name in listed] for held in names])
    return marks[: len(cells.variants)], marks[len(cells.variants) :]


def _order_parts(part: Codes, cells: PooledCells, variants: tuple[Variant, ...]) -> Codes:
    people = np.bincount(cells.variant, cells.nobs, minlength=len(cells.variants))
    by_variant = dict(zip(cells.variants, people, strict=True))
    weight = np.bincount(part, [by_variant.get(one, 0.0) for one in variants])
    rank = np.empty(weight.size, dtype=np.int64)
    rank[np.argsort(-weight, kind="stable")] = np.arange(weight.size)
    return rank[part]


def find_main_parts(nobs: Array, parts: Codes) -> Codes:
    """Return for each profile the part of most people there, in which alone there is advice.

    nobs: (profiles, variants) people; parts: (variants,) the part of each. Of parts with as many
    people, and where there are none, it is the first.
    """
    people = [nobs[:, parts == part].sum(axis=1) for part in range(parts.max(initial=0) + 1)]
    return np.column_stack(people).argmax(axis=1)


def find_meetings(cells: PooledCells, stratum: Codes) -> Meetings:
    """Return which variants met in one stratum, and where among most people.

    stratum: (cells,) experiment × profile × wave. To ask for one profile, give its cells only.
    """
    size = len(cells.variants)
    arm, place = np.unique(stratum * size + cells.variant, return_inverse=True)
    nobs = np.bincount(place.ravel(), cells.nobs, minlength=arm.size)
    experiment = np.zeros(arm.size, dtype=np.int64)
    experiment[place.ravel()] = cells.experiment
    group, variant = np.divmod(arm, size)
    keys, people = [], []
    for step in range(1, int(np.bincount(group).max(initial=1))):
        # Arms stand in order of stratum, so that those of one stratum are neighbours.
        first = np.flatnonzero(group[step:] == group[:-step])
        pairs = (experiment[first] * size + variant[first]) * size + variant[first + step]
        keys.append(pairs)
        people.append(np.minimum(nobs[first], nobs[first + step]))
    found = Meetings(np.full((size, size), -1), np.zeros((size, size)))
    if not keys:
        return found
    known, place = np.unique(np.concatenate(keys), return_inverse=True)
    total = np.bincount(place.ravel(), np.concatenate(people), minlength=known.size)
    # The largest comes last and stays; of equals the experiment that comes first.
    for at in np.lexsort((-known, total)).tolist():
        held, other = divmod(int(known[at]), size)
        experiment_code, one = divmod(held, size)
        for pair in ((one, other), (other, one)):
            found.experiment[pair] = experiment_code
            found.people[pair] = total[at]
    return found


def find_path(meetings: Meetings, one: int, other: int) -> Path | None:
    """Return the chain of fewest comparisons from one variant to another; None when there is none.

    Of chains as short, that of which the smallest comparison has most people.
    """
    people = meetings.people
    steps, weakest, before = {one: 0}, {one: np.inf}, {}
    reached = [one]
    for here in reached:
        for there in np.flatnonzero(people[here]).tolist():
            strength = min(weakest[here], float(people[here, there]))
            if there not in steps:
                steps[there] = steps[here] + 1
                reached.append(there)
            elif steps[there] != steps[here] + 1 or strength <= weakest[there]:
                continue
            weakest[there], before[there] = strength, here
    if other not in before:
        return None
    chain = [other]
    while chain[-1] != one:
        chain.append(before[chain[-1]])
    return Path(
        tuple(
            PathStep(int(meetings.experiment[pair]), *pair, float(people[pair]))
            for pair in pairwise(reversed(chain))
        )
    )
