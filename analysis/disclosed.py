"""The evidence of a rule as readers outside the lab may see it."""

from dataclasses import replace

from analysis.disclosure import ProtectedTable
from analysis.evidence import ProfileEvidence, RateEvidence, RuleEvidence

# Limits are moved along with the rounded rates, and say no more than a tenth of a point.
DECIMALS = 3
Counts = dict[int, tuple[int, int]]


def disclose_evidence(evidence: RuleEvidence, table: ProtectedTable) -> RuleEvidence:
    """Return evidence in which no count says more than the protected table does."""
    # The numbers in warnings are counts too.
    basis = replace(evidence.basis, warnings=())
    if not table.is_protected:
        return replace(evidence, basis=basis)
    part = _disclose_part(evidence.part, _find_counts(evidence.part, table))
    return replace(evidence, basis=basis, part=part, is_protected=True)


def _find_counts(part: ProfileEvidence, table: ProtectedTable) -> Counts:
    if part.profile is None:
        shown = [(total.key, total) for total in table.variant_totals]
    else:
        key = str(part.profile.id)
        shown = [(cell.variant, cell) for cell in table.cells if cell.profile == key]
    return {
        variant: (one.numerator, one.denominator)
        for variant, one in shown
        if one.numerator is not None and one.denominator
    }


def _disclose_part(part: ProfileEvidence, counts: Counts) -> ProfileEvidence:
    rates = tuple(_disclose_rate(rate, counts) for rate in part.rates)
    shown = replace(
        part,
        rates=rates,
        difference=None,
        lower=None,
        upper=None,
        probability_better=_round(part.probability_better, 2),
        near_best=_round(part.near_best, 2),
        expected_loss=_round(part.expected_loss, DECIMALS),
    )
    leader, reference = shown.find_rate(part.leader), shown.find_rate(part.reference)
    ends = (part.difference, part.lower, part.upper)
    if leader is None or reference is None or None in (leader.rate, reference.rate, *ends):
        return shown
    difference = leader.rate - reference.rate
    lower, upper = _shift((part.lower, part.upper), part.difference, difference)
    return replace(shown, difference=_round(difference, DECIMALS), lower=lower, upper=upper)


def _disclose_rate(exact: RateEvidence, counts: Counts) -> RateEvidence:
    if exact.variant not in counts or None in (exact.rate, exact.ci_lower, exact.ci_upper):
        return RateEvidence(exact.variant, None, None)
    numerator, denominator = counts[exact.variant]
    rate = numerator / denominator
    lower, upper = _shift((exact.ci_lower, exact.ci_upper), exact.rate, rate)
    return RateEvidence(
        exact.variant, numerator, denominator, rate, max(lower, 0.0), min(upper, 1.0)
    )


def _shift(ends: tuple[float, float], exact: float, shown: float) -> tuple[float, float]:
    lower, upper = ends
    return round(shown - (exact - lower), DECIMALS), round(shown + (upper - exact), DECIMALS)


def _round(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(value, decimals)
