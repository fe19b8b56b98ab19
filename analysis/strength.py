"""How sure an advice is: four locks, of which some are lost, each for reasons with a name.

Strength says how sure we are of what the rule says, not how good the work was. It starts with
four locks. Every ground below can cost one, some reasons two; several reasons on one ground cost
no more than the gravest of them. What is known too little about has no lock at all. The grounds
are those of GRADE (Guyatt et al. 2008, BMJ 336:924): risk of bias, imprecision, inconsistency and
indirectness, and besides them how few sources there are, age and unwanted effects.
"""

from dataclasses import dataclass
from enum import StrEnum

from analysis.guardrails import Guardrail

ALL_LOCKS = 4


class Ground(StrEnum):
    """On what locks are lost."""

    KNOWN_TOO_LITTLE = "known_too_little"
    LOTTERY = "lottery"
    CHANCE = "chance"
    FEW_SOURCES = "few_sources"
    RESULTS_DIFFER = "results_differ"
    INDIRECT = "indirect"
    GUARDRAILS = "guardrails"
    AGE = "age"


class LossReason(StrEnum):
    """Why a lock is lost."""

    TOO_FEW_COUNTED = "too_few_counted"
    NO_LOTTERY = "no_lottery"
    LOTTERY_WENT_WRONG = "lottery_went_wrong"
    CLUSTERS_AS_PERSONS = "clusters_as_persons"
    MAY_BE_CHANCE = "may_be_chance"
    RIVAL_AS_GOOD = "rival_as_good"
    ONE_EXPERIMENT = "one_experiment"
    ONE_LAB = "one_lab"
    FEW_EXPERIMENTS = "few_experiments"
    ONE_DECIDES = "one_decides"
    LABS_DIFFER = "labs_differ"
    EXPERIMENTS_DISAGREE = "experiments_disagree"
    NEW_LAB_UNSURE = "new_lab_unsure"
    NEW_LAB_UNKNOWN = "new_lab_unknown"
    OVERDISPERSED = "overdispersed"
    NEVER_TRIED = "never_tried"
    NOT_TRIED_HERE = "not_tried_here"
    NOT_COMPARED_DIRECTLY = "not_compared_directly"
    DIFFERENT_THINGS = "different_things"
    OTHER_SITUATIONS = "other_situations"
    COMPLAINTS = "complaints"
    OPT_OUTS = "opt_outs"
    GROUP_NOT_REACHED = "group_not_reached"
    PAST_REVIEW = "past_review"


@dataclass(frozen=True, slots=True)
class Loss:
    """Locks that are lost on one ground, and why."""

    ground: Ground
    locks: int
    reasons: tuple[LossReason, ...]


@dataclass(frozen=True, slots=True)
class Strength:
    """How sure an advice is: 0 to 4 locks, and what cost the others.

    losses may come to more than four; then no lock is left.
    """

    locks: int
    losses: tuple[Loss, ...] = ()

    @property
    def reasons(self) -> tuple[LossReason, ...]:
        """Return every reason for a lost lock, the gravest ground first."""
        return tuple(reason for loss in self.losses for reason in loss.reasons)

    @property
    def guardrails(self) -> tuple[Guardrail, ...]:
        """Return the unwanted effects among the reasons."""
        return tuple(Guardrail(one.value) for one in self.reasons if one.value in set(Guardrail))
