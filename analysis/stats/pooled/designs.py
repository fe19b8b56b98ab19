"""Designs: the sets of variants that experiments compared, and whether they repeat."""

from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import Codes, PooledCells

# Fewer contrasts than these say too little about how much designs differ.
LEAST_FREEDOM = 5
# Where most designs were held once, a design is an experiment.
LEAST_SHARE_REPEATED = 0.5
# Each profile of a design is a key of its own in the dense core, which must stay small.
MOST_KEYS = 600


class DesignCount(NamedTuple):
    """How well designs can be told from experiments.

    levels: design × variant. repeated: the share of them that two experiments held or more.
    freedom: contrasts between repeated designs. keys: profile × design × variant.
    """

    levels: int
    repeated: float
    freedom: int
    keys: int


def find_designs(cells: PooledCells) -> Codes:
    """Return for each cell the design of its experiment, (cells,).

    Two experiments are of one design when their cells hold the same variants, whatever the
    profiles and waves (Higgins et al. 2012).
    """
    _known, experiment = np.unique(cells.experiment, return_inverse=True)
    experiment = experiment.ravel()
    held = np.zeros((experiment.max(initial=-1) + 1, len(cells.variants)), dtype=bool)
    held[experiment, cells.variant] = True
    _sets, design = np.unique(held, axis=0, return_inverse=True)
    return design.ravel()[experiment]


def count_designs(cells: PooledCells) -> DesignCount:
    """Return how well the designs of used cells can be told from their experiments."""
    variants = len(cells.variants)
    level = find_designs(cells) * variants + cells.variant
    arms = np.unique(level * len(cells.experiments) + cells.experiment)
    levels, experiments = np.unique(arms // len(cells.experiments), return_counts=True)
    is_repeated = experiments > 1
    freedom = count_freedom(*np.divmod(levels[is_repeated], variants))
    keys = np.unique(level * len(cells.profiles) + cells.profile).size
    return DesignCount(levels.size, float(is_repeated.mean()), freedom, keys)


def count_freedom(design: Codes, variant: Codes) -> int:
    """Return how many contrasts tell designs apart; design, variant: a pair for each level.

    They are the contrasts within designs less those between variants that designs span.
    """
    return count_contrasts(design, np.arange(design.size)) - count_contrasts(design, variant)


def count_contrasts(group: Codes, code: Codes) -> int:
    """Return how many contrasts between codes are told within groups, given pairs of them.

    That is how many codes there are, less the parts into which groups connect them.
    """
    if not group.size:
        return 0
    part = np.arange(int(code.max()) + 1)
    while True:
        lowest = np.full(int(group.max()) + 1, part.size)
        np.minimum.at(lowest, group, part[code])
        found = part.copy()
        np.minimum.at(found, code, lowest[group])
        if (found == part).all():
            return np.unique(code).size - np.unique(part[code]).size
        part = found
