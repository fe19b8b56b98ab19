"""What an experiment counted, as evidence for advice: exact, and as others may see it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from analysis.comparison import ESTIMATOR, Counts
from analysis.disclosure import leave_exact, protect, sum_table
from analysis.evidence import (
    Basis,
    ComparedVariant,
    Evidence,
    NamedProfile,
    Outcome,
    ProfileEvidence,
    RuleEvidence,
    Source,
    gather_evidence,
    withhold_numbers,
)
from analysis.kept_evidence import read_kept
from analysis.models.advice import AdviceRuleVersion
from analysis.models.runs import AnalysisRun
from analysis.protection import protect_comparison
from analysis.queries import runs as queries
from analysis.queries.cells import list_profiles, load_counts
from analysis.recording import Calculation
from analysis.services.pooled_findings import PooledFindings, describe_to
from analysis.services.pooled_findings import read_findings as read_pooled
from analysis.services.runs import RunCreate, read_run, run_analysis
from analysis.stats.results import ExperimentComparison
from experiments.grade import EvidenceGrade
from experiments.models.experiments import Experiment, ExperimentStatus
from experiments.queries.experiments import get_experiment
from experiments.queries.grades import find_grade
from experiments.queries.variants import list_variants
from lab.access import Place, Reader
from lab.errors import DomainError
from lab.models.labs import LivingLab
from lab.queries.labs import get_lab
from lab.queries.programmes import find_programme
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


@dataclass(frozen=True, slots=True)
class Assessment:
    """An experiment with what it counted, as far as advice needs it."""

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


@dataclass(frozen=True, slots=True)
class Findings:
    """A kept run with the evidence in it: exact, and as readers outside the lab may see it."""

    assessment: Assessment
    run: AnalysisRun
    evidence: Evidence
    shown: Evidence
    is_protected: bool

    def describe(self, part: ProfileEvidence, remarks: tuple[str, ...]) -> RuleEvidence:
        """Return the evidence of one rule as it is kept with it, for everybody to read."""
        return RuleEvidence(
            # The numbers in warnings are counts too.
            basis=replace(self.evidence.basis, warnings=()),
            part=show_part(self.shown, part),
            remarks=remarks,
            is_protected=self.is_protected,
        )


def show_part(shown: Evidence, part: ProfileEvidence) -> ProfileEvidence:
    """Return a part of the evidence with the numbers in what readers outside the lab may see."""
    found = shown.find_part(part.profile_id)
    if found is None:
        return withhold_numbers(part)
    # Which variant leads is what the rule says, also where its counts are withheld.
    return replace(found, verdict=part.verdict, leader=part.leader, reference=part.reference)


def assess_experiment(session: Session, experiment_id: int) -> Assessment:
    """Return what advice needs to know of an experiment, or refuse when it is too early."""
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


def find_evidence(session: Session, experiment_id: int, *, by: Reader, at: datetime) -> Findings:
    """Return the evidence in what an experiment counted, from a run that is kept."""
    assessment = assess_experiment(session, experiment_id)
    run, result = _run(session, assessment, by=by, at=at)
    basis = describe_basis(assessment, result)
    counts = assessment.counts
    exact = sum_table(counts.cells, counts.denominator)
    table = leave_exact(exact) if assessment.is_exempt else protect(exact)
    return Findings(
        assessment=assessment,
        run=run,
        evidence=gather_evidence(result, basis, assessment.profiles),
        shown=gather_evidence(protect_comparison(result, table), basis, assessment.profiles),
        is_protected=table.is_protected,
    )


def describe_basis(assessment: Assessment, result: ExperimentComparison) -> Basis:
    """Return what the evidence for all profiles of an experiment has in common."""
    experiment = assessment.experiment
    return Basis(
        estimator=ESTIMATOR,
        method_version=result.method_version,
        variants=_describe_variants(assessment.counts),
        outcome=Outcome(
            numerator_step=experiment.numerator_step,
            denominator_step=assessment.counts.denominator,
            denominator_kind=experiment.denominator_kind,
            margin=experiment.smallest_difference,
            direction=experiment.direction,
        ),
        confidence_level=result.confidence_level,
        grade=assessment.grade.grade,
        grade_reasons=tuple(assessment.grade.reasons),
        sources=(_describe_source(experiment, assessment.lab),),
        warnings=list_warnings(result),
    )


def read_exact_evidence(
    session: Session, versions: Iterable[AdviceRuleVersion], reader: Reader
) -> dict[int, RuleEvidence]:
    """Return the evidence of versions with the numbers that somebody of the own team may see.

    What rests on several labs has the numbers that this reader finds on the page of its run.
    """
    kept = [(version, read_kept(version)) for version in versions]
    numbers = {version.analysis_run_id for version, _evidence in kept}
    runs = {number: queries.get_run(session, number) for number in numbers}
    pooled: dict[int, PooledFindings] = {}
    exact = {}
    for version, evidence in kept:
        run = runs[version.analysis_run_id]
        if version.experiment_id is not None:
            exact[version.id] = _make_exact(evidence, read_run(run))
        elif evidence.is_protected:
            if run.id not in pooled:
                pooled[run.id] = read_pooled(session, run, reader)
            exact[version.id] = describe_to(evidence, pooled[run.id])
        else:
            exact[version.id] = evidence
    return exact


def _make_exact(kept: RuleEvidence, result: ExperimentComparison) -> RuleEvidence:
    basis = replace(kept.basis, warnings=list_warnings(result))
    profile = kept.part.profile
    evidence = gather_evidence(result, basis, [profile] if profile else [])
    part = evidence.find_part(kept.part.profile_id)
    return replace(kept, basis=basis, part=part, is_protected=False)


def _run(
    session: Session, assessment: Assessment, *, by: Reader, at: datetime
) -> tuple[AnalysisRun, ExperimentComparison]:
    experiment, counts = assessment.experiment, assessment.counts
    command = RunCreate(
        calculation=Calculation(ESTIMATOR, counts.cells, counts.design),
        place=assessment.place,
        experiment_id=experiment.id,
        scope={
            "filters": {},
            "numerator_step": experiment.numerator_step.value,
            "denominator_step": counts.denominator.value,
            "variant_ids": [variant.id for variant in counts.variants],
        },
    )
    return run_analysis(session, command, by=by, at=at)


def _describe_variants(counts: Counts) -> tuple[ComparedVariant, ...]:
    return tuple(
        ComparedVariant(
            name_nl=variant.name_nl,
            name_en=variant.name_en,
            channel_id=variant.channel_id,
            style_ids=variant.style_ids,
            is_control=variant.is_control,
            denominator_kind=variant.denominator_kind,
        )
        for variant in counts.variants
    )


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


def list_warnings(result: ExperimentComparison) -> tuple:
    """Return the warnings of a comparison as codes with their parameters."""
    return tuple((warned.code, warned.parameters) for warned in result.warnings)
