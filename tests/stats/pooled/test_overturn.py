"""The result that would overturn an advice, held beside fits of counts with such a result."""

import math

import numpy as np
import pytest

from analysis.overturning import find_spread
from analysis.pooled.spread import describe_heterogeneity
from analysis.stats.pooled.data import CellRow, gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.overturn import Spread, find_turning

MARGIN, PEOPLE, MANY = 0.01, 400, 1200
RATES = {"letter": 0.15, "flyer": 0.12, "post": 0.09}
# Fixed wobble, so that experiments differ a little.
WOBBLE = (0.004, -0.006, 0.005, -0.003, 0.002, -0.002)


def cells(*extra: CellRow):
    rows = [
        CellRow(
            f"lab{at % 3}",
            f"e{at}",
            "1",
            "all",
            name,
            "",
            "",
            PEOPLE,
            round(PEOPLE * (rate + wobble * (1 if name == "letter" else -1))),
        )
        for at, wobble in enumerate(WOBBLE)
        for name, rate in RATES.items()
    ]
    return gather_cells([*rows, *extra])


def next_experiment(difference: float):
    """A new lab in which the letter does so much better than the flyer."""
    middle = (RATES["letter"] + RATES["flyer"]) / 2
    return [
        CellRow(
            "new",
            "next",
            "1",
            "all",
            name,
            "",
            "",
            MANY,
            max(0, round(MANY * (middle + sign * difference / 2))),
        )
        for name, sign in (("letter", 1), ("flyer", -1))
    ]


def fit(*extra: CellRow):
    return estimate_pooled(cells(*extra), PooledOptions(seed=3, margin=MARGIN))


def advised(estimate):
    return next(one for one in estimate.estimates if one.is_advised)


@pytest.fixture(scope="module")
def turning():
    estimate = fit()
    names = [one.channel for one in estimate.variants]
    logits = estimate.draws.effects[:, 0] + estimate.draws.level[:, 0, :1]
    spread = describe_heterogeneity(estimate)
    at = names.index("letter"), names.index("flyer")
    assert advised(estimate).variant.channel == "letter"
    found = find_turning(logits, *at, MANY, find_spread(spread, len(WOBBLE), 3), MARGIN)
    assert names[found.becomes] == "flyer"
    return found


def test_a_result_beyond_it_turns_the_advice_of_a_new_fit(turning):
    beyond = fit(*next_experiment(1.3 * turning.turns_below))
    assert advised(beyond).variant.channel == "flyer"


def test_a_result_short_of_it_leaves_the_advice_of_a_new_fit(turning):
    short = fit(*next_experiment(0.75 * turning.turns_below))
    assert advised(short).variant.channel == "letter"


def test_advice_weakens_before_it_turns(turning):
    assert turning.turns_below < turning.weakens_below
    assert turning.turns_below < 0


def known(spread):
    return Spread(np.array([spread**2]), np.zeros(1))


def make_draws(gap, spread, seed=1):
    generator = np.random.default_rng(seed)
    draws = generator.standard_normal((4000, 2)) * spread / math.sqrt(2)
    return draws - draws.mean(axis=0) + np.array([gap / 2, -gap / 2]) - 2.0


def test_threshold_is_that_of_the_normal_update():
    # Two independent normals: the mean moves to nought when the result is -m v / s².
    logits, people, spread = make_draws(0.3, 0.2), 500, 0.1
    found = find_turning(logits, 0, 1, people, known(spread), MARGIN)
    difference = logits[:, 0] - logits[:, 1]
    rates = 1 / (1 + np.exp(-logits))
    noise = (1 / (people * rates.mean(axis=0) * (1 - rates.mean(axis=0)))).sum() + spread**2
    result = -difference.mean() * noise / difference.var()
    middle = logits.mean()
    expected = 1 / (1 + math.exp(-middle - result / 2)) - 1 / (1 + math.exp(-middle + result / 2))
    assert found.turns_below == pytest.approx(expected, abs=0.003)


def test_larger_experiments_turn_it_with_less_and_surer_advice_asks_more():
    base = find_turning(make_draws(0.3, 0.2), 0, 1, 300, known(0.1), MARGIN).turns_below
    larger = find_turning(make_draws(0.3, 0.2), 0, 1, 3000, known(0.1), MARGIN).turns_below
    surer = find_turning(make_draws(0.3, 0.12), 0, 1, 300, known(0.1), MARGIN).turns_below
    assert surer < base < larger < 0


def test_where_no_result_turns_it_none_is_named():
    found = find_turning(make_draws(2.0, 0.05), 0, 1, 50, known(0.3), MARGIN)
    assert found.turns_below is None
    assert found.becomes is None


def test_what_is_unsettled_names_the_result_that_settles_it():
    found = find_turning(make_draws(0.05, 0.3), 0, 1, 2000, known(0.0), MARGIN)
    assert found.settles_above > 0
