"""Queries on experiments."""

from sqlmodel import Session

from experiments.models.experiments import Experiment


def get_experiment(session: Session, experiment_id: int) -> Experiment:
    """Return an experiment that is known to exist."""
    return session.get_one(Experiment, experiment_id)
