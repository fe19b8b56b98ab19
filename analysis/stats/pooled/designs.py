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
    design = find_designs(cells)
    level, experiments = np.unique(
        np.unique(np.column_stack([design, cells.variant, cells.experiment]), axis=0)[:, :2],
        axis=0,
        return_counts=True,
    )
    keys = np.unique(np.column_stack([design, cells.variant, cells.profile]), axis=0)
    is_repeated = experiments > 1
    return DesignCount(
        len(level), float(is_repeated.mean()), count_freedom(level[is_repeated]), len(keys)
    )


def count_freedom(level: Codes) -> int:
    """Return how many contrasts tell designs apart, given their (design, variant) pairs.

    They are the contrasts within designs less those between variants that designs span.
    """
    if not len(level):
        return 0
    _designs, design = np.unique(level[:, 0], return_inverse=True)
    _variants, variant = np.unique(level[:, 1], return_inverse=True)
    marks = np.eye(variant.max() + 1)[variant.ravel()]
    sizes = np.bincount(design.ravel())
    means = np.zeros((sizes.size, marks.shape[1]))
    np.add.at(means, design.ravel(), marks)
    centred = marks - (means / sizes[:, None])[design.ravel()]
    spanned = int(np.linalg.matrix_rank(centred.T @ centred))
    return int((sizes - 1).sum()) - spanned
