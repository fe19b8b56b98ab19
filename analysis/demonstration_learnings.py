"""Lessons of the demonstration: one on a real trial, the others invented like their programme."""

from datetime import datetime, timedelta

from sqlmodel import Session

from analysis.models.learnings import (
    CheckCreate,
    Learning,
    LearningCreate,
    LearningStatus,
    LinkCreate,
    Stance,
)
from analysis.queries.learnings import list_linkable, list_principles
from analysis.services.learnings import add_learning, add_test, check_learning, link_experiment
from experiments.models.experiments import Experiment
from lab.access import Reader

OLD = timedelta(days=420)
SOCIAL = LearningCreate(
    sentence_nl="Wie weet dat buren kunnen zien of je stemt, gaat vaker stemmen.",
    sentence_en="People who know that neighbours can see whether they vote, vote more often.",
    note="Uit de gepubliceerde proef van 2006; het gaat om de post en om één verkiezing.",
)
INVENTED = (
    (
        "Een persoonlijke brief geeft meer reacties dan een zakelijke.",
        "A personal letter gives more responses than a formal one.",
        (Stance.SUPPORTS, Stance.CONTRADICTS),
        LearningStatus.MIXED,
    ),
    (
        "Aan de deur praten helpt ook in wijken waar weinig mensen reageren.",
        "Talking at the door also helps in quarters where few people respond.",
        (Stance.SUPPORTS,),
        LearningStatus.PROPOSED,
    ),
)
SOCIAL_PRINCIPLE = "laat_zien_wat_anderen_doen"
PERSONAL_PRINCIPLE = "maak_het_persoonlijk"


def add_real_learning(session: Session, trial: Experiment, programme_id: int, by: Reader, at):
    """Write down what the trial on social pressure taught, and which principle it tests."""
    learning = add_learning(session, programme_id, SOCIAL, by=by, at=at)
    why = "Brieven die de buren noemden gaven duidelijk meer stemmers dan geen brief."
    _link(session, learning, trial.id, Stance.SUPPORTS, why, by, at)
    note = "De uitkomst van de proef en de aantallen nagekeken."
    check = CheckCreate(status=LearningStatus.SUPPORTED, note=note)
    check_learning(session, learning.id, check, by=by, at=at)
    _test(session, programme_id, SOCIAL_PRINCIPLE, [trial], by, at)


def add_invented_learnings(session: Session, programme_id: int, by: Reader, at: datetime) -> None:
    """Write down lessons of the invented programme: one that is mixed, one that grew old."""
    experiments = list_linkable(session, by, programme_id)
    for number, (dutch, english, stances, status) in enumerate(INVENTED):
        moment = at - number * OLD
        command = LearningCreate(sentence_nl=dutch, sentence_en=english)
        learning = add_learning(session, programme_id, command, by=by, at=moment)
        for stance, experiment in zip(stances, experiments, strict=False):
            why = f"Zie de uitkomst van “{experiment.title}”."
            _link(session, learning, experiment.id, stance, why, by, moment)
        check = CheckCreate(status=status, note="Nagekeken met het lab.")
        check_learning(session, learning.id, check, by=by, at=moment)
    _test(session, programme_id, PERSONAL_PRINCIPLE, experiments[:2], by, at)


def _link(session, learning: Learning, experiment_id, stance: Stance, why: str, by, at) -> None:
    command = LinkCreate(experiment_id=experiment_id, stance=stance, why=why)
    link_experiment(session, learning.id, command, by=by, at=at)


def _test(session, programme_id, code: str, experiments, by: Reader, at: datetime) -> None:
    for principle in list_principles(session, programme_id):
        for experiment in experiments if principle.code == code else ():
            add_test(session, principle.id, experiment.id, by=by, at=at)
