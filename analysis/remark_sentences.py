"""Why a proposal is what it is, in sentences: what speaks for it and what against."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from analysis.advice import Remark
from analysis.cases.table import PROOFS, Proof
from analysis.evidence import RuleEvidence

REMARKS: Mapping[Remark, LazyString] = {
    Remark.CLEAR_WITH_LOTTERY: _l(
        "The difference is clear, and a lottery decided who got which variant."
    ),
    Remark.DOUBT_ABOUT_BETTER: _l("The difference may also be chance."),
    Remark.NO_LOTTERY: PROOFS[Proof.NO_LOTTERY],
    Remark.RIVAL_AS_GOOD: _l("Another variant may do just as well."),
    Remark.LOTTERY_WENT_WRONG: _l(
        "The variants were not divided as planned, so the groups may differ in other ways too."
    ),
    Remark.CLUSTERS_LEAVE_DOUBT: _l(
        "Whole households or streets got the same variant while people were counted. Allowing for"
        " that, the difference may also be chance."
    ),
    Remark.CLUSTERS_LEAVE_NO_DOUBT: _l(
        "Whole households or streets got the same variant while people were counted. The"
        " difference stays clear when the limits are twice as wide."
    ),
    Remark.SMALL_EITHER_WAY: _l("If there is a difference, it is too small to matter."),
    Remark.TOO_FEW_COUNTED: _l("Too few people were counted to see a difference that matters."),
    Remark.DIFFERENT_THINGS: _l(
        "The variants do not count the same thing: letters and doors, for instance. A"
        " difference can come from that alone."
    ),
    Remark.PROFILES_ALIKE: _l(
        "Between the profiles no difference was found that matters. One advice will do."
    ),
    Remark.CONTROL_LEADS: _l("The usual way did best."),
    Remark.CLEAR_TOGETHER: _l(
        "All experiments together show a clear difference, and lotteries decided who got what."
    ),
    Remark.LITTLE_TO_LOSE: _l(
        "Whoever chooses this loses, on average, less than the smallest difference that matters."
        " The chance to lose more is at most 1 in 10."
    ),
    Remark.BETTER_THAN_SOME: _l("It does clearly better than at least one other variant."),
    Remark.SEVERAL_LABS: _l("It was tried in more than one living lab."),
    Remark.ONE_LAB: _l("The variant in front was tried in one living lab only."),
    Remark.FEW_EXPERIMENTS: _l("It was tried in one or two experiments only."),
    Remark.NEVER_TRIED: _l(
        "Nobody ever tried this combination. What it does is worked out from its parts."
    ),
    Remark.NOT_TRIED_HERE: _l(
        "It was never tried with this profile. What it does is worked out from other profiles."
    ),
    Remark.NOT_COMPARED_DIRECTLY: _l(
        "It was never held beside the next best one in one experiment with this profile. They are"
        " compared by way of other variants."
    ),
    Remark.NOT_CONNECTED: _l(
        "Some variants were never compared with the others, not even by a detour. We do not rank"
        " those."
    ),
    Remark.EXPERIMENTS_DISAGREE: _l(
        "Experiments that compared the two directly and experiments that did so by a detour do not"
        " tell the same."
    ),
    Remark.ONE_DECIDES: _l(
        "One experiment or one living lab decides: without it the advice would be another."
    ),
    Remark.LABS_DIFFER: _l("In one place it worked better than in another."),
    Remark.NEW_LAB_UNSURE: _l("In a new municipality another variant may do better."),
    Remark.OVERDISPERSED: _l(
        "The counts differ more than chance explains, so something was at work that nobody wrote"
        " down."
    ),
    Remark.ALL_PHASES: _l(
        "Too little is known of this phase alone. This rests on all phases of this kind of matter."
    ),
    Remark.ALL_MATTERS: _l(
        "Too little is known of this kind of matter and phase alone. This rests on all experiments,"
        " whatever their matter and phase."
    ),
}
# Not for and not against: these say how far the evidence reaches.
REACH = {Remark.ALL_PHASES, Remark.ALL_MATTERS}
AGAINST = {
    Remark.DOUBT_ABOUT_BETTER,
    Remark.NO_LOTTERY,
    Remark.RIVAL_AS_GOOD,
    Remark.LOTTERY_WENT_WRONG,
    Remark.CLUSTERS_LEAVE_DOUBT,
    Remark.TOO_FEW_COUNTED,
    Remark.DIFFERENT_THINGS,
    Remark.ONE_LAB,
    Remark.FEW_EXPERIMENTS,
    Remark.NEVER_TRIED,
    Remark.NOT_TRIED_HERE,
    Remark.NOT_COMPARED_DIRECTLY,
    Remark.NOT_CONNECTED,
    Remark.EXPERIMENTS_DISAGREE,
    Remark.ONE_DECIDES,
    Remark.LABS_DIFFER,
    Remark.NEW_LAB_UNSURE,
    Remark.OVERDISPERSED,
}


def list_remarks(evidence: RuleEvidence, are_against: bool) -> list[str]:
    """Return what speaks against a rule, or else for it."""
    known = [Remark(code) for code in evidence.remarks if Remark(code) not in REACH]
    return [str(REMARKS[remark]) for remark in known if (remark in AGAINST) is are_against]


def list_reach(evidence: RuleEvidence) -> list[str]:
    """Return how much further than its subject the evidence of a rule reaches."""
    known = [Remark(code) for code in evidence.remarks if Remark(code) in REACH]
    return [str(REMARKS[remark]) for remark in known]
