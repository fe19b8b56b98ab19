"""The texts of everything that can be found, each only where its reader may read it."""

from collections.abc import Collection

from sqlmodel import Session, col, or_, select

from experiments.models.experiments import Experiment
from experiments.queries.experiments import is_readable_by
from lab.access import Action, Reader
from lab.models.labels import Channel, DesignPrinciple, Style
from lab.models.labs import LivingLab
from lab.models.programmes import Programme, ProgrammeKind
from lab.models.segmentation import Profile, SegmentationModel


def list_experiment_texts(session: Session, reader: Reader) -> list[tuple]:
    """Return number, title, question, hypothesis, lab and programme of readable experiments."""
    statement = (
        select(
            Experiment.id,
            Experiment.title,
            Experiment.question,
            Experiment.hypothesis,
            LivingLab.name,
            LivingLab.programme_id,
        )
        .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
        .where(is_readable_by(reader))
        .order_by(col(Experiment.id).desc())
    )
    return list(session.exec(statement))


def list_open_programmes(session: Session, reader: Reader) -> list[Programme]:
    """Return the programmes of which a reader may know the labels: public ones and their own."""
    own = [post.programme_id for post in reader.posts]
    statement = select(Programme).where(
        or_(Programme.kind != ProgrammeKind.OWN, col(Programme.id).in_(own))
    )
    return list(session.exec(statement.order_by(Programme.id)))


def list_lab_texts(session: Session, reader: Reader) -> list[tuple]:
    """Return number, name, municipality and programme of the labs that a reader may read."""
    statement = select(
        LivingLab.id, LivingLab.name, LivingLab.municipality, LivingLab.programme_id
    ).join(Programme, col(Programme.id) == LivingLab.programme_id)
    allowed = col(LivingLab.id).in_(reader.labs_where(Action.READ_LAB))
    if reader.is_signed_in:
        allowed = or_(allowed, Programme.kind != ProgrammeKind.OWN)
    return list(session.exec(statement.where(allowed).order_by(LivingLab.id)))


def list_labels(session: Session, programme_ids: Collection[int]) -> list[Channel | Style]:
    """Return the channels and styles of programmes that are in use."""
    return [
        label
        for table in (Channel, Style)
        for label in session.exec(
            select(table)
            .where(col(table.programme_id).in_(programme_ids), col(table.is_retired).is_(False))
            .order_by(table.id)
        )
    ]


def list_principles(session: Session, programme_ids: Collection[int]) -> list[DesignPrinciple]:
    """Return the design principles of programmes that are in use."""
    statement = select(DesignPrinciple).where(
        col(DesignPrinciple.programme_id).in_(programme_ids),
        col(DesignPrinciple.is_retired).is_(False),
    )
    return list(session.exec(statement.order_by(DesignPrinciple.id)))


def list_profiles(session: Session, programme_ids: Collection[int]) -> list[tuple]:
    """Return the profiles of programmes, each with its model."""
    statement = (
        select(Profile, SegmentationModel)
        .join(SegmentationModel, col(SegmentationModel.id) == Profile.segmentation_model_id)
        .where(col(SegmentationModel.programme_id).in_(programme_ids))
        .order_by(Profile.id)
    )
    return list(session.exec(statement))
