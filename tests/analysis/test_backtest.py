"""The back-test: what would have been advised on past days, and what later experiments showed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import recording
from analysis.pooled.backtest.days import choose_days
from analysis.pooled.backtest.estimator import backtest
from analysis.stats.cells import Direction
from analysis.stats.results import Verdict
from tests.studies.advice.unfolding import Unfolding
from tests.studies.pooled.programmes import Programme

SMALL = Programme(labs=3, experiments=12, profiles=3, channels=3, styles=2, reach=600.0)
HALF_YEARS = 3


@pytest.fixture(scope="module")
def unfolding():
    made = Unfolding(SMALL, 3, HALF_YEARS)
    assert list(made.unfold()) == [0, 1, 2]
    return made


@pytest.fixture(scope="module")
def cells(unfolding):
    return unfolding.choose()


@pytest.fixture(scope="module")
def found(unfolding, cells):
    return backtest(cells, unfolding.describe())


def test_each_day_asks_what_was_advised_when_it_came(unfolding, found):
    assert [one.advice for one in found.moments] == [unfolding.known[at].advice for at in (0, 1)]
    assert [(one.experiments, one.later) for one in found.moments] == [(4, 8), (8, 4)]


def test_what_came_later_changes_no_advice(unfolding, cells, found):
    ends = dict(unfolding.describe().ends)
    last = max(ends.values())
    turned = [
        row._replace(count=row.nobs - row.count) if ends[row.experiment] == last else row
        for row in cells
    ]
    other = backtest(turned, unfolding.describe())
    assert [one.advice for one in other.moments] == [one.advice for one in found.moments]
    assert other.hits.share != found.hits.share


def test_each_later_comparison_counts_once_after_its_advice(unfolding, found):
    ends, keys = dict(unfolding.describe().ends), set()
    for one in found.comparisons:
        moment = found.moments[one.moment]
        later = [each.day for each in found.moments[one.moment + 1 :]]
        assert moment.day < ends[one.experiment]
        assert not later or ends[one.experiment] <= later[0]
        keys.add((one.experiment, one.profile, one.other))
    assert len(keys) == len(found.comparisons) > 10


def test_who_was_ahead_is_what_was_counted(cells, found):
    for one in found.comparisons:
        rates = []
        for code in (one.advised, one.other):
            waves = [
                row
                for row in cells
                if (row.experiment, row.profile) == (one.experiment, one.profile)
                and (row.channel, row.style) == code
            ]
            rates.append([row.count / row.nobs for row in sorted(waves)])
        signs = {(first > second) - (first < second) for first, second in zip(*rates, strict=True)}
        # Where all waves agree, so must their mean.
        if len(signs) == 1:
            assert one.ahead == (1 + signs.pop()) / 2


def test_probability_and_limits_go_together(found):
    stated = [one for one in found.comparisons if one.probability is not None]
    assert len(stated) == found.calibration.forecasts > 0
    for one in stated:
        lower, upper = one.predicted
        assert 0 <= one.probability <= 1
        assert lower <= 0 or one.probability >= 0.97
        assert upper >= 0 or one.probability <= 0.03


def test_control_is_the_variant_that_is_done_as_usual(unfolding, found):
    usual = unfolding.write(0, 0)
    assert all(one.is_control == (one.other == usual) for one in found.comparisons)
    assert found.hits_over_usual.number == sum(one.is_control for one in found.comparisons) > 0


def test_without_advice_nothing_is_compared(unfolding, cells):
    design = unfolding.describe()
    # With a hundredth of the people nobody would have advised anything.
    few = [row._replace(nobs=max(row.nobs // 100, 2), count=1) for row in cells]
    nothing = backtest(few, design)
    assert nothing.comparisons == ()
    assert nothing.over_chance.verdict == Verdict.NOT_ENOUGH_DATA
    assert all(moment.compared == 0 for moment in nothing.moments)


def test_same_cells_give_the_same_answer_and_it_can_be_kept(unfolding, cells, found):
    design = unfolding.describe()
    calculation = recording.Calculation("backtest", cells, design)
    again = recording.read_calculation(
        "backtest", calculation.write_cells(), calculation.write_design()
    )
    assert again.design == design
    written = recording.write_result("backtest", found)
    assert recording.read_result("backtest", written) == found
    assert recording.write_result("backtest", backtest(again.cells, again.design)) == written


def test_where_less_is_better_the_same_variants_are_advised(unfolding, cells, found):
    design = unfolding.describe()
    outcome = replace(design.scope.outcome, direction=Direction.LOWER)
    turned = replace(design, scope=replace(design.scope, outcome=outcome))
    # Cells hold those without the outcome, of whom more is better.
    other = backtest(cells, turned)
    assert other.hits == found.hits
    assert [one.advice for one in other.moments] == [one.advice for one in found.moments]


def test_work_can_be_stopped_between_days(unfolding, cells):
    told = []

    def tell(share):
        told.append(share)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        backtest(cells, unfolding.describe(), on_progress=tell)
    assert told == [0.5]


@given(st.lists(st.integers(0, 400), max_size=80), st.integers(2, 12))
def test_days_are_few_and_each_has_a_later_end(offsets, most):
    ends = [date(2020, 1, 1) + timedelta(days=one) for one in offsets]
    days = choose_days(ends, most)
    assert len(days) <= most
    assert list(days) == sorted(set(days))
    assert set(days) <= set(ends)
    if len(set(ends)) > 1:
        assert days[0] == min(ends)
        assert days[-1] == sorted(set(ends))[-2]
    else:
        assert not days
