"""What a council asks before anything else, under the headings of the Participatiemonitor."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from analysis.advice_sentences import write_period
from analysis.evidence_sentences import tell_used
from analysis.reports.evidence.contents import EvidenceReport, EvidenceRequest
from analysis.reports.outcome import OutcomeReport
from experiments.models.experiments import Experiment
from lab import formats
from lab.models.labs import LivingLab

# Heading and text, in the order in which a council reads them.
Headings = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Matter:
    """What an experiment is about, as far as its headings say."""

    task: str
    places: str
    starts_on: date | None
    ends_on: date | None
    decided_by: str

    @classmethod
    def of(cls, experiment: Experiment, lab: LivingLab) -> "Matter":
        """Return what the headings say of an experiment."""
        return cls(
            task=experiment.question or experiment.title,
            places=", ".join(dict.fromkeys((lab.municipality, lab.name))),
            starts_on=experiment.starts_on,
            ends_on=experiment.ends_on,
            decided_by=experiment.decided_by,
        )


def describe_experiment(matter: Matter, report: OutcomeReport) -> Headings:
    """Return the headings of one experiment."""
    return _lay_out(
        task=matter.task,
        scale=_tell_scale(matter.places, report),
        running_time=write_period(matter.starts_on, matter.ends_on),
        who_decides=matter.decided_by,
        demarcation=_(
            "It tells how many people did what was asked (%(numerator)s out of %(denominator)s), in"
            " this place and in this period. It does not tell why, what people think of the matter,"
            " or what happens elsewhere.",
            numerator=report.numerator_name.lower(),
            denominator=report.denominator_name.lower(),
        ),
    )


def describe_evidence(request: EvidenceRequest, report: EvidenceReport, scope: str) -> Headings:
    """Return the headings of what many experiments together found."""
    names = request.names.experiments
    held = [names[code] for code in request.record.experiments_used if code in names]
    return _lay_out(
        task=scope,
        scale=f"{tell_used(report.used, report.considered)}.",
        running_time=_find_period((one.starts_on, one.ends_on) for one in held),
        who_decides=_(
            "A researcher decides whether this becomes advice; each municipality what it does."
        ),
        demarcation=_(
            "It adds up experiments of different places and years. It tells what worked there, and"
            " how far a new place may differ. It does not tell why, or what residents prefer."
        ),
    )


def _lay_out(
    task: str, scale: str, running_time: str, who_decides: str, demarcation: str
) -> Headings:
    return (
        (_("Task"), task),
        (_("Scale"), scale),
        (_("Running time"), running_time or _("Not said.")),
        (_("Who decides"), who_decides or _("Not said.")),
        (_("Demarcation"), demarcation),
    )


def _tell_scale(places: str, report: OutcomeReport) -> str:
    people = [row.denominator for row in report.total.rates]
    if not people or None in people or report.withheld_variants:
        return f"{places}."
    return _(
        "%(places)s: %(people)s %(units)s, in %(variants)s variants.",
        places=places,
        people=formats.number(sum(people)),
        units=report.units,
        variants=formats.number(len(report.variants)),
    )


def _find_period(periods: Iterable[tuple[date | None, date | None]]) -> str:
    days = [day for period in periods for day in period if day]
    return write_period(min(days), max(days)) if days else ""
