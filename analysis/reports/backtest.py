"""The report on a back-test: its answer, stated chances, day by day, and what came after."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from markupsafe import Markup

from analysis.backtest_sentences import (
    count_hits,
    tell_answer,
    tell_calibration,
    tell_coverage,
    tell_headline,
)
from analysis.charts import Scale, draw_axis, interval_scale
from analysis.evidence_names import Spoken, key_of, name_variant
from analysis.pooled.backtest.record import (
    AdviceThen,
    BacktestDesign,
    BacktestRecord,
    ExperimentGain,
    Moment,
)
from analysis.pooled.selection import Names
from analysis.reliability import draw_promise
from analysis.reports.evidence.protection import protect_experiments
from analysis.stats.calibration import Bin
from analysis.stats.pooled.data import CellRow
from analysis.stats.results import Verdict
from lab import formats

# Outsiders read differences of one experiment in whole points: finer ones would give away counts.
COARSE = 0
FINE = 1
WORSE = {
    Verdict.CLEARLY_BETTER: "clearly_worse",
    Verdict.PROBABLY_BETTER: "probably_worse",
}


@dataclass(frozen=True, slots=True)
class DayRow:
    """A past day: what was known, what would have been advised, how that came out."""

    day: str
    experiments: int
    advice: tuple[str, ...]
    compared: int
    ahead: str


@dataclass(frozen=True, slots=True)
class LaterRow:
    """A later experiment; difference is None where few people were counted.

    hits: in how many comparisons the advised variant was ahead; a tie counts half.
    """

    experiment_id: int
    title: str
    living_lab: str
    ended: str
    advised_on: str
    hits: float
    compared: int
    difference: float | None
    difference_ci: tuple[float, float] | None
    decimals: int

    @property
    def ahead(self) -> str:
        """Return how often the advised variant was ahead, in words."""
        return count_hits(self.hits)

    @property
    def told(self) -> str:
        """Return the difference with its interval; nothing where it is withheld."""
        if self.difference is None:
            return ""
        ends = formats.interval(*self.difference_ci, formats.Unit.POINTS, self.decimals)
        return f"{formats.points(self.difference, self.decimals)} ({ends})"


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """What the page shows; bins are rows of an interval table."""

    headline: str
    verdict: str
    answer: tuple[str, ...]
    calibration: tuple[str, ...]
    coverage: tuple[str, ...]
    axis: Markup
    bins: tuple[tuple, ...]
    days: tuple[DayRow, ...]
    later: tuple[LaterRow, ...]
    is_protected: bool


def build_backtest(
    record: BacktestRecord, design: BacktestDesign, rows: Sequence[CellRow], is_exempt: bool
) -> BacktestReport:
    """Return the report; is_exempt: whether small counts need no protection."""
    scale = interval_scale([0.0, 1.0])
    return BacktestReport(
        headline=tell_headline(record),
        verdict=_name_verdict(record),
        answer=tuple(tell_answer(record)),
        calibration=tuple(tell_calibration(record.calibration)),
        coverage=tuple(tell_coverage(record)),
        axis=draw_axis(scale),
        bins=tuple(_describe_bin(one, scale) for one in record.calibration.bins if one.seen.number),
        days=tuple(_describe_day(one, design.names) for one in record.moments),
        later=tuple(_list_later(record, design, _list_hidden(rows, is_exempt), is_exempt)),
        is_protected=not is_exempt,
    )


def _name_verdict(record: BacktestRecord) -> str:
    gain = record.over_chance
    is_worse = gain.side < 0 and gain.verdict in WORSE
    return WORSE[gain.verdict] if is_worse else gain.verdict.value


def _describe_bin(one: Bin, scale: Scale) -> tuple:
    label = _(
        "%(lowest)s to %(highest)s",
        lowest=formats.percent(one.lowest, 0),
        highest=formats.percent(one.highest, 0),
    )
    seen = one.seen
    ends = None if seen.lower is None else (seen.lower, seen.upper)
    drawing = draw_promise(one.stated, seen.share, ends, scale, label=label)
    return (
        label,
        False,
        drawing,
        formats.percent(seen.share, 0),
        formats.interval(*ends, decimals=0) if ends else "—",
        formats.number(seen.number),
    )


def _describe_day(moment: Moment, names: Names) -> DayRow:
    return DayRow(
        day=formats.date(moment.day),
        experiments=moment.experiments,
        advice=tuple(_name_advice(one, names) for one in moment.advice if one.variant),
        compared=moment.compared,
        ahead=count_hits(moment.ahead),
    )


def _name_advice(advice: AdviceThen, names: Names) -> str:
    profile = Spoken(names, ()).profile(advice.profile)
    return f"{profile}: {name_variant(names, *advice.variant)}"


def _list_hidden(rows: Sequence[CellRow], is_exempt: bool) -> frozenset[tuple]:
    """Return the cells (experiment, profile, variant) of which a reader may not know the counts."""
    if is_exempt:
        return frozenset()
    keys = {key_of(row.channel, row.style) for row in rows}
    places = {key: place for place, key in enumerate(sorted(keys))}
    counts: dict[tuple, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in rows:
        cell = row.experiment, row.profile, places[key_of(row.channel, row.style)]
        counts[cell] = counts[cell][0] + row.count, counts[cell][1] + row.nobs
    shown = protect_experiments(counts, frozenset())
    found = {place: key for key, place in places.items()}
    return frozenset((one[0], one[1], found[one[2]]) for one in counts if one not in shown)


def _list_later(
    record: BacktestRecord, design: BacktestDesign, hidden: frozenset[tuple], is_exempt: bool
) -> Iterator[LaterRow]:
    ends = dict(design.ends)
    for gain in record.over_chance.experiments:
        held = [one for one in record.comparisons if one.experiment == gain.experiment]
        named = design.names.experiments[gain.experiment]
        cells = {
            (one.experiment, one.profile, key_of(*code))
            for one in held
            for code in (one.advised, one.other)
        }
        yield LaterRow(
            experiment_id=int(gain.experiment),
            title=named.title,
            living_lab=named.living_lab,
            ended=formats.date(ends[gain.experiment]),
            advised_on=formats.date(record.moments[held[0].moment].day),
            hits=sum(one.ahead for one in held),
            compared=len(held),
            **_round_gain(None if cells & hidden else gain, FINE if is_exempt else COARSE),
        )


def _round_gain(gain: ExperimentGain | None, decimals: int) -> dict:
    """Return a difference with its interval, no finer than the reader may know it."""
    if gain is None:
        return {"difference": None, "difference_ci": None, "decimals": decimals}
    half = 1.959964 * gain.std_error
    mean, lower, upper = (
        round(one, 2 + decimals) for one in (gain.gain, gain.gain - half, gain.gain + half)
    )
    return {"difference": mean, "difference_ci": (lower, upper), "decimals": decimals}
