"""From the evidence of all experiments to proposals for advice rules."""

from collections.abc import Iterator
from dataclasses import dataclass

from analysis.advice import LOTTERY_GRADES, SURE_ENOUGH, Proposal, Remark, serves_everyone
from analysis.evidence import Evidence, ProfileEvidence
from analysis.models.advice import ProposalState
from analysis.pooled.evidence import find_part, list_compared
from analysis.pooled.record import PairRecord, PooledRecord, ProfileRecord, VariantRecord
from analysis.pooled.strength import (
    BETTER,
    ENOUGH_EXPERIMENTS,
    find_best,
    is_safe,
    list_decisive,
)
from analysis.stats.cells import Direction
from analysis.stats.results import Verdict

# From half on, results differ more than chance alone would make them (Higgins & Thompson 2002).
MUCH_SPREAD = 0.5
UNLIKELY = 0.05
ADVICE = {ProposalState.ADVISE, ProposalState.TENTATIVE}
# Remarks that keep a variant from being advised without reserve.
DOUBTS = {
    Remark.NO_LOTTERY,
    Remark.NEVER_TRIED,
    Remark.EXPERIMENTS_DISAGREE,
    Remark.ONE_DECIDES,
}


@dataclass(frozen=True, slots=True)
class Case:
    """What a run tells about one profile, or about everyone."""

    record: PooledRecord
    part: ProfileRecord | None
    evidence: ProfileEvidence
    grade: str
    is_lower_better: bool

    @classmethod
    def of(cls, record: PooledRecord, evidence: Evidence, part: ProfileEvidence) -> "Case":
        basis = evidence.basis
        return cls(
            record,
            find_part(record, part.profile_id),
            part,
            basis.grade,
            basis.outcome.direction == Direction.LOWER,
        )

    @property
    def best(self) -> VariantRecord | None:
        """Return the variant of least expected regret, when its figures can be used."""
        return find_best(self.part)

    @property
    def is_safe(self) -> bool:
        """Tell whether choosing the best one costs little, whichever is best in truth."""
        return is_safe(self.best, self.record.margin)

    @property
    def is_all_alike(self) -> bool:
        """Tell whether all variants that were tried lie within the margin of the best one."""
        best = self.best
        if best is None or best.verdict != Verdict.NO_DIFFERENCE:
            return False
        others = [one for one in list_compared(self.part, best) if one is not best]
        return all(
            one.verdict == Verdict.NO_DIFFERENCE and one.against == best.variant for one in others
        )

    @property
    def beats_some(self) -> bool:
        """Tell whether the best one is clearly better than at least one other variant."""
        return any(claim.better == self.best.variant for claim in self.part.claims)

    @property
    def pair(self) -> PairRecord | None:
        """Return how the best one is compared with its rival."""
        two = {self.best.variant, self.best.against}
        return next((one for one in self.part.pairs if {one.one, one.other} == two), None)


def propose_pooled_rules(
    record: PooledRecord, evidence: Evidence, is_per_profile: bool | None = None
) -> list[Proposal]:
    """Return one proposal per profile, or a single one where the profiles are alike."""
    if is_per_profile is None:
        is_per_profile = not serves_everyone(evidence)
    parts = evidence.profiles if is_per_profile else (evidence.together,)
    return [propose_pooled(record, evidence, part) for part in parts]


def propose_pooled(record: PooledRecord, evidence: Evidence, part: ProfileEvidence) -> Proposal:
    """Return what a run suggests for one profile, or for everyone."""
    case = Case.of(record, evidence, part)
    remarks = tuple(_remark(case))
    state = _choose_state(case, remarks)
    return Proposal(part, state, part.leader if state in ADVICE else None, remarks)


