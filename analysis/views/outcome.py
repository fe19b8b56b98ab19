"""The comparison report of one experiment."""

from datetime import datetime

from flask import Blueprint, g, render_template, request
from flask_babel import gettext as _

from analysis.queries import cells as queries
from analysis.queries.cells import EVERYTHING
from analysis.reports.filters import count_unsettled, list_choices, read_filter
from analysis.reports.intervals import build_interval_rows
from analysis.reports.outcome import OutcomeRequest, build_outcome
from experiments.labels import GRADE_REASONS, STEPS, capitalise
from experiments.models.experiments import Experiment
from experiments.queries.experiments import get_experiment
from experiments.queries.variants import list_variants
from lab import formats
from lab.access import TABLE, Action, allows, current_reader
from lab.db import get_session
from lab.queries.programmes import find_programme

blueprint = Blueprint("outcome", __name__)

DAYS_IN_WEEK = 7


@blueprint.get("/experiments/<int:experiment_id>/outcome")
@allows(Action.READ_OUTCOME)
def show_outcome(experiment_id):
    """Show the answer of an experiment, then the evidence for it, then how it was made."""
    session = get_session()
    experiment = get_experiment(session, experiment_id)
    is_exact = sees_exact_counts()
    records = queries.count_records(session, experiment_id)
    # Two reports that differ in a filter would give small cells away, so outsiders get one.
    chosen = read_filter(request.args, records) if is_exact else EVERYTHING
    variants = list_variants(session, experiment_id)
    report = build_outcome(
        OutcomeRequest(
            experiment=experiment,
            counts=queries.load_counts(session, experiment, variants, chosen),
            profiles=queries.list_profiles(session, experiment_id),
            unsettled=count_unsettled(records, chosen),
            is_exact=is_exact,
        )
    )
    groups, axis = build_interval_rows(report)
    counted_at = queries.find_last_recorded_at(session, experiment_id)
    return render_template(
        "outcome/show_outcome.html",
        experiment=experiment,
        report=report,
        groups=groups,
        axis=axis,
        field_work=describe_field_work(experiment, counted_at),
        choices=list_choices(records, chosen) if is_exact and records else [],
        is_filtered=chosen != EVERYTHING,
        grade_reasons=GRADE_REASONS,
        steps=[capitalise(label) for label in STEPS.values()],
    )


def sees_exact_counts() -> bool:
    """Tell whether this reader may see small numbers: the lab's own team, or what is public."""
    if current_reader().roles_at(g.place) & TABLE[Action.READ_OUTCOME].own:
        return True
    return find_programme(get_session(), g.place.programme_id).is_exempt_from_suppression


def describe_field_work(experiment: Experiment, counted_at: datetime | None) -> list[str]:
    """Return until when was counted, and how far the field work then was."""
    if counted_at is None:
        return []
    facts = [_("Counts up to %(day)s", day=formats.date(counted_at))]
    first, last = experiment.starts_on, experiment.ends_on
    if first and last:
        weeks = -(-((last - first).days + 1) // DAYS_IN_WEEK)
        passed = (counted_at.astimezone(formats.HOME_ZONE).date() - first).days + 1
        passed = min(max(-(-passed // DAYS_IN_WEEK), 0), weeks)
        facts.append(_("week %(passed)s of %(weeks)s", passed=passed, weeks=weeks))
    return facts
