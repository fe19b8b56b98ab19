"""The columns of the model: what a key of profile × variant has in common with the others."""

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from analysis.stats.pooled.data import Array, Codes, PooledCells, Variant
from analysis.stats.pooled.designs import find_designs
from analysis.stats.pooled.terms import COMMON, MAIN, OF_LAB, Term, TermChoice

# Combinations that nobody tried are predicted only as long as they can be looked over.
MOST_COMBINATIONS = 300


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Columns of a design: (rows, columns), the term of each column, and its levels elsewhere.

    unseen: per term the levels that no cell holds, (rows, levels): they follow the prior.
    """

    values: Array
    terms: tuple[Term, ...]
    unseen: dict[Term, Array]

    def scale(self, sd: dict[Term, float]) -> Array:
        """Return the standard deviation of each column."""
        return np.array([sd[term] for term in self.terms], dtype=float)

    def take(self, rows: Codes) -> Array:
        """Return the values in some rows."""
        return self.values[rows]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Every profile × variant that can be predicted, and the columns of the model there.

    variants: those that were tried first, in their own order, then those that were not.
    common, of_lab: rows are profile × variant. key: places in the grid of what cells hold; where
    designs have effects of their own, once for each design. of_design: rows are keys.
    """

    profiles: tuple[str, ...]
    variants: tuple[Variant, ...]
    common: Columns
    of_lab: Columns
    of_design: Columns
    key: Codes

    @property
    def shape(self) -> tuple[int, int]:
        """How many profiles and variants there are."""
        return len(self.profiles), len(self.variants)


def lay_out_grid(cells: PooledCells, terms: TermChoice) -> tuple[Grid, Codes]:
    """Return the grid of the used cells, and for each cell its place among the keys."""
    variants, place = list_variants(cells)
    on_grid = cells.profile * len(variants) + place[cells.variant]
    level = _number_levels(cells) if terms.keeps(Term.DESIGN_VARIANT) else np.zeros_like(on_grid)
    levels_in_all = int(level.max(initial=0)) + 1
    joint, cell_key = np.unique(on_grid * levels_in_all + level, return_inverse=True)
    key, level = np.divmod(joint, levels_in_all)
    levels = _grid_levels(len(cells.profiles), variants)
    common = _make_columns(levels, [t for t in (*MAIN, *COMMON) if terms.keeps(t)], key)
    of_lab = _make_columns(levels, [t for t in OF_LAB if terms.keeps(t)], key)
    of_design = Columns(np.zeros((key.size, 0)), (), {})
    if levels_in_all > 1:
        names = (Term.DESIGN_VARIANT,) * levels_in_all
        of_design = Columns(np.eye(levels_in_all)[level], names, {})
    return Grid(cells.profiles, variants, common, of_lab, of_design, key), cell_key.ravel()


def _number_levels(cells: PooledCells) -> Codes:
    """Return the design × variant of each cell, counted from 0."""
    return _join(find_designs(cells), cells.variant)


def list_variants(cells: PooledCells) -> tuple[tuple[Variant, ...], Codes]:
    """Return the variants that can be predicted, and the place there of each variant tried.

    They are all combinations of the channels and style values in the cells, if not too many.
    """
    tried = [cells.variants[code] for code in np.unique(cells.variant)]
    channels = sorted({one.channel for one in tried})
    values = [sorted(set(column)) for column in zip(*(one.values for one in tried), strict=True)]
    count = len(channels) * int(np.prod([len(column) for column in values]))
    found = list(tried)
    if count <= MOST_COMBINATIONS:
        found = [Variant(one, held) for one in channels for held in product(*values)]
    at = {variant: place for place, variant in enumerate(found)}
    return tuple(found), np.array([at.get(one, -1) for one in cells.variants], dtype=np.int64)


def _grid_levels(profiles: int, variants: tuple[Variant, ...]) -> dict[Term, list[Codes]]:
    """Return per term its sets of level codes on the grid; a term of styles has one per axis."""
    channel = _code([one.channel for one in variants])
    axes = [_code(list(column)) for column in zip(*(one.values for one in variants), strict=True)]
    parts = [channel, *axes]
    whole = np.arange(len(variants))
    mixed = [_join(one, other) for one, other in combinations(parts, 2)] if len(axes) > 1 else []
    profile = np.repeat(np.arange(profiles), len(variants))

    def everywhere(codes: Codes) -> Codes:
        return np.tile(codes, profiles)

    def by_profile(codes: Codes) -> Codes:
        return _join(profile, everywhere(codes))

    return {
        Term.CHANNEL: [everywhere(channel)],
        Term.STYLE: [everywhere(one) for one in axes],
        Term.CHANNEL_STYLE: [everywhere(one) for one in mixed or [whole]],
        Term.PROFILE_CHANNEL: [by_profile(channel)],
        Term.PROFILE_STYLE: [by_profile(one) for one in axes],
        Term.PROFILE_CHANNEL_STYLE: [by_profile(whole)],
        Term.LAB_CHANNEL: [everywhere(channel)],
        Term.LAB_STYLE: [everywhere(one) for one in axes],
        Term.LAB_PROFILE_CHANNEL: [by_profile(channel)],
    }


def _make_columns(levels: dict[Term, list[Codes]], terms: list[Term], key: Codes) -> Columns:
    blocks, names, unseen = [], [], {}
    rows = next(iter(levels.values()))[0].size
    for term in terms:
        for codes in levels[term]:
            seen = np.isin(np.arange(codes.max() + 1), codes[key])
            marks = np.eye(codes.max() + 1)[codes]
            held = marks[:, seen]
            if term in MAIN:
                held = held @ _contrasts(held.shape[1])
            if not seen.all():
                unseen[term] = np.hstack(
                    [*([unseen[term]] if term in unseen else []), marks[:, ~seen]]
                )
            blocks.append(held)
            names += [term] * held.shape[1]
    values = np.hstack(blocks) if blocks else np.zeros((rows, 0))
    return Columns(values, tuple(names), unseen)


def _contrasts(levels: int) -> Array:
    """Return orthonormal contrasts of some levels, (levels, levels - 1)."""
    centred = np.eye(levels) - 1.0 / levels
    return np.linalg.svd(centred)[0][:, : levels - 1]


def _join(one: Codes, other: Codes) -> Codes:
    return _code_array(one * (other.max(initial=0) + 1) + other)


def _code_array(codes: Codes) -> Codes:
    return np.unique(codes, return_inverse=True)[1].ravel()


def _code(names: list[str]) -> Codes:
    return np.unique(np.array(names, dtype=object).astype(str), return_inverse=True)[1].ravel()
