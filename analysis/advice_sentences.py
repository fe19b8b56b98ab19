"""Advice in plain words: what to do, what was counted, how sure it is and what it does not say."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.advice import Remark
from analysis.evidence import (
    ComparedVariant,
    RateEvidence,
    RuleEvidence,
    Source,
    count_different_things,
)
from analysis.models.advice import ProposalState, VersionState
from analysis.stats.cells import Direction
from analysis.stats.results import Verdict
from experiments.labels import DENOMINATOR_KINDS
from experiments.models.experiments import Step
from lab import formats
from lab.i18n import in_language
from lab.models.labels import DenominatorKind

SMALL_RATE = 0.02
BASES = (100, 1000)

PROPOSAL_STATES: Mapping[ProposalState, LazyString] = {
    ProposalState.ADVISE: _l("advise"),
    ProposalState.TENTATIVE: _l("advise with reserve"),
    ProposalState.NO_DIFFERENCE: _l("no difference, so no advice"),
    ProposalState.NOT_ENOUGH: _l("too little known, so no advice"),
}
VERSION_STATES: Mapping[VersionState, LazyString] = {
    VersionState.PROPOSED: _l("proposed"),
    VersionState.PUBLISHED: _l("in force"),
    VersionState.REJECTED: _l("rejected"),
    VersionState.SUPERSEDED: _l("replaced by newer counts"),
    VersionState.RETIRED: _l("retired"),
}
REMARKS: Mapping[Remark, LazyString] = {
    Remark.CLEAR_WITH_LOTTERY: _l(
        "The difference is clear, and a lottery decided who got which variant."
    ),
    Remark.DOUBT_ABOUT_BETTER: _l("The difference may also be chance."),
    Remark.NO_LOTTERY: _l(
        "No lottery decided who got which variant, so something else may explain the difference."
    ),
    Remark.RIVAL_AS_GOOD: _l("Another variant may do just as well."),
    Remark.LOTTERY_WENT_WRONG: _l(
        "The variants were not divided as planned, so the groups may differ in other ways too."
    ),
    Remark.CLUSTERS_LEAVE_DOUBT: _l(
        "Whole households or streets got the same variant while people were counted. Allowing for"
        " that, the difference may also be chance."
    ),
    Remark.CLUSTERS_LEAVE_NO_DOUBT: _l(
        "Whole households or streets got the same variant while people were counted. The"
        " difference stays clear when the limits are twice as wide."
    ),
    Remark.SMALL_EITHER_WAY: _l("If there is a difference, it is too small to matter."),
    Remark.TOO_FEW_COUNTED: _l("Too few people were counted to see a difference that matters."),
    Remark.DIFFERENT_THINGS: _l(
        "The variants do not count the same thing: letters and doors, for instance. A"
        " difference can come from that alone."
    ),
    Remark.PROFILES_ALIKE: _l(
        "Between the profiles no difference was found that matters. One advice will do."
    ),
    Remark.CONTROL_LEADS: _l("The usual way did best."),
}
AGAINST = {
    Remark.DOUBT_ABOUT_BETTER,
    Remark.NO_LOTTERY,
    Remark.RIVAL_AS_GOOD,
    Remark.LOTTERY_WENT_WRONG,
    Remark.CLUSTERS_LEAVE_DOUBT,
    Remark.TOO_FEW_COUNTED,
    Remark.DIFFERENT_THINGS,
}


@dataclass(frozen=True, slots=True)
class Frequency:
    """A rate as people count: so many of a round number, with its limits."""

    base: str
    count: str
    lower: str
    upper: str


def choose_base(evidence: Iterable[RuleEvidence]) -> int:
    """Return of how many a page counts: 100, or 1,000 where 100 would hide what differs."""
    return BASES[any(_hides_in_hundred(one) for one in evidence)]


def _hides_in_hundred(evidence: RuleEvidence) -> bool:
    rates = [_find_rate(evidence, place) for place in _pair(evidence)]
    known = [rate.rate for rate in rates if rate]
    if not known:
        return False
    is_better = evidence.part.verdict in (Verdict.CLEARLY_BETTER, Verdict.PROBABLY_BETTER)
    is_same = len(known) == 2 and round(100 * known[0]) == round(100 * known[1])
    return max(known) < SMALL_RATE or (is_better and is_same) or _misstates(known)


def _misstates(rates: list[float]) -> bool:
    """Tell whether whole numbers in a hundred would make a difference of nothing."""
    hundreds = [100 * rate for rate in rates]
    whole = round(hundreds[0]) - round(hundreds[-1])
    return abs(whole - (hundreds[0] - hundreds[-1])) > 0.5 and whole != 0


def name_variant(variant: ComparedVariant) -> str:
    """Return what a variant was called."""
    return in_language(variant, "name")


def _quote(variant: ComparedVariant) -> str:
    # A name of several words would run on into its sentence.
    return f"“{name_variant(variant)}”"


def _name_units(evidence: RuleEvidence) -> str:
    if count_different_things(evidence.basis, evidence.part):
        return _("recipients")
    kind = DenominatorKind(evidence.basis.outcome.denominator_kind)
    known = DenominatorKind.PEOPLE if kind is DenominatorKind.NONE else kind
    return str(DENOMINATOR_KINDS[known])


def write_for_whom(evidence: RuleEvidence) -> str:
    """Return for whom a rule is."""
    profile = evidence.part.profile
    return in_language(profile, "name") if profile else _("Everyone")


def write_advice(state: ProposalState, evidence: RuleEvidence) -> str:
    """Return what to do, in one sentence."""
    leader, reference = (
        None if place is None else evidence.basis.variants[place] for place in _pair(evidence)
    )
    if state == ProposalState.ADVISE:
        return _("Choose: %(variant)s.", variant=name_variant(leader))
    if state == ProposalState.TENTATIVE:
        return _("Choose for now: %(variant)s. Keep testing.", variant=name_variant(leader))
    if state == ProposalState.NO_DIFFERENCE:
        return _(
            "It makes no difference that matters: %(variant)s or %(reference)s.",
            variant=_quote(leader),
            reference=_quote(reference),
        )
    return _("We do not know yet what works best.")


def write_counts(evidence: RuleEvidence, base: int) -> str:
    """Return what the leader and its reference did, as natural frequencies, in one sentence."""
    leader, reference = (_find_rate(evidence, place) for place in _pair(evidence))
    if leader is None or reference is None:
        return _write_nothing_shown(evidence)
    if (leader.rate - reference.rate) * (evidence.part.difference or 0.0) < 0:
        return _("The groups differ so much that plain totals would mislead.")
    ours, theirs = (_write_frequency(rate, base) for rate in (leader, reference))
    values = {
        "base": ours.base,
        "units": _name_units(evidence),
        "variant": _quote(evidence.basis.variants[leader.variant]),
        "reference": _quote(evidence.basis.variants[reference.variant]),
        "count": ours.count,
        "lower": ours.lower,
        "upper": ours.upper,
        "count2": theirs.count,
        "lower2": theirs.lower,
        "upper2": theirs.upper,
    }
    return _write_outcome(Step(evidence.basis.outcome.numerator_step), values)


def _write_outcome(step: Step, values: dict[str, str]) -> str:
    if step is Step.REACHED:
        return _(
            "With %(variant)s about %(count)s of every %(base)s %(units)s reached somebody (it may"
            " also be %(lower)s to %(upper)s); with %(reference)s about %(count2)s (%(lower2)s to"
            " %(upper2)s).",
            **values,
        )
    if step is Step.PARTICIPATED:
        return _(
            "With %(variant)s about %(count)s took part of every %(base)s %(units)s (it may also be"
            " %(lower)s to %(upper)s); with %(reference)s about %(count2)s (%(lower2)s to"
            " %(upper2)s).",
            **values,
        )
    return _(
        "With %(variant)s there were about %(count)s responses to every %(base)s %(units)s (it may"
        " also be %(lower)s to %(upper)s); with %(reference)s about %(count2)s (%(lower2)s to"
        " %(upper2)s).",
        **values,
    )


def write_difference(evidence: RuleEvidence, base: int) -> str:
    """Return how big the difference can be, or nothing when that is not known."""
    part = evidence.part
    if part.lower is None or part.upper is None:
        return ""
    low, high = _order_limits(evidence)
    size = {"base": formats.number(base), "most": _count_up(max(-low, high), base)}
    if part.verdict == Verdict.NO_DIFFERENCE:
        return _("The difference is at most %(most)s in %(base)s either way.", **size)
    if low > 0:
        ends = {"lower": _count_down(low, base), "upper": _count_up(high, base)}
        return _("The difference is %(lower)s to %(upper)s in every %(base)s.", **ends, **size)
    if part.verdict == Verdict.PROBABLY_BETTER:
        return _("The difference may also be 0.")
    return _(
        "The difference can be up to %(ahead)s in every %(base)s in its favour and up to %(behind)s"
        " against it.",
        ahead=_count_up(max(high, 0.0), base),
        behind=_count_up(-low, base),
        base=size["base"],
    )


def write_limits_of_use(sources: Iterable[Source]) -> list[str]:
    """Return what a rule does not say."""
    sources = list(sources)
    sentences = [
        _("A rule is about groups of people, never about one person."),
        _("Variants that were not compared may do better or worse."),
    ]
    if len(sources) == 1:
        sentences.insert(
            0,
            _(
                "This rests on one experiment, in %(place)s. In another place or another time it"
                " can turn out differently.",
                place=sources[0].municipality or sources[0].living_lab,
            ),
        )
    return sentences


def write_period(starts_on: date | None, ends_on: date | None) -> str:
    """Return when an experiment was held, in months."""
    first, last = formats.month(starts_on or ends_on), formats.month(ends_on or starts_on)
    if starts_on is None and ends_on is None:
        return ""
    return first if first == last else _("%(first)s to %(last)s", first=first, last=last)


def list_remarks(evidence: RuleEvidence, are_against: bool) -> list[str]:
    """Return what speaks against a rule, or else for it."""
    known = [Remark(code) for code in evidence.remarks]
    return [str(REMARKS[remark]) for remark in known if (remark in AGAINST) is are_against]


def _pair(evidence: RuleEvidence) -> tuple[int | None, int | None]:
    return evidence.part.leader, evidence.part.reference


def _find_rate(evidence: RuleEvidence, place: int | None) -> RateEvidence | None:
    rate = evidence.part.find_rate(place)
    if rate is None or None in (rate.rate, rate.ci_lower, rate.ci_upper):
        return None
    return rate


def _write_nothing_shown(evidence: RuleEvidence) -> str:
    if evidence.is_protected:
        return _(
            "The numbers are so small that they are not shown: they could be about one person."
        )
    return _("Too little was counted to compare variants.")


def _write_frequency(rate: RateEvidence, base: int) -> Frequency:
    return Frequency(
        base=formats.number(base),
        count=_count(rate.rate, base),
        lower=_count(rate.ci_lower, base),
        upper=_count(rate.ci_upper, base),
    )


def _order_limits(evidence: RuleEvidence) -> tuple[float, float]:
    """Return the limits in the good direction."""
    part = evidence.part
    if evidence.basis.outcome.direction == Direction.LOWER:
        return -part.upper, -part.lower
    return part.lower, part.upper


def _count(share: float, base: int) -> str:
    return formats.number(share * base)


def _count_down(share: float, base: int) -> str:
    """Return a limit in whole people, or in tenths where less than one is left."""
    count = math.floor(share * base + 1e-9)
    return formats.number(count) if count else formats.decimal(share * base, 1)


def _count_up(share: float, base: int) -> str:
    return formats.number(math.ceil(share * base - 1e-9))
