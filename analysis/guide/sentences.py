"""The guide in plain words: what to expect, what it costs, and what is not known."""

import math
from collections.abc import Iterable, Mapping, Sequence

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.evidence import RuleEvidence
from analysis.guide.allocation import Use, cost_per_response
from analysis.guide.choices import ANY_PHASE, Asked, Choices, Problem
from analysis.guide.options import Cost, Option
from analysis.guide.steps import Material
from experiments.labels import DENOMINATOR_KINDS
from experiments.models.experiments import Step
from lab import formats
from lab.i18n import in_language
from lab.models.labels import DenominatorKind, Label

SMALL = 0.02
BASES = (100, 1000)
# Above this, whole euros say enough.
WHOLE_EUROS = 100

QUESTIONS: Mapping[Asked, LazyString] = {
    Asked.ISSUE_TYPE: _l("What is it about?"),
    Asked.PROFILE: _l("Whom do you want to reach?"),
    Asked.PHASE: _l("How far along are people?"),
    Asked.BUDGET: _l("How many people, and what may it cost?"),
}
PROBLEMS: Mapping[Problem, LazyString] = {
    Problem.UNKNOWN: _l("This answer is not (or no longer) one of the choices. Choose again."),
    Problem.NOT_WHOLE: _l("Enter a whole number of people, such as 1200."),
    Problem.NOT_MONEY: _l("Enter an amount in euros, such as 1500 or 0.85."),
    Problem.TOO_LARGE: _l("This number is too large."),
    Problem.TOO_MANY: _l("These are too many groups at once. Choose fewer."),
}
PARTS: Mapping[str, LazyString] = {
    "issue_type": _l("What is it about?"),
    "profile": _l("Whom do you want to reach?"),
    "phase": _l("How far along are people?"),
    "budget": _l("Budget"),
    "people": _l("Number of people"),
}


def tell_problem(name: str, problem: Problem) -> str:
    """Return what is wrong with a part of the address, and where."""
    part = str(PARTS.get(name, _("Cost a piece")))
    if part.endswith("?"):
        return f"{part} {PROBLEMS[problem]}"
    return _("%(part)s: %(problem)s", part=part, problem=PROBLEMS[problem])


def name_answer(asked: Asked, choices: Choices, material: Material) -> str:
    """Return the answer that somebody gave to a question."""
    if asked is Asked.ISSUE_TYPE:
        return _name_label(choices.issue_type, material.issue_types)
    if asked is Asked.PROFILE:
        profiles = [material.profiles[number] for number in choices.profiles]
        return ", ".join(in_language(one, "name") for one in profiles) or _("everyone")
    if asked is Asked.PHASE:
        known = choices.phase != ANY_PHASE
        return _name_label(choices.phase, material.phases) if known else _("I do not know")
    amounts = []
    if choices.people is not None:
        count = formats.number(choices.people)
        amounts.append(_("%(count)s people", count=count))
    if choices.budget is not None:
        amounts.append(write_money(float(choices.budget)))
    return " · ".join(amounts) or _("not known yet")


def _name_label(number: int, labels: Sequence[Label]) -> str:
    return next(in_language(one, "name") for one in labels if one.id == number)


def choose_base(options: Iterable[Option]) -> int:
    """Return of how many a page counts: 1,000 where a hundred would hide small shares."""
    rates = [one.rate for one in options if one.rate is not None]
    return BASES[bool(rates) and min(rates) < SMALL]


def name_units(option: Option, evidence: RuleEvidence) -> str:
    """Return what an option is counted in."""
    kind = option.variant.denominator_kind or evidence.basis.outcome.denominator_kind
    known = DenominatorKind(kind)
    is_countable = known is not DenominatorKind.NONE
    return str(DENOMINATOR_KINDS[known if is_countable else DenominatorKind.PEOPLE])


def write_expected(option: Option, evidence: RuleEvidence, base: int) -> str:
    """Return how many responses to expect, in a round number of what is sent."""
    if option.limits is None:
        return _("How many respond is not shown: those numbers are withheld.")
    values = {
        "lower": _count(option.limits[0], base),
        "upper": _count(option.limits[1], base),
        "base": formats.number(base),
        "units": name_units(option, evidence),
    }
    step = Step(evidence.basis.outcome.numerator_step)
    if option.is_prediction:
        return _write_predicted(step, values)
    return _write_counted(step, values)


def _write_predicted(step: Step, values: dict[str, str]) -> str:
    if step is Step.REACHED:
        return _(
            "In a new municipality, expect %(lower)s to %(upper)s of every %(base)s %(units)s to"
            " reach somebody.",
            **values,
        )
    if step is Step.PARTICIPATED:
        return _(
            "In a new municipality, expect %(lower)s to %(upper)s people to take part of every"
            " %(base)s %(units)s.",
            **values,
        )
    return _(
        "In a new municipality, expect %(lower)s to %(upper)s responses to every %(base)s"
        " %(units)s.",
        **values,
    )


