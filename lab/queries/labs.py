"""Queries on living labs and their partners."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, or_, select

from lab.access import Action, Reach, Reader, reach_of
from lab.models.labs import LivingLab, Partner
from lab.models.people import Membership, User
from lab.models.programmes import Programme, ProgrammeKind


@dataclass(frozen=True, slots=True)
class ListedLab:
    """A living lab in a list, with how many people work there."""

    lab: LivingLab
    people_count: int


def get_lab(session: Session, living_lab_id: int) -> LivingLab:
    """Return a living lab."""
    return session.get_one(LivingLab, living_lab_id)


def list_labs(
    session: Session, reader: Reader, programme_id: int, action: Action = Action.READ_LAB
) -> list[LivingLab]:
    """Return a programme's labs in which a reader may do something, by name."""
    statement = select(LivingLab).where(LivingLab.programme_id == programme_id)
    reach = reach_of(reader, action)
    if reach is not Reach.EVERYTHING:
        allowed = col(LivingLab.id).in_(reader.labs_where(action))
        if reach is Reach.PUBLISHED:
            statement = statement.join(Programme, Programme.id == LivingLab.programme_id)
            allowed = or_(allowed, Programme.kind != ProgrammeKind.OWN)
        statement = statement.where(allowed)
    return list(session.exec(statement.order_by(LivingLab.name, LivingLab.id)))


def list_labs_with_people(session: Session, reader: Reader, programme_id: int) -> list[ListedLab]:
    """Return a programme's labs that a reader may see, with counts of people, by name."""
    labs = list_labs(session, reader, programme_id)
    counts = count_people(session, [lab.id for lab in labs])
    return [ListedLab(lab, counts.get(lab.id, 0)) for lab in labs]


def count_people(session: Session, living_lab_ids: list[int]) -> dict[int, int]:
    """Return how many people have a role in each of these labs."""
    statement = (
        select(Membership.living_lab_id, func.count())
        .join(User, User.id == Membership.user_id)
        .where(col(Membership.living_lab_id).in_(living_lab_ids), col(User.is_active))
        .group_by(Membership.living_lab_id)
    )
    return dict(session.exec(statement).all())


def get_partner(session: Session, partner_id: int) -> Partner:
    """Return a partner."""
    return session.get_one(Partner, partner_id)


def list_partners(session: Session, living_lab_id: int) -> list[Partner]:
    """Return the partners of a living lab, by name."""
    statement = select(Partner).where(Partner.living_lab_id == living_lab_id)
    return list(session.exec(statement.order_by(Partner.name, Partner.id)))
