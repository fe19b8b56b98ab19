"""Whether one person may decide on a proposal, or a second one must have agreed first."""

from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from analysis.changes import ProposalChange, find_change
from analysis.deciding import is_publishing_against, is_rejecting_against
from analysis.models.advice import AdviceRuleVersion, AskedDecision, ProposalState
from analysis.queries import advice as queries
from analysis.queries import confirmations
from analysis.summaries import compare_versions, summarise
from lab.errors import DomainError


class SecondPersonNeededError(DomainError):
    """Nobody confirmed a decision that goes against the proposal."""

    def __init__(self):
        super().__init__(
            _(
                "This goes against the proposal or against advice in force, so a second researcher"
                " must confirm it first."
            )
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
    """Tell whether a decision goes against what was proposed, or against advice per profile."""
    in_force = queries.find_published_version(session, version.advice_rule_id)
    change = compare_versions(in_force, version, at.date())
    if decision is AskedDecision.REJECT:
        # An edited version is nobody's proposal but its editor's.
        return version.edited_from_id is None and is_rejecting_against(summarise(version), change)
    proposed = version
    if version.edited_from_id is not None:
        proposed = queries.get_version(session, version.edited_from_id)
    if is_publishing_against(summarise(proposed), summarise(version), change):
        return True
    return bool(list_overruled(session, version))


def list_overruled(session: Session, version: AdviceRuleVersion) -> list[AdviceRuleVersion]:
    """Return the advice per profile that would make way for one rule for all that says otherwise.

    Whoever publishes that rule sets all of them aside at once, each with its own evidence.
    """
    rule = queries.get_rule(session, version.advice_rule_id)
    if rule.profile_id is not None or version.proposal_state is ProposalState.NOT_ENOUGH:
        return []
    said = summarise(version)
    return [
        other
        for other in queries.list_other_division(session, rule)
        if find_change(summarise(other), said) is ProposalChange.REVERSED
    ]
