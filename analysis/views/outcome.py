"""The comparison report of one experiment."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import Blueprint, current_app, g, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from analysis.comparison import ExperimentFacts
from analysis.queries import cells as queries
from analysis.queries.cells import EVERYTHING, CellFilter
from analysis.queries.conduct import load_conduct
from analysis.queries.residents import find_residents, list_areas_of
from analysis.reports.council import Matter, describe_experiment
from analysis.reports.filters import (
    FilterChoice,
    count_unsettled,
    list_choices,
    read_filter,
    write_filter,
)
from analysis.reports.intervals import build_dots, build_interval_rows, draw_funnel, draw_reach
from analysis.reports.journey import write_cost
from analysis.reports.outcome import OutcomeRequest, build_outcome
from analysis.reports.since import note_outcome
from analysis.views.in_force import find_then
from analysis.views.since import read_report
from experiments.grade import GradeReason
from experiments.labels import GRADE_REASONS, STEPS, capitalise
from experiments.models.experiments import Experiment
from experiments.queries.experiments import list_profile_ids
from experiments.queries.grades import find_grade
from experiments.queries.variants import list_variants
from lab import formats
from lab.access import TABLE, Action, allows, current_reader
from lab.db import get_session
from lab.i18n import current_language
from lab.models.labs import LivingLab
from lab.models.programmes import Programme

blueprint = Blueprint("outcome", __name__)

DAYS_IN_WEEK = 7
# A report is some 100 kB of text.
REMEMBERED = 100


@dataclass(frozen=True, slots=True)
class AskedOutcome:
    """An experiment, and what its reader asks of it; made_at: when its report became what it is."""

    experiment: Experiment
    lab: LivingLab
    programme: Programme
    chosen: CellFilter
    page: "ReportPage"
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReportPage:
    """All that the text of a report follows from; the same page is written once."""

    asked: OutcomeRequest
    field_work: tuple[str, ...]
    choices: tuple[FilterChoice, ...]
    is_filtered: bool
    language: str
    matter: Matter


@dataclass(frozen=True, slots=True)
class WrittenOutcome:
    """The text of a report, what it says, and the names of its profiles by their code."""

    body: Markup
    state: dict[str, Any]
    names: dict[str, str]


@blueprint.get("/experiments/<int:experiment_id>/outcome")
@allows(Action.READ_OUTCOME)
def show_outcome(experiment_id):
    """Show the answer of an experiment, then the evidence for it, then how it was made."""
    # The frame asks for the lab and the programme again, and finds them while they are held here.
    asked = ask_outcome(experiment_id)
    written = write_report(asked.page)
    return render_template(
        "outcome/show_outcome.html",
        experiment=asked.experiment,
        report=written.body,
        since=read_report(f"outcome:{experiment_id}", written.state, written.names)
        if not asked.page.is_filtered
        else "",
        field_work=asked.page.field_work,
        grade_reasons=GRADE_REASONS,
        filters=write_filter(asked.chosen),
        chosen=asked.programme,
        then=find_then(asked.programme, asked.made_at),
    )


def ask_outcome(experiment_id: int) -> AskedOutcome:
    """Return what this reader asks for, and may see, of an experiment."""
    session = get_session()
    experiment, lab, programme = queries.get_subject(session, experiment_id)
    is_exact = programme.is_exempt_from_suppression or is_in_own_lab()
    records = queries.count_records(session, experiment_id)
    # Two reports that differ in a filter would give small cells away, so outsiders get one.
    chosen = read_filter(request.args, records) if is_exact else EVERYTHING
    counted_at = queries.find_last_recorded_at(session, experiment_id)
    asked = OutcomeRequest(
        experiment=ExperimentFacts.of(experiment),
        variants=tuple(list_variants(session, experiment_id)),
        stored=queries.load_stored_counts(session, experiment_id, chosen),
        profiles=tuple(queries.list_profiles(session, experiment_id)),
        unsettled=count_unsettled(records, chosen),
        is_exact=is_exact,
        conduct=load_conduct(
            session,
            experiment,
            frozenset(map(str, list_profile_ids(session, experiment_id))),
            GradeReason.REGISTERED_BEFORE in find_grade(session, experiment).reasons,
        ),
        residents=find_residents(
            session, experiment, lab, [chosen.area] if chosen.area else list_areas_of(records)
        ),
    )
    page = ReportPage(
        asked=asked,
        field_work=describe_field_work(experiment, counted_at),
        choices=list_choices(records, chosen) if is_exact and records else (),
        is_filtered=chosen != EVERYTHING,
        language=current_language(),
        matter=Matter.of(experiment, lab),
    )
    analysed_at = queries.find_analysed_at(session, experiment_id)
    made_at = max(filter(None, (counted_at, analysed_at)), default=None)
    return AskedOutcome(experiment, lab, programme, chosen, page, made_at)


@lru_cache(maxsize=REMEMBERED)
def write_report(page: ReportPage) -> WrittenOutcome:
    """Return the text of a report, in the language being spoken."""
    report = build_outcome(page.asked)
    groups, axis = build_interval_rows(report)
    template = current_app.jinja_env.get_template("outcome/report.html")
    body = Markup(
        template.render(
            report=report,
            headings=describe_experiment(page.matter, report),
            groups=groups,
            axis=axis,
            dots=build_dots(report),
            bars=draw_funnel(report),
            write_cost=write_cost,
            reach=draw_reach(report),
            field_work=list(page.field_work),
            choices=page.choices,
            is_filtered=page.is_filtered,
            steps={step: capitalise(label) for step, label in STEPS.items()},
        )
    )
    return WrittenOutcome(
        body, note_outcome(report), {part.code: part.name for part in report.parts}
    )


def is_in_own_lab() -> bool:
    """Tell whether the reader belongs to the lab's own team, which sees exact counts."""
    return bool(current_reader().roles_at(g.place) & TABLE[Action.READ_OUTCOME].own)


def describe_field_work(experiment: Experiment, counted_at: datetime | None) -> tuple[str, ...]:
    """Return until when was counted, and how far the field work then was."""
    if counted_at is None:
        return ()
    facts = [_("Counts as of %(day)s", day=formats.date(counted_at))]
    first, last = experiment.starts_on, experiment.ends_on
    if first and last:
        weeks = -(-((last - first).days + 1) // DAYS_IN_WEEK)
        passed = (counted_at.astimezone(formats.HOME_ZONE).date() - first).days + 1
        passed = min(max(-(-passed // DAYS_IN_WEEK), 0), weeks)
        facts.append(_("week %(passed)s of %(weeks)s", passed=passed, weeks=weeks))
    return tuple(facts)
