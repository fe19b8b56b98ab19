"""Making calculations that are kept, and making them again."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from analysis import recording, registry
from analysis.models.runs import AnalysisDraws, AnalysisRun
from analysis.queries import runs as queries
from analysis.recording import Answer, Calculation
from lab.access import Place, Reader
from lab.version import VERSION

SEED_DIGITS = 7


@dataclass(frozen=True, slots=True)
class RunCreate:
    """A calculation to make: what it looks at, and what its estimator is given."""

    calculation: Calculation
    place: Place
    experiment_id: int | None = None
    # What was asked, for people: filters, steps, and the numbers of variants in order.
    scope: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """A calculation as it is written down, before it is made."""

    estimator: str
    method_version: str
    cells: list
    cells_sha256: str
    scope: dict

    @classmethod
    def of(cls, command: RunCreate) -> "WrittenQuestion":
        """Return a calculation to make as it is kept."""
        calculation = command.calculation
        cells = calculation.write_cells()
        return cls(
            calculation.estimator,
            recording.find_method_version(calculation.estimator),
            cells,
            recording.hash_cells(cells),
            command.scope | {"design": calculation.write_design()},
        )

    @property
    def seed(self) -> int:
        """Return the seed that was asked for, else one that the cells make."""
        return self.scope["design"].get("seed", int(self.cells_sha256[:SEED_DIGITS], 16))

    def answer(self, **how: Any) -> Answer:
        """Return what the estimator makes of it; how: what else the estimator takes."""
        return calculate(self.estimator, self.cells, self.scope["design"], **how)


def run_analysis(
    session: Session, command: RunCreate, *, by: Reader, at: datetime
) -> tuple[AnalysisRun, Any]:
    """Return a kept run with its result; the same question on the same counts is kept once."""
    question = WrittenQuestion.of(command)
    known = find_run(session, command, question)
    if known:
        return known, read_run(known)
    answer = question.answer()
    return keep_run(session, command, question, answer, by=by, at=at), answer.result


def find_run(session: Session, command: RunCreate, question: WrittenQuestion) -> AnalysisRun | None:
    """Return the run that answered a question on the same counts by the same method."""
    known = queries.list_runs_on(
        session,
        command.experiment_id,
        question.cells_sha256,
        question.estimator,
        question.method_version,
    )
    place = command.place.living_lab_id
    # A lab's own run is not there for others, who may ask the same once it is published.
    same = (run for run in known if run.scope == question.scope and run.living_lab_id == place)
    return next(same, None)


def keep_run(
    session: Session,
    command: RunCreate,
    question: WrittenQuestion,
    answer: Answer,
    *,
    by: Reader,
    at: datetime,
) -> AnalysisRun:
    """Keep an answer with its draws; where somebody else kept it meanwhile, return that run."""
    known = find_run(session, command, question)
    if known:
        return known
    run = AnalysisRun(
        programme_id=command.place.programme_id,
        living_lab_id=command.place.living_lab_id,
        experiment_id=command.experiment_id,
        estimator=question.estimator,
        method_version=question.method_version,
        product_version=VERSION,
        seed=question.seed,
        scope=question.scope,
        cells=question.cells,
        cells_sha256=question.cells_sha256,
        result=recording.write_result(question.estimator, answer.result),
        run_by_id=by.user_id,
        run_at=at,
    )
    session.add(run)
    session.flush()
    if answer.draws is not None:
        session.add(AnalysisDraws(run_id=run.id, content=answer.draws))
        session.flush()
    return run


def remake_run(run: AnalysisRun) -> dict:
    """Return the result of a run, made again from the cells that it kept."""
    return recording.write_result(run.estimator, remake_answer(run).result)


def remake_answer(run: AnalysisRun) -> Answer:
    """Return what this release makes of the cells that a run kept."""
    return calculate(run.estimator, run.cells, run.scope["design"])


def read_run(run: AnalysisRun) -> Any:
    """Return the result that a run kept."""
    return recording.read_result(run.estimator, run.result)


def calculate(estimator: str, cells: list, design: dict, **how: Any) -> Answer:
    """Return what an estimator makes of cells as they are written down."""
    # The order of the cells is part of the calculation: sums of floats depend on it.
    given = recording.read_calculation(estimator, cells, design)
    found = registry.load_estimator(estimator)(given.cells, given.design, **how)
    return recording.take_apart(estimator, found)
