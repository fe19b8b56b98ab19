"""A comparison as readers beyond the lab's own team may see it.

The choice of what is shown, in `analysis.disclosure`, holds whatever is told of a shown profile or
total: their exact counts would not give a withheld one away either. So limits and verdicts stay
those of the real analysis, with its clusters, moved along with the rounded counts; what depends on
a withheld profile is left out.
"""

from dataclasses import replace

from analysis.disclosure import ProtectedTable
from analysis.stats.results import (
    ExperimentComparison,
    Method,
    PairComparison,
    ProfileComparison,
    ProfileSpread,
    SampleRatioCheck,
    VariantEstimate,
    Warned,
)

# Figures say no more than a tenth of a percentage point.
DECIMALS = 3
# These compare means of clusters, which the rounded counts do not follow.
OF_CLUSTERS = {Method.CLUSTER_MEAN_T, Method.CLUSTER_ROBUST_T, Method.MATCHED_BLOCKS_T}
# All other parameters of warnings are counts.
HARMLESS = {"unit", "variant", "reference", "profiles", "waves"}

Shown = dict[int, tuple[int, int]]


def protect_comparison(
    comparison: ExperimentComparison, table: ProtectedTable
) -> ExperimentComparison:
    """Return a comparison that tells no more of small cells than the protected table does."""
    if not table.is_protected:
        return comparison
    withheld = table.withheld_profiles
    return replace(
        comparison,
        profiles=tuple(
            _protect_part(part, _find_cells(table, part.profile), withheld)
            for part in comparison.profiles
            if part.profile not in withheld
        ),
        total=_protect_part(comparison.total, _find_totals(table), withheld),
        spread=_protect_spread(comparison.spread, withheld),
        sample_ratio=_protect_lottery(comparison.sample_ratio),
        warnings=tuple(_protect_warning(warned) for warned in comparison.warnings),
        interaction=None if withheld else comparison.interaction,
    )


def _find_cells(table: ProtectedTable, profile: str | None) -> Shown:
    return {
        cell.variant: (cell.numerator, cell.denominator)
        for cell in table.cells
        if cell.profile == profile and cell.numerator is not None
    }


def _find_totals(table: ProtectedTable) -> Shown:
    return {
        total.key: (total.numerator, total.denominator)
        for total in table.variant_totals
        if total.numerator is not None
    }


def _protect_part(
    part: ProfileComparison, shown: Shown, withheld: tuple[str | None, ...]
) -> ProfileComparison:
    pairs = [
        _protect_pair(pair, part, shown, withheld)
        for pair in part.comparisons
        if pair.variant in shown and pair.reference in shown
    ]
    is_whole = part.leader in shown and part.opponent in shown
    return replace(
        part,
        variants=tuple(
            _protect_estimate(one, *shown[one.variant])
            for one in part.variants
            if one.variant in shown
        ),
        comparisons=tuple(pairs),
        leader=part.leader if is_whole else None,
        opponent=part.opponent if is_whole else None,
        verdict=part.verdict if is_whole else type(part.verdict).NOT_ENOUGH_DATA,
    )


def _protect_estimate(
    estimate: VariantEstimate, numerator: int, denominator: int
) -> VariantEstimate:
    rate = numerator / denominator
    shift = 0.0 if estimate.rate is None else rate - estimate.rate
    return replace(
        estimate,
        numerator=numerator,
        denominator=denominator,
        rate=rate,
        ci_lower=_move(estimate.ci_lower, shift, 0.0),
        ci_upper=_move(estimate.ci_upper, shift, 0.0),
        nested_limits=tuple(
            (level, _move(lower, shift, 0.0), _move(upper, shift, 0.0))
            for level, lower, upper in estimate.nested_limits
        ),
    )


def _protect_pair(
    pair: PairComparison,
    part: ProfileComparison,
    shown: Shown,
    withheld: tuple[str | None, ...],
) -> PairComparison:
    shift = 0.0
    if pair.difference is not None and pair.method not in OF_CLUSTERS:
        rates = [shown[one][0] / shown[one][1] for one in (pair.variant, pair.reference)]
        shift = rates[0] - rates[1] - pair.difference
    # Adjusted p-values rank a comparison among those of the withheld profiles.
    adjusted = None if withheld and part.profile is not None else pair.adjusted_pvalue
    return replace(
        pair,
        difference=_move(pair.difference, shift),
        ci_lower=_move(pair.ci_lower, shift),
        ci_upper=_move(pair.ci_upper, shift),
        simultaneous_lower=_move(pair.simultaneous_lower, shift),
        simultaneous_upper=_move(pair.simultaneous_upper, shift),
        pvalue=None,
        adjusted_pvalue=_move(adjusted, 0.0, 0.0),
        probability_better=_move(pair.probability_better, 0.0, 0.0),
        # It weighs each profile apart, the withheld ones too.
        stratified=None if withheld else pair.stratified,
    )


def _protect_spread(spread: ProfileSpread, withheld: tuple[str | None, ...]) -> ProfileSpread:
    if not withheld:
        return spread
    return replace(
        spread,
        best_variants=tuple(pair for pair in spread.best_variants if pair[0] not in withheld),
        is_same_best=None,
        largest_shortfall=None,
        largest_expected_loss=None,
        largest_deviation=None,
    )


def _protect_lottery(check: SampleRatioCheck) -> SampleRatioCheck:
    return replace(check, statistic=None, df=None, pvalue=None)


def _protect_warning(warned: Warned) -> Warned:
    return warned._replace(
        parameters=tuple(pair for pair in warned.parameters if pair[0] in HARMLESS)
    )


def _move(value: float | None, shift: float, floor: float = -1.0) -> float | None:
    return None if value is None else round(min(max(value + shift, floor), 1.0), DECIMALS)
