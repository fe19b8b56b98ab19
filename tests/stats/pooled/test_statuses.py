"""Sparse and degenerate counts: finite, sensible and with the right status."""

import math

import numpy as np
import pytest

from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.results import UnusedReason
from analysis.stats.pooled.terms import DropReason, Term
from analysis.stats.results import Status, Verdict
from tests.stats.pooled.programmes import draw_rows, row


def estimate(*rows, **options):
    return estimate_pooled(gather_cells(rows), PooledOptions(**options))


def by_channel(found):
    return {one.variant.channel: one for one in found.estimates}


def test_one_cell_is_undefined():
    found = estimate(row("e", "p", "a", 100, 10))
    (only,) = found.estimates
    assert (only.status, only.effect, only.rate, only.is_advised) == (
        Status.UNDEFINED,
        None,
        None,
        False,
    )
    assert found.not_used == {"e": UnusedReason.ONE_VARIANT}


def test_counts_without_any_response_are_undefined():
    found = estimate(row("e", "p", "a", 100, 0), row("e", "p", "b", 100, 0))
    assert {one.status for one in found.estimates} == {Status.UNDEFINED}
    assert found.not_used == {"e": UnusedReason.NO_RESPONSE}


def test_experiments_of_one_name_in_two_labs_are_both_named():
    rows = [row("e", "p", "a", 100, 10, lab=lab) for lab in ("l", "m")]
    assert set(estimate(*rows).not_used) == {"l: e", "m: e"}


def test_nobody_reached_is_undefined():
    found = estimate(row("e", "p", "a", 0, 0), row("e", "p", "b", 0, 0))
    assert {one.status for one in found.estimates} == {Status.UNDEFINED}


@pytest.mark.parametrize("count", [0, 100])
def test_variant_with_one_kind_of_outcome_is_finite_and_too_little(count):
    found = by_channel(estimate(row("e", "p", "a", 100, count), row("e", "p", "b", 100, 30)))
    assert found["a"].status == Status.TOO_LITTLE
    assert found["b"].status == Status.OK
    assert all(math.isfinite(limit) for limit in found["a"].effect_ci)
    assert 0 < found["a"].rate < 1


def test_one_experiment_of_two_variants_is_estimated():
    found = by_channel(estimate(row("e", "p", "a", 1000, 100), row("e", "p", "b", 1000, 200)))
    assert found["b"].is_advised
    assert found["b"].verdict == Verdict.CLEARLY_BETTER
    assert found["b"].rate == pytest.approx(0.2, abs=0.01)
    assert found["a"].p_best + found["b"].p_best == pytest.approx(1.0)


def test_variants_without_a_chain_are_never_ranked_together():
    found = estimate(
        row("e", "p", "a", 1000, 100),
        row("e", "p", "b", 1000, 200),
        row("f", "p", "c", 900, 300),
        row("f", "p", "d", 900, 400),
    )
    parts = {one.variant.channel: one.part for one in found.estimates}
    assert parts == {"a": 0, "b": 0, "c": 1, "d": 1}
    assert all(one.rank_ci[1] <= 2 for one in found.estimates)
    assert {parts[claim.better.channel] - parts[claim.worse.channel] for claim in found.claims} == {
        0
    }
    assert [one.variant.channel for one in found.estimates if one.is_advised] == ["b"]
    assert np.isnan(found.list_draws()[0, 0]).tolist() == [False, False, True, True]


def test_each_profile_has_advice_in_the_part_of_its_own_people():
    found = estimate(
        row("e", "p", "a", 1000, 100),
        row("e", "p", "b", 1000, 200),
        row("f", "q", "c", 900, 300),
        row("f", "q", "d", 900, 400),
    )
    advised = {one.profile: one.variant.channel for one in found.estimates if one.is_advised}
    assert advised == {"p": "b", "q": "d"}
    assert np.isnan(found.list_draws()[0]).tolist() == [
        [False, False, True, True],
        [True, True, False, False],
    ]


def test_profile_without_response_has_effects_but_no_rates():
    found = estimate(
        row("e", "p", "a", 1000, 100),
        row("e", "p", "b", 1000, 200),
        row("e", "q", "a", 30, 0),
        row("e", "q", "b", 30, 0),
    )
    silent = [one for one in found.estimates if one.profile == "q"]
    assert {(one.status, one.rate, one.is_advised) for one in silent} == {
        (Status.TOO_LITTLE, None, False)
    }
    assert all(one.effect is not None for one in silent)


def test_combination_never_tried_is_predicted_and_marked():
    rows = [
        row(
            f"e{number}",
            "p",
            "a",
            500,
            60 + 40 * (tone == "warm") + 30 * (size == "short"),
            f"tone={tone};length={size}",
        )
        for number in range(6)
        for tone, size in [("warm", "long"), ("cool", "long"), ("cool", "short")]
    ]
    found = {one.variant.values: one for one in estimate(*rows).estimates}
    untried = found["short", "warm"]
    assert not untried.is_tried
    assert untried.status == Status.OK
    assert untried.effect > found["long", "warm"].effect > found["long", "cool"].effect
    assert untried.effect_std_error > found["long", "warm"].effect_std_error


def test_term_that_coincides_is_dropped_for_the_more_structural_one():
    found = estimate(*(one for one in draw_rows(profiles=1)))
    assert Term.EXPERIMENT_VARIANT in found.terms
    assert found.dropped[Term.CELL] == (DropReason.SAME, Term.EXPERIMENT_VARIANT)
    assert found.dropped[Term.CLUSTER] == (DropReason.NOT_RECORDED, None)


def test_recorded_clusters_widen_the_intervals():
    rows = draw_rows(clusters=3)
    without = [one._replace(cluster="") for one in rows]
    wide, narrow = estimate(*rows), estimate(*without)
    assert Term.CLUSTER in wide.terms
    spread = [
        np.mean([one.effect_std_error for one in found.estimates]) for found in (wide, narrow)
    ]
    assert spread[0] > 0.9 * spread[1]
