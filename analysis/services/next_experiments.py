"""What to test next: worked out from a kept run, and written down as an experiment to plan."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from analysis.evidence_names import join
from analysis.models.runs import AnalysisRun
from analysis.pooled.evidence import list_style_ids
from analysis.pooled.outlook import NextDesign, NextRecord, plan_next
from analysis.pooled.record import PooledRecord
from analysis.pooled.scope import Scope
from analysis.pooled.selection import EVERYONE
from analysis.queries.runs import find_draws
from analysis.services.pooled_findings import read_rows, read_scope
from analysis.services.runs import read_run
from experiments.models.experiments import (
    AssignmentUnit,
    DesignType,
    Direction,
    Experiment,
    ExperimentCreate,
    Purpose,
    VariantCreate,
)
from experiments.services.experiments import add_experiment
from experiments.services.variants import add_variant
from lab.access import Reader
from lab.models.labels import DenominatorKind

LONGEST_TITLE = 200
UNITS = {
    DenominatorKind.HOUSEHOLDS: AssignmentUnit.HOUSEHOLD,
    DenominatorKind.DOORS: AssignmentUnit.HOUSEHOLD,
    DenominatorKind.LETTERS: AssignmentUnit.HOUSEHOLD,
}


@dataclass(frozen=True, slots=True)
class DraftText:
    """The words of a draft: names of its variants, what it asks and expects, and where it stands.

    evidence: the address of the evidence that it follows from.
    """

    variants: tuple[str, ...]
    ask: str
    expects: str
    evidence: str


def find_next(session: Session, run: AnalysisRun) -> NextRecord | None:
    """Return what to hold next after a kept run; None where nothing in it can be ranked."""
    draws = find_draws(session, run.id)
    if draws is None:
        return None
    scope = read_scope(run)
    return plan_next(read_run(run), draws.content, read_rows(run, scope), scope.outcome.direction)


def draft_experiment(
    session: Session,
    run: AnalysisRun,
    design: NextDesign,
    text: DraftText,
    living_lab_id: int,
    *,
    by: Reader,
    at: datetime,
) -> Experiment:
    """Write down an experiment that compares what a design does, as an idea in a lab."""
    scope, record = read_scope(run), read_run(run)
    experiment = add_experiment(
        session, living_lab_id, _describe(scope, design, text), by=by, at=at
    )
    for number, place in enumerate(design.variants):
        command = _describe_variant(record, place, scope, design, is_control=number == 0)
        add_variant(session, experiment.id, command, by=by, at=at)
    return experiment


def _describe(scope: Scope, design: NextDesign, text: DraftText) -> ExperimentCreate:
    profiles = [int(code) for code in design.profiles if code != EVERYONE]
    outcome = scope.outcome
    return ExperimentCreate(
        title=_write_title(text),
        question=text.ask,
        hypothesis=text.expects,
        sources=_("Follows from: %(address)s", address=text.evidence),
        issue_type_id=scope.issue_type_id,
        phase_id=scope.phase_id,
        segmentation_model_id=scope.segmentation_model_id if profiles else None,
        is_without_profiles=not profiles,
        purpose=Purpose.RESEARCH,
        design_type=DesignType.RANDOMISED,
        assignment_unit=UNITS.get(outcome.denominator_kind, AssignmentUnit.PERSON),
        numerator_step=outcome.numerator_step,
        denominator_step=outcome.denominator_step,
        denominator_kind=outcome.denominator_kind,
        direction=Direction(outcome.direction.value),
        smallest_difference=scope.margin,
        profile_ids=profiles,
    )


def _write_title(text: DraftText) -> str:
    first, *others = text.variants
    title = _("%(others)s against %(first)s", others=join(others), first=first)
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def _describe_variant(
    record: PooledRecord, place: int, scope: Scope, design: NextDesign, *, is_control: bool
) -> VariantCreate:
    channel, style = record.variants[place]
    return VariantCreate(
        channel_id=int(channel),
        style_ids=list(list_style_ids(style)),
        share=1 / len(design.variants),
        denominator_kind=scope.outcome.denominator_kind,
        is_control=is_control,
    )
