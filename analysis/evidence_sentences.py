"""What the evidence of all labs says in plain sentences, with natural frequencies."""

import math
from collections import Counter
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.cases import telling
from analysis.cases.counts import count_down, count_up
from analysis.cases.table import Situation, Step
from analysis.cases.telling import Finding, tell_situation
from analysis.evidence_names import join
from analysis.evidence_wording import (
    Wording,
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
# A sentence names no more variants than this, and a paragraph has no more such sentences.
MOST_NAMES, MOST_GROUPS = 2, 2


def find(part: ProfileRecord, wording: Wording) -> Finding | None:
    """Return what was found of a profile, or of everyone; None where nothing is compared."""
    leader = find_leader(part)
    if leader is None or leader.verdict is None or leader.against is None:
        return None
    other = find_variant(part, leader.against)
    rates = (leader.rate, other.rate) if other else (None, None)
    return Finding(
        verdict=leader.verdict,
        variant=wording.spoken.quote(leader.variant),
        reference=wording.spoken.quote(leader.against),
        limits=leader.difference_ci and wording.turn(leader.difference_ci),
        rates=None if None in rates else rates,
        base=wording.base,
        units=wording.units,
        margin=wording.margin,
        step=Step(wording.step),
        direction=wording.direction,
        is_expected=True,
    )


def tell_verdict(part: ProfileRecord, wording: Wording) -> str:
    """Return the verdict on a profile, or on everyone, as a sentence without figures."""
    found = find(part, wording)
    return telling.tell_verdict(found) if found else tell_situation(Situation.NOTHING_COMPARED)


def tell_known(part: ProfileRecord, wording: Wording, *, is_short: bool = False) -> str:
    """Return what works clearly better than what, besides what the verdict says.

    The better variants come first, and no more than a reader can hold; then how many more such
    comparisons there are. is_short: one sentence, for a list.
    """
    leader = find_leader(part)
    is_said = leader is not None and leader.verdict is Verdict.CLEARLY_BETTER
    verdict = (leader.variant, leader.against) if is_said else None
    groups = group_claims(part, verdict)
    if not groups:
        return ""
    most = 1 if is_short else MOST_GROUPS
    told = [
        _tell_group(betters, worse, wording, is_also=is_said and betters == (leader.variant,))
        for betters, worse in groups[:most]
    ]
    said = " ".join(told) if is_said else _("What is clear: %(known)s", known=" ".join(told))
    named = sum(
        min(len(betters), MOST_NAMES) * min(len(worse), MOST_NAMES)
        for betters, worse in groups[:most]
    )
    rest = sum(len(betters) * len(worse) for betters, worse in groups) - named
    if is_short or not rest:
        return said
    more = ngettext(
        "The table holds %(num)d more such comparison.",
        "The table holds %(num)d more such comparisons.",
        rest,
    )
    return f"{said} {more}"


def group_claims(
    part: ProfileRecord, without: tuple[int, int] | None = None
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return the variants that are better than the same others, with those; the best first."""
    regret = {one.variant: one.expected_regret or 0.0 for one in part.variants}
    beaten: dict[int, set[int]] = {}
    for one in part.claims:
        if (one.better, one.worse) != without:
            beaten.setdefault(one.better, set()).add(one.worse)
    groups: dict[frozenset[int], list[int]] = {}
    for better in sorted(beaten, key=regret.get):
        groups.setdefault(frozenset(beaten[better]), []).append(better)
    return [
        (tuple(betters), tuple(sorted(worse, key=regret.get))) for worse, betters in groups.items()
    ]


def _tell_group(
    betters: tuple[int, ...], worse: tuple[int, ...], wording: Wording, *, is_also: bool
) -> str:
    sides = {"variant": _name_some(betters, wording), "names": _name_some(worse, wording)}
    if is_also:
        return _("%(variant)s also works clearly better than %(names)s.", **sides)
    return ngettext(
        "%(variant)s works clearly better than %(names)s.",
        "%(variant)s work clearly better than %(names)s.",
        len(betters),
        **sides,
    )


def _name_some(variants: tuple[int, ...], wording: Wording) -> str:
    """Return names of variants, and how many others there are where that would be a long list."""
    names = [wording.spoken.quote(one) for one in variants[:MOST_NAMES]]
    others = len(variants) - len(names)
    if others:
        names.append(ngettext("%(num)d other", "%(num)d others", others))
    return join(names)


def tell_figures(part: ProfileRecord, wording: Wording) -> str:
    """Return the figures behind a verdict: natural frequencies and the size of the difference."""
    found = find(part, wording)
    if found is None:
        return ""
    if found.rates is None:
        return telling.tell_size(found)
    return telling.join_sentences(telling.tell_figures(found), tell_expected(part, wording))


def tell_expected(part: ProfileRecord, wording: Wording) -> str:
    """Return that the rates just told were not counted here but are expected."""
    leader = find_leader(part)
    other = leader and find_variant(part, leader.against)
    untried = [one for one in (leader, other) if one and one.rate is not None and not one.is_tried]
    if len(untried) > 1:
        return tell_situation(Situation.BOTH_UNTRIED)
    if untried:
        quoted = wording.spoken.quote(untried[0].variant)
        return tell_situation(Situation.ONE_UNTRIED, variant=quoted)
    return ""


def tell_prediction(one: VariantRecord | None, wording: Wording, lab: str | None = None) -> str:
    """Return what one new experiment may show, in a new lab or in a lab of the run.

    How much people respond at all differs from place to place, and no comparison tells that.
    """
    prediction = one and find_prediction(one, lab)
    if prediction is None:
        return ""
    return tell_situation(
        Situation.NEW_LAB if lab is None else Situation.KNOWN_LAB,
        variant=wording.spoken.quote(one.variant),
        lower=count_down(prediction.rate[0], wording.base),
        upper=count_up(prediction.rate[1], wording.base),
        base=wording.base_text,
        lab="" if lab is None else wording.spoken.lab(lab),
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
        return tell_situation(Situation.MAY_TURN)
    return ""


def tell_how_many(record: PooledRecord) -> str:
    """Return for how many profiles how much is known of the best variant and the next."""
    held = Counter(leader.verdict for leader in map(find_leader, record.profiles) if leader)
    clear, likely, alike = (
        held[one]
        for one in (Verdict.CLEARLY_BETTER, Verdict.PROBABLY_BETTER, Verdict.NO_DIFFERENCE)
    )
    rest = len(record.profiles) - clear - likely - alike
    said = (
        clear
        and ngettext(
            "For %(num)d profile one variant works clearly better than the next best.",
            "For %(num)d profiles one variant works clearly better than the next best.",
            clear,
        ),
        likely
        and ngettext(
            "For %(num)d profile one variant probably works better than the next best.",
            "For %(num)d profiles one variant probably works better than the next best.",
            likely,
        ),
        alike
        and ngettext(
            "For %(num)d profile the two best differ by nothing that matters.",
            "For %(num)d profiles the two best differ by nothing that matters.",
            alike,
        ),
        rest
        and ngettext(
            "For %(num)d profile there are too few counts.",
            "For %(num)d profiles there are too few counts.",
            rest,
        ),
    )
    return " ".join(filter(None, said))


def tell_profiles(record: PooledRecord) -> str:
    """Return whether one advice serves all profiles; nothing when there is one profile."""
    if len(record.profiles) < 2:
        return ""
    return tell_situation(_find_spread(record))


def _find_spread(record: PooledRecord) -> Situation:
    if record.are_profiles_alike is None:
        return Situation.PROFILES_UNKNOWN
    if not record.are_profiles_alike:
        return Situation.PROFILES_DIFFER
    together = record.together and find_leader(record.together)
    if together and together.verdict is Verdict.NOT_ENOUGH_DATA:
        # What is not known of everyone together is no advice for every profile.
        return Situation.PROFILES_ALIKE_SO_FAR
    return Situation.PROFILES_ALIKE


def tell_standing(part: ProfileRecord, wording: Wording) -> str:
    """Return where the advised variant may rank, and the chance that none is much better."""
    advised = find_leader(part)
    if advised is None or advised.rank_ci is None:
        return ""
    ranked = sum(one.rank_ci is not None and one.part == advised.part for one in part.variants)
    said = _tell_rank(advised, ranked, wording)
    if said and advised.rank_ci == (1, 1):
        # Whatever is surely first is not behind anything.
        return said
    return " ".join(filter(None, (said, _tell_near_best(advised, wording))))


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
    if last == first + 1:
        return _(
            "Of the %(ranked)s variants, %(variant)s ranks number %(first)s or %(last)s.",
            first=formats.number(first),
            last=formats.number(last),
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
    situation = Situation.SOME_APART if len(apart) > 1 else Situation.ONE_APART
    return tell_situation(situation, names=wording.spoken.quote_all(apart))


def tell_uncounted(record: PooledRecord, asked: Sequence[str], wording: Wording) -> str:
    """Return which profiles of the question nobody counted yet."""
    known = {part.profile for part in record.profiles}
    names = [wording.spoken.profile(code) for code in asked if code not in known]
    if not names or not known:
        return ""
    return _("Nothing was counted yet of %(names)s.", names=join(names))


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
    shown = [one for one in part.variants if one.rate is not None]
    untried = [one.variant for one in shown if not one.is_tried]
    if not untried:
        return ""
    if len(untried) > MOST_NAMES:
        return _(
            "%(untried)s of the %(shown)s variants were not tried here. What we expect of them"
            " follows from what their channel and style did elsewhere.",
            untried=formats.number(len(untried)),
            shown=formats.number(len(shown)),
        )
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
