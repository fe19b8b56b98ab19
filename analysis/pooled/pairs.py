"""Pairs of variants as records: how they are connected, and what each kind of evidence says."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from analysis.pooled.looking import AtAnyTime, Looks
from analysis.pooled.networks import Network
from analysis.pooled.record import Interval, PairRecord
from analysis.stats.pooled.results import PooledEstimate
from analysis.stats.pooled.splits import Evidence, PairSplit, Splitter


@dataclass(frozen=True, slots=True, eq=False)
class PairDescriber:
    """What tells how two variants compare: the network of a fit, what was counted when, and the fit
    itself."""

    network: Network
    looks: Looks
    splitter: Splitter | None

    @classmethod
    def of(cls, network: Network, looks: Looks, estimate: PooledEstimate) -> "PairDescriber":
        """Return what describes the pairs of an estimate."""
        return cls(network, looks, None if estimate.mode is None else Splitter(estimate.mode))

    def list_pairs(
        self, profiles: Collection[int], one: int, others: Sequence[int], tried: int
    ) -> tuple[PairRecord, ...]:
        """Return one variant against others in some profiles, of several together.

        tried: of how many variants the one was chosen after seeing the counts.
        """
        pairs = self.network.list_pairs(profiles, one, others)
        if self.splitter is None:
            return pairs
        splits = self.splitter.split(tuple(profiles), one, others)
        return tuple(
            _add_evidence(pair, split, self.looks.read(profiles, pair.one, pair.other, tried))
            for pair, split in zip(pairs, splits, strict=True)
        )


def _add_evidence(pair: PairRecord, split: PairSplit, looks: AtAnyTime) -> PairRecord:
    return replace(
        pair,
        direct=split.direct.estimate,
        direct_ci=_limits(split.direct),
        indirect=split.indirect.estimate,
        indirect_ci=_limits(split.indirect),
        pvalue=split.pvalue,
        anytime=looks.limits,
        evalue=looks.evalue,
    )


def _limits(evidence: Evidence) -> Interval | None:
    return None if evidence.lower is None else (evidence.lower, evidence.upper)
