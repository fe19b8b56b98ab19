"""How sure an advice is, in words: locks, why each lost one is lost, and what kind of advice."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.models.advice import ProposalState
from analysis.strength import ALL_LOCKS, Loss, LossReason, Strength
from analysis.strength_rules import Recommendation, recommend

LOSS_REASONS: Mapping[LossReason, LazyString] = {
    LossReason.TOO_FEW_COUNTED: _l("too few people were counted to say anything"),
    LossReason.NO_LOTTERY: _l("no lottery decided who got which variant"),
    LossReason.LOTTERY_WENT_WRONG: _l("the variants were not divided as planned"),
    LossReason.CLUSTERS_AS_PERSONS: _l("whole streets or households counted as persons"),
    LossReason.MAY_BE_CHANCE: _l("the difference may be chance"),
    LossReason.RIVAL_AS_GOOD: _l("another variant may do just as well"),
    LossReason.ONE_EXPERIMENT: _l("it rests on one experiment"),
    LossReason.ONE_LAB: _l("the variant in front was tried in one living lab only"),
    LossReason.FEW_EXPERIMENTS: _l("it was tried in one or two experiments only"),
    LossReason.ONE_DECIDES: _l("one experiment or one living lab decides"),
    LossReason.LABS_DIFFER: _l("in one place it worked better than in another"),
    LossReason.EXPERIMENTS_DISAGREE: _l("experiments contradict each other"),
    LossReason.NEW_LAB_UNSURE: _l("in a new municipality it may turn out otherwise"),
    LossReason.NEW_LAB_UNKNOWN: _l("nobody knows what it does in another municipality"),
    LossReason.OVERDISPERSED: _l("the counts differ more than chance explains"),
    LossReason.NEVER_TRIED: _l("nobody ever tried this combination"),
    LossReason.NOT_TRIED_HERE: _l("it was never tried with this profile"),
    LossReason.NOT_COMPARED_DIRECTLY: _l("it was never held beside the next best one"),
    LossReason.DIFFERENT_THINGS: _l("the variants do not count the same thing"),
    LossReason.OTHER_SITUATIONS: _l("it rests on other phases or kinds of matter too"),
    LossReason.COMPLAINTS: _l("it brings more complaints"),
    LossReason.OPT_OUTS: _l("more people opt out"),
    LossReason.GROUP_NOT_REACHED: _l("a group of the plan was not reached"),
    LossReason.PAST_REVIEW: _l("the advice is past its review date"),
}
RECOMMENDATIONS: Mapping[Recommendation, LazyString] = {
    Recommendation.STRONG: _l("Strong recommendation: in most cases, do this."),
    Recommendation.CONDITIONAL: _l(
        "Conditional recommendation: look whether it fits your situation, and keep counting."
    ),
    Recommendation.NONE: _l("No recommendation."),
}


@dataclass(frozen=True, slots=True)
class ShownStrength:
    """How sure an advice is, as pages show it."""

    locks: int
    label: str
    reasons: tuple[str, ...]
    recommendation: str


def show_strength(strength: Strength, state: ProposalState) -> ShownStrength:
    """Return how sure an advice is in words, with a reason for every lost lock."""
    return ShownStrength(
        locks=strength.locks,
        label=write_locks(strength.locks),
        reasons=tuple(_write_loss(loss) for loss in strength.losses),
        recommendation=str(RECOMMENDATIONS[recommend(state, strength)]),
    )


def write_locks(locks: int) -> str:
    """Return how many locks there are, of four."""
    return ngettext("%(num)s of %(all)s lock", "%(num)s of %(all)s locks", locks, all=ALL_LOCKS)


def write_reasons(strength: Strength) -> str:
    """Return all that costs a lock in one line; empty where none is lost."""
    return "; ".join(str(LOSS_REASONS[one]) for one in strength.reasons)


def _write_loss(loss: Loss) -> str:
    reasons = "; ".join(str(LOSS_REASONS[one]) for one in loss.reasons)
    if loss.locks >= ALL_LOCKS:
        return _("No lock: %(reasons)s.", reasons=reasons)
    return ngettext(
        "%(num)s lock less: %(reasons)s.",
        "%(num)s locks less: %(reasons)s.",
        loss.locks,
        reasons=reasons,
    )
