"""How much results differ, and whether designs tell the same, as records."""

from analysis.pooled.record import ConsistencyRecord, HeterogeneityRecord
from analysis.stats.pooled.consistency import check_consistency
from analysis.stats.pooled.heterogeneity import estimate_heterogeneity
from analysis.stats.pooled.results import PooledEstimate


def describe_heterogeneity(estimate: PooledEstimate) -> HeterogeneityRecord | None:
    """Return how much experiments and labs differ, None when nothing was compared."""
    if estimate.mode is None or estimate.draws is None:
        return None
    found = estimate_heterogeneity(estimate.mode, estimate.draws)
    return HeterogeneityRecord(
        tau=found.tau.value,
        tau_ci=found.tau.interval,
        lab_tau=found.lab_tau.value,
        lab_tau_ci=found.lab_tau.interval,
        i_squared=found.i_squared.value,
        i_squared_ci=found.i_squared.interval,
        dispersion=found.dispersion.value,
        is_overdispersed=found.is_overdispersed,
    )


def describe_consistency(estimate: PooledEstimate) -> ConsistencyRecord | None:
    """Return the design-by-treatment test, or why there is none; None when nothing was compared."""
    if estimate.mode is None:
        return None
    found = check_consistency(estimate.mode)
    fixed = check_consistency(estimate.mode, with_heterogeneity=False)
    return ConsistencyRecord(
        statistic=found.statistic,
        freedom=found.freedom,
        pvalue=found.pvalue,
        reason=found.reason.name.lower() if found.reason else "",
        fixed_pvalue=fixed.pvalue,
    )
