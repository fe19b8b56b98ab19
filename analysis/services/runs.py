"""Making calculations that are kept, and making them again."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from analysis import recording, registry
from analysis.models.runs import AnalysisRun
from analysis.queries import runs as queries
from analysis.recording import Calculation
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


def run_analysis(
    session: Session, command: RunCreate, *, by: Reader, at: datetime
) -> tuple[AnalysisRun, Any]:
    """Return a kept run with its result; the same question on the same counts is kept once."""
    calculation = command.calculation
    cells, design = calculation.write_cells(), calculation.write_design()
    scope = command.scope | {"design": design}
    result = calculate(calculation.estimator, cells, design)
    cells_sha256 = recording.hash_cells(cells)
    known = queries.list_runs_on(
        session,
        command.experiment_id,
        cells_sha256,
        calculation.estimator,
        result.method_version,
    )
    for run in known:
        if run.scope == scope:
            return run, result
    run = AnalysisRun(
        programme_id=command.place.programme_id,
        living_lab_id=command.place.living_lab_id,
        experiment_id=command.experiment_id,
        estimator=calculation.estimator,
        method_version=result.method_version,
        product_version=VERSION,
        seed=int(cells_sha256[:SEED_DIGITS], 16),
        scope=scope,
        cells=cells,
        cells_sha256=cells_sha256,
        result=recording.write_result(calculation.estimator, result),
        run_by_id=by.user_id,
        run_at=at,
    )
    session.add(run)
    session.flush()
    return run, result


def remake_run(run: AnalysisRun) -> dict:
    """Return the result of a run, made again from the cells that it kept."""
    result = calculate(run.estimator, run.cells, run.scope["design"])
    return recording.write_result(run.estimator, result)


def read_run(run: AnalysisRun) -> Any:
    """Return the result that a run kept."""
    return recording.read_result(run.estimator, run.result)


def calculate(estimator: str, cells: list, design: dict) -> Any:
    """Return what an estimator makes of cells as they are written down."""
    # The order of the cells is part of the calculation: sums of floats depend on it.
    given = recording.read_calculation(estimator, cells, design)
    return registry.load_estimator(estimator)(given.cells, given.design)
