"""τ, I² and overdispersion, against metafor and a quasi-binomial regression."""

import numpy as np
import pytest

from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.heterogeneity import (
    NoSpread,
    check_dispersion,
    estimate_heterogeneity,
    find_i_squared,
    find_tau,
    find_typical_variance,
)
from analysis.stats.pooled.terms import Term
from analysis.stats.results import Status
from tests.stats.pooled.fits import fit, paired, rock_the_vote
from tests.stats.pooled.programmes import draw_rows, row
from tests.stats.references import answers

REFERENCE = answers("pooled_consistency")


@pytest.mark.parametrize(("name", "loose"), [("nicotine_gum", 0.03), ("bcg", 0.06)])
def test_typical_variance_is_that_of_metafor(name, loose):
    # metafor adds no halves here but weighs with the observed rates, we with the fitted ones.
    found = find_typical_variance(paired(name).mode)
    assert found == pytest.approx(REFERENCE[name]["typical_variance"], rel=loose)


@pytest.mark.parametrize("name", ["nicotine_gum", "bcg"])
def test_share_of_heterogeneity_is_near_that_of_metafor(name):
    peak, expected = paired(name), REFERENCE[name]
    tau2 = 2 * np.exp(peak.log_sd[0]) ** 2
    share = tau2 / (tau2 + find_typical_variance(peak.mode))
    assert expected["i_squared_ci"][0] < share < expected["i_squared_ci"][1]
    assert share == pytest.approx(expected["i_squared"], abs=0.05)


def test_dispersion_equals_that_of_quasi_binomial_regression():
    found = check_dispersion(rock_the_vote().mode)
    expected = answers("rock_the_vote")["results"]["quasi_dispersion"]
    assert found.value == pytest.approx(expected, rel=1e-6)


def test_counts_in_clusters_are_flagged():
    peak = rock_the_vote()
    draws = PluggedIn(peak)
    found = estimate_heterogeneity(peak.mode, draws)
    assert found.is_overdispersed
    assert found.tau.reason == NoSpread.NOT_IN_MODEL


def test_tau_is_root_two_times_the_standard_deviation():
    peak = paired("nicotine_gum")
    found = find_tau(PluggedIn(peak), (Term.EXPERIMENT_VARIANT,))
    assert found.value == pytest.approx(np.sqrt(2) * np.exp(peak.log_sd[0]))
    assert found.interval is None


def test_one_experiment_tells_nothing_of_heterogeneity():
    peak = fit([row("e", "p", "a", 300, 30), row("e", "p", "b", 300, 50)])
    found = estimate_heterogeneity(peak.mode, PluggedIn(peak))
    assert found.tau.status == found.i_squared.status == Status.UNDEFINED
    assert found.tau.value is None
    assert not found.is_overdispersed


def test_intervals_hold_what_draws_show():
    cells = gather_cells(draw_rows(3, experiments=10, labs=4))
    peak = fit(draw_rows(3, experiments=10, labs=4))
    draws = estimate_pooled(cells, PooledOptions()).draws
    found = estimate_heterogeneity(peak.mode, draws)
    for one in (found.tau, found.lab_tau, found.i_squared):
        assert one.interval[0] < one.value < one.interval[1]
    assert 0 < found.i_squared.interval[0] < found.i_squared.interval[1] < 1


def test_few_labs_leave_their_spread_to_the_prior():
    rows = draw_rows(3, experiments=10, labs=2)
    draws = estimate_pooled(gather_cells(rows), PooledOptions()).draws
    found = estimate_heterogeneity(fit(rows).mode, draws)
    assert found.lab_tau.reason == NoSpread.FROM_PRIOR


def test_share_without_experiments_in_common_is_unknown():
    peak = paired("bcg")
    assert find_i_squared(PluggedIn(peak), None).status == Status.UNDEFINED


class PluggedIn:
    """Standard deviations at the peak, as if drawn."""

    def __init__(self, peak):
        terms = peak.mode.system.model.terms.random
        values = np.exp(peak.log_sd).tolist()
        self.sd = {term: np.full(4, value) for term, value in zip(terms, values, strict=True)}
