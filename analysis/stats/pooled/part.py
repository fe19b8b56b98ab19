"""The figures of variants that can be compared: in one profile, or in all together."""

from dataclasses import dataclass

import numpy as np

from analysis.stats.pooled.data import Array, Codes, Variant
from analysis.stats.pooled.decisions import (
    Decision,
    PairTable,
    compare_pairs,
    decide,
    find_claims,
    judge_against_best,
)
from analysis.stats.pooled.design import Grid
from analysis.stats.pooled.draws import JointDraws
from analysis.stats.pooled.results import Claim, VariantEstimate
from analysis.stats.results import Status, Verdict

TAILS = (0.025, 0.975)
# Beyond these a logit stands for no rate that counts could show.
FARTHEST, LOOSEST = 12.0, 50.0


def find_rates(effects: Array, level: Array | float) -> Array:
    """Return the rates of effects at a level, both logits."""
    return 1.0 / (1.0 + np.exp(-np.clip(effects + level, -LOOSEST, LOOSEST)))


def list_parts(draws: JointDraws, profile: int) -> list[Codes]:
    """Return the variants of each connected part of at least two that can be estimated."""
    effects = draws.effects[:, profile]
    found = []
    for part in range(draws.parts.max(initial=-1) + 1):
        members = np.flatnonzero(draws.parts == part)
        own = effects[:, members]
        own = own - np.median(own, axis=1, keepdims=True)
        is_known = (np.abs(own.mean(axis=0)) < FARTHEST) & (own.std(axis=0) < LOOSEST)
        if is_known.sum() > 1:
            found.append(members[is_known])
    return found


def read_part(
    grid: Grid, draws: JointDraws, profile: int, members: Codes, margin: float
) -> "PartReader":
    """Return the figures of one profile and some variants of one part."""
    part = int(draws.parts[members[0]])
    effects = draws.effects[:, profile, members]
    level = draws.level[:, profile, part, None]
    has_level = bool(np.isfinite(level).all())
    rates = find_rates(effects, level if has_level else 0.0)
    name, variants = grid.profiles[profile], grid.variants
    return PartReader.of(name, variants, part, members, effects, rates, margin, has_level)


@dataclass(frozen=True, slots=True, eq=False)
class PartReader:
    """The figures of the variants of one profile that can be compared.

    members: (V,) places in the grid. has_level: whether anybody responded, so that there is a rate.
    """

    name: str
    variants: tuple[Variant, ...]
    part: int
    members: Codes
    has_level: bool
    centred: Array
    rates: Array
    decision: Decision
    pairs: PairTable
    verdicts: list[Verdict]
    other: Codes

    @classmethod
    def of(
        cls,
        name: str,
        variants: tuple[Variant, ...],
        part: int,
        members: Codes,
        effects: Array,
        rates: Array,
        margin: float,
        has_level: bool = True,
    ) -> "PartReader":
        """Return the figures from draws of effects and rates, (D, V)."""
        decision, pairs = decide(rates, margin), compare_pairs(rates)
        verdicts, other = judge_against_best(pairs, decision.regret, margin)
        centred = effects - effects.mean(axis=1, keepdims=True)
        return cls(
            name,
            variants,
            part,
            members,
            has_level,
            centred,
            rates,
            decision,
            pairs,
            verdicts,
            other,
        )

    def list_rows(
        self, tried: Array, scarce: Array, is_main: bool = True
    ) -> dict[int, VariantEstimate]:
        """Return the row of each variant, by its place in the grid.

        is_main: whether there is advice in this part.
        """
        limits = np.quantile(self.centred, TAILS, axis=0)
        spread = self.centred.std(axis=0, ddof=1)
        rates = self._read_rates(is_main) if self.has_level else [{}] * self.members.size
        found = {}
        for place, member in enumerate(self.members.tolist()):
            is_scarce = bool(scarce[member]) or not self.has_level
            found[member] = VariantEstimate(
                profile=self.name,
                variant=self.variants[member],
                status=Status.TOO_LITTLE if is_scarce else Status.OK,
                is_tried=bool(tried[member]),
                part=self.part,
                effect=float(self.centred[:, place].mean()),
                effect_std_error=float(spread[place]),
                effect_ci=(float(limits[0, place]), float(limits[1, place])),
                p_best=float(self.decision.p_best[place]),
                rank_ci=(
                    int(self.decision.rank_lower[place]),
                    int(self.decision.rank_upper[place]),
                ),
                **rates[place],
            )
        return found

    def list_claims(self) -> list[Claim]:
        """Return the claims of this profile; without a rate there are none."""
        if not self.has_level:
            return []
        return [
            Claim(
                self.name,
                self.variants[self.members[better]],
                self.variants[self.members[worse]],
                float(self.pairs.better[better, worse]),
            )
            for better, worse in np.argwhere(find_claims(self.pairs)).tolist()
        ]

    def _read_rates(self, is_main: bool) -> list[dict]:
        """Return what rests on rates: the rate, the decision and the difference with the best."""
        limits = np.quantile(self.rates, TAILS, axis=0)
        means, pairs, found = self.rates.mean(axis=0), self.pairs, []
        lower, upper = pairs.lower, pairs.upper
        for place, other in enumerate(self.other.tolist()):
            found.append(
                {
                    "rate": float(means[place]),
                    "rate_ci": (float(limits[0, place]), float(limits[1, place])),
                    "p_within_margin": float(self.decision.p_within_margin[place]),
                    "expected_regret": float(self.decision.regret[place]),
                    "is_advised": is_main and place == self.decision.advised,
                    "verdict": self.verdicts[place],
                    "against": self.variants[self.members[other]],
                    "difference": float(pairs.difference[place, other]),
                    "difference_ci": (
                        float(lower[place, other]),
                        float(upper[place, other]),
                    ),
                    "probability_better": float(pairs.better[place, other]),
                }
            )
        return found
