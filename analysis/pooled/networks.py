"""How variants are connected by the experiments that held them, as records."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from analysis.pooled.record import PairRecord, Step
from analysis.stats.pooled.connected import Connection, Meetings, find_meetings, find_path
from analysis.stats.pooled.data import Codes, PooledCells, Variant
from analysis.stats.pooled.layout import find_used


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """The cells that carry a comparison; variants are named by their places in the estimate.

    stratum: (cells,) experiment × profile × wave. everywhere: which variants met, of any profile.
    number: per variant of the cells its place in the estimate; code: the reverse.
    """

    cells: PooledCells
    stratum: Codes
    everywhere: Meetings
    number: dict[int, int]
    code: dict[int, int]

    @classmethod
    def of(cls, cells: PooledCells, place: dict[Variant, int]) -> "Network":
        """Return the network of cells; place: the number of each variant in the estimate."""
        used = find_used(cells)
        held = cells.select(used.rows)
        number = {code: place[one] for code, one in enumerate(cells.variants) if one in place}
        code = {place: code for code, place in number.items()}
        return cls(held, used.stratum, find_meetings(held, used.stratum), number, code)

    def list_pairs(
        self, profiles: Collection[int], one: int, others: Iterable[int]
    ) -> tuple[PairRecord, ...]:
        """Return how a variant is connected with others: in some profiles, else over all."""
        rows = np.isin(self.cells.profile, list(profiles))
        own = find_meetings(self.cells.select(rows), self.stratum[rows])
        return tuple(self._connect(own, one, other) for other in others)

    def _connect(self, own: Meetings, one: int, other: int) -> PairRecord:
        apart = PairRecord(one, other, Connection.NONE.value)
        if one not in self.code or other not in self.code:
            return apart
        pair = self.code[one], self.code[other]
        path = find_path(own, *pair) or find_path(self.everywhere, *pair)
        if path is None:
            return apart
        # What was held side by side among other people only is no direct comparison.
        is_direct = own.people[pair] > 0
        return replace(
            apart,
            connection=(Connection.DIRECT if is_direct else Connection.CHAIN).value,
            steps=tuple(
                Step(
                    self.cells.experiments[step.experiment],
                    self.number[step.one],
                    self.number[step.other],
                )
                for step in path.steps
            ),
        )
