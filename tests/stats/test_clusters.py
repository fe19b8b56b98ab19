"""Differences between clusters, against scipy and statsmodels."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from analysis.stats.cells import Cell, ExperimentDesign
from analysis.stats.clusters import ClusterRows, compare_clusters, estimate_design_effect
from analysis.stats.comparison import compare_experiment
from analysis.stats.results import Method
from tests.stats.references import rows

SYSTEMS = rows("rock_the_vote")
COUNT = np.array([float(row["y"]) for row in SYSTEMS])
NOBS = np.array([float(row["n"]) for row in SYSTEMS])
TREATED = np.array([int(row["treated"]) for row in SYSTEMS])
STRATUM = np.array([int(row["strata"]) for row in SYSTEMS])
SYSTEM = np.array([int(row["unit"]) for row in SYSTEMS])
NONE = np.zeros(85, dtype=int)


def test_few_clusters_are_compared_by_their_means():
    chosen = SYSTEM < 18
    plain = ClusterRows(NONE, NONE, TREATED, SYSTEM, COUNT, NOBS).select(chosen)
    found = compare_clusters(plain, 1, 0)
    rate = COUNT / NOBS
    first, second = rate[chosen & (TREATED == 1)], rate[chosen & (TREATED == 0)]
    test = stats.ttest_ind(first, second, equal_var=False)
    assert found.method is Method.CLUSTER_MEAN_T
    assert found.pvalue == pytest.approx(test.pvalue, rel=1e-10)
    assert found.limits(0.95) == pytest.approx(tuple(test.confidence_interval()), abs=1e-10)


def test_many_clusters_get_a_robust_error():
    found = compare_clusters(ClusterRows(NONE, NONE, TREATED, SYSTEM, COUNT, NOBS), 1, 0)
    design = sm.add_constant(TREATED.astype(float))
    model = sm.WLS(COUNT / NOBS, design, weights=NOBS)
    fitted = model.fit(cov_type="cluster", cov_kwds={"groups": SYSTEM})
    assert found.method is Method.CLUSTER_ROBUST_T
    assert found.difference == pytest.approx(fitted.params[1], abs=1e-12)
    # They correct by G/(G-1) (n-1)/(n-k) over both sides, we by G/(G-1) per side.
    assert found.std_error == pytest.approx(fitted.bse[1], rel=1e-3)


def test_matched_clusters_are_compared_within_their_blocks():
    found = compare_clusters(ClusterRows(STRATUM, STRATUM, TREATED, SYSTEM, COUNT, NOBS), 1, 0)
    blocks = (STRATUM[:, None] == np.unique(STRATUM)).astype(float)
    fitted = sm.OLS(COUNT / NOBS, np.column_stack([blocks, TREATED])).fit()
    assert found.method is Method.MATCHED_BLOCKS_T
    assert found.difference == pytest.approx(fitted.params[-1], abs=1e-10)
    assert found.std_error == pytest.approx(fitted.bse[-1], abs=1e-10)
    assert found.df == fitted.df_resid


def test_one_cluster_per_side_and_block_is_a_paired_test():
    rate = np.array([0.2, 0.25, 0.4, 0.35, 0.1, 0.22, 0.3, 0.41])
    side, block = np.arange(8) % 2, np.arange(8) // 2
    pairs = ClusterRows(block, block, side, np.arange(8), rate * 100, np.full(8, 100.0))
    test = stats.ttest_rel(rate[1::2], rate[::2])
    assert compare_clusters(pairs, 1, 0).pvalue == pytest.approx(test.pvalue, rel=1e-10)


def test_strata_of_nested_clusters_are_blocks():
    of_wave = compare_clusters(ClusterRows(STRATUM, STRATUM, TREATED, SYSTEM, COUNT, NOBS), 1, 0)
    of_profile = compare_clusters(ClusterRows(NONE, STRATUM, TREATED, SYSTEM, COUNT, NOBS), 1, 0)
    assert of_profile == of_wave


@pytest.mark.parametrize("count", [(5, 5), (0, 0)])
def test_one_cluster_per_side_says_nothing(count):
    one = np.array([0, 0])
    rows = ClusterRows(one, one, np.array([0, 1]), np.array([0, 1]), np.array(count), one + 50.0)
    assert compare_clusters(rows, 1, 0) is None


def test_clusters_in_both_variants_are_followed_too():
    generator = np.random.default_rng(5)
    cluster, side = np.repeat(np.arange(30), 2), np.tile([0, 1], 30)
    nobs = np.full(60, 40.0)
    rate = np.repeat(generator.uniform(0.1, 0.6, 30), 2)
    count = generator.binomial(40, rate).astype(float)
    none = np.zeros(60, dtype=int)
    found = compare_clusters(ClusterRows(none, none, side, cluster, count, nobs), 1, 0)
    apart = compare_clusters(ClusterRows(none, none, side, np.arange(60), count, nobs), 1, 0)
    # What a cluster has in common falls out of a difference within it.
    assert found.std_error < 0.7 * apart.std_error


def test_the_design_effect_grows_with_likeness():
    none = np.zeros(85, dtype=int)
    effect, df = estimate_design_effect(ClusterRows(none, none, TREATED, SYSTEM, COUNT, NOBS))
    assert effect > 10
    assert df == 83
    alike = ClusterRows(none, none, TREATED, SYSTEM, NOBS * 0.5, NOBS)
    assert estimate_design_effect(alike)[0] == 1.0


def test_a_cluster_in_several_profiles_counts_once():
    rates = [0.1, 0.3, 0.5, 0.2, 0.6, 0.25]
    counted = [
        (variant, 40, round(40 * rate), f"{variant}{place}")
        for variant in (0, 1)
        for place, rate in enumerate(rates[variant:])
    ]
    split = [Cell(one, v, "", c, None, n // 2, y // 2) for v, n, y, c in counted for one in "ab"]
    whole = [Cell(None, v, "", c, None, n, y) for v, n, y, c in counted]
    totals = [compare_experiment(cells, ExperimentDesign(2)).total for cells in (split, whole)]
    limits = [[(one.ci_lower, one.ci_upper) for one in total.variants] for total in totals]
    assert np.array(limits[0]) == pytest.approx(np.array(limits[1]), abs=1e-12)
