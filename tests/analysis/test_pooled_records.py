"""What is kept of a pooled estimate: the numbers of the command, and of the reference fits."""

import csv

import numpy as np
import pytest
from click.testing import CliRunner

from analysis.pooled.design import PooledDesign
from analysis.pooled.estimator import estimate_record
from analysis.recording import read_result, write_result
from analysis.stats.cells import Direction
from analysis.stats.pooled.data import CellRow, gather_cells
from analysis.stats.pooled.evalues import find_evidence
from analysis.stats.pooled.priors import PriorKind
from analysis.stats.results import Status
from lab.cli import main
from tests.stats.pooled.programmes import draw_rows, row
from tests.stats.references import answers, rows

MARGIN = 0.02


@pytest.fixture(scope="module")
def cells():
    return draw_rows()


@pytest.fixture(scope="module")
def record(cells):
    return estimate_record(cells, PooledDesign(MARGIN, seed=3)).record


def smoking_rows():
    return [
        CellRow("lab", one["study"], "1", "all", one["trt"], "", "", int(one["n"]), int(one["y"]))
        for one in rows("smoking_nma")
    ]


def number(text):
    return float(text) if text else None


def run_command(tmp_path, cells):
    """Return the rows of estimates.csv and claims.csv that the command makes of cells."""
    file = tmp_path / "cells.csv"
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        names = "living_lab experiment wave profile channel style cluster reached responded"
        writer.writerow(names.split())
        writer.writerows(cells)
    folder = tmp_path / "out"
    options = ["--seed", "3", "--margin", str(MARGIN), "--output", str(folder)]
    answer = CliRunner().invoke(main, ["estimate", str(file), *options])
    assert answer.exit_code == 0, answer.output
    return [
        list(csv.DictReader((folder / name).read_text(encoding="utf-8").splitlines()))
        for name in ("estimates.csv", "claims.csv")
    ]


def test_record_holds_the_numbers_of_the_command(tmp_path, cells, record):
    estimates, claims = run_command(tmp_path, cells)
    kept = [(part.profile, one) for part in record.profiles for one in part.variants]
    assert len(kept) == len(estimates)
    for (profile, one), told in zip(kept, estimates, strict=True):
        assert (profile, *record.variants[one.variant]) == (
            told["profile"],
            told["channel"],
            told["style"],
        )
        assert (one.status, one.is_tried, one.is_advised, one.verdict or "") == (
            told["status"],
            told["tried"] == "1",
            told["advised"] == "1",
            told["verdict"],
        )
        found = {
            "rate": one.rate,
            "rate_ci_lower": one.rate_ci[0],
            "effect": one.effect,
            "effect_ci_upper": one.effect_ci[1],
            "p_best": one.p_best,
            "p_within_margin": one.p_within_margin,
            "expected_regret": one.expected_regret,
            "rank_upper": one.rank_ci[1],
            "difference": one.difference,
            "difference_ci_lower": one.difference_ci[0],
        }
        assert found == pytest.approx({name: number(told[name]) for name in found}, rel=1e-9)
    assert sum(len(part.claims) for part in record.profiles) == len(claims)


def test_smoking_trials_give_the_reference_fit():
    design = PooledDesign(MARGIN, priors=PriorKind.NONE)
    record = estimate_record(smoking_rows(), design).record
    fit = answers("smoking_nma_reml")["results"]["study_fixed"]["REML"]
    [part] = record.profiles
    effects = {record.variants[one.variant][0]: one.effect for one in part.variants}
    for name in ("self_help", "ind_counseling", "grp_counseling"):
        own = effects[name] - effects["no_contact"]
        assert own == pytest.approx(fit["coef"][f"trt{name}"], abs=1e-3)
    [term] = [one for one in record.terms if one.term == "experiment_variant"]
    assert term.sd == pytest.approx(fit["sd"]["arm"], abs=2e-3)
    ranking = sorted(effects, key=effects.get)
    assert ranking == ["no_contact", "self_help", "ind_counseling", "grp_counseling"]
    assert record.variants[part.advised.variant][0] == "grp_counseling"


def test_smoking_trials_count_everybody_behind_a_variant():
    record = estimate_record(smoking_rows(), PooledDesign(MARGIN)).record
    source = rows("smoking_nma")
    for one in record.profiles[0].variants:
        own = [each for each in source if each["trt"] == record.variants[one.variant][0]]
        assert one.counted.people == sum(int(each["n"]) for each in own)
        assert one.counted.responses == sum(int(each["y"]) for each in own)
        assert one.counted.experiments == len(own)


