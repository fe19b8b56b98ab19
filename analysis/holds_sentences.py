"""Whether advice holds for the residents of one place, in plain sentences."""

import math
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.cases.counts import count_down, count_out, count_up
from analysis.evidence_wording import Wording
from analysis.pooled.residents import LocalAdvice, NoLocalAdvice
from analysis.stats.pooled.reweighting import PlaceVariant, Standing
from lab.formats import percent

SURE = 0.975


class Holding(StrEnum):
    """What a new experiment among the residents may show of the best variant and the next."""

    HOLDS = "holds"
    EQUAL = "equal"
    OPEN = "open"


STANDINGS = {
    Standing.INSIDE: _l("Your residents resemble the people who were counted."),
    Standing.PARTLY: _l("Your residents resemble the people who were counted only in part."),
    Standing.OUTSIDE: _l(
        "Your residents differ a lot from the people who were counted. Take this as a first "
        "guess, and test it."
    ),
}
REASONS = {
    NoLocalAdvice.OLD_RUN: _l(
        "This answer is from an older release, which did not keep what this takes. Ask the "
        "question again."
    ),
    NoLocalAdvice.NOT_BY_PROFILE: _l(
        "This question is about all residents together. It does not tell profiles apart, so who "
        "lives with you changes nothing in it."
    ),
    NoLocalAdvice.NOBODY_TESTED: _l(
        "None of the profiles that live here was tested. We cannot say whether it holds for you."
    ),
    NoLocalAdvice.TOO_FEW_VARIANTS: _l(
        "No two variants are known for all profiles that live here. We cannot compare them for you."
    ),
}


def find_holding(lead: PlaceVariant, wording: Wording) -> Holding:
    """Return what the best variant may show against the next one, in a new experiment there."""
    low, high = wording.turn(lead.difference_ci)
    if lead.probability_better >= SURE and low > 0:
        return Holding.HOLDS
    if -wording.margin < low and high < wording.margin:
        return Holding.EQUAL
    return Holding.OPEN


def tell_holding(found: LocalAdvice, wording: Wording) -> str:
    """Return the answer in one sentence."""
    if found.advice is None:
        return str(REASONS[found.reason])
    names = {
        "best": wording.spoken.quote(found.best),
        "other": wording.spoken.quote(found.runner_up),
    }
    holding = find_holding(found.lead, wording)
    if holding is Holding.HOLDS:
        return _("For these residents we expect %(best)s to do better than %(other)s.", **names)
    if holding is Holding.EQUAL:
        return _("For these residents %(best)s and %(other)s differ too little to matter.", **names)
    return _(
        "For these residents %(best)s comes first, but with you %(other)s may do better.", **names
    )


def tell_expected_here(found: LocalAdvice, wording: Wording) -> str:
    """Return what a new experiment with the best variant may show there, and the difference."""
    if found.advice is None:
        return ""
    best = found.advice.variants[found.advice.best]
    low, high = wording.turn(found.lead.difference_ci)
    rate = _(
        "In a new experiment there, expect %(lower)s to %(upper)s in every %(base)s %(units)s with "
        "%(best)s, if people there respond as much as on average.",
        lower=count_down(best.rate_ci[0], wording.base),
        upper=count_up(best.rate_ci[1], wording.base),
        base=wording.base_text,
        units=wording.units,
        best=wording.spoken.quote(found.best),
    )
    ahead = {
        "lower": count_out(low, wording.base, math.floor),
        "upper": count_out(high, wording.base, math.ceil),
        "other": wording.spoken.quote(found.runner_up),
        "base": wording.base_text,
    }
    if low > 0:
        difference = _(
            "It can be %(lower)s to %(upper)s in every %(base)s ahead of %(other)s.",
            **ahead
            | {"lower": count_down(low, wording.base), "upper": count_up(high, wording.base)},
        )
    else:
        difference = _(
            "Against %(other)s the difference can be %(lower)s to %(upper)s in every %(base)s; "
            "below 0 means: worse.",
            **ahead,
        )
    return f"{rate} {difference}"


def tell_standing(found: LocalAdvice, wording: Wording) -> str:
    """Return how far outside the people who were counted the residents lie, and what is missing."""
    sentences = [str(STANDINGS[found.distance.standing])]
    untested = found.list_untested()
    if found.distance.unstudied > 0:
        sentences.append(
            _(
                "%(share)s of your residents are of profiles that nobody tested or that are not "
                "known.",
                share=percent(found.distance.unstudied, 0),
            )
        )
    if len(untested) > 1:
        profile, share = untested[0]
        sentences.append(
            _(
                "The largest of those profiles: %(profile)s, %(share)s.",
                profile=wording.spoken.profile(profile),
                share=percent(share, 0),
            )
        )
    if found.advice is not None and found.withheld > 0.005:
        sentences.append(
            _(
                "Of the profiles of another %(share)s few people were counted, so we do not use "
                "what was found about them.",
                share=percent(found.withheld, 0),
            )
        )
    if found.advice is not None and found.used < 0.995:
        sentences.append(
            _(
                "The limits allow for that: these residents may respond like any profile that was "
                "tested."
            )
        )
    return " ".join(sentences)


def tell_mix(found: LocalAdvice, are_alike: bool | None, wording: Wording) -> str:
    """Return what the mix of residents changes in the advice."""
    if found.advice is None:
        return ""
    if found.average is not None and found.average != found.best:
        return _(
            "Over all people counted %(average)s comes first; with your mix of residents it is "
            "%(best)s.",
            average=wording.spoken.quote(found.average),
            best=wording.spoken.quote(found.best),
        )
    if are_alike:
        return _(
            "Between the profiles we found no difference that matters, so who lives with you "
            "hardly changes the advice."
        )
    if found.average is None:
        return ""
    return _("With your mix of residents the same variant comes first as over all people counted.")
