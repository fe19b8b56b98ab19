"""One experiment compared, on published trials and on bad counts."""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest

from analysis.registry import load_estimator
from analysis.stats.cells import (
    Assignment,
    Cell,
    Denominator,
    Direction,
    ExperimentDesign,
    Family,
    ImpossibleCountsError,
    sum_cells,
)
from analysis.stats.comparison import compare_experiment
from analysis.stats.results import (
    Method,
    ProfilesAnswer,
    Reason,
    Status,
    Verdict,
    WarningCode,
)
from tests.stats.references import (
    LETTERS,
    ROOT,
    answers,
    cell,
    rock_the_vote,
    rows,
    smoking_trials,
    social_pressure,
    ucb_admissions,
)

NEIGHBORS = LETTERS.index("Neighbors")


def codes(comparison):
    return {warned.code for warned in comparison.warnings}


def two(count1, nobs1, count2, nobs2, **design):
    """Compare variant 1 (second pair of numbers) with the control."""
    cells = [cell(0, count1, nobs1), cell(1, count2, nobs2)]
    return compare_experiment(cells, ExperimentDesign(2, **{"control": 0, **design}))


@pytest.mark.parametrize("method", ["newcombe", "miettinen_nurminen"])
def test_social_pressure_equals_r_per_profile(method):
    comparison = compare_experiment(*social_pressure(difference_method=method))
    reference = answers("social_pressure")["results"]
    seen = 0
    for profile in comparison.profiles:
        for pair in profile.comparisons:
            key = f"{profile.profile}|{LETTERS[pair.variant]}"
            expected = reference["per_profile_vs_control"][key]
            assert pair.difference == pytest.approx(expected["diff"], abs=1e-12)
            limits = (pair.ci_lower, pair.ci_upper)
            assert limits == pytest.approx(expected[method], abs=1e-8)
            assert pair.pvalue == pytest.approx(expected["p"], rel=1e-8)
            assert pair.adjusted_pvalue == pytest.approx(reference["p_holm"][key], rel=1e-8)
            assert pair.method == method
            seen += 1
    assert seen == comparison.comparisons_in_family == 36


def test_social_pressure_equals_r_in_total():
    total = compare_experiment(*social_pressure()).total
    reference = answers("social_pressure")["results"]["vs_control"]
    for pair in total.comparisons:
        expected = reference[LETTERS[pair.variant]]
        assert pair.difference == pytest.approx(expected["diff"], abs=1e-12)
        assert (pair.ci_lower, pair.ci_upper) == pytest.approx(
            expected["miettinen_nurminen"], abs=1e-8
        )
        assert pair.pvalue == pytest.approx(expected["p"], rel=1e-8)
        assert pair.stratified.strata_used == 12
        assert pair.stratified.method is Method.MANTEL_HAENSZEL


def test_social_pressure_gives_one_advice_for_all():
    comparison = load_estimator("single_experiment")(
        *social_pressure(is_cluster_assigned=True, assignment_unit="household")
    )
    assert {profile.leader for profile in comparison.profiles} == {NEIGHBORS}
    assert comparison.spread.answer is ProfilesAnswer.ALIKE
    assert comparison.spread.is_same_best
    # Their differences vary by more than the margin and p is below .05: size decides, not those.
    assert comparison.spread.largest_deviation > comparison.margin
    assert comparison.interaction.pvalue < 0.05
    assert comparison.total.verdict is Verdict.CLEARLY_BETTER
    assert WarningCode.CLUSTERED_COUNTED_AS_PERSONS in codes(comparison)


def test_admissions_turn_around_within_departments():
    comparison = compare_experiment(*ucb_admissions())
    reference = answers("ucb_admissions")["results"]
    (pair,) = comparison.total.comparisons
    assert pair.difference == pytest.approx(reference["pooled"]["diff"], abs=1e-12)
    assert pair.difference > 0 > pair.stratified.difference
    assert pair.stratified.pvalue == pytest.approx(reference["mantel_haenszel"]["p"], rel=1e-8)
    assert comparison.total.verdict is Verdict.NOT_ENOUGH_DATA
    assert WarningCode.SIMPSON in codes(comparison)


def test_admissions_equal_r_per_department():
    comparison = compare_experiment(*ucb_admissions())
    reference = answers("ucb_admissions")["results"]
    for profile in comparison.profiles:
        (pair,) = profile.comparisons
        assert pair.adjusted_pvalue == pytest.approx(reference["p_holm"][profile.profile], rel=1e-8)
    verdicts = {one.profile: (one.leader, one.verdict) for one in comparison.profiles}
    assert verdicts["A"] == (0, Verdict.CLEARLY_BETTER)
    assert {verdicts[name][1] for name in "BCDEF"} == {Verdict.NOT_ENOUGH_DATA}


