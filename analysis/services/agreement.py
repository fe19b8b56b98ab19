"""Whether one person may decide on a proposal, or a second one must have agreed first."""

from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from analysis.deciding import is_publishing_against, is_rejecting_against
from analysis.models.advice import AdviceRuleVersion, AskedDecision
from analysis.queries import advice as queries
from analysis.queries import confirmations
from analysis.summaries import compare_versions, summarise
from lab.errors import DomainError


class SecondPersonNeededError(DomainError):
    """Nobody confirmed a decision that goes against the proposal."""

    def __init__(self):
        super().__init__(
            _("This goes against the proposal, so a second researcher must confirm it first.")
        )


def check_agreed(
    session: Session, version: AdviceRuleVersion, decision: AskedDecision, at: datetime
) -> None:
    """Refuse a decision against the proposal that no second person confirmed."""
    if goes_against(session, version, decision, at) and not confirmations.is_confirmed(
        session, version.id, decision
    ):
        raise SecondPersonNeededError


def goes_against(
    session: Session, version: AdviceRuleVersion, decision: AskedDecision, at: datetime
) -> bool:
    """Tell whether a decision goes against what was proposed."""
    in_force = queries.find_published_version(session, version.advice_rule_id)
    change = compare_versions(in_force, version, at.date())
    if decision is AskedDecision.REJECT:
        # An edited version is nobody's proposal but its editor's.
        return version.edited_from_id is None and is_rejecting_against(summarise(version), change)
    proposed = version
    if version.edited_from_id is not None:
        proposed = queries.get_version(session, version.edited_from_id)
    return is_publishing_against(summarise(proposed), summarise(version), change)
