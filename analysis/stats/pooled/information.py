"""What a next experiment is worth: the loss that its result may be expected to save.

Whoever advises a profile now takes the variant with the highest expected rate. After an experiment
the expected rates have moved, and another variant may lead. The expected value of sample
information (EVSI) is how much higher the rate of the variant advised *then* is expected to be than
that of the variant advised *now* (Raiffa & Schlaifer 1961), here as a share of the people that the
advice reaches, so that 0.001 is one response in every 1,000 people. That of perfect information
(EVPI) is what knowing everything would be worth.

What an experiment will show is not known, but how far expected rates move is: with x what it
measures, contrasts of logits within each profile, the expected rates given x follow by linear
regression over the joint draws (Strong, Oakley & Brennan 2014), and are normal with covariance
Cov(rates, x) Var(x)⁻¹ Cov(x, rates), as in the correlated knowledge gradient (Frazier, Powell &
Dayanik 2009; Chick & Inoue 2001). Var(x) holds what is not known of the contrasts, the chance in
binomial counts, and by how much one experiment in one lab deviates from what holds in general.

Shapes: D draws, P profiles, V variants, Z normal points. Higher is better.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from analysis.stats.pooled.data import Array, Codes

# Pairs of antithetic points at which the moved expectations are compared: the same for all designs,
# so that differences between designs are known better than each of them.
PAIRS = 512
# Draws are cut in so many blocks, and each is left out once (jackknife).
BLOCKS = 8
# A difference of logits below which nothing is left to learn.
LEAST_VARIANCE = 1e-12


class Deviations(NamedTuple):
    """By how much logits of one experiment in one lab differ from general ones: variances.

    experiment: of a variant, alike in all profiles. channel, style, profile_channel: of the lab.
    cell: of a variant in a profile.
    """

    experiment: float = 0.0
    channel: float = 0.0
    style: float = 0.0
    profile_channel: float = 0.0
    cell: float = 0.0


class Design(NamedTuple):
    """An experiment that could be held.

    variants, profiles: their places. people: per variant, over all labs and profiles together.
    shares: which part of them each profile is. labs: how many, with an experiment each.
    """

    variants: tuple[int, ...]
    profiles: tuple[int, ...]
    people: float
    shares: tuple[float, ...]
    labs: int = 1


@dataclass(frozen=True, slots=True)
class Worth:
    """What a design is worth; shares of the people whom advice reaches.

    gain: over all profiles, by their weight. by_profile: (P,) within each. overturns: (P,) chance
    that another variant leads afterwards, and successors: (P,) which one does most often then.
    samples: (BLOCKS,) the gain without each block of draws.
    """

    gain: float
    by_profile: Array
    overturns: Array
    successors: Codes
    samples: Array

    @property
    def std_error(self) -> float:
        """Monte Carlo standard error of the gain, by the jackknife over blocks of draws."""
        return find_error(self.samples)


def find_error(samples: Array) -> float:
    """Return the jackknife standard error of an estimate from those without each block."""
    count = samples.size
    return float(np.sqrt((count - 1) / count * ((samples - samples.mean()) ** 2).sum()))


@dataclass(frozen=True, slots=True, eq=False)
class _Moments:
    """Means of rates, and how rates and logits vary together, over some of the draws.

    rates: (P, V). with_logits: (P·V, P·V) covariance of rates with logits. logits: (P·V, P·V).
    """

    rates: Array
    with_logits: Array
    logits: Array


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """What is known now, from joint draws, and what to learn would be worth.

    logits: (D, P, V) effects. rates: (D, P, V) shares. may_be_advised: (P, V), at least one per
    profile with a weight. weights: (P,) part of the people whom advice reaches, summing to 1.
    variance: (P, V) binomial variance of the logit of one person, E[1 / p(1 − p)]. channels: (V,)
    and styles: (V, axes) codes, -1 for none. perfect: (P,) what knowing everything would be worth.
    """

    logits: Array
    rates: Array
    may_be_advised: Array
    weights: Array
    variance: Array
    channels: Codes
    styles: Codes
    deviations: Deviations
    perfect: Array
    whole: _Moments
    without: tuple[_Moments, ...]

    @classmethod
    def of(
        cls,
        logits: Array,
        rates: Array,
        may_be_advised: Array,
        weights: Array,
        channels: Codes,
        styles: Codes,
        deviations: Deviations,
    ) -> "Outlook":
        """Return the outlook of joint draws; raises ValueError where nothing can be advised."""
        if not may_be_advised[weights > 0].any(axis=1).all():
            raise ValueError("No variant can be advised in some profile.")
        spread = np.clip(rates * (1.0 - rates), 1e-9, None)
        whole, without = _find_moments(rates, logits)
        allowed = may_be_advised.astype(bool)
        return cls(
            logits,
            rates,
            allowed,
            weights / weights.sum(),
            (1.0 / spread).mean(axis=0),
            channels,
            styles,
            deviations,
            _value_perfectly(rates, whole.rates, allowed),
            whole,
            without,
        )

    @property
    def leaders(self) -> Codes:
        """The variant that is advised now in each profile, (P,)."""
        return np.where(self.may_be_advised, self.whole.rates, -np.inf).argmax(axis=1)

    @property
    def p_best(self) -> Array:
        """The chance of each variant to have the highest rate in its profile, (P, V)."""
        held = np.where(self.may_be_advised, self.rates, -np.inf).argmax(axis=2)
        return (held[:, :, None] == np.arange(self.rates.shape[2])).mean(axis=0)

    def value(self, design: Design, with_error: bool = True) -> Worth:
        """Return what a design is worth: EVSI, never below 0.

        with_error: whether to leave out each block of draws in turn, which takes as often as long.
        Raises ValueError for a design of less than two variants, or without people or labs.
        """
        _check(design)
        noise = self._find_noise(design)
        gains, moved = self._move(self.whole, design, noise)
        held = self.whole.rates[:, :, None] + moved
        held = np.where(self.may_be_advised[:, :, None], held, -np.inf).argmax(axis=1)
        changes = held != self.leaders[:, None]
        samples = [self._move(one, design, noise)[0] for one in self.without * with_error]
        return Worth(
            gain=float(self.weights @ gains),
            by_profile=gains,
            overturns=changes.mean(axis=1),
            successors=np.array([_find_most(*pair) for pair in zip(held, changes, strict=True)]),
            samples=np.array([float(self.weights @ one) for one in samples]),
        )

    def _move(self, moments: _Moments, design: Design, noise: Array) -> tuple[Array, Array]:
        """Return the gain per profile, and how expected rates move, (P, V, Z)."""
        profiles, variants = moments.rates.shape
        contrasts, places = _lay_out_contrasts(design, variants)
        known = contrasts @ moments.logits[np.ix_(places, places)] @ contrasts.T
        measured = known + contrasts @ noise @ contrasts.T
        shared = moments.with_logits[:, places] @ contrasts.T
        values, vectors = np.linalg.eigh(measured)
        values = np.maximum(values, LEAST_VARIANCE)
        root = (shared @ vectors) / np.sqrt(values)
        moved = (root @ spread_points(values.size)).reshape(profiles, variants, -1)
        after = moments.rates[:, :, None] + moved
        mask = self.may_be_advised
        best = np.where(mask[:, :, None], after, -np.inf).max(axis=1).mean(axis=1)
        now = np.where(mask, moments.rates, -np.inf).max(axis=1)
        gains = np.where(mask.any(axis=1), best - np.where(mask.any(axis=1), now, 0.0), 0.0)
        # Antithetic points keep it above 0 but for rounding; rates far from normal could carry it
        # past what knowing everything is worth.
        return np.clip(gains, 0.0, self.perfect), moved

    def _find_noise(self, design: Design) -> Array:
        """Return the covariance of what is measured around general logits, per arm × profile."""
        variants = np.repeat(design.variants, len(design.profiles))
        profiles = np.tile(design.profiles, len(design.variants))
        shares = np.tile(design.shares, len(design.variants))
        same_variant = variants[:, None] == variants
        same_profile = profiles[:, None] == profiles
        channel, style = self.channels[variants], self.styles[variants]
        same_channel = channel[:, None] == channel
        alike = (style[:, None] == style) & (style[:, None] >= 0)
        found = self.deviations
        of_one = (
            found.experiment * same_variant
            + found.channel * same_channel
            + found.style * alike.sum(axis=2)
            + found.profile_channel * (same_channel & same_profile)
            + found.cell * (same_variant & same_profile)
        )
        people = np.maximum(design.people * shares, 1e-9)
        return of_one / design.labs + np.diag(self.variance[profiles, variants] / people)


def _value_perfectly(rates: Array, means: Array, allowed: Array) -> Array:
    """Return what knowing everything would be worth in each profile, (P,): EVPI."""
    known = np.where(allowed, rates, -np.inf).max(axis=2).mean(axis=0)
    now = np.where(allowed, means, -np.inf).max(axis=1)
    is_asked = allowed.any(axis=1)
    return np.maximum(np.where(is_asked, known, 0.0) - np.where(is_asked, now, 0.0), 0.0)


@lru_cache
def spread_points(size: int) -> Array:
    """Return antithetic standard normal points (size, Z), evenly spread: their mean is 0.

    Those of an additive recurrence by powers of the root of x^(size + 1) = x + 1, which fill a cube
    more evenly than chance does (Roberts 2018), put through the normal quantiles.
    """
    root = 2.0
    for _turn in range(64):
        root = (1.0 + root) ** (1.0 / (size + 1))
    steps = root ** -np.arange(1.0, size + 1)
    places = (0.5 + np.outer(steps, np.arange(1, PAIRS + 1))) % 1.0
    half = ndtri(np.clip(places, 1e-9, 1.0 - 1e-9))
    # Variance 1 in each direction, so that a small sample of points does not scale the result.
    half = half / np.sqrt((half**2).mean(axis=1, keepdims=True))
    return np.hstack([half, -half])


def _check(design: Design) -> None:
    if len(set(design.variants)) < 2 or len(set(design.variants)) != len(design.variants):
        raise ValueError("A design compares two variants or more.")
    if not design.profiles or len(design.shares) != len(design.profiles):
        raise ValueError("A design needs a share for each of its profiles.")
    if design.people <= 0 or design.labs < 1:
        raise ValueError("A design needs people and a lab.")


def _lay_out_contrasts(design: Design, variants: int) -> tuple[Array, Codes]:
    """Return the contrasts with the first variant in each profile, and the places of the logits."""
    arms, profiles = len(design.variants), len(design.profiles)
    places = np.array([at * variants + one for one in design.variants for at in design.profiles])
    rows = np.zeros(((arms - 1) * profiles, arms * profiles))
    number = np.arange((arms - 1) * profiles)
    rows[number, number + profiles] = 1.0
    rows[number, number % profiles] = -1.0
    return rows, places


def _find_moments(rates: Array, logits: Array) -> tuple[_Moments, tuple[_Moments, ...]]:
    """Return the moments over all draws, and without each of some blocks of them.

    Draws come in antithetic pairs and in groups, so that each block takes every so many pairs.
    """
    count = len(rates)
    block = (np.arange(count) // 2) % BLOCKS
    flat_rates, flat_logits = rates.reshape(count, -1), logits.reshape(count, -1)
    centre = flat_rates.mean(axis=0), flat_logits.mean(axis=0)
    sums = [
        _Sums.of(flat_rates[block == one] - centre[0], flat_logits[block == one] - centre[1])
        for one in range(BLOCKS)
    ]
    total = _Sums.add(sums)
    whole, *without = (
        one.find_moments(centre[0], rates.shape[1:])
        for one in (total, *(total.less(each) for each in sums))
    )
    return whole, tuple(without)


class _Sums(NamedTuple):
    """Sums over draws of centred values and of their products."""

    count: int
    rates: Array
    logits: Array
    both: Array
    square: Array

    @classmethod
    def of(cls, rates: Array, logits: Array) -> "_Sums":
        return cls(
            len(rates), rates.sum(axis=0), logits.sum(axis=0), rates.T @ logits, logits.T @ logits
        )

    @classmethod
    def add(cls, several: Sequence["_Sums"]) -> "_Sums":
        return cls(*(sum(column) for column in zip(*several, strict=True)))

    def less(self, other: "_Sums") -> "_Sums":
        return _Sums(*(one - two for one, two in zip(self, other, strict=True)))

    def find_moments(self, centre: Array, shape: tuple[int, ...]) -> _Moments:
        count = max(self.count, 2)
        rates, logits = self.rates / count, self.logits / count
        return _Moments(
            (centre + rates).reshape(shape),
            (self.both - count * np.outer(rates, logits)) / (count - 1),
            (self.square - count * np.outer(logits, logits)) / (count - 1),
        )


def _find_most(held: Codes, changes: Array) -> int:
    return int(np.bincount(held[changes]).argmax()) if changes.any() else int(held[0])
