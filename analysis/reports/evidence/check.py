"""What a check with comparisons without a lottery says of itself and of the advice without it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import exp, sqrt

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.evidence_names import Spoken, VariantKey, key_of, name_variant
from analysis.pooled.record import PooledRecord
from analysis.pooled.selection import Names
from analysis.reports.evidence.contents import EvidenceRequest
from analysis.reports.evidence.protection import Shown, show_evidence
from experiments.grade import Grade
from lab import formats

NORMAL_95 = 1.96


@dataclass(frozen=True, slots=True, eq=False)
class MainRun:
    """The kept answer to the same question without those comparisons."""

    request: EvidenceRequest
    run_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """Advice that a check would change: the variants with and without it, None for no advice."""

    profile: str | None
    checked: VariantKey | None
    main: VariantKey | None


def describe_check(asked: EvidenceRequest, bias_sd: float, main: MainRun | None) -> tuple[str, ...]:
    """Return what readers of a check must know, in sentences; none where a run is no check."""
    if not asked.scope.is_check:
        return ()
    spoken = asked.names.experiments
    used = [code for code in asked.record.experiments_used if code in spoken]
    biased = sum(spoken[code].grade == Grade.C for code in used)
    sentences = [_tell_what(biased), _("No advice follows from it.")]
    if biased:
        sentences.insert(1, _tell_uncertainty(bias_sd))
    if biased and main:
        sentences += _tell_changes(asked, main)
    return tuple(sentences)


def _tell_what(biased: int) -> str:
    if not biased:
        return _("This is a check, but there was no comparison without a lottery to use.")
    return ngettext(
        "This is a check: %(num)d comparison without a lottery (grade C) counts too.",
        "This is a check: %(num)d comparisons without a lottery (grade C) count too.",
        biased,
    )


def _tell_uncertainty(bias_sd: float) -> str:
    factor = exp(NORMAL_95 * sqrt(2.0) * bias_sd)
    return _(
        "Such a comparison may be off by more than chance. So each of its variants got extra "
        "uncertainty, with a standard deviation of %(sd)s on the logit scale: of 100 such "
        "comparisons, 5 may have an odds ratio that is more than %(factor)s times too high or "
        "too low.",
        sd=formats.decimal(bias_sd, 1),
        factor=formats.decimal(factor, 1),
    )


def _tell_changes(asked: EvidenceRequest, main: MainRun) -> list[str]:
    checked, plain = (
        show_evidence(one.record, one.rows, one.known_labs, one.unpublished)
        for one in (asked, main.request)
    )
    compared = list(_compare(checked, plain))
    changes = [one for one in compared if one.checked != one.main]
    day = formats.date(main.run_at)
    if not compared:
        return []
    if not changes:
        return [_("The advice stays the same as without them (calculated on %(day)s).", day=day)]
    spoken = Spoken.of(asked.record, asked.names)
    first = _(
        "The advice changes, compared with that without them (calculated on %(day)s).", day=day
    )
    return [first, *(_tell_change(one, spoken, main.request.names) for one in changes)]


def _tell_change(change: Change, spoken: Spoken, main_names: Names) -> str:
    return _(
        "%(profile)s: %(main)s without them, %(checked)s with them.",
        profile=spoken.profile(change.profile),
        main=_call(main_names, change.main),
        checked=_call(spoken.names, change.checked),
    )


def _call(names: Names, variant: VariantKey | None) -> str:
    if variant is None:
        return _("no advice")
    channel, styles = variant
    style = ";".join(f"{axis}={value}" for axis, value in styles)
    return f"“{name_variant(names, channel, style)}”"


def _compare(checked: Shown, main: Shown) -> Iterable[Change]:
    """Yield what is advised with and without, where both may be seen and one advises anything."""
    record = checked.record
    profiles = [one.profile for one in record.profiles]
    for profile in [*([None] if len(profiles) > 1 else []), *profiles]:
        found = [_find_advised(one.record, profile) for one in (checked, main)]
        hidden = any(
            advised is None and profile in {place for place, _variant in one.withheld}
            for advised, one in zip(found, (checked, main), strict=True)
        )
        if any(found) and not hidden:
            yield Change(profile, *found)


def _find_advised(record: PooledRecord, profile: str | None) -> VariantKey | None:
    part = record.find_profile(profile)
    advised = part.advised if part else None
    return key_of(*record.variants[advised.variant]) if advised else None
