"""The back-test: what the rules would have advised on past days, and what later experiments showed.

On each day only the experiments count of which the field work was over; the same estimator and the
same rules are asked as today, but for how much one experiment decides, which takes long and changes
no choice. Each later comparison is held against the last advice before its field work was over, so
that it counts once (Dawid 1984, JRSS A 147:278, prequential).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from analysis.advice import Proposal
from analysis.evidence_names import VariantKey, key_of
from analysis.pooled.advice import ADVICE, propose_pooled_rules
from analysis.pooled.backtest.foreseeing import Foresight
from analysis.pooled.backtest.gains import gain_over, judge_gains
from analysis.pooled.backtest.later import LaterPart, Seen, list_parts, observe
from analysis.pooled.backtest.record import (
    METHOD_VERSION,
    AdviceThen,
    BacktestDesign,
    BacktestRecord,
    Gain,
    LaterComparison,
    Moment,
    VariantCode,
)
from analysis.pooled.design import PooledDesign
from analysis.pooled.estimator import estimate_both
from analysis.pooled.evidence import gather_pooled_evidence
from analysis.pooled.record import PooledRecord
from analysis.stats.calibration import Share, check_calibration, find_share
from analysis.stats.pooled.data import CellRow
from analysis.stats.pooled.results import PooledEstimate

# Takes the share that is done; what it raises ends the work.
OnProgress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Known:
    """What was known on a day: the estimate of all that was over, and what the rules made of it."""

    estimate: PooledEstimate
    proposals: tuple[Proposal, ...]
    advice: tuple[AdviceThen, ...]

    def find_advice(self, profile: str) -> AdviceThen | None:
        """Return the advice that holds for a profile, if there was any."""
        held = {one.profile: one for one in self.advice}
        found = held.get(profile) or held.get(None)
        return found if found and found.variant else None


def advise(rows: Sequence[CellRow], design: BacktestDesign) -> Known:
    """Return what the rules make of some experiments, without asking which of them decide."""
    scope = design.scope
    estimate, record = estimate_both(
        rows,
        PooledDesign(scope.margin, design.asked, scope.outcome.direction, design.seed),
    )
    evidence = gather_pooled_evidence(record, scope, design.names)
    proposals = tuple(propose_pooled_rules(record, evidence))
    return Known(estimate, proposals, tuple(_tell_advice(one, record) for one in proposals))


def backtest(
    rows: Sequence[CellRow],
    design: BacktestDesign,
    on_progress: OnProgress | None = None,
    ask: Callable[[Sequence[CellRow], BacktestDesign], Known] = advise,
) -> BacktestRecord:
    """Return what the rules would have advised, and how that came out; same cells, same answer.

    ask: what says what was known, for who has asked that before.
    """
    ends = dict(design.ends)
    parts = list_parts(rows, design.asked)
    moments: list[Moment] = []
    later: list[_Held] = []
    for place, day in enumerate(design.days):
        then = [row for row in rows if ends[row.experiment] <= day]
        known = ask(then, design)
        after = [one for one in parts if ends[one.experiment] > day]
        moments.append(_tell_moment(day, then, known, after))
        following = design.days[place + 1] if place + 1 < len(design.days) else date.max
        near = [one for one in after if ends[one.experiment] <= following]
        later += _hold(place, near, known, design)
        if on_progress:
            on_progress((place + 1) / len(design.days))
    return _judge(design, tuple(moments), later)


def _tell_advice(one: Proposal, record: PooledRecord) -> AdviceThen:
    profile = one.part.profile_id
    is_advice = one.state in ADVICE and one.variant is not None
    variant = record.variants[one.variant] if is_advice else None
    return AdviceThen(None if profile is None else str(profile), one.state.value, variant)


@dataclass(frozen=True, slots=True)
class _Held:
    """Advice held against one profile of a later experiment."""

    part: LaterPart
    control: VariantKey | None
    pairs: tuple[tuple[VariantKey, Seen, LaterComparison], ...]


def _tell_moment(
    day: date, then: Iterable[CellRow], known: Known, after: Sequence[LaterPart]
) -> Moment:
    ahead = [
        observe(part, advised, other).ahead
        for part in after
        if (advised := _find_advised(known, part)) is not None
        for other in part.list_others(advised)
    ]
    return Moment(
        day=day,
        experiments=len({row.experiment for row in then}),
        later=len({one.experiment for one in after}),
        advice=known.advice,
        compared=len(ahead),
        ahead=sum(ahead),
    )


def _find_advised(known: Known, part: LaterPart) -> VariantKey | None:
    advice = known.find_advice(part.profile)
    return key_of(*advice.variant) if advice else None


def _hold(
    moment: int, parts: Iterable[LaterPart], known: Known, design: BacktestDesign
) -> Iterator[_Held]:
    """Hold advice against the experiments that followed it, of those that tried it."""
    foresight = Foresight.of(known.estimate, design.seed)
    controls = {experiment: key_of(*code) for experiment, code in design.controls}
    for part in parts:
        advice = known.find_advice(part.profile)
        advised = _find_advised(known, part)
        others = part.list_others(advised) if advice else []
        if not others:
            continue
        control = controls.get(part.experiment)
        pairs = []
        for other in others:
            seen = observe(part, advised, other)
            comparison = LaterComparison(
                moment=moment,
                experiment=part.experiment,
                living_lab=part.living_lab,
                profile=part.profile,
                advised=advice.variant,
                other=_write_code(part, other),
                state=advice.state,
                is_control=other == control,
                difference=seen.difference,
                difference_ci=seen.interval,
                ahead=seen.ahead,
                is_new_lab=foresight.is_new(part.living_lab),
            )
            pairs.append((other, seen, _foretell(comparison, foresight, part, advised, other)))
        yield _Held(part, control, tuple(pairs))


def _foretell(
    comparison: LaterComparison,
    foresight: Foresight,
    part: LaterPart,
    advised: VariantKey,
    other: VariantKey,
) -> LaterComparison:
    foreseen = foresight.foresee(part, advised, other)
    if foreseen is None:
        return comparison
    return replace(
        comparison,
        probability=foreseen.probability,
        predicted=(foreseen.lower, foreseen.upper),
    )


def _write_code(part: LaterPart, key: VariantKey) -> VariantCode:
    row = part.cells[key][0]
    return row.channel, row.style


def _judge(
    design: BacktestDesign, moments: tuple[Moment, ...], later: Sequence[_Held]
) -> BacktestRecord:
    comparisons = tuple(one for held in later for _key, _seen, one in held.pairs)
    stated = [one for one in comparisons if one.probability is not None]
    usual = [one for one in comparisons if one.is_control]
    return BacktestRecord(
        method_version=METHOD_VERSION,
        seed=design.seed,
        margin=design.scope.margin,
        moments=moments,
        comparisons=comparisons,
        hits=_count_hits(comparisons),
        hits_over_usual=_count_hits(usual),
        over_chance=_find_gain(later, design.scope.margin, lambda _held, _key: True),
        over_usual=_find_gain(later, design.scope.margin, lambda held, key: key == held.control),
        calibration=check_calibration(
            [one.probability for one in stated],
            [one.ahead for one in stated],
            [one.experiment for one in stated],
        ),
        covered=_count_covered(stated),
        covered_new_labs=_count_covered([one for one in stated if one.is_new_lab]),
    )


def _count_hits(comparisons: Sequence[LaterComparison]) -> Share:
    return find_share([one.ahead for one in comparisons], [one.experiment for one in comparisons])


def _count_covered(stated: Sequence[LaterComparison]) -> Share:
    inside = [one.predicted[0] <= one.difference <= one.predicted[1] for one in stated]
    return find_share(inside, [one.experiment for one in stated])


def _find_gain(
    later: Iterable[_Held], margin: float, counts: Callable[[_Held, VariantKey], bool]
) -> Gain:
    gains = [
        gain_over(
            held.part.experiment,
            held.part.people,
            [seen for key, seen, _one in held.pairs if counts(held, key)],
        )
        for held in later
    ]
    return judge_gains([one for one in gains if one is not None], margin)
