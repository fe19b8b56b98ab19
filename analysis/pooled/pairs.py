"""Pairs of variants as records: how they are connected, and what each kind of evidence says."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.pooled.networks import Network
from analysis.pooled.record import Interval, PairRecord
from analysis.stats.pooled.results import PooledEstimate
from analysis.stats.pooled.sequence import find_sequence_limits
from analysis.stats.pooled.splits import Evidence, PairSplit, Splitter


@dataclass(frozen=True, slots=True, eq=False)
class PairDescriber:
    """What tells how two variants compare: the network of a fit, and the fit itself."""

    network: Network
    splitter: Splitter | None

    @classmethod
    def of(cls, network: Network, estimate: PooledEstimate) -> "PairDescriber":
        """Return what describes the pairs of an estimate."""
        return cls(network, None if estimate.mode is None else Splitter(estimate.mode))

    def list_pairs(
        self, profiles: Collection[int], one: int, others: Sequence[int]
    ) -> tuple[PairRecord, ...]:
        """Return one variant against others in some profiles, of several together."""
        pairs = self.network.list_pairs(profiles, one, others)
        if self.splitter is None:
            return pairs
        splits = self.splitter.split(tuple(profiles), one, others)
        return tuple(
            self._add_evidence(profiles, pair, split)
            for pair, split in zip(pairs, splits, strict=True)
        )

    def _add_evidence(
        self, profiles: Collection[int], pair: PairRecord, split: PairSplit
    ) -> PairRecord:
        return replace(
            pair,
            direct=split.direct.estimate,
            direct_ci=_limits(split.direct),
            indirect=split.indirect.estimate,
            indirect_ci=_limits(split.indirect),
            pvalue=split.pvalue,
            anytime=self._find_anytime(profiles, pair),
        )

    def _find_anytime(self, profiles: Collection[int], pair: PairRecord) -> Interval | None:
        """Return limits of the difference of shares, from strata that hold both variants.

        They take people for independent, so there are none where people were assigned in clusters.
        """
        cells, stratum = self.network.cells, self.network.stratum
        codes = [self.network.code.get(each, -1) for each in (pair.one, pair.other)]
        in_profiles = np.isin(cells.profile, list(profiles))
        held = [in_profiles & (cells.variant == code) for code in codes]
        if (cells.cluster[held[0] | held[1]] >= 0).any():
            return None
        size = stratum.max(initial=-1) + 1
        count, nobs = (
            np.column_stack(
                [np.bincount(stratum[rows], numbers[rows], minlength=size) for rows in held]
            )
            for numbers in (cells.count, cells.nobs)
        )
        found = find_sequence_limits(count, nobs)
        return (found.lower, found.upper) if np.isfinite(found.lower) else None


def _limits(evidence: Evidence) -> Interval | None:
    return None if evidence.lower is None else (evidence.lower, evidence.upper)
