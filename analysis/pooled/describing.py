"""From a pooled estimate to the record that is kept of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.pooled.looking import Looks
from analysis.pooled.networks import Network
from analysis.pooled.pairs import PairDescriber
from analysis.pooled.record import (
    ClaimRecord,
    Counted,
    PairRecord,
    PooledRecord,
    Prediction,
    ProfileRecord,
    TermRecord,
    UnusedRecord,
    VariantRecord,
)
from analysis.pooled.spread import describe_consistency, describe_heterogeneity
from analysis.stats.pooled.connected import Connection
from analysis.stats.pooled.data import Codes, PooledCells, Variant, write_style
from analysis.stats.pooled.estimate import PooledOptions
from analysis.stats.pooled.prediction import VariantPrediction, list_predictions
from analysis.stats.pooled.priors import MAIN_SD, PriorKind
from analysis.stats.pooled.progress import OnProgress, part_of
from analysis.stats.pooled.results import Claim, PooledEstimate, VariantEstimate
from analysis.stats.pooled.terms import MAIN, Term
from analysis.stats.pooled.together import Together, summarise_together
from analysis.stats.pooled.version import METHOD_VERSION

NOBODY = Counted(0, 0, 0, 0)
# Which part of the work the predictions are; the rest compares pairs.
PREDICTED = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """What a record is made from.

    place: the number of each variant. counted, predictions: by profile and number of the variant;
    the profile is empty for all together.
    """

    estimate: PooledEstimate
    place: dict[Variant, int]
    counted: dict[tuple[str, int], Counted]
    predictions: dict[tuple[str, int], list[Prediction]]
    pairs: PairDescriber


def describe_estimate(
    estimate: PooledEstimate,
    cells: PooledCells,
    options: PooledOptions,
    asked: Sequence[str] = (),
    in_time: Sequence[str] = (),
    on_progress: OnProgress | None = None,
) -> PooledRecord:
    """Return what is kept of an estimate, made from these cells with these options.

    asked: the profiles that are answered for; all when empty. in_time: as in the design.
    on_progress: takes the share that is done; what it raises ends the work.
    """
    place = {variant: number for number, variant in enumerate(estimate.variants)}
    together = summarise_together(estimate, options.margin, asked)
    watch = part_of(on_progress, 0.0, PREDICTED)
    predicted = list_predictions(estimate, options.seed, watch, together)
    sources = Sources(
        estimate=estimate,
        place=place,
        counted=_count(cells, place) | _count_together(cells, place, together),
        predictions=_gather_predictions(predicted, place),
        pairs=PairDescriber.of(Network.of(cells, place), Looks.of(cells, place, in_time), estimate),
    )
    return PooledRecord(
        method_version=METHOD_VERSION,
        seed=options.seed,
        margin=options.margin,
        variants=tuple(
            (one.channel, write_style(estimate.axes, one.values)) for one in estimate.variants
        ),
        profiles=_describe_profiles(sources, asked, part_of(on_progress, PREDICTED, 1.0)),
        together=together and _describe_together(sources, together),
        are_profiles_alike=together and together.are_profiles_alike,
        terms=tuple(_describe_term(estimate, term) for term in Term),
        heterogeneity=describe_heterogeneity(estimate),
        consistency=describe_consistency(estimate),
        influence=None,
        experiments_used=tuple(one for one in cells.experiments if one not in estimate.not_used),
        experiments_unused=tuple(
            UnusedRecord(name, reason.name.lower()) for name, reason in estimate.not_used.items()
        ),
        cells=estimate.cells,
        cells_used=estimate.cells_used,
        evaluations=estimate.evaluations,
    )


def _count(cells: PooledCells, place: dict[Variant, int]) -> dict[tuple[str, int], Counted]:
    """Return what was counted in each profile with each variant."""
    return _count_by(cells, place, cells.profile, cells.profiles)


def _count_together(
    cells: PooledCells, place: dict[Variant, int], together: Together | None
) -> dict[tuple[str, int], Counted]:
    """Return what was counted with each variant in all profiles that count together."""
    if together is None:
        return {}
    counts = np.isin(np.array(cells.profiles, dtype=str), together.profiles)
    return _count_by(cells, place, np.where(counts[cells.profile], 0, -1), ("",))


def _count_by(
    cells: PooledCells, place: dict[Variant, int], group: Codes, names: Sequence[str]
) -> dict[tuple[str, int], Counted]:
    """Return what was counted in each group with each variant.

    group: (cells,) its place in names, -1 for cells in none.
    """
    variant = np.array([place.get(one, -1) for one in cells.variants])[cells.variant]
    held = (group >= 0) & (variant >= 0) & (cells.nobs > 0)
    keys, key = np.unique(np.c_[group, variant][held], axis=0, return_inverse=True)
    key = key.ravel()
    people, responses = (np.bincount(key, one[held]) for one in (cells.nobs, cells.count))
    experiments, labs = (
        np.bincount(np.unique(np.c_[key, one[held]], axis=0)[:, 0])
        for one in (cells.experiment, cells.lab)
    )
    return {
        (names[own], number): Counted(*map(int, sums))
        for (own, number), *sums in zip(
            keys.tolist(), people, responses, experiments, labs, strict=True
        )
    }


def _gather_predictions(
    predicted: Iterable[VariantPrediction], place: dict[Variant, int]
) -> dict[tuple[str, int], list[Prediction]]:
    found: dict[tuple[str, int], list[Prediction]] = defaultdict(list)
    for one in predicted:
        prediction = Prediction(one.rate_ci, one.difference_ci, one.living_lab)
        found[one.profile, place[one.variant]].append(prediction)
    return found


def _describe_profiles(
    sources: Sources, asked: Sequence[str], on_progress: OnProgress | None
) -> tuple[ProfileRecord, ...]:
    names = [name for name in sources.estimate.profiles if not asked or name in asked]
    found = []
    for name in names:
        found.append(_describe_profile(sources, name))
        if on_progress:
            on_progress(len(found) / len(names))
    return tuple(found)


def _describe_profile(sources: Sources, name: str) -> ProfileRecord:
    estimate = sources.estimate
    return _describe_part(
        sources,
        [one for one in estimate.estimates if one.profile == name],
        [one for one in estimate.claims if one.profile == name],
        name,
        (estimate.profiles.index(name),),
    )


def _describe_together(sources: Sources, together: Together) -> ProfileRecord:
    profiles = sources.estimate.profiles
    places = tuple(profiles.index(name) for name in together.profiles)
    return _describe_part(sources, together.estimates, together.claims, None, places)


def _describe_part(
    sources: Sources,
    rows: Iterable[VariantEstimate],
    claims: Iterable[Claim],
    name: str | None,
    profiles: tuple[int, ...],
) -> ProfileRecord:
    variants = tuple(_describe_variant(sources, one) for one in rows)
    return ProfileRecord(
        profile=name,
        variants=variants,
        claims=tuple(_describe_claim(one, sources.place) for one in claims),
        pairs=_list_pairs(variants, profiles, sources.pairs),
    )


def _describe_variant(sources: Sources, one: VariantEstimate) -> VariantRecord:
    place = sources.place
    key = one.profile, place[one.variant]
    return VariantRecord(
        variant=place[one.variant],
        status=one.status,
        is_tried=one.is_tried,
        part=one.part,
        counted=sources.counted.get(key, NOBODY),
        rate=one.rate,
        rate_ci=one.rate_ci,
        effect=one.effect,
        effect_ci=one.effect_ci,
        p_best=one.p_best,
        p_within_margin=one.p_within_margin,
        expected_regret=one.expected_regret,
        rank_ci=one.rank_ci,
        is_advised=one.is_advised,
        verdict=one.verdict,
        against=None if one.against is None else place[one.against],
        difference=one.difference,
        difference_ci=one.difference_ci,
        probability_better=one.probability_better,
        predictions=tuple(sources.predictions.get(key, ())),
    )


def _describe_claim(claim: Claim, place: dict[Variant, int]) -> ClaimRecord:
    return ClaimRecord(place[claim.better], place[claim.worse], claim.probability)


def _list_pairs(
    variants: Sequence[VariantRecord], profiles: tuple[int, ...], pairs: PairDescriber
) -> tuple[PairRecord, ...]:
    """Return the advised variant against each other one that was tried or can be predicted."""
    advised = next((one for one in variants if one.is_advised), None)
    if advised is None:
        return ()
    others = {
        one.variant: one
        for one in variants
        if one is not advised and (one.is_tried or one.effect is not None)
    }
    tried = sum(one.is_tried for one in variants)
    return tuple(
        _note_addition(pair, advised, others[pair.other])
        for pair in pairs.list_pairs(profiles, advised.variant, list(others), tried)
    )


def _note_addition(pair: PairRecord, one: VariantRecord, other: VariantRecord) -> PairRecord:
    """Return a pair without a chain as added up, where both are ranked in one part."""
    is_added = pair.connection == Connection.NONE and one.part == other.part
    if not is_added or other.effect is None:
        return pair
    return replace(pair, connection=Connection.ADDED.value)


def _describe_term(estimate: PooledEstimate, term: Term) -> TermRecord:
    if term in estimate.dropped:
        why = estimate.dropped[term]
        same_as = why.other.value if why.other else ""
        return TermRecord(term.value, None, None, dropped=why.reason.name.lower(), same_as=same_as)
    if term in MAIN:
        is_flat = estimate.priors == PriorKind.NONE
        return TermRecord(term.value, None if is_flat else MAIN_SD, None, not is_flat)
    found = estimate.terms[term]
    limits = None if found.lower is None else (found.lower, found.upper)
    return TermRecord(term.value, found.sd, limits, found.is_from_prior)
