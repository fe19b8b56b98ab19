"""What a comparison says in plain sentences, with natural frequencies."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.cases import counts, telling
from analysis.cases.counts import count_up
from analysis.cases.table import Proof, Situation, Step
from analysis.cases.telling import Finding, join_sentences, tell_situation, turn
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
    Verdict,
)
from analysis.stats.sizes import estimate_people_needed
from lab import formats

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
    or `participated`. proof: what the design of the experiment can prove.
    """

    variants: Sequence[str]
    profiles: Mapping[str | None, str] = field(default_factory=dict)
    units: str | None = None
    step: str = "responded"
    proof: Proof = Proof.LOTTERY


def choose_base(comparison: ExperimentComparison) -> int:
    """Return of how many all sentences count: 100, or 1,000 and more when rates are below 2 %."""
    groups = (*comparison.profiles, comparison.total)
    return counts.choose_base(one.rate for group in groups for one in group.variants)


def tell_group(comparison: ExperimentComparison, group: ProfileComparison, names: Names) -> str:
    """Return what may be said of one profile, or of everyone: the verdict, counts, difference."""
    return join_sentences(
        tell_verdict(comparison, group, names), tell_figures(comparison, group, names)
    )


def tell_verdict(comparison: ExperimentComparison, group: ProfileComparison, names: Names) -> str:
    """Return the verdict on one profile, or on everyone, as a sentence without figures."""
    found = find(comparison, group, names)
    return telling.tell_verdict(found) if found else tell_situation(_find_situation(group))


def tell_figures(comparison: ExperimentComparison, group: ProfileComparison, names: Names) -> str:
    """Return the figures behind a verdict: natural frequencies and the size of the difference."""
    found = find(comparison, group, names)
    if found is None:
        return ""
    first_look = tell_situation(Situation.FIRST_LOOK) if group.is_exploratory else ""
    return join_sentences(telling.tell_figures(found), first_look)


def tell_ground(comparison: ExperimentComparison, names: Names) -> str:
    """Return what the verdict on everyone can prove, and that it is of one place."""
    found = find(comparison, comparison.total, names)
    return join_sentences(telling.tell_proof(found), telling.tell_places(found)) if found else ""


def find(
    comparison: ExperimentComparison, group: ProfileComparison, names: Names
) -> Finding | None:
    """Return what was found of one profile, or of everyone; None where nothing is compared."""
    if group.leader is None or group.opponent is None:
        return None
    pair = group.find_pair(group.leader, group.opponent)
    # Over everyone, only the difference within profiles and waves is the variants' own.
    figures = pair.stratified or pair
    limits = figures.simultaneous_lower, figures.simultaneous_upper
    direction = Direction(comparison.direction)
    return Finding(
        verdict=group.verdict,
        variant=names.variants[group.leader],
        reference=names.variants[group.opponent],
        limits=None if None in limits else turn(limits, direction),
        rates=_find_rates(group, pair),
        base=choose_base(comparison),
        units=names.units or "",
        margin=comparison.margin,
        step=Step(names.step),
        direction=direction,
        proof=names.proof,
        more_needed=_count_more_needed(comparison, group),
    )


def tell_spread(comparison: ExperimentComparison, names: Names) -> str:
    """Return whether one advice serves all profiles; nothing when no profiles can be compared."""
    spread = comparison.spread
    if spread.status is Status.UNDEFINED:
        return ""
    situation = _find_spread(comparison)
    if spread.overall_best is None:
        return tell_situation(situation)
    base = choose_base(comparison)
    return tell_situation(
        situation,
        most=count_up(spread.largest_shortfall or 0.0, base),
        base=formats.number(base),
        variant=names.variants[spread.overall_best],
        profiles=formats.number(len(spread.best_variants)),
    )


def _find_spread(comparison: ExperimentComparison) -> Situation:
    spread = comparison.spread
    if spread.answer is ProfilesAnswer.NOT_ENOUGH:
        return Situation.PROFILES_UNKNOWN
    is_alike = spread.answer is ProfilesAnswer.ALIKE
    if is_alike and comparison.total.verdict == Verdict.NOT_ENOUGH_DATA:
        # What is not known of everyone together cannot be called best in every profile.
        return Situation.PROFILES_ALIKE_SO_FAR
    if spread.largest_shortfall is None or spread.overall_best is None:
        # The size of their differences is held back.
        return Situation.PROFILES_ALIKE if is_alike else Situation.PROFILES_DIFFER
    if not is_alike:
        return Situation.PROFILES_DIFFER_BY
    if not spread.is_same_best:
        return Situation.NEAR_BEST_IN_ALL
    is_two = len(spread.best_variants) == 2
    return Situation.SAME_BEST_IN_TWO if is_two else Situation.SAME_BEST_IN_ALL


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


def _find_situation(group: ProfileComparison) -> Situation:
    if any(one.reason is Reason.NO_DENOMINATOR for one in group.variants):
        return Situation.NO_DENOMINATOR
    return {
        Reason.ONE_VARIANT: Situation.ONE_VARIANT,
        Reason.NO_COMMON_STRATUM: Situation.NEVER_TOGETHER,
    }.get(group.reason, Situation.NOTHING_COUNTED)


def _find_rates(group: ProfileComparison, pair: PairComparison) -> tuple[float, float] | None:
    rates = tuple(group.find_variant(one).rate for one in (pair.variant, pair.reference))
    return None if None in rates or _is_reversed(pair) else rates


def _is_reversed(pair: PairComparison) -> bool:
    """Return whether the plain totals point the other way than the figures within groups."""
    within = pair.stratified
    return within is not None and (pair.difference or 0.0) * (within.difference or 0.0) < 0


def _count_more_needed(comparison: ExperimentComparison, group: ProfileComparison) -> int | None:
    """Return how many more would settle it, where people count one by one."""
    sides = [group.find_variant(one) for one in (group.leader, group.opponent)]
    if any(one.clusters or not one.denominator for one in sides):
        return None
    is_total = group.profile is None and group is comparison.total
    family = comparison.comparisons_in_total if is_total else comparison.comparisons_in_family
    level = simultaneous_level(comparison.confidence_level, family)
    rate = (sides[1].numerator + 0.5) / (sides[1].denominator + 1)
    needed = estimate_people_needed(rate, comparison.margin, level)
    more = needed - min(one.denominator for one in sides)
    return _round_up(more) if more > 0 else None


def _round_up(people: int) -> int:
    """Return a number of people with two digits that say something."""
    unit = 10 ** max(len(str(people)) - 2, 0)
    return math.ceil(people / unit) * unit
