"""What a version keeps besides its figures: how sure it is, who is for, and what would turn it."""

from collections.abc import Collection
from dataclasses import replace

from sqlmodel import Session

from analysis.advice import Proposal
from analysis.evidence import RuleEvidence, Support
from analysis.guardrails import GuardrailFinding, find_guardrails
from analysis.models.advice import ProposalState
from analysis.overturning import find_pooled_overturn, find_single_overturn
from analysis.pooled.archive import read_archive
from analysis.pooled.evidence import find_part
from analysis.queries.guardrails import sum_reach
from analysis.queries.runs import find_draws
from analysis.reports.evidence.differences import Findings as OwnFindings
from analysis.services.findings import Findings
from analysis.services.pooled_findings import PooledFindings, read_rows
from analysis.stats.cells import Direction
from analysis.strength_rules import assess_strength


def describe_pooled(session: Session, findings: PooledFindings, proposal: Proposal) -> RuleEvidence:
    """Return the evidence of a proposal from many experiments, with all that is kept of it."""
    evidence = findings.describe(proposal.part, proposal.remarks)
    draws = find_draws(session, findings.run.id)
    part = find_part(findings.record, proposal.part.profile_id)
    overturn = draws and find_pooled_overturn(
        findings.record, part, read_archive(draws.content), findings.scope.outcome.direction
    )
    return replace(
        evidence,
        strength=_assess(session, proposal, evidence),
        overturn=overturn,
        support=count_support(findings, proposal),
    )


def describe_single(session: Session, findings: Findings, proposal: Proposal) -> RuleEvidence:
    """Return the evidence of a proposal from one experiment, with all that is kept of it."""
    evidence = findings.describe(proposal.part, proposal.remarks)
    return replace(
        evidence,
        strength=_assess(session, proposal, evidence),
        # From what everybody may see, so that it gives nothing away.
        overturn=find_single_overturn(evidence.basis, evidence.part),
    )


def _assess(session: Session, proposal: Proposal, evidence: RuleEvidence):
    found = _find_guardrails(session, proposal, evidence)
    return assess_strength(
        proposal.state,
        proposal.remarks,
        evidence.basis.is_pooled,
        [one.guardrail for one in found],
    )


def _find_guardrails(
    session: Session, proposal: Proposal, evidence: RuleEvidence
) -> Collection[GuardrailFinding]:
    """Return the unwanted effects of what is advised, in the experiments that it rests on."""
    if proposal.state not in (ProposalState.ADVISE, ProposalState.TENTATIVE):
        return ()
    advised = evidence.basis.variants[proposal.variant]
    experiments = [source.experiment_id for source in evidence.basis.sources]
    found = find_guardrails(groups=sum_reach(session, experiments, advised.channel_id))
    return [one for one in found if proposal.part.profile_id in (None, one.profile_id)]


def count_support(findings: PooledFindings, proposal: Proposal) -> Support | None:
    """Return how many experiments and labs found a proposal's leader ahead of its rival."""
    part = find_part(findings.record, proposal.part.profile_id)
    if part is None or None in (proposal.part.leader, proposal.part.reference):
        return None
    own = OwnFindings.of(findings.public, read_rows(findings.run, findings.scope))
    found = own.compare(part.profile, proposal.part.leader, proposal.part.reference)
    sign = -1 if findings.scope.outcome.direction is Direction.LOWER else 1
    ahead = [one.experiment for one in found if one.difference and sign * one.difference > 0]
    behind = [one.experiment for one in found if one.difference and sign * one.difference < 0]
    return Support(
        experiments_for=len(ahead),
        labs_for=len({own.labs[one] for one in ahead}),
        experiments_against=len(behind),
        labs_against=len({own.labs[one] for one in behind}),
        unseen=sum(one.difference is None for one in found),
    )
