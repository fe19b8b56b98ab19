"""What the evidence of all labs says in plain sentences, with natural frequencies."""

import math

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.evidence_wording import (
    ADVICE,
    Wording,
    count_down,
    count_up,
    decimals_of_pair,
    find_leader,
    find_prediction,
    find_variant,
)
from analysis.pooled.record import (
    PooledRecord,
    ProfileRecord,
    VariantRecord,
)
from analysis.stats.results import Status, Verdict
from lab import formats

# From here on a chance is said to be almost certain.
ALMOST_CERTAIN = 0.99


def tell_verdict(part: ProfileRecord, wording: Wording) -> str:
    """Return the verdict on a profile, or on everyone, as a sentence without figures."""
    advised = find_leader(part)
    if advised is None or advised.verdict is None or advised.against is None:
        return _("Nothing can be compared here yet.")
    sides = {
        "variant": wording.spoken.quote(advised.variant),
        "reference": wording.spoken.quote(advised.against),
    }
    if advised.verdict is Verdict.CLEARLY_BETTER:
        return _("%(variant)s works clearly better than %(reference)s.", **sides)
    if advised.verdict is Verdict.PROBABLY_BETTER:
        return _("%(variant)s probably works better than %(reference)s.", **sides)
    if advised.verdict is Verdict.NO_DIFFERENCE:
        return _(
            "Between %(variant)s and %(reference)s we found no difference that matters.", **sides
        )
    return _("We do not know yet whether %(variant)s works better than %(reference)s.", **sides)


def tell_known(part: ProfileRecord, wording: Wording, most: int | None = None) -> str:
    """Return which variants work clearly better than which, besides what the verdict says.

    most: after how many sentences to stop; the better variants come first.
    """
    leader = find_leader(part)
    is_said = leader is not None and leader.verdict is Verdict.CLEARLY_BETTER
    beaten: dict[int, list[int]] = {}
    for one in part.claims:
        if not (is_said and (one.better, one.worse) == (leader.variant, leader.against)):
            beaten.setdefault(one.better, []).append(one.worse)
    regret = {one.variant: one.expected_regret or 0.0 for one in part.variants}
    said = [
        _(
            "%(variant)s works clearly better than %(names)s.",
            variant=wording.spoken.quote(better),
            names=wording.spoken.quote_all(sorted(beaten[better], key=regret.get)),
        )
        for better in sorted(beaten, key=regret.get)[:most]
    ]
    if not said:
        return ""
    return " ".join(said) if is_said else _("What is clear: %(known)s", known=" ".join(said))


def tell_counts(part: ProfileRecord, wording: Wording) -> str:
    """Return the rates of the advised variant and of the best other one."""
    advised = find_leader(part)
    other = advised and find_variant(part, advised.against)
    if other is None or advised.rate is None or other.rate is None:
        return ""
    decimals = decimals_of_pair(advised.rate * wording.base, other.rate * wording.base)
    values = {
        "count": formats.decimal(advised.rate * wording.base, decimals),
        "count2": formats.decimal(other.rate * wording.base, decimals),
        "base": wording.base_text,
        "units": wording.units,
        "reference": wording.spoken.quote(other.variant),
    }
    if wording.step == "participated":
        return _(
            "In an average experiment, of every %(base)s %(units)s about %(count)s lead to someone"
            " taking part, against %(count2)s with %(reference)s.",
            **values,
        )
    if wording.step == "reached":
        return _(
            "In an average experiment, of every %(base)s %(units)s about %(count)s reach someone,"
            " against %(count2)s with %(reference)s.",
            **values,
        )
    return _(
        "In an average experiment there are about %(count)s responses to every %(base)s %(units)s,"
        " against %(count2)s with %(reference)s.",
        **values,
    )


def tell_difference(part: ProfileRecord, wording: Wording) -> str:
    """Return how large the difference behind a verdict may be."""
    advised = find_leader(part)
    if advised is None or advised.difference_ci is None:
        return ""
    low, high = wording.turn(advised.difference_ci)
    size = {"base": wording.base_text, "most": count_up(max(-low, high), wording)}
    if advised.verdict is Verdict.NO_DIFFERENCE:
        return _("It is at most %(most)s in %(base)s either way.", **size)
    if low > 0:
        ends = {"lower": count_down(low, wording), "upper": count_up(high, wording)}
        return _("The difference is %(lower)s to %(upper)s in every %(base)s.", **ends, **size)
    if advised.verdict is Verdict.PROBABLY_BETTER:
        return _("The difference may also be 0.")
    return _(
        "The difference can be up to %(ahead)s in every %(base)s in its favour and up to %(behind)s"
        " against it.",
        ahead=count_up(max(high, 0.0), wording),
        behind=count_up(max(-low, 0.0), wording),
        base=size["base"],
    )


def tell_prediction(one: VariantRecord | None, wording: Wording, lab: str | None = None) -> str:
    """Return what one new experiment may show, in a new lab or in a lab of the run."""
    prediction = one and find_prediction(one, lab)
    if prediction is None:
        return ""
    values = {
        "variant": wording.spoken.quote(one.variant),
        "lower": count_down(prediction.rate[0], wording),
        "upper": count_up(prediction.rate[1], wording),
        "base": wording.base_text,
    }
    if lab is None:
        return _(
            "In a lab that did not take part, expect %(lower)s to %(upper)s in every %(base)s with"
            " %(variant)s.",
            **values,
        )
    return _(
        "In a new experiment in %(lab)s, expect %(lower)s to %(upper)s in every %(base)s with"
        " %(variant)s.",
        lab=wording.spoken.lab(lab),
        **values,
    )