def _choose_state(case: Case, remarks: tuple[Remark, ...]) -> ProposalState:
    if case.best is None:
        return ProposalState.NOT_ENOUGH
    if case.is_all_alike:
        return ProposalState.NO_DIFFERENCE
    if case.is_safe and not DOUBTS.intersection(remarks):
        return ProposalState.ADVISE
    is_something = case.is_safe or case.best.verdict in BETTER or case.beats_some
    return ProposalState.TENTATIVE if is_something else ProposalState.NOT_ENOUGH


def _remark(case: Case) -> Iterator[Remark]:
    best = case.best
    if best is None:
        yield Remark.TOO_FEW_COUNTED
    else:
        if case.evidence.profile is None and case.record.are_profiles_alike:
            yield Remark.PROFILES_ALIKE
        yield from _remark_on_strength(case, best)
        yield from _remark_on_comparison(case, best)
        yield from _remark_on_spread(case, best)
    yield from _remark_on_basis(case)


def _remark_on_strength(case: Case, best: VariantRecord) -> Iterator[Remark]:
    if case.is_all_alike:
        yield Remark.SMALL_EITHER_WAY
    elif best.verdict == Verdict.CLEARLY_BETTER:
        yield Remark.CLEAR_TOGETHER
    elif case.is_safe:
        yield Remark.LITTLE_TO_LOSE
    elif best.verdict in BETTER or case.beats_some:
        if case.beats_some:
            yield Remark.BETTER_THAN_SOME
        if best.p_within_margin < SURE_ENOUGH:
            yield Remark.RIVAL_AS_GOOD
        else:
            yield Remark.DOUBT_ABOUT_BETTER
    else:
        yield Remark.TOO_FEW_COUNTED


def _remark_on_comparison(case: Case, best: VariantRecord) -> Iterator[Remark]:
    """Say how far what is advised was tried, and held beside its rival."""
    counted, pair = best.counted, case.pair
    if not best.is_tried:
        was_tried = any(
            one.variant == best.variant and one.is_tried
            for profile in case.record.profiles
            for one in profile.variants
        )
        yield Remark.NOT_TRIED_HERE if was_tried else Remark.NEVER_TRIED
    elif pair is not None and pair.connection != "direct":
        yield Remark.NOT_COMPARED_DIRECTLY
    if counted.labs > 1:
        yield Remark.SEVERAL_LABS
    elif counted.labs == 1:
        yield Remark.ONE_LAB
    if 0 < counted.experiments < ENOUGH_EXPERIMENTS:
        yield Remark.FEW_EXPERIMENTS


def _remark_on_spread(case: Case, best: VariantRecord) -> Iterator[Remark]:
    """Say how far experiments and labs tell the same."""
    record, pair, spread = case.record, case.pair, case.record.heterogeneity
    doubts = [one.pvalue for one in (pair, record.consistency) if one and one.pvalue is not None]
    if any(pvalue < UNLIKELY for pvalue in doubts):
        yield Remark.EXPERIMENTS_DISAGREE
    if any(one.profile == case.part.profile for one in list_decisive(record)):
        yield Remark.ONE_DECIDES
    if spread and spread.i_squared is not None and spread.i_squared >= MUCH_SPREAD:
        yield Remark.LABS_DIFFER
    if best.verdict in BETTER and _may_turn(case):
        yield Remark.NEW_LAB_UNSURE
    if spread and spread.is_overdispersed:
        yield Remark.OVERDISPERSED


def _may_turn(case: Case) -> bool:
    """Tell whether in a new lab another variant may do better."""
    limits = case.evidence.new_lab_difference
    if limits is None:
        return False
    return limits[1] >= 0 if case.is_lower_better else limits[0] <= 0


def _remark_on_basis(case: Case) -> Iterator[Remark]:
    variants = case.part.variants if case.part else ()
    tried = [one for one in variants if one.is_tried]
    if any(one.part != tried[0].part for one in tried[1:]):
        yield Remark.NOT_CONNECTED
    if case.grade not in LOTTERY_GRADES:
        yield Remark.NO_LOTTERY
