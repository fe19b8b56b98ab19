"""Experiments with counts, ready to lead to advice."""

from datetime import date

from sqlmodel import Session, select

from experiments.models.experiments import Experiment, ExperimentStatus, Variant, Wave
from experiments.models.observations import Observation, ProfileBasis, ReviewState
from experiments.queries.variants import list_variants
from experiments.services.cells import rebuild
from lab.access import Post, Reader
from lab.models.labs import LivingLab
from lab.models.people import Role, User
from tests.builders import MOMENT, Builder

# Responded and offered per variant: the first one is the control.
CLEAR = ((30, 600), (90, 600))
EVEN = ((3000, 30_000), (3010, 30_000))
FEW = ((2, 20), (4, 20))


def reader_of(user: User, lab: LivingLab, role: Role = Role.RESEARCHER) -> Reader:
    """Return a person as services know them."""
    post = Post(lab.id, lab.programme_id, role)
    return Reader(user.id, user.name, user.email, posts=(post,))


def count(
    session: Session, experiment: Experiment, rates, profile_id: int | None = None, **fields
) -> list[Observation]:
    """Keep one observation per variant with these numbers of people."""
    wave = session.exec(select(Wave).where(Wave.experiment_id == experiment.id)).first()
    observations = [
        Observation(
            experiment_id=experiment.id,
            wave_id=wave.id,
            variant_id=variant.id,
            profile_id=profile_id,
            responded=responded,
            offered=offered,
            recorded_at=MOMENT,
            **{
                "observed_on": date(2026, 4, 15),
                "profile_basis": ProfileBasis.PANEL if profile_id else ProfileBasis.UNKNOWN,
                "review_state": ReviewState.APPROVED,
            }
            | fields,
        )
        for variant, (responded, offered) in zip(
            list_variants(session, experiment.id), rates, strict=True
        )
    ]
    session.add_all(observations)
    session.flush()
    rebuild(session, experiment.id)
    session.commit()
    return observations


def counted_experiment(
    build: Builder, lab: LivingLab, rates_by_place, status=ExperimentStatus.CLOSED, **fields
) -> Experiment:
    """Make a closed experiment in which the first profiles have these numbers of people."""
    experiment = build.experiment(lab, status=status, **fields)
    for profile, rates in zip(build.profiles(lab), rates_by_place, strict=False):
        count(build.session, experiment, rates, profile.id)
    return experiment


def published_experiment(build: Builder, lab: LivingLab, rates_by_place, **fields) -> Experiment:
    """Make an experiment of which everybody may read the report."""
    return counted_experiment(build, lab, rates_by_place, ExperimentStatus.PUBLISHED, **fields)


def price(session, experiment, *costs) -> None:
    """Write down what a unit of each variant costs."""
    chosen = select(Variant).where(Variant.experiment_id == experiment.id)
    for variant, cost in zip(session.exec(chosen.order_by(Variant.position)), costs, strict=True):
        variant.cost_per_unit = cost
        session.add(variant)
    session.commit()
