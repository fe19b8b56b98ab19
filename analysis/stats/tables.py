"""Cells of one experiment laid out as arrays, with one denominator for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.stats.cells import Cell, Denominator, ExperimentDesign, ImpossibleCountsError
from analysis.stats.clusters import ClusterRows

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CountTable:
    """Counts of one experiment: `count` and `nobs` have shape (profiles, waves, variants).

    profiles: keys in order; None, for people of unknown profile, comes last. count_all: `count`
    with the cells that lack a denominator. clusters: the same
    counts per cluster, None unless every cell has one. The other fields feed the warnings.
    """

    design: ExperimentDesign
    denominator: Denominator | None
    profiles: tuple[str | None, ...]
    waves: tuple[str, ...]
    count: Array
    nobs: Array
    count_all: Array
    clusters: ClusterRows | None
    cells_left_out: int
    count_left_out: int
    cells_offered: int
    cells: int
    cells_without_cluster: int

    @property
    def listed(self) -> int:
        """How many profiles are reported apart: all but the unknown, when any is known."""
        return len(self.profiles) - (len(self.profiles) > 1 and self.profiles[-1] is None)


def tabulate(cells: Sequence[Cell], design: ExperimentDesign) -> CountTable:
    """Lay out cells as arrays; cells without the chosen denominator are left out and counted."""
    columns = list(zip(*cells, strict=True)) or [()] * len(Cell._fields)
    offered, reached, numerator = columns[4:]
    denominator = _choose_denominator(offered, reached, design)
    nobs = _numbers(offered if denominator == Denominator.OFFERED else reached)
    count = np.array(numerator, dtype=float)
    has_nobs = ~np.isnan(nobs)
    _check_counts(count, nobs, columns[1], design)
    profiles = _order_profiles(columns[0])
    waves = tuple(sorted(set(columns[2]))) or ("",)
    profile = _positions(columns[0], profiles)
    wave = _positions(columns[2], waves)
    variant = np.array(columns[1], dtype=int)
    at = (profile * len(waves) + wave) * design.variant_count + variant
    shape = (len(profiles), len(waves), design.variant_count)
    missing = columns[3].count(None)
    return CountTable(
        design=design,
        denominator=denominator,
        profiles=profiles,
        waves=waves,
        count=_add(at[has_nobs], count[has_nobs], shape),
        nobs=_add(at[has_nobs], nobs[has_nobs], shape),
        count_all=_add(at, count, shape),
        clusters=None
        if missing or not cells
        else _lay_out_clusters(profile, wave, variant, columns[3], count, nobs),
        cells_left_out=int((~has_nobs).sum()),
        count_left_out=int(count[~has_nobs].sum()),
        cells_offered=len(cells) - offered.count(None),
        cells=len(cells),
        cells_without_cluster=missing,
    )


def _choose_denominator(
    offered: tuple, reached: tuple, design: ExperimentDesign
) -> Denominator | None:
    if design.denominator is not None:
        return design.denominator
    if offered and None not in offered:
        return Denominator.OFFERED
    return Denominator.REACHED if any(one is not None for one in reached) else None


def _numbers(values: tuple) -> Array:
    return np.array([np.nan if one is None else one for one in values], dtype=float)


def _check_counts(count: Array, nobs: Array, variant: tuple, design: ExperimentDesign) -> None:
    if (count < 0).any() or (nobs < 0).any():
        raise ImpossibleCountsError("Counts cannot be negative.")
    if (count > nobs).any():
        raise ImpossibleCountsError("More people have the outcome than could have it.")
    if variant and not 0 <= min(variant) <= max(variant) < design.variant_count:
        raise ImpossibleCountsError("A cell names a variant that the design does not have.")


def _order_profiles(keys: tuple) -> tuple[str | None, ...]:
    found = set(keys)
    known = tuple(sorted(found - {None}))
    return known + (None,) if None in found else known


def _positions(keys: tuple, order: tuple) -> NDArray[np.int64]:
    place = {key: position for position, key in enumerate(order)}
    return np.array([place[key] for key in keys], dtype=int)


def _add(at: NDArray[np.int64], values: Array, shape: tuple[int, ...]) -> Array:
    return np.bincount(at, weights=values, minlength=int(np.prod(shape))).reshape(shape)


def _lay_out_clusters(
    profile: NDArray[np.int64],
    wave: NDArray[np.int64],
    variant: NDArray[np.int64],
    cluster: tuple,
    count: Array,
    nobs: Array,
) -> ClusterRows:
    order = tuple(sorted(set(cluster)))
    stratum = profile * (int(wave.max()) + 1) + wave
    rows = ClusterRows(wave, stratum, variant, _positions(cluster, order), count, nobs)
    return rows.select(~np.isnan(nobs))