def test_pairs_say_how_variants_are_connected():
    # b and c never met: a connects them; d was held apart with e.
    chained = [
        row(experiment, "p", channel, 400, count)
        for experiment, pairs in {
            "1": (("a", 60), ("b", 90)),
            "2": (("a", 50), ("c", 40)),
            "3": (("d", 80), ("e", 70)),
        }.items()
        for channel, count in pairs
    ]
    record = estimate_record(chained, PooledDesign(MARGIN)).record
    [part] = record.profiles
    names = [channel for channel, _style in record.variants]
    assert names[part.advised.variant] == "b"
    pairs = {names[pair.other]: pair for pair in part.pairs}
    assert {name: pair.connection for name, pair in pairs.items()} == {
        "a": "direct",
        "c": "chain",
        "d": "none",
        "e": "none",
    }
    steps = [(one.experiment, names[one.one], names[one.other]) for one in pairs["c"].steps]
    assert steps == [("1", "b", "a"), ("2", "a", "c")]


def test_combination_never_tried_is_added_up():
    held = {"1": (("a", "s", 60), ("a", "t", 90)), "2": (("a", "s", 50), ("b", "s", 30))}
    rows = [
        row(experiment, "p", channel, 400, count, style)
        for experiment, variants in held.items()
        for channel, style, count in variants
    ]
    record = estimate_record(rows, PooledDesign(MARGIN)).record
    [part] = record.profiles
    pairs = {record.variants[pair.other]: pair.connection for pair in part.pairs}
    assert record.variants[part.advised.variant] == ("a", "t")
    assert pairs == {("a", "s"): "direct", ("b", "s"): "chain", ("b", "t"): "added"}


def test_pair_held_among_other_people_is_no_direct_one():
    held = {("p", "a"): 60, ("p", "b"): 90, ("q", "b"): 80, ("q", "c"): 40}
    rows = [row(profile, profile, name, 400, count) for (profile, name), count in held.items()]
    record = estimate_record(rows, PooledDesign(MARGIN)).record
    part = record.find_profile("p")
    pairs = {record.variants[one.other][0]: one for one in part.pairs}
    assert {name: one.connection for name, one in pairs.items()} == {"a": "direct", "c": "chain"}
    assert [one.experiment for one in pairs["c"].steps] == ["q"]


def test_only_profiles_asked_for_are_answered(cells, record):
    design = PooledDesign(MARGIN, profiles=("p1", "p2", "not counted"), seed=3)
    own = estimate_record(cells, design).record
    assert [one.profile for one in own.profiles] == ["p1", "p2"]
    assert own.profiles[0] == record.profiles[1]
    assert own.together.variants[0].counted.people < record.together.variants[0].counted.people


def test_together_counts_the_people_of_its_profiles(record):
    for one in record.together.variants:
        own = [
            each.counted
            for part in record.profiles
            for each in part.variants
            if each.variant == one.variant
        ]
        assert one.counted.people == sum(each.people for each in own)
        assert one.counted.experiments == max(each.experiments for each in own)


def test_predictions_are_of_a_new_lab_first(record):
    labs = [one.living_lab for one in record.profiles[0].variants[0].predictions]
    assert labs == [None, "l0", "l1"]


def test_lower_is_better_mirrors_every_figure(cells, record):
    turned = [one._replace(count=one.nobs - one.count) for one in cells]
    design = PooledDesign(MARGIN, direction=Direction.LOWER, seed=3)
    lower = estimate_record(turned, design).record
    mirrored = estimate_record(turned, PooledDesign(MARGIN, seed=3)).record
    for one, other in zip(lower.profiles[0].variants, mirrored.profiles[0].variants, strict=True):
        assert one.rate == pytest.approx(1 - other.rate)
        assert one.difference == -other.difference
        assert one.predictions[0].difference[0] == -other.predictions[0].difference[1]
        assert (one.verdict, one.p_best, one.is_advised) == (
            other.verdict,
            other.p_best,
            other.is_advised,
        )
    counted = lower.profiles[0].variants[0].counted
    assert counted == record.profiles[0].variants[0].counted


def test_cells_that_compare_nothing_are_named():
    rows = [row("1", "p", "a", 100, 10), row("2", "p", "b", 100, 0)]
    record = estimate_record(rows, PooledDesign(MARGIN)).record
    assert {one.status for one in record.profiles[0].variants} == {Status.UNDEFINED}
    assert [one.reason for one in record.experiments_unused] == ["one_variant", "no_response"]
    assert (record.experiments_used, record.together) == ((), None)
    assert record.profiles[0].variants[0].counted.people == 100


def test_record_reads_back_as_it_was(record):
    assert read_result("pooled", write_result("pooled", record)) == record


