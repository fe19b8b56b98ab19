"""How variants are connected by the experiments that held them, as records."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analysis.pooled.record import PairRecord, Step
from analysis.stats.pooled.connected import Connection, find_chain
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

    def list_pairs(
        self, profiles: Collection[int], one: int, others: Iterable[int]
    ) -> tuple[PairRecord, ...]:
        """Return how a variant is connected with others: in some profiles, else over all."""
        own = np.isin(self.cells.profile, list(profiles))
        everywhere = np.full(self.cells.size, True)
        met = [(rows, self._find_met(rows)) for rows in (own, everywhere)]
        found = []
        for other in others:
            pairs = (self._follow(*held, one, other) for held in met)
            pair = next((each for each in pairs if each), None)
            found.append(pair or PairRecord(one, other, Connection.NONE.value))
        # What was held side by side among other people only is no direct comparison.
        return tuple(self._judge(pair, met[0][1]) for pair in found)

    def _judge(self, pair: PairRecord, met: Array) -> PairRecord:
        is_known = pair.one in self.code and pair.other in self.code
        is_direct = is_known and met[self.code[pair.one], self.code[pair.other]]
        return replace(pair, connection=Connection.DIRECT.value) if is_direct else pair

    def _find_met(self, rows: NDArray[np.bool_]) -> Array:
        """Return which variants met in one stratum of some cells, by their codes."""
        marks = np.zeros((self.stratum.max(initial=-1) + 1, len(self.cells.variants)))
        marks[self.stratum[rows], self.cells.variant[rows]] = 1.0
        met = marks.T @ marks > 0
        np.fill_diagonal(met, False)
        return met

    def _follow(
        self, rows: NDArray[np.bool_], met: Array, one: int, other: int
    ) -> PairRecord | None:
        if one not in self.code or other not in self.code:
            return None
        chain = find_chain(met, self.code[one], self.code[other])
        if not chain:
            return None
        steps = tuple(
            Step(self._find_experiment(rows, *two), *(self.number[code] for code in two))
            for two in pairwise(chain)
        )
        return PairRecord(one, other, Connection.CHAIN.value, steps)

    def _find_experiment(self, rows: NDArray[np.bool_], one: int, other: int) -> str:
        """Return the experiment that held two variants side by side among most people."""
        size = self.stratum.max() + 1
        people = [
            np.bincount(self.stratum[held], self.cells.nobs[held], minlength=size)
            for held in (rows & (self.cells.variant == code) for code in (one, other))
        ]
        stratum = int(np.argmax(np.minimum(*people)))
        experiment = self.cells.experiment[self.stratum == stratum][0]
        return self.cells.experiments[experiment]
