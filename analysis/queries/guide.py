"""Queries for the guide: what experiments cost, and which channels were ever counted in public."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from analysis.guide.options import TriedVariant
from experiments.models.experiments import Experiment, ExperimentStatus, Variant
from experiments.queries.variants import list_variants_of
from lab.models.labs import LivingLab


def list_tried(session: Session, experiment_ids: Collection[int]) -> list[TriedVariant]:
    """Return the variants of those of these experiments that are published, with their costs."""
    statement = select(Experiment.id).where(
        col(Experiment.id).in_(experiment_ids), Experiment.status == ExperimentStatus.PUBLISHED
    )
    found = list_variants_of(session, list(session.exec(statement)))
    return [
        TriedVariant(
            one.experiment_id, one.channel_id, one.style_ids, one.cost_per_unit, one.is_control
        )
        for variants in found.values()
        for one in variants
    ]


def list_tried_channels(session: Session, programme_id: int) -> set[int]:
    """Return the channels of a programme that any published experiment held."""
    statement = (
        select(Variant.channel_id)
        .join(Experiment, col(Experiment.id) == Variant.experiment_id)
        .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
        .where(
            LivingLab.programme_id == programme_id,
            Experiment.status == ExperimentStatus.PUBLISHED,
        )
        .distinct()
    )
    return set(session.exec(statement))
