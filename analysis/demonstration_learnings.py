"""Lessons of the demonstration: one on a real trial, the others invented like their programme."""

from datetime import datetime, timedelta

from sqlmodel import Session

from analysis.changes import ADVICE
from analysis.comparison import ExperimentFacts, compare_cells, gather_counts
from analysis.kept_evidence import read_kept
from analysis.learning_words import suggest_status
from analysis.models.learnings import (
    CheckCreate,
    Learning,
    LearningCreate,
    LearningStatus,
    LinkCreate,
    Source,
    SourceKind,
    Stance,
)
from analysis.queries import advice
from analysis.queries.cells import EVERYTHING, load_stored_counts
from analysis.queries.learnings import list_linkable, list_principles
from analysis.services.learnings import (
    add_learning,
    add_test,
    check_learning,
    link_source,
    list_offered,
)
from analysis.stats.results import Verdict
from experiments.models.experiments import Experiment
from experiments.queries.variants import list_variants
from lab.access import Reader

OLD = timedelta(days=420)
SOCIAL = LearningCreate(
    sentence_nl="Wie weet dat buren kunnen zien of je stemt, gaat vaker stemmen.",
    sentence_en="People who know that neighbours can see whether they vote, vote more often.",
    note="Uit de gepubliceerde proef van 2006; het gaat om de post en om één verkiezing.",
)
PERSONAL = LearningCreate(
    sentence_nl="Een persoonlijke brief of kaart geeft meer reacties dan een zakelijke.",
    sentence_en="A personal letter or card gives more responses than a formal one.",
)
AT_THE_DOOR = LearningCreate(
    sentence_nl="Aan de deur praten helpt ook in wijken waar weinig mensen reageren.",
    sentence_en="Talking at the door also helps in quarters where few people respond.",
)
PERSONAL_STYLE = "persoonlijk"
MOST_LINKED = 4
SOCIAL_PRINCIPLE = "laat_zien_wat_anderen_doen"
PERSONAL_PRINCIPLE = "maak_het_persoonlijk"


def add_real_learning(session: Session, trial: Experiment, programme_id: int, by: Reader, at):
    """Write down what the trial on social pressure taught, and which principle it tests."""
    learning = add_learning(session, programme_id, SOCIAL, by=by, at=at)
    why = "Brieven die de buren noemden gaven duidelijk meer stemmers dan geen brief."
    _link(session, learning, Source(SourceKind.EXPERIMENT, trial.id), Stance.SUPPORTS, why, by, at)
    note = "De uitkomst van de proef en de aantallen nagekeken."
    check = CheckCreate(status=LearningStatus.SUPPORTED, note=note)
    check_learning(session, learning.id, check, by=by, at=at)
    _test(session, programme_id, SOCIAL_PRINCIPLE, [trial], by, at)


def add_invented_learnings(session: Session, programme_id: int, by: Reader, at: datetime) -> None:
    """Write down lessons of the invented programme: one that experiments test, one grown old."""
    add_learning(session, programme_id, AT_THE_DOOR, by=by, at=at - OLD)
    learning = add_learning(session, programme_id, PERSONAL, by=by, at=at)
    told = [
        (experiment, *held)
        for experiment in list_linkable(session, by, programme_id)
        if (held := _compare_styles(session, experiment))
    ][:MOST_LINKED]
    for experiment, stance, _verdict in told:
        why = f"Zie de uitkomst van “{experiment.title}”."
        _link(session, learning, Source(SourceKind.EXPERIMENT, experiment.id), stance, why, by, at)
    for version in _list_personal_advice(session, programme_id, by):
        why = "Dit advies kiest de persoonlijke stijl."
        rule = Source(SourceKind.RULE, version.advice_rule_id)
        _link(session, learning, rule, Stance.SUPPORTS, why, by, at)
        if version.analysis_run_id in list_offered(session, programme_id, SourceKind.RUN, by):
            why = "Op dit antwoord van alle labs berust het advies."
            run = Source(SourceKind.RUN, version.analysis_run_id)
            _link(session, learning, run, Stance.SUPPORTS, why, by, at)
    status = suggest_status((stance, verdict) for _experiment, stance, verdict in told)
    check = CheckCreate(status=status, note="Nagekeken met het lab.")
    check_learning(session, learning.id, check, by=by, at=at)
    tests = [experiment for experiment, _stance, _verdict in told]
    _test(session, programme_id, PERSONAL_PRINCIPLE, tests, by, at)


def _list_personal_advice(session: Session, programme_id: int, by: Reader):
    """Return the first version in force that advises a personal style, if there is one."""
    numbers = list_offered(session, programme_id, SourceKind.RULE, by)
    for listed in advice.list_last_public(session, numbers).values():
        evidence, state = read_kept(listed.version), listed.version.proposal_state
        leader = evidence.part.leader
        if state in ADVICE and PERSONAL_STYLE in evidence.basis.variants[leader].name_nl:
            return [listed.version]
    return []


def _compare_styles(session: Session, experiment: Experiment) -> tuple[Stance, Verdict] | None:
    """Return what an experiment says of a personal style; None where it says nothing."""
    variants = list_variants(session, experiment.id)
    stored = load_stored_counts(session, experiment.id, EVERYTHING)
    counts = gather_counts(ExperimentFacts.of(experiment), variants, stored)
    total = compare_cells(counts.cells, counts.design).total
    if total.leader is None or total.verdict is Verdict.NOT_ENOUGH_DATA:
        return None
    sides = [PERSONAL_STYLE in variants[one].name_nl for one in (total.leader, total.opponent)]
    if sum(sides) != 1:
        return None
    is_better = sides[0] and total.verdict is not Verdict.NO_DIFFERENCE
    return (Stance.SUPPORTS if is_better else Stance.CONTRADICTS), total.verdict


def _link(session, learning: Learning, source: Source, stance: Stance, why: str, by, at) -> None:
    command = LinkCreate(source=str(source), stance=stance, why=why)
    link_source(session, learning.id, command, by=by, at=at)


def _test(session, programme_id, code: str, experiments, by: Reader, at: datetime) -> None:
    for principle in list_principles(session, programme_id):
        for experiment in experiments if principle.code == code else ():
            add_test(session, principle.id, experiment.id, by=by, at=at)
