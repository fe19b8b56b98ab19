"""What to test next, in plain sentences: what to do, what it saves and what it may overturn."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.evidence_names import Spoken, join
from analysis.evidence_wording import Wording
from analysis.pooled.outlook import NextDesign, NextRecord
from analysis.stats.cells import Direction
from lab import formats

# What experiments are worth is told of so many people.
BASE = 1000
# A chance below this is not worth a sentence.
LEAST_CHANCE = 0.05
MOST_OVERTURNS = 3
# One experiment names no more profiles than this.
MOST_PROFILES = 3


def name_profiles(codes: Sequence[str], spoken: Spoken, all_codes: Sequence[str]) -> str:
    """Return for whom an experiment is: the profiles by name, or all of them."""
    if len(codes) > MOST_PROFILES and set(codes) == set(all_codes):
        return _("all profiles")
    if len(codes) > MOST_PROFILES:
        return ngettext("%(num)d profile", "%(num)d profiles", len(codes))
    return join([f"“{spoken.profile(code)}”" for code in codes])


def tell_ask(design: NextDesign, wording: Wording, all_codes: Sequence[str]) -> str:
    """Return what to test on whom, with how many people, in how many labs."""
    spoken = wording.spoken
    return ngettext(
        "Test %(others)s against %(first)s with %(profiles)s: about %(people)s %(units)s per"
        " variant, in %(num)d lab.",
        "Test %(others)s against %(first)s with %(profiles)s: about %(people)s %(units)s per"
        " variant, spread over %(num)d labs.",
        design.labs,
        others=spoken.quote_all(design.variants[1:]),
        first=spoken.quote(design.variants[0]),
        profiles=name_profiles(design.profiles, spoken, all_codes),
        people=formats.number(design.people),
        units=wording.units,
    )


def count_thousand(share: float) -> str:
    """Return a share as how many of every thousand, in tenths."""
    return formats.decimal(BASE * share, 1)


def tell_saves(design: NextDesign, wording: Wording) -> str:
    """Return what an experiment is expected to save."""
    values = {
        "count": count_thousand(design.gain),
        "base": formats.number(BASE),
        "units": wording.units,
    }
    if wording.direction is Direction.LOWER:
        return _(
            "Advice that follows from it is expected to keep %(count)s in every %(base)s %(units)s"
            " from what you want to avoid.",
            **values,
        )
    if wording.step == "participated":
        return _(
            "Advice that follows from it is expected to bring %(count)s more people who take part"
            " in every %(base)s %(units)s.",
            **values,
        )
    if wording.step == "reached":
        return _(
            "Advice that follows from it is expected to reach %(count)s more people in every"
            " %(base)s %(units)s.",
            **values,
        )
    return _(
        "It is expected to prevent %(count)s missed responses in every %(base)s %(units)s.",
        **values,
    )


def tell_sees(design: NextDesign) -> str:
    """Return the smallest difference that an experiment can show."""
    if design.smallest is None:
        return _("By itself it shows no difference, however large: it only adds to the rest.")
    return _(
        "By itself it can show a difference of %(points)s percentage points or more.",
        points=formats.decimal(100 * design.smallest, 1),
    )


def tell_overturns(design: NextDesign, wording: Wording) -> tuple[str, ...]:
    """Return for whom advice may change, how likely that is, and into what."""
    spoken = wording.spoken
    told = [
        _(
            "The chance that the advice for “%(profile)s” changes is about %(chance)s in 100,"
            " mostly to %(variant)s.",
            profile=spoken.profile(profile),
            chance=formats.number(100 * chance),
            variant=spoken.quote(variant),
        )
        for profile, chance, variant in design.overturns
        if chance >= LEAST_CHANCE
    ]
    return tuple(told[:MOST_OVERTURNS])


def tell_perfect(record: NextRecord, wording: Wording) -> str:
    """Return what knowing everything would be worth."""
    return _(
        "If we knew everything, advice would do %(count)s in every %(base)s %(units)s better.",
        count=count_thousand(record.perfect),
        base=formats.number(BASE),
        units=wording.units,
    )
