"""Evidence against "no effect" that may be looked at whenever one likes: e-values.

An e-value has expectation 1 at most when two rates are equal, whatever that rate is; e-values of
blocks that come one after another multiply, and the chance that the product ever reaches 1/α is α
at most (Ville). A block is what was newly counted of two variants in one stratum; its e-value is
that of Turner, Ly & Grünwald (2024), with rates that are foretold from earlier blocks alone.
Strata keep rates of their own and share the difference (stratified as in Turner & Grünwald 2023),
of which many sizes are weighed alike beforehand, so that one block can be evidence already.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import xlogy

from analysis.stats.pooled.data import Array, Codes

# Every claim at a product of 20 is wrong 5 % of the time at most.
LEVEL = 0.05
# Differences (logit) that are weighed alike, either way: the least that counts can show, and more.
SIZES = np.geomspace(0.01, 2.0, 20)
GAPS = np.r_[-SIZES[::-1], SIZES]
# Rates (logit) that are weighed alike in the first block of all, before which nothing is known.
FIRST = np.linspace(-5.0, 5.0, 11)
# People's worth of the rate elsewhere, with which a stratum's own rate starts.
BORROWED = 20.0
# Close to the logarithm of the largest number there is.
LARGEST_LOG = 700.0


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
    memory = _Memory(int(np.max(stratum, initial=-1)) + 1)
    logs = np.zeros((len(count), GAPS.size))
    for at, (own, people, place) in enumerate(zip(count, nobs, stratum, strict=True)):
        if (people > 0).all():
            foretold = memory.foretell(int(place), people)
            logs[at] = _average(find_block_evidence(own, people, foretold), axis=0)
        memory.learn(int(place), own, people)
    total = _average(np.cumsum(logs, axis=0), axis=1)
    # What is more than that fits in no number, and is as much as anybody can ask.
    highest = min(float(np.max(total, initial=0.0)), LARGEST_LOG)
    last = min(float(total[-1]), LARGEST_LOG) if total.size else 0.0
    return EvidenceProcess(
        total, float(np.exp(last)), float(np.exp(highest)), float(np.exp(-highest))
    )


def find_block_evidence(count: Array, nobs: Array, foretold: Array) -> Array:
    """Return the log e-value of one block, (…).

    count, nobs: (2,). foretold: (…, 2) rates between 0 and 1 that were fixed before the block was
    seen. The e-value is the likelihood there over that at their mean, weighted by people. Its
    expectation is at most 1 for every common rate θ: with θ* that mean and θᵢ* those foretold, by
    Jensen Σ nᵢ log(θθᵢ*/θ* + (1−θ)(1−θᵢ*)/(1−θ*)) ≤ 0.
    """
    common = (foretold @ nobs / nobs.sum())[..., None]
    missed = nobs - count
    logs = xlogy(count, foretold / common) + xlogy(missed, (1.0 - foretold) / (1.0 - common))
    return logs.sum(axis=-1)


def _average(logs: Array, axis: int) -> Array:
    """Return logarithms of means of e-values, which are e-values too."""
    largest = logs.max(axis=axis, keepdims=True)
    return np.squeeze(largest, axis) + np.log(np.exp(logs - largest).mean(axis=axis))


class _Memory:
    """The responses and people of earlier blocks, per stratum and over all of them."""

    def __init__(self, strata: int) -> None:
        self.own, self.all = np.zeros((strata, 2)), np.zeros(2)

    def foretell(self, stratum: int, people: Array) -> Array:
        """Return the rates expected of the next block of a stratum, (rates, gaps, 2)."""
        share = people[1] / people.sum()
        apart = GAPS[:, None] * np.array([share, share - 1.0])
        return 1.0 / (1.0 + np.exp(-(self._expect(stratum)[:, None, None] + apart)))

    def _expect(self, stratum: int) -> Array:
        """Return the logits of the rate that the next block may have, whatever the variant."""
        count, nobs = self.all
        if not nobs:
            return FIRST
        responses, people = self.own[stratum]
        elsewhere = (count + 0.5) / (nobs + 1.0)
        rate = (responses + BORROWED * elsewhere) / (people + BORROWED)
        return np.log(np.array([rate / (1.0 - rate)]))

    def learn(self, stratum: int, count: Array, nobs: Array) -> None:
        """Add a block."""
        seen = count.sum(), nobs.sum()
        self.own[stratum] += seen
        self.all += seen
