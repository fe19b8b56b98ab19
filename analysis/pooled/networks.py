"""How variants are connected by the experiments that held them, as records."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analysis.pooled.record import PairRecord, Step
from analysis.stats.pooled.connected import Connection, find_chain, find_direct_pairs
from analysis.stats.pooled.data import Array, Codes, PooledCells, Variant
from analysis.stats.pooled.layout import find_used


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """The cells that carry a comparison; variants are named by their places in the estimate.

    stratum: (cells,) experiment × profile × wave. number: per variant of the cells its place in
    the estimate; code: the reverse.
    """

    cells: PooledCells
    stratum: Codes
    number: dict[int, int]
    code: dict[int, int]

    @classmethod
    def of(cls, cells: PooledCells, place: dict[Variant, int]) -> "Network":
        """Return the network of cells; place: the number of each variant in the estimate."""
        used = find_used(cells)
        number = {code: place[one] for code, one in enumerate(cells.variants) if one in place}
        code = {place: code for code, place in number.items()}
        return cls(cells.select(used.rows), used.stratum, number, code)

    def list_pairs(self, profile: int, one: int, others: Iterable[int]) -> tuple[PairRecord, ...]:
        """Return how a variant is connected with others: in a profile, else over all of them."""
        own = find_direct_pairs(self.cells, self.stratum, profile)
        everywhere = find_direct_pairs(self.cells, self.stratum)
        found = []
        for other in others:
            pair = self._follow(own, profile, one, other)
            found.append(pair or self._follow(everywhere, None, one, other) or _apart(one, other))
        return tuple(found)

    def _follow(self, met: Array, profile: int | None, one: int, other: int) -> PairRecord | None:
        if one not in self.code or other not in self.code:
            return None
        chain = find_chain(met, self.code[one], self.code[other])
        if not chain:
            return None
        # What was held side by side among other people only is no direct comparison.
        is_direct = len(chain) == 2 and profile is not None
        return PairRecord(
            one,
            other,
            (Connection.DIRECT if is_direct else Connection.CHAIN).value,
            tuple(
                Step(self._find_experiment(profile, *two), *(self.number[code] for code in two))
                for two in pairwise(chain)
            ),
        )

    def _find_experiment(self, profile: int | None, one: int, other: int) -> str:
        """Return the experiment that held two variants side by side among most people."""
        rows = np.full(self.cells.size, True) if profile is None else self.cells.profile == profile
        size = self.stratum.max() + 1
        people = [
            np.bincount(self.stratum[held], self.cells.nobs[held], minlength=size)
            for held in (rows & (self.cells.variant == code) for code in (one, other))
        ]
        stratum = int(np.argmax(np.minimum(*people)))
        experiment = self.cells.experiment[self.stratum == stratum][0]
        return self.cells.experiments[experiment]


def _apart(one: int, other: int) -> PairRecord:
    return PairRecord(one, other, Connection.NONE.value)
