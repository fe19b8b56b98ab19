"""Differences when streets, bundles or households were assigned as a whole."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from analysis.stats.results import Method

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

# Up to this many clusters in a comparison, robust standard errors are too small.
FEW_CLUSTERS = 20


class ClusterRows(NamedTuple):
    """Counts per cluster: arrays of the same length, one entry per stratum, variant and cluster.

    block: code of the period (wave) within which clusters were assigned. stratum: code of profile
    × wave. variant: index. cluster: code. count, nobs: people with the outcome, people.
    """

    block: Codes
    stratum: Codes
    variant: Codes
    cluster: Codes
    count: Array
    nobs: Array

    def select(self, chosen: NDArray[np.bool_]) -> "ClusterRows":
        """Return the rows where `chosen` is true."""
        return ClusterRows(*(column[chosen] for column in self))


class ClusterDifference(NamedTuple):
    """A difference with a standard error that follows the clusters, and its t distribution."""

    difference: float
    std_error: float
    df: float
    clusters: int
    method: Method

    def limits(self, confidence_level: float) -> tuple[float, float]:
        """Return the two-sided limits at a confidence level, held within [-1, 1]."""
        half = float(stdtrit(self.df, 0.5 + confidence_level / 2)) * self.std_error
        return max(self.difference - half, -1.0), min(self.difference + half, 1.0)

    @property
    def pvalue(self) -> float:
        """Two-sided p-value of no difference."""
        return float(2 * stdtr(self.df, -abs(self.difference) / self.std_error))

    @property
    def probability_above(self) -> float:
        """Probability that the difference is above 0."""
        return float(stdtr(self.df, self.difference / self.std_error))


def compare_clusters(rows: ClusterRows, variant: int, reference: int) -> ClusterDifference | None:
    """Return variant minus reference with the variance between clusters, or None.

    One block, at most 20 clusters, none in both variants: Welch's t-test on the clusters' own
    rates (each cluster counts once; unequal spread and numbers are allowed for, which costs little
    power and keeps the error rate where a pooled test does not). Several strata in the block: the
    rates are first freed of what the strata explain (Hayes and Moulton 2017, two-stage analysis).
    Several blocks, when clusters are few or a block has one cluster on a side: least squares of the
    clusters' rates on block and variant, t with clusters - blocks - 1 degrees of freedom; with one
    cluster per side and block that is the matched-pairs t-test. Else: Mantel and Haenszel's
    difference with a cluster-robust standard error (linearised, with G/(G-1)), t.
    None when nothing varies or too few clusters are left to say how much it varies.
    """
    chosen = (rows.nobs > 0) & ((rows.variant == variant) | (rows.variant == reference))
    rows = _keep_shared_strata(_block_nested_strata(rows.select(chosen)), variant)
    if not rows.nobs.size:
        return None
    is_variant = rows.variant == variant
    clusters = np.unique(rows.cluster).size
    blocks = np.unique(rows.block).size
    is_split = np.intersect1d(rows.cluster[is_variant], rows.cluster[~is_variant]).size > 0
    if not is_split and (clusters <= FEW_CLUSTERS or _smallest_group(rows) < 2):
        compare = _compare_means if blocks == 1 else _compare_means_in_blocks
        found = compare(*_adjusted_means(rows, is_variant))
        method = Method.CLUSTER_MEAN_T if blocks == 1 else Method.MATCHED_BLOCKS_T
    else:
        found, method = _compare_robust(rows, is_variant, is_split), Method.CLUSTER_ROBUST_T
    difference, std_error, df = found
    if not (df > 0 and std_error > 1e-12):
        return None
    return ClusterDifference(difference, std_error, df, clusters, method)


def estimate_design_effect(rows: ClusterRows) -> tuple[float | None, float]:
    """Return the design effect within variants, at least 1, and its degrees of freedom.

    The variance of a rate between clusters, over what it would be if people were independent,
    pooled over variants (and strata). None when no variant has two clusters or nothing varies.
    """
    group = _code(rows.variant, rows.stratum)
    between = within = df = 0.0
    for one in np.unique(group):
        held = (group == one) & (rows.nobs > 0)
        # A cluster with people of several profiles or periods has several rows.
        _, unit = np.unique(rows.cluster[held], return_inverse=True)
        count, nobs = np.bincount(unit, rows.count[held]), np.bincount(unit, rows.nobs[held])
        size = nobs.size
        if size < 2:
            continue
        rate = count.sum() / nobs.sum()
        between += size / (size - 1) * np.square(count - rate * nobs).sum()
        within += nobs.sum() * rate * (1 - rate)
        df += size - 1
    return (max(between / within, 1.0) if within > 0 else None), df


def _block_nested_strata(rows: ClusterRows) -> ClusterRows:
    """Where every cluster lies in one stratum, the strata are what was assigned within."""
    pairs = np.unique(_code(rows.cluster, rows.stratum)).size
    is_nested = pairs == np.unique(rows.cluster).size
    return rows._replace(block=rows.stratum) if is_nested else rows


def _keep_shared_strata(rows: ClusterRows, variant: int) -> ClusterRows:
    is_variant = rows.variant == variant
    shared = np.intersect1d(rows.stratum[is_variant], rows.stratum[~is_variant])
    return rows.select(np.isin(rows.stratum, shared))


def _smallest_group(rows: ClusterRows) -> int:
    group = _code(rows.block, rows.variant)
    _, firsts = np.unique(_code(group, rows.cluster), return_index=True)
    return int(np.unique(group[firsts], return_counts=True)[1].min())


def _adjusted_means(rows: ClusterRows, is_variant: NDArray[np.bool_]) -> tuple[Array, Array, Codes]:
    """Return per cluster: its rate freed of its strata, on which side it is, and its block."""
    expected = np.zeros(rows.nobs.size)
    if np.unique(rows.stratum).size > np.unique(rows.block).size:
        _, stratum = np.unique(rows.stratum, return_inverse=True)
        rates = np.bincount(stratum, rows.count) / np.bincount(stratum, rows.nobs)
        expected = rates[stratum] * rows.nobs
    key = _code(rows.block, rows.cluster)
    _, firsts, unit = np.unique(key, return_index=True, return_inverse=True)
    means = np.bincount(unit, rows.count - expected) / np.bincount(unit, rows.nobs)
    return means, is_variant[firsts].astype(float), rows.block[firsts]


def _compare_means(means: Array, side: Array, block: Codes) -> tuple[float, float, float]:
    first, second = means[side > 0], means[side == 0]
    difference = float(first.mean() - second.mean())
    if min(first.size, second.size) < 2:
        return difference, float("nan"), 0.0
    parts = np.array([first.var(ddof=1) / first.size, second.var(ddof=1) / second.size])
    sizes = np.array([first.size, second.size])
    spread = float(np.square(parts) @ (1 / (sizes - 1.0)))
    df = float(parts.sum() ** 2 / spread) if spread > 0 else 0.0
    return difference, float(np.sqrt(parts.sum())), df


def _compare_means_in_blocks(means: Array, side: Array, block: Codes) -> tuple[float, float, float]:
    _, at = np.unique(block, return_inverse=True)
    sizes = np.bincount(at)
    centred = means - (np.bincount(at, means) / sizes)[at]
    lean = side - (np.bincount(at, side) / sizes)[at]
    information = float(lean @ lean)
    difference = float(lean @ centred) / information
    df = float(means.size - sizes.size - 1)
    left = centred - difference * lean
    variance = float(left @ left) / df / information if df > 0 else float("nan")
    return difference, float(np.sqrt(variance)), df


def _compare_robust(
    rows: ClusterRows, is_variant: NDArray[np.bool_], is_split: bool
) -> tuple[float, float, float]:
    _, stratum = np.unique(rows.stratum, return_inverse=True)
    side = is_variant.astype(int)
    cell = 2 * stratum + side
    cells = 2 * (stratum.max() + 1)
    nobs = np.bincount(cell, rows.nobs, cells).reshape(-1, 2)
    rates = np.bincount(cell, rows.count, cells).reshape(-1, 2) / nobs
    weight = nobs.prod(axis=1) / nobs.sum(axis=1)
    weight = weight / weight.sum()
    difference = float(weight @ (rates[:, 1] - rates[:, 0]))
    left = rows.count - rates[stratum, side] * rows.nobs
    pull = weight[stratum] * left / nobs[stratum, side] * np.where(is_variant, 1, -1)
    group = rows.block if is_split else _code(rows.block, rows.variant)
    key = _code(group, rows.cluster)
    _, firsts, unit = np.unique(key, return_index=True, return_inverse=True)
    pulls, groups = np.bincount(unit, pull), np.unique(group[firsts], return_inverse=True)[1]
    sizes = np.bincount(groups).astype(float)
    with np.errstate(divide="ignore"):
        factor = np.where(sizes > 1, sizes / (sizes - 1), np.inf)
    squares = np.bincount(groups, np.square(pulls))
    df = float((sizes - 1).sum())
    if not np.isfinite(factor).all():
        return difference, float("nan"), 0.0
    return difference, float(np.sqrt(factor @ squares)), df


def _code(first: Codes, second: Codes) -> Codes:
    """Return one code for each pair of codes."""
    width = int(second.max()) + 1 if second.size else 1
    return np.asarray(first, dtype=np.int64) * width + second