def test_clusters_replace_the_naive_error():
    clustered = compare_experiment(*rock_the_vote()).total.comparisons[0]
    naive = compare_experiment(*rock_the_vote(with_clusters=False)).total.comparisons[0]
    assert clustered.method is Method.CLUSTER_ROBUST_T
    assert clustered.stratified.method is Method.MATCHED_BLOCKS_T
    assert clustered.clusters == 85
    assert naive.stratified.pvalue == pytest.approx(
        answers("rock_the_vote")["results"]["mantel_haenszel"]["p"], rel=1e-6
    )
    assert clustered.stratified.pvalue > 20 * naive.stratified.pvalue
    widths = [one.stratified.ci_upper - one.stratified.ci_lower for one in (clustered, naive)]
    assert widths[0] > 1.8 * widths[1]


def test_few_clusters_are_compared_by_their_means():
    cells = [one for one in rock_the_vote(with_waves=False)[0] if int(one.cluster) <= 18]
    comparison = compare_experiment(cells, ExperimentDesign(2, control=0))
    (pair,) = comparison.total.comparisons
    assert pair.method is Method.CLUSTER_MEAN_T
    assert pair.pvalue == pytest.approx(0.19509785224403445)
    assert WarningCode.FEW_CLUSTERS in codes(comparison)


def test_one_cluster_per_variant_gives_no_limits():
    cells = [cell(0, 30, 200, cluster="a"), cell(1, 60, 200, cluster="b")]
    comparison = compare_experiment(cells, ExperimentDesign(2, control=0))
    (pair,) = comparison.total.comparisons
    assert (pair.status, pair.reason) == (Status.TOO_LITTLE, Reason.FEW_CLUSTERS)
    assert pair.difference == pytest.approx(0.15)
    assert (pair.ci_lower, pair.pvalue, pair.probability_better) == (None, None, None)
    assert pair.verdict is Verdict.NOT_ENOUGH_DATA
    assert all(one.ci_lower is None for one in comparison.total.variants)


def test_clusters_that_are_partly_recorded_are_not_used():
    cells = [cell(0, 30, 200, cluster="a"), cell(1, 60, 200)]
    comparison = compare_experiment(cells, ExperimentDesign(2, control=0))
    assert comparison.total.comparisons[0].method is Method.MIETTINEN_NURMINEN
    assert WarningCode.CLUSTERS_INCOMPLETE in codes(comparison)


def test_smoking_trials_give_limits_with_empty_cells():
    variants, cells = smoking_trials()
    for trial in {row["study"] for row in rows("smoking_nma")}:
        held = [one for one in cells if one.wave == trial]
        comparison = compare_experiment(held, ExperimentDesign(len(variants)))
        for pair in comparison.total.comparisons:
            if pair.status is Status.OK:
                assert pair.ci_lower < pair.difference < pair.ci_upper
                assert 0 < pair.pvalue <= pair.adjusted_pvalue <= 1


def test_without_a_control_all_pairs_are_compared():
    comparison = compare_experiment(*social_pressure(control=None))
    assert comparison.comparisons_in_family == 72
    assert comparison.comparisons_in_total == 6
    assert comparison.total.leader == NEIGHBORS
    assert comparison.total.opponent == LETTERS.index("Hawthorne")


def test_a_leading_control_is_held_against_the_runner_up():
    cells = [cell(0, 300, 1000), cell(1, 200, 1000), cell(2, 100, 1000)]
    total = compare_experiment(cells, ExperimentDesign(3, control=0)).total
    assert (total.leader, total.opponent) == (0, 1)
    assert total.verdict is Verdict.CLEARLY_BETTER
    assert total.comparisons[0].better == 0


def test_lower_is_better_turns_leader_and_chance_around():
    higher = two(100, 1000, 150, 1000).total
    lower = two(100, 1000, 150, 1000, direction=Direction.LOWER).total
    assert (higher.leader, lower.leader) == (1, 0)
    assert higher.verdict is lower.verdict is Verdict.CLEARLY_BETTER
    chances = [one.comparisons[0].probability_better for one in (higher, lower)]
    assert sum(chances) == pytest.approx(1)
    assert chances[0] > 0.99


def test_offered_counts_only_when_every_cell_has_it():
    known = [cell(0, 5, 40, offered=100), cell(1, 9, 50, offered=100)]
    offered = compare_experiment(known, ExperimentDesign(2))
    assert offered.denominator is Denominator.OFFERED
    assert offered.total.variants[0].rate == 0.05
    mixed = compare_experiment([known[0], known[1]._replace(offered=None)], ExperimentDesign(2))
    assert mixed.denominator is Denominator.REACHED
    assert mixed.total.variants[0].rate == 5 / 40
    assert WarningCode.DIFFERENT_DENOMINATORS in codes(mixed)


