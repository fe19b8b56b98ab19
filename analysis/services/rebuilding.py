"""What a version of a rule printed, made again from the cells that its run kept.

A version is told to everybody with numbers that were protected when it was proposed. So they are
made again as they were protected then: by what the public could know on that day.
"""

from dataclasses import dataclass, replace

from sqlmodel import Session

from analysis.advice import Proposal, propose_rules
from analysis.disclosure import leave_exact, protect, sum_table
from analysis.editing import edit_evidence
from analysis.evidence import RuleEvidence, gather_evidence, read_evidence
from analysis.models.advice import AdviceRuleVersion, ProposalState
from analysis.models.runs import AnalysisRun
from analysis.pooled.advice import propose_pooled
from analysis.pooled.record import PooledRecord
from analysis.protection import protect_comparison
from analysis.queries import advice as queries
from analysis.queries import runs
from analysis.recording import read_calculation
from analysis.services.backing import count_support
from analysis.services.findings import list_warnings, show_part
from analysis.services.pooled_findings import find_known_labs, list_unpublished_on, show_findings
from analysis.stats.cells import Denominator
from analysis.stats.results import ExperimentComparison
from lab.access import PUBLIC
from lab.queries.programmes import find_programme


@dataclass(frozen=True, slots=True)
class Printed:
    """What a version printed, and what is needed to make it again without the database.

    edits: what people made of the proposal, oldest first: its state and the variant chosen.
    known_labs, unpublished: what the public could know when it was proposed.
    """

    state: ProposalState
    evidence: RuleEvidence
    edits: tuple[tuple[ProposalState, int | None], ...]
    known_labs: frozenset[str] | None
    unpublished: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a version says when it is made again; state: None where it would not be proposed."""

    state: ProposalState | None
    evidence: RuleEvidence


def read_printed(session: Session, version: AdviceRuleVersion) -> Printed:
    """Return what a version printed."""
    evidence = read_evidence(version.evidence)
    proposed, edits = version, []
    while proposed.edited_from_id is not None:
        edits.append((proposed.proposal_state, read_evidence(proposed.evidence).part.leader))
        proposed = queries.get_version(session, proposed.edited_from_id)
    run = runs.get_run(session, version.analysis_run_id)
    is_open = not (evidence.basis.is_pooled and evidence.is_protected)
    return Printed(
        state=version.proposal_state,
        evidence=evidence,
        edits=tuple(reversed(edits)),
        known_labs=None
        if is_open
        else find_known_labs(find_programme(session, run.programme_id), PUBLIC),
        unpublished=frozenset()
        if is_open
        else list_unpublished_on(session, run, proposed.proposed_at),
    )


def rebuild(
    printed: Printed, run: AnalysisRun, result: PooledRecord | ExperimentComparison
) -> Rebuilt:
    """Return what a version says with the result of its run as that was made again."""
    remake = _rebuild_pooled if printed.evidence.basis.is_pooled else _rebuild_single
    rebuilt = remake(printed, run, result)
    for state, chosen in printed.edits:
        evidence, _refusal = edit_evidence(rebuilt.evidence, state, chosen)
        rebuilt = Rebuilt(state, evidence)
    return rebuilt


def _rebuild_pooled(printed: Printed, run: AnalysisRun, record: PooledRecord) -> Rebuilt:
    kept = printed.evidence
    findings = show_findings(run, record, printed.known_labs, printed.unpublished)
    part = findings.evidence.find_part(kept.part.profile_id)
    if part is None:
        return _say_nothing(kept)
    proposal = propose_pooled(record, findings.evidence, part)
    described = findings.describe(part, kept.remarks)
    support = count_support(findings, proposal)
    return _join(kept, proposal, replace(described, support=support))


def _rebuild_single(printed: Printed, run: AnalysisRun, result: ExperimentComparison) -> Rebuilt:
    kept = printed.evidence
    named = [kept.part.profile] if kept.part.profile else []
    basis = replace(kept.basis, warnings=list_warnings(result))
    evidence = gather_evidence(result, basis, named)
    proposed = propose_rules(evidence, is_per_profile=kept.part.profile is not None)
    if not proposed:
        return _say_nothing(kept)
    cells = read_calculation(run.estimator, run.cells, run.scope["design"]).cells
    exact = sum_table(cells, Denominator(run.scope["denominator_step"]))
    # Where nothing was kept back, this programme keeps nothing back or there was nothing small.
    table = protect(exact) if kept.is_protected else leave_exact(exact)
    shown = gather_evidence(protect_comparison(result, table), basis, named)
    part = show_part(shown, proposed[0].part)
    return _join(kept, proposed[0], replace(kept, part=part, is_protected=table.is_protected))


def _join(kept: RuleEvidence, proposal: Proposal, evidence: RuleEvidence) -> Rebuilt:
    """Return what is made again, with what is no number of the calculation as it was kept."""
    return Rebuilt(
        proposal.state, replace(evidence, strength=kept.strength, overturn=kept.overturn)
    )


def _say_nothing(kept: RuleEvidence) -> Rebuilt:
    return Rebuilt(None, replace(kept, part=replace(kept.part, rates=(), leader=None)))
