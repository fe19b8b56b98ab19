"""What a reader must know before believing a comparison: warnings by code."""

import math
from collections.abc import Iterator

from analysis.stats.cells import Denominator
from analysis.stats.clusters import FEW_CLUSTERS
from analysis.stats.layout import PairLayout
from analysis.stats.results import (
    ProfileComparison,
    Reason,
    SampleRatioCheck,
    Warned,
    WarningCode,
)

# Below this many people in a variant a rate says next to nothing.
FEW_PEOPLE = 10


def list_warnings(
    layout: PairLayout,
    profiles: tuple[ProfileComparison, ...],
    total: ProfileComparison,
    sample_ratio: SampleRatioCheck,
) -> tuple[Warned, ...]:
    """Return the warnings that the counts, the design and the results give rise to."""
    return (
        *_warn_of_denominators(layout),
        *_warn_of_counts(layout, profiles, total),
        *_warn_of_clusters(layout, (*profiles, total)),
        *_warn_of_profiles(layout, profiles),
        *_warn_of_strata(layout, total),
        *_warn_of_lottery(sample_ratio),
    )


def _warn_of_denominators(layout: PairLayout) -> Iterator[Warned]:
    table, design = layout.table, layout.design
    if table.cells_left_out:
        left_out = (("cells", table.cells_left_out), ("responded", table.count_left_out))
        yield Warned(WarningCode.NO_DENOMINATOR, left_out)
    is_mixed = 0 < table.cells_offered < table.cells
    if is_mixed and table.denominator == Denominator.REACHED:
        sides = (("offered", table.cells_offered), ("cells", table.cells))
        yield Warned(WarningCode.DIFFERENT_DENOMINATORS, sides)
    if design.is_reach_estimated:
        yield Warned(WarningCode.REACH_ESTIMATED)


def _warn_of_counts(
    layout: PairLayout, profiles: tuple[ProfileComparison, ...], total: ProfileComparison
) -> Iterator[Warned]:
    count, nobs = layout.count[-1], layout.nobs[-1]
    people = float(nobs.sum())
    if not people:
        yield Warned(WarningCode.NO_COUNTS)
        return
    if (nobs > 0).sum() < 2:
        held = int(nobs.argmax())
        yield Warned(WarningCode.SINGLE_VARIANT, (("variant", held),))
    if not count.sum():
        yield Warned(WarningCode.ALL_ZERO)
    if count.sum() == people:
        yield Warned(WarningCode.ALL_RESPOND)
    held = layout.nobs[: len(profiles)] if profiles else layout.nobs
    few = int(((held > 0) & (held < FEW_PEOPLE)).sum())
    if few:
        yield Warned(WarningCode.TOO_FEW, (("groups", few), ("people", FEW_PEOPLE)))


def _warn_of_clusters(
    layout: PairLayout, groups: tuple[ProfileComparison, ...]
) -> Iterator[Warned]:
    table, design = layout.table, layout.design
    unit = (("unit", design.assignment_unit or ""),)
    if table.clusters is None:
        if design.is_cluster_assigned:
            yield Warned(WarningCode.CLUSTERED_COUNTED_AS_PERSONS, unit)
        if 0 < table.cells_without_cluster < table.cells:
            missing = (("missing", table.cells_without_cluster), ("cells", table.cells))
            yield Warned(WarningCode.CLUSTERS_INCOMPLETE, missing)
        return
    pairs = [pair for group in groups for pair in group.comparisons if pair.method or pair.reason]
    if any(
        pair.reason is Reason.FEW_CLUSTERS or (pair.clusters or math.inf) <= FEW_CLUSTERS
        for pair in pairs
    ):
        clusters = len(set(table.clusters.cluster.tolist()))
        yield Warned(WarningCode.FEW_CLUSTERS, (("clusters", clusters),))


def _warn_of_profiles(
    layout: PairLayout, profiles: tuple[ProfileComparison, ...]
) -> Iterator[Warned]:
    table = layout.table
    exploratory = sum(1 for one in profiles if one.is_exploratory)
    if exploratory:
        yield Warned(WarningCode.PROFILE_FROM_RESPONSE, (("profiles", exploratory),))
    if table.listed < len(table.profiles):
        people = (("people", int(table.nobs[-1].sum())), ("responded", int(table.count[-1].sum())))
        yield Warned(WarningCode.PROFILE_UNKNOWN, people)


def _warn_of_strata(layout: PairLayout, total: ProfileComparison) -> Iterator[Warned]:
    if len(layout.table.waves) > 1:
        yield Warned(WarningCode.SEVERAL_WAVES, (("waves", len(layout.table.waves)),))
    for pair in total.comparisons:
        within = pair.stratified.difference
        if pair.difference is not None and within is not None and pair.difference * within < 0:
            sides = (("variant", pair.variant), ("reference", pair.reference))
            sizes = (("crude", pair.difference), ("stratified", within))
            yield Warned(WarningCode.SIMPSON, sides + sizes)


def _warn_of_lottery(sample_ratio: SampleRatioCheck) -> Iterator[Warned]:
    if sample_ratio.is_mismatch:
        found = () if sample_ratio.pvalue is None else (("pvalue", sample_ratio.pvalue),)
        yield Warned(WarningCode.SAMPLE_RATIO, found)
