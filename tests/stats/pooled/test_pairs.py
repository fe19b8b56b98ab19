"""Differences between variants with limits that hold for all pairs of a profile at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from analysis.stats.pooled.decisions import compare_pairs, find_claims

DRAWS = 2000


def draw_rates(seed, variants=4, level=-3.0, spread=0.6):
    """Return draws of rates whose logits are normal, with a level in common."""
    draw = np.random.default_rng(seed)
    means = draw.normal(level, 1.0, variants)
    own = draw.normal(0, spread * draw.uniform(0.1, 1, variants), (DRAWS, variants))
    return expit(means + own + draw.normal(0, 0.2, (DRAWS, 1)))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(-6, 2), st.floats(0.05, 2))
def test_a_limit_leaves_zero_out_just_when_there_is_a_claim(seed, level, spread):
    pairs = compare_pairs(draw_rates(seed, level=level, spread=spread))
    claims = find_claims(pairs)
    assert ((pairs.lower > 0) == claims).all()
    assert ((pairs.upper < 0) == claims.T).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(-6, 2), st.floats(0.05, 2))
def test_limits_turn_around_with_the_pair_and_hold_the_difference(seed, level, spread):
    pairs = compare_pairs(draw_rates(seed, level=level, spread=spread))
    assert pairs.lower == pytest.approx(-pairs.upper.T, abs=1e-12)
    between = ~np.eye(4, dtype=bool)
    assert (pairs.lower <= pairs.difference + 0.02)[between].all()
    assert (pairs.upper >= pairs.difference - 0.02)[between].all()


def test_limits_are_those_of_a_normal_when_rates_are_known_well():
    rates = np.random.default_rng(1).normal([0.30, 0.32, 0.35], 0.004, (4000, 3))
    pairs = compare_pairs(rates)
    gaps = rates[:, :, None] - rates[:, None, :]
    spread = gaps.std(axis=0, ddof=1) + np.eye(3)
    reach = np.quantile(np.abs((gaps - gaps.mean(axis=0)) / spread).max(axis=(1, 2)), 0.95)
    assert pairs.lower == pytest.approx(
        pairs.difference - reach * spread * (1 - np.eye(3)), abs=2e-4
    )


def test_a_small_rate_is_surely_worse_though_the_large_one_is_vague():
    draw = np.random.default_rng(2)
    logits = draw.normal([-0.8, -4.6], [0.8, 0.3], (4000, 2))
    pairs = compare_pairs(expit(logits))
    assert pairs.lower[0, 1] > 0


@pytest.mark.parametrize("level", [-4.5, -2.0])
def test_all_limits_of_a_profile_hold_together_in_nineteen_of_twenty(level):
    draw = np.random.default_rng(3)
    held = 0
    for _profile in range(200):
        spread = draw.uniform(0.1, 0.8, 5)
        true = level + draw.normal(0, 0.5, 5)
        seen = true + draw.normal(0, spread) + draw.normal(0, 0.1)
        draws = seen + draw.normal(0, spread, (DRAWS, 5)) + draw.normal(0, 0.1, (DRAWS, 1))
        pairs = compare_pairs(expit(draws))
        gap = expit(true)[:, None] - expit(true)
        held += bool(((pairs.lower <= gap + 1e-12) & (gap <= pairs.upper + 1e-12)).all())
    assert held >= 183  # 190 expected; 2 standard errors below
