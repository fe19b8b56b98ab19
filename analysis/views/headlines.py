"""What an experiment found, in one sentence, on pages about something else."""

from dataclasses import dataclass
from functools import lru_cache

from sqlmodel import Session

from analysis.comparison import ExperimentFacts
from analysis.queries import cells as queries
from analysis.queries.cells import EVERYTHING
from analysis.queries.learnings import WITH_OUTCOME
from analysis.reports.outcome import OutcomeRequest, build_outcome
from analysis.stats.results import Verdict
from experiments.models.experiments import Experiment
from experiments.queries.variants import list_variants
from lab.access import TABLE, Action, Place, Reader, may
from lab.i18n import current_language

REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Headline:
    """The verdict on everyone together, with the sentence that says it."""

    verdict: Verdict | None
    sentence: str


def find_headline(session: Session, reader: Reader, experiment: Experiment) -> Headline | None:
    """Return what an experiment found, as its own page says it; None where it may not be read."""
    _experiment, lab, programme = queries.get_subject(session, experiment.id)
    is_published = experiment.status == WITH_OUTCOME[-1]
    place = Place(programme.id, lab.id, is_published)
    if experiment.status not in WITH_OUTCOME or not may(reader, Action.READ_OUTCOME, place):
        return None
    is_own = bool(reader.roles_at(place) & TABLE[Action.READ_OUTCOME].own)
    asked = OutcomeRequest(
        experiment=ExperimentFacts.of(experiment),
        variants=tuple(list_variants(session, experiment.id)),
        stored=queries.load_stored_counts(session, experiment.id, EVERYTHING),
        profiles=tuple(queries.list_profiles(session, experiment.id)),
        is_exact=programme.is_exempt_from_suppression or is_own,
    )
    return _build(asked, current_language())


@lru_cache(maxsize=REMEMBERED)
def _build(asked: OutcomeRequest, _language: str) -> Headline:
    report = build_outcome(asked)
    held = report.total.verdict
    return Headline(Verdict(held) if held else None, report.headline)
