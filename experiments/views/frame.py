"""What stands around every page of one experiment: place, facts, state line and tabs."""

from dataclasses import dataclass

from flask import Blueprint, current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlmodel import Session

from experiments.grade import EvidenceGrade
from experiments.labels import NEEDS, STATUSES, capitalise
from experiments.models.experiments import Experiment, ExperimentStatus
from experiments.progress import FORWARD, TO_REGISTER, Need, Step, find_next_step, list_other_steps
from experiments.queries.experiments import list_status_changes
from experiments.queries.grades import find_grade
from experiments.services.status import list_needs
from lab.access import Action, Place, current_reader, may
from lab.db import get_session
from lab.formats import date, period
from lab.models.labs import LivingLab
from lab.models.programmes import Programme
from lab.queries.labs import get_lab
from lab.queries.programmes import find_programme

# Pages of one experiment, each with what a reader must be allowed to do to see it.
TABS = (
    ("protocol", _l("Protocol"), "experiments.show_experiment", Action.READ_EXPERIMENT),
    ("counts", _l("Counts"), "observations.list_observations", Action.READ_COUNTS),
    ("outcome", _l("Outcome"), "outcome.show_outcome", Action.READ_OUTCOME),
    ("log", _l("Log"), "experiments.show_log", Action.READ_LOG),
)
STEP_LABELS = {
    ExperimentStatus.IDEA: _l("make it an idea again"),
    ExperimentStatus.PLANNED: _l("make it a plan"),
    ExperimentStatus.REGISTERED: _l("register the protocol"),
    ExperimentStatus.IN_FIELD: _l("start the field work"),
    ExperimentStatus.CLOSED: _l("close the field work"),
    ExperimentStatus.ANALYSED: _l("mark it as analysed"),
    ExperimentStatus.PUBLISHED: _l("publish it"),
    ExperimentStatus.WITHDRAWN: _l("withdraw the experiment"),
}


@dataclass(frozen=True, slots=True)
class ExperimentFrame:
    """What the frame of one experiment shows to this reader."""

    lab: LivingLab
    places: list[tuple[str, str | None]]
    facts: list[str]
    grade: EvidenceGrade
    states: list[tuple[str, str]]
    next_step: Step | None
    next_label: str
    needs: list[str]
    needs_title: str
    is_ready: bool
    may_step: bool
    other_steps: list[tuple[str, str]]
    tabs: list[tuple[str, str, bool]]


def init_blueprint(blueprint: Blueprint) -> None:
    """Let every template describe an experiment."""
    blueprint.add_app_template_global(describe_experiment)


def describe_experiment(experiment: Experiment, tab: str = "protocol") -> ExperimentFrame:
    """Return what stands around a page of an experiment."""
    session, reader = get_session(), current_reader()
    lab = get_lab(session, experiment.living_lab_id)
    place = Place(lab.programme_id, lab.id, experiment.status is ExperimentStatus.PUBLISHED)
    roles = reader.roles_at(place)
    is_member = bool(roles)
    step = find_next_step(experiment.status) if is_member and not lab.archived_at else None
    lacking = list_needs(session, experiment) if is_member else frozenset()
    needed = _needs_of(experiment, step) & lacking
    grade = find_grade(session, experiment)
    return ExperimentFrame(
        lab=lab,
        places=_list_places(session, experiment, lab),
        facts=_list_facts(experiment, lab, grade, is_member),
        grade=grade,
        states=_list_states(session, experiment),
        next_step=step,
        next_label=str(STEP_LABELS[step.target]) if step else "",
        needs=[str(NEEDS[need]) for need in Need if need in needed],
        needs_title=_needs_title(experiment),
        is_ready=bool(step) and not step.needs & lacking,
        may_step=bool(step) and bool(roles & step.roles),
        other_steps=_list_other_steps(experiment, roles) if not lab.archived_at else [],
        tabs=_list_tabs(experiment, place, tab),
    )


def _needs_of(experiment: Experiment, step: Step | None) -> frozenset[Need]:
    # Whoever has an idea wants to know at once what the protocol will ask.
    if experiment.status in (ExperimentStatus.IDEA, ExperimentStatus.PLANNED):
        return TO_REGISTER
    return step.needs if step else frozenset()


def _needs_title(experiment: Experiment) -> str:
    if experiment.status in (ExperimentStatus.IDEA, ExperimentStatus.PLANNED):
        return _("Still needed to register:")
    return _("Still needed:")


def list_places(programme: Programme, lab: LivingLab) -> list[tuple[str, str | None]]:
    """Return the way down to an experiment: its programme's list and its lab's part of it."""
    here = {"programme": programme.code}
    everything = url_for("experiments.list_experiments", **here)
    of_lab = url_for("experiments.list_experiments", **here, lab=lab.id)
    return [(_("Experiments"), everything), (lab.name, of_lab)]


def _list_places(
    session: Session, experiment: Experiment, lab: LivingLab
) -> list[tuple[str, str | None]]:
    programme = find_programme(session, lab.programme_id)
    return [*list_places(programme, lab), (experiment.title, None)]


def _list_facts(
    experiment: Experiment, lab: LivingLab, grade: EvidenceGrade, is_member: bool
) -> list[str]:
    facts = [lab.name, describe_period(experiment), describe_grade(grade)]
    if not is_member:
        facts.insert(0, str(STATUSES[experiment.status]))
    return [fact for fact in facts if fact]


def describe_period(experiment: Experiment) -> str:
    """Return when an experiment runs, in words, or nothing when that is not known."""
    first, last = experiment.starts_on, experiment.ends_on
    if first and last:
        return period(first, last)
    if first:
        return _("from %(first)s", first=date(first))
    return _("until %(last)s", last=date(last)) if last else ""


def describe_grade(grade: EvidenceGrade) -> str:
    """Return a grade in a few words."""
    if grade.is_provisional:
        return _("grade %(grade)s, provisional", grade=grade.grade)
    return _("grade %(grade)s", grade=grade.grade)


def _list_states(session: Session, experiment: Experiment) -> list[tuple[str, str]]:
    path = [FORWARD[0].source, *(step.target for step in FORWARD)]
    if experiment.status is ExperimentStatus.WITHDRAWN:
        # The line then shows how far it came, not where it could have gone.
        passed = {change.to_status for change, _by in list_status_changes(session, experiment.id)}
        path = [status for status in ExperimentStatus if status in passed]
    return [(status.value, str(STATUSES[status])) for status in path]


def _list_other_steps(experiment: Experiment, roles: frozenset) -> list[tuple[str, str]]:
    return [
        (step.target.value, label_step(step))
        for step in list_other_steps(experiment.status)
        if roles & step.roles
    ]


def label_step(step: Step) -> str:
    """Return what taking a step is called, on a button or above a page."""
    if (step.source, step.target) == (ExperimentStatus.PLANNED, ExperimentStatus.IN_FIELD):
        return _("Start the field work without registering")
    if (step.source, step.target) == (ExperimentStatus.CLOSED, ExperimentStatus.IN_FIELD):
        return _("Open the field work again")
    return capitalise(STEP_LABELS[step.target])


def _list_tabs(experiment: Experiment, place: Place, tab: str) -> list[tuple[str, str, bool]]:
    return [
        (str(label), url_for(endpoint, experiment_id=experiment.id), code == tab)
        for code, label, endpoint, action in TABS
        if may(current_reader(), action, place) and endpoint in current_app.view_functions
    ]
