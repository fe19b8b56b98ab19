"""Queries on experiments."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, UnaryExpression, case
from sqlmodel import Session, and_, col, func, or_, select

from experiments.models.experiments import (
    DesignType,
    Experiment,
    ExperimentProfile,
    ExperimentStatus,
    StatusChange,
)
from experiments.models.imports import CountImport, ImportState
from experiments.models.observations import CountCell
from lab.access import Action, Reach, Reader, reach_of
from lab.models.audit import AuditEntry
from lab.models.labels import IssueType, Phase, Theme
from lab.models.labs import LivingLab
from lab.models.people import User
from lab.models.programmes import Programme, ProgrammeKind
from lab.models.segmentation import Profile


class Sort(StrEnum):
    """What a list of experiments can be sorted by."""

    TITLE = "title"
    LAB = "lab"
    STATUS = "status"
    STARTS_ON = "starts_on"
    CHANGED_AT = "changed_at"


@dataclass(frozen=True, slots=True)
class ExperimentFilter:
    """Which experiments of one programme to list, and in what order."""

    programme_id: int
    search: str = ""
    status: ExperimentStatus | None = None
    living_lab_id: int | None = None
    theme_id: int | None = None
    phase_id: int | None = None
    issue_type_id: int | None = None
    design_type: DesignType | None = None
    sort: Sort = Sort.CHANGED_AT
    is_descending: bool = True


FILTER_COLUMNS = (
    "status",
    "living_lab_id",
    "theme_id",
    "phase_id",
    "issue_type_id",
    "design_type",
)
SEARCHED = (Experiment.title, Experiment.question, Experiment.hypothesis)
SORT_COLUMNS = {
    Sort.TITLE: func.lower(Experiment.title),
    Sort.LAB: func.lower(LivingLab.name),
    Sort.STATUS: case(
        {status.value: place for place, status in enumerate(ExperimentStatus)},
        value=Experiment.status,
    ),
    Sort.STARTS_ON: col(Experiment.starts_on),
    Sort.CHANGED_AT: col(Experiment.changed_at),
}


def get_experiment(session: Session, experiment_id: int) -> Experiment:
    """Return an experiment that is known to exist."""
    return session.get_one(Experiment, experiment_id)


def lock_experiment(session: Session, experiment_id: int) -> Experiment:
    """Return an experiment that nobody else can change until this transaction ends."""
    # SQLite has one writer at a time anyway and leaves this lock out.
    return session.get_one(Experiment, experiment_id, populate_existing=True, with_for_update=True)


def is_readable_by(reader: Reader) -> ColumnElement[bool]:
    """Return the condition that a reader may read an experiment."""
    own = col(Experiment.living_lab_id).in_(reader.labs_where(Action.READ_EXPERIMENT))
    if reach_of(reader, Action.READ_EXPERIMENT) is Reach.NOTHING:
        return own
    return or_(own, Experiment.status == ExperimentStatus.PUBLISHED)


def list_experiments(
    session: Session, reader: Reader, chosen: ExperimentFilter, offset: int = 0, limit: int = 50
) -> list[tuple[Experiment, str]]:
    """Return the experiments that pass a filter, each with the name of its lab."""
    statement = (
        select(Experiment, LivingLab.name)
        .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
        .where(is_readable_by(reader), *_conditions(chosen))
        .order_by(*_order(chosen))
        .offset(offset)
        .limit(limit)
    )
    return list(session.exec(statement))


def count_experiments(session: Session, reader: Reader, chosen: ExperimentFilter) -> int:
    """Return how many experiments pass a filter."""
    statement = (
        select(func.count())
        .select_from(Experiment)
        .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
        .where(is_readable_by(reader), *_conditions(chosen))
    )
    return session.exec(statement).one()


def _conditions(chosen: ExperimentFilter) -> list[ColumnElement[bool]]:
    conditions = [LivingLab.programme_id == chosen.programme_id]
    for name in FILTER_COLUMNS:
        value = getattr(chosen, name)
        if value is not None:
            conditions.append(getattr(Experiment, name) == value)
    conditions += [_holds(word) for word in chosen.search.split()]
    return conditions


def _holds(word: str) -> ColumnElement[bool]:
    """Return the condition that one of the texts of an experiment holds a word in any case."""
    # Not every database knows that É is a capital é, so the usual spellings are tried as well.
    spellings = {word, word.lower(), word.upper(), word.capitalize()}
    return or_(
        *(
            found
            for column in map(col, SEARCHED)
            for found in (
                column.icontains(word, autoescape=True),
                *(column.contains(spelling, autoescape=True) for spelling in sorted(spellings)),
            )
        )
    )


def _order(chosen: ExperimentFilter) -> list[UnaryExpression | ColumnElement]:
    column = SORT_COLUMNS[chosen.sort]
    direction = column.desc() if chosen.is_descending else column.asc()
    # Databases disagree on where an empty date comes; here it is always the last.
    return [column.is_(None), direction, col(Experiment.id)]


def list_readable_programmes(session: Session, reader: Reader) -> list[tuple[Programme, int]]:
    """Return the programmes in which a reader works or can read, with counts of experiments."""
    readable = and_(col(Experiment.living_lab_id) == LivingLab.id, is_readable_by(reader))
    statement = (
        select(Programme, func.count(col(Experiment.id)))
        .join(LivingLab, col(LivingLab.programme_id) == Programme.id, isouter=True)
        .join(Experiment, readable, isouter=True)
        .group_by(col(Programme.id))
        .order_by(col(Programme.id))
    )
    own = reader.programmes_where(Action.READ_EXPERIMENT)
    kinds = list(ProgrammeKind)
    found = [row for row in session.exec(statement) if row[1] or row[0].id in own]
    return sorted(found, key=lambda row: (kinds.index(row[0].kind), row[0].id))


def list_filter_labs(session: Session, reader: Reader, programme_id: int) -> list[LivingLab]:
    """Return the labs of which a reader can list experiments in a programme, by name."""
    readable = select(Experiment.living_lab_id).where(is_readable_by(reader))
    statement = (
        select(LivingLab)
        .where(LivingLab.programme_id == programme_id, col(LivingLab.id).in_(readable))
        .order_by(LivingLab.name, col(LivingLab.id))
    )
    return list(session.exec(statement))


def list_filter_labels(
    session: Session, reader: Reader, programme_id: int, table: type, name: str
) -> list[Theme | Phase | IssueType]:
    """Return the labels of one kind that experiments in a reader's list have, in order."""
    used = select(getattr(Experiment, name)).where(
        is_readable_by(reader), getattr(Experiment, name).is_not(None)
    )
    statement = (
        select(table)
        .where(table.programme_id == programme_id, table.id.in_(used))
        .order_by(table.position, table.id)
    )
    return list(session.exec(statement))


