"""Removing the runs and the advice of a programme, before its experiments go."""

from sqlalchemy import delete, select
from sqlmodel import Session, col

from analysis.models.advice import AdviceEdition, AdviceEditionRule, AdviceRule, AdviceRuleVersion
from analysis.models.runs import AnalysisDraws, AnalysisRun


def delete_advice(session: Session, programme_id: int) -> None:
    """Delete all editions, rules and runs of a programme, runs with their draws."""
    editions = select(AdviceEdition.id).where(AdviceEdition.programme_id == programme_id)
    rules = select(AdviceRule.id).where(AdviceRule.programme_id == programme_id)
    runs = select(AnalysisRun.id).where(AnalysisRun.programme_id == programme_id)
    for table, column, owners in (
        (AnalysisDraws, AnalysisDraws.run_id, runs),
        (AdviceEditionRule, AdviceEditionRule.edition_id, editions),
        (AdviceRuleVersion, AdviceRuleVersion.advice_rule_id, rules),
    ):
        session.execute(delete(table).where(col(column).in_(owners)))
    for table in (AdviceEdition, AdviceRule, AnalysisRun):
        session.execute(delete(table).where(col(table.programme_id) == programme_id))
