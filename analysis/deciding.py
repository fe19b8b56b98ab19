"""When a decision goes against a proposal, so that a second person must agree.

A second person must also agree with one rule for all where that sets aside advice in force for a
profile that says otherwise (analysis/services/agreement.py). Against a proposal goes whoever
- publishes more than it says: a variant that it does not advise, advice where it found none, or
  advice without reserve where it has some;
- publishes again what it proposes to take back for age;
- rejects it although it is clear: it advises without reserve and changes something, or it says
  that what is in force is now weaker or the other way round.
Less than is proposed (a reserve, other words) is nobody's second thought, and to reject what is
unsure or changes nothing neither. Taking back what is in force needs no second person: it may
have to be quick, and everybody can read the reason.
"""

import calendar
from datetime import date

from analysis.changes import Advised, ProposalChange
from analysis.models.advice import USUAL_MONTHS, ProposalState

RESERVE = {
    ProposalState.NOT_ENOUGH: 0,
    ProposalState.NO_DIFFERENCE: 0,
    ProposalState.TENTATIVE: 1,
    ProposalState.ADVISE: 2,
}
CLEAR = {ProposalChange.NEW, ProposalChange.STRONGER, ProposalChange.REVERSED}


def is_publishing_against(proposed: Advised, published: Advised, change: ProposalChange) -> bool:
    """Tell whether publishing a version goes against what was proposed."""
    if change is ProposalChange.RETIRED_FOR_AGE:
        return True
    if RESERVE[published.state] > RESERVE[proposed.state]:
        return True
    return published.variant is not None and published.variant != proposed.variant


def is_rejecting_against(proposed: Advised, change: ProposalChange) -> bool:
    """Tell whether rejecting goes against what was proposed."""
    if change in (ProposalChange.WEAKER, ProposalChange.REVERSED):
        return True
    return proposed.state is ProposalState.ADVISE and change in CLEAR


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, the last of the month where there is no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def find_review_date(review_on: date | None, decided_on: date | None) -> date | None:
    """Return when a version is looked at again; older versions kept no date of their own."""
    if review_on is not None or decided_on is None:
        return review_on
    return add_months(decided_on, USUAL_MONTHS)


def is_past(review_on: date | None, on: date) -> bool:
    """Tell whether a review date has gone by."""
    return review_on is not None and review_on < on
