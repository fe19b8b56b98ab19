"""Making a kept run again, and comparing what comes out with what was kept."""

from dataclasses import dataclass

from analysis import recording
from analysis.models.runs import AnalysisRun
from analysis.pooled.likeness import Likeness, compare_draws, compare_results
from analysis.recording import Answer
from analysis.services.runs import remake_answer
from analysis.stats.pooled.threads import one_thread

# What numbers may differ on another machine or with another release of a library.
TOLERANCE = 1e-6
DIFFERENT, NO_RUN, OTHER_METHOD = 1, 2, 3


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run as it was read, with the bytes of its draws."""

    run: AnalysisRun
    draws: bytes | None


def remake(run: AnalysisRun) -> Answer:
    """Return what a run gives when it is made again in the same way."""
    with one_thread():
        return remake_answer(run)


def compare(kept: KeptRun, answer: Answer) -> Likeness:
    """Return how alike a kept run and a new answer are, result and draws."""
    result = recording.write_result(kept.run.estimator, answer.result)
    of_result = compare_results(kept.run.result, result)
    of_draws = compare_draws(kept.draws, answer.draws)
    if of_result.are_same and of_draws.are_same:
        return of_result
    largest = max((of_result, of_draws), key=lambda one: one.largest)
    return largest._replace(are_same=False)
