"""Queries on waves and the shares that hold in them."""

from sqlmodel import Session, col, select

from experiments.models.experiments import Wave, WaveShare
from experiments.models.observations import Observation


def find_last_wave(session: Session, experiment_id: int) -> Wave | None:
    """Return the newest wave of an experiment, or None."""
    statement = (
        select(Wave).where(Wave.experiment_id == experiment_id).order_by(col(Wave.number).desc())
    )
    return session.exec(statement).first()


def list_wave_shares(session: Session, wave_id: int) -> list[WaveShare]:
    """Return the shares in a wave, by variant."""
    statement = (
        select(WaveShare).where(WaveShare.wave_id == wave_id).order_by(col(WaveShare.variant_id))
    )
    return list(session.exec(statement))


def has_observations(session: Session, wave_id: int) -> bool:
    """Tell whether anything was ever counted in a wave."""
    statement = select(Observation.id).where(Observation.wave_id == wave_id).limit(1)
    return session.exec(statement).first() is not None