def test_cells_without_a_denominator_are_told_and_left_out():
    cells = [cell(0, 5, 40), cell(1, 9, 50), cell(1, 4, None, profile="b")]
    comparison = compare_experiment(cells, ExperimentDesign(2))
    assert comparison.total.variants[1].denominator == 50
    assert WarningCode.NO_DENOMINATOR in codes(comparison)
    alone = compare_experiment([cell(0, 5, None), cell(1, 9, None)], ExperimentDesign(2))
    estimate = alone.total.variants[1]
    assert (estimate.numerator, estimate.denominator, estimate.rate) == (9, None, None)
    assert (estimate.status, estimate.reason) == (Status.UNDEFINED, Reason.NO_DENOMINATOR)


def test_people_of_unknown_profile_count_in_the_total_only():
    cells = [cell(0, 5, 50, profile="a"), cell(1, 9, 50, profile="a"), cell(1, 3, 20)]
    comparison = compare_experiment(cells, ExperimentDesign(2))
    assert [one.profile for one in comparison.profiles] == ["a"]
    assert comparison.total.variants[1].denominator == 70
    assert WarningCode.PROFILE_UNKNOWN in codes(comparison)


def test_waves_are_strata_of_a_profile():
    cells = [
        cell(0, 90, 900, wave="1"),
        cell(1, 12, 100, wave="1"),
        cell(0, 40, 100, wave="2"),
        cell(1, 378, 900, wave="2"),
    ]
    comparison = compare_experiment(cells, ExperimentDesign(2, control=0))
    (pair,) = comparison.profiles[0].comparisons
    assert pair.method is Method.MANTEL_HAENSZEL
    assert pair.difference == pytest.approx(0.02)
    assert WarningCode.SEVERAL_WAVES in codes(comparison)


def test_variants_that_never_meet_are_not_compared():
    cells = [cell(0, 9, 90, wave="1"), cell(1, 12, 100, wave="2")]
    comparison = compare_experiment(cells, ExperimentDesign(2, control=0))
    assert comparison.total.leader is None
    assert comparison.total.reason is Reason.NO_COMMON_STRATUM
    assert comparison.profiles[0].comparisons[0].difference is None


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ((0, 500, 0, 400), WarningCode.ALL_ZERO),
        ((500, 500, 400, 400), WarningCode.ALL_RESPOND),
        ((5, 50, 0, 0), WarningCode.SINGLE_VARIANT),
        ((0, 0, 0, 0), WarningCode.NO_COUNTS),
        ((2, 9, 30, 90), WarningCode.TOO_FEW),
    ],
)
def test_odd_counts_give_a_warning(counts, code):
    assert code in codes(two(*counts))


def test_nothing_against_nothing_has_limits_and_no_test():
    (pair,) = two(0, 50_000, 0, 40_000).total.comparisons
    assert pair.verdict is Verdict.NO_DIFFERENCE
    assert pair.ci_lower < 0 < pair.ci_upper
    assert (pair.pvalue, pair.reason) == (None, Reason.ALL_ZERO)


def test_no_cells_give_results_without_numbers():
    comparison = compare_experiment([], ExperimentDesign(2))
    assert comparison.profiles == ()
    assert comparison.total.reason is Reason.NO_COUNTS
    assert comparison.spread.status is Status.UNDEFINED


@pytest.mark.parametrize(
    "bad", [cell(0, 6, 5), cell(0, -1, 5), cell(0, 1, -5), cell(2, 1, 5), cell(-1, 1, 5)]
)
def test_impossible_counts_are_refused(bad):
    with pytest.raises(ImpossibleCountsError):
        compare_experiment([bad, cell(1, 2, 5)], ExperimentDesign(2))


@pytest.mark.parametrize(
    "design",
    [{"control": 2}, {"margin": 0}, {"confidence_level": 1}, {"difference_method": "wald"}],
)
def test_an_impossible_design_is_refused(design):
    with pytest.raises(ValueError, match=r"control|margin|level|method"):
        ExperimentDesign(2, **design)


def test_profiles_differ_when_another_variant_is_clearly_better():
    cells = [
        cell(variant, count, 2000, profile=profile)
        for profile, counts in {"a": (200, 500), "b": (480, 220), "c": (200, 460)}.items()
        for variant, count in enumerate(counts)
    ]
    spread = compare_experiment(cells, ExperimentDesign(2)).spread
    assert spread.answer is ProfilesAnswer.DIFFER
    assert spread.largest_shortfall == pytest.approx(0.13)