def test_pairs_hold_direct_beside_indirect_evidence():
    record = estimate_record(smoking_rows(), PooledDesign(MARGIN)).record
    [part] = record.profiles
    names = [channel for channel, _style in record.variants]
    pair = next(one for one in part.pairs if names[one.other] == "ind_counseling")
    for figure, (lower, upper) in (
        (pair.direct, pair.direct_ci),
        (pair.indirect, pair.indirect_ci),
    ):
        assert lower < figure < upper
    assert 0 < pair.pvalue < 1
    assert pair.anytime[0] < 0 < pair.anytime[1]


def test_record_tells_how_much_experiments_differ(record):
    spread = estimate_record(smoking_rows(), PooledDesign(MARGIN)).record.heterogeneity
    assert 0.3 < spread.tau < 1.5
    assert spread.tau_ci[0] < spread.tau < spread.tau_ci[1]
    assert 0.3 < spread.i_squared < 1
    assert 1 < spread.dispersion < 2
    # Two labs are too few to tell how labs differ.
    assert record.heterogeneity.lab_tau is None


def test_designs_that_agree_are_consistent():
    found = estimate_record(smoking_rows(), PooledDesign(MARGIN)).record.consistency
    assert 0.2 < found.pvalue <= 1
    assert found.freedom == 7
    # Without room for what experiments differ, all of it counts against consistency.
    assert (found.reason, found.fixed_pvalue < 0.05) == ("", True)


def test_record_says_why_consistency_is_not_tested():
    held = {"1": (("a", 60), ("b", 90)), "2": (("a", 50), ("c", 40)), "3": (("b", 70), ("c", 55))}
    rows = [
        row(experiment, "p", channel, 400, count)
        for experiment, variants in held.items()
        for channel, count in variants
    ]
    found = estimate_record(rows, PooledDesign(MARGIN)).record.consistency
    assert (found.pvalue, found.reason) == (None, "not_repeated")
    assert 0 < found.fixed_pvalue < 1


def test_no_anytime_limits_where_clusters_were_assigned():
    part = estimate_record(draw_rows(clusters=3), PooledDesign(MARGIN)).record.profiles[0]
    assert {pair.anytime for pair in part.pairs} == {None}


def hold_three(gap=0.1, **fields):
    """Return three experiments with letters and flyers, and one with a letter and a call."""
    rows = [
        row(name, profile, channel, 1000, round(1000 * (0.2 + gain)), **fields)
        for name in ("1", "2", "3")
        for profile in "pq"
        for channel, gain in (("letter", 0.0), ("flyer", gap))
    ]
    return rows + [
        row("4", "p", name, 300, count) for name, count in (("letter", 60), ("call", 20))
    ]


def weigh(rows, in_time):
    """Return the evidence that flyers and letters differ in profile p."""
    record = estimate_record(rows, PooledDesign(MARGIN, in_time=in_time)).record
    part = record.find_profile("p")
    names = [channel for channel, _style in record.variants]
    return next(
        one.evalue
        for one in part.pairs
        if {names[one.one], names[one.other]} == {"letter", "flyer"}
    )


def test_clear_difference_is_strong_evidence_whatever_order_of_time():
    assert weigh(hold_three(), ("1", "2", "3")) > 1000
    assert weigh(hold_three(), ("3", "1", "2")) > 1000
    assert weigh(hold_three(gap=0.002), ("1", "2", "3")) < 1


def test_evidence_is_shared_among_all_pairs_that_could_be_chosen():
    rows = hold_three(gap=0.03)
    count = np.array([[230.0, 200.0]] * 3)
    alone = find_evidence(count, np.full((3, 2), 1000.0), np.arange(3)).evalue
    assert weigh(rows, ("1", "2", "3")) == pytest.approx(alone / 3)


def test_experiment_without_lottery_or_last_day_gives_no_evidence():
    assert weigh(hold_three(), ("1", "2")) is None
    assert weigh(hold_three(), ()) is None


def test_clusters_give_no_evidence():
    assert weigh(hold_three(cluster="street"), ("1", "2", "3")) is None


def test_strata_without_response_count_as_evidence_too():
    rows = hold_three(gap=0.03)
    silent = [row("0", "p", channel, 1000, 0) for channel in ("letter", "flyer")]
    in_time = ("0", "1", "2", "3")
    count = np.array([[0.0, 0.0]] + [[230.0, 200.0]] * 3)
    alone = find_evidence(count, np.full((4, 2), 1000.0), np.arange(4)).evalue
    assert weigh([*rows, *silent], in_time) == pytest.approx(alone / 3)


def test_waves_stand_in_the_order_of_their_numbers():
    numbers = (1, 2, 10, 11)
    rows = [row("1", "p", "a", 20, one)._replace(wave=f"{one}|letters") for one in numbers]
    cells = gather_cells(rows)
    assert dict(zip(cells.wave.tolist(), cells.count.tolist(), strict=True)) == {
        0: 1,
        1: 2,
        2: 10,
        3: 11,
    }
