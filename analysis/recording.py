"""How calculations are written down and read back: cells, design and result per estimator."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from analysis.pooled.backtest import record as backtest
from analysis.pooled.design import PooledDesign
from analysis.pooled.record import PooledRecord
from analysis.stats import version
from analysis.stats.cells import Cell, ExperimentDesign
from analysis.stats.pooled import version as pooled_version
from analysis.stats.pooled.data import CellRow
from analysis.stats.results import ExperimentComparison


class Answer(NamedTuple):
    """What an estimator gave: its result, and the bytes of its draws where it makes them."""

    result: Any
    draws: bytes | None = None


@dataclass(frozen=True, slots=True)
class RecordForm:
    """What goes into an estimator and what comes out, as types that can be kept as JSON.

    method_version: of the method as this release has it. take_apart: from what the estimator
    returns to the answer that is kept.
    """

    cells: TypeAdapter
    design: TypeAdapter
    result: TypeAdapter
    method_version: str
    take_apart: Callable[[Any], Answer] = Answer


# The codes are those of `analysis.registry`.
FORMS = {
    "single_experiment": RecordForm(
        cells=TypeAdapter(tuple[Cell, ...]),
        design=TypeAdapter(ExperimentDesign),
        result=TypeAdapter(ExperimentComparison),
        method_version=version.METHOD_VERSION,
    ),
    "pooled": RecordForm(
        cells=TypeAdapter(tuple[CellRow, ...]),
        design=TypeAdapter(PooledDesign),
        result=TypeAdapter(PooledRecord),
        method_version=pooled_version.METHOD_VERSION,
        take_apart=lambda found: Answer(found.record, found.draws),
    ),
    "backtest": RecordForm(
        cells=TypeAdapter(tuple[CellRow, ...]),
        design=TypeAdapter(backtest.BacktestDesign),
        result=TypeAdapter(backtest.BacktestRecord),
        # It asks the pooled method what would have been advised.
        method_version=f"{pooled_version.METHOD_VERSION}.{backtest.METHOD_VERSION}",
    ),
}


@dataclass(frozen=True, slots=True)
class Calculation:
    """What an estimator was given."""

    estimator: str
    cells: Sequence[Any]
    design: Any

    def write_cells(self) -> list:
        """Return the cells as plain rows, in a fixed order."""
        rows = FORMS[self.estimator].cells.dump_python(tuple(self.cells), mode="json")
        return sorted((list(row) for row in rows), key=json.dumps)

    def write_design(self) -> dict:
        """Return the design as plain values."""
        written = FORMS[self.estimator].design.dump_python(self.design, mode="json")
        return _sort_sets(written, self.design)


def read_calculation(estimator: str, cells: list, design: dict) -> Calculation:
    """Return what an estimator was given, from how it was written down."""
    form = FORMS[estimator]
    return Calculation(
        estimator, form.cells.validate_python(cells), form.design.validate_python(design)
    )


def take_apart(estimator: str, found: Any) -> Answer:
    """Return what an estimator returned as a result and its draws."""
    return FORMS[estimator].take_apart(found)


def find_method_version(estimator: str) -> str | None:
    """Return the version of an estimator's method in this release, None where it has gone."""
    return FORMS[estimator].method_version if estimator in FORMS else None


def write_result(estimator: str, result: Any) -> dict:
    """Return a result as plain values."""
    # Arrays give some codes as plain text, which reads back as the same code.
    return FORMS[estimator].result.dump_python(result, mode="json", warnings=False)


def read_result(estimator: str, written: dict) -> Any:
    """Return a result from how it was written down."""
    return FORMS[estimator].result.validate_python(written)


def hash_cells(rows: list) -> str:
    """Return the hash that names a set of cells."""
    text = json.dumps(rows, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _sort_sets(written: dict, design: object) -> dict:
    # A set has no order of its own, and two writings of one design must be the same.
    return {
        name: sorted(value) if isinstance(getattr(design, name, None), frozenset) else value
        for name, value in written.items()
    }
