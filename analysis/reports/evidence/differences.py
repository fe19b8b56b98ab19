"""What each experiment found by itself for two variants: the rows of a forest."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
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


@dataclass(frozen=True, slots=True)
class LabFinding:
    """What one lab found for two variants in all its experiments that held both.

    shown: those experiments of which the counts may be seen; the figures are of these.
    """

    living_lab: str
    experiments: tuple[str, ...]
    shown: tuple[str, ...]
    figures: OwnFinding


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
        return _estimate(list(self._list_held(profile, one, other)))

    def compare_labs(self, profile: str | None, one: int, other: int) -> tuple[LabFinding, ...]:
        """Return what each lab found in its experiments that held both variants.

        Within a lab its experiments are strata of one comparison, as profiles and waves are of one
        experiment: people are compared within each of them, weighed by how many there are.
        """
        held: dict[str, list[str]] = defaultdict(list)
        shown: dict[str, list[str]] = defaultdict(list)
        strata: dict[str, list[Stratum]] = defaultdict(list)
        for experiment, parts in self._list_held(profile, one, other):
            lab = self.labs[experiment]
            held[lab].append(experiment)
            strata[lab] += parts
            if parts:
                shown[lab].append(experiment)
        figures = _estimate([(lab, strata[lab]) for lab in held])
        return tuple(
            LabFinding(lab, tuple(held[lab]), tuple(shown[lab]), one_lab)
            for lab, one_lab in zip(held, figures, strict=True)
        )

    def _list_held(
        self, profile: str | None, one: int, other: int
    ) -> Iterator[tuple[str, Sequence[Stratum]]]:
        for experiment, strata in self.strata.items():
            held = {
                key: (counts[one], counts[other])
                for key, counts in strata.items()
                if one in counts and other in counts and profile in (None, key[0])
            }
            if held:
                yield self._find(experiment, held, one, other)

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
