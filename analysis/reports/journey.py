"""How far people came with each variant, and what a response costs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.comparison import Counts, StepCount
from analysis.stats.results import ExperimentComparison, VariantEstimate
from experiments.models.experiments import Step
from experiments.naming import NamedVariant
from lab import formats
from lab.i18n import in_language

CENTS = 100
COSTS: Mapping[Step, LazyString] = {
    Step.REACHED: _l("What it costs to reach one, at the price of one unit:"),
    Step.RESPONDED: _l("What one response costs, at the price of one unit:"),
    Step.PARTICIPATED: _l("What one participant costs, at the price of one unit:"),
}


@dataclass(frozen=True, slots=True)
class StepRow:
    """People at one step; of_first and of_before: as a share of the first and of the last known
    step, None where that says nothing."""

    step: Step
    people: int | None
    unknown: int
    of_first: float | None
    of_before: float | None


@dataclass(frozen=True, slots=True)
class Cost:
    """What one response costs, in cents; an end that has no limit is None.

    per_unit: of one letter, door or whatever the variant counts.
    """

    per_unit: int
    estimate: int | None
    lower: int | None
    upper: int | None


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One variant on its way from offered to participated; cost is None where it is unknown."""

    place: int
    variant: str
    steps: tuple[StepRow, ...]
    cost: Cost | None


def build_funnel(
    counts: Counts, comparison: ExperimentComparison, numerator: Step, is_exact: bool
) -> tuple[FunnelRow, ...]:
    """Return the journey with every variant, as a reader may see it.

    Readers who may not see exact counts get the two steps of the comparison only, as these are
    shown elsewhere; costs follow the rates that are shown, so they tell no more than those.
    """
    estimates = {one.variant: one for one in comparison.total.variants}
    rows = []
    for place, variant in enumerate(counts.variants):
        steps = dict(zip(Step, counts.funnel[place], strict=True))
        if not is_exact:
            steps = _list_shown(estimates.get(place), comparison, numerator)
        if any(one.people is not None for one in steps.values()):
            cost = _find_cost(variant, estimates.get(place))
            name = in_language(variant, "name")
            rows.append(FunnelRow(place, name, tuple(_follow(steps)), cost))
    return tuple(rows)


def _list_shown(
    estimate: VariantEstimate | None, comparison: ExperimentComparison, numerator: Step
) -> dict[Step, StepCount]:
    if estimate is None or comparison.denominator is None:
        return {}
    return {
        Step(comparison.denominator): StepCount(estimate.denominator, 0),
        numerator: StepCount(estimate.numerator, 0),
    }


def _follow(steps: dict[Step, StepCount]) -> Iterator[StepRow]:
    first = before = None
    for step, (people, unknown) in steps.items():
        # A step that some records do not know counts too few people to be a share of another.
        is_whole = people is not None and not unknown
        if is_whole and first is None:
            first = people
        yield StepRow(
            step,
            people,
            unknown,
            people / first if is_whole and first else None,
            people / before if is_whole and before else None,
        )
        if is_whole:
            before = people


def _find_cost(variant: NamedVariant, estimate: VariantEstimate | None) -> Cost | None:
    """Return the cost of a response: that of one unit divided by the rate, and by its limits."""
    if variant.cost_per_unit is None or estimate is None or estimate.rate is None:
        return None
    return Cost(
        per_unit=round(variant.cost_per_unit * CENTS),
        estimate=_divide(variant.cost_per_unit, estimate.rate),
        lower=_divide(variant.cost_per_unit, estimate.ci_upper),
        upper=_divide(variant.cost_per_unit, estimate.ci_lower),
    )


def _divide(cost: Decimal, rate: float | None) -> int | None:
    return round(float(cost) / rate * CENTS) if rate else None


def tell_cost(rows: Sequence[FunnelRow], leader: int | None, step: Step) -> str:
    """Return what a response costs with the variant that leads and with the others."""
    known = sorted(
        (row for row in rows if row.cost and row.cost.estimate is not None),
        key=lambda row: (row.place != leader, row.cost.estimate),
    )
    if not known:
        return _("What a response costs is unknown: nobody wrote down what one unit costs.")
    parts = [f"“{row.variant}” {write_cost(row.cost)}" for row in known]
    lacking = [f"“{row.variant}”" for row in rows if not row.cost]
    sentence = f"{COSTS[step]} {', '.join(parts)}."
    if lacking:
        sentence += " " + _("Unknown for %(names)s.", names=", ".join(lacking))
    return sentence


def write_cost(cost: Cost | None) -> str:
    """Return a cost with its limits, or that it is unknown."""
    if cost is None:
        return _("unknown")
    if cost.estimate is None:
        return _("at least %(amount)s", amount=formats.money(cost.lower))
    amount = formats.money(cost.estimate)
    if cost.upper is None:
        return _("%(amount)s (at least %(least)s)", amount=amount, least=formats.money(cost.lower))
    return _(
        "%(amount)s (%(least)s to %(most)s)",
        amount=amount,
        least=formats.money(cost.lower),
        most=formats.money(cost.upper),
    )
