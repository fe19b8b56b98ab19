"""Writing down what was learned, checking it, and linking it with experiments."""

from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from analysis.models.learnings import (
    ChangeKind,
    CheckCreate,
    ExperimentPrinciple,
    Learning,
    LearningChange,
    LearningCreate,
    LearningLink,
    LinkCreate,
)
from analysis.queries import learnings as queries
from lab.access import Reader
from lab.errors import DomainError


class ExperimentNotOfferedError(DomainError):
    """Only experiments with an outcome, of the same programme, say something."""

    field = "experiment_id"

    def __init__(self):
        super().__init__(_("Choose an experiment from the list: one that has an outcome."))


class AlreadyLinkedError(DomainError):
    """An experiment says one thing of a learning."""

    field = "experiment_id"

    def __init__(self):
        super().__init__(_("This experiment is linked already. Take that link away first."))


def add_learning(
    session: Session, programme_id: int, command: LearningCreate, *, by: Reader, at: datetime
) -> Learning:
    """Write down what was learned; it is a proposal until somebody checks it."""
    learning = Learning(
        programme_id=programme_id,
        sentence_nl=command.sentence_nl,
        sentence_en=command.sentence_en,
        created_at=at,
        checked_at=at,
        checked_by=by.name,
    )
    session.add(learning)
    session.flush()
    _keep(session, learning, ChangeKind.ADDED, by=by, at=at, note=command.note)
    return learning


def change_learning(
    session: Session, learning_id: int, command: LearningCreate, *, by: Reader, at: datetime
) -> Learning:
    """Say a learning in other words; the former ones stay in its history."""
    learning = queries.lock_learning(session, learning_id)
    learning.sentence_nl = command.sentence_nl
    learning.sentence_en = command.sentence_en
    _keep(session, learning, ChangeKind.CHANGED, by=by, at=at, note=command.note)
    return learning


def check_learning(
    session: Session, learning_id: int, command: CheckCreate, *, by: Reader, at: datetime
) -> Learning:
    """Keep how a learning stands, and that somebody looked."""
    learning = queries.lock_learning(session, learning_id)
    learning.status = command.status
    learning.checked_at = at
    learning.checked_by = by.name
    _keep(session, learning, ChangeKind.CHECKED, by=by, at=at, note=command.note)
    return learning


def link_experiment(
    session: Session, learning_id: int, command: LinkCreate, *, by: Reader, at: datetime
) -> Learning:
    """Link an experiment that speaks for a learning or against it."""
    learning = queries.lock_learning(session, learning_id)
    _check_offered(session, learning.programme_id, command.experiment_id, by)
    if queries.find_link(session, learning_id, command.experiment_id):
        raise AlreadyLinkedError
    session.add(LearningLink(learning_id=learning_id, **command.model_dump()))
    _keep(
        session,
        learning,
        ChangeKind.LINKED,
        by=by,
        at=at,
        note=command.why,
        experiment_id=command.experiment_id,
    )
    return learning


def unlink_experiment(
    session: Session, learning_id: int, experiment_id: int, *, by: Reader, at: datetime
) -> Learning:
    """Take a link away; that it was there stays in the history."""
    learning = queries.lock_learning(session, learning_id)
    link = queries.find_link(session, learning_id, experiment_id)
    if link:
        session.delete(link)
        _keep(
            session,
            learning,
            ChangeKind.UNLINKED,
            by=by,
            at=at,
            note=link.why,
            experiment_id=experiment_id,
        )
    return learning


def add_test(
    session: Session, principle_id: int, experiment_id: int, *, by: Reader, at: datetime
) -> ExperimentPrinciple:
    """Keep that an experiment tests a design principle; once is enough."""
    principle = queries.get_principle(session, principle_id)
    _check_offered(session, principle.programme_id, experiment_id, by)
    held = queries.find_test(session, principle_id, experiment_id)
    if held:
        return held
    test = ExperimentPrinciple(
        experiment_id=experiment_id,
        design_principle_id=principle_id,
        added_at=at,
        added_by=by.name,
    )
    session.add(test)
    session.flush()
    return test


def _check_offered(session: Session, programme_id: int, experiment_id: int, by: Reader) -> None:
    offered = queries.list_linkable(session, by, programme_id)
    if experiment_id not in {one.id for one in offered}:
        raise ExperimentNotOfferedError


def _keep(
    session: Session, learning: Learning, kind: ChangeKind, *, by: Reader, at: datetime, **details
) -> None:
    session.add(
        LearningChange(
            learning_id=learning.id,
            at=at,
            by_id=by.user_id,
            by_name=by.name,
            kind=kind,
            status=learning.status,
            sentence_nl=learning.sentence_nl,
            sentence_en=learning.sentence_en,
            **details,
        )
    )
    session.flush()
