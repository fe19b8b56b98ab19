"""How often limits hold the truth and how often verdicts claim what is not there."""

import pytest

from analysis.stats.comparison import compare_experiments
from analysis.stats.results import Method, Verdict
from tests.studies.simulated import draw_clustered, draw_experiments


def share(conditions):
    """Return which share of the conditions is true."""
    held = list(conditions)
    return sum(held) / len(held)


def first_pairs(experiments):
    """Return the first comparison of the first profile of each experiment."""
    return [one.profiles[0].comparisons[0] for one in compare_experiments(experiments)]


def check_coverage(rates, people, times, seed):
    """Check that 95 in 100 limits hold the true difference in about 95 of 100 experiments."""
    difference = rates[1] - rates[0]
    pairs = first_pairs(draw_experiments(seed, times, rates, people))
    held = share(pair.ci_lower <= difference <= pair.ci_upper for pair in pairs)
    assert 0.935 <= held <= 0.99


def check_false_claims(people, times, seed):
    """Check that without any effect few experiments claim one in whatever profile."""
    compared = compare_experiments(draw_experiments(seed, times, (0.1,) * 4, people, profiles=4))
    is_claimed = [
        any(
            pair.verdict is Verdict.CLEARLY_BETTER
            for profile in one.profiles
            for pair in profile.comparisons
        )
        for one in compared
    ]
    assert share(is_claimed) <= 0.065


def check_clusters(clusters, times, seed):
    """Check that without an effect clusters give a false claim in about 5 of 100 experiments."""
    pairs = first_pairs(draw_clustered(seed, times, 0.3, clusters, 30, 0.05))
    assert {pair.method for pair in pairs} <= {Method.CLUSTER_MEAN_T, Method.CLUSTER_ROBUST_T}
    assert 0.02 <= share(pair.pvalue < 0.05 for pair in pairs) <= 0.07


def test_limits_hold_the_truth_in_a_small_study():
    check_coverage((0.05, 0.15), 60, 1000, 1)


def test_few_claims_are_false_in_a_small_study():
    check_false_claims(150, 400, 2)


def test_few_clusters_claim_little_in_a_small_study():
    check_clusters(10, 1000, 3)


@pytest.mark.thorough
@pytest.mark.parametrize("people", [30, 100, 400])
@pytest.mark.parametrize("rates", [(0.05, 0.05), (0.05, 0.15), (0.3, 0.33)])
def test_limits_hold_the_truth(rates, people):
    check_coverage(rates, people, 4000, people)


@pytest.mark.thorough
@pytest.mark.parametrize("people", [60, 300, 2000])
def test_few_claims_are_false(people):
    check_false_claims(people, 1200, people)


@pytest.mark.thorough
@pytest.mark.parametrize("clusters", [6, 10, 20, 24, 40])
def test_clusters_claim_little(clusters):
    check_clusters(clusters, 2000, clusters)
