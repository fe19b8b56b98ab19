"""What people can say of advice, in words, and how often they did."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from analysis.models.feedback import AdviceFeedback, Followed, Usefulness
from analysis.queries.feedback import UseCounts
from lab import formats
from lab.labels import Labels

USEFULNESS: Labels = {
    Usefulness.YES: _l("yes, useful"),
    Usefulness.PARTLY: _l("partly useful"),
    Usefulness.NO: _l("not useful"),
}
FOLLOWED: Labels = {
    Followed.YES: _l("yes, followed"),
    Followed.PARTLY: _l("partly followed"),
    Followed.NOT_YET: _l("not yet followed"),
    Followed.NO: _l("not followed"),
}


def write_counts(counts: UseCounts) -> str:
    """Return how often advice was used, in one sentence."""
    if not counts.used:
        return _("Nobody told us yet that they used this advice.")
    return " ".join(
        (
            ngettext(
                "%(num)s user told us about it.", "%(num)s users told us about it.", counts.used
            ),
            ngettext("%(num)s said useful.", "%(num)s said useful.", counts.useful),
            ngettext("%(num)s told what happened.", "%(num)s told what happened.", counts.told),
        )
    )


def write_told_counts(feedback: AdviceFeedback) -> str:
    """Return the numbers that a user told, or nothing."""
    if feedback.offered is None:
        return ""
    if feedback.responded is None:
        return _("Sent to %(offered)s.", offered=formats.number(feedback.offered))
    return _(
        "%(responded)s of %(offered)s responded. A user told this: nobody checked it, and it is in"
        " no estimate.",
        responded=formats.number(feedback.responded),
        offered=formats.number(feedback.offered),
    )


def list_said(feedback: AdviceFeedback) -> list[str]:
    """Return what somebody ticked, in words."""
    ticked = (USEFULNESS.get(feedback.usefulness), FOLLOWED.get(feedback.followed))
    return [str(words) for words in ticked if words]
