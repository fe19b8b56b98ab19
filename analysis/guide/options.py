"""What the evidence of a rule offers: ways to reach a group, and what not to do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from analysis.evidence import ComparedVariant, RateEvidence, RuleEvidence
from analysis.models.advice import ProposalState
from analysis.stats.cells import Direction
from analysis.stats.results import Verdict

ADVISED = {ProposalState.ADVISE, ProposalState.TENTATIVE}


@dataclass(frozen=True, slots=True)
class TriedVariant:
    """A variant as an experiment held it, with what it cost a piece."""

    experiment_id: int
    channel_id: int
    style_ids: tuple[int, ...]
    cost: Decimal | None
    is_control: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """What one piece costs in euros: in the middle, at least and at most; and how that is known.

    experiments: in how many it was written down, 0 where the reader filled it in.
    """

    middle: float
    lowest: float
    highest: float
    experiments: int


@dataclass(frozen=True, slots=True)
class Option:
    """One way to reach a group, with what to expect of it.

    limits: of the share that responds; is_prediction: what a new place may show, else what was
    counted. rate is None where the numbers are withheld.
    """

    key: str
    variant: ComparedVariant
    is_advised: bool
    rate: float | None
    limits: tuple[float, float] | None
    is_prediction: bool
    cost: Cost | None


@dataclass(frozen=True, slots=True)
class Offer:
    """All that a rule offers: what to do, what not to do, and what too little is known of."""

    do: tuple[Option, ...] = ()
    dont: tuple[Option, ...] = ()
    # What was counted too little to say anything.
    unsure: tuple[Option, ...] = ()


def key_of(channel_id: int, style_ids: Iterable[int]) -> str:
    """Return what an option is called in an address."""
    return "-".join(map(str, (channel_id, *sorted(style_ids))))


def gather_offer(
    evidence: RuleEvidence,
    state: ProposalState,
    tried: Sequence[TriedVariant],
    own_costs: Mapping[str, Decimal],
) -> Offer:
    """Return what a rule offers; without advice that is only what too little is known of."""
    options = {
        place: _describe(evidence, place, tried, own_costs)
        for place in range(len(evidence.basis.variants))
    }
    worse = find_worse(evidence)
    dont = tuple(options[place] for place in sorted(worse))
    if state is ProposalState.NOT_ENOUGH:
        return Offer(unsure=tuple(options.values()))
    left = [one for place, one in options.items() if place not in worse]
    usable = [one for one in left if one.is_advised or _is_something(one, evidence, tried)]
    if state is ProposalState.NO_DIFFERENCE:
        return Offer(_keep_one_per_channel(sorted(usable, key=_by_cost)), dont)
    # An addition of which the numbers are withheld is no advice.
    known = [one for one in usable if one.is_advised or one.rate is not None]
    return Offer(_keep_one_per_channel(_order_by_rate(known, evidence)), dont)


def find_worse(evidence: RuleEvidence) -> set[int]:
    """Return the variants than which the leader is clearly better."""
    part = evidence.part
    if part.verdict is Verdict.CLEARLY_BETTER and part.reference is not None:
        return {part.reference, *part.beaten}
    return set(part.beaten)


def _describe(
    evidence: RuleEvidence,
    place: int,
    tried: Sequence[TriedVariant],
    own_costs: Mapping[str, Decimal],
) -> Option:
    variant, part = evidence.basis.variants[place], evidence.part
    rate, key = part.find_rate(place), key_of(variant.channel_id, variant.style_ids)
    limits, is_prediction = _find_limits(evidence, place, rate)
    return Option(
        key=key,
        variant=variant,
        is_advised=place == part.leader,
        rate=rate.rate if rate and limits else None,
        limits=limits,
        is_prediction=is_prediction,
        cost=find_cost(variant, tried, own_costs.get(key)),
    )


def _find_limits(
    evidence: RuleEvidence, place: int, rate: RateEvidence | None
) -> tuple[tuple[float, float] | None, bool]:
    if rate is None or rate.rate is None:
        return None, False
    predicted = rate.new_lab_rate
    if predicted is None and place == evidence.part.leader:
        predicted = evidence.part.new_lab_rate
    if predicted is not None:
        return predicted, True
    return (None if rate.ci_lower is None else (rate.ci_lower, rate.ci_upper)), False


def find_cost(
    variant: ComparedVariant, tried: Iterable[TriedVariant], own: Decimal | None
) -> Cost | None:
    """Return what one piece of a variant costs, None when nobody wrote that down."""
    if own is not None:
        return Cost(float(own), float(own), float(own), 0)
    same = [one for one in tried if _is_same(one, variant) and one.cost is not None]
    if not same:
        return None
    costs = [float(one.cost) for one in same]
    experiments = len({one.experiment_id for one in same})
    return Cost(median(costs), min(costs), max(costs), experiments)


def _is_same(one: TriedVariant, variant: ComparedVariant) -> bool:
    same_channel = one.channel_id == variant.channel_id
    return same_channel and set(one.style_ids) == set(variant.style_ids)


def _is_something(option: Option, evidence: RuleEvidence, tried: Sequence[TriedVariant]) -> bool:
    """Tell whether a variant is something to do, and not what one does by doing nothing."""
    of_channel = [one for one in tried if one.channel_id == option.variant.channel_id]
    is_only_control = bool(of_channel) and all(one.is_control for one in of_channel)
    others = {one.channel_id for one in evidence.basis.variants}
    return not (is_only_control and len(others) > 1)


def _order_by_rate(usable: list[Option], evidence: RuleEvidence) -> list[Option]:
    """Return the advised option first, then the others, the best one first."""
    sign = 1 if evidence.basis.outcome.direction == Direction.LOWER else -1
    return sorted(usable, key=lambda one: (not one.is_advised, sign * (one.rate or 0.0)))


def _keep_one_per_channel(ordered: Iterable[Option]) -> tuple[Option, ...]:
    """Return the first option of each channel: a mix is of channels, not of tones of voice."""
    mix: dict[int, Option] = {}
    for one in ordered:
        mix.setdefault(one.variant.channel_id, one)
    return tuple(mix.values())


def _by_cost(option: Option) -> tuple:
    return option.cost is None, option.cost.middle if option.cost else 0.0, not option.is_advised
