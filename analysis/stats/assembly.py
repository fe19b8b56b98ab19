"""Columns of figures turned into the results that pages and files are built from."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.stats.cautions import FEW_PEOPLE, list_warnings
from analysis.stats.cells import Direction, ExperimentDesign
from analysis.stats.differences import Differences
from analysis.stats.layout import PairLayout
from analysis.stats.results import (
    ExperimentComparison,
    PairComparison,
    ProfileComparison,
    Reason,
    Status,
    StratifiedDifference,
    VariantEstimate,
    Verdict,
)
from analysis.stats.sample_ratio import check_sample_ratio
from analysis.stats.spread import measure_spread
from analysis.stats.variants import RateColumns
from analysis.stats.version import METHOD_VERSION


class Findings(NamedTuple):
    """One tuple per row: figures in the order of a comparison's fields, then what they mean."""

    reported: list[tuple]
    within: list[tuple]
    method: list[tuple]
    judged: list[tuple[Verdict, int]]


class Rates(NamedTuple):
    """One entry per variant and block."""

    rate: list[float | None]
    limits: list[tuple[tuple, tuple, tuple]]
    clusters: list[int]


def list_findings(
    reported: Differences,
    within: Differences,
    chances: list[NDArray],
    adjusted: list[NDArray],
    verdicts: list[Verdict],
    sides: NDArray[np.int64],
) -> Findings:
    """Return columns as rows, with None where a figure is not defined."""
    rows = [
        list(zip(*map(_listed, (*one.figures[:6], holm, chance)), strict=True))
        for one, chance, holm in zip((reported, within), chances, adjusted, strict=True)
    ]
    facts = (reported.method, reported.clusters, within.method, *within[3:])
    method = list(zip(*(column.tolist() for column in facts), strict=True))
    return Findings(*rows, method, list(zip(verdicts, sides.tolist(), strict=True)))


def list_rates(rates: RateColumns) -> Rates:
    """Return the rates as lists, with None where a figure is not defined."""
    levels = zip(rates.level, rates.lower, rates.upper, strict=True)
    nested = [list(zip(*map(_listed, columns), strict=True)) for columns in levels]
    return Rates(_listed(rates.rate), list(zip(*nested, strict=True)), rates.clusters.tolist())


def assemble_comparison(
    layout: PairLayout, findings: Findings, rates: Rates
) -> ExperimentComparison:
    """Return the comparison of one experiment out of its rows."""
    table, design, counts = layout.table, layout.design, _list_counts(layout)
    blocks = [
        _assemble_block(layout, counts, block, findings, rates) for block in range(layout.blocks)
    ]
    profiles, total = tuple(blocks[:-1]), blocks[-1]
    sample_ratio = check_sample_ratio(design.assignments)
    return ExperimentComparison(
        denominator=table.denominator,
        direction=design.direction,
        margin=design.margin,
        control=design.control,
        family=design.family,
        confidence_level=design.confidence_level,
        comparisons_in_family=max(layout.family_size[:-1], default=0),
        comparisons_in_total=layout.family_size[-1],
        profiles=profiles,
        total=total,
        spread=measure_spread(layout, profiles, total),
        sample_ratio=sample_ratio,
        warnings=list_warnings(layout, profiles, total, sample_ratio),
        method_version=METHOD_VERSION,
    )


class _Counts(NamedTuple):
    """Counts per block and variant as lists, and the pairs."""

    count: list[list[float]]
    nobs: list[list[float]]
    seen: list[list[float]]
    pairs: list[tuple[int, int]]


def _list_counts(layout: PairLayout) -> _Counts:
    by_profile = layout.table.count_all.sum(axis=1)
    seen = np.vstack([by_profile[: layout.blocks - 1], by_profile.sum(axis=0)])
    pairs = list(zip(layout.variant.tolist(), layout.reference.tolist(), strict=True))
    return _Counts(layout.count.tolist(), layout.nobs.tolist(), seen.tolist(), pairs)


def _assemble_block(
    layout: PairLayout, counts: _Counts, block: int, findings: Findings, rates: Rates
) -> ProfileComparison:
    is_total = block == layout.blocks - 1
    profile = None if is_total else layout.table.profiles[block]
    people = counts.nobs[block]
    pairs = _assemble_pairs(counts, block, layout.rows(block).start, is_total, findings)
    leader, opponent, verdict = _choose_leader(layout.design, people, pairs, is_total)
    status, reason = Status.OK, None
    if leader is None:
        with_people = sum(1 for nobs in people if nobs)
        status = Status.UNDEFINED
        reason = Reason.NO_COUNTS if with_people == 0 else Reason.ONE_VARIANT
        if with_people > 1:
            reason = Reason.NO_COMMON_STRATUM
    return ProfileComparison(
        profile=profile,
        variants=_assemble_variants(layout.first_rate, counts, block, rates),
        comparisons=pairs,
        leader=leader,
        opponent=opponent,
        verdict=verdict,
        is_exploratory=profile in layout.design.exploratory_profiles,
        status=status,
        reason=reason,
    )


