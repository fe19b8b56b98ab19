"""An edition of the advice as files write it: one row per rule and variant."""

from collections.abc import Iterator, Sequence
from functools import partial

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.advice_sentences import PROPOSAL_STATES, name_variant
from analysis.evidence import RateEvidence, RuleEvidence, read_evidence
from analysis.exports import columns
from analysis.exports.contents import Export
from analysis.exports.origin import Origin, list_facts, name_file, tell_first
from analysis.exports.paper_edition import name_rule, print_edition, tell_numbers
from analysis.exports.table import Column, Kind, Row, make_table
from analysis.models.advice import ProposalState
from analysis.queries.advice import ListedVersion
from analysis.reports.advice import RuleCard
from analysis.reports.outcome import TOGETHER
from analysis.stats.results import Status
from experiments.labels import DENOMINATOR_KINDS

SCHEMA = "proeftuin.edition/1"
# The code of a row about a rule of which no variant has a rate.
NO_VARIANT = "none"
COLUMNS = (
    columns.PROGRAMME_KIND,
    Column("edition", Kind.COUNT, _l("Edition")),
    Column("rule_id", Kind.COUNT, _l("Rule")),
    Column("version", Kind.COUNT, _l("Version of the rule")),
    columns.PROFILE_CODE,
    columns.PROFILE_NAME,
    Column("context", Kind.TEXT, _l("Kind of matter and phase")),
    Column("advice", Kind.TEXT, _l("Advice")),
    Column("proposal_state", Kind.CODE, _l("What the evidence allows"), "", PROPOSAL_STATES),
    columns.VERDICT,
    Column("grade", Kind.TEXT, _l("Grade")),
    Column(
        "variant_code",
        Kind.TEXT,
        _l("Variant (code)"),
        _l("Tells the variants of a rule apart; “none” where no rate is known."),
    ),
    columns.VARIANT_NAME,
    Column("is_advised", Kind.FLAG, _l("Advised")),
    columns.NUMERATOR,
    columns.DENOMINATOR,
    columns.RATE,
    columns.CI_LOWER,
    columns.CI_UPPER,
    columns.STATUS,
    columns.REFERENCE_CODE,
    columns.REFERENCE_NAME,
    columns.DIFFERENCE,
    columns.SIMULTANEOUS_LOWER,
    columns.SIMULTANEOUS_UPPER,
)
ADVISED = {ProposalState.ADVISE, ProposalState.TENTATIVE}
KEY = ("rule_id", "variant_code")


def export_edition(
    listed: Sequence[ListedVersion], cards: Sequence[RuleCard], origin: Origin
) -> Export:
    """Return an edition as files write it; the cards are those of its page."""
    fixed = {"programme_kind": origin.programme_kind, "edition": origin.number}
    evidence = [read_evidence(one.version.evidence) for one in listed]
    rows = [
        fixed | row
        for one, held, card in zip(listed, evidence, cards, strict=True)
        for row in _list_rows(one, held, card)
    ]
    facts = list_facts(origin, [])
    method = tuple((name_rule(card), _tell_basis(card)) for card in cards)
    cautions = tuple(
        dict.fromkeys(text for card in cards for text in (*card.limits_of_use, *card.reach))
    )
    return Export(
        origin=origin,
        schema=SCHEMA,
        file_name=name_file(
            f"{_('Advice')} {_('Edition %(number)s', number=origin.number)}", origin
        ),
        title=f"{_('Advice: edition %(number)s', number=origin.number)}, {origin.programme}",
        facts=facts,
        summary=(*tell_first(origin), *(_tell(card) for card in cards)),
        figures=make_table(COLUMNS, KEY, rows),
        method=method,
        method_version=", ".join(sorted({one.basis.method_version for one in evidence})),
        cautions=cautions,
        unused=(),
        unit=_name_units(evidence),
        contributor=origin.programme,
        sources="\n".join(_list_sources(cards)),
        edition=_("Edition %(number)s", number=origin.number),
        details={"rules": [_describe(card) for card in cards]},
        paper=partial(print_edition, cards, facts, cautions, method),
    )


def _tell(card: RuleCard) -> str:
    return f"{name_rule(card)}: {card.advice} {tell_numbers(card)}".strip()


def _tell_basis(card: RuleCard) -> str:
    grade = _("grade %(grade)s: %(meaning)s", grade=card.grade, meaning=card.grade_meaning)
    return " ".join(filter(None, (f"{grade}.", f"{card.source_summary}.", *card.grade_reasons)))


def _list_sources(cards: Sequence[RuleCard]) -> Iterator[str]:
    """Give a line per place and reference: an edition may stand on dozens of experiments."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for source in (source for card in cards for source in card.sources):
        told = f"{source.title} ({source.period})" if source.period else source.title
        found.setdefault((source.place, source.reference), {})[told] = None
    for (place, reference), told in found.items():
        where = f"{place}: {'; '.join(told)}" if place else "; ".join(told)
        yield f"{where}. {reference}" if reference else where


def _name_units(evidence: Sequence[RuleEvidence]) -> str:
    units = {one.basis.outcome.denominator_kind for one in evidence}
    return ", ".join(sorted(str(DENOMINATOR_KINDS.get(one, one)) for one in units))


def _list_rows(listed: ListedVersion, evidence: RuleEvidence, card: RuleCard) -> Iterator[Row]:
    part = evidence.part
    row: Row = {
        "rule_id": card.rule_id,
        "version": card.number,
        "profile_code": listed.profile.code if listed.profile else TOGETHER,
        "profile_name": card.for_whom,
        "context": "; ".join(card.context),
        "advice": card.advice,
        "proposal_state": card.proposal_state.value,
        "verdict": card.verdict,
        "grade": card.grade,
    }
    for rate in part.rates:
        own = _write_rate(rate, evidence, card.proposal_state in ADVISED)
        is_about = rate.variant == part.leader
        yield row | own | (_write_difference(evidence) if is_about else {})
    if not part.rates:
        yield row | {"variant_code": NO_VARIANT}


def _write_rate(rate: RateEvidence, evidence: RuleEvidence, is_advised: bool) -> Row:
    variant = evidence.basis.variants[rate.variant]
    hidden = columns.WITHHELD if evidence.is_protected else Status.UNDEFINED.value
    return {
        "variant_code": str(rate.variant + 1),
        "variant_name": name_variant(variant),
        "is_advised": is_advised and rate.variant == evidence.part.leader,
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "rate": rate.rate,
        "ci_lower": rate.ci_lower,
        "ci_upper": rate.ci_upper,
        "status": Status.OK.value if rate.rate is not None else hidden,
    }


def _write_difference(evidence: RuleEvidence) -> Row:
    part = evidence.part
    if part.reference is None:
        return {}
    return {
        "reference_code": str(part.reference + 1),
        "reference_name": name_variant(evidence.basis.variants[part.reference]),
        "difference": part.difference,
        "simultaneous_lower": part.lower,
        "simultaneous_upper": part.upper,
    }


def _describe(card: RuleCard) -> dict:
    return {
        "rule_id": card.rule_id,
        "for_whom": card.for_whom,
        "advice": card.advice,
        "arguments_for": card.arguments_for,
        "arguments_against": card.arguments_against,
        "limits_of_use": card.limits_of_use,
        "sources": [
            {"experiment_id": one.experiment_id, "title": one.title, "place": one.place}
            for one in card.sources
        ],
    }
