"""Making proposals for rules from what an experiment counted."""

from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from analysis.advice import Obstacle, Proposal, find_obstacle, propose_rules
from analysis.comparison import ESTIMATOR, Counts
from analysis.disclosed import disclose_evidence
from analysis.disclosure import ProtectedTable, leave_exact, protect, sum_table
from analysis.evidence import (
    Basis,
    ComparedVariant,
    Evidence,
    NamedProfile,
    Outcome,
    RuleEvidence,
    Source,
    gather_evidence,
    read_evidence,
    write_evidence,
)
from analysis.models.advice import (
    AdviceRule,
    AdviceRuleVersion,
    ProposalCreate,
    VersionState,
)
from analysis.models.runs import AnalysisRun
from analysis.queries import advice as queries
from analysis.queries import runs as run_queries
from analysis.queries.cells import list_profiles, load_counts
from analysis.recording import Calculation
from analysis.services.runs import RunCreate, read_run, run_analysis
from analysis.stats.results import ExperimentComparison
from experiments.grade import EvidenceGrade
from experiments.models.experiments import Experiment, ExperimentStatus
from experiments.queries.cells import lock_counts
from experiments.queries.experiments import get_experiment
from experiments.queries.grades import find_grade
from experiments.queries.variants import list_variants
from lab.access import Place, Reader
from lab.errors import DomainError
from lab.models.labs import LivingLab
from lab.queries.labs import get_lab
from lab.queries.programmes import find_programme
from lab.services.audit import record
from lab.services.labs import check_open

# Before the field work ends, whoever looks would stop at the moment that suits.
PROPOSING = {ExperimentStatus.CLOSED, ExperimentStatus.ANALYSED, ExperimentStatus.PUBLISHED}


class ExperimentNotClosedError(DomainError):
    """Proposals come from experiments of which the field work is over."""

    def __init__(self, experiment: Experiment):
        super().__init__(
            _(
                "“%(title)s” is not closed. First close the field work; then the counts can lead"
                " to advice.",
                title=experiment.title,
            )
        )


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


@dataclass(frozen=True, slots=True)
class Assessment:
    """An experiment with what it counted, as far as proposals need it."""

    experiment: Experiment
    lab: LivingLab
    counts: Counts
    grade: EvidenceGrade
    profiles: tuple[NamedProfile, ...]
    is_exempt: bool

    @property
    def place(self) -> Place:
        """Return where the experiment belongs."""
        return Place(self.lab.programme_id, self.lab.id)

    def table(self) -> ProtectedTable:
        """Return the counts that may leave the lab."""
        table = sum_table(self.counts.cells, self.counts.denominator)
        return leave_exact(table) if self.is_exempt else protect(table)


def propose_versions(
    session: Session, experiment_id: int, command: ProposalCreate, *, by: Reader, at: datetime
) -> list[AdviceRuleVersion]:
    """Return the proposals that an experiment leads to now; the same evidence adds none twice.

    Proposals that nobody decided on and that no longer follow from the counts are superseded.
    """
    lock_counts(session, experiment_id)
    assessment = assess_experiment(session, experiment_id)
    run, result = _run(session, assessment, by=by, at=at)
    evidence = gather_evidence(result, describe_basis(assessment, result), assessment.profiles)
    obstacle = find_obstacle(evidence)
    if obstacle:
        raise NoProposalError(obstacle, evidence.basis.grade)
    table = assessment.table()
    versions = [
        _propose(session, assessment, run, proposal, evidence, table, by=by, at=at)
        for proposal in propose_rules(evidence, command.is_per_profile)
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
        place=assessment.place,
        title=assessment.experiment.title,
        proposals=len(versions),
    )
    return versions


def assess_experiment(session: Session, experiment_id: int) -> Assessment:
    """Return what proposals need to know of an experiment, or refuse when it is too early."""
    experiment = get_experiment(session, experiment_id)
    lab = get_lab(session, experiment.living_lab_id)
    check_open(lab)
    if experiment.status not in PROPOSING:
        raise ExperimentNotClosedError(experiment)
    variants = list_variants(session, experiment_id)
    return Assessment(
        experiment=experiment,
        lab=lab,
        counts=load_counts(session, experiment, variants),
        grade=find_grade(session, experiment),
        profiles=tuple(
            NamedProfile(profile.id, profile.name_nl, profile.name_en)
            for profile in list_profiles(session, experiment_id)
        ),
        is_exempt=find_programme(session, lab.programme_id).is_exempt_from_suppression,
    )


