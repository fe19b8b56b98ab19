"""What people say they want, beside what they did: never in one table and never in one number."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from analysis.queries.preferences import ListedPreference
from lab import formats
from lab.i18n import in_language


@dataclass(frozen=True, slots=True)
class StatedLine:
    """What one group said in one survey about one channel."""

    preference_id: int
    name: str
    for_whom: str
    context: str
    said: str
    respondents: str
    source: str
    reasons: str


@dataclass(frozen=True, slots=True)
class Stated:
    """What a group says it wants, and whether that is what it responds to."""

    lines: tuple[StatedLine, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at: a group (None: everyone), and a matter and phase (None: any)."""

    profile_id: int | None = None
    issue_type_id: int | None = None
    phase_id: int | None = None


def find_stated(listed: Iterable[ListedPreference], subject: Subject) -> list[ListedPreference]:
    """Return what is said about a subject: by the group itself, else by everyone."""
    fitting = [one for one in listed if _fits(one, subject)]
    own = [one for one in fitting if one.preference.profile_id == subject.profile_id]
    return own or [one for one in fitting if one.preference.profile_id is None]


def build_stated(
    found: Sequence[ListedPreference], advised: int | None, compared: Collection[int]
) -> Stated | None:
    """Return what is said, beside the channel that is advised and those that were compared."""
    if not found:
        return None
    return Stated(tuple(write_line(one) for one in found), _compare(found, advised, compared))


def _fits(one: ListedPreference, subject: Subject) -> bool:
    said = one.preference
    return (
        said.profile_id in (None, subject.profile_id)
        and (subject.issue_type_id is None or said.issue_type_id in (None, subject.issue_type_id))
        and (subject.phase_id is None or said.phase_id in (None, subject.phase_id))
    )


def write_line(one: ListedPreference) -> StatedLine:
    """Return a stated preference in words."""
    said = one.preference
    labels = [label for label in (one.issue_type, one.phase) if label]
    named = [in_language(part, "name") for part in (one.channel, one.style) if part]
    return StatedLine(
        preference_id=said.id,
        name=" · ".join(named),
        for_whom=in_language(one.profile, "name") if one.profile else _("Everyone"),
        context=" · ".join(in_language(label, "name") for label in labels),
        said=_write_said(one),
        respondents=formats.number(said.respondents),
        source=f"{said.source}, {said.year}",
        reasons=said.reasons,
    )


def _write_said(one: ListedPreference) -> str:
    said = one.preference
    parts = []
    if said.share is not None:
        parts.append(_("%(share)s prefers this", share=formats.percent(said.share, 0)))
    if said.rank is not None:
        parts.append(_("place %(rank)s", rank=formats.number(said.rank)))
    return ", ".join(parts)


def find_favourite(found: Sequence[ListedPreference]) -> ListedPreference | None:
    """Return what most people of the largest survey say they want, None when two are equal."""
    largest = max(found, key=lambda one: (one.preference.respondents, one.preference.year))
    survey = [one for one in found if _survey_of(one) == _survey_of(largest)]
    ordered = sorted(survey, key=_wanted)
    if len(ordered) > 1 and _wanted(ordered[0]) == _wanted(ordered[1]):
        return None
    return ordered[0]


def _survey_of(one: ListedPreference) -> tuple:
    said = one.preference
    return said.source, said.year, said.profile_id, said.issue_type_id, said.phase_id


def _wanted(one: ListedPreference) -> tuple:
    said = one.preference
    return said.share is None, -(said.share or 0.0), said.rank or 0


def _compare(
    found: Sequence[ListedPreference], advised: int | None, compared: Collection[int]
) -> str:
    favourite = find_favourite(found)
    # One channel that is asked about is no choice that people made.
    if favourite is None or len({one.channel.id for one in found}) < 2:
        return ""
    name = in_language(favourite.channel, "name")
    if favourite.channel.id not in compared:
        return _(
            "Most say they want: %(said)s. Nobody tested that here, so we do not know whether they"
            " would respond to it. That is a reason to test it.",
            said=name,
        )
    if advised is None:
        return _(
            "Most say they want: %(said)s. The experiments do not say what they respond to best.",
            said=name,
        )
    if favourite.channel.id == advised:
        return _(
            "What most say they want came out ahead in the experiments too: %(said)s.", said=name
        )
    return _(
        "Said and done disagree here. Most say they want: %(said)s. In the experiments something"
        " else came out ahead. The advice follows what people did.",
        said=name,
    )
