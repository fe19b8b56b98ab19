"""What is kept of a pooled estimate: plain values, for pages, advice and files to read.

Codes of labs, experiments, profiles, channels and styles are those of the cells. A variant is
named by its place in `PooledRecord.variants`. Shares lie between 0 and 1; intervals hold 95 %.
Rates, effects and differences are those of the outcome itself: where less of it is better, a better
variant has a lower rate and a difference below 0. Better, best and advised look in the good
direction.
"""

from dataclasses import dataclass

from analysis.stats.results import Status, Verdict

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Counted:
    """What stands behind a figure: people and responses, in how many experiments and labs."""

    people: int
    responses: int
    experiments: int
    labs: int


@dataclass(frozen=True, slots=True)
class Prediction:
    """What one new experiment may show: the rate, and the difference with the best other."""

    rate: Interval
    difference: Interval | None
    # The lab in which it would be held; None for a lab that is not in the run.
    living_lab: str | None = None


@dataclass(frozen=True, slots=True)
class VariantRecord:
    """One variant in one profile; a figure that cannot be estimated is None.

    part: the connected part in which it is ranked, 0 the largest, -1 none. against: the best other
    variant of that part, which verdict, difference and probability_better are about.
    """

    variant: int
    status: Status
    is_tried: bool
    part: int
    counted: Counted
    rate: float | None = None
    rate_ci: Interval | None = None
    effect: float | None = None
    effect_ci: Interval | None = None
    p_best: float | None = None
    p_within_margin: float | None = None
    expected_regret: float | None = None
    rank_ci: tuple[int, int] | None = None
    is_advised: bool = False
    verdict: Verdict | None = None
    against: int | None = None
    difference: float | None = None
    # Simultaneous over all pairs of the profile.
    difference_ci: Interval | None = None
    probability_better: float | None = None
    # In a new lab first, then in each lab of the run.
    predictions: tuple[Prediction, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """One variant is better than another, simultaneously over all pairs of the profile."""

    better: int
    worse: int
    probability: float


@dataclass(frozen=True, slots=True)
class Step:
    """One comparison in a chain: an experiment that held both variants."""

    experiment: str
    one: int
    other: int


@dataclass(frozen=True, slots=True)
class PairRecord:
    """How two variants are compared in a profile: directly, through a chain, or not at all.

    connection: a code of `Connection`; `added` where only effects of channel and style add up.
    steps: the comparisons that lead from one to the other; empty when there is no way.
    direct, indirect: differences on the logit scale, one less other, from experiments that held
    both and from all others; None where there are none. pvalue: that the two differ.
    anytime: limits of the difference of the shares that hold however often one looks. evalue:
    evidence that the two differ anywhere: were they equal everywhere, the chance that it ever is x
    or more is at most 1 / x, though the pair was chosen among all those tried in the profile. None
    where an experiment had no lottery or has no last day, or people were assigned in clusters.
    """

    one: int
    other: int
    connection: str
    steps: tuple[Step, ...] = ()
    direct: float | None = None
    direct_ci: Interval | None = None
    indirect: float | None = None
    indirect_ci: Interval | None = None
    pvalue: float | None = None
    anytime: Interval | None = None
    evalue: float | None = None


@dataclass(frozen=True, slots=True)
class ProfileRecord:
    """All variants in one profile; profile is None for all profiles together.

    pairs: the advised variant against each other one.
    """

    profile: str | None
    variants: tuple[VariantRecord, ...]
    claims: tuple[ClaimRecord, ...] = ()
    pairs: tuple[PairRecord, ...] = ()

    @property
    def advised(self) -> VariantRecord | None:
        """Return the variant of least expected regret."""
        return next((one for one in self.variants if one.is_advised), None)


@dataclass(frozen=True, slots=True)
class TermRecord:
    """The standard deviation of a term with its interval, or why it is not in the model."""

    term: str
    sd: float | None
    sd_ci: Interval | None
    is_from_prior: bool = False
    dropped: str = ""
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class HeterogeneityRecord:
    """How much experiments and labs differ: spread of a contrast on the logit scale, the share of
    the spread between results that is no chance, and Pearson's overdispersion."""

    tau: float | None
    tau_ci: Interval | None
    lab_tau: float | None
    lab_tau_ci: Interval | None
    i_squared: float | None
    i_squared_ci: Interval | None
    dispersion: float | None
    is_overdispersed: bool = False


@dataclass(frozen=True, slots=True)
class ConsistencyRecord:
    """Design-by-treatment test: do experiments that compared other variants tell the same?

    The figures are None where there is no test; reason: why, a code of `NoTest`. fixed_pvalue: of
    the test in which all that experiments and labs differ counts as inconsistency.
    """

    statistic: float | None = None
    freedom: int | None = None
    pvalue: float | None = None
    reason: str = ""
    fixed_pvalue: float | None = None


@dataclass(frozen=True, slots=True)
class InfluenceRecord:
    """Advice that changes when one lab or experiment is left out; without is None for no advice.

    profile: None for all profiles together.
    """

    left_out: str
    code: str
    profile: str | None
    advised: int
    without: int | None


@dataclass(frozen=True, slots=True)
class UnusedRecord:
    """An experiment in the cells that adds nothing to any comparison, and why."""

    experiment: str
    reason: str


@dataclass(frozen=True, slots=True)
class PooledRecord:
    """Everything that is kept of one pooled estimate but its draws.

    variants: (channel, style) codes. together: over all profiles, weighed by people counted.
    are_profiles_alike: whether one variant serves every profile within the margin; None when that
    is not known. influence is None when it was not asked for.
    """

    method_version: str
    seed: int
    margin: float
    variants: tuple[tuple[str, str], ...]
    profiles: tuple[ProfileRecord, ...]
    together: ProfileRecord | None
    are_profiles_alike: bool | None
    terms: tuple[TermRecord, ...]
    heterogeneity: HeterogeneityRecord | None
    consistency: ConsistencyRecord | None
    influence: tuple[InfluenceRecord, ...] | None
    experiments_used: tuple[str, ...]
    experiments_unused: tuple[UnusedRecord, ...]
    cells: int
    cells_used: int
    evaluations: int

    def find_profile(self, profile: str | None) -> ProfileRecord | None:
        """Return the record of a profile, or of all together."""
        if profile is None:
            return self.together
        return next((one for one in self.profiles if one.profile == profile), None)
