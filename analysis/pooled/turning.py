"""Outcomes of which less is better: estimated from those who did not, told of those who did."""

from collections.abc import Iterable
from dataclasses import replace

from analysis.pooled.record import (
    Interval,
    PairRecord,
    PooledRecord,
    Prediction,
    ProfileRecord,
    VariantRecord,
)
from analysis.stats.cells import Direction
from analysis.stats.pooled.data import CellRow


def read_outcome(rows: Iterable[CellRow], direction: Direction) -> tuple[CellRow, ...]:
    """Return cells as the estimator took them, with those in whom the outcome was counted."""
    if direction == Direction.HIGHER:
        return tuple(rows)
    return tuple(row._replace(count=row.nobs - row.count) for row in rows)


def turn_record(record: PooledRecord) -> PooledRecord:
    """Return a record of those who did not do it with the figures of those who did.

    What is about better and best stays as it is.
    """
    return replace(
        record,
        profiles=tuple(_turn_profile(one) for one in record.profiles),
        together=record.together and _turn_profile(record.together),
    )


def _turn_profile(profile: ProfileRecord) -> ProfileRecord:
    return replace(
        profile,
        variants=tuple(_turn_variant(one) for one in profile.variants),
        pairs=tuple(_turn_pair(one) for one in profile.pairs),
    )


def _turn_variant(one: VariantRecord) -> VariantRecord:
    counted = one.counted
    return replace(
        one,
        counted=replace(counted, responses=counted.people - counted.responses),
        rate=None if one.rate is None else 1.0 - one.rate,
        rate_ci=_turn_share(one.rate_ci),
        effect=_negate(one.effect),
        effect_ci=_turn(one.effect_ci),
        difference=_negate(one.difference),
        difference_ci=_turn(one.difference_ci),
        predictions=tuple(_turn_prediction(each) for each in one.predictions),
    )


def _turn_prediction(one: Prediction) -> Prediction:
    return replace(one, rate=_turn_share(one.rate), difference=_turn(one.difference))


def _turn_pair(pair: PairRecord) -> PairRecord:
    return replace(
        pair,
        direct=_negate(pair.direct),
        direct_ci=_turn(pair.direct_ci),
        indirect=_negate(pair.indirect),
        indirect_ci=_turn(pair.indirect_ci),
        anytime=_turn(pair.anytime),
    )


def _negate(value: float | None) -> float | None:
    return None if value is None else -value


def _turn(limits: Interval | None) -> Interval | None:
    return None if limits is None else (-limits[1], -limits[0])


def _turn_share(limits: Interval | None) -> Interval | None:
    return None if limits is None else (1.0 - limits[1], 1.0 - limits[0])
