"""Evidence against "no effect" that may be looked at whenever one likes: e-values.

An e-value has expectation 1 at most when two rates are equal, whatever that rate is; e-values of
blocks that come one after another multiply, and the chance that the product ever reaches 1/α is α
at most (Ville). A block is what was newly counted of two variants in one stratum; its e-value is
that of Turner, Ly & Grünwald (2024), with rates that are foretold from earlier blocks alone.
Strata keep rates of their own and share what is learned of the difference (stratified as in
Turner & Grünwald 2023).
"""

from typing import NamedTuple

import numpy as np
from scipy.special import xlogy

from analysis.stats.pooled.data import Array, Codes

# Every claim at a product of 20 is wrong 5 % of the time at most.
LEVEL = 0.05
# What is held of a difference before anything is seen: nothing, as if this much were counted.
PRIOR_SD = 0.5
# People's worth of the rate elsewhere, with which a stratum's own rate starts.
BORROWED = 20.0


class EvidenceProcess(NamedTuple):
    """Evidence against equal rates after each look, in order of time.

    log_evalue: (blocks,) logarithms of the products so far. evalue: the last product. highest: the
    largest so far. pvalue: 1 / highest, 1 at most, which holds at every look together.
    """

    log_evalue: Array
    evalue: float
    highest: float
    pvalue: float

    @property
    def is_found(self) -> bool:
        """Whether the evidence ever was enough, at 5 %."""
        return self.pvalue <= LEVEL


def find_evidence(count: Array, nobs: Array, stratum: Codes) -> EvidenceProcess:
    """Return the evidence that two variants differ, from blocks in order of time.

    count, nobs: (blocks, 2) responses and people newly counted, the variant first. stratum:
    (blocks,) codes of experiment × profile (× wave where rates drift); a stratum may come back.
    Which block comes next may depend on all that was seen before, not on what it holds. A block in
    which one of both has no people says nothing. Raises ValueError when responses are not between
    0 and people.
    """
    if (count < 0).any() or (count > nobs).any():
        raise ValueError("responses must lie between 0 and people")
    memory = _Memory.of(int(np.max(stratum, initial=-1)) + 1)
    logs = np.zeros(len(count))
    for at, (own, people, place) in enumerate(zip(count, nobs, stratum, strict=True)):
        if (people > 0).all():
            logs[at] = find_block_evidence(own, people, memory.foretell(int(place), people))
        memory.learn(int(place), own, people)
    total = np.cumsum(logs)
    highest = float(np.max(total, initial=0.0))
    last = float(total[-1]) if total.size else 0.0
    return EvidenceProcess(
        total, float(np.exp(last)), float(np.exp(highest)), float(np.exp(-highest))
    )


def find_block_evidence(count: Array, nobs: Array, foretold: Array) -> float:
    """Return the log e-value of one block, each (2,).

    foretold: rates between 0 and 1 that were fixed before the block was seen. The e-value is the
    likelihood there over that at their mean, weighted by people. Its expectation is at most 1 for
    every common rate θ: with θ* that mean and θᵢ* those foretold, by Jensen Σ nᵢ log(θθᵢ*/θ* +
    (1−θ)(1−θᵢ*)/(1−θ*)) ≤ 0.
    """
    common = float(nobs @ foretold / nobs.sum())
    missed = nobs - count
    logs = xlogy(count, foretold / common) + xlogy(missed, (1.0 - foretold) / (1.0 - common))
    return float(logs.sum())


class _Memory:
    """What earlier blocks told: counts per stratum, and the difference over all strata (logit)."""

    def __init__(self, count: Array, nobs: Array) -> None:
        self.count, self.nobs = count, nobs
        # Per stratum the score of the difference at 0, and its information.
        self.told = np.zeros((len(count), 2))
        # Over all strata: responses and people, and that score and information.
        self.seen, self.sum_told = np.zeros(2), np.zeros(2)

    @classmethod
    def of(cls, strata: int) -> "_Memory":
        return cls(np.zeros((strata, 2)), np.zeros((strata, 2)))

    def foretell(self, stratum: int, people: Array) -> Array:
        """Return the two rates that are expected of the next block of a stratum."""
        elsewhere = (self.seen[0] + 0.5) / (self.seen[1] + 1.0)
        own = self.count[stratum].sum() + BORROWED * elsewhere
        rate = own / (self.nobs[stratum].sum() + BORROWED)
        logit = np.log(rate / (1.0 - rate))
        share = people[1] / people.sum()
        gap = self.sum_told[0] / (self.sum_told[1] + PRIOR_SD**-2)
        return 1.0 / (1.0 + np.exp(-(logit + gap * np.array([share, share - 1.0]))))

    def learn(self, stratum: int, count: Array, nobs: Array) -> None:
        """Add a block: its people, and what its stratum tells of the difference so far."""
        self.count[stratum] += count
        self.nobs[stratum] += nobs
        self.seen += count.sum(), nobs.sum()
        held, people = self.count[stratum], self.nobs[stratum]
        if not people.all():
            return
        rate = held.sum() / people.sum()
        effective = people.prod() / people.sum()
        gap = held[0] / people[0] - held[1] / people[1]
        told = effective * np.array([gap, rate * (1.0 - rate)])
        self.sum_told += told - self.told[stratum]
        self.told[stratum] = told
