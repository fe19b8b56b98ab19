"""To which programme and lab the numbers in addresses about advice lead."""

from dataclasses import replace

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from analysis.models.advice import AdviceRule, AdviceRuleVersion
from analysis.models.feedback import AdviceFeedback, AdviceUse
from analysis.models.learnings import Learning, LearningLink
from analysis.models.preferences import StatedPreference
from analysis.models.runs import AnalysisRun
from experiments.models.experiments import Experiment, ExperimentStatus
from lab.access import Place
from lab.models.labels import DesignPrinciple
from lab.queries.places import find_lab_place, find_programme_place

# Built once: making such a statement costs more than running it. The cells and the result of a run
# are heavy, and a page may not need them.
RUN_PLACE = select(AnalysisRun.programme_id, AnalysisRun.living_lab_id).where(
    AnalysisRun.id == bindparam("run_id")
)


def find_rule_place(session: Session, rule_id: int) -> Place | None:
    """Return the place of a rule: its programme."""
    rule = session.get(AdviceRule, rule_id)
    return rule and find_programme_place(session, rule.programme_id)


def find_version_place(session: Session, version_id: int) -> Place | None:
    """Return the place of a version: the lab whose evidence it rests on, or its programme."""
    version = session.get(AdviceRuleVersion, version_id)
    if version is None:
        return None
    if version.living_lab_id is None:
        return find_rule_place(session, version.advice_rule_id)
    return find_lab_place(session, version.living_lab_id)


def find_run_place(session: Session, run_id: int) -> Place | None:
    """Return the place of a calculation: its lab, or the programme when it looks further."""
    found = session.exec(RUN_PLACE, params={"run_id": run_id}).first()
    if found is None:
        return None
    programme_id, living_lab_id = found
    if living_lab_id is None:
        return find_programme_place(session, programme_id)
    return find_lab_place(session, living_lab_id)


def find_learning_place(session: Session, learning_id: int) -> Place | None:
    """Return the place of a lesson: its programme, public when all that it rests on is."""
    learning = session.get(Learning, learning_id)
    place = learning and find_programme_place(session, learning.programme_id)
    if place is None or place.is_published:
        return place
    statement = (
        select(LearningLink.analysis_run_id, Experiment.status)
        .outerjoin(Experiment, col(Experiment.id) == LearningLink.experiment_id)
        .where(LearningLink.learning_id == learning_id)
    )
    held = list(session.exec(statement))
    # A rule that was ever in force is public; a run of own work is for those who work there.
    are_open = all(
        run_id is None and status in (None, ExperimentStatus.PUBLISHED) for run_id, status in held
    )
    return replace(place, is_published=bool(held) and are_open)


def find_principle_place(session: Session, principle_id: int) -> Place | None:
    """Return the place of a design principle: its programme."""
    principle = session.get(DesignPrinciple, principle_id)
    return principle and find_programme_place(session, principle.programme_id)


def find_feedback_place(session: Session, feedback_id: int) -> Place | None:
    """Return the place of what a user told: the programme of the advice."""
    statement = (
        select(AdviceUse.programme_id)
        .join(AdviceFeedback, AdviceFeedback.advice_use_id == AdviceUse.id)
        .where(AdviceFeedback.id == feedback_id)
    )
    programme_id = session.exec(statement).first()
    return programme_id and find_programme_place(session, programme_id)


def find_preference_place(session: Session, preference_id: int) -> Place | None:
    """Return the place of a stated preference: its programme."""
    found = session.get(StatedPreference, preference_id)
    return found and find_programme_place(session, found.programme_id)


FINDERS = {
    "preference_id": find_preference_place,
    "feedback_id": find_feedback_place,
    "rule_id": find_rule_place,
    "version_id": find_version_place,
    "run_id": find_run_place,
    "learning_id": find_learning_place,
    "principle_id": find_principle_place,
}
