"""What became of a rule from one edition to another, in sentences."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.editions import EditionChange, RuleDifference
from analysis.reports.advice import RuleCard

HEADINGS: Mapping[EditionChange, LazyString] = {
    EditionChange.ADDED: _l("Added"),
    EditionChange.REVERSED: _l("Another answer"),
    EditionChange.STRONGER: _l("Stronger"),
    EditionChange.WEAKER: _l("Weaker"),
    EditionChange.TAKEN_BACK: _l("Taken back"),
    EditionChange.REWORDED: _l("Other words"),
    EditionChange.UNCHANGED: _l("Unchanged"),
}


def write_difference(difference: RuleDifference, old: RuleCard | None, new: RuleCard | None) -> str:
    """Return what became of one rule; a card is None where its edition lacks the rule."""
    card = new or old
    who = " · ".join([card.for_whom, *card.context])
    if old is None:
        return _("%(who)s: %(advice)s This rule is new.", who=who, advice=new.advice)
    if new is None:
        return _tell_taken_back(difference, who, old)
    return _tell_both(difference.change, who, old, new)


def _tell_taken_back(difference: RuleDifference, who: str, old: RuleCard) -> str:
    reason = difference.old.version.retirement_reason
    said = _("%(who)s: it was “%(advice)s” and was taken back.", who=who, advice=old.advice)
    return f"{said} {reason}" if reason else said


def _tell_both(change: EditionChange, who: str, old: RuleCard, new: RuleCard) -> str:
    if change is EditionChange.REVERSED:
        return _(
            "%(who)s: it was “%(old)s” and is now “%(new)s”",
            who=who,
            old=old.advice,
            new=new.advice,
        )
    if change is EditionChange.REWORDED:
        return _(
            "%(who)s: the advice is the same, and when it holds is put in other words: %(words)s",
            who=who,
            words=new.conditions or "–",
        )
    if change is EditionChange.UNCHANGED:
        return _("%(who)s: %(advice)s", who=who, advice=new.advice)
    return _(
        "%(who)s: %(advice)s It was “%(before)s” with %(old)s, and is “%(after)s” with %(new)s.",
        who=who,
        advice=new.advice,
        before=old.proposal_label,
        after=new.proposal_label,
        old=old.strength.label,
        new=new.strength.label,
    )
