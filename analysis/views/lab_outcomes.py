"""The experiments of one lab, each with its answer in a sentence, as its reader may know it."""

from dataclasses import dataclass
from functools import lru_cache

from analysis.comparison import ExperimentFacts
from analysis.queries import cells
from analysis.queries import evidence as queries
from analysis.reports.outcome import OutcomeRequest, build_outcome
from analysis.views.outcome import is_in_own_lab
from experiments.models.experiments import Experiment
from experiments.queries.grades import find_grades
from experiments.queries.variants import list_variants_of
from lab import formats
from lab.access import current_reader
from lab.db import get_session
from lab.i18n import current_language
from lab.models.labs import LivingLab
from lab.models.programmes import Programme

# More would be a list to search in, and that is the list of experiments.
MOST_OUTCOMES = 20
REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class LabOutcome:
    """One experiment of a lab, with its answer."""

    experiment_id: int
    title: str
    period: str
    grade: str
    verdict: str | None
    sentences: tuple[str, ...]


def list_lab_outcomes(lab: LivingLab, programme: Programme) -> list[LabOutcome]:
    """Return the newest experiments of a lab that are over, as far as the reader may open them."""
    session = get_session()
    readable = queries.list_open_outcomes(session, current_reader(), programme.id)
    held = queries.list_lab_experiments(session, lab.id, readable, MOST_OUTCOMES)
    is_exact = programme.is_exempt_from_suppression or is_in_own_lab()
    variants = list_variants_of(session, [one.id for one in held])
    grades = find_grades(session, held)
    return [
        _summarise(one, tuple(variants[one.id]), grades[one.id].grade.value, is_exact)
        for one in held
    ]


def _summarise(experiment: Experiment, variants: tuple, grade: str, is_exact: bool) -> LabOutcome:
    session = get_session()
    asked = OutcomeRequest(
        experiment=ExperimentFacts.of(experiment),
        variants=variants,
        stored=cells.load_stored_counts(session, experiment.id),
        profiles=tuple(cells.list_profiles(session, experiment.id)),
        is_exact=is_exact,
    )
    verdict, sentences = _answer(asked, current_language())
    return LabOutcome(
        experiment_id=experiment.id,
        title=experiment.title,
        period=formats.period(experiment.starts_on, experiment.ends_on),
        grade=grade,
        verdict=verdict,
        sentences=sentences,
    )


@lru_cache(maxsize=REMEMBERED)
def _answer(asked: OutcomeRequest, _language: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the verdict on everyone together, and the sentences that say it."""
    report = build_outcome(asked)
    return report.total.verdict, (report.headline, *report.answer)
