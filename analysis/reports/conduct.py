"""What stands beside an outcome: deviations from the protocol, looks, quality of the counts.

Whoever is not of the own team learns what happened and when, and no numbers of records.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.queries.conduct import Conduct, Edit, Step
from experiments.labels import FIELDS, STATUSES
from experiments.models.experiments import ExperimentStatus
from lab import formats
from lab.i18n import current_language

ORDER = list(ExperimentStatus)


@dataclass(frozen=True, slots=True)
class ConductReport:
    """How an experiment was held, in the language that was spoken.

    deviations: each with its day, or none. looks, quality: sentences.
    """

    deviations_told: str
    deviations: tuple[tuple[str, str], ...]
    looks: tuple[str, ...]
    quality: tuple[str, ...]


def describe_conduct(conduct: Conduct, is_exact: bool) -> ConductReport:
    """Return how an experiment was held, as a reader may know it."""
    deviations = tuple(
        (formats.date(day) if day else "", what)
        for day, what in _list_deviations(conduct, is_exact)
    )
    return ConductReport(
        deviations_told=_tell_deviations(conduct, len(deviations)),
        deviations=deviations,
        looks=tuple(_tell_looks(conduct)),
        quality=tuple(_tell_quality(conduct, is_exact)),
    )


def _tell_deviations(conduct: Conduct, number: int) -> str:
    if conduct.registered_at is None:
        return _("The protocol was never fixed, so nobody can tell what was changed along the way.")
    if not number:
        return _(
            "We found no deviation from the protocol that was fixed on %(day)s.",
            day=formats.date(conduct.registered_at),
        )
    return ngettext(
        "%(num)d deviation from the protocol that was fixed on %(day)s.",
        "%(num)d deviations from the protocol that was fixed on %(day)s.",
        number,
        day=formats.date(conduct.registered_at),
    )


Told = Iterator[tuple[date | datetime | None, str]]


def _list_deviations(conduct: Conduct, is_exact: bool) -> Told:
    if conduct.registered_at is not None and not conduct.is_registered_before:
        yield conduct.registered_at, _("The protocol was fixed when the field work had begun.")
    for edit in conduct.edits:
        yield edit.at, _tell_edit(edit)
    for step in conduct.steps:
        if _goes_back(step):
            yield (
                step.at,
                _(
                    "Opened again: from “%(old)s” back to “%(new)s”.",
                    old=STATUSES[step.old],
                    new=STATUSES[step.new],
                ),
            )
    if conduct.waves > 1:
        yield (
            None,
            ngettext(
                "Shares or variants changed %(num)d time; the periods are compared apart.",
                "Shares or variants changed %(num)d times; the periods are compared apart.",
                conduct.waves - 1,
            ),
        )
    yield from _list_corrections(conduct, is_exact)
    yield from _list_days_outside(conduct)


def _tell_edit(edit: Edit) -> str:
    name = edit.variant_nl if current_language() == "nl" else edit.variant_en
    fields = ", ".join(str(FIELDS.get(one, one)).lower() for one in edit.fields)
    return {
        "change_experiment": _("Changed in the protocol: %(fields)s.", fields=fields),
        "add_variant": _("Variant “%(name)s” was added.", name=name),
        "change_variant": _(
            "Variant “%(name)s” was changed: %(fields)s.", name=name, fields=fields
        ),
        "remove_variant": _("Variant “%(name)s” was removed.", name=name),
    }[edit.action]


def _goes_back(step: Step) -> bool:
    # Whoever withdraws or starts anew does not go back to the field.
    if step.old is None or ExperimentStatus.WITHDRAWN in (step.old, step.new):
        return False
    return ORDER.index(step.new) < ORDER.index(step.old)


def _list_corrections(conduct: Conduct, is_exact: bool) -> Told:
    corrected, voided = conduct.corrections[:2]
    if corrected:
        told = ngettext(
            "%(num)d record was corrected; the first version is kept.",
            "%(num)d records were corrected; the first versions are kept.",
            corrected,
        )
        yield None, told if is_exact else _("Records were corrected; the first versions are kept.")
    if voided:
        told = ngettext(
            "%(num)d record was crossed out.", "%(num)d records were crossed out.", voided
        )
        yield None, told if is_exact else _("Records were crossed out.")


def _list_days_outside(conduct: Conduct) -> Told:
    first, last = conduct.corrections.first_on, conduct.corrections.last_on
    if first and conduct.starts_on and first < conduct.starts_on:
        yield first, _("Counted before the first day of the protocol.")
    if last and conduct.ends_on and last > conduct.ends_on:
        yield last, _("Counted after the last day of the protocol.")


def _tell_looks(conduct: Conduct) -> Iterator[str]:
    looked_at = _find_first_look(conduct)
    if looked_at is None:
        yield _("As far as we know nobody kept an analysis or published it yet.")
    else:
        yield _tell_first_look(conduct, looked_at)
    published = next(
        (one.at for one in conduct.steps if one.new is ExperimentStatus.PUBLISHED), None
    )
    if published:
        yield _("Published on %(day)s.", day=formats.date(published))
    yield _("How often the page with the outcome was opened in between is not kept.")


def _find_first_look(conduct: Conduct) -> datetime | None:
    """Return when an analysis was first kept, or the experiment first called analysed."""
    told = (ExperimentStatus.ANALYSED, ExperimentStatus.PUBLISHED)
    looks = [one.at for one in conduct.steps if one.new in told]
    return min([*looks, *([conduct.first_run_at] if conduct.first_run_at else [])], default=None)


def _tell_first_look(conduct: Conduct, looked_at: datetime) -> str:
    day = formats.date(looked_at)
    last = conduct.ends_on or conduct.corrections.last_on
    if last and looked_at.astimezone(formats.HOME_ZONE).date() <= last:
        return _(
            "First analysed on %(day)s, before the last day of the field work (%(last)s). Whoever"
            " looks early finds differences by chance more easily.",
            day=day,
            last=formats.date(last),
        )
    recorded = conduct.corrections.last_recorded_at
    if recorded and recorded > looked_at:
        return _(
            "First analysed on %(day)s, after the field work; counts were still added or corrected"
            " after that.",
            day=day,
        )
    return _("First analysed on %(day)s, when the field work was over.", day=day)


def _tell_quality(conduct: Conduct, is_exact: bool) -> Iterator[str]:
    records = conduct.records
    if not records.everything:
        return
    counted = [
        (records.pending, _("not checked by a supervisor yet")),
        (records.held, _("held back by a supervisor")),
        (records.returned, _("returned to who entered them")),
        (records.estimated, _("with people that were estimated, not counted")),
        (records.platform, _("with people as a platform reported them")),
        (records.profile_unknown, _("with an unknown profile")),
        (records.known_afterwards, _("with a profile that only the response told")),
    ]
    found = [(number, what) for number, what in counted if number]
    if not found:
        yield _("All records were counted, checked, and have a profile that was known before.")
    for number, what in found:
        if is_exact:
            share = formats.percent(number / records.everything, 0)
            yield _(
                "%(number)s of %(all)s records (%(share)s): %(what)s.",
                number=formats.number(number),
                all=formats.number(records.everything),
                share=share,
                what=what,
            )
        else:
            yield _("Some records: %(what)s.", what=what)


@dataclass(frozen=True, slots=True)
class Mark:
    """Whether a comparison confirms what was planned, or explores; and why, in words."""

    is_confirmatory: bool
    words: str
    reason: str


def mark_comparison(
    conduct: Conduct, profile: str | None, *, is_known_after: bool, is_filtered: bool
) -> Mark:
    """Return how a comparison in one profile, or in everyone (None), must be read."""
    reason = _find_reason(conduct, profile, is_known_after, is_filtered)
    if reason:
        return Mark(False, _("exploratory"), reason)
    return Mark(True, _("confirmatory"), _("fixed in the protocol beforehand"))


def _find_reason(
    conduct: Conduct, profile: str | None, is_known_after: bool, is_filtered: bool
) -> str:
    """Return why a comparison only explores, or nothing."""
    if is_filtered:
        return _("only part of the counts is used")
    if conduct.registered_at is None:
        return _("nothing was fixed beforehand")
    if not conduct.is_registered_before:
        return _("the protocol was fixed when the field work had begun")
    if is_known_after:
        return _("the profile was known only through the response")
    if profile is not None and profile not in conduct.planned_profiles:
        return _("the protocol did not name this profile")
    return ""