def _assemble_variants(
    first_rate: int, counts: _Counts, block: int, rates: Rates
) -> tuple[VariantEstimate, ...]:
    columns = zip(counts.count[block], counts.nobs[block], counts.seen[block], strict=True)
    first = first_rate + block * len(counts.nobs[block])
    return tuple(
        _assemble_variant(variant, int(count), int(nobs), rates, first + variant)
        if nobs
        else _assemble_missing(variant, int(seen))
        for variant, (count, nobs, seen) in enumerate(columns)
    )


def _assemble_missing(variant: int, seen: int) -> VariantEstimate:
    reason = Reason.NO_DENOMINATOR if seen else Reason.NO_COUNTS
    denominator = None if seen else 0
    return VariantEstimate(variant, seen, denominator, status=Status.UNDEFINED, reason=reason)


def _assemble_variant(
    variant: int, count: int, nobs: int, rates: Rates, at: int
) -> VariantEstimate:
    limits, status, reason = rates.limits[at], Status.OK, None
    _, lower, upper = limits[2]
    if lower is None:
        limits, status, reason = (), Status.TOO_LITTLE, Reason.FEW_CLUSTERS
    elif nobs < FEW_PEOPLE:
        status, reason = Status.TOO_LITTLE, Reason.FEW_PEOPLE
    clusters = rates.clusters[at] or None
    rate = rates.rate[at]
    return VariantEstimate(
        variant, count, nobs, rate, lower, upper, limits, clusters, status, reason
    )


def _assemble_pairs(
    counts: _Counts, block: int, first_row: int, is_total: bool, findings: Findings
) -> tuple[PairComparison, ...]:
    count, people = counts.count[block], counts.nobs[block]
    pairs = []
    for row, (variant, reference) in enumerate(counts.pairs, first_row):
        figures = findings.reported[row]
        difference, lower, upper, both_lower, both_upper, pvalue, adjusted, chance = figures
        method, clusters = findings.method[row][:2]
        verdict, side = findings.judged[row]
        held = (count[variant], people[variant], count[reference], people[reference])
        status, reason = _name_status(figures, *held)
        pairs.append(
            PairComparison(
                variant,
                reference,
                difference,
                lower,
                upper,
                both_lower,
                both_upper,
                method,
                pvalue,
                adjusted,
                chance,
                (reference, None, variant)[side + 1],
                verdict,
                _assemble_stratified(findings, row, held) if is_total else None,
                clusters or None,
                status,
                reason,
            )
        )
    return tuple(pairs)


def _assemble_stratified(
    findings: Findings, row: int, held: tuple[float, ...]
) -> StratifiedDifference:
    figures = findings.within[row]
    _, _, method, used, left_out = findings.method[row]
    status, reason = _name_status(figures, *held)
    return StratifiedDifference(*figures, method, used, left_out, status, reason)


def _name_status(
    figures: tuple, count1: float, nobs1: float, count2: float, nobs2: float
) -> tuple[Status, Reason | None]:
    if not (nobs1 and nobs2):
        return Status.UNDEFINED, Reason.NO_COUNTS
    if figures[0] is None:
        return Status.UNDEFINED, Reason.NO_COMMON_STRATUM
    if figures[1] is None:
        return Status.TOO_LITTLE, Reason.FEW_CLUSTERS
    if nobs1 < FEW_PEOPLE or nobs2 < FEW_PEOPLE:
        return Status.TOO_LITTLE, Reason.FEW_PEOPLE
    # The interval holds, but there is no test of nothing against nothing.
    if count1 + count2 == 0:
        return Status.OK, Reason.ALL_ZERO
    if count1 + count2 == nobs1 + nobs2:
        return Status.OK, Reason.ALL_RESPOND
    return Status.OK, None


def _choose_leader(
    design: ExperimentDesign,
    people: list[float],
    pairs: tuple[PairComparison, ...],
    is_total: bool,
) -> tuple[int | None, int | None, Verdict]:
    """Return who leads, against whom (control, else runner-up), and the verdict on the two."""
    sign = -1.0 if design.direction == Direction.LOWER else 1.0
    leads: dict[int, list[float]] = {}
    for pair in pairs:
        difference = pair.stratified.difference if is_total else pair.difference
        if difference is not None:
            leads.setdefault(pair.variant, []).append(sign * difference)
            leads.setdefault(pair.reference, []).append(-sign * difference)
    if not leads:
        return None, None, Verdict.NOT_ENOUGH_DATA
    control = design.control
    if control is not None:
        leads[control] = [0.0]
    order = sorted(leads, key=lambda one: (-sum(leads[one]) / len(leads[one]), -people[one], one))
    leader = order[0]
    opponent = control if control is not None and leader != control else order[1]
    for pair in pairs:
        if {pair.variant, pair.reference} == {leader, opponent}:
            return leader, opponent, pair.verdict
    return leader, opponent, Verdict.NOT_ENOUGH_DATA


def _listed(column: NDArray) -> list:
    values, unknown = column.tolist(), np.isnan(column)
    for place in np.flatnonzero(unknown).tolist():
        values[place] = None
    return values
