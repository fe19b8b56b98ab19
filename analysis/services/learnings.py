"""Writing down what was learned, checking it, and linking it with what it rests on."""

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
    Source,
    SourceKind,
)
from analysis.queries import evidence
from analysis.queries import learnings as queries
from lab.access import Reader
from lab.errors import DomainError
from lab.queries.programmes import find_programme


class ExperimentNotOfferedError(DomainError):
    """Only experiments with an outcome, of the same programme, say something."""

    field = "experiment_id"

    def __init__(self):
        super().__init__(_("Choose an experiment from the list: one that has an outcome."))


class SourceNotOfferedError(DomainError):
    """Only what the writer may read says something, of the same programme."""

    field = "source"

    def __init__(self):
        super().__init__(_("Choose from the list: an experiment, an answer of all labs or advice."))


class AlreadyLinkedError(DomainError):
    """An experiment, run or rule says one thing of a learning."""

    field = "source"

    def __init__(self):
        super().__init__(_("This is linked already. Take that link away first."))


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


def link_source(
    session: Session, learning_id: int, command: LinkCreate, *, by: Reader, at: datetime
) -> Learning:
    """Link an experiment, run or rule that speaks for a learning or against it."""
    learning, source = queries.lock_learning(session, learning_id), Source.read(command.source)
    if source.number not in list_offered(session, learning.programme_id, source.kind, by):
        raise SourceNotOfferedError
    if queries.find_link(session, learning_id, source):
        raise AlreadyLinkedError
    held = {"stance": command.stance, "why": command.why, **source.columns}
    session.add(LearningLink(learning_id=learning_id, **held))
    kept = {"note": command.why, **source.columns}
    _keep(session, learning, ChangeKind.LINKED, by=by, at=at, **kept)
    return learning


def unlink_source(
    session: Session, learning_id: int, source: Source, *, by: Reader, at: datetime
) -> Learning:
    """Take a link away; that it was there stays in the history."""
    learning = queries.lock_learning(session, learning_id)
    link = queries.find_link(session, learning_id, source)
    if link:
        session.delete(link)
        kept = {"note": link.why, **source.columns}
        _keep(session, learning, ChangeKind.UNLINKED, by=by, at=at, **kept)
    return learning


def list_offered(session: Session, programme_id: int, kind: SourceKind, by: Reader) -> list[int]:
    """Return the numbers of what may be linked: readable, and with something to say."""
    match kind:
        case SourceKind.EXPERIMENT:
            return [one.id for one in queries.list_linkable(session, by, programme_id)]
        case SourceKind.RUN:
            programme = find_programme(session, programme_id)
            heads = evidence.list_open_heads(session, by, programme)
            return [head.id for head in evidence.keep_main(evidence.keep_newest(heads))]
        case SourceKind.RULE:
            return queries.list_rules_in_force(session, programme_id)


def add_test(
    session: Session, principle_id: int, experiment_id: int, *, by: Reader, at: datetime
) -> ExperimentPrinciple:
    """Keep that an experiment tests a design principle; once is enough."""
    principle = queries.get_principle(session, principle_id)
    if experiment_id not in list_offered(
        session, principle.programme_id, SourceKind.EXPERIMENT, by
    ):
        raise ExperimentNotOfferedError
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
