"""Allowing for many comparisons at once."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def adjust_holm(pvalues: ArrayLike, family_size: int | None = None) -> Array:
    """Return Holm's step-down adjusted p-values of one family, in the order given.

    pvalues: one dimension, NaN where a test is not defined (stays NaN). family_size: how many
    comparisons the family holds, at least as many as there are known p-values; by default all
    of `pvalues`, also the undefined ones. Source: Holm 1979, Scand J Stat 6:65; equals R's
    `p.adjust(p, "holm", n = family_size)`. (statsmodels' `multipletests` gives the same, but makes
    Python collect its garbage on each call.)
    """
    values = np.asarray(pvalues, dtype=float)
    known = np.argsort(values, kind="stable")[: np.count_nonzero(~np.isnan(values))]
    size = values.size if family_size is None else family_size
    if size < known.size:
        raise ValueError(f"A family of {size} cannot hold {known.size} comparisons.")
    steps = np.maximum(size - np.arange(known.size), 1)
    adjusted = np.full(values.shape, np.nan)
    adjusted[known] = np.minimum(np.maximum.accumulate(steps * values[known]), 1.0)
    return adjusted


def simultaneous_level(confidence_level: float, family_size: int) -> float:
    """Return the level at which each interval holds so that all of a family hold together.

    By Bonferroni: 1 - (1 - level) / size; the level itself for a family of one or none.
    """
    return 1 - (1 - confidence_level) / max(family_size, 1)
