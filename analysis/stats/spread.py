"""Whether one advice serves all profiles: by the size of what a profile would lose, not by p."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from analysis.stats.cells import Direction
from analysis.stats.clusters import estimate_design_effect
from analysis.stats.layout import PairLayout
from analysis.stats.multiplicity import simultaneous_level
from analysis.stats.proportions import compare_newcombe
from analysis.stats.results import (
    ProfileComparison,
    ProfilesAnswer,
    ProfileSpread,
    Reason,
    Status,
    Verdict,
)

Array = NDArray[np.float64]

_NORMAL = 0.3989422804014327


def measure_spread(
    layout: PairLayout, profiles: tuple[ProfileComparison, ...], total: ProfileComparison
) -> ProfileSpread:
    """Return what profiles lose when everyone gets the variant that leads over all of them.

    Profiles *differ* when another variant does better in one of them by more than the margin, and
    clearly so (simultaneous limits). They are *alike* when the expected loss stays below the
    margin in each: the mean of max(0, other - overall best) with both rates at their Jeffreys
    posteriors (normal, widened by the design effect of clusters), largest over the others. Else
    there is *not enough* to say. A profile counts when it has people in the overall best and in
    another variant.
    """
    best = total.leader
    if best is None:
        return _undefined(total.reason or Reason.NO_COUNTS)
    usable = [
        block
        for block, one in enumerate(profiles)
        if one.leader is not None and layout.nobs[block, best] > 0
    ]
    if len(usable) < 2:
        return _undefined(Reason.ONE_PROFILE, best)
    gaps, losses = _measure(layout, usable, best)
    shortfall = gaps.max(axis=1)
    margin = layout.design.margin
    is_other_clear = any(
        gap > margin and _is_clear(layout, block, profiles[block], best)
        for block, gap in zip(usable, shortfall.tolist(), strict=True)
    )
    answer = ProfilesAnswer.NOT_ENOUGH
    if is_other_clear:
        answer = ProfilesAnswer.DIFFER
    elif losses.max() < margin:
        answer = ProfilesAnswer.ALIKE
    return ProfileSpread(
        answer,
        overall_best=best,
        best_variants=tuple((profiles[one].profile, profiles[one].leader) for one in usable),
        is_same_best=bool((shortfall <= 0).all()),
        largest_shortfall=float(max(shortfall.max(), 0.0)),
        largest_expected_loss=float(losses.max()),
        compared_with=total.opponent,
        largest_deviation=_deviate(layout, usable, total),
    )


def _undefined(reason: Reason, best: int | None = None) -> ProfileSpread:
    return ProfileSpread(
        ProfilesAnswer.NOT_ENOUGH, overall_best=best, status=Status.UNDEFINED, reason=reason
    )


def _measure(layout: PairLayout, usable: list[int], best: int) -> tuple[Array, Array]:
    """Return per profile and variant how much better it is than the best: observed, expected."""
    sign = -1.0 if layout.design.direction == Direction.LOWER else 1.0
    count, nobs = layout.count[usable], layout.nobs[usable]
    is_other = nobs > 0
    is_other[:, best] = False
    rate = count / np.maximum(nobs, 1)
    gaps = np.where(is_other, sign * (rate - rate[:, [best]]), 0.0)
    mean = (count + 0.5) / (nobs + 1)
    variance = mean * (1 - mean) / (nobs + 2)
    if layout.table.clusters is not None:
        variance *= np.array([[_design_effect(layout, block)] for block in usable])
    centre = sign * (mean - mean[:, [best]])
    spread = np.sqrt(variance + variance[:, [best]])
    scaled = centre / spread
    density = np.exp(-0.5 * scaled * scaled) * _NORMAL
    losses = np.where(is_other, spread * density + centre * ndtr(scaled), 0.0)
    return gaps, losses.max(axis=1)


def _design_effect(layout: PairLayout, block: int) -> float:
    rows = layout.table.clusters
    if rows is None:
        return 1.0
    held = rows.select(rows.stratum // len(layout.table.waves) == block)
    return estimate_design_effect(held._replace(stratum=held.stratum * 0))[0] or 1.0


def _is_clear(layout: PairLayout, block: int, profile: ProfileComparison, best: int) -> bool:
    """Return whether the profile's own best is clearly better there than the overall best."""
    own = profile.leader
    if own is None or own == best:
        return False
    pair = profile.find_pair(own, best)
    if pair is not None:
        return pair.better == own and pair.verdict == Verdict.CLEARLY_BETTER
    level = simultaneous_level(layout.design.confidence_level, layout.family_size[block])
    effect = _design_effect(layout, block)
    sides = [
        values[block, one] / effect for one in (own, best) for values in (layout.count, layout.nobs)
    ]
    lower, upper = compare_newcombe(*sides, level)
    return bool(upper < 0 if layout.design.direction == Direction.LOWER else lower > 0)


def _deviate(layout: PairLayout, usable: list[int], total: ProfileComparison) -> float | None:
    """Return how far the leading difference strays in one profile from that over all."""
    held = [one for one in usable if layout.nobs[one, total.opponent] > 0]
    pair = total.find_pair(total.leader, total.opponent)
    if not held or pair is None or pair.stratified.difference is None:
        return None
    rate = layout.count[held] / np.maximum(layout.nobs[held], 1)
    differences = rate[:, total.leader] - rate[:, total.opponent]
    return float(np.abs(differences - pair.stratified.difference).max())
