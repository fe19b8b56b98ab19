"""Adding, renaming, ordering and retiring the labels of a programme."""

from datetime import datetime

from sqlmodel import Session

from lab.access import Place, Reader
from lab.models.labels import Label, LabelCreate, Style
from lab.queries import labels
from lab.queries.labels import TABLES, LabelKind
from lab.services.audit import record
from lab.services.codes import check_names, make_code


def add_label(
    session: Session,
    kind: LabelKind,
    programme_id: int,
    command: LabelCreate,
    *,
    by: Reader,
    at: datetime,
    **parent: int,
) -> Label:
    """Add a label at the end of its list; a style needs its `style_axis_id`."""
    everything = labels.list_labels(session, kind, programme_id, with_retired=True)
    check_names(command, _siblings(everything, parent))
    label = TABLES[kind](
        **command.model_dump(),
        **parent,
        code=make_code(command.name_nl, {other.code for other in everything}),
        programme_id=programme_id,
        position=1 + max((other.position for other in everything), default=-1),
    )
    session.add(label)
    session.flush()
    _record(session, kind, label, "add_label", by=by, at=at, code=label.code)
    return label


def change_label(
    session: Session,
    kind: LabelKind,
    label: Label,
    command: LabelCreate,
    after: str,
    *,
    by: Reader,
    at: datetime,
) -> Label:
    """Rename a label and put it after another one, or first; its code stays."""
    others = [other for other in _list_siblings(session, kind, label) if other.id != label.id]
    check_names(command, others)
    before = {name: getattr(label, name) for name in ("name_nl", "name_en")}
    label.sqlmodel_update(command.model_dump())
    _put_after(label, others, after)
    session.flush()
    _record(session, kind, label, "change_label", by=by, at=at, code=label.code, before=before)
    return label


def retire_label(
    session: Session, kind: LabelKind, label: Label, *, by: Reader, at: datetime
) -> Label:
    """Stop offering a label; whatever has it keeps it."""
    return _set_retired(session, kind, label, True, by=by, at=at)


def restore_label(
    session: Session, kind: LabelKind, label: Label, *, by: Reader, at: datetime
) -> Label:
    """Offer a retired label again."""
    return _set_retired(session, kind, label, False, by=by, at=at)


def list_others(session: Session, kind: LabelKind, label: Label) -> list[Label]:
    """Return the other labels in the same list, in order."""
    return [other for other in _list_siblings(session, kind, label) if other.id != label.id]


def _list_siblings(session: Session, kind: LabelKind, label: Label) -> list[Label]:
    everything = labels.list_labels(session, kind, label.programme_id, with_retired=True)
    parent = {"style_axis_id": label.style_axis_id} if isinstance(label, Style) else {}
    return _siblings(everything, parent)


def _siblings(everything: list[Label], parent: dict[str, int]) -> list[Label]:
    return [
        other
        for other in everything
        if all(getattr(other, name) == value for name, value in parent.items())
    ]


def _put_after(label: Label, others: list[Label], after: str) -> None:
    codes = [other.code for other in others]
    ordered = list(others)
    ordered.insert(codes.index(after) + 1 if after in codes else 0, label)
    # The same numbers are handed out again, so that other lists keep theirs.
    for position, other in zip(sorted(one.position for one in ordered), ordered, strict=True):
        other.position = position


def _set_retired(
    session: Session, kind: LabelKind, label: Label, is_retired: bool, *, by: Reader, at: datetime
) -> Label:
    if label.is_retired is not is_retired:
        label.is_retired = is_retired
        session.flush()
        action = "retire_label" if is_retired else "restore_label"
        _record(session, kind, label, action, by=by, at=at, code=label.code)
    return label


def _record(session: Session, kind: LabelKind, label: Label, action: str, **details) -> None:
    record(
        session,
        action=action,
        subject=TABLES[kind].__tablename__,
        subject_id=label.id,
        place=Place(label.programme_id),
        **details,
    )
