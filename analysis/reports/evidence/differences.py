"""What each experiment found by itself for two variants: the rows of a forest."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.evidence_names import key_of
from analysis.reports.evidence.protection import Counts, Shown
from analysis.stats.pooled.data import CellRow
from analysis.stats.proportions import compare_newcombe, normal_quantile
from analysis.stats.stratified import estimate_mantel_haenszel

LEVEL = 0.95
Interval = tuple[float, float]
# Counts of one variant and of the other among people who could have had either.
Stratum = tuple[Counts, Counts]


@dataclass(frozen=True, slots=True)
class OwnFinding:
    """One variant less another in one experiment; without figures where few people were counted."""

    experiment: str
    difference: float | None = None
    difference_ci: Interval | None = None
    one: Counts | None = None
    other: Counts | None = None

    @property
    def people(self) -> int:
        """How many people were compared."""
        return self.one[1] + self.other[1] if self.one and self.other else 0


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """The strata of every experiment: its profiles, each in its waves.

    asking: the experiments that counted a profile of the question.
    """

    # By experiment, then by profile and wave, then by variant.
    strata: dict[str, dict[tuple[str, str], dict[int, Counts]]]
    labs: dict[str, str]
    asking: frozenset[str]
    shown: Shown

    @classmethod
    def of(cls, shown: Shown, rows: Iterable[CellRow]) -> "Findings":
        """Return the strata of cells."""
        places = {key_of(*code): place for place, code in enumerate(shown.record.variants)}
        strata: dict = defaultdict(lambda: defaultdict(dict))
        labs: dict[str, str] = {}
        asked = {part.profile for part in shown.record.profiles}
        asking: set[str] = set()
        for row in rows:
            if row.profile in asked:
                asking.add(row.experiment)
            labs[row.experiment] = row.living_lab
            variant = places.get(key_of(row.channel, row.style))
            if variant is not None and row.nobs:
                held = strata[row.experiment][row.profile, row.wave]
                count, nobs = held.get(variant, (0, 0))
                held[variant] = count + row.count, nobs + row.nobs
        return cls(strata, labs, frozenset(asking), shown)

    def compare(self, profile: str | None, one: int, other: int) -> tuple[OwnFinding, ...]:
        """Return what each experiment that held both variants found, in one profile or in all."""
        found = []
        for experiment, strata in self.strata.items():
            held = {
                key: (counts[one], counts[other])
                for key, counts in strata.items()
                if one in counts and other in counts and profile in (None, key[0])
            }
            if held:
                found.append(self._find(experiment, held, one, other))
        return _estimate(found)

    def _find(
        self, experiment: str, held: dict[tuple[str, str], Stratum], one: int, other: int
    ) -> tuple[str, Sequence[Stratum]]:
        """Return the strata that may be seen; nothing when one of them may not."""
        if experiment in self.shown.exact_experiments:
            return experiment, list(held.values())
        profiles = sorted({profile for profile, _wave in held})
        cells = self.shown.experiments
        pairs = [
            (cells.get((experiment, profile, one)), cells.get((experiment, profile, other)))
            for profile in profiles
        ]
        return experiment, [] if any(None in pair for pair in pairs) else pairs


def _estimate(found: Sequence[tuple[str, Sequence[Stratum]]]) -> tuple[OwnFinding, ...]:
    columns = [
        (place, *one, *other)
        for place, (_name, strata) in enumerate(found)
        for one, other in strata
    ]
    if not columns:
        return tuple(OwnFinding(name) for name, _strata in found)
    group, *counts = np.array(columns).T
    pooled = estimate_mantel_haenszel(*counts, group, len(found))
    sums = pooled.count1, pooled.nobs1, pooled.count2, pooled.nobs2
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = compare_newcombe(*sums, LEVEL)
        reach = normal_quantile(LEVEL) * pooled.std_error
    is_plain = (pooled.strata_used < 2) | np.isnan(reach)
    lower = np.where(is_plain, plain[0], np.maximum(pooled.difference - reach, -1.0))
    upper = np.where(is_plain, plain[1], np.minimum(pooled.difference + reach, 1.0))
    return tuple(
        OwnFinding(
            name,
            float(pooled.difference[place]),
            (float(lower[place]), float(upper[place])),
            (int(sums[0][place]), int(sums[1][place])),
            (int(sums[2][place]), int(sums[3][place])),
        )
        if strata
        else OwnFinding(name)
        for place, (name, strata) in enumerate(found)
    )
