"""The four verdicts, in both directions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.cells import Direction
from analysis.stats.results import Verdict
from analysis.stats.verdicts import judge_pair

MARGIN = 0.02
SHARES = st.floats(-1, 1)


@pytest.mark.parametrize(
    ("lower", "upper", "probability", "verdict"),
    [
        (-0.019, 0.019, 0.5, Verdict.NO_DIFFERENCE),
        # No difference that matters goes before a small one that is sure.
        (0.001, 0.015, 0.999, Verdict.NO_DIFFERENCE),
        (0.001, 0.021, 0.999, Verdict.CLEARLY_BETTER),
        (-0.02, 0.019, 0.5, Verdict.NOT_ENOUGH_DATA),
        (-0.01, 0.06, 0.90, Verdict.PROBABLY_BETTER),
        (-0.01, 0.06, 0.8999, Verdict.NOT_ENOUGH_DATA),
        (0.0, 0.06, 0.95, Verdict.PROBABLY_BETTER),
        (None, None, None, Verdict.NOT_ENOUGH_DATA),
    ],
)
def test_the_first_verdict_that_fits_counts(lower, upper, probability, verdict):
    assert judge_pair(lower, upper, probability, MARGIN, 0.01) == (verdict, 1)


def test_a_worse_variant_is_judged_from_the_other_side():
    found = judge_pair(-0.09, -0.03, 0.001, MARGIN, -0.06)
    assert found == (Verdict.CLEARLY_BETTER, -1)


def test_lower_is_better_turns_the_verdict_around():
    worse = judge_pair(0.03, 0.09, 0.001, MARGIN, 0.06, Direction.LOWER)
    better = judge_pair(-0.09, -0.03, 0.999, MARGIN, -0.06, Direction.LOWER)
    assert worse == (Verdict.CLEARLY_BETTER, -1)
    assert better == (Verdict.CLEARLY_BETTER, 1)


def test_equal_rates_favour_nobody():
    assert judge_pair(-0.1, 0.1, 0.5, MARGIN, 0.0) == (Verdict.NOT_ENOUGH_DATA, 0)


@given(SHARES, SHARES, st.floats(0, 1), SHARES)
@settings(deadline=None)
def test_swapping_sides_keeps_the_verdict(one, other, probability, difference):
    lower, upper = sorted((one, other))
    verdict, side = judge_pair(lower, upper, probability, MARGIN, difference)
    swapped = judge_pair(-upper, -lower, 1 - probability, MARGIN, -difference)
    if difference and abs(probability - 0.5) < 0.39:
        assert swapped == (verdict, -side)


@given(SHARES, SHARES, st.floats(0, 1), SHARES)
@settings(deadline=None)
def test_mirroring_the_outcome_keeps_the_verdict(one, other, probability, difference):
    lower, upper = sorted((one, other))
    higher = judge_pair(lower, upper, probability, MARGIN, difference)
    mirrored = judge_pair(-upper, -lower, probability, MARGIN, -difference, Direction.LOWER)
    assert mirrored == higher
