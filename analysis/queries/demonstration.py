"""Removing the runs and the advice of a programme, before its experiments go."""

from sqlalchemy import delete, select
from sqlmodel import Session, col

from analysis.models.advice import (
    AdviceConfirmation,
    AdviceEdition,
    AdviceEditionRule,
    AdviceRule,
    AdviceRuleVersion,
)
from analysis.models.feedback import AdviceFeedback, AdviceUse, AdviceUseVersion
from analysis.models.learnings import (
    ExperimentPrinciple,
    Learning,
    LearningChange,
    LearningLink,
)
from analysis.models.preferences import StatedPreference
from analysis.models.runs import AnalysisDraws, AnalysisRun
from lab.models.labels import DesignPrinciple


def delete_advice(session: Session, programme_id: int) -> None:
    """Delete all that a programme's advice is made of and what was said of it, with all runs."""
    editions = select(AdviceEdition.id).where(AdviceEdition.programme_id == programme_id)
    rules = select(AdviceRule.id).where(AdviceRule.programme_id == programme_id)
    versions = select(AdviceRuleVersion.id).where(col(AdviceRuleVersion.advice_rule_id).in_(rules))
    runs = select(AnalysisRun.id).where(AnalysisRun.programme_id == programme_id)
    uses = select(AdviceUse.id).where(AdviceUse.programme_id == programme_id)
    for table, column, owners in (
        (AdviceFeedback, AdviceFeedback.advice_use_id, uses),
        (AdviceUseVersion, AdviceUseVersion.advice_use_id, uses),
        (AdviceUse, AdviceUse.id, uses),
        (AnalysisDraws, AnalysisDraws.run_id, runs),
        (AdviceEditionRule, AdviceEditionRule.edition_id, editions),
        (AdviceConfirmation, AdviceConfirmation.version_id, versions),
        (AdviceRuleVersion, AdviceRuleVersion.advice_rule_id, rules),
    ):
        session.execute(delete(table).where(col(column).in_(owners)))
    learnings = select(Learning.id).where(Learning.programme_id == programme_id)
    principles = select(DesignPrinciple.id).where(DesignPrinciple.programme_id == programme_id)
    for table in (LearningLink, LearningChange):
        session.execute(delete(table).where(col(table.learning_id).in_(learnings)))
    tested = col(ExperimentPrinciple.design_principle_id).in_(principles)
    session.execute(delete(ExperimentPrinciple).where(tested))
    for table in (StatedPreference, Learning, AdviceEdition, AdviceRule, AnalysisRun):
        session.execute(delete(table).where(col(table.programme_id) == programme_id))
