"""Columns of figures turned into the results that pages and files are built from."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.stats.cautions import FEW_PEOPLE, list_warnings
from analysis.stats.differences import Differences
from analysis.stats.layout import PairLayout
from analysis.stats.results import (
    ExperimentComparison,
    Interval,
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

METHOD_VERSION = "1"


class Findings(NamedTuple):
    """Lists with an entry per row; `reported` and `within` hold the columns of one figure each."""

    reported: list[list]
    within: list[list]
    method: list
    method_within: list
    clusters: list[int]
    strata_used: list[int]
    strata_left_out: list[int]
    verdict: list[Verdict]
    side: list[int]


class Rates(NamedTuple):
    """Lists with an entry per variant and block."""

    rate: list
    intervals: list[tuple[Interval, ...]]
    clusters: list[int]


def list_findings(
    reported: Differences,
    within: Differences,
    chances: list[NDArray],
    adjusted: list[NDArray],
    verdicts: list[Verdict],
    sides: NDArray[np.int64],
) -> Findings:
    """Return columns as lists, with None where a figure is not defined."""
    columns = [
        [_listed(column) for column in (*one.figures[:6], chance, holm)]
        for one, chance, holm in zip((reported, within), chances, adjusted, strict=True)
    ]
    return Findings(
        *columns,
        reported.method.tolist(),
        within.method.tolist(),
        reported.clusters.tolist(),
        within.strata_used.tolist(),
        within.strata_left_out.tolist(),
        verdicts,
        sides.tolist(),
    )


def list_rates(rates: RateColumns) -> Rates:
    """Return the rates as lists, with None where a figure is not defined."""
    nested = []
    for place in range(3):
        columns = (rates.level[place], rates.lower[place], rates.upper[place])
        nested.append([Interval(*one) for one in zip(*map(_listed, columns), strict=True)])
    return Rates(_listed(rates.rate), list(zip(*nested, strict=True)), rates.clusters.tolist())


def assemble_comparison(
    layout: PairLayout, findings: Findings, rates: Rates
) -> ExperimentComparison:
    """Return the comparison of one experiment out of its rows."""
    table, design = layout.table, layout.design
    blocks = [_assemble_block(layout, block, findings, rates) for block in range(layout.blocks)]
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


def _assemble_block(
    layout: PairLayout, block: int, findings: Findings, rates: Rates
) -> ProfileComparison:
    is_total = block == layout.blocks - 1
    profile = None if is_total else layout.table.profiles[block]
    variants = _assemble_variants(layout, block, is_total, rates)
    pairs = _assemble_pairs(layout, block, is_total, findings)
    leader, opponent, verdict = _choose_leader(layout, block, pairs, is_total)
    status, reason = Status.OK, None
    if leader is None:
        with_people = sum(1 for one in variants if one.denominator)
        status = Status.UNDEFINED
        reason = Reason.NO_COUNTS if with_people == 0 else Reason.ONE_VARIANT
        if with_people > 1:
            reason = Reason.NO_COMMON_STRATUM
    return ProfileComparison(
        profile=profile,
        variants=variants,
        comparisons=pairs,
        leader=leader,
        opponent=opponent,
        verdict=verdict,
        is_exploratory=profile in layout.design.exploratory_profiles,
        status=status,
        reason=reason,
    )


def _assemble_variants(
    layout: PairLayout, block: int, is_total: bool, rates: Rates
) -> tuple[VariantEstimate, ...]:
    counted = layout.table.count_all
    everything = (counted.sum(axis=(0, 1)) if is_total else counted[block].sum(axis=0)).tolist()
    counts, people = layout.count[block].tolist(), layout.nobs[block].tolist()
    first = layout.first_rate + block * len(counts)
    estimates = []
    for variant, (count, nobs, seen) in enumerate(zip(counts, people, everything, strict=True)):
        at = first + variant
        clusters = rates.clusters[at] or None
        if not nobs:
            reason = Reason.NO_DENOMINATOR if seen else Reason.NO_COUNTS
            numerator, denominator = int(seen), None if seen else 0
            one = VariantEstimate(
                variant, numerator, denominator, status=Status.UNDEFINED, reason=reason
            )
        else:
            intervals = rates.intervals[at]
            widest = intervals[-1]
            status, reason = Status.OK, None
            if widest.lower is None:
                intervals, status, reason = (), Status.TOO_LITTLE, Reason.FEW_CLUSTERS
            elif nobs < FEW_PEOPLE:
                status, reason = Status.TOO_LITTLE, Reason.FEW_PEOPLE
            one = VariantEstimate(
                variant,
                int(count),
                int(nobs),
                rates.rate[at],
                widest.lower,
                widest.upper,
                intervals,
                clusters,
                status,
                reason,
            )
        estimates.append(one)
    return tuple(estimates)


def _assemble_pairs(
    layout: PairLayout, block: int, is_total: bool, findings: Findings
) -> tuple[PairComparison, ...]:
    counts, people = layout.count[block].tolist(), layout.nobs[block].tolist()
    rows = layout.rows(block)
    pairs = []
    for row, variant, reference in zip(
        range(rows.start, rows.stop),
        layout.variant.tolist(),
        layout.reference.tolist(),
        strict=True,
    ):
        figures = [column[row] for column in findings.reported]
        sides = (counts[variant], people[variant], counts[reference], people[reference])
        status, reason = _name_status(figures, *sides)
        difference, lower, upper, both_lower, both_upper, pvalue, chance, adjusted = figures
        side = findings.side[row]
        pairs.append(
            PairComparison(
                variant,
                reference,
                difference,
                lower,
                upper,
                both_lower,
                both_upper,
                findings.method[row],
                pvalue,
                adjusted,
                chance,
                None if side == 0 else (variant if side > 0 else reference),
                findings.verdict[row],
                _assemble_stratified(findings, row, sides) if is_total else None,
                findings.clusters[row] or None,
                status,
                reason,
            )
        )
    return tuple(pairs)


def _assemble_stratified(
    findings: Findings, row: int, sides: tuple[float, ...]
) -> StratifiedDifference:
    figures = [column[row] for column in findings.within]
    status, reason = _name_status(figures, *sides)
    if findings.strata_used[row] == 0 and status is Status.OK:
        status, reason = Status.UNDEFINED, Reason.NO_COMMON_STRATUM
    difference, lower, upper, both_lower, both_upper, pvalue, chance, adjusted = figures
    return StratifiedDifference(
        difference,
        lower,
        upper,
        both_lower,
        both_upper,
        pvalue,
        adjusted,
        chance,
        findings.method_within[row],
        findings.strata_used[row],
        findings.strata_left_out[row],
        status,
        reason,
    )


def _name_status(
    figures: list, count1: float, nobs1: float, count2: float, nobs2: float
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
    layout: PairLayout, block: int, pairs: tuple[PairComparison, ...], is_total: bool
) -> tuple[int | None, int | None, Verdict]:
    """Return who leads, against whom (control, else runner-up), and the verdict on the two."""
    sign = -1.0 if layout.design.direction == "lower" else 1.0
    leads: dict[int, list[float]] = {}
    for pair in pairs:
        difference = pair.difference if not is_total else pair.stratified.difference
        if difference is not None:
            leads.setdefault(pair.variant, []).append(sign * difference)
            leads.setdefault(pair.reference, []).append(-sign * difference)
    if not leads:
        return None, None, Verdict.NOT_ENOUGH_DATA
    control = layout.design.control
    if control is not None:
        leads[control] = [0.0]
    people = layout.nobs[block]
    order = sorted(leads, key=lambda one: (-sum(leads[one]) / len(leads[one]), -people[one], one))
    leader = order[0]
    opponent = control if control is not None and leader != control else order[1]
    for pair in pairs:
        if {pair.variant, pair.reference} == {leader, opponent}:
            return leader, opponent, pair.verdict
    return leader, opponent, Verdict.NOT_ENOUGH_DATA


def _listed(column: NDArray) -> list:
    values = column.astype(object)
    values[np.isnan(column)] = None
    return values.tolist()