def describe_basis(assessment: Assessment, result: ExperimentComparison) -> Basis:
    """Return what the evidence for all profiles of an experiment has in common."""
    experiment, counts = assessment.experiment, assessment.counts
    return Basis(
        estimator=ESTIMATOR,
        method_version=result.method_version,
        variants=tuple(
            ComparedVariant(
                variant.name_nl,
                variant.name_en,
                variant.channel_id,
                variant.style_ids,
                variant.is_control,
            )
            for variant in counts.variants
        ),
        outcome=Outcome(
            numerator_step=experiment.numerator_step,
            denominator_step=counts.denominator,
            denominator_kind=experiment.denominator_kind,
            margin=experiment.smallest_difference,
            direction=experiment.direction,
        ),
        confidence_level=result.confidence_level,
        comparisons_in_family=result.comparisons_in_family,
        grade=assessment.grade.grade,
        grade_reasons=tuple(assessment.grade.reasons),
        sources=(_describe_source(experiment, assessment.lab),),
        warnings=tuple((warned.code, warned.parameters) for warned in result.warnings),
    )


def read_exact_evidence(session: Session, version: AdviceRuleVersion) -> RuleEvidence:
    """Return the evidence of a version with the exact numbers of its run, for the own team."""
    kept = read_evidence(version.evidence)
    result = read_run(run_queries.get_run(session, version.analysis_run_id))
    warnings = tuple((warned.code, warned.parameters) for warned in result.warnings)
    basis = replace(kept.basis, warnings=warnings)
    profile = kept.part.profile
    evidence = gather_evidence(result, basis, [profile] if profile else [])
    part = evidence.profiles[0] if profile else evidence.together
    return replace(kept, basis=basis, part=part, is_protected=False)


def _describe_source(experiment: Experiment, lab: LivingLab) -> Source:
    return Source(
        experiment_id=experiment.id,
        title=experiment.title,
        living_lab=lab.name,
        municipality=lab.municipality,
        starts_on=experiment.starts_on,
        ends_on=experiment.ends_on,
        reference=experiment.sources,
    )


def _run(
    session: Session, assessment: Assessment, *, by: Reader, at: datetime
) -> tuple[AnalysisRun, ExperimentComparison]:
    experiment, counts = assessment.experiment, assessment.counts
    scope = {
        "filters": {},
        "numerator_step": experiment.numerator_step.value,
        "denominator_step": counts.denominator.value,
        "variant_ids": [variant.id for variant in counts.variants],
    }
    command = RunCreate(
        calculation=Calculation(ESTIMATOR, counts.cells, counts.design),
        place=assessment.place,
        experiment_id=experiment.id,
        scope=scope,
    )
    return run_analysis(session, command, by=by, at=at)


def _propose(
    session: Session,
    assessment: Assessment,
    run: AnalysisRun,
    proposal: Proposal,
    evidence: Evidence,
    table: ProtectedTable,
    *,
    by: Reader,
    at: datetime,
) -> AdviceRuleVersion:
    exact = RuleEvidence(evidence.basis, proposal.part, proposal.remarks)
    version = _formulate(assessment, run, proposal, disclose_evidence(exact, table))
    rule = _ensure_rule(session, assessment, proposal.profile_id, at)
    latest = queries.find_latest_version(session, rule.id, assessment.experiment.id)
    if latest and latest.state != VersionState.SUPERSEDED and _says_the_same(latest, version):
        return latest
    version.advice_rule_id = rule.id
    version.number = queries.find_last_number(session, rule.id) + 1
    version.proposed_by_id, version.proposed_at = by.user_id, at
    session.add(version)
    session.flush()
    return version


def _formulate(
    assessment: Assessment, run: AnalysisRun, proposal: Proposal, evidence: RuleEvidence
) -> AdviceRuleVersion:
    advised = None if proposal.variant is None else evidence.basis.variants[proposal.variant]
    return AdviceRuleVersion(
        proposal_state=proposal.state,
        verdict=proposal.part.verdict.value,
        channel_id=advised.channel_id if advised else None,
        style_ids=list(advised.style_ids) if advised else [],
        evidence=write_evidence(evidence),
        analysis_run_id=run.id,
        experiment_id=assessment.experiment.id,
        living_lab_id=assessment.lab.id,
    )


def _says_the_same(one: AdviceRuleVersion, other: AdviceRuleVersion) -> bool:
    return (one.analysis_run_id, one.evidence) == (other.analysis_run_id, other.evidence)


def _ensure_rule(
    session: Session, assessment: Assessment, profile_id: int | None, at: datetime
) -> AdviceRule:
    experiment = assessment.experiment
    subject = {
        "profile_id": profile_id,
        "issue_type_id": experiment.issue_type_id,
        "phase_id": experiment.phase_id,
    }
    programme_id = assessment.lab.programme_id
    key = "/".join(str(number or "") for number in (programme_id, *subject.values()))
    rule = queries.find_rule_by_key(session, key)
    if rule is None:
        rule = AdviceRule(key=key, programme_id=programme_id, created_at=at, **subject)
        session.add(rule)
        session.flush()
    return rule


def _supersede_others(session: Session, experiment_id: int, kept: list[AdviceRuleVersion]) -> None:
    keep = {version.id for version in kept}
    for version in queries.list_undecided_versions(session, experiment_id):
        if version.id not in keep:
            version.state = VersionState.SUPERSEDED
