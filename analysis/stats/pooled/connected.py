"""Which variants can be compared: directly, through a chain of experiments, or not at all."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.stats.pooled.data import Array, Codes, PooledCells, Variant


class Connection(StrEnum):
    """How two variants are compared in one profile."""

    DIRECT = "direct"
    CHAIN = "chain"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Path:
    """A chain of comparisons between two variants: (experiment, from, to) codes, in order."""

    steps: tuple[tuple[int, int, int], ...]


def find_parts(cells: PooledCells, stratum: Codes, variants: tuple[Variant, ...]) -> Codes:
    """Return for each variant the part within which it can be compared, -1 where there is none.

    Two variants are in one part when channel and style effects, added, tell their difference:
    their columns differ by nothing that is constant within every stratum. The part of most people
    is 0. variants: those to place, tried or not.
    """
    columns, variant_columns = mark_levels(cells, variants)
    held = columns[cells.variant]
    size = np.bincount(stratum)
    means = np.zeros((size.size, held.shape[1]))
    np.add.at(means, stratum, held)
    centred = held - (means / size[:, None])[stratum]
    values, vectors = np.linalg.eigh(centred.T @ centred)
    free = vectors[:, values <= 1e-9 * max(values.max(initial=0.0), 1.0)]
    loose = np.round(variant_columns @ free, 6) + 0.0
    _unique, part = np.unique(loose, axis=0, return_inverse=True)
    return _order_parts(part.ravel(), cells, variants)


def mark_levels(cells: PooledCells, variants: tuple[Variant, ...]) -> tuple[Array, Array]:
    """Return indicator columns of channels and style values, (variants, levels) each: of the
    variants that the cells name and of others."""
    both = [*cells.variants, *variants]
    names = [{("channel", one.channel)} | set(enumerate(one.values)) for one in both]
    listed = sorted({name for held in names for name in held}, key=str)
    marks = np.array([[float(name in held) for name in listed] for held in names])
    return marks[: len(cells.variants)], marks[len(cells.variants) :]


def _order_parts(part: Codes, cells: PooledCells, variants: tuple[Variant, ...]) -> Codes:
    people = np.bincount(cells.variant, cells.nobs, minlength=len(cells.variants))
    by_variant = dict(zip(cells.variants, people, strict=True))
    weight = np.bincount(part, [by_variant.get(one, 0.0) for one in variants])
    rank = np.empty(weight.size, dtype=np.int64)
    rank[np.argsort(-weight, kind="stable")] = np.arange(weight.size)
    return rank[part]


def find_direct_pairs(cells: PooledCells, stratum: Codes, profile: int | None = None) -> Array:
    """Return which variants met in one stratum, of one profile or of any: (variants, variants)."""
    rows = slice(None) if profile is None else cells.profile == profile
    marks = np.zeros((stratum.max(initial=-1) + 1, len(cells.variants)), dtype=bool)
    marks[stratum[rows], cells.variant[rows]] = True
    met = marks.T.astype(float) @ marks.astype(float) > 0
    np.fill_diagonal(met, False)
    return met


def check_connection(met: Array, one: int, other: int) -> Connection:
    """Return how two variants are connected, given which pairs met."""
    if met[one, other]:
        return Connection.DIRECT
    return Connection.CHAIN if find_chain(met, one, other) else Connection.NONE


def find_chain(met: Array, one: int, other: int) -> tuple[int, ...]:
    """Return the shortest chain of variants from one to another, empty when there is none."""
    before = {one: one}
    reached = [one]
    for here in reached:
        for there in np.flatnonzero(met[here]).tolist():
            if there not in before:
                before[there] = here
                reached.append(there)
    if other not in before or one == other:
        return ()
    chain = [other]
    while chain[-1] != one:
        chain.append(before[chain[-1]])
    return tuple(reversed(chain))
