"""Pairs, strata and rates of many experiments laid out as columns, to be computed in one pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.stats.cells import Direction, ExperimentDesign, Family
from analysis.stats.multiplicity import simultaneous_level
from analysis.stats.rates import RatePairs
from analysis.stats.tables import CountTable

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


class StrataRows(NamedTuple):
    """One entry per stratum and pair: both sides' counts, and the pair (row) they belong to."""

    count1: Array
    nobs1: Array
    count2: Array
    nobs2: Array
    row: Codes


@dataclass(frozen=True, slots=True, eq=False)
class PairLayout:
    """The pairs of one experiment: a block of rows per profile, then one for everyone.

    Row `first + block * pairs + pair` compares variant `variant[pair]` with `reference[pair]` in
    profile `block` (the last block is everyone). `count`, `nobs`: (blocks, variants).
    `family_size`: per block.
    """

    table: CountTable
    first: int
    first_rate: int
    variant: Codes
    reference: Codes
    count: Array
    nobs: Array
    family_size: tuple[int, ...]

    @property
    def pairs(self) -> int:
        """How many pairs each block holds."""
        return self.variant.size

    @property
    def blocks(self) -> int:
        """How many profiles are reported, and one for everyone."""
        return self.count.shape[0]

    @property
    def design(self) -> ExperimentDesign:
        """The design of the experiment."""
        return self.table.design

    def rows(self, block: int) -> slice:
        """Return the rows of one block."""
        start = self.first + block * self.pairs
        return slice(start, start + self.pairs)

    def families(self) -> list[tuple[slice, int]]:
        """Return each family's rows and size; the last one is that of everyone."""
        last = self.blocks - 1
        of_total = (self.rows(last), self.family_size[last])
        if self.design.family == Family.WITHIN_PROFILE:
            return [(self.rows(one), self.family_size[one]) for one in range(last)] + [of_total]
        return [(slice(self.first, self.rows(last).start), self.family_size[0]), of_total]


def lay_out_pairs(tables: Sequence[CountTable]) -> list[PairLayout]:
    """Return where the pairs of each experiment stand in the columns."""
    layouts, first, first_rate = [], 0, 0
    for table in tables:
        layout = _lay_out(table, first, first_rate)
        layouts.append(layout)
        first += layout.blocks * layout.pairs
        first_rate += layout.count.size
    return layouts


def list_pairs(design: ExperimentDesign) -> tuple[Codes, Codes]:
    """Return variants and references: each variant with the control, or all pairs without one."""
    if design.control is None:
        variant, reference = np.triu_indices(design.variant_count, 1)
        return variant, reference
    variant = np.delete(np.arange(design.variant_count), design.control)
    return variant, np.full(variant.size, design.control)


def gather_pairs(layouts: Sequence[PairLayout]) -> RatePairs:
    """Return the columns of all pairs of all experiments."""
    sides = [_take_sides(one.count, one.nobs, one) for one in layouts]
    columns = [np.concatenate(parts) for parts in zip(*sides, strict=True)]
    sizes = [one.blocks * one.pairs for one in layouts]
    level = np.repeat([one.design.confidence_level for one in layouts], sizes)
    is_newcombe = np.repeat([one.design.difference_method == "newcombe" for one in layouts], sizes)
    simultaneous = [
        simultaneous_level(one.design.confidence_level, size)
        for one in layouts
        for size in one.family_size
        for _ in range(one.pairs)
    ]
    return RatePairs(*columns, level, np.array(simultaneous), is_newcombe)


def gather_strata(layouts: Sequence[PairLayout]) -> StrataRows:
    """Return every stratum: for everyone profile × wave, for a profile its waves if several."""
    parts = []
    for layout in layouts:
        count, nobs = layout.table.count, layout.table.nobs
        blocks = [(layout.blocks - 1, _flat(count), _flat(nobs))]
        if len(layout.table.waves) > 1:
            blocks += [(block, count[block], nobs[block]) for block in range(layout.blocks - 1)]
        for block, held_count, held_nobs in blocks:
            row = np.arange(layout.rows(block).start, layout.rows(block).stop)
            sides = _take_sides(held_count, held_nobs, layout)
            parts.append((*sides, np.tile(row, held_count.shape[0])))
    return StrataRows(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


class Facts(NamedTuple):
    """Per row: the smallest difference that matters, and whether lower is better."""

    margin: Array
    is_lower_better: NDArray[np.bool_]


def gather_facts(layouts: Sequence[PairLayout]) -> Facts:
    """Return the facts of the designs that judging a pair needs, per row."""
    sizes = [one.blocks * one.pairs for one in layouts]
    margin = np.repeat([one.design.margin for one in layouts], sizes)
    lower = [one.design.direction == Direction.LOWER for one in layouts]
    return Facts(margin.astype(float), np.repeat(np.array(lower, dtype=bool), sizes))


def _lay_out(table: CountTable, first: int, first_rate: int) -> PairLayout:
    variant, reference = list_pairs(table.design)
    count, nobs = _sum_blocks(table.count, table.listed), _sum_blocks(table.nobs, table.listed)
    is_held = (nobs[:, variant] > 0) & (nobs[:, reference] > 0)
    held = is_held.sum(axis=1)
    if table.design.family == Family.ALL_PROFILES:
        held[:-1] = held[:-1].sum()
    sizes = tuple(held.tolist())
    return PairLayout(table, first, first_rate, variant, reference, count, nobs, sizes)


def _sum_blocks(values: Array, listed: int) -> Array:
    by_profile = values.sum(axis=1)
    return np.vstack([by_profile[:listed], by_profile.sum(axis=0)])


def _flat(values: Array) -> Array:
    return values.reshape(-1, values.shape[-1])


def _take_sides(count: Array, nobs: Array, layout: PairLayout) -> tuple[Array, ...]:
    sides = (layout.variant, layout.reference)
    return tuple(values[:, side].ravel() for side in sides for values in (count, nobs))
