"""What the evidence of all labs says in plain sentences, with natural frequencies."""

import math
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.evidence_names import join
from analysis.evidence_wording import (
    Wording,
    count_down,
    count_out,
    count_up,
    decimals_of_pair,
    find_leader,
    find_prediction,
    find_variant,
)
from analysis.pooled.record import (
    ConsistencyRecord,
    HeterogeneityRecord,
    InfluenceRecord,
    PairRecord,
    PooledRecord,
    ProfileRecord,
    VariantRecord,
)
from analysis.stats.pooled.connected import Connection
from analysis.stats.pooled.influence import LeftOut
from analysis.stats.results import Status, Verdict
from lab import formats

# From here on a chance is said to be almost certain.
ALMOST_CERTAIN = 0.99
# Below and above these shares the differences between experiments are small, and large.
LITTLE, MUCH = 0.25, 0.60
# Below this a test says that two things do not fit together.
UNLIKELY = 0.05


# The answer


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


def tell_others(part: ProfileRecord, wording: Wording) -> str:
    """Return than which variants, besides the one of the verdict, the advised is clearly better."""
    advised = find_leader(part)
    if advised is None:
        return ""
    beaten = [
        one.worse
        for one in part.claims
        if one.better == advised.variant
        and not (one.worse == advised.against and advised.verdict is Verdict.CLEARLY_BETTER)
    ]
    if not beaten:
        return ""
    names = wording.spoken.quote_all(sorted(beaten))
    if advised.verdict is Verdict.CLEARLY_BETTER:
        return _("It also works clearly better than %(names)s.", names=names)
    return _(
        "%(variant)s does work clearly better than %(names)s.",
        variant=wording.spoken.quote(advised.variant),
        names=names,
    )


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


def tell_profiles(record: PooledRecord) -> str:
    """Return whether one advice serves all profiles; nothing when there is one profile."""
    if len(record.profiles) < 2:
        return ""
    if record.are_profiles_alike is None:
        return _("We do not know yet whether one advice serves all profiles.")
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
            _tell_near_best(advised.p_within_margin, wording),
        )
        if sentence
    )


def _tell_rank(one: VariantRecord, ranked: int, wording: Wording) -> str:
    first, last = one.rank_ci
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


def _tell_near_best(chance: float | None, wording: Wording) -> str:
    if chance is None:
        return ""
    size = {"margin": wording.margin_text, "base": wording.base_text}
    if chance >= ALMOST_CERTAIN:
        return _(
            "It is almost certain that no other one is more than %(margin)s in %(base)s better.",
            **size,
        )
    return _(
        "The chance that no other one is more than %(margin)s in %(base)s better is about"
        " %(chance)s in 100.",
        chance=formats.number(math.floor(100 * chance)),
        **size,
    )


# What cannot be said


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


# How it is compared


def tell_path(pair: PairRecord, wording: Wording) -> str:
    """Return how two variants are compared, where that was not side by side."""
    sides = {
        "one": wording.spoken.quote(pair.one),
        "other": wording.spoken.quote(pair.other),
    }
    if pair.connection == Connection.DIRECT:
        return ""
    if pair.connection == Connection.NONE or not pair.steps:
        return _(
            "%(one)s and %(other)s were never compared, not even by a detour.",
            **sides,
        )
    if len(pair.steps) == 1:
        return _(
            "%(one)s and %(other)s were held side by side among other residents only: in"
            " %(experiment)s.",
            experiment=f"“{wording.spoken.experiment(pair.steps[0].experiment).title}”",
            **sides,
        )
    steps = [
        _(
            "%(one)s with %(other)s in %(experiment)s",
            one=wording.spoken.quote(step.one),
            other=wording.spoken.quote(step.other),
            experiment=f"“{wording.spoken.experiment(step.experiment).title}”",
        )
        for step in pair.steps
    ]
    return _(
        "%(one)s and %(other)s were never tried side by side. We compare them by a detour:"
        " %(steps)s.",
        steps=join(steps),
        **sides,
    )


def tell_directness(pair: PairRecord, experiments: int) -> str:
    """Return what the comparison rests on, and whether the detour tells the same."""
    if pair.connection != Connection.DIRECT:
        return ""
    side_by_side = ngettext(
        "They were tried side by side in %(num)d experiment.",
        "They were tried side by side in %(num)d experiments.",
        experiments,
    )
    if pair.pvalue is None:
        return side_by_side
    if pair.pvalue < UNLIKELY:
        said = _(
            "Experiments with other variants tell something else about these two: read this with"
            " care."
        )
    else:
        said = _("By a detour, other experiments tell the same, as far as chance allows.")
    return f"{side_by_side} {said}"


def tell_anytime(pair: PairRecord, wording: Wording) -> str:
    """Return the limits that hold however often somebody looked while the counts came in."""
    if pair.anytime is None:
        return ""
    lower, upper = wording.turn(pair.anytime)
    return _(
        "However often you look while counts come in: the difference lies between %(lower)s and"
        " %(upper)s in every %(base)s.",
        lower=count_out(lower, wording, math.floor),
        upper=count_out(upper, wording, math.ceil),
        base=wording.base_text,
    )


# How sure it is


def tell_heterogeneity(found: HeterogeneityRecord | None) -> str:
    """Return how much experiments differ beyond chance."""
    if found is None or found.i_squared is None:
        return ""
    lower, upper = found.i_squared_ci or (found.i_squared, found.i_squared)
    if lower < LITTLE and upper > MUCH:
        said = _("How much the experiments really differ is not known yet: there are too few.")
    elif found.i_squared < LITTLE:
        said = _("The experiments differ little more than by chance.")
    elif found.i_squared < MUCH:
        said = _("The experiments differ more than by chance alone.")
    else:
        said = _(
            "The experiments differ far more than by chance: what works well in one place may do"
            " less in another."
        )
    if found.is_overdispersed:
        said += " " + _(
            "The counts also vary more than those of separate people. The limits allow for that."
        )
    return said


def tell_consistency(found: ConsistencyRecord | None) -> str:
    """Return whether experiments that compared other variants tell the same."""
    if found is None:
        return ""
    if found.pvalue < UNLIKELY:
        return _(
            "Experiments that compared different variants do not tell the same story. Read the"
            " comparisons by a detour with care."
        )
    return _(
        "Experiments that compared different variants tell the same story, as far as chance allows."
    )


def tell_influence(changes: Sequence[InfluenceRecord] | None, wording: Wording) -> tuple[str, ...]:
    """Return which labs and experiments the advice hangs on."""
    if changes is None:
        return (_("Whether one lab or experiment decides the advice was not looked at."),)
    if not changes:
        return (_("No single lab and no single experiment changes the advice."),)
    return tuple(_tell_change(one, wording) for one in changes)


def _tell_change(one: InfluenceRecord, wording: Wording) -> str:
    spoken = wording.spoken
    is_lab = one.left_out == LeftOut.LAB
    name = spoken.lab(one.code) if is_lab else f"“{spoken.experiment(one.code).title}”"
    values = {"name": name, "profile": spoken.profile(one.profile)}
    if one.without is None:
        return _("Without %(name)s there would be no advice for %(profile)s.", **values)
    return _(
        "Without %(name)s the advice for %(profile)s would be %(variant)s.",
        variant=spoken.quote(one.without),
        **values,
    )


def tell_used(used: int, considered: int) -> str:
    """Return how many of the experiments were used."""
    return ngettext(
        "used %(used)s of %(num)d experiment",
        "used %(used)s of %(num)d experiments",
        considered,
        used=formats.number(used),
    )
