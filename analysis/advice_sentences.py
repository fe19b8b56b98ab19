"""Advice in plain words: what to do, what was counted, how sure it is and what it does not say."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.cases import counts, telling
from analysis.cases.table import GRADES, Situation, Step
from analysis.cases.telling import Finding, tell_situation, tell_size, turn
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
from lab import formats
from lab.i18n import in_language
from lab.models.labels import DenominatorKind

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


def choose_base(evidence: Iterable[RuleEvidence]) -> int:
    """Return of how many a page counts: 100, or 1,000 and more when rates are below 2 %."""
    return counts.choose_base(rate.rate for one in evidence for rate in one.part.rates)


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
    """Return how the leader compares with its reference, in words and natural frequencies."""
    found = find(evidence, base)
    if found is None or found.rates is None:
        return _write_nothing_shown(evidence)
    if (found.rates[0] - found.rates[1]) * (evidence.part.difference or 0.0) < 0:
        return tell_situation(Situation.TOTALS_MISLEAD)
    return telling.join_sentences(telling.tell_verdict(found), telling.tell_counts(found))


def write_difference(evidence: RuleEvidence, base: int) -> str:
    """Return how big the difference can be, or nothing when that is not known."""
    found = find(evidence, base)
    if found is None or found.limits is None:
        return ""
    return telling.join_sentences(str(telling.find_lines(found).direction), tell_size(found))


def find(evidence: RuleEvidence, base: int) -> Finding | None:
    """Return what was found about the leader of a rule; None where nothing is compared."""
    leader, reference = _pair(evidence)
    if leader is None or reference is None:
        return None
    part, basis = evidence.part, evidence.basis
    rates = [_find_rate(evidence, place) for place in (leader, reference)]
    is_known = None not in rates
    direction = Direction(basis.outcome.direction)
    is_limited = None not in (part.lower, part.upper)
    return Finding(
        verdict=Verdict(part.verdict),
        variant=_quote(basis.variants[leader]),
        reference=_quote(basis.variants[reference]),
        limits=turn((part.lower, part.upper), direction) if is_limited else None,
        rates=tuple(one.rate for one in rates) if is_known else None,
        rate_limits=tuple((one.ci_lower, one.ci_upper) for one in rates) if is_known else None,
        base=base,
        units=_name_units(evidence),
        margin=basis.outcome.margin,
        step=Step(basis.outcome.numerator_step),
        direction=direction,
        proof=GRADES[basis.grade],
        is_expected=basis.is_pooled,
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
    return tell_situation(
        Situation.NEW_LAB,
        base=formats.number(base),
        variant=_quote(evidence.basis.variants[part.leader]),
        lower=counts.count_down(lower, base),
        upper=counts.count_up(upper, base),
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
            "Some counts are so small that we do not show them, or are not published yet. What"
            " could be worked out from them is not shown either."
        )
    return _("Too little was counted to compare variants.")
