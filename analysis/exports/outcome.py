"""The report of one experiment as files write it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from flask_babel import gettext as _

from analysis.exports.contents import Export
from analysis.exports.origin import Origin, list_facts, name_file, tell_first
from analysis.exports.outcome_rows import COLUMNS, COMPARED, KEY, list_rows, write_pair
from analysis.exports.paper_outcome import print_outcome
from analysis.exports.table import Kind, Value, make_table, round_as_shown, round_row
from analysis.reports.conduct import ConductReport
from analysis.reports.council import Headings
from analysis.reports.outcome import OutcomeReport, PairRow, ReportPart
from analysis.reports.reach import Reach
from experiments.models.experiments import Experiment

SCHEMA = "proeftuin.outcome/2"


@dataclass(frozen=True, slots=True)
class OutcomeSubject:
    """The experiment that a report is about."""

    experiment: Experiment
    living_lab: str
    grade: str
    headings: Headings


def export_outcome(report: OutcomeReport, subject: OutcomeSubject, origin: Origin) -> Export:
    """Return the report of an experiment as files write it."""
    fixed = {"programme_kind": origin.programme_kind, "experiment_id": origin.number}
    facts = (
        (_("Question"), subject.experiment.question),
        (_("Living lab"), subject.living_lab),
        (_("Grade"), subject.grade),
        *_tell_beside(report),
    )
    return Export(
        origin=origin,
        schema=SCHEMA,
        file_name=name_file(_("Outcome"), origin),
        title=f"{_('Outcome')}: {origin.title}",
        facts=list_facts(origin, facts),
        summary=(*tell_first(origin), report.headline, *report.answer, *_tell_profiles(report)),
        figures=make_table(COLUMNS, KEY, (fixed | row for row in list_rows(report))),
        method=report.method,
        method_version=report.comparison.method_version,
        cautions=(*report.protection, *report.cautions),
        unused=report.unused,
        unit=report.units,
        contributor=subject.living_lab,
        sources=subject.experiment.sources,
        details=_list_details(report, subject),
        paper=partial(print_outcome, report, subject.headings),
    )


def _tell_beside(report: OutcomeReport) -> Iterator[tuple[str, str]]:
    """Yield what the page says beside the figures, each with what it is about."""
    conduct, reach = report.conduct, report.reach
    yield _("Cost"), report.costs
    yield _("Who responded, and who lives there"), reach.told
    yield _("Deviations from the protocol"), conduct.deviations_told
    yield from conduct.deviations
    for sentence in conduct.looks:
        yield _("When was looked"), sentence
    for sentence in (*conduct.quality, report.lottery):
        yield _("Quality of the counts"), sentence


def _tell_profiles(report: OutcomeReport) -> list[str]:
    return [f"{part.name}: {part.sentence}" for part in report.profiles if part.sentence]


def _list_details(report: OutcomeReport, subject: OutcomeSubject) -> dict:
    experiment = subject.experiment
    return {
        "experiment": {
            "experiment_id": experiment.id,
            "title": experiment.title,
            "question": experiment.question,
            "living_lab": subject.living_lab,
            "status": experiment.status.value,
            "grade": subject.grade,
            "starts_on": experiment.starts_on and experiment.starts_on.isoformat(),
            "ends_on": experiment.ends_on and experiment.ends_on.isoformat(),
        },
        "outcome": {
            "numerator_step": experiment.numerator_step.value,
            "denominator_step": report.comparison.denominator,
            "direction": experiment.direction.value,
            "smallest_difference": experiment.smallest_difference,
        },
        "threshold": report.threshold,
        "profiles": [_describe_part(part) for part in report.parts],
        "comparisons": [
            _describe_pair(report, part.code, pair) for part in report.parts for pair in part.pairs
        ],
        "comparisons_within_profiles": [
            _describe_pair(report, report.total.code, pair) for pair in report.total_within
        ],
        "comparisons_in_family": report.family_size,
        "division": {
            "told": report.lottery,
            "units": [
                {
                    "period": row.period,
                    "variant_name": row.variant,
                    "units": row.units,
                    "planned_share": round_as_shown(Kind.SHARE, row.share),
                }
                for row in report.lottery_rows
            ],
        },
        "costs": report.costs,
        "reach": _describe_reach(report.reach),
        "conduct": _describe_conduct(report.conduct),
    }


def _describe_reach(reach: Reach) -> dict:
    share = partial(round_as_shown, Kind.SHARE)
    return {
        "told": reach.told,
        "index": share(reach.index),
        "index_limits": [share(end) for end in reach.index_ci] if reach.index_ci else None,
        "profiles": [
            {
                "profile_code": row.code,
                "profile_name": row.name,
                "people": row.people,
                "share": share(row.share),
                "share_limits": [share(end) for end in row.limits],
                "share_of_residents": share(row.residents),
            }
            for row in reach.rows
        ],
        "method": reach.method,
    }


def _describe_conduct(conduct: ConductReport) -> dict:
    return {
        "deviations_told": conduct.deviations_told,
        "deviations": [{"day": day, "what": what} for day, what in conduct.deviations],
        "looks": conduct.looks,
        "quality": conduct.quality,
    }


def _describe_part(part: ReportPart) -> dict[str, Value]:
    return {
        "profile_code": part.code,
        "profile_name": part.name,
        "verdict": part.verdict,
        "told": part.sentence,
    }


def _describe_pair(report: OutcomeReport, code: str, pair: PairRow) -> dict:
    one, other = (report.variants[place].letter for place in pair.places)
    return {
        "profile_code": code,
        "variant_code": one,
        "reference_code": other,
        **round_row(COMPARED, write_pair(pair)),
        "verdict": pair.verdict,
        "method": pair.method,
    }
