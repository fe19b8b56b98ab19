"""Writing a finished experiment with its history and counts in one go."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from experiments.models.experiments import (
    Experiment,
    ExperimentCreate,
    ExperimentProfile,
    ExperimentStatus,
    StatusChange,
    Variant,
    VariantCreate,
    VariantStyle,
    Wave,
    WaveShare,
)
from experiments.models.observations import Observation, ObservationCreate, ReviewState
from experiments.services.observations import record_observations
from lab.access import Reader
from lab.models.labels import Style
from lab.models.labs import LivingLab

PATH = (
    ExperimentStatus.IDEA,
    ExperimentStatus.PLANNED,
    ExperimentStatus.REGISTERED,
    ExperimentStatus.IN_FIELD,
    ExperimentStatus.CLOSED,
    ExperimentStatus.ANALYSED,
    ExperimentStatus.PUBLISHED,
)


@dataclass(slots=True)
class ExperimentPlan:
    """An experiment to write: what it is, how far it came and when it took each step."""

    command: ExperimentCreate
    variants: list[VariantCreate]
    status: ExperimentStatus
    moments: dict[ExperimentStatus, datetime]
    styles: dict[int, Style] = field(default_factory=dict)


def write_experiment(
    session: Session, living_lab: LivingLab, plan: ExperimentPlan, by: Reader
) -> tuple[Experiment, list[Variant]]:
    """Add an experiment with its variants, first wave and history of status."""
    first, last = min(plan.moments.values()), max(plan.moments.values())
    experiment = Experiment(
        **plan.command.model_dump(exclude={"profile_ids"}),
        living_lab_id=living_lab.id,
        status=plan.status,
        created_by_id=by.user_id,
        created_at=first,
        changed_at=last,
        registered_at=plan.moments.get(ExperimentStatus.REGISTERED),
    )
    session.add(experiment)
    session.flush()
    for profile_id in plan.command.profile_ids:
        session.add(ExperimentProfile(experiment_id=experiment.id, profile_id=profile_id))
    variants = _write_variants(session, experiment, plan)
    _write_wave(session, experiment, variants)
    _write_history(session, experiment, plan, by)
    session.flush()
    return experiment, variants


def write_counts(
    session: Session,
    experiment: Experiment,
    counts: Iterable[ObservationCreate],
    by: Reader,
    at: datetime,
) -> list[Observation]:
    """Add counts to an experiment; a supervisor saw them unless it is still in the field."""
    is_new = experiment.status is ExperimentStatus.IN_FIELD
    return record_observations(
        session,
        experiment.id,
        list(counts),
        by=by,
        at=at,
        review_state=ReviewState.PENDING if is_new else ReviewState.APPROVED,
    )


def _write_variants(
    session: Session, experiment: Experiment, plan: ExperimentPlan
) -> list[Variant]:
    variants = []
    for position, command in enumerate(plan.variants):
        values = command.model_dump(exclude={"style_ids"})
        variants.append(Variant(**values, experiment_id=experiment.id, position=position))
    session.add_all(variants)
    session.flush()
    for variant, command in zip(variants, plan.variants, strict=True):
        for style_id in command.style_ids:
            axis_id = plan.styles[style_id].style_axis_id
            session.add(
                VariantStyle(variant_id=variant.id, style_id=style_id, style_axis_id=axis_id)
            )
    return variants


def _write_wave(session: Session, experiment: Experiment, variants: list[Variant]) -> None:
    wave = Wave(experiment_id=experiment.id, number=1, starts_on=experiment.starts_on)
    session.add(wave)
    session.flush()
    for variant in variants:
        if variant.share:
            session.add(WaveShare(wave_id=wave.id, variant_id=variant.id, share=variant.share))


def _write_history(
    session: Session, experiment: Experiment, plan: ExperimentPlan, by: Reader
) -> None:
    before = None
    for status, moment in plan.moments.items():
        session.add(
            StatusChange(
                experiment_id=experiment.id,
                from_status=before,
                to_status=status,
                changed_by_id=by.user_id,
                changed_at=moment,
            )
        )
        before = status
