"""Which effects the data can tell apart: the terms of the model, kept or dropped with a reason."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import Codes, PooledCells
from analysis.stats.pooled.designs import (
    LEAST_FREEDOM,
    LEAST_SHARE_REPEATED,
    MOST_KEYS,
    count_designs,
    find_designs,
)

LEAST_LABS_WITH_PROFILES = 3
# Below this share of levels that are split further, two terms describe the same thing.
LEAST_SHARE_SPLIT = 0.1


class Term(StrEnum):
    """A group of effects with one standard deviation, from structural to incidental."""

    CHANNEL = "channel"
    STYLE = "style"
    CHANNEL_STYLE = "channel_style"
    PROFILE_CHANNEL = "profile_channel"
    PROFILE_STYLE = "profile_style"
    PROFILE_CHANNEL_STYLE = "profile_channel_style"
    LAB_CHANNEL = "lab_channel"
    LAB_STYLE = "lab_style"
    LAB_PROFILE_CHANNEL = "lab_profile_channel"
    EXPERIMENT_VARIANT = "experiment_variant"
    DESIGN_VARIANT = "design_variant"
    CLUSTER = "cluster"
    CELL = "cell"


MAIN = (Term.CHANNEL, Term.STYLE)
COMMON = (
    Term.CHANNEL_STYLE,
    Term.PROFILE_CHANNEL,
    Term.PROFILE_STYLE,
    Term.PROFILE_CHANNEL_STYLE,
)
OF_LAB = (Term.LAB_CHANNEL, Term.LAB_STYLE, Term.LAB_PROFILE_CHANNEL)


class DropReason(StrEnum):
    """Why a term is not in the model."""

    CONSTANT = "does not vary within an experiment and profile"
    SAME = "coincides in the data with"
    FEW_LABS = "fewer than three labs share profiles"
    NOT_RECORDED = "not recorded"
    FEW_DESIGNS = "fewer than five contrasts between designs that were held twice"
    MANY_DESIGNS = "too many designs to tell apart"
    NO_FREEDOM = "no contrasts are left to estimate it from"


class Dropped(NamedTuple):
    """Why a term is left out, and the term that describes the same thing, if any."""

    reason: DropReason
    other: Term | None = None

    def __str__(self) -> str:
        return f"{self.reason} {self.other}" if self.other else str(self.reason)


@dataclass(frozen=True, slots=True)
class TermChoice:
    """The terms of the model in order, and why the others are not in it."""

    kept: tuple[Term, ...]
    dropped: dict[Term, Dropped]

    @property
    def random(self) -> tuple[Term, ...]:
        """The terms whose standard deviation is estimated."""
        return tuple(term for term in self.kept if term not in MAIN)

    def keeps(self, term: Term) -> bool:
        """Tell whether a term is in the model."""
        return term in self.kept


def choose_terms(cells: PooledCells, stratum: Codes) -> TermChoice:
    """Return the terms that the cells can tell apart.

    stratum: (cells,) codes of experiment × profile × wave. A term is dropped when it is constant
    within every stratum, or when its levels are those of a term that is kept already.
    """
    codes = _level_codes(cells)
    kept: list[Term] = []
    dropped: dict[Term, Dropped] = {}
    for term in Term:
        why = _why_not(term, codes, kept, cells, stratum)
        if why is None:
            kept.append(term)
        else:
            dropped[term] = why
    return TermChoice(tuple(kept), dropped)


def _level_codes(cells: PooledCells) -> dict[Term, Codes]:
    """Return per term the level of each cell."""
    channels = _recode(np.array([_place(cells, one.channel) for one in cells.variants]))
    channel = channels[cells.variant]
    values = {one.values: None for one in cells.variants}
    styles = {value: place for place, value in enumerate(values)}
    style = np.array([styles[one.values] for one in cells.variants], dtype=np.int64)[cells.variant]
    lab, profile = cells.lab, cells.profile
    return {
        Term.CHANNEL: channel,
        Term.STYLE: style,
        Term.CHANNEL_STYLE: cells.variant,
        Term.PROFILE_CHANNEL: pair(profile, channel),
        Term.PROFILE_STYLE: pair(profile, style),
        Term.PROFILE_CHANNEL_STYLE: pair(profile, cells.variant),
        Term.LAB_CHANNEL: pair(lab, channel),
        Term.LAB_STYLE: pair(lab, style),
        Term.LAB_PROFILE_CHANNEL: pair(lab, pair(profile, channel)),
        Term.EXPERIMENT_VARIANT: pair(cells.experiment, cells.variant),
        Term.DESIGN_VARIANT: pair(find_designs(cells), cells.variant),
        Term.CLUSTER: pair(cells.experiment, cells.cluster + 1),
        Term.CELL: np.arange(cells.size),
    }


def _place(cells: PooledCells, channel: str) -> int:
    return list(dict.fromkeys(one.channel for one in cells.variants)).index(channel)


def _why_not(
    term: Term, codes: dict[Term, Codes], kept: list[Term], cells: PooledCells, stratum: Codes
) -> Dropped | None:
    if term == Term.CLUSTER and not _has_clusters(cells):
        return Dropped(DropReason.NOT_RECORDED)
    if term == Term.DESIGN_VARIANT and (why := _why_no_designs(cells)):
        return why
    level = codes[term]
    if count_levels(pair(stratum, level)) == count_levels(stratum):
        return Dropped(DropReason.CONSTANT)
    for other in kept:
        if _coincide(level, codes[other]):
            return Dropped(DropReason.SAME, other)
    if term == Term.LAB_PROFILE_CHANNEL and not _labs_share_profiles(cells):
        return Dropped(DropReason.FEW_LABS)
    other = _find_nearly_same(term, codes, kept, cells)
    return Dropped(DropReason.SAME, other) if other else None


def _why_no_designs(cells: PooledCells) -> Dropped | None:
    """Return why designs have no effects of their own; where most were held once, each of those
    would be that of an experiment under another name."""
    counted = count_designs(cells)
    if counted.repeated < LEAST_SHARE_REPEATED:
        return Dropped(DropReason.SAME, Term.EXPERIMENT_VARIANT)
    if counted.freedom < LEAST_FREEDOM:
        return Dropped(DropReason.FEW_DESIGNS)
    return Dropped(DropReason.MANY_DESIGNS) if counted.keys > MOST_KEYS else None


def _find_nearly_same(
    term: Term, codes: dict[Term, Codes], kept: list[Term], cells: PooledCells
) -> Term | None:
    """Return the term that is kept instead of one that is nearly the same."""
    level, cluster = codes[term], codes[Term.CLUSTER]
    if term == Term.EXPERIMENT_VARIANT and _has_clusters(cells):
        # A cluster is known to be assigned as a whole, so it is the one that stays.
        return Term.CLUSTER if _is_hardly_split(level, pair(level, cluster), cluster) else None
    if term == Term.CELL:
        for other in (Term.EXPERIMENT_VARIANT, Term.CLUSTER):
            if other in kept and _is_hardly_split(codes[other], level, level):
                return other
    return None


def _has_clusters(cells: PooledCells) -> bool:
    return bool((cells.cluster >= 0).all())


def _is_hardly_split(coarse: Codes, joint: Codes, fine: Codes) -> bool:
    """Tell whether nearly all levels of a term hold one level of a finer term within it."""
    joint = _recode(joint)
    if joint.max() != _recode(fine).max():
        return False
    first = np.zeros(joint.max() + 1, dtype=np.int64)
    first[joint] = _recode(coarse)
    return float((np.bincount(first) > 1).mean()) < LEAST_SHARE_SPLIT


def _labs_share_profiles(cells: PooledCells) -> bool:
    return bool((count_within(cells.profile, cells.lab) >= LEAST_LABS_WITH_PROFILES).any())


def _coincide(one: Codes, other: Codes) -> bool:
    levels = count_levels(one)
    return levels == count_levels(other) and levels == count_levels(pair(one, other))


def pair(one: Codes, other: Codes) -> Codes:
    """Return codes of the pairs of two columns of codes."""
    return one * (other.max(initial=0) + 1) + other


def count_levels(codes: Codes) -> int:
    """Return how many different codes there are."""
    # Sorting, or counting where codes are dense, is many times faster here than numpy's hashing.
    if codes.max(initial=0) <= 8 * codes.size:
        return int(np.count_nonzero(np.bincount(codes)))
    return 1 + int(np.count_nonzero(np.diff(np.sort(codes))))


def count_within(group: Codes, codes: Codes) -> Codes:
    """Return how many different codes each group holds."""
    joint = np.sort(pair(group, codes))
    is_first = np.diff(joint, prepend=-1) > 0
    return np.bincount(joint[is_first] // (codes.max(initial=0) + 1))


def _recode(codes: Codes) -> Codes:
    return np.unique(codes, return_inverse=True)[1].ravel()
