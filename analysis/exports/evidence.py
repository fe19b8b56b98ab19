"""What all labs together found, as files write it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from analysis.exports import columns
from analysis.exports.contents import Export
from analysis.exports.origin import Origin, list_facts, name_file, tell_first
from analysis.exports.paper import Paper
from analysis.exports.paper_evidence import print_evidence
from analysis.exports.table import Column, Kind, Row, make_table, round_as_shown, round_row
from analysis.exports.turning import turn
from analysis.pooled.record import Interval
from analysis.reports.council import Headings
from analysis.reports.evidence.contents import (
    EvidencePart,
    EvidenceReport,
    Forest,
    ForestRow,
    VariantRow,
)
from analysis.reports.evidence.method import TermRow, UnusedGroup
from analysis.reports.outcome import TOGETHER
from analysis.stats.results import Status

SCHEMA = "proeftuin.evidence/1"
PREDICTED = (
    Column(
        "prediction_difference_lower",
        Kind.POINTS,
        _l("Difference in a new experiment, lowest"),
        _l("What one new experiment in a new lab may show at least."),
    ),
    Column(
        "prediction_difference_upper",
        Kind.POINTS,
        _l("Difference in a new experiment, highest"),
        _l("What one new experiment in a new lab may show at most."),
    ),
)
COMPARED = (
    columns.DIFFERENCE,
    columns.SIMULTANEOUS_LOWER,
    columns.SIMULTANEOUS_UPPER,
    *PREDICTED,
)
LOGIT = _l("On the logit scale of the model.")
COLUMNS = (
    columns.PROGRAMME_KIND,
    Column("run_id", Kind.COUNT, _l("Calculation")),
    Column(
        "is_check",
        Kind.FLAG,
        _l("Only a check"),
        _l("Whether it is only a check, from which no advice follows."),
    ),
    columns.PROFILE_CODE,
    columns.PROFILE_NAME,
    columns.VARIANT_CODE,
    columns.VARIANT_NAME,
    Column("is_advised", Kind.FLAG, _l("Least loss to expect")),
    Column("is_tried", Kind.FLAG, _l("Tried in this profile")),
    columns.NUMERATOR,
    columns.DENOMINATOR,
    Column("experiments", Kind.COUNT, _l("Experiments")),
    Column("labs", Kind.COUNT, _l("Labs")),
    columns.RATE,
    columns.CI_LOWER,
    columns.CI_UPPER,
    Column(
        "prediction_lower",
        Kind.SHARE,
        _l("Rate in a new experiment, lowest"),
        _l("What one new experiment in a new lab may show at least."),
    ),
    Column(
        "prediction_upper",
        Kind.SHARE,
        _l("Rate in a new experiment, highest"),
        _l("What one new experiment in a new lab may show at most."),
    ),
    columns.STATUS,
    columns.REASON,
    Column("effect", Kind.LOGIT, _l("Effect (logit)"), LOGIT),
    Column("effect_lower", Kind.LOGIT, _l("Effect, lowest"), LOGIT),
    Column("effect_upper", Kind.LOGIT, _l("Effect, highest"), LOGIT),
    Column("rank_lower", Kind.RANK, _l("Rank, best"), _l("1 is the best of this profile.")),
    Column("rank_upper", Kind.RANK, _l("Rank, worst"), _l("1 is the best of this profile.")),
    Column("p_near_best", Kind.CHANCE, _l("Chance to be near the best")),
    Column(
        "expected_loss",
        Kind.LOSS,
        _l("Loss to expect"),
        _l("How much lower than the best on average: 0.01 is one percentage point."),
    ),
    columns.REFERENCE_CODE,
    columns.REFERENCE_NAME,
    *COMPARED,
    columns.VERDICT,
    columns.DIFFERENCE_REASON,
)
KEY = ("profile_code", "variant_code")
MODELLED = (
    Column("direct", Kind.LOGIT, _l("Side by side (logit)"), LOGIT),
    Column("direct_lower", Kind.LOGIT, LOGIT),
    Column("direct_upper", Kind.LOGIT, LOGIT),
    Column("indirect", Kind.LOGIT, _l("By a detour (logit)"), LOGIT),
    Column("indirect_lower", Kind.LOGIT, LOGIT),
    Column("indirect_upper", Kind.LOGIT, LOGIT),
    Column("pvalue", Kind.PVALUE, _l("p: these two differ")),
    Column("anytime_lower", Kind.POINTS, _l("Limits at any time")),
    Column("anytime_upper", Kind.POINTS, _l("Limits at any time")),
)
OWN = (
    columns.DIFFERENCE,
    Column("difference_lower", Kind.POINTS, _l("Difference, lowest")),
    Column("difference_upper", Kind.POINTS, _l("Difference, highest")),
)
WITHHELD_ROW: Row = {
    "status": columns.WITHHELD,
    "reason": columns.SMALL_COUNTS,
    "difference_reason": columns.SMALL_COUNTS,
}


@dataclass(frozen=True, slots=True)
class EvidenceSubject:
    """What stands beside the report of a run: its question, method, and what it left out.

    parts: those that the reader asked for. told: what is said of everyone first. check: what to
    know of a run that is only a check.
    """

    parts: tuple[EvidencePart, ...]
    told: tuple[str, ...]
    headings: Headings
    check: tuple[str, ...]
    scope: str
    facts: tuple[str, ...]
    method: tuple[tuple[str, str], ...]
    method_version: str
    terms: Sequence[TermRow]
    unused: Sequence[UnusedGroup]
    fingerprint: str


def export_evidence(report: EvidenceReport, subject: EvidenceSubject, origin: Origin) -> Export:
    """Return the report of a run as files write it."""
    fixed = {
        "programme_kind": origin.programme_kind,
        "run_id": origin.number,
        "is_check": bool(subject.check),
    }
    whole = len(subject.parts) == len(report.parts)
    told = subject.told if whole else ()
    parts = [_tell_part(part) for part in subject.parts]
    return Export(
        origin=origin,
        schema=SCHEMA,
        file_name=name_file(f"{_('Evidence')} {origin.number}", origin),
        title=f"{_('Evidence')}: {origin.title}",
        facts=list_facts(origin, [(_("Question"), subject.scope)]),
        summary=(*tell_first(origin), *subject.check, *told, *parts, *subject.facts),
        figures=make_table(COLUMNS, KEY, (fixed | row for row in _list_rows(subject.parts))),
        method=subject.method,
        method_version=subject.method_version,
        cautions=_list_cautions(report),
        unused=tuple(tell_unused(one) for one in subject.unused),
        unit=report.units,
        contributor=origin.programme,
        sources="",
        details=_list_details(report, subject),
        paper=partial(_print, report, subject),
    )


def _print(report: EvidenceReport, subject: EvidenceSubject) -> Paper:
    part = subject.parts[0]
    is_whole = len(subject.parts) == len(report.parts)
    answer = subject.told if is_whole else (part.headline, *part.sentences)
    notes = (*subject.check, *_list_cautions(report))
    return print_evidence(report, subject.parts, subject.headings, answer, notes, subject.method)


def _tell_part(part: EvidencePart) -> str:
    notes = (part.headline, *part.sentences, part.standing, *part.notes)
    return f"{part.name}: {' '.join(filter(None, notes))}"


def _list_cautions(report: EvidenceReport) -> tuple[str, ...]:
    told = [str(columns.PROTECTION)] if report.is_protected else []
    return (*told, *filter(None, [report.uncounted]), *report.sureness, *report.influence)


def tell_unused(one: UnusedGroup) -> str:
    """Return why experiments were not used, and which."""
    many = ngettext("%(num)d experiment", "%(num)d experiments", one.group.experiments)
    titles = ", ".join(title for _number, title in one.group.titles)
    rest = f" {_('(the rest was used)')}" if one.is_partly else ""
    return f"{one.group.reason}{rest} {many}{f': {titles}' if titles else ''}"


def _list_rows(parts: Sequence[EvidencePart]) -> Iterator[Row]:
    for part in parts:
        for one in part.variants:
            row = {
                "profile_code": part.code or TOGETHER,
                "profile_name": part.name,
                "variant_code": one.code,
                "variant_name": one.name,
                **_write_variant(one),
            }
            is_gone = one.is_withheld and one.rate is None
            yield row | (WITHHELD_ROW if is_gone else _write_difference(part, one))


def _write_variant(one: VariantRow) -> Row:
    is_known, are_counts_shown = one.rate is not None, one.people and not one.is_withheld
    # A rate that leans on other profiles and labs may be known where counts are too small to show.
    reason = columns.SMALL_COUNTS if one.is_withheld else columns.NOT_COMPARED
    return {
        "is_advised": one.is_advised,
        "is_tried": one.is_tried,
        "numerator": one.responses if are_counts_shown else None,
        "denominator": one.people if are_counts_shown else None,
        "experiments": one.experiments,
        "labs": one.labs,
        "rate": one.rate,
        **_write_ends("ci", one.rate_ci),
        **_write_ends("prediction", one.prediction),
        "status": (Status.OK if is_known else Status.UNDEFINED).value,
        "reason": reason if one.is_withheld or not is_known else None,
        "effect": one.effect,
        **_write_ends("effect", one.effect_ci),
        **_write_ends("rank", one.rank_ci),
        "p_near_best": one.near_best,
        "expected_loss": one.regret,
    }


def _write_ends(name: str, ends: Interval | tuple[int, int] | None) -> Row:
    lower, upper = ends or (None, None)
    return {f"{name}_lower": lower, f"{name}_upper": upper}


def _write_difference(part: EvidencePart, one: VariantRow) -> Row:
    """Return a variant less the advised one; the advised less what its verdict is about."""
    if not part.forests:
        return {"difference_reason": columns.NOT_COMPARED}
    first = part.forests[0]
    if one.code == first.one_code:
        row = _write_forest(first) | {"verdict": part.verdict}
        return row | _refer(first.other_code, first.other)
    forest = next((held for held in part.forests if held.other_code == one.code), None)
    if forest is None:
        return {"difference_reason": columns.NOT_COMPARED}
    is_worse = any(better == first.one and one.name in worse for better, worse in part.claims)
    verdict = part.verdict if forest is first else ("clearly_better" if is_worse else None)
    row = turn(_write_forest(forest) | {"verdict": verdict})
    return row | _refer(forest.one_code, forest.one)


def _refer(code: str, name: str) -> Row:
    return {"reference_code": code, "reference_name": name}


def _write_forest(forest: Forest) -> Row:
    is_known = forest.difference is not None
    return {
        "difference": forest.difference,
        **_write_ends("simultaneous", forest.difference_ci),
        **_write_ends("prediction_difference", forest.prediction),
        "difference_reason": None if is_known else columns.NOT_COMPARED,
    }


def _list_details(report: EvidenceReport, subject: EvidenceSubject) -> dict:
    return {
        "question": subject.scope,
        "is_check": bool(subject.check),
        "verdict": report.verdict,
        "do_profiles_differ": report.differ,
        "smallest_difference": report.margin,
        "experiments_used": report.used,
        "experiments_considered": report.considered,
        "labs": report.labs,
        "is_protected": report.is_protected,
        "cells_sha256": subject.fingerprint or None,
        "profiles": [_describe_part(part) for part in subject.parts],
        "comparisons": [
            _describe_forest(part, forest) for part in subject.parts for forest in part.forests
        ],
        "model_parts": [
            {
                "name": term.name,
                "std_deviation": round_as_shown(Kind.LOGIT, term.sd),
                "remark": term.remark,
            }
            for term in subject.terms
        ],
    }


def _describe_part(part: EvidencePart) -> dict:
    return {
        "profile_code": part.code or TOGETHER,
        "profile_name": part.name,
        "verdict": part.verdict,
        "told": [part.headline, *part.sentences, *filter(None, [part.standing]), *part.notes],
        "may_be_best": list(part.contenders),
        "clearly_better": [
            {"variant_name": better, "than": list(worse)} for better, worse in part.claims
        ],
    }


def _describe_forest(part: EvidencePart, forest: Forest) -> dict:
    modelled = {
        "direct": forest.direct,
        **_write_ends("direct", forest.direct_ci),
        "indirect": forest.indirect,
        **_write_ends("indirect", forest.indirect_ci),
        "pvalue": forest.pvalue,
        **_write_ends("anytime", forest.anytime),
    }
    return {
        "profile_code": part.code or TOGETHER,
        "variant_code": forest.one_code,
        "reference_code": forest.other_code,
        **round_row(COMPARED, _write_forest(forest)),
        **round_row(MODELLED, modelled),
        "told": list(forest.sentences),
        "experiments": [_describe_experiment(row) for row in forest.rows],
    }


def _describe_experiment(row: ForestRow) -> dict:
    found = {"difference": row.difference, **_write_ends("difference", row.difference_ci)}
    return {
        "experiment_id": row.experiment_id,
        "title": row.title,
        "living_lab": row.lab,
        "grade": row.grade,
        "year": row.year,
        "people": row.people or None,
        **round_row(OWN, found),
        "divides_otherwise": row.divides_otherwise,
    }