def _write_counted(step: Step, values: dict[str, str]) -> str:
    if step is Step.REACHED:
        return _(
            "Where it was tried, %(lower)s to %(upper)s of every %(base)s %(units)s reached"
            " somebody. With you it can turn out further from this.",
            **values,
        )
    if step is Step.PARTICIPATED:
        return _(
            "Where it was tried, %(lower)s to %(upper)s people took part of every %(base)s"
            " %(units)s. With you it can turn out further from this.",
            **values,
        )
    return _(
        "Where it was tried, there were %(lower)s to %(upper)s responses to every %(base)s"
        " %(units)s. With you it can turn out further from this.",
        **values,
    )


def write_cost(cost: Cost | None) -> str:
    """Return what a piece costs, and how that is known."""
    if cost is None:
        return _("What it costs was not written down. Fill in your own cost below.")
    if cost.experiments == 0:
        return _("%(cost)s a piece: the cost that you filled in.", cost=write_money(cost.middle))
    if cost.lowest == cost.highest:
        return ngettext(
            "%(cost)s a piece, as in %(num)s experiment.",
            "%(cost)s a piece, as in %(num)s experiments.",
            cost.experiments,
            cost=write_money(cost.middle),
        )
    return ngettext(
        "About %(cost)s a piece; %(lowest)s to %(highest)s in %(num)s experiment.",
        "About %(cost)s a piece; %(lowest)s to %(highest)s in %(num)s experiments.",
        cost.experiments,
        cost=write_money(cost.middle),
        lowest=write_money(cost.lowest),
        highest=write_money(cost.highest),
    )


def write_cost_per_response(option: Option) -> str:
    """Return from what to what one response costs, or nothing when that is not known."""
    if option.cost is None or option.limits is None:
        return ""
    costs = (option.cost.lowest, option.cost.highest)
    low, high = cost_per_response(costs, option.limits)
    if high is None:
        return _("A response costs %(low)s or more: there may also be none.", low=write_money(low))
    return _("A response costs %(low)s to %(high)s.", low=write_money(low), high=write_money(high))


def write_use(use: Use, option: Option, evidence: RuleEvidence) -> str:
    """Return how often to use an option and what to expect of it, in one or two sentences."""
    units = name_units(option, evidence)
    if use.units == 0 and option.cost is None:
        return _("Without its cost we cannot give it a part of your budget.")
    if use.units == 0:
        return _("Your budget leaves nothing for this.")
    values = {
        "count": formats.number(use.units),
        "units": units,
        "lower": formats.number(math.floor(use.lower)),
        "upper": formats.number(math.ceil(use.upper)),
    }
    if use.cost is None:
        return _("For %(count)s %(units)s: expect %(lower)s to %(upper)s responses.", **values)
    return _(
        "For you: %(count)s %(units)s, %(cost)s. Expect %(lower)s to %(upper)s responses.",
        cost=write_money(use.cost),
        **values,
    )


def write_total(limits: tuple[float, float], cost: float | None, ways: int) -> list[str]:
    """Return what all of it may bring together, without adding up people who may be the same."""
    lower, upper = math.floor(limits[0]), math.ceil(limits[1])
    values = {"lower": formats.number(lower), "upper": formats.number(upper)}
    if cost is None:
        sentences = [_("All together: expect %(lower)s to %(upper)s people to respond.", **values)]
    else:
        sentences = [
            _(
                "All together: %(cost)s. Expect %(lower)s to %(upper)s people to respond.",
                cost=write_money(cost),
                **values,
            )
        ]
    if ways > 1:
        sentences.append(
            _(
                "Nobody measured how far these ways reach the same people. The low number is for"
                " when the same people respond to each, the high one for when others do every"
                " time."
            )
        )
    return sentences


def write_division() -> str:
    """Return how the budget was divided."""
    return _(
        "We divide the budget simply: first to what brings the most responses per euro, once for"
        " everyone; what is left goes to the next. This only weighs what was compared."
    )


def write_shares(names: Sequence[str], shares: Sequence[float], are_known: bool) -> str:
    """Return how the people are divided over groups, or nothing for one group."""
    if len(names) < 2:
        return ""
    if not are_known:
        return _("How many people each group has is not known, so we count them as equally large.")
    parts = [
        f"{name} {formats.percent(share, 0)}" for name, share in zip(names, shares, strict=True)
    ]
    return _(
        "We divide your people as these groups are in the country: %(parts)s. In your municipality"
        " it can be different.",
        parts=", ".join(parts),
    )


def write_money(euros: float) -> str:
    """Return an amount: in cents when it is small, in whole euros when it is large."""
    if euros < WHOLE_EUROS:
        return formats.money(round(euros * 100))
    return formats.money(round(euros) * 100).removesuffix("00")[:-1]


def _count(share: float, base: int) -> str:
    return formats.number(share * base)
