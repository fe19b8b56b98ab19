"""What a reader must know before believing a report, and which records it does not use."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.comparison import Counts
from analysis.stats.cells import Denominator
from analysis.stats.results import ExperimentComparison, Warned, WarningCode
from analysis.warning_sentences import tell_warning
from experiments.models.experiments import ExperimentStatus
from lab import formats

BUSY = {ExperimentStatus.REGISTERED, ExperimentStatus.IN_FIELD}
# The answer itself says these already.
ANSWERED = {WarningCode.NO_COUNTS}
# The most serious ones first; the others follow in the order in which they were found.
FIRST = (WarningCode.SAMPLE_RATIO, WarningCode.CLUSTERED_COUNTED_AS_PERSONS)


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Records that do not count until a supervisor settles them."""

    held: int = 0
    returned: int = 0


def list_cautions(
    status: ExperimentStatus, comparison: ExperimentComparison, counts: Counts, names: Sequence[str]
) -> tuple[str, ...]:
    """Return the warnings of a report as sentences, the most serious ones first."""
    if not counts.records:
        return tuple(_warn_of_status(status, counts))
    found = [
        *_warn_of_status(status, counts),
        *_warn_of_denominators(counts),
        *(
            tell_warning(warned, names)
            for warned in sorted(comparison.warnings, key=lambda one: one.code not in FIRST)
            if warned.code not in ANSWERED
        ),
    ]
    return tuple(dict.fromkeys(found))


def describe_unused(counts: Counts, unsettled: Unsettled, are_known: bool) -> tuple[str, ...]:
    """Return which records the comparison does not use and why; without numbers if not `known`."""
    reasons = [
        (counts.without_outcome, _word_without_outcome),
        (counts.without_denominator, _word_without_denominator),
        (unsettled.held, _word_held),
        (unsettled.returned, _word_returned),
    ]
    if are_known:
        return tuple(word(number) for number, word in reasons if number)
    if any(number for number, _word in reasons):
        return (_("Part of the records is incomplete or waits for a check, and is not used."),)
    return ()


def describe_protection(
    threshold: int | None, profiles: Sequence[str], variants: Sequence[str]
) -> tuple[str, ...]:
    """Return what readers outside the lab do not see, and why."""
    if threshold is None:
        return ()
    least = formats.number(threshold)
    told = [
        _(
            "Counts are rounded to 5. A group with a count below %(threshold)s is not shown: you"
            " could recognise somebody in it. Other groups may be left out with it, so that no sum"
            " gives it away.",
            threshold=least,
        )
    ]
    if profiles:
        apart = _(
            "Not shown apart (fewer than %(threshold)s, or needed to protect such a group):"
            " %(names)s.",
            threshold=least,
            names=", ".join(profiles),
        )
        told.append(apart if variants else f"{apart} {_('They do count for everyone together.')}")
    if variants:
        told.append(
            _(
                "Not shown at all (fewer than %(threshold)s): %(names)s.",
                threshold=least,
                names=", ".join(variants),
            )
        )
    return tuple(told)


def _word_without_outcome(number: int) -> str:
    return ngettext(
        "%(num)d record does not say what this experiment is about",
        "%(num)d records do not say what this experiment is about",
        number,
    )


def _word_without_denominator(number: int) -> str:
    return ngettext(
        "%(num)d record does not say out of how many it is",
        "%(num)d records do not say out of how many they are",
        number,
    )


def _word_held(number: int) -> str:
    return ngettext("%(num)d record is held back", "%(num)d records are held back", number)


def _word_returned(number: int) -> str:
    return ngettext("%(num)d record was returned", "%(num)d records were returned", number)


def _warn_of_status(status: ExperimentStatus, counts: Counts) -> Iterator[str]:
    if status is ExperimentStatus.WITHDRAWN:
        yield _("This experiment was withdrawn. Do not build on its outcome.")
    elif status in BUSY and counts.records:
        yield _(
            "The field work is not over yet. Whoever stops as soon as the outcome pleases finds"
            " differences that are not there."
        )


def _warn_of_denominators(counts: Counts) -> Iterator[str]:
    if len({variant.denominator_kind for variant in counts.variants}) > 1:
        yield _(
            "The variants do not count the same thing: letters and doors, for instance. A"
            " difference can come from that alone."
        )
    if counts.is_denominator_mixed and counts.denominator is Denominator.REACHED:
        yield tell_warning(Warned(WarningCode.DIFFERENT_DENOMINATORS), ())
