"""What a pooled run found, as evidence for advice: exact, and as others may see it."""

from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter
from sqlmodel import Session

from analysis.evidence import Evidence, ProfileEvidence, RuleEvidence, withhold_numbers
from analysis.models.runs import AnalysisRun
from analysis.pooled.evidence import gather_pooled_evidence
from analysis.pooled.record import PooledRecord
from analysis.pooled.scope import SCOPE, Scope
from analysis.pooled.selection import NAMES
from analysis.pooled.turning import read_outcome
from analysis.protection import DECIMALS
from analysis.queries.advice import RuleSubject
from analysis.queries.evidence import list_open_outcomes
from analysis.reports.evidence.protection import Shown, show_evidence
from analysis.services.runs import read_run
from analysis.stats.pooled.data import CellRow
from experiments.models.experiments import ExperimentStatus
from experiments.queries.experiments import list_statuses_on
from lab.access import PUBLIC, Action, Place, Reader
from lab.models.programmes import Programme, ProgrammeKind
from lab.queries.programmes import find_programme

ROWS = TypeAdapter(tuple[CellRow, ...])
# Figures of the pooled model, which say no more than a tenth of a percentage point to outsiders.
FIGURES = ("difference", "lower", "upper", "probability_better", "near_best", "expected_loss")


@dataclass(frozen=True, slots=True)
class PooledFindings:
    """A kept run with the evidence in it: exact, and as its reader may see it.

    public: the counts of each experiment, as far as this reader may see them.
    """

    run: AnalysisRun
    scope: Scope
    record: PooledRecord
    evidence: Evidence
    shown: Evidence
    is_protected: bool
    public: Shown

    @property
    def place(self) -> Place:
        """Return where the run belongs."""
        return Place(self.run.programme_id, self.run.living_lab_id)

    def describe(self, part: ProfileEvidence, remarks: tuple[str, ...]) -> RuleEvidence:
        """Return the evidence of one rule as it is kept with it, for everybody to read."""
        shown = part if not self.is_protected else self._protect(part)
        return RuleEvidence(self.evidence.basis, shown, remarks, self.is_protected)

    def _protect(self, part: ProfileEvidence) -> ProfileEvidence:
        shown = self.shown.find_part(part.profile_id)
        if shown is None or shown.leader is None:
            return withhold_numbers(part)
        # What is advised is told to everybody; how it compares with what is withheld is not.
        return replace(
            _round(shown), verdict=part.verdict, leader=part.leader, reference=part.reference
        )


def read_findings(session: Session, run: AnalysisRun, reader: Reader = PUBLIC) -> PooledFindings:
    """Return what a kept run found: exact, and as its page shows it to a reader."""
    known_labs = find_known_labs(find_programme(session, run.programme_id), reader)
    return show_findings(run, read_run(run), known_labs, list_unpublished(session, run, reader))


def show_findings(
    run: AnalysisRun,
    record: PooledRecord,
    known_labs: frozenset[str] | None,
    unpublished: frozenset[str],
) -> PooledFindings:
    """Return what a run found, as somebody may see it who knows the counts of some labs.

    record: the result of the run, which may have been made again from its cells.
    """
    scope = read_scope(run)
    names = NAMES.validate_python(run.scope["names"])
    shown = show_evidence(record, read_rows(run, scope), known_labs, unpublished)
    return PooledFindings(
        run=run,
        scope=scope,
        record=record,
        evidence=gather_pooled_evidence(record, scope, names),
        shown=gather_pooled_evidence(shown.record, scope, names),
        is_protected=shown.is_protected,
        public=shown,
    )


def find_known_labs(programme: Programme, reader: Reader) -> frozenset[str] | None:
    """Return the labs of which a reader knows the exact counts, None for all."""
    if programme.is_exempt_from_suppression:
        return None
    return frozenset(str(number) for number in reader.labs_where(Action.READ_OUTCOME))


def list_unpublished(session: Session, run: AnalysisRun, reader: Reader) -> frozenset[str]:
    """Return the experiments of which a reader may not know the own result."""
    programme = find_programme(session, run.programme_id)
    if programme.kind is not ProgrammeKind.OWN or run.living_lab_id is not None:
        return frozenset()
    open_outcomes = list_open_outcomes(session, reader, run.programme_id)
    return frozenset(run.scope["names"]["experiments"]) - set(map(str, open_outcomes))


def list_unpublished_on(session: Session, run: AnalysisRun, at: datetime) -> frozenset[str]:
    """Return the experiments of which the public could not know the own result at a moment."""
    programme = find_programme(session, run.programme_id)
    if programme.kind is not ProgrammeKind.OWN or run.living_lab_id is not None:
        return frozenset()
    codes = frozenset(run.scope["names"]["experiments"])
    statuses = list_statuses_on(session, [int(one) for one in codes], at)
    return codes - {
        str(one) for one, status in statuses.items() if status is ExperimentStatus.PUBLISHED
    }


def read_rows(run: AnalysisRun, scope: Scope) -> tuple[CellRow, ...]:
    """Return the cells of a pooled run, with the responses that were counted."""
    return read_outcome(ROWS.validate_python(run.cells), scope.outcome.direction)


def read_scope(run: AnalysisRun) -> Scope:
    """Return what a pooled run looked at."""
    return SCOPE.validate_python(run.scope["scope"])


def find_subject(scope: Scope) -> RuleSubject:
    """Return what the rules are about that a scope leads to."""
    return RuleSubject(
        scope.programme_id, scope.segmentation_model_id, scope.issue_type_id, scope.phase_id
    )


def describe_to(kept: RuleEvidence, findings: PooledFindings) -> RuleEvidence:
    """Return kept evidence with the numbers that the reader of the findings may see."""
    part = findings.evidence.find_part(kept.part.profile_id)
    if part is None:
        return kept
    described = findings.describe(part, kept.remarks)
    return replace(kept, part=described.part, is_protected=described.is_protected)


def _round(part: ProfileEvidence) -> ProfileEvidence:
    return replace(
        part,
        rates=tuple(
            replace(
                rate,
                rate=_shorten(rate.rate),
                ci_lower=_shorten(rate.ci_lower),
                ci_upper=_shorten(rate.ci_upper),
                new_lab_rate=_shorten_both(rate.new_lab_rate),
            )
            for rate in part.rates
        ),
        new_lab_rate=_shorten_both(part.new_lab_rate),
        new_lab_difference=_shorten_both(part.new_lab_difference),
        **{name: _shorten(getattr(part, name)) for name in FIGURES},
    )


def _shorten(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)


def _shorten_both(limits: tuple[float, float] | None) -> tuple[float, float] | None:
    return limits and (round(limits[0], DECIMALS), round(limits[1], DECIMALS))
