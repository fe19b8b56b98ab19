"""Advice in plain words: what to do, what was counted, how sure it is and what it does not say."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

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
    if state == ProposalState.ADVISE and evidence.part.verdict == Verdict.NO_DIFFERENCE:
        return _(
            "Choose: %(variant)s or %(reference)s. Between these two there is no difference that"
            " matters.",
            variant=_quote(leader),
            reference=_quote(reference),
        )
    if state == ProposalState.ADVISE and evidence.part.verdict == Verdict.NOT_ENOUGH_DATA:
        return _(
            "Choose: %(variant)s. Perhaps %(reference)s does better, but the chance is at most 1 in"
            " 10 that this difference matters.",
            variant=name_variant(leader),
            reference=_quote(reference),
        )
    if state == ProposalState.ADVISE:
        return _("Choose: %(variant)s.", variant=name_variant(leader))
    if state == ProposalState.TENTATIVE:
        return _("Choose for now: %(variant)s. Keep testing.", variant=name_variant(leader))
    if state == ProposalState.NO_DIFFERENCE and _is_about_many(evidence):
        return _(
            "Between the %(count)s variants there is no difference that matters.",
            count=formats.number(len(evidence.part.rates)),
        )
    if state == ProposalState.NO_DIFFERENCE:
        return _(
            "It makes no difference that matters: %(variant)s or %(reference)s.",
            variant=_quote(leader),
            reference=_quote(reference),
        )
    return _("We do not know yet what works best.")


def _is_about_many(evidence: RuleEvidence) -> bool:
    return evidence.basis.is_pooled and len(evidence.part.rates) > 2


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
    if sources:
        sentences.insert(0, _write_basis(sources))
    return sentences


def write_sources(sources: Iterable[Source]) -> str:
    """Return what a rule rests on, in a few words."""
    sources = list(sources)
    if len(sources) == 1:
        return sources[0].title
    labs = len({one.living_lab for one in sources})
    experiments = ngettext("%(num)s experiment", "%(num)s experiments", len(sources))
    return _(
        "%(experiments)s in %(labs)s",
        experiments=experiments,
        labs=ngettext("%(num)s living lab", "%(num)s living labs", labs),
    )


def list_grades(sources: Iterable[Source]) -> list[str]:
    """Return how many experiments have which grade, where each has its own."""
    counts = Counter(one.grade for one in sources if one.grade)
    return [
        ngettext(
            "%(num)s experiment has grade %(grade)s.",
            "%(num)s experiments have grade %(grade)s.",
            count,
            grade=grade,
        )
        for grade, count in sorted(counts.items())
    ]


def _write_basis(sources: list[Source]) -> str:
    if len(sources) == 1:
        return _(
            "This rests on one experiment, in %(place)s. In another place or another time it"
            " can turn out differently.",
            place=sources[0].municipality or sources[0].living_lab,
        )
    labs = dict.fromkeys(one.living_lab for one in sources)
    if len(labs) == 1:
        return _(
            "This rests on %(count)s experiments, all in %(place)s. In another place it can turn"
            " out differently.",
            count=formats.number(len(sources)),
            place=sources[0].municipality or sources[0].living_lab,
        )
    return _(
        "This rests on %(count)s experiments in %(labs)s living labs. In another place or another"
        " time it can turn out differently.",
        count=formats.number(len(sources)),
        labs=formats.number(len(labs)),
    )


def write_period(starts_on: date | None, ends_on: date | None) -> str:
    """Return when an experiment was held, in months."""
    first, last = formats.month(starts_on or ends_on), formats.month(ends_on or starts_on)
    if starts_on is None and ends_on is None:
        return ""
    return first if first == last else _("%(first)s to %(last)s", first=first, last=last)


def write_compared_with(evidence: RuleEvidence) -> str:
    """Return what a verdict is about, where many variants leave that open."""
    part = evidence.part
    if not _is_about_many(evidence) or part.reference is None:
        return ""
    return _("compared with %(variant)s", variant=_quote(evidence.basis.variants[part.reference]))


def write_beaten(evidence: RuleEvidence) -> str:
    """Return than how many others the leader is clearly better, where there are many."""
    part = evidence.part
    if not part.beaten or not _is_about_many(evidence):
        return ""
    others = len(part.rates) - 1
    if len(part.beaten) >= others:
        return _("Clearly better than all other variants.")
    return ngettext(
        "Clearly better than %(num)s of the %(others)s other variants.",
        "Clearly better than %(num)s of the %(others)s other variants.",
        len(part.beaten),
        others=formats.number(others),
    )


def write_people(rate: RateEvidence) -> str:
    """Return of how many people a rate is, or that it was worked out from other counts."""
    return _("not tried") if rate.denominator == 0 else formats.number(rate.denominator)


def write_new_lab(evidence: RuleEvidence, base: int) -> str:
    """Return what a municipality that never tried it may expect, or nothing."""
    part = evidence.part
    if part.new_lab_rate is None or part.leader is None:
        return ""
    lower, upper = part.new_lab_rate
    values = {
        "base": formats.number(base),
        "units": _name_units(evidence),
        "variant": _quote(evidence.basis.variants[part.leader]),
        "lower": _count(lower, base),
        "upper": _count(upper, base),
    }
    step = Step(evidence.basis.outcome.numerator_step)
    if step is Step.REACHED:
        return _(
            "In a new municipality, expect that with %(variant)s %(lower)s to %(upper)s of every"
            " %(base)s %(units)s reach somebody, if as many do there as on average.",
            **values,
        )
    if step is Step.PARTICIPATED:
        return _(
            "In a new municipality, expect that with %(variant)s %(lower)s to %(upper)s take part"
            " of every %(base)s %(units)s, if as many do there as on average.",
            **values,
        )
    return _(
        "In a new municipality, expect %(lower)s to %(upper)s responses to every %(base)s %(units)s"
        " with %(variant)s, if people there respond as much as on average.",
        **values,
    )


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
