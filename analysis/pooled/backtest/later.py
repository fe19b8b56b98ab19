"""What later experiments showed: the advised variant against the others, per profile."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from analysis.evidence_names import VariantKey, key_of
from analysis.pooled.record import Interval
from analysis.stats.clusters import ClusterRows, compare_clusters
from analysis.stats.foresight import LaterCells
from analysis.stats.pooled.data import CellRow
from analysis.stats.proportions import compare_newcombe
from analysis.stats.stratified import estimate_mantel_haenszel

# Half of a 95 % interval is this many standard errors.
HALF_WIDTH = 1.959964
TIE = 1e-12


@dataclass(frozen=True, slots=True)
class LaterPart:
    """The cells of one experiment in one profile, by variant."""

    experiment: str
    living_lab: str
    profile: str
    cells: Mapping[VariantKey, tuple[CellRow, ...]]

    @property
    def people(self) -> int:
        """Return how many people there are in all variants."""
        return sum(row.nobs for rows in self.cells.values() for row in rows)

    def list_others(self, advised: VariantKey) -> list[VariantKey]:
        """Return the variants that share a wave with the advised one."""
        if advised not in self.cells:
            return []
        waves = {row.wave for row in self.cells[advised]}
        return [
            key
            for key, rows in self.cells.items()
            if key != advised and any(row.wave in waves for row in rows)
        ]

    def pair(self, one: VariantKey, other: VariantKey) -> LaterCells:
        """Return the cells of two variants."""
        rows = [*self.cells[one], *self.cells[other]]
        waves = {name: code for code, name in enumerate(sorted({row.wave for row in rows}))}
        first = np.arange(len(rows)) < len(self.cells[one])
        nobs, count = np.array([(row.nobs, row.count) for row in rows], dtype=float).T
        return LaterCells(np.array([waves[row.wave] for row in rows]), first, nobs, count)

    def is_clustered(self, one: VariantKey, other: VariantKey) -> bool:
        """Tell whether people were assigned together in one of two variants."""
        return any(row.cluster for key in (one, other) for row in self.cells[key])


@dataclass(frozen=True, slots=True)
class Seen:
    """A difference as it was observed, with its interval where there is one."""

    difference: float
    interval: Interval | None
    std_error: float

    @property
    def ahead(self) -> float:
        """Return 1 when the first was ahead, 0 when it was behind, 0.5 for a tie."""
        return 0.5 if abs(self.difference) < TIE else float(self.difference > 0)


def list_parts(rows: Iterable[CellRow], asked: Iterable[str]) -> list[LaterPart]:
    """Return the cells that were counted by experiment and profile, of the profiles asked for."""
    asked = set(asked)
    held: dict[tuple, dict[VariantKey, list[CellRow]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.profile in asked and row.nobs:
            key = row.experiment, row.living_lab, row.profile
            held[key][key_of(row.channel, row.style)].append(row)
    return [
        LaterPart(*key, {variant: tuple(one) for variant, one in cells.items()})
        for key, cells in held.items()
    ]


def observe(part: LaterPart, one: VariantKey, other: VariantKey) -> Seen:
    """Return the difference between two variants within waves, with an interval of 95 %."""
    cells = part.pair(one, other)
    sums = list(_sum_waves(cells))
    count1, nobs1, count2, nobs2 = np.array(sums).T
    found = estimate_mantel_haenszel(count1, nobs1, count2, nobs2)
    difference = float(found.difference[0])
    error = float(
        np.sqrt(sum(_vary(found, side) for side in ("1", "2")))
        if np.isnan(found.std_error[0])
        else found.std_error[0]
    )
    if part.is_clustered(one, other):
        clustered = compare_clusters(_write_clusters(part, one, other), 0, 1)
        interval = clustered and clustered.limits(0.95)
        return Seen(difference, interval, clustered.std_error if clustered else error)
    if len(sums) == 1:
        lower, upper = compare_newcombe(*sums[0])
        return Seen(difference, (float(lower), float(upper)), error)
    half = HALF_WIDTH * error
    return Seen(difference, (difference - half, difference + half), error)


def _sum_waves(cells: LaterCells) -> Iterator[tuple[float, float, float, float]]:
    """Return responses and people of both sides, for each wave that holds both."""
    for wave in np.unique(cells.wave).tolist():
        sides = [(cells.wave == wave) & (cells.is_first == own) for own in (True, False)]
        sums = [float(column[side].sum()) for side in sides for column in (cells.count, cells.nobs)]
        if sums[1] and sums[3]:
            yield tuple(sums)


def _vary(found, side: str) -> float:
    """Return the variance of a share of which nobody or everybody responded, kept above 0."""
    count, nobs = (float(getattr(found, name + side)[0]) for name in ("count", "nobs"))
    share = (count + 0.5) / (nobs + 1)
    return share * (1 - share) / nobs


def _write_clusters(part: LaterPart, one: VariantKey, other: VariantKey) -> ClusterRows:
    rows = [(side, row) for side, key in enumerate((one, other)) for row in part.cells[key]]
    wave = _code([row.wave for _side, row in rows])
    # A cluster is one within its wave.
    cluster = _code([f"{row.wave}|{row.cluster}" for _side, row in rows])
    return ClusterRows(
        block=wave,
        stratum=wave,
        variant=np.array([side for side, _row in rows]),
        cluster=cluster,
        count=np.array([row.count for _side, row in rows], dtype=float),
        nobs=np.array([row.nobs for _side, row in rows], dtype=float),
    )


def _code(names: list[str]) -> np.ndarray:
    return np.unique(np.array(names, dtype=str), return_inverse=True)[1].ravel()
