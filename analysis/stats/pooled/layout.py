"""Cells laid out for the fit: blocks of experiments, keys of profile × variant, the strata used."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import Array, Codes, PooledCells
from analysis.stats.pooled.terms import count_within, pair

# Few experiments are cheaper padded to one width than split by width.
LEAST_TO_SPLIT = 256
# Most numbers in the largest array of one block, 32 MB.
MOST_NUMBERS = 4_000_000


class Used(NamedTuple):
    """Which cells carry a comparison: (cells,) true or false, and the stratum of each of those."""

    rows: np.ndarray
    stratum: Codes


def find_used(cells: PooledCells) -> Used:
    """Return the cells of strata that hold at least two cells, some response and some without.

    A stratum is one experiment, profile and wave. In the others the free intercept takes up all
    that the counts say.
    """
    stratum = _recode(pair(pair(cells.experiment, cells.profile), cells.wave))
    size = np.bincount(stratum, cells.nobs > 0)
    count = np.bincount(stratum, cells.count)
    nobs = np.bincount(stratum, cells.nobs)
    is_used = (size > 1) & (count > 0) & (count < nobs)
    rows = is_used[stratum] & (cells.nobs > 0)
    return Used(rows, _recode(stratum[rows]))


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Experiments that are fitted side by side, padded to one number of atoms.

    An atom is a variant of an experiment, or where clusters are recorded a variant and cluster.
    rows: (cells,) which of the used cells these are. count, nobs: (cells,). slot: (cells,) stratum
    × atom, unique. stratum_part: (strata,) experiment × profile within the block.
    lab: (experiments,). key: (experiments, profiles, arms) place of profile × variant in the keys,
    any place where there is none. shape: (experiments, profiles, arms, atoms, local effects).
    arm_of_atom: (experiments, atoms, arms), local_of_atom: (experiments, atoms, locals) are one
    where they belong, None when an atom is an arm. bias: known standard deviation (logit) of what
    each arm is off, the same for all its experiments.
    """

    rows: Codes
    count: Array
    nobs: Array
    slot: Codes
    stratum_part: Codes
    lab: Codes
    key: Codes
    shape: tuple[int, int, int, int, int]
    arm_of_atom: Array | None
    local_of_atom: Array | None
    bias: float = 0.0

    @property
    def strata(self) -> int:
        """How many strata there are."""
        return self.stratum_part.size

    def share_estimated(self, scale: Array) -> Array:
        """Return which share of the variance of each local effect is estimated, (J,).

        scale: (J,) their standard deviations, a known bias included.
        """
        shares = np.ones(scale.size)
        if self.bias:
            arms = slice(self.shape[2])
            shares[arms] = 1.0 - (self.bias / scale[arms]) ** 2
        return shares


def lay_out_blocks(
    cells: PooledCells, stratum: Codes, key: Codes, lab: Codes, has_clusters: bool
) -> list[Block]:
    """Return the blocks of the used cells.

    stratum, key, lab: (cells,) codes; has_clusters: whether clusters have effects of their own.
    """
    experiment = _recode(cells.experiment)
    arms = count_within(experiment, cells.variant)
    profiles = count_within(experiment, cells.profile)
    bias = cells.experiment_bias[np.unique(cells.experiment)]
    groups = [
        group
        for size in np.unique(bias)
        for group in _group_experiments(
            arms, bias == size, profiles.max() if profiles.size else 1, has_clusters
        )
    ]
    return [
        _lay_out(cells, np.flatnonzero(group[experiment]), stratum, key, lab, has_clusters)
        for group in groups
    ]


def _group_experiments(
    arms: Codes, chosen: np.ndarray, profiles: int, has_clusters: bool
) -> list[np.ndarray]:
    """Return per block which of the chosen experiments it holds."""
    is_split = arms.size >= LEAST_TO_SPLIT
    width = arms if is_split else np.full(arms.size, arms.max(initial=1))
    groups = []
    for arm_count in np.unique(width[chosen]):
        members = np.flatnonzero(chosen & (width == arm_count))
        numbers = (profiles * arm_count) ** 2 * (4 if has_clusters else 1)
        step = max(1, MOST_NUMBERS // int(numbers))
        for start in range(0, members.size, step):
            is_member = np.zeros(arms.size, dtype=bool)
            is_member[members[start : start + step]] = True
            groups.append(is_member)
    return groups


def _lay_out(
    cells: PooledCells, rows: Codes, stratum: Codes, key: Codes, lab: Codes, has_clusters: bool
) -> Block:
    experiment = _recode(cells.experiment[rows])
    profile, arm = (
        _number_within(experiment, column[rows]) for column in (cells.profile, cells.variant)
    )
    cluster = _number_within(experiment, cells.cluster[rows]) if has_clusters else arm * 0
    atom = _number_within(experiment, pair(arm, cluster)) if has_clusters else arm
    sizes = [experiment.max() + 1, profile.max() + 1, arm.max() + 1, atom.max() + 1]
    own_stratum = _recode(stratum[rows])
    stratum_part = np.zeros(own_stratum.max() + 1, dtype=np.int64)
    stratum_part[own_stratum] = experiment * sizes[1] + profile
    order = np.argsort(stratum_part, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    keys = np.zeros(sizes[:3], dtype=np.int64)
    keys[experiment, profile, arm] = key[rows]
    labs = np.zeros(sizes[0], dtype=np.int64)
    labs[experiment] = lab[rows]
    arm_of_atom = local_of_atom = None
    locals_ = sizes[2]
    if has_clusters:
        locals_ += int(cluster.max()) + 1
        arm_of_atom = np.zeros((sizes[0], sizes[3], sizes[2]))
        arm_of_atom[experiment, atom, arm] = 1.0
        local_of_atom = np.zeros((sizes[0], sizes[3], locals_))
        local_of_atom[experiment, atom, arm] = 1.0
        local_of_atom[experiment, atom, sizes[2] + cluster] = 1.0
    return Block(
        rows,
        cells.count[rows],
        cells.nobs[rows],
        rank[own_stratum] * sizes[3] + atom,
        stratum_part[order],
        labs,
        keys,
        (*sizes, locals_),
        arm_of_atom,
        local_of_atom,
        float(cells.experiment_bias[cells.experiment[rows[0]]]),
    )


def _number_within(group: Codes, codes: Codes) -> Codes:
    """Return codes that count from 0 within each group."""
    joint = pair(group, codes)
    unique, place = np.unique(joint, return_inverse=True)
    first = unique // (codes.max(initial=0) + 1)
    starts = np.searchsorted(first, np.arange(first.max(initial=0) + 1))
    return (np.arange(unique.size) - starts[first])[place.ravel()]


def _recode(codes: Codes) -> Codes:
    return np.unique(codes, return_inverse=True)[1].ravel()
