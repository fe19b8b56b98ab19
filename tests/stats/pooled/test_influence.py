"""What advice rests on, and P(best) by quadrature."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from analysis.stats.pooled.best import find_best_probabilities
from analysis.stats.pooled.data import gather_cells
from analysis.stats.pooled.estimate import PooledOptions
from analysis.stats.pooled.influence import TOGETHER, check_influence
from analysis.stats.pooled.left_out import LeftOut
from tests.stats.pooled.programmes import draw_rows, row


def test_advice_that_rests_on_one_lab_is_named():
    rows = [
        row("e1", "p", "a", 5000, 500, lab="large"),
        row("e1", "p", "b", 5000, 900, lab="large"),
        row("e2", "p", "a", 800, 130, lab="small"),
        row("e2", "p", "b", 800, 70, lab="small"),
    ]
    changes = check_influence(gather_cells(rows), PooledOptions(), LeftOut.LAB)
    assert {one.left_out for one in changes} <= {"large", "small"}
    assert changes
    assert all(one.advised != one.without for one in changes)


@pytest.mark.parametrize("left_out", list(LeftOut))
def test_quick_check_names_the_changes_of_whole_fits(monkeypatch, left_out):
    cells = gather_cells(draw_rows(seed=4, experiments=10, labs=4, people=150))
    whole = set(check_influence(cells, PooledOptions(), left_out))
    monkeypatch.setattr("analysis.stats.pooled.influence.FEW_CELLS", 0)
    quick = set(check_influence(cells, PooledOptions(), left_out))
    assert len(quick & whole) >= 2
    assert len(quick ^ whole) <= 1


def test_best_probability_equals_integration():
    means, errors = [0.10, 0.12, 0.05], [0.01, 0.02, 0.05]

    def first_is_best(value):
        others = norm.cdf(value, means[1], errors[1]) * norm.cdf(value, means[2], errors[2])
        return norm.pdf(value, means[0], errors[0]) * others

    exact = quad(first_is_best, 0.0, 0.25, epsabs=1e-12, limit=500)[0]
    assert find_best_probabilities(means, errors)[0] == pytest.approx(exact, abs=1e-6)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(0.01, 1)), min_size=2, max_size=8))
def test_best_probabilities_sum_to_one(pairs):
    means, errors = zip(*pairs, strict=True)
    found = find_best_probabilities(means, errors)
    assert found.sum() == pytest.approx(1.0)


def test_best_probability_of_two_is_the_normal_distribution():
    found = find_best_probabilities([0.3, 0.1], [0.2, 0.1])
    assert found[0] == pytest.approx(norm.cdf(0.2 / np.hypot(0.2, 0.1)), abs=1e-9)


@pytest.mark.parametrize("few", [1_000, 0])
def test_advice_for_all_together_is_looked_at_too(monkeypatch, few):
    monkeypatch.setattr("analysis.stats.pooled.influence.FEW_CELLS", few)
    rows = [
        row(experiment, profile, channel, people, int(people * rate), lab=experiment)
        for experiment, people, gain in (("large", 5000, 0.1), ("small", 800, -0.03))
        for profile in "pq"
        for channel, rate in (("a", 0.15), ("b", 0.15 + gain))
    ]
    changes = check_influence(gather_cells(rows), PooledOptions(), LeftOut.LAB, together=("p", "q"))
    held = {(one.left_out, one.without.channel) for one in changes if one.profile == TOGETHER}
    assert held == {("large", "a")}
