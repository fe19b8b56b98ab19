"""Queries on unwanted effects: who was not reached."""

from collections.abc import Collection

from sqlmodel import Session, col, func, select

from analysis.guardrails import GroupReach
from experiments.models.experiments import ExperimentProfile, Variant
from experiments.models.observations import CountCell
from experiments.queries.cells import COUNTED_STATES


def sum_reach(
    session: Session, experiment_ids: Collection[int], channel_id: int
) -> list[GroupReach]:
    """Return per profile of the plans how many people a channel was offered to, and reached.

    Of experiments that used the channel and planned to look at several profiles. A sum with an
    unknown count in it is unknown.
    """
    counts = (
        select(
            CountCell.profile_id,
            func.sum(CountCell.offered),
            func.count() - func.count(CountCell.offered),
            func.sum(CountCell.reached),
            func.count() - func.count(CountCell.reached),
        )
        .join(Variant, col(Variant.id) == CountCell.variant_id)
        .where(
            col(CountCell.experiment_id).in_(experiment_ids),
            col(CountCell.review_state).in_(COUNTED_STATES),
            Variant.channel_id == channel_id,
        )
        .group_by(CountCell.profile_id)
    )
    found = {
        profile: (None if no_offered else offered, None if no_reached else reached)
        for profile, offered, no_offered, reached, no_reached in session.exec(counts)
    }
    planned = (
        select(ExperimentProfile.profile_id)
        .join(Variant, col(Variant.experiment_id) == ExperimentProfile.experiment_id)
        .where(
            col(ExperimentProfile.experiment_id).in_(experiment_ids),
            Variant.channel_id == channel_id,
        )
        .distinct()
    )
    # Where nobody knows the profile of anybody, nothing tells who was reached.
    if not set(found) - {None}:
        return []
    return [
        GroupReach(profile, *_as_whole(found.get(profile, (0, 0))))
        for profile in sorted(session.exec(planned))
    ]


def _as_whole(sums: tuple) -> tuple[int | None, int | None]:
    # PostgreSQL sums large whole numbers as decimals.
    offered, reached = (None if one is None else int(one) for one in sums)
    return offered, reached
