"""Variants to which nobody, or everybody, responded: limits against integration."""

import numpy as np
import pytest

from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.results import Status
from tests.stats.pooled.programmes import row

LIMITS = [0.025, 0.975]
# Of the difference of two variants: each has an effect of sd 1 once their mean is taken out.
PRIOR_VARIANCE = 2.0


def estimate(nobs, counts):
    cells = zip("ab", nobs, counts, strict=True)
    return estimate_pooled(
        gather_cells([row("e", "p", *one) for one in cells]), PooledOptions(seed=3)
    )


def find_limits(nobs, counts):
    """Return the limits of the difference by summing over the free intercept."""
    gap, level = np.linspace(-15, 15, 1501), np.linspace(-25, 25, 2001)[:, None]
    logs = -(gap**2) / (2 * PRIOR_VARIANCE) + np.zeros_like(level)
    for sign, people, count in zip((0.5, -0.5), nobs, counts, strict=True):
        logit = level + sign * gap
        logs += count * logit - people * np.logaddexp(0, logit)
    density = np.exp(logs - logs.max()).sum(axis=0)
    share = np.cumsum(density) - density / 2
    return np.interp(LIMITS, share / share[-1], gap)


@pytest.mark.parametrize(
    ("nobs", "counts"),
    [((40, 40), (0, 12)), ((400, 400), (0, 40)), ((10, 10), (0, 3)), ((40, 40), (40, 12))],
)
def test_limits_of_a_variant_with_one_outcome_equal_integration(nobs, counts):
    draws = estimate(nobs, counts).draws.effects[:, 0]
    found = np.quantile(draws[:, 0] - draws[:, 1], LIMITS)
    assert found == pytest.approx(find_limits(nobs, counts), abs=1e-2)


def test_interval_is_longer_where_counts_say_less():
    found = estimate((40, 40), (0, 12))
    none = found.estimates[0]
    assert none.status == Status.TOO_LITTLE
    assert none.effect - none.effect_ci[0] > 1.1 * (none.effect_ci[1] - none.effect)
    gap = found.draws.effects[:, 0, 0] - found.draws.effects[:, 0, 1]
    # Firth's estimate for a table of two by two is that with a half in each cell more.
    firth = np.log(0.5 / 40.5) - np.log(12.5 / 28.5)
    assert np.quantile(gap, LIMITS[0]) < firth < np.median(gap) < 0


def test_nobody_in_one_variant_and_everybody_in_the_other_is_finite():
    first, second = estimate((50, 50), (0, 50)).estimates
    assert first.rate_ci[1] < second.rate_ci[0]
    assert all(np.isfinite(one.effect_ci).all() for one in (first, second))
