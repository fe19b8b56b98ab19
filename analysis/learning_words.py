"""What is said of learnings: how they stand, how old they are, what would fit their experiments."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.models.learnings import ChangeKind, Learning, LearningStatus, SourceKind, Stance
from analysis.stats.results import Verdict
from lab import formats
from lab.i18n import current_language

STATUSES: Mapping[LearningStatus, LazyString] = {
    LearningStatus.PROPOSED: _l("proposed"),
    LearningStatus.SUPPORTED: _l("supported"),
    LearningStatus.MIXED: _l("mixed"),
    LearningStatus.CONTRADICTED: _l("contradicted"),
    LearningStatus.RETIRED: _l("no longer used"),
}
STANCES: Mapping[Stance, LazyString] = {
    Stance.SUPPORTS: _l("It speaks for the lesson"),
    Stance.CONTRADICTS: _l("It speaks against the lesson"),
}
SOURCES: Mapping[SourceKind, LazyString] = {
    SourceKind.EXPERIMENT: _l("experiment"),
    SourceKind.RUN: _l("answer of all labs"),
    SourceKind.RULE: _l("advice"),
}
CHANGES: Mapping[ChangeKind, LazyString] = {
    ChangeKind.ADDED: _l("added"),
    ChangeKind.CHANGED: _l("said in other words"),
    ChangeKind.CHECKED: _l("checked"),
    ChangeKind.LINKED: _l("linked"),
    ChangeKind.UNLINKED: _l("link taken away"),
}
# A lesson that nobody looked at for longer is told to be old.
STALE_AFTER = timedelta(days=365)


def tell_sentence(learning) -> str:
    """Return a learning in the language being spoken, or in the one that it was written in."""
    english = learning.sentence_en if current_language() == "en" else ""
    return english or learning.sentence_nl


def suggest_status(found: Iterable[tuple[Stance, Verdict | None]]) -> LearningStatus:
    """Return the status that fits the experiments; those without a verdict say nothing."""
    known = {stance for stance, verdict in found if verdict not in (None, Verdict.NOT_ENOUGH_DATA)}
    if known == set(Stance):
        return LearningStatus.MIXED
    if Stance.SUPPORTS in known:
        return LearningStatus.SUPPORTED
    return LearningStatus.CONTRADICTED if known else LearningStatus.PROPOSED


def tell_cautions(learning: Learning, newer: int, now: datetime) -> list[str]:
    """Return what a reader should know of the age of a learning."""
    cautions = []
    if now - learning.checked_at > STALE_AFTER:
        day = formats.date(learning.checked_at)
        cautions.append(_("Nobody checked this for more than a year: last on %(day)s.", day=day))
    if newer:
        cautions.append(
            ngettext(
                "Since the last check %(num)d experiment got an outcome.",
                "Since the last check %(num)d experiments got an outcome.",
                newer,
            )
        )
    return cautions
