"""Making proposals for rules from the evidence of all experiments together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from analysis.advice import Proposal, Remark, find_obstacle
from analysis.evidence import write_evidence
from analysis.models.advice import AdviceRuleVersion, ProposalState, VersionState
from analysis.models.runs import AnalysisRun
from analysis.pooled.advice import propose_pooled, propose_pooled_rules
from analysis.pooled.proposal_jobs import POOLED_PROPOSALS
from analysis.pooled.scope import SCOPE, Scope
from analysis.queries import advice as queries
from analysis.queries.runs import get_run
from analysis.queries.scopes import find_default_scope
from analysis.services.backing import describe_pooled
from analysis.services.findings import PROPOSING, ExperimentNotClosedError
from analysis.services.pooled_findings import PooledFindings, find_subject, read_findings
from analysis.services.proposals import add_version, ensure_rule
from experiments.queries.experiments import get_experiment
from lab.access import Place, Reader
from lab.errors import DomainError
from lab.models.jobs import Job
from lab.queries.labs import get_lab
from lab.services.audit import record
from lab.services.jobs import request_job
from lab.services.labs import check_open


class NothingComparedError(DomainError):
    """A run in which nothing is compared leads to no proposal."""

    def __init__(self):
        super().__init__(_("No two variants could be compared, so there is nothing to advise."))


class OnlyACheckError(DomainError):
    """A run in which comparisons without a lottery count leads to no proposal."""

    def __init__(self):
        super().__init__(
            _(
                "This is a check: comparisons without a lottery count in it. "
                "No advice follows from it."
            )
        )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposal with the run that it rests on."""

    proposal: Proposal
    findings: PooledFindings


def request_proposals(session: Session, experiment_id: int, *, by: Reader, at: datetime) -> Job:
    """Ask for proposals from all experiments that answer the same question as one of them."""
    experiment = get_experiment(session, experiment_id)
    lab = get_lab(session, experiment.living_lab_id)
    check_open(lab)
    if experiment.status not in PROPOSING:
        raise ExperimentNotClosedError(experiment)
    scope = find_default_scope(session, lab.programme_id, experiment_id)
    return request_job(
        session,
        POOLED_PROPOSALS.name,
        {"scope": SCOPE.dump_python(scope, mode="json")},
        Place(lab.programme_id),
        by=by,
        at=at,
    )


def widen(scope: Scope) -> list[Scope]:
    """Return a scope, then those that reach further: all phases, then all kinds of matter."""
    without_phase = replace(scope, phase_id=None)
    return list(dict.fromkeys((scope, without_phase, replace(without_phase, issue_type_id=None))))


def lacks_advice(session: Session, run: AnalysisRun) -> bool:
    """Tell whether for some profile a run knows too little for any advice."""
    findings = read_findings(session, run)
    proposals = propose_pooled_rules(findings.record, findings.evidence)
    return any(one.state is ProposalState.NOT_ENOUGH for one in proposals)


def propose_from_runs(
    session: Session, scope: Scope, run_ids: Sequence[int], *, by: Reader, at: datetime
) -> list[AdviceRuleVersion]:
    """Return the proposals about a scope that runs lead to; the same evidence adds none twice.

    The runs go from the scope itself outward; a profile of which the first tells too little gets
    the advice of a further one. Proposals that no longer follow are superseded.
    """
    findings = [read_findings(session, get_run(session, run_id)) for run_id in run_ids]
    if any(one.is_check for one in (scope, *(held.scope for held in findings))):
        raise OnlyACheckError
    if findings[0].place.living_lab_id is not None:
        check_open(get_lab(session, findings[0].place.living_lab_id))
    suggestions = suggest(scope, findings)
    if not suggestions:
        raise NothingComparedError
    versions = [_keep(session, scope, one, by=by, at=at) for one in suggestions]
    _supersede_others(session, findings[0], versions)
    session.flush()
    _record(session, findings[0], versions, by=by, at=at)
    return versions


def suggest(scope: Scope, findings: Sequence[PooledFindings]) -> list[Suggestion]:
    """Return what runs suggest, each proposal from the nearest run that tells enough."""
    usable = [one for one in findings if find_obstacle(one.evidence) is None]
    if not usable:
        return []
    first, *others = usable
    proposals = propose_pooled_rules(first.record, first.evidence)
    found = [_reach_further(Suggestion(one, first), others) for one in proposals]
    return [_say_reach(one, scope) for one in found]


def _reach_further(near: Suggestion, others: Iterable[PooledFindings]) -> Suggestion:
    if near.proposal.state is not ProposalState.NOT_ENOUGH:
        return near
    for findings in others:
        part = findings.evidence.find_part(near.proposal.part.profile_id)
        if part is not None:
            further = propose_pooled(findings.record, findings.evidence, part)
            if further.state is not ProposalState.NOT_ENOUGH:
                return Suggestion(further, findings)
    return near


def _say_reach(suggestion: Suggestion, scope: Scope) -> Suggestion:
    """Return a suggestion that says how much further than asked its run looked."""
    looked, proposal = suggestion.findings.scope, suggestion.proposal
    if looked.issue_type_id != scope.issue_type_id:
        remark = Remark.ALL_MATTERS
    elif looked.phase_id != scope.phase_id:
        remark = Remark.ALL_PHASES if scope.issue_type_id else Remark.ALL_MATTERS
    else:
        return suggestion
    return replace(suggestion, proposal=replace(proposal, remarks=(remark, *proposal.remarks)))


def _keep(
    session: Session, scope: Scope, suggestion: Suggestion, *, by: Reader, at: datetime
) -> AdviceRuleVersion:
    proposal, findings = suggestion.proposal, suggestion.findings
    evidence = describe_pooled(session, findings, proposal)
    advised = None if proposal.variant is None else evidence.basis.variants[proposal.variant]
    version = AdviceRuleVersion(
        proposal_state=proposal.state,
        verdict=proposal.part.verdict.value,
        channel_id=advised.channel_id if advised else None,
        style_ids=list(advised.style_ids) if advised else [],
        evidence=write_evidence(evidence),
        analysis_run_id=findings.run.id,
        living_lab_id=findings.run.living_lab_id,
    )
    rule = ensure_rule(session, find_subject(scope), proposal.part.profile_id, at)
    latest = queries.find_latest_pooled_version(session, rule.id, findings.run.living_lab_id)
    return add_version(session, rule, version, latest, by=by, at=at)


def _supersede_others(
    session: Session, findings: PooledFindings, kept: Iterable[AdviceRuleVersion]
) -> None:
    keep = {version.id for version in kept}
    undecided = queries.list_undecided_pooled_versions(
        session, find_subject(findings.scope), findings.run.living_lab_id
    )
    for version in undecided:
        if version.id not in keep:
            version.state = VersionState.SUPERSEDED


def _record(
    session: Session,
    findings: PooledFindings,
    versions: Sequence[AdviceRuleVersion],
    *,
    by: Reader,
    at: datetime,
) -> None:
    record(
        session,
        by=by,
        at=at,
        action="propose_advice",
        subject="analysis_run",
        subject_id=findings.run.id,
        place=findings.place,
        run_id=findings.run.id,
        proposals=len(versions),
    )
