"""Making proposals for rules from what an experiment counted."""

from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from analysis.advice import Obstacle, Proposal, find_obstacle, propose_rules
from analysis.evidence import write_evidence
from analysis.models.advice import (
    AdviceRule,
    AdviceRuleVersion,
    ProposalCreate,
    VersionState,
)
from analysis.queries import advice as queries
from analysis.queries.advice import RuleSubject
from analysis.services.backing import describe_single
from analysis.services.findings import Findings, find_evidence
from experiments.queries.cells import lock_counts
from lab.access import Reader
from lab.errors import DomainError
from lab.services.audit import record


class NoProposalError(DomainError):
    """The evidence leads to no proposal at all."""

    def __init__(self, obstacle: Obstacle, grade: str):
        sentences = {
            Obstacle.UNFIT_GRADE: _(
                "This experiment has grade %(grade)s. It does not lead to advice: nothing shows"
                " what would have happened otherwise.",
                grade=grade,
            ),
            Obstacle.NOTHING_COMPARED: _(
                "No two variants could be compared, so there is nothing to advise."
            ),
        }
        super().__init__(sentences[obstacle])


def propose_versions(
    session: Session, experiment_id: int, command: ProposalCreate, *, by: Reader, at: datetime
) -> list[AdviceRuleVersion]:
    """Return the proposals that an experiment leads to now; the same evidence adds none twice.

    Proposals that nobody decided on and that no longer follow from the counts are superseded.
    """
    lock_counts(session, experiment_id)
    findings = find_evidence(session, experiment_id, by=by, at=at)
    obstacle = find_obstacle(findings.evidence)
    if obstacle:
        raise NoProposalError(obstacle, findings.evidence.basis.grade)
    versions = [
        _propose(session, findings, proposal, by=by, at=at)
        for proposal in propose_rules(findings.evidence, command.is_per_profile)
    ]
    _supersede_others(session, experiment_id, versions)
    session.flush()
    record(
        session,
        by=by,
        at=at,
        action="propose_advice",
        subject="experiment",
        subject_id=experiment_id,
        place=findings.assessment.place,
        proposals=len(versions),
    )
    return versions


def _propose(
    session: Session, findings: Findings, proposal: Proposal, *, by: Reader, at: datetime
) -> AdviceRuleVersion:
    version = _formulate(session, findings, proposal)
    experiment, lab = findings.assessment.experiment, findings.assessment.lab
    subject = RuleSubject(
        lab.programme_id,
        experiment.segmentation_model_id,
        experiment.issue_type_id,
        experiment.phase_id,
    )
    rule = ensure_rule(session, subject, proposal.part.profile_id, at)
    latest = queries.find_latest_version(session, rule.id, version.experiment_id)
    return add_version(session, rule, version, latest, by=by, at=at)


def add_version(
    session: Session,
    rule: AdviceRule,
    version: AdviceRuleVersion,
    latest: AdviceRuleVersion | None,
    *,
    by: Reader,
    at: datetime,
) -> AdviceRuleVersion:
    """Keep a version as a rule's newest, unless the latest one rests on the same evidence."""
    if latest and latest.state != VersionState.SUPERSEDED and _says_the_same(latest, version):
        return latest
    version.advice_rule_id = rule.id
    version.number = queries.find_last_number(session, rule.id) + 1
    version.proposed_by_id, version.proposed_at = by.user_id, at
    session.add(version)
    session.flush()
    return version


def _formulate(session: Session, findings: Findings, proposal: Proposal) -> AdviceRuleVersion:
    evidence = describe_single(session, findings, proposal)
    advised = None if proposal.variant is None else evidence.basis.variants[proposal.variant]
    return AdviceRuleVersion(
        proposal_state=proposal.state,
        verdict=proposal.part.verdict.value,
        channel_id=advised.channel_id if advised else None,
        style_ids=list(advised.style_ids) if advised else [],
        evidence=write_evidence(evidence),
        analysis_run_id=findings.run.id,
        experiment_id=findings.assessment.experiment.id,
        living_lab_id=findings.assessment.lab.id,
    )


def _says_the_same(one: AdviceRuleVersion, other: AdviceRuleVersion) -> bool:
    return (one.analysis_run_id, one.evidence) == (other.analysis_run_id, other.evidence)


def ensure_rule(
    session: Session, subject: RuleSubject, profile_id: int | None, at: datetime
) -> AdviceRule:
    """Return the rule about a subject for a profile, or for everyone; made when there is none."""
    parts = {
        "profile_id": profile_id,
        "issue_type_id": subject.issue_type_id,
        "phase_id": subject.phase_id,
    }
    programme_id = subject.programme_id
    key = "/".join(str(number or "") for number in (programme_id, *parts.values()))
    # Two labs can propose for the same rule at the same moment.
    queries.lock_programme(session, programme_id)
    rule = queries.find_rule_by_key(session, key)
    if rule is None:
        rule = AdviceRule(key=key, programme_id=programme_id, created_at=at, **parts)
        session.add(rule)
        session.flush()
    return rule


def _supersede_others(session: Session, experiment_id: int, kept: list[AdviceRuleVersion]) -> None:
    keep = {version.id for version in kept}
    for version in queries.list_undecided_versions(session, experiment_id):
        if version.id not in keep:
            version.state = VersionState.SUPERSEDED
