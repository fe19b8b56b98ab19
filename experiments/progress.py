"""The life of an experiment: which steps there are, who takes them, and what they need."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from experiments.models.experiments import Experiment, ExperimentStatus, Variant
from lab.models.people import Role

RESEARCHERS = frozenset({Role.RESEARCHER})
CHECKERS = frozenset({Role.RESEARCHER, Role.SUPERVISOR})
# Shares are typed as percentages: three times 33.3 must do.
SHARE_TOLERANCE = 0.005
# As long as an experiment has one of these, what describes it can be changed.
OPEN_STATUSES = frozenset(
    {
        ExperimentStatus.IDEA,
        ExperimentStatus.PLANNED,
        ExperimentStatus.REGISTERED,
        ExperimentStatus.IN_FIELD,
    }
)


class Need(StrEnum):
    """What an experiment can lack for a step."""

    QUESTION = "question"
    FIRST_VARIANT = "first_variant"
    TWO_VARIANTS = "two_variants"
    ONE_CONTROL = "one_control"
    SHARES = "shares"
    PROFILES = "profiles"
    FIRST_DAY = "first_day"
    LAST_DAY = "last_day"
    COUNTS = "counts"


@dataclass(frozen=True, slots=True)
class Step:
    """A step from one status to another."""

    source: ExperimentStatus
    target: ExperimentStatus
    roles: frozenset[Role] = RESEARCHERS
    needs: frozenset[Need] = frozenset()
    is_reason_required: bool = False


TO_REGISTER = frozenset(Need) - {Need.FIRST_VARIANT, Need.COUNTS}
FORWARD = (
    Step(ExperimentStatus.IDEA, ExperimentStatus.PLANNED),
    Step(ExperimentStatus.PLANNED, ExperimentStatus.REGISTERED, needs=TO_REGISTER),
    Step(
        ExperimentStatus.REGISTERED,
        ExperimentStatus.IN_FIELD,
        CHECKERS,
        frozenset({Need.FIRST_DAY}),
    ),
    Step(ExperimentStatus.IN_FIELD, ExperimentStatus.CLOSED, CHECKERS),
    Step(ExperimentStatus.CLOSED, ExperimentStatus.ANALYSED, needs=frozenset({Need.COUNTS})),
    Step(ExperimentStatus.ANALYSED, ExperimentStatus.PUBLISHED),
)
ASIDE = (
    # Whoever has no time to register can still count; the grade then says so.
    Step(
        ExperimentStatus.PLANNED,
        ExperimentStatus.IN_FIELD,
        needs=frozenset({Need.FIRST_DAY, Need.FIRST_VARIANT}),
    ),
    Step(ExperimentStatus.PLANNED, ExperimentStatus.IDEA, is_reason_required=True),
    Step(ExperimentStatus.CLOSED, ExperimentStatus.IN_FIELD, CHECKERS, is_reason_required=True),
)
WITHDRAWALS = tuple(
    Step(status, ExperimentStatus.WITHDRAWN, is_reason_required=True)
    for status in ExperimentStatus
    if status is not ExperimentStatus.WITHDRAWN
)
STEPS = {(step.source, step.target): step for step in (*FORWARD, *ASIDE, *WITHDRAWALS)}


def find_next_step(status: ExperimentStatus) -> Step | None:
    """Return the step forward from a status, or None at the end."""
    return next((step for step in FORWARD if step.source is status), None)


def list_other_steps(status: ExperimentStatus) -> list[Step]:
    """Return the steps back, aside and out from a status."""
    return [step for step in (*ASIDE, *WITHDRAWALS) if step.source is status]


def find_needs(
    experiment: Experiment, variants: Sequence[Variant], has_profiles: bool, has_counts: bool
) -> frozenset[Need]:
    """Return everything that an experiment lacks, for whatever step."""
    lacks = {
        Need.QUESTION: not experiment.question,
        Need.FIRST_VARIANT: not variants,
        Need.TWO_VARIANTS: len(variants) < 2,
        Need.ONE_CONTROL: sum(variant.is_control for variant in variants) > 1,
        Need.SHARES: not has_whole_shares(variants),
        Need.PROFILES: not (has_profiles or experiment.is_without_profiles),
        Need.FIRST_DAY: experiment.starts_on is None,
        Need.LAST_DAY: experiment.ends_on is None,
        Need.COUNTS: not has_counts,
    }
    return frozenset(need for need, is_lacking in lacks.items() if is_lacking)


def has_whole_shares(variants: Sequence[Variant]) -> bool:
    """Tell whether the shares of variants make one whole, or none is given: then all are equal."""
    shares = [variant.share for variant in variants]
    if all(share is None for share in shares):
        return True
    return None not in shares and abs(sum(shares) - 1) <= SHARE_TOLERANCE


def divide_shares(variants: Sequence[Variant]) -> dict[int, float]:
    """Return the chance of each variant to be given, by variant."""
    if not variants:
        return {}
    weights = [variant.share for variant in variants]
    if None in weights:
        weights = [1.0] * len(variants)
    whole = sum(weights)
    return {variant.id: weight / whole for variant, weight in zip(variants, weights, strict=True)}
