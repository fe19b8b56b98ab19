"""Pooled runs: gathering what a question is about, and keeping what came of it."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from pydantic import TypeAdapter
from sqlmodel import Session

from analysis.models.runs import AnalysisRun
from analysis.pooled.design import PooledDesign
from analysis.pooled.scope import SCOPE, Scope
from analysis.pooled.selection import NAMES, NOT_USED, Selection
from analysis.queries.pooled import select_cells
from analysis.recording import Answer, Calculation
from analysis.services.runs import RunCreate, WrittenQuestion, find_run, keep_run
from analysis.stats.pooled.data import BIAS_SD
from lab.access import Action, Place, Reader, may
from lab.errors import DomainError
from lab.models.programmes import ProgrammeKind
from lab.queries.programmes import find_programme
from lab.services.audit import record

ESTIMATOR = "pooled"
# Of a profile and a variant; time and memory grow with them, more than with counts.
MOST_COMBINATIONS = 3000


class NothingToEstimateError(DomainError):
    """No experiment in the scope counted anything that can be compared."""

    def __init__(self):
        super().__init__(
            _("No experiment of this choice has counts that can be compared. Choose more widely.")
        )


class OneOtherLabError(NothingToEstimateError):
    """Only one lab counted what is asked, and it has not published that yet."""

    def __init__(self):
        DomainError.__init__(
            self,
            _(
                "Only one lab counted this, and it has not published it yet. "
                "Choose more widely, or ask that lab."
            ),
        )


class TooMuchToEstimateError(NothingToEstimateError):
    """So many variants and profiles that one answer would keep all others waiting."""

    def __init__(self):
        DomainError.__init__(
            self,
            _("This asks about too many variants and profiles at once. Choose more narrowly."),
        )


@dataclass(frozen=True, slots=True)
class PooledRunCreate:
    """A question to all experiments of a scope.

    with_influence: whether to look what changes without each lab and experiment, which takes long.
    """

    scope: Scope
    seed: int = 1
    with_influence: bool = False

    @property
    def place(self) -> Place:
        """Return where it is asked."""
        return Place(self.scope.programme_id, self.scope.living_lab_id)


QUESTION = TypeAdapter(PooledRunCreate)


@dataclass(frozen=True, slots=True)
class PooledQuestion:
    """A question with its cells, as it goes to the estimator and into the database."""

    command: RunCreate
    written: WrittenQuestion

    def find_run(self, session: Session) -> AnalysisRun | None:
        """Return the run that answered it already."""
        return find_run(session, self.command, self.written)


def find_run_place(session: Session, scope: Scope, selection: Selection) -> Place:
    """Return where a run would belong: to all labs, or to the one whose own result it would be.

    All that is asked, read, listed and proposed goes by this place.
    """
    kind = find_programme(session, scope.programme_id).kind
    # What is published elsewhere or made up is nobody's own.
    owner = selection.owner if kind is ProgrammeKind.OWN else None
    return Place(scope.programme_id, scope.living_lab_id or owner)


def count_combinations(selection: Selection) -> int:
    """Return how many variants there are, for each of the profiles that were counted."""
    variants = {(row.channel, row.style) for row in selection.rows}
    return len(variants) * len({row.profile for row in selection.rows})


def gather_question(session: Session, command: PooledRunCreate, by: Reader) -> PooledQuestion:
    """Return a question with the cells of its scope; without a person, the installation asks."""
    scope = command.scope
    selection = select_cells(session, scope)
    if not selection.is_answerable:
        raise NothingToEstimateError
    place = find_run_place(session, scope, selection)
    if by.is_signed_in and not may(by, Action.RUN_ANALYSIS, place):
        raise OneOtherLabError
    if count_combinations(selection) > MOST_COMBINATIONS:
        raise TooMuchToEstimateError
    design = PooledDesign(
        margin=scope.margin,
        profiles=selection.asked,
        direction=scope.outcome.direction,
        seed=command.seed,
        with_influence=command.with_influence,
        in_time=selection.in_time,
        biased=selection.biased,
        bias_sd=BIAS_SD if selection.biased else 0.0,
    )
    run = RunCreate(
        calculation=Calculation(ESTIMATOR, selection.rows, design),
        place=place,
        scope={
            "scope": SCOPE.dump_python(scope, mode="json"),
            "asked": list(selection.asked),
            "names": NAMES.dump_python(selection.names, mode="json"),
            "not_used": NOT_USED.dump_python(selection.not_used, mode="json"),
        },
    )
    return PooledQuestion(run, WrittenQuestion.of(run))


def run_pooled(
    session: Session, command: PooledRunCreate, *, by: Reader, at: datetime
) -> AnalysisRun:
    """Return the kept run of a question, made now where it was not made before."""
    question = gather_question(session, command, by)
    known = question.find_run(session)
    return known or keep_pooled(session, question, question.written.answer(), by=by, at=at)


def keep_pooled(
    session: Session, question: PooledQuestion, answer: Answer, *, by: Reader, at: datetime
) -> AnalysisRun:
    """Keep an answer, and that somebody asked for it."""
    run = keep_run(session, question.command, question.written, answer, by=by, at=at)
    record(
        session,
        by=by,
        at=at,
        action="run_analysis",
        subject="analysis_run",
        subject_id=run.id,
        place=question.command.place,
        estimator=ESTIMATOR,
        cells_sha256=run.cells_sha256,
        seed=run.seed,
    )
    return run
