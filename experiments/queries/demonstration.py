"""Removing a programme with everything in it; only the demonstration is ever removed."""

from sqlalchemy import ColumnElement, delete, or_, select
from sqlmodel import Session, col

from experiments.models.experiments import (
    Experiment,
    ExperimentProfile,
    StatusChange,
    Variant,
    VariantStyle,
    Wave,
    WaveShare,
)
from experiments.models.imports import CountImport
from experiments.models.observations import CountCell, Observation, ObservationReview
from lab.models.areas import Area, AreaComposition, AreaImport, AreaShare
from lab.models.audit import AuditEntry
from lab.models.jobs import Job
from lab.models.labels import (
    Channel,
    DesignPrinciple,
    IssueType,
    Phase,
    Style,
    StyleAxis,
    Theme,
)
from lab.models.labs import LivingLab, Partner
from lab.models.people import Invitation, Membership, User
from lab.models.programmes import Programme
from lab.models.readings import Reading
from lab.models.segmentation import Profile, SegmentationModel


def delete_experiments(session: Session, programme_id: int) -> None:
    """Delete all experiments of a programme with their counts and history."""
    labs = select(LivingLab.id).where(LivingLab.programme_id == programme_id)
    experiments = select(Experiment.id).where(col(Experiment.living_lab_id).in_(labs))
    observations = select(Observation.id).where(col(Observation.experiment_id).in_(experiments))
    variants = select(Variant.id).where(col(Variant.experiment_id).in_(experiments))
    _delete(session, ObservationReview, ObservationReview.observation_id, observations)
    _delete_chains(session, experiments)
    for table in (CountCell, CountImport):
        _delete(session, table, table.experiment_id, experiments)
    for table in (VariantStyle, WaveShare):
        _delete(session, table, table.variant_id, variants)
    for table in (Wave, Variant, ExperimentProfile, StatusChange):
        _delete(session, table, table.experiment_id, experiments)
    _delete(session, Experiment, Experiment.living_lab_id, labs)


def delete_programme(session: Session, programme_id: int) -> None:
    """Delete a programme of which the experiments are gone, with its labs, people and labels."""
    labs = select(LivingLab.id).where(LivingLab.programme_id == programme_id)
    _delete_areas(session, programme_id)
    models = select(SegmentationModel.id).where(SegmentationModel.programme_id == programme_id)
    _delete(session, Profile, Profile.segmentation_model_id, models)
    for table in (Partner, Invitation, Membership):
        _delete(session, table, table.living_lab_id, labs)
    session.execute(
        delete(AuditEntry).where(
            or_(AuditEntry.programme_id == programme_id, col(AuditEntry.living_lab_id).in_(labs))
        )
    )
    labels = (
        Style,
        StyleAxis,
        Channel,
        Phase,
        IssueType,
        Theme,
        DesignPrinciple,
        SegmentationModel,
    )
    for table in (*labels, SegmentationModel, Job, LivingLab):
        session.execute(delete(table).where(col(table.programme_id) == programme_id))
    session.execute(delete(Programme).where(col(Programme.id) == programme_id))


def _delete_areas(session: Session, programme_id: int) -> None:
    areas = select(Area.id).where(Area.programme_id == programme_id)
    compositions = select(AreaComposition.id).where(col(AreaComposition.area_id).in_(areas))
    _delete(session, AreaShare, AreaShare.composition_id, compositions)
    _delete(session, AreaComposition, AreaComposition.area_id, areas)
    session.execute(delete(AreaImport).where(col(AreaImport.programme_id) == programme_id))
    inside = delete(Area).where(col(Area.programme_id) == programme_id)
    session.execute(inside.where(col(Area.parent_id).is_not(None)))
    session.execute(inside)


def delete_demonstration_people(session: Session) -> None:
    """Delete the accounts that exist for the demonstration only."""
    people = select(User.id).where(User.is_demonstration)
    _delete(session, AuditEntry, AuditEntry.user_id, people)
    _delete(session, Reading, Reading.user_id, people)
    session.execute(delete(User).where(User.is_demonstration))


def _delete_chains(session: Session, experiments) -> None:
    """Delete observations, the newest correction of each chain first."""
    inside = col(Observation.experiment_id).in_(experiments)
    replaced = select(Observation.replaces_id).where(col(Observation.replaces_id).is_not(None))
    while session.execute(
        delete(Observation).where(inside, col(Observation.id).not_in(replaced))
    ).rowcount:
        pass


def _delete(session: Session, table: type, column: ColumnElement, owners) -> None:
    session.execute(delete(table).where(column.in_(owners)))
