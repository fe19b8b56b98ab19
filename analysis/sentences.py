"""What a comparison says in plain sentences, with natural frequencies."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.stats.cells import Denominator, Direction
from analysis.stats.multiplicity import simultaneous_level
from analysis.stats.results import (
    ExperimentComparison,
    Method,
    PairComparison,
    ProfileComparison,
    ProfilesAnswer,
    Reason,
    Status,
    StratifiedDifference,
    Verdict,
)
from analysis.stats.sizes import estimate_people_needed
from lab import formats

SMALL_RATE = 0.02
VERDICTS: Mapping[Verdict, LazyString] = {
    Verdict.CLEARLY_BETTER: _l("clearly better"),
    Verdict.PROBABLY_BETTER: _l("probably better"),
    Verdict.NO_DIFFERENCE: _l("no difference found"),
    Verdict.NOT_ENOUGH_DATA: _l("too little data"),
}
METHODS: Mapping[Method, LazyString] = {
    Method.MIETTINEN_NURMINEN: _l("Miettinen–Nurminen"),
    Method.NEWCOMBE: _l("Newcombe"),
    Method.MANTEL_HAENSZEL: _l("Mantel–Haenszel, within profiles"),
    Method.CLUSTER_MEAN_T: _l("t-test on the means of clusters"),
    Method.CLUSTER_ROBUST_T: _l("Mantel–Haenszel, with the spread between clusters"),
    Method.MATCHED_BLOCKS_T: _l("t-test on matched blocks"),
}
DENOMINATORS: Mapping[str, LazyString] = {
    Denominator.OFFERED: _l("the people who were offered the variant"),
    Denominator.REACHED: _l("the people who were reached"),
}
MARKS: Mapping[Verdict, str] = {
    Verdict.CLEARLY_BETTER: "▲",
    Verdict.PROBABLY_BETTER: "△",
    Verdict.NO_DIFFERENCE: "＝",
    Verdict.NOT_ENOUGH_DATA: "…",
}


@dataclass(frozen=True, slots=True)
class Names:
    """How variants and profiles are called, what is counted, and the step of the outcome.

    units: what a rate is a share of, in the plural (letters, people). step: `reached`, `responded`
    or `participated`.
    """

    variants: Sequence[str]
    profiles: Mapping[str | None, str] = field(default_factory=dict)
    units: str | None = None
    step: str = "responded"


def choose_base(comparison: ExperimentComparison) -> int:
    """Return of how many all sentences count: 100, or 1,000 and more when rates are below 2 %."""
    groups = (*comparison.profiles, comparison.total)
    rates = [one.rate for group in groups for one in group.variants if one.rate is not None]
    highest = max(rates, default=1.0)
    base = 100
    while 0 < highest * base < 100 * SMALL_RATE and base < 100_000:
        base *= 10
    return base


def tell_group(comparison: ExperimentComparison, group: ProfileComparison, names: Names) -> str:
    """Return what may be said of one profile, or of everyone: the verdict, counts, difference."""
    parts = (tell_verdict(group, names), tell_figures(comparison, group, names))
    return " ".join(part for part in parts if part)


def tell_verdict(group: ProfileComparison, names: Names) -> str:
    """Return the verdict on one profile, or on everyone, as a sentence without figures."""
    if group.leader is None or group.opponent is None:
        return _tell_nothing(group)
    sides = {
        "variant": names.variants[group.leader],
        "reference": names.variants[group.opponent],
    }
    if group.verdict == Verdict.CLEARLY_BETTER:
        return _("%(variant)s works clearly better than %(reference)s.", **sides)
    if group.verdict == Verdict.PROBABLY_BETTER:
        return _("%(variant)s probably works better than %(reference)s.", **sides)
    if group.verdict == Verdict.NO_DIFFERENCE:
        return _(
            "Between %(variant)s and %(reference)s we found no difference that matters.", **sides
        )
    return _("We do not know yet whether %(variant)s works better than %(reference)s.", **sides)


def tell_figures(comparison: ExperimentComparison, group: ProfileComparison, names: Names) -> str:
    """Return the figures behind a verdict: natural frequencies and the size of the difference."""
    if group.leader is None or group.opponent is None:
        return ""
    pair = group.find_pair(group.leader, group.opponent)
    base = choose_base(comparison)
    parts = [
        _tell_counts(group, pair, names, base),
        _tell_difference(comparison, group.verdict, pair.stratified or pair, base),
    ]
    if group.verdict == Verdict.NOT_ENOUGH_DATA:
        parts.append(_tell_people_needed(comparison, group, names, base))
    if group.is_exploratory:
        parts.append(_("The profile was known only through the response, so this is a first look."))
    return " ".join(part for part in parts if part)


def tell_spread(comparison: ExperimentComparison, names: Names) -> str:
    """Return whether one advice serves all profiles; nothing when no profiles can be compared."""
    spread = comparison.spread
    if spread.status is Status.UNDEFINED:
        return ""
    if spread.answer is ProfilesAnswer.NOT_ENOUGH:
        return _("We do not know yet whether one advice serves all profiles.")
    if (
        comparison.total.verdict == Verdict.NOT_ENOUGH_DATA
        and spread.answer is ProfilesAnswer.ALIKE
    ):
        # What is not known of everyone together cannot be called best in every profile.
        return _("So far we saw no difference that matters between the profiles.")
    if spread.largest_shortfall is None:
        return _tell_spread_without_size(spread.answer)
    base, best = choose_base(comparison), names.variants[spread.overall_best]
    size = {
        "most": _count_up(spread.largest_shortfall, base),
        "base": formats.number(base),
        "variant": best,
    }
    if spread.answer is ProfilesAnswer.DIFFER:
        return _(
            "Not everyone is served best by %(variant)s: in one profile another variant does better"
            " by about %(most)s in %(base)s. Give advice per profile.",
            **size,
        )
    if spread.is_same_best and len(spread.best_variants) == 2:
        return _(
            "The same variant, %(variant)s, does best in both profiles. Between the profiles we"
            " found no difference that matters: one advice will do.",
            **size,
        )
    if spread.is_same_best:
        return _(
            "The same variant, %(variant)s, does best in all %(profiles)s profiles. Between the"
            " profiles we found no difference that matters: one advice will do.",
            profiles=formats.number(len(spread.best_variants)),
            **size,
        )
    return _(
        "Another variant did best in some profiles, but nowhere by more than about %(most)s in"
        " %(base)s over %(variant)s. One advice will do.",
        **size,
    )


def _tell_spread_without_size(answer: ProfilesAnswer) -> str:
    """Return the answer on profiles where the size of their differences is held back."""
    if answer is ProfilesAnswer.DIFFER:
        return _("The profiles differ. Give advice per profile.")
    return _("Between the profiles we found no difference that matters: one advice will do.")


def tell_interaction(comparison: ExperimentComparison) -> str:
    """Return the test on differences between profiles, for researchers."""
    test = comparison.interaction
    if test is None or test.statistic is None:
        return ""
    return _(
        "Test of profile × variant: statistic %(statistic)s, %(df)s degrees of freedom,"
        " p = %(pvalue)s. The conclusion on profiles follows the size of the differences, not this"
        " p-value.",
        statistic=formats.decimal(test.statistic, 1),
        df=formats.number(test.df),
        pvalue=formats.pvalue(test.pvalue),
    )


def _tell_nothing(group: ProfileComparison) -> str:
    if any(one.reason is Reason.NO_DENOMINATOR for one in group.variants):
        return _(
            "We know how many responded, but not out of how many. There is nothing to compare."
        )
    if group.reason is Reason.ONE_VARIANT:
        return _("Only one variant was counted. There is nothing to compare.")
    if group.reason is Reason.NO_COMMON_STRATUM:
        return _("The variants were never used side by side. There is nothing to compare.")
    return _("Nothing was counted yet.")


def _tell_counts(group: ProfileComparison, pair: PairComparison, names: Names, base: int) -> str:
    rates = [group.find_variant(one).rate for one in (pair.variant, pair.reference)]
    if None in rates or _is_reversed(pair):
        return ""
    decimals = decimals_of_pair(rates[0] * base, rates[1] * base)
    counts = {
        "count": formats.decimal(rates[0] * base, decimals),
        "count2": formats.decimal(rates[1] * base, decimals),
        "base": formats.number(base),
        "units": names.units or _("people"),
        "reference": names.variants[pair.reference],
    }
    if names.step == "participated":
        return _(
            "Of every %(base)s %(units)s about %(count)s led to someone taking part, against"
            " %(count2)s with %(reference)s.",
            **counts,
        )
    if names.step == "reached":
        return _(
            "Of every %(base)s %(units)s about %(count)s reached someone, against %(count2)s with"
            " %(reference)s.",
            **counts,
        )
    return _(
        "To every %(base)s %(units)s there were about %(count)s responses, against %(count2)s with"
        " %(reference)s.",
        **counts,
    )


def decimals_of_pair(count: float, other: float) -> int:
    """Return 1 where whole numbers would hide a difference, or make one of nothing."""
    whole = round(count) - round(other)
    return int(abs(whole - (count - other)) > 0.5 or (whole == 0 and count != other))


def _is_reversed(pair: PairComparison) -> bool:
    """Return whether the plain totals point the other way than the figures within groups."""
    within = pair.stratified
    return within is not None and (pair.difference or 0.0) * (within.difference or 0.0) < 0


def _tell_difference(
    comparison: ExperimentComparison,
    verdict: Verdict,
    figures: PairComparison | StratifiedDifference,
    base: int,
) -> str:
    limits = figures.simultaneous_lower, figures.simultaneous_upper
    if None in limits:
        return ""
    if comparison.direction == Direction.LOWER:
        limits = -limits[1], -limits[0]
    low, high = limits
    size = {"base": formats.number(base), "most": _count_up(max(-low, high), base)}
    if verdict == Verdict.NO_DIFFERENCE:
        return _("It is at most %(most)s in %(base)s either way.", **size)
    if low > 0:
        ends = {"lower": _count_down(low, base), "upper": _count_up(high, base)}
        return _("The difference is %(lower)s to %(upper)s in every %(base)s.", **ends, **size)
    if verdict == Verdict.PROBABLY_BETTER:
        return _("The difference may also be 0.")
    return _(
        "The difference can be up to %(ahead)s in every %(base)s in its favour and up to %(behind)s"
        " against it.",
        ahead=_count_up(max(high, 0.0), base),
        behind=_count_up(-low, base),
        base=size["base"],
    )


def _tell_people_needed(
    comparison: ExperimentComparison, group: ProfileComparison, names: Names, base: int
) -> str:
    """Return how many more would settle it, where people count one by one."""
    sides = [group.find_variant(one) for one in (group.leader, group.opponent)]
    if any(one.clusters or not one.denominator for one in sides):
        return ""
    is_total = group.profile is None and group is comparison.total
    family = comparison.comparisons_in_total if is_total else comparison.comparisons_in_family
    level = simultaneous_level(comparison.confidence_level, family)
    rate = (sides[1].numerator + 0.5) / (sides[1].denominator + 1)
    needed = estimate_people_needed(rate, comparison.margin, level)
    more = needed - min(one.denominator for one in sides)
    if more <= 0:
        return ""
    return _(
        "With about %(more)s more %(units)s per variant you can see a difference of %(margin)s in"
        " %(base)s.",
        more=formats.number(_round_up(more)),
        units=names.units or _("people"),
        margin=formats.decimal(comparison.margin * base, _decimals(comparison.margin * base)),
        base=formats.number(base),
    )


def _count_down(share: float, base: int) -> str:
    """Return a limit in whole people, or in tenths where less than one is left."""
    count = math.floor(share * base + 1e-9)
    return formats.number(count) if count else formats.decimal(share * base, 1)


def _count_up(share: float, base: int) -> str:
    return formats.number(math.ceil(share * base - 1e-9))


def _decimals(count: float) -> int:
    return int(abs(count - round(count)) > 1e-9)


def _round_up(people: int) -> int:
    """Return a number of people with two digits that say something."""
    unit = 10 ** max(len(str(people)) - 2, 0)
    return math.ceil(people / unit) * unit
