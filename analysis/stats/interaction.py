"""Whether variants work differently per profile: a binomial model per experiment."""

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, fdtrc
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM, GLMResults

from analysis.stats.clusters import FEW_CLUSTERS
from analysis.stats.results import InteractionTest, Reason, Status
from analysis.stats.tables import CountTable

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

_MOST_STEPS = 200


class _Rows(NamedTuple):
    """One entry per stratum, variant and (where recorded) cluster."""

    profile: Codes
    stratum: Codes
    variant: Codes
    cluster: Codes
    count: Array
    nobs: Array


def check_interaction(table: CountTable) -> InteractionTest:
    """Test profile × variant by likelihood ratio, with an intercept per profile × wave.

    Without clusters the statistic is the difference in deviance between the models with and without
    the interaction; with more than 20 clusters Wald's with a cluster-robust covariance, its p-value
    from F with clusters - terms degrees of freedom; with fewer clusters, or where all or none
    respond to a variant in a profile, there is none. df counts the interactions that the data can
    tell apart. overdispersion: Pearson's chi-square of the fuller model over its residual degrees
    of freedom, else None. Strata in which all or none respond hold no information and are left
    out, as are people of unknown profile.
    """
    rows = _keep_informative(_list_rows(table))
    if not rows.count.size:
        return InteractionTest(status=Status.UNDEFINED, reason=Reason.NO_COUNTS)
    additive = _independent(_indicate(rows.stratum), _indicate(rows.variant))
    crossed = rows.profile * table.design.variant_count + rows.variant
    full = _independent(additive, _indicate(crossed))
    df = full.shape[1] - additive.shape[1]
    # With as many terms as rows there is nothing to fit and nothing left over.
    is_saturated = full.shape[1] == rows.count.size
    fitted = None if is_saturated else _fit(rows, full)
    spread = None if is_saturated else float(fitted.pearson_chi2 / fitted.df_resid)
    if df == 0:
        reason = Reason.ONE_PROFILE if np.unique(rows.profile).size < 2 else Reason.ONE_VARIANT
        return InteractionTest(overdispersion=spread, status=Status.UNDEFINED, reason=reason)
    if table.clusters is not None:
        return _test_between_clusters(rows, full, df, spread)
    left_over = 0.0 if is_saturated else fitted.deviance
    statistic = max(float(_fit(rows, additive).deviance - left_over), 0.0)
    return InteractionTest(statistic, df, float(chdtrc(df, statistic)), spread)


def _test_between_clusters(
    rows: _Rows, full: Array, df: int, spread: float | None
) -> InteractionTest:
    clusters = np.unique(rows.cluster).size
    if clusters <= max(FEW_CLUSTERS, 2 * full.shape[1]):
        return InteractionTest(
            overdispersion=spread, status=Status.TOO_LITTLE, reason=Reason.FEW_CLUSTERS
        )
    statistic = None if _has_uniform_cell(rows) else _measure_wald(rows, full, df)
    if statistic is None:
        return InteractionTest(
            overdispersion=spread, status=Status.UNDEFINED, reason=Reason.NOT_CONVERGED
        )
    pvalue = float(fdtrc(df, clusters - full.shape[1], statistic / df))
    return InteractionTest(statistic, df, pvalue, spread)


def _has_uniform_cell(rows: _Rows) -> bool:
    """Return whether all or none respond to some variant in some profile: it has no finite term."""
    cell = rows.profile * (int(rows.variant.max()) + 1) + rows.variant
    count, nobs = np.bincount(cell, rows.count), np.bincount(cell, rows.nobs)
    return bool(((nobs > 0) & ((count == 0) | (count == nobs))).any())


def _measure_wald(rows: _Rows, full: Array, df: int) -> float | None:
    fitted = _fit(rows, full, rows.cluster)
    tested = np.eye(full.shape[1])[-df:]
    statistic = float(np.squeeze(fitted.wald_test(tested, scalar=True).statistic))
    return statistic if fitted.converged and np.isfinite(statistic) and statistic >= 0 else None


def _list_rows(table: CountTable) -> _Rows:
    known = table.listed
    if table.clusters is not None:
        held = table.clusters
        profile = held.stratum // len(table.waves)
        rows = _Rows(profile, held.stratum, held.variant, held.cluster, held.count, held.nobs)
    else:
        profile, wave, variant = (one.ravel() for one in np.indices(table.count.shape))
        stratum = profile * len(table.waves) + wave
        counts = (table.count.ravel(), table.nobs.ravel())
        rows = _Rows(profile, stratum, variant, np.arange(variant.size), *counts)
    return _select(rows, (rows.nobs > 0) & (rows.profile < known))


def _keep_informative(rows: _Rows) -> _Rows:
    if not rows.count.size:
        return rows
    count = np.bincount(rows.stratum, rows.count)
    nobs = np.bincount(rows.stratum, rows.nobs)
    return _select(rows, ((count > 0) & (count < nobs))[rows.stratum])


def _select(rows: _Rows, chosen: NDArray[np.bool_]) -> _Rows:
    return _Rows(*(column[chosen] for column in rows))


def _indicate(codes: Codes) -> Array:
    return (codes[:, None] == np.unique(codes)).astype(float)


def _independent(base: Array, extra: Array) -> Array:
    """Return base with those columns of extra that it does not span already."""
    spanned = np.linalg.qr(base)[0]
    kept = [base]
    for column in extra.T:
        left = column - spanned @ (spanned.T @ column)
        left -= spanned @ (spanned.T @ left)
        length = np.linalg.norm(left)
        if length > 1e-8 * np.sqrt(column.size):
            spanned = np.column_stack([spanned, left / length])
            kept.append(column[:, None])
    return np.hstack(kept)


def _fit(rows: _Rows, design: Array, cluster: Codes | None = None) -> GLMResults:
    counts = np.column_stack([rows.count, rows.nobs - rows.count])
    robust = {} if cluster is None else {"cov_type": "cluster", "cov_kwds": {"groups": cluster}}
    with warnings.catch_warnings():
        # An empty or full cell sends its own coefficient away; the deviance settles all the same.
        warnings.simplefilter("ignore")
        return GLM(counts, design, family=Binomial()).fit(maxiter=_MOST_STEPS, **robust)
