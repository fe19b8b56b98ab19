"""What holds of two variants however often somebody looks: limits, and evidence."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analysis.pooled.record import Interval
from analysis.stats.pooled.data import Array, Codes, PooledCells, Variant
from analysis.stats.pooled.evalues import find_evidence
from analysis.stats.pooled.sequence import find_sequence_limits

# More evidence than this is no more convincing, and is not kept.
MOST_EVIDENCE = 1_000_000.0


class AtAnyTime(NamedTuple):
    """Limits of a difference of shares, and evidence that there is one; None where unknown."""

    limits: Interval | None = None
    evalue: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """All that was counted, in order of time: also where nobody responded, which tells too.

    stratum: (cells,) experiment × profile × wave, by time. is_weighable: (cells,) whether chance
    divided people in the experiment, and it is known when it was over. code: by the number of a
    variant its code in the cells.
    """

    cells: PooledCells
    stratum: Codes
    is_weighable: Array
    code: dict[int, int]

    @classmethod
    def of(
        cls, cells: PooledCells, place: Mapping[Variant, int], in_time: Sequence[str]
    ) -> "Looks":
        """Return what was counted by lottery; in_time: as in the design.

        Limits and evidence at any time know of no bias, so nothing else may be in them.
        """
        is_biased = cells.experiment_bias[cells.experiment] > 0
        cells = cells.select((cells.nobs > 0) & ~is_biased)
        turn = {name: at for at, name in enumerate(in_time)}
        rank = np.array([turn.get(one, len(turn)) for one in cells.experiments], dtype=np.int64)
        own = rank[cells.experiment]
        keys = np.c_[own, cells.experiment, cells.wave, cells.profile]
        stratum = np.unique(keys, axis=0, return_inverse=True)[1].ravel()
        code = {place[one]: at for at, one in enumerate(cells.variants) if one in place}
        return cls(cells, stratum, own < len(turn), code)

    def read(self, profiles: Collection[int], one: int, other: int, tried: int) -> AtAnyTime:
        """Return what holds of one variant less another, from strata that hold both.

        tried: of how many variants the two were chosen after seeing the counts. Both take people
        for independent, so there is nothing where people were assigned in clusters.
        """
        cells = self.cells
        in_profiles = np.isin(cells.profile, list(profiles))
        held = [in_profiles & (cells.variant == self.code.get(each, -1)) for each in (one, other)]
        if (cells.cluster[held[0] | held[1]] >= 0).any():
            return AtAnyTime()
        size = self.stratum.max(initial=-1) + 1
        count, nobs = (
            np.column_stack(
                [np.bincount(self.stratum[rows], numbers[rows], minlength=size) for rows in held]
            )
            for numbers in (cells.count, cells.nobs)
        )
        both = np.flatnonzero((nobs > 0).all(axis=1))
        if not both.size:
            return AtAnyTime()
        found = find_sequence_limits(count[both], nobs[both])
        is_weighable = np.isin(both, self.stratum[self.is_weighable]).all()
        evalue = _weigh(count[both], nobs[both], tried) if is_weighable else None
        return AtAnyTime((found.lower, found.upper), evalue)


def _weigh(count: Array, nobs: Array, tried: int) -> float:
    """Return the evidence that two rates differ, shared among all pairs that could be chosen."""
    found = find_evidence(count, nobs, np.arange(len(count)))
    pairs = max(tried * (tried - 1) // 2, 1)
    return float(np.exp(min(found.log_evalue[-1] - np.log(pairs), np.log(MOST_EVIDENCE))))
