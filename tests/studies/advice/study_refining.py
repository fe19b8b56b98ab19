"""Do rules that refine themselves get better? Programmes of known truth, proposals all accepted.

python -m tests.studies.advice.study_refining [--full] [--seeds 1-20] [--keep scores]
"""

from functools import partial

import numpy as np

from analysis.pooled.backtest.estimator import Known, backtest
from analysis.pooled.backtest.record import BacktestDesign
from analysis.stats.results import Verdict
from tests.studies.advice.unfolding import USUAL, Unfolding
from tests.studies.pooled.bars import Bar, Columns, Measured, find_mean, mean_of, ratio_of
from tests.studies.pooled.programmes import PROGRAMMES, Programme
from tests.studies.pooled.running import Row, Study, run_command

HALF_YEARS = 8
LAST = HALF_YEARS - 1
# Of stated probabilities; the last bin holds 1.
EDGES = (0.5, 0.7, 0.9)


def score_unfolding(programme: Programme, seed: int) -> Row:
    """Return regret per half-year, verdicts and how many were wrong, and the back-test."""
    unfolding = Unfolding(programme, seed, HALF_YEARS)
    row: Row = {"claims": 0, "wrong": 0}
    for half_year in unfolding.unfold():
        row[f"regret_{half_year}"] = 100 * unfolding.find_regret()
        claims = list_claims(unfolding, unfolding.known[half_year])
        row["claims"] += len(claims)
        row["wrong"] += sum(claims)
    return row | score_backtest(unfolding)


def list_claims(unfolding: Unfolding, known: Known) -> list[bool]:
    """Return for each verdict «clearly better» whether it is wrong: the true rate is lower.

    Of each proposal: the leader against its best rival, and against what is done as usual.
    """
    codes, wrong = unfolding.read_codes(known), []
    for one in known.proposals:
        part = one.part
        beaten = {place for place in part.beaten if codes[place] == USUAL}
        if part.verdict == Verdict.CLEARLY_BETTER:
            beaten.add(part.reference)
        leader = part.leader
        for place in sorted(beaten):
            rates = [
                unfolding.find_rate(part.profile_id, codes[other]) for other in (leader, place)
            ]
            wrong.append(rates[0] < rates[1])
    return wrong


def score_backtest(unfolding: Unfolding) -> Row:
    """Return how stated probabilities came out, over all and in three bins of them."""
    ready = dict(unfolding.known)

    def ask(_rows, design: BacktestDesign) -> Known:
        # The half-years come in order, and were asked as they came.
        return ready.pop(min(ready))

    found = backtest(unfolding.choose(), unfolding.describe(), ask=ask)
    stated = [one for one in found.comparisons if one.probability is not None]
    place = np.searchsorted(EDGES, [one.probability for one in stated], side="right")
    row: Row = {
        "forecasts": len(stated),
        "stated": sum(one.probability for one in stated),
        "hits": sum(one.ahead for one in stated),
        "covered": sum(one.predicted[0] <= one.difference <= one.predicted[1] for one in stated),
        "gain_over_chance": 100 * (found.over_chance.mean.mean or 0.0),
        "gain_over_usual": 100 * (found.over_usual.mean.mean or 0.0),
    }
    for number in range(len(EDGES) + 1):
        held = [one for one, own in zip(stated, place.tolist(), strict=True) if own == number]
        row[f"forecasts_{number}"] = len(held)
        row[f"excess_{number}"] = sum(one.probability - one.ahead for one in held)
    row["excess"] = row["stated"] - row["hits"]
    return row


def find_last_of_first(columns: Columns) -> Measured:
    """Return the mean regret of the last half-year as a share of that of the first."""
    return ratio_of(f"regret_{LAST}", "regret_0")(columns)


def find_largest_step_up(columns: Columns) -> Measured:
    """Return the largest rise of mean regret between half-years, in its own standard errors."""
    steps = [
        find_mean(columns[f"regret_{one + 1}"] - columns[f"regret_{one}"]) for one in range(LAST)
    ]
    return Measured(max(one.value / one.std_error if one.std_error else 0.0 for one in steps), 0.0)


def find_size(part: str, whole: str, columns: Columns) -> Measured:
    """Return how far a ratio is from 0, on whichever side."""
    found = ratio_of(part, whole)(columns)
    return found._replace(value=abs(found.value))


def sum_of(name: str, columns: Columns) -> Measured:
    """Return the sum of a score over the seeds, which is exact."""
    return Measured(float(columns[name].sum()), 0.0)


def list_bars() -> tuple[Bar, ...]:
    """Return what a programme must show."""
    bars = [
        Bar(f"regret in half-year {one + 1}, percentage points", mean_of(f"regret_{one}"))
        for one in range(HALF_YEARS)
    ]
    bars += [
        Bar("regret of the last half-year over the first", find_last_of_first, most=0.5, allowed=0),
        Bar("largest step up, in standard errors", find_largest_step_up, most=2.0),
        Bar("verdicts “clearly better”", partial(sum_of, "claims"), least=200, digits=".0f"),
        Bar("of these wrong", ratio_of("wrong", "claims"), most=0.02, allowed=0, digits=".4f"),
        Bar("stated probabilities", partial(sum_of, "forecasts"), digits=".0f"),
        Bar(
            "stated less hits",
            partial(find_size, "excess", "forecasts"),
            most=0.05,
            allowed=0,
        ),
    ]
    names = ("below 0.5", "0.5 to 0.7", "0.7 to 0.9", "0.9 and more")
    bars += [
        Bar(
            f"stated less hits, {name}",
            ratio_of(f"excess_{number}", f"forecasts_{number}"),
            -0.05,
            0.05,
            digits="+.3f",
        )
        for number, name in enumerate(names)
    ]
    bars += [
        Bar("differences within their prediction", ratio_of("covered", "forecasts"), 0.93, 0.97),
        Bar("gain over the other variants, percentage points", mean_of("gain_over_chance")),
        Bar("gain over what is usual, percentage points", mean_of("gain_over_usual")),
    ]
    return tuple(bars)


STUDIES = (
    Study(
        "refining",
        "refining",
        partial(score_unfolding, PROGRAMMES["moderate"]),
        list_bars(),
        range(1, 3),
        range(1, 21),
    ),
)


if __name__ == "__main__":
    run_command(__doc__, STUDIES)