def test_small_profiles_do_not_tell_whether_they_differ():
    cells = [
        cell(variant, count, 20, profile=profile)
        for profile, counts in {"a": (2, 5), "b": (4, 3)}.items()
        for variant, count in enumerate(counts)
    ]
    assert compare_experiment(cells, ExperimentDesign(2)).spread.answer is ProfilesAnswer.NOT_ENOUGH


# Each option that is accepted must do something.
@pytest.mark.parametrize(
    "option",
    [
        {"control": 1},
        {"margin": 0.2},
        {"direction": Direction.LOWER},
        {"family": Family.WITHIN_PROFILE},
        {"denominator": Denominator.REACHED},
        {"confidence_level": 0.8},
        {"difference_method": "newcombe"},
        {"is_cluster_assigned": True},
        {"assignments": (Assignment((50, 90), (1, 1)),)},
        {"exploratory_profiles": frozenset({"a"})},
        {"is_reach_estimated": True},
    ],
    ids=lambda option: next(iter(option)),
)
def test_every_option_changes_the_result(option):
    cells = [
        Cell(profile, variant, "", None, 150, 100, count)
        for profile, counts in {"a": (10, 22), "b": (15, 24)}.items()
        for variant, count in enumerate(counts)
    ]
    plain = compare_experiment(cells, ExperimentDesign(2, control=0))
    changed = compare_experiment(cells, ExperimentDesign(2, **{"control": 0, **option}))
    facts = {"control", "margin", "direction", "family", "confidence_level"}
    results = [
        {key: value for key, value in dataclasses.asdict(one).items() if key not in facts}
        for one in (plain, changed)
    ]
    assert results[0] != results[1]


def test_the_unit_of_assignment_is_named_in_the_warning():
    comparison = two(5, 50, 9, 60, is_cluster_assigned=True, assignment_unit="street")
    (warned,) = comparison.warnings
    assert dict(warned.parameters) == {"unit": "street"}


def test_cells_with_equal_keys_are_added():
    summed = sum_cells([cell(0, 1, 10), cell(0, 2, 20), cell(0, 1, None, profile="a")])
    assert summed == (cell(0, 3, 30), cell(0, 1, None, profile="a"))
    assert sum_cells([cell(0, 1, 10), cell(0, 2, None)])[0].reached is None


def test_results_are_strict_json():
    comparison = compare_experiment([cell(0, 0, 0), cell(1, 3, 3)], ExperimentDesign(2))
    record = dataclasses.asdict(comparison)
    assert json.dumps(record, allow_nan=False, default=str)
    assert not any(isinstance(value, np.generic) for value in _leaves(record))


def _leaves(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [leaf for one in value for leaf in _leaves(one)]
    return [value]


def test_the_closed_forms_load_no_heavy_library():
    script = (
        "import sys, analysis.registry, analysis.stats.comparison\n"
        "heavy = {'statsmodels', 'pandas', 'scipy.stats'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("people", "count"), [(1, 1), (5, 2), (20, 3)])
def test_one_or_two_responses_are_never_clear_proof(people, count):
    # Of many such profiles some show this by chance: far more than the limits of scores allow.
    cells = [cell(0, 40, 2000, profile=f"p{one:02d}") for one in range(36)]
    cells += [cell(1, 0, people, profile=f"p{one:02d}") for one in range(1, 36)]
    cells.append(cell(1, count, people, profile="p00"))
    found = compare_experiment(cells, ExperimentDesign(2, control=0)).profiles[0]
    assert found.verdict is Verdict.PROBABLY_BETTER
    assert found.comparisons[0].simultaneous_lower == 0


def test_few_responses_in_several_periods_are_no_clear_proof():
    places = [(wave, f"p{one:02d}") for wave in "12" for one in range(36)]
    cells = [cell(0, 200, 2000, wave=wave, profile=profile) for wave, profile in places]
    cells += [
        cell(1, int(profile == "p00"), 1, wave=wave, profile=profile) for wave, profile in places
    ]
    found = compare_experiment(cells, ExperimentDesign(2, control=0)).profiles[0]
    assert found.comparisons[0].method is Method.MANTEL_HAENSZEL
    assert found.comparisons[0].simultaneous_lower == 0
    assert found.verdict is Verdict.PROBABLY_BETTER


def test_many_responses_of_few_people_are_clear_proof():
    cells = [cell(0, 40, 2000), cell(1, 6, 20)]
    assert compare_experiment(cells, ExperimentDesign(2)).total.verdict is Verdict.CLEARLY_BETTER
