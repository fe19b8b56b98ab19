"""The result that would overturn an advice, held beside fits of counts with such a result."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import brentq

from analysis.evidence import Basis, ComparedVariant, Outcome, ProfileEvidence, RateEvidence
from analysis.overturning import find_single_overturn, find_spread
from analysis.pooled.spread import describe_heterogeneity
from analysis.stats.pooled.data import CellRow, gather_cells
from analysis.stats.pooled.estimate import PooledOptions, estimate_pooled
from analysis.stats.pooled.overturn import Spread, find_least, find_turning
from analysis.stats.results import Verdict

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
    people = {names.index(one): MANY for one in ("post", "flyer")}
    least = find_least(logits, at[0], people, find_spread(spread, len(WOBBLE), 3), MARGIN)
    assert names[least] == "flyer"
    return found


def test_a_result_beyond_it_turns_the_advice_of_a_new_fit(turning):
    beyond = fit(*next_experiment(1.08 * turning.turns_below))
    assert advised(beyond).variant.channel == "flyer"


def test_a_result_short_of_it_leaves_the_advice_of_a_new_fit(turning):
    short = fit(*next_experiment(0.92 * turning.turns_below))
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


OUTCOME = Outcome("responded", "offered", "letters", MARGIN)
STEP = 0.001
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(31)
# Rates and people of two to four variants of one experiment.
EXPERIMENTS = st.lists(
    st.tuples(st.floats(0.03, 0.6), st.integers(150, 5000)), min_size=2, max_size=4
)


def expected_rates(means, variances):
    """Return the mean rates of logits that are normal, by quadrature."""
    logits = np.array(means)[:, None] + np.sqrt(variances)[:, None] * NODES
    return (1 / (1 + np.exp(-logits))) @ WEIGHTS / WEIGHTS.sum()


class Normals:
    """Variants that were counted apart, each logit normal: what a next result does is a formula."""

    def __init__(self, rates, leader):
        self.rates, self.leader = rates, leader
        shares, people = (np.array([one[at] for one in rates], dtype=float) for at in (0, 1))
        self.means = np.log(shares / (1 - shares))
        self.variances = 1 / (people * shares * (1 - shares))

    def advised_after(self, rival, people, lead):
        """Return which variant has the best expected rate after a result of two of them."""
        pair = [self.leader, rival]
        middle = self.means[pair].mean()

        def share(gap):
            return 1 / (1 + math.exp(-middle - gap / 2)) - 1 / (1 + math.exp(-middle + gap / 2))

        gap = brentq(lambda one: share(one) - lead, -8, 8)
        now = expected_rates(self.means, self.variances)[pair]
        noise = (1 / (people * now * (1 - now))).sum()
        total = self.variances[pair].sum() + noise
        surprise = gap - (self.means[self.leader] - self.means[rival])
        means, variances = self.means.copy(), self.variances.copy()
        for one, sign in ((self.leader, 1), (rival, -1)):
            means[one] += sign * self.variances[one] / total * surprise
            variances[one] -= self.variances[one] ** 2 / total
        return int(np.argmax(expected_rates(means, variances)))


def part_of(rates):
    order = sorted(range(len(rates)), key=lambda one: -rates[one][0])
    told = tuple(
        RateEvidence(place, round(rate * people), people, rate)
        for place, (rate, people) in enumerate(rates)
    )
    return ProfileEvidence(None, told, Verdict.NOT_ENOUGH_DATA, leader=order[0], reference=order[1])


@given(EXPERIMENTS)
def test_stated_result_overturns_the_advice_and_one_step_less_does_not(rates):
    part = part_of(rates)
    shares = sorted((one[0] for one in rates), reverse=True)
    assume(shares[0] - shares[1] > 0.002)
    variants = tuple(ComparedVariant(str(one), str(one), one) for one in range(len(rates)))
    found = find_single_overturn(Basis("x", "1", variants, OUTCOME, 0.95, "B"), part)
    assert found.rivals == len(rates) - 1
    assume(found.turns_below is not None)
    exact = Normals(rates, part.leader)
    # Draws of a normal stand for it, which is exact to a step.
    beyond = exact.advised_after(found.rival, found.people, found.turns_below - STEP)
    assert beyond == found.becomes
    short = exact.advised_after(found.rival, found.people, found.turns_below + 2 * STEP)
    assert short == part.leader
    fall = part.find_rate(part.leader).rate - part.find_rate(found.rival).rate - found.turns_below
    for rival in set(range(len(rates))) - {part.leader, found.rival}:
        people = min(rates[rival][1], rates[part.leader][1])
        less = rates[part.leader][0] - rates[rival][0] - 0.85 * fall + 2 * STEP
        assert exact.advised_after(rival, people, less) == part.leader
