"""The outcome of one experiment, as its reader takes it along."""

from analysis.exports.contents import Export
from analysis.exports.outcome import OutcomeSubject, export_outcome
from analysis.queries import cells
from analysis.reports.council import describe_experiment
from analysis.reports.filters import write_filter
from analysis.reports.outcome import build_outcome
from analysis.views.exported import Exported, make_origin
from analysis.views.outcome import ask_outcome
from experiments.queries.grades import find_grade
from lab.access import Action
from lab.db import get_session


def build_export(experiment_id: int) -> Export:
    """Return the report of an experiment that this reader sees on its page."""
    session, asked = get_session(), ask_outcome(experiment_id)
    origin = make_origin(
        OUTCOME,
        {"experiment_id": experiment_id},
        asked.programme,
        number=experiment_id,
        title=asked.experiment.title,
        counted_at=cells.find_last_recorded_at(session, experiment_id),
        filters=write_filter(asked.chosen),
        report_made_at=asked.made_at,
    )
    grade = find_grade(session, asked.experiment).grade.value
    report = build_outcome(asked.page.asked)
    headings = describe_experiment(asked.page.matter, report)
    subject = OutcomeSubject(asked.experiment, asked.lab.name, grade, headings)
    return export_outcome(report, subject, origin)


OUTCOME = Exported(
    name="outcome",
    page="outcome.show_outcome",
    address="/experiments/<int:experiment_id>/outcome",
    action=Action.READ_OUTCOME,
    build=build_export,
)
