"""How an estimate compares with the truth: coverage, regret, calibration and false claims."""

from typing import NamedTuple

import numpy as np


class Score(NamedTuple):
    """Per programme; regret in percentage points, the others shares or counts."""

    coverage: float
    regret: float
    right_advice: float
    calibration_gap: float
    claims: int
    false_claims: int
    profiles_with_false_claim: float
    rmse: float


def score(estimate, truth):
    """Return the scores of a pooled estimate of a simulated programme.

    Intervals are those of effects centred over the variants of a profile; truth that is equal
    makes every claim false.
    """
    profiles, _channels, styles = truth.effects.shape
    place = [int(v.channel[1:]) * styles + int(v.values[0][1:]) for v in estimate.variants]
    true = truth.effects.reshape(profiles, -1)[:, place]
    rows = {(one.profile, one.variant): one for one in estimate.estimates}
    inside, errors, regret, right, stated = [], [], [], [], []
    for name in estimate.profiles:
        profile = int(name[1:])
        held = [rows[name, variant] for variant in estimate.variants]
        known = [at for at, one in enumerate(held) if one.effect is not None]
        centred = true[profile, known] - true[profile, known].mean()
        for at, value in zip(known, centred, strict=True):
            lower, upper = held[at].effect_ci
            inside.append(lower <= value <= upper)
            errors.append((held[at].effect - value) ** 2)
        advised = next(at for at, one in enumerate(held) if one.is_advised)
        rate = 1 / (1 + np.exp(-(truth.level[profile] + truth.effects[profile].ravel())))
        mine = 1 / (1 + np.exp(-(truth.level[profile] + true[profile, advised])))
        regret.append(100 * (rate.max() - mine))
        right.append(rate.max() - mine < 1e-12)
        stated.append(held[advised].p_best)
    at = {variant: position for position, variant in enumerate(estimate.variants)}
    false = [
        claim.profile
        for claim in estimate.claims
        if true[int(claim.profile[1:]), at[claim.better]]
        <= true[int(claim.profile[1:]), at[claim.worse]]
    ]
    return Score(
        np.mean(inside),
        np.mean(regret),
        np.mean(right),
        np.mean(stated) - np.mean(right),
        len(estimate.claims),
        len(false),
        len(set(false)) / profiles,
        np.sqrt(np.mean(errors)),
    )
