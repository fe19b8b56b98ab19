"""Whether the lottery gave each variant the share that the design promised."""

from collections.abc import Sequence

from scipy.special import chdtrc

from analysis.stats.cells import Assignment
from analysis.stats.results import Reason, SampleRatioCheck, Status

ALPHA = 0.001
LEAST_EXPECTED = 5.0


def check_sample_ratio(assignments: Sequence[Assignment]) -> SampleRatioCheck:
    """Test assignment units against the design's shares: chi-square, alpha .001.

    assignments: one per wave; units are what the lottery divided (people, households, streets),
    never the people counted in them. Waves are tested together. Undefined when units or shares are
    unknown; too little when a variant expects fewer than 5 units. Units of a variant that was
    promised none are a mismatch in themselves.
    """
    if not assignments:
        return SampleRatioCheck(status=Status.UNDEFINED, reason=Reason.SHARES_UNKNOWN)
    if any(sum(one.units) == 0 for one in assignments):
        return SampleRatioCheck(status=Status.UNDEFINED, reason=Reason.UNITS_UNKNOWN)
    if any(
        units > 0 and share <= 0 for one in assignments for units, share in zip(*one, strict=True)
    ):
        return SampleRatioCheck(is_mismatch=True)
    pairs = [_expect(one) for one in assignments]
    if any(expected < LEAST_EXPECTED for wave in pairs for _, expected in wave):
        return SampleRatioCheck(status=Status.TOO_LITTLE, reason=Reason.FEW_UNITS)
    df = sum(len(wave) - 1 for wave in pairs)
    if df == 0:
        return SampleRatioCheck(status=Status.UNDEFINED, reason=Reason.ONE_VARIANT)
    statistic = sum((units - want) ** 2 / want for wave in pairs for units, want in wave)
    pvalue = float(chdtrc(df, statistic))
    return SampleRatioCheck(float(statistic), df, pvalue, pvalue < ALPHA)


def _expect(assignment: Assignment) -> list[tuple[int, float]]:
    total, shares = sum(assignment.units), sum(assignment.shares)
    pairs = zip(assignment.units, assignment.shares, strict=True)
    return [(units, total * share / shares) for units, share in pairs if share > 0]
