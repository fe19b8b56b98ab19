"""Every variant against one chosen reference, from the joint draws of a fit."""

from typing import NamedTuple

import numpy as np

from analysis.stats.pooled.data import Variant
from analysis.stats.pooled.part import list_parts, read_part
from analysis.stats.pooled.results import PooledEstimate


class ReferenceDifference(NamedTuple):
    """A variant less the reference, as shares, with limits that hold for all pairs of the profile.

    probability_better: P(variant better than the reference).
    """

    profile: str
    variant: Variant
    difference: float
    difference_ci: tuple[float, float]
    probability_better: float


def compare_with_reference(
    estimate: PooledEstimate, reference: Variant, margin: float
) -> tuple[ReferenceDifference, ...]:
    """Return each variant against a reference, per profile in which both can be ranked.

    Nothing where the reference, or the level of the profile, cannot be estimated, or where no chain
    of comparisons leads from one to the other. Limits are those of `decisions.compare_pairs`.
    """
    if estimate.draws is None or reference not in estimate.variants:
        return ()
    place = estimate.variants.index(reference)
    found = []
    for profile, name in enumerate(estimate.profiles):
        for members in list_parts(estimate.draws, profile):
            at = np.flatnonzero(members == place)
            part = read_part(estimate.grid, estimate.draws, profile, members, margin)
            if not at.size or not part.has_level:
                continue
            own, pairs = int(at[0]), part.pairs
            found += [
                ReferenceDifference(
                    name,
                    estimate.variants[member],
                    float(pairs.difference[row, own]),
                    (float(pairs.lower[row, own]), float(pairs.upper[row, own])),
                    float(pairs.better[row, own]),
                )
                for row, member in enumerate(members.tolist())
                if member != place
            ]
    return tuple(found)
