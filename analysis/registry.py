"""Estimators and writers of files: where each one lives; loaded at first use, as they are heavy."""

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any

ESTIMATORS = {
    "single_experiment": "analysis.stats.single_experiment:estimate_single_experiment",
    "pooled": "analysis.pooled.estimator:estimate_record",
    "backtest": "analysis.pooled.backtest.estimator:backtest",
    "pooled_file": "analysis.pooled.rows:estimate_rows",
}
# The files of a report, by how their address ends.
WRITERS = {
    "csv": "analysis.exports.csv_text:write_csv",
    "pdf": "analysis.exports.pdf:write_pdf",
    "json": "analysis.exports.json_text:write_json",
    "xlsx": "analysis.exports.excel:write_excel",
}


class UnknownEstimatorError(LookupError):
    """There is no estimator with this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"There is no estimator “{code}”. There are: {', '.join(ESTIMATORS)}.")


@lru_cache
def load_estimator(code: str) -> Callable[..., Any]:
    """Return an estimator by its code, importing its module at first use."""
    if code not in ESTIMATORS:
        raise UnknownEstimatorError(code)
    return _load(ESTIMATORS[code])


@lru_cache
def load_writer(ending: str) -> Callable[..., bytes]:
    """Return what writes a report as a file, importing its module at first use."""
    return _load(WRITERS[ending])


def _load(place: str) -> Callable[..., Any]:
    module, function = place.split(":")
    return getattr(import_module(module), function)


def warm_up() -> None:
    """Load every estimator and writer, so that nobody waits for it."""
    for code in ESTIMATORS:
        load_estimator(code)
    for ending in WRITERS:
        load_writer(ending)
