"""What the statistics of one experiment give: frozen results that name their own status."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """How far a figure can be used."""

    OK = "ok"
    TOO_LITTLE = "too_little"
    UNDEFINED = "undefined"


class Reason(StrEnum):
    """Why a figure is not `ok`."""

    NO_COUNTS = "no_counts"
    NO_DENOMINATOR = "no_denominator"
    FEW_PEOPLE = "few_people"
    FEW_CLUSTERS = "few_clusters"
    ALL_ZERO = "all_zero"
    ALL_RESPOND = "all_respond"
    ONE_VARIANT = "one_variant"
    ONE_PROFILE = "one_profile"
    NO_COMMON_STRATUM = "no_common_stratum"
    SHARES_UNKNOWN = "shares_unknown"
    UNITS_UNKNOWN = "units_unknown"
    FEW_UNITS = "few_units"
    NO_DEGREES_OF_FREEDOM = "no_degrees_of_freedom"
    NOT_CONVERGED = "not_converged"


class Verdict(StrEnum):
    """What may be said about one variant against another in one profile."""

    NO_DIFFERENCE = "no_difference"
    CLEARLY_BETTER = "clearly_better"
    PROBABLY_BETTER = "probably_better"
    NOT_ENOUGH_DATA = "not_enough_data"


class ProfilesAnswer(StrEnum):
    """Whether one advice serves all profiles."""

    ALIKE = "profiles_alike"
    DIFFER = "profiles_differ"
    NOT_ENOUGH = "not_enough"


class Method(StrEnum):
    """How a difference and its interval were made."""

    MIETTINEN_NURMINEN = "miettinen_nurminen"
    NEWCOMBE = "newcombe"
    MANTEL_HAENSZEL = "mantel_haenszel"
    CLUSTER_MEAN_T = "cluster_mean_t"
    CLUSTER_ROBUST_T = "cluster_robust_t"
    MATCHED_BLOCKS_T = "matched_blocks_t"


class WarningCode(StrEnum):
    """What a reader must know before believing a comparison."""

    NO_COUNTS = "no_counts"
    NO_DENOMINATOR = "no_denominator"
    DIFFERENT_DENOMINATORS = "different_denominators"
    REACH_ESTIMATED = "reach_estimated"
    TOO_FEW = "too_few"
    ALL_ZERO = "all_zero"
    ALL_RESPOND = "all_respond"
    SINGLE_VARIANT = "single_variant"
    CLUSTERED_COUNTED_AS_PERSONS = "clustered_counted_as_persons"
    CLUSTERS_INCOMPLETE = "clusters_incomplete"
    FEW_CLUSTERS = "few_clusters"
    PROFILE_FROM_RESPONSE = "profile_from_response"
    PROFILE_UNKNOWN = "profile_unknown"
    SIMPSON = "simpson"
    SEVERAL_WAVES = "several_waves"
    SAMPLE_RATIO = "sample_ratio"
    OVERDISPERSED = "overdispersed"
    CONTROL_MISSING = "control_missing"
    REPEATED_ROWS = "repeated_rows"


class Interval(NamedTuple):
    """A two-sided interval with its confidence level."""

    level: float
    lower: float
    upper: float


class Warned(NamedTuple):
    """A warning: its code and the parameters that its sentence needs, as (name, value) pairs."""

    code: WarningCode
    parameters: tuple[tuple[str, str | int | float], ...] = ()


@dataclass(frozen=True, slots=True)
class VariantEstimate:
    """The rate of one variant in one profile.

    `nested_limits`: level, lower and upper limit at 50 %, 80 % and the design's level.
    """

    variant: int
    numerator: int
    denominator: int | None
    rate: float | None = None
    ci_lower: float | None = None
    ci_upper: float | None = None
    nested_limits: tuple[tuple[float, float, float], ...] = ()
    clusters: int | None = None
    status: Status = Status.OK
    reason: Reason | None = None

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """The nested 50, 80 and 95 % intervals, narrowest first."""
        return tuple(Interval(*one) for one in self.nested_limits)


@dataclass(frozen=True, slots=True)
class StratifiedDifference:
    """A difference within experiment × profile × wave, averaged by Mantel–Haenszel weights."""

    difference: float | None
    ci_lower: float | None
    ci_upper: float | None
    simultaneous_lower: float | None
    simultaneous_upper: float | None
    pvalue: float | None
    adjusted_pvalue: float | None
    probability_better: float | None
    method: Method | None
    strata_used: int
    strata_left_out: int
    status: Status = Status.OK
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class PairComparison:
    """Variant minus reference in one profile.

    `difference` and its limits are on the outcome's own scale. `verdict` is about the pair, read
    from the side of `better`: the variant that does better in the outcome's good direction (None
    when they are equal or unknown). `probability_better` is P(variant is better than reference).
    `simultaneous_lower/upper` hold together over the family that the comparison belongs to.
    """

    variant: int
    reference: int
    difference: float | None = None
    ci_lower: float | None = None
    ci_upper: float | None = None
    simultaneous_lower: float | None = None
    simultaneous_upper: float | None = None
    method: Method | None = None
    pvalue: float | None = None
    adjusted_pvalue: float | None = None
    probability_better: float | None = None
    better: int | None = None
    verdict: Verdict = Verdict.NOT_ENOUGH_DATA
    stratified: StratifiedDifference | None = None
    clusters: int | None = None
    status: Status = Status.OK
    reason: Reason | None = None

    def swapped(self) -> "PairComparison":
        """Return the same pair read from the other side."""
        turned = {name: _minus(getattr(self, source)) for name, source in _TURNED.items()}
        return replace(
            self,
            variant=self.reference,
            reference=self.variant,
            probability_better=_complement(self.probability_better),
            stratified=None if self.stratified is None else _swap_stratified(self.stratified),
            **turned,
        )


@dataclass(frozen=True, slots=True)
class ProfileComparison:
    """All variants of one profile, or of everyone (`profile` is None).

    `verdict` is about `leader` against `opponent`: the control, or the runner-up where there is no
    control or where the control itself leads. Both are None when no two variants can be compared.
    """

    profile: str | None
    variants: tuple[VariantEstimate, ...]
    comparisons: tuple[PairComparison, ...]
    leader: int | None = None
    opponent: int | None = None
    verdict: Verdict = Verdict.NOT_ENOUGH_DATA
    is_exploratory: bool = False
    status: Status = Status.OK
    reason: Reason | None = None

    def find_pair(self, variant: int, reference: int) -> PairComparison | None:
        """Return the comparison of two variants, read as variant minus reference."""
        for pair in self.comparisons:
            if (pair.variant, pair.reference) == (variant, reference):
                return pair
            if (pair.variant, pair.reference) == (reference, variant):
                return pair.swapped()
        return None

    def find_variant(self, variant: int) -> VariantEstimate | None:
        """Return the estimate of a variant in this profile."""
        return next((one for one in self.variants if one.variant == variant), None)


@dataclass(frozen=True, slots=True)
class ProfileSpread:
    """How far the profiles differ, by size.

    `overall_best` leads over all profiles together. `largest_shortfall` is the most that any
    profile would lose by getting it instead of its own best (0 when it is best everywhere), and
    `largest_expected_loss` the same allowing for chance. `largest_deviation` is how far the
    difference with `compared_with` lies, in one profile, from that over all profiles.
    """

    answer: ProfilesAnswer
    overall_best: int | None = None
    best_variants: tuple[tuple[str, int], ...] = ()
    is_same_best: bool | None = None
    largest_shortfall: float | None = None
    largest_expected_loss: float | None = None
    compared_with: int | None = None
    largest_deviation: float | None = None
    status: Status = Status.OK
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class InteractionTest:
    """Likelihood-ratio test of profile × variant, and the overdispersion of the fit."""

    statistic: float | None = None
    df: int | None = None
    pvalue: float | None = None
    overdispersion: float | None = None
    status: Status = Status.OK
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class SampleRatioCheck:
    """Whether the assignment units were divided as the design says (alpha .001)."""

    statistic: float | None = None
    df: int | None = None
    pvalue: float | None = None
    is_mismatch: bool | None = None
    status: Status = Status.OK
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class ExperimentComparison:
    """Everything that is compared in one experiment.

    `profiles` holds the known profiles in the order of their names (one without a name where no
    profile was recorded); `total` everyone. `comparisons_in_family` counts the comparisons that
    the simultaneous limits and Holm's p-values of the profiles allow for; `total` is a family of
    its own. `interaction` is None until the fitted part of the estimator has run.
    """

    denominator: str | None
    direction: str
    margin: float
    control: int | None
    family: str
    confidence_level: float
    comparisons_in_family: int
    comparisons_in_total: int
    profiles: tuple[ProfileComparison, ...]
    total: ProfileComparison
    spread: ProfileSpread
    sample_ratio: SampleRatioCheck
    warnings: tuple[Warned, ...] = ()
    interaction: InteractionTest | None = None
    method_version: str = ""

    def with_warning(self, warned: Warned) -> "ExperimentComparison":
        """Return the same comparison with one warning more."""
        return replace(self, warnings=(*self.warnings, warned))


_TURNED = {
    "difference": "difference",
    "ci_lower": "ci_upper",
    "ci_upper": "ci_lower",
    "simultaneous_lower": "simultaneous_upper",
    "simultaneous_upper": "simultaneous_lower",
}


def _minus(value: float | None) -> float | None:
    return None if value is None else 0.0 - value


def _complement(probability: float | None) -> float | None:
    return None if probability is None else 1.0 - probability


def _swap_stratified(stratified: StratifiedDifference) -> StratifiedDifference:
    turned = {name: _minus(getattr(stratified, source)) for name, source in _TURNED.items()}
    probability = _complement(stratified.probability_better)
    return replace(stratified, probability_better=probability, **turned)
