"""The estimators: each one's code and where it lives; loaded at first use, since they are heavy."""

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any

ESTIMATORS = {
    "single_experiment": "analysis.stats.single_experiment:estimate_single_experiment",
    "pooled": "analysis.pooled.estimator:estimate_record",
    "pooled_file": "analysis.pooled.rows:estimate_rows",
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
    module, function = ESTIMATORS[code].split(":")
    return getattr(import_module(module), function)


def warm_up() -> None:
    """Load every estimator, so that nobody waits for it."""
    for code in ESTIMATORS:
        load_estimator(code)
