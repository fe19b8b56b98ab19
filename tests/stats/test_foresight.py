"""What a later comparison may show, against exact and simulated answers."""

import numpy as np
import pytest
from scipy.stats import binom

from analysis.stats.foresight import LaterCells, foresee_difference

DRAWS = 20_000


def cells(*rows):
    """Return cells of (wave, whether first, people, responses)."""
    wave, first, nobs, count = zip(*rows, strict=True)
    return LaterCells(
        np.array(wave), np.array(first), np.array(nobs, float), np.array(count, float)
    )


def foresee(gap, held, noise=0.0, seed=1):
    return foresee_difference(
        np.full(DRAWS, gap), np.full(DRAWS, noise), held, np.random.default_rng(seed)
    )


def test_equal_variants_are_ahead_half_of_the_time():
    found = foresee(0.0, cells((0, True, 300, 30), (0, False, 300, 30)))
    assert found.probability == pytest.approx(0.5, abs=0.012)
    assert found.lower == pytest.approx(-found.upper, abs=0.005)


def test_probability_is_that_of_two_binomials():
    gap, nobs = 0.4, 80
    # Both together respond as often as they did: 0.15 on average.
    level = np.linspace(-4, 0, 4001)
    rates = [1 / (1 + np.exp(-(level + sign * gap / 2))) for sign in (1, -1)]
    at = np.argmin(np.abs((rates[0] + rates[1]) / 2 - (24 + 0.5) / 161))
    first, second = (binom(nobs, rate[at]).pmf(np.arange(nobs + 1)) for rate in rates)
    table = np.outer(first, second)
    exact = np.tril(table, -1).sum() + 0.5 * np.trace(table)
    found = foresee(gap, cells((0, True, nobs, 14), (0, False, nobs, 10)))
    assert found.probability == pytest.approx(exact, abs=0.01)


def test_who_was_ahead_does_not_matter():
    one = foresee(0.3, cells((0, True, 200, 40), (0, False, 200, 10)))
    other = foresee(0.3, cells((0, True, 200, 10), (0, False, 200, 40)))
    assert one == other


def test_more_people_make_surer():
    few, many = (
        foresee(0.3, cells((0, True, size, size // 10), (0, False, size, size // 10)))
        for size in (50, 5000)
    )
    assert 0.5 < few.probability < 0.9 < many.probability
    assert many.upper - many.lower < (few.upper - few.lower) / 5


def test_what_cells_differ_makes_less_sure():
    held = cells((0, True, 5000, 500), (0, False, 5000, 500))
    sure, unsure = foresee(0.2, held), foresee(0.2, held, noise=0.3)
    assert 0.5 < unsure.probability < sure.probability


def test_nobody_responds_is_mostly_a_tie():
    found = foresee(1.0, cells((0, True, 20, 0), (0, False, 20, 0)))
    assert 0.5 <= found.probability < 0.75


def test_waves_are_weighed_by_the_people_that_they_compare():
    held = cells((0, True, 900, 90), (0, False, 900, 90), (1, True, 10, 9), (1, False, 900, 800))
    alone = foresee(0.5, cells((0, True, 900, 90), (0, False, 900, 90)))
    both = foresee(0.5, held)
    assert both.upper - both.lower == pytest.approx(alone.upper - alone.lower, rel=0.15)


def test_limits_hold_what_is_seen_as_often_as_they_say():
    draw, inside, runs = np.random.default_rng(3), 0, 400
    for seed in range(runs):
        gap = draw.normal(0.3, 0.3, 2000)
        true, sizes = draw.normal(0.3, 0.3), np.array([150, 250])
        rates = 1 / (1 + np.exp(2.0 - np.array([0.5, -0.5]) * true))
        count = draw.binomial(sizes, rates)
        held = cells((0, True, 150, count[0]), (0, False, 250, count[1]))
        found = foresee_difference(gap, np.zeros(2000), held, np.random.default_rng(seed))
        inside += found.lower <= count[0] / 150 - count[1] / 250 <= found.upper
    assert 0.92 <= inside / runs <= 0.98
