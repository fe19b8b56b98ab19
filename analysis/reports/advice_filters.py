"""Which programme and which rules of an edition a reader wants to see."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from analysis.queries.advice import ListedVersion
from lab.i18n import in_language
from lab.models.programmes import Programme, ProgrammeKind

EVERYTHING = ""
FOR_EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice above the rules, with what was chosen."""

    name: str
    label: str
    choices: list[tuple[str, str]]
    chosen: str


def choose_programme(
    programmes: Sequence[Programme], with_edition: Collection[int], code: str | None
) -> Programme | None:
    """Return the programme asked for; else the own one when it has advice, else published trials.

    The demonstration is never what somebody gets without asking for it.
    """
    if code:
        return next((one for one in programmes if one.code == code), None)
    kinds = (ProgrammeKind.OWN, ProgrammeKind.PUBLISHED)
    candidates = [one for kind in kinds for one in programmes if one.kind is kind]
    with_advice = [one for one in candidates if one.id in with_edition]
    return (with_advice or candidates[::-1] or [None])[0]


def build_filters(listed: Sequence[ListedVersion], asked: Mapping[str, str]) -> list[Filter]:
    """Return the choices that an edition leaves, without those that leave nothing to choose."""
    labels = {"profile": _("For whom"), "issue_type": _("Kind of matter"), "phase": _("Phase")}
    filters = []
    for name, label in labels.items():
        found = {_value_of(one, name): _name_of(one, name) for one in listed}
        if len(found) > 1:
            chosen = asked.get(name, EVERYTHING)
            choices = [(EVERYTHING, _("All")), *found.items()]
            filters.append(Filter(name, label, choices, chosen if chosen in found else EVERYTHING))
    return filters


def passes(listed: ListedVersion, filters: Sequence[Filter]) -> bool:
    """Tell whether a rule fits what was chosen; a rule for everyone fits every profile."""
    return all(
        one.chosen in (EVERYTHING, _value_of(listed, one.name))
        or (one.name == "profile" and listed.profile is None)
        for one in filters
    )


def write_choices(filters: Sequence[Filter]) -> dict[str, str]:
    """Return what was chosen as it stands in an address, without what leaves everything."""
    return {one.name: one.chosen for one in filters if one.chosen != EVERYTHING}


def _value_of(listed: ListedVersion, name: str) -> str:
    label = getattr(listed, name)
    return str(label.id) if label else FOR_EVERYONE


def _name_of(listed: ListedVersion, name: str) -> str:
    label = getattr(listed, name)
    if label:
        return in_language(label, "name")
    return _("Everyone") if name == "profile" else _("Not said")