def list_profile_ids(session: Session, experiment_id: int) -> list[int]:
    """Return the numbers of the profiles that an experiment looks at, in their order."""
    return [profile.id for profile in list_chosen_profiles(session, experiment_id)]


def list_chosen_profiles(session: Session, experiment_id: int) -> list[Profile]:
    """Return the profiles that an experiment looks at, in their order."""
    statement = (
        select(Profile)
        .join(ExperimentProfile, col(ExperimentProfile.profile_id) == Profile.id)
        .where(ExperimentProfile.experiment_id == experiment_id)
        .order_by(col(Profile.position), col(Profile.id))
    )
    return list(session.exec(statement))


def list_profile_rows(session: Session, experiment_id: int) -> list[ExperimentProfile]:
    """Return the choices of profiles of an experiment as they are kept."""
    statement = select(ExperimentProfile).where(ExperimentProfile.experiment_id == experiment_id)
    return list(session.exec(statement))


def has_counts(session: Session, experiment_id: int) -> bool:
    """Tell whether anything is counted in an experiment."""
    statement = select(CountCell.id).where(CountCell.experiment_id == experiment_id).limit(1)
    return session.exec(statement).first() is not None


def list_status_changes(
    session: Session, experiment_id: int
) -> Sequence[tuple[StatusChange, str | None]]:
    """Return the changes of status of an experiment with who made them, newest first."""
    statement = (
        select(StatusChange, User.name)
        .join(User, col(User.id) == StatusChange.changed_by_id, isouter=True)
        .where(StatusChange.experiment_id == experiment_id)
        .order_by(col(StatusChange.changed_at).desc(), col(StatusChange.id).desc())
    )
    return list(session.exec(statement))


def list_statuses_on(
    session: Session, experiment_ids: Collection[int], at: datetime
) -> dict[int, ExperimentStatus]:
    """Return how far experiments were at a moment, by number."""
    now = select(Experiment.id, Experiment.status).where(col(Experiment.id).in_(experiment_ids))
    statuses = dict(session.exec(now).all())
    later = (
        select(StatusChange.experiment_id, StatusChange.from_status)
        .where(col(StatusChange.experiment_id).in_(experiment_ids), StatusChange.changed_at > at)
        .order_by(col(StatusChange.changed_at).desc(), col(StatusChange.id).desc())
    )
    # The first change since then, which comes last, says where it stood.
    return statuses | dict(session.exec(later).all())


def find_last_edit(session: Session, experiment_id: int) -> AuditEntry | None:
    """Return the last change of what describes an experiment, or None."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.subject == "experiment", AuditEntry.subject_id == experiment_id)
        .where(AuditEntry.action == "change_experiment")
        .order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc())
    )
    return session.exec(statement).first()


def list_log_entries(session: Session, experiment_id: int) -> list[AuditEntry]:
    """Return what people did to an experiment, newest first."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.subject == "experiment", AuditEntry.subject_id == experiment_id)
        .order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc())
    )
    return list(session.exec(statement))


def list_finished_imports(
    session: Session, experiment_id: int
) -> list[tuple[CountImport, str | None]]:
    """Return the imports of counts that were finished, with who made them."""
    statement = (
        select(CountImport, User.name)
        .join(User, col(User.id) == CountImport.imported_by_id, isouter=True)
        .where(
            CountImport.experiment_id == experiment_id, col(CountImport.finished_at).is_not(None)
        )
        .where(CountImport.state == ImportState.DONE)
    )
    return list(session.exec(statement))
