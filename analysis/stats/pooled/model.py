"""The pooled model on given cells: its terms, its columns and its blocks of experiments."""

from dataclasses import dataclass

import numpy as np

from analysis.stats.pooled.data import Array, Codes, PooledCells
from analysis.stats.pooled.design import Grid, lay_out_grid
from analysis.stats.pooled.layout import Block, find_used, lay_out_blocks
from analysis.stats.pooled.terms import OF_LAB, Term, TermChoice, choose_terms, count_within


@dataclass(frozen=True, slots=True, eq=False)
class PooledModel:
    """What a fit needs to know, whatever the standard deviations.

    cells: those used. stratum: (cells,) their experiment × profile × wave. labs: groups with
    effects of their own, 1 when no term is of labs. freedom: contrasts less main effects.
    """

    cells: PooledCells
    stratum: Codes
    terms: TermChoice
    grid: Grid
    blocks: list[Block]
    labs: int

    @property
    def key_common(self) -> Array:
        """Columns of the common effects at the keys, (keys, columns)."""
        return np.hstack([self.grid.common.values[self.grid.key], self.grid.of_design.values])

    @property
    def common_terms(self) -> tuple[Term, ...]:
        """The term of each column of the common effects."""
        return self.grid.common.terms + self.grid.of_design.terms

    @property
    def key_of_lab(self) -> Array:
        """Columns of the lab effects at the keys, (keys, columns)."""
        return self.grid.of_lab.values[self.grid.key]

    @property
    def has_own_effects(self) -> bool:
        """Whether each key has an effect of its own, in the last of the common columns."""
        is_last = not self.terms.keeps(Term.DESIGN_VARIANT)
        return is_last and self.terms.keeps(Term.PROFILE_CHANNEL_STYLE)

    def local_scale(self, block: Block, sd: dict[Term, float]) -> Array:
        """Return the standard deviation of each local effect of a block, its bias included.

        Two normal deviations of one variant are one: that of the experiment and the bias.
        """
        arms, locals_ = block.shape[2], block.shape[4]
        scale = np.full(locals_, sd.get(Term.CLUSTER, 0.0))
        scale[:arms] = np.hypot(sd.get(Term.EXPERIMENT_VARIANT, 0.0), block.bias)
        return scale


class NothingToCompareError(ValueError):
    """No experiment, profile and wave holds two cells with some response and some without."""


def build_model(cells: PooledCells) -> PooledModel:
    """Return the model of the cells that carry a comparison.

    Raises NothingToCompareError when there are none.
    """
    used = find_used(cells)
    held = cells.select(used.rows)
    if not held.size or not _has_contrast(held, used.stratum):
        raise NothingToCompareError
    terms = choose_terms(held, used.stratum)
    grid, key = lay_out_grid(held, terms)
    has_labs = any(terms.keeps(term) for term in OF_LAB)
    lab = np.unique(held.lab, return_inverse=True)[1].ravel() * has_labs
    blocks = lay_out_blocks(held, used.stratum, key, lab, terms.keeps(Term.CLUSTER))
    return PooledModel(held, used.stratum, terms, grid, blocks, int(lab.max()) + 1)


def _has_contrast(cells: PooledCells, stratum: Codes) -> bool:
    return bool((count_within(stratum, cells.variant) > 1).any())
