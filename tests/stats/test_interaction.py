"""The fitted part: profile × variant and overdispersion."""

import pytest
from scipy import stats

from analysis.registry import UnknownEstimatorError, load_estimator
from analysis.stats.cells import ExperimentDesign
from analysis.stats.interaction import check_interaction
from analysis.stats.results import Reason, Status, WarningCode
from analysis.stats.tables import tabulate
from tests.stats.references import (
    answers,
    cell,
    rock_the_vote,
    smoking_trials,
    social_pressure,
)


def test_the_interaction_equals_that_of_r():
    found = check_interaction(tabulate(*social_pressure()))
    reference = answers("social_pressure")["results"]["LR_interaction"]
    assert found.statistic == pytest.approx(reference["chisq"], abs=1e-6)
    assert found.df == reference["df"] == 33
    assert found.pvalue == pytest.approx(reference["p"], abs=1e-8)


def test_overdispersion_equals_that_of_r_between_clusters():
    found = check_interaction(tabulate(*rock_the_vote()))
    reference = answers("rock_the_vote")["results"]
    assert found.overdispersion == pytest.approx(reference["quasi_dispersion"], rel=1e-6)
    assert (found.statistic, found.reason) == (None, Reason.ONE_PROFILE)


def test_overdispersion_equals_that_of_r_between_trials():
    variants, cells = smoking_trials()
    found = check_interaction(tabulate(cells, ExperimentDesign(len(variants))))
    reference = answers("smoking_nma")["results"]["glm_fixed_effect_nma"]
    expected = reference["pearson_X2"] / reference["df_residual"]
    assert found.overdispersion == pytest.approx(expected, rel=1e-5)


def test_overdispersion_without_clusters_gives_a_warning():
    variants, cells = smoking_trials()
    found = load_estimator("single_experiment")(cells, ExperimentDesign(len(variants)))
    assert WarningCode.OVERDISPERSED in {warned.code for warned in found.warnings}


def test_profiles_in_which_nobody_responds_do_not_count():
    cells = [
        cell(variant, count, 50, profile=profile)
        for profile, counts in {"a": (10, 20), "b": (15, 12), "c": (0, 0)}.items()
        for variant, count in enumerate(counts)
    ]
    with_empty = check_interaction(tabulate(cells, ExperimentDesign(2)))
    without = check_interaction(tabulate(cells[:4], ExperimentDesign(2)))
    assert with_empty == without
    assert without.df == 1


def test_an_empty_cell_leaves_a_finite_statistic():
    cells = [
        cell(variant, count, 60, profile=profile)
        for profile, counts in {"a": (0, 20), "b": (15, 12)}.items()
        for variant, count in enumerate(counts)
    ]
    found = check_interaction(tabulate(cells, ExperimentDesign(2)))
    assert 10 < found.statistic < 60
    assert found.df == 1


def test_clusters_widen_the_interaction_test():
    cells = []
    for cluster in range(80):
        variant, shift = cluster % 2, (cluster // 2) % 5
        for profile, base in (("a", 8), ("b", 14)):
            count = base + 3 * shift + 2 * variant
            cells.append(cell(variant, count, 40, profile=profile, cluster=f"s{cluster:02d}"))
    design = ExperimentDesign(2, control=0)
    found = check_interaction(tabulate(cells, design))
    assert found.status is Status.OK
    assert found.df == 1
    few = check_interaction(tabulate(cells[:20], design))
    assert (few.status, few.reason, few.pvalue) == (Status.TOO_LITTLE, Reason.FEW_CLUSTERS, None)


def test_clusters_without_responses_give_no_interaction_test():
    cells = []
    for cluster in range(48):
        variant, profile = cluster % 2, "ab"[cluster // 24]
        count = 0 if (variant, profile) == (1, "b") else 1 + cluster % 3
        cells.append(cell(variant, count, 20, profile=profile, cluster=f"s{cluster:02d}"))
    found = check_interaction(tabulate(cells, ExperimentDesign(2)))
    assert (found.status, found.reason) == (Status.UNDEFINED, Reason.NOT_CONVERGED)
    assert (found.statistic, found.pvalue) == (None, None)


def test_few_clusters_widen_the_reference_of_the_interaction_test():
    cells = []
    for cluster in range(24):
        variant, profile = cluster % 2, "ab"[cluster // 12]
        count = 5 + (7 * cluster) % 11 + 4 * (variant and profile == "b")
        cells.append(cell(variant, count, 40, profile=profile, cluster=f"s{cluster:02d}"))
    found = check_interaction(tabulate(cells, ExperimentDesign(2)))
    assert found.pvalue == pytest.approx(stats.f.sf(found.statistic, 1, 24 - 4), rel=1e-9)
    assert found.pvalue > stats.chi2.sf(found.statistic, 1)


def test_one_profile_has_no_interaction():
    found = check_interaction(tabulate([cell(0, 5, 50), cell(1, 9, 50)], ExperimentDesign(2)))
    assert (found.status, found.reason) == (Status.UNDEFINED, Reason.ONE_PROFILE)


def test_the_registry_names_what_it_has():
    with pytest.raises(UnknownEstimatorError, match="single_experiment"):
        load_estimator("nothing")