def tell_difference_elsewhere(part: ProfileRecord, lab: str | None = None) -> str:
    """Return whether the advised variant may do worse in one new experiment."""
    advised = find_leader(part)
    prediction = advised and find_prediction(advised, lab)
    if prediction is None or prediction.difference is None:
        return ""
    if prediction.difference[0] > 0 or prediction.difference[1] < 0:
        return ""
    if advised.verdict in (Verdict.CLEARLY_BETTER, Verdict.PROBABLY_BETTER):
        return _("There it may also turn out the other way.")
    return ""


def tell_how_many(record: PooledRecord) -> str:
    """Return for how many profiles what is known."""
    verdicts = [leader.verdict for leader in map(find_leader, record.profiles) if leader]
    best = sum(verdict in ADVICE for verdict in verdicts)
    alike = verdicts.count(Verdict.NO_DIFFERENCE)
    rest = len(record.profiles) - best - alike
    sentences = []
    if best:
        sentences.append(
            ngettext(
                "For %(num)d profile we know what works best.",
                "For %(num)d profiles we know what works best.",
                best,
            )
        )
    if alike:
        sentences.append(
            ngettext(
                "For %(num)d profile we found no difference that matters.",
                "For %(num)d profiles we found no difference that matters.",
                alike,
            )
        )
    if rest:
        sentences.append(
            ngettext(
                "For %(num)d profile there are too few counts.",
                "For %(num)d profiles there are too few counts.",
                rest,
            )
        )
    return " ".join(sentences)


def tell_profiles(record: PooledRecord) -> str:
    """Return whether one advice serves all profiles; nothing when there is one profile."""
    if len(record.profiles) < 2:
        return ""
    if record.are_profiles_alike is None:
        return _("We do not know yet whether one advice serves all profiles.")
    together = record.together and find_leader(record.together)
    if record.are_profiles_alike and together and together.verdict is Verdict.NOT_ENOUGH_DATA:
        # What is not known of everyone together is no advice for every profile.
        return _("So far we saw no difference that matters between the profiles.")
    if record.are_profiles_alike:
        return _("Between the profiles we found no difference that matters: one advice will do.")
    return _("The profiles differ. Give advice per profile.")


def tell_standing(part: ProfileRecord, wording: Wording) -> str:
    """Return where the advised variant may rank, and the chance that none is much better."""
    advised = find_leader(part)
    if advised is None or advised.rank_ci is None:
        return ""
    ranked = sum(one.rank_ci is not None and one.part == advised.part for one in part.variants)
    return " ".join(
        sentence
        for sentence in (
            _tell_rank(advised, ranked, wording),
            _tell_near_best(advised, wording),
        )
        if sentence
    )


def _tell_rank(one: VariantRecord, ranked: int, wording: Wording) -> str:
    first, last = one.rank_ci
    if (first, last) == (1, ranked):
        return ""
    values = {"variant": wording.spoken.quote(one.variant), "ranked": formats.number(ranked)}
    if first == last:
        return _(
            "Of the %(ranked)s variants, %(variant)s ranks number %(place)s.",
            place=formats.number(first),
            **values,
        )
    return _(
        "Of the %(ranked)s variants, %(variant)s ranks somewhere from %(first)s to %(last)s.",
        first=formats.number(first),
        last=formats.number(last),
        **values,
    )


def _tell_near_best(one: VariantRecord, wording: Wording) -> str:
    chance = one.p_within_margin
    if chance is None:
        return ""
    size = {
        "variant": wording.spoken.quote(one.variant),
        "margin": wording.margin_text,
        "base": wording.base_text,
    }
    if chance >= ALMOST_CERTAIN:
        return _(
            "It is almost certain that %(variant)s is at most %(margin)s in %(base)s behind the"
            " best.",
            **size,
        )
    return _(
        "The chance that %(variant)s is at most %(margin)s in %(base)s behind the best is about"
        " %(chance)s in 100.",
        chance=formats.number(math.floor(100 * chance)),
        **size,
    )


def tell_apart(part: ProfileRecord, wording: Wording) -> str:
    """Return which variants were never compared with the advised one, not even by a detour."""
    advised = find_leader(part)
    if advised is None:
        return ""
    apart = [one.variant for one in part.variants if one.is_tried and one.part != advised.part]
    if not apart:
        return ""
    return ngettext(
        "%(names)s was never compared with the others, not even by a detour. We do not rank it.",
        "%(names)s were never compared with the others, not even by a detour. We do not rank them.",
        len(apart),
        names=wording.spoken.quote_all(apart),
    )


def tell_scarce(part: ProfileRecord, wording: Wording) -> str:
    """Return of which variants too little was counted to say anything."""
    scarce = [
        one.variant
        for one in part.variants
        if one.is_tried and one.status is Status.TOO_LITTLE and one.part >= 0
    ]
    if not scarce:
        return ""
    return _(
        "We know too little of %(names)s: nobody responded there, or everybody did.",
        names=wording.spoken.quote_all(scarce),
    )


def tell_untried(part: ProfileRecord, wording: Wording) -> str:
    """Return which variants were never tried here, while a figure stands beside them."""
    untried = [one.variant for one in part.variants if not one.is_tried and one.rate is not None]
    if not untried:
        return ""
    return ngettext(
        "%(names)s was not tried here. What we expect of it follows from what its channel and style"
        " did elsewhere.",
        "%(names)s were not tried here. What we expect of them follows from what their channel and"
        " style did elsewhere.",
        len(untried),
        names=wording.spoken.quote_all(untried),
    )


def tell_used(used: int, considered: int) -> str:
    """Return how many of the experiments were used."""
    return ngettext(
        "used %(used)s of %(num)d experiment",
        "used %(used)s of %(num)d experiments",
        considered,
        used=formats.number(used),
    )
