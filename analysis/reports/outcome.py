"""The comparison report of one experiment: everything that its page and its print show."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from analysis.cases.table import Proof, Situation
from analysis.cases.telling import tell_situation
from analysis.comparison import (
    Counts,
    ExperimentFacts,
    StoredCounts,
    compare_cells,
    gather_counts,
)
from analysis.disclosure import ProtectedTable, leave_exact, protect, sum_table
from analysis.evidence import NamedProfile
from analysis.protection import protect_comparison
from analysis.queries.conduct import Conduct
from analysis.reports.cautions import (
    Unsettled,
    describe_protection,
    describe_unused,
    list_cautions,
)
from analysis.reports.conduct import ConductReport, Mark, describe_conduct, mark_comparison
from analysis.reports.journey import FunnelRow, build_funnel, tell_cost
from analysis.reports.method import (
    METHODS,
    describe_lottery,
    describe_method,
    write_margin,
)
from analysis.reports.reach import Reach, Residents, build_reach
from analysis.sentences import (
    Names,
    tell_figures,
    tell_ground,
    tell_group,
    tell_interaction,
    tell_spread,
    tell_verdict,
)
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
from experiments.labels import DENOMINATOR_KINDS, STEPS, capitalise
from experiments.models.experiments import DesignType
from experiments.naming import NamedVariant
from lab.i18n import in_language
from lab.models.labels import DenominatorKind

# What files call everyone, and those whose profile nobody knew.
TOGETHER = "together"
UNKNOWN = "unknown"
# Of other designs, something else than the variants may explain a difference.
PROOFS = {
    DesignType.RANDOMISED: Proof.LOTTERY,
    DesignType.CLUSTER_RANDOMISED: Proof.LOTTERY,
    DesignType.RETROSPECTIVE: Proof.AFTERWARDS,
    DesignType.VIGNETTE: Proof.SAID,
}
WORSE = {
    Verdict.CLEARLY_BETTER: "clearly_worse",
    Verdict.PROBABLY_BETTER: "probably_worse",
}


@dataclass(frozen=True, slots=True)
class RateRow:
    """One variant in one profile; without a rate when nothing can be said.

    place: of the variant, in those of the report.
    """

    place: int
    variant: str
    is_control: bool
    numerator: int | None
    denominator: int | None
    rate: float | None
    ci_lower: float | None
    ci_upper: float | None
    intervals: tuple[Interval, ...]
    status: Status
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class PairRow:
    """One variant against another in one profile; the verdict is about the first."""

    places: tuple[int, int]
    variant: str
    reference: str
    difference: float | None
    ci_lower: float | None
    ci_upper: float | None
    simultaneous_lower: float | None
    simultaneous_upper: float | None
    method: str
    adjusted_pvalue: float | None
    verdict: str
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class ReportPart:
    """One profile, or everyone together: verdict and sentence first, then the figures.

    code: the number of the profile. leader: the place of the variant that the verdict is about.
    """

    code: str
    name: str
    verdict: str | None
    sentence: str
    leader: int | None
    control_rate: float | None
    rates: tuple[RateRow, ...]
    pairs: tuple[PairRow, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class LotteryRow:
    """How many units a variant got in one period, and the share that it should have had."""

    period: int
    variant: str
    units: int
    share: float


@dataclass(frozen=True, slots=True)
class OutcomeReport:
    """A report, with its sentences in the language that was spoken when it was built."""

    variants: tuple[NamedVariant, ...]
    headline: str
    answer: tuple[str, ...]
    interaction: str
    cautions: tuple[str, ...]
    total: ReportPart
    # Everyone together again, compared within profiles and periods and then averaged.
    total_within: tuple[PairRow, ...]
    profiles: tuple[ReportPart, ...]
    # Of a withheld profile, its code and its name.
    withheld_profiles: tuple[tuple[str, str], ...]
    withheld_variants: tuple[int, ...]
    threshold: int | None
    protection: tuple[str, ...]
    numerator_name: str
    denominator_name: str
    units: str
    control: str
    margin: str
    family_size: int
    used: int
    records: int
    unused: tuple[str, ...]
    funnel: tuple[FunnelRow, ...]
    # What a response costs, in a sentence.
    costs: str
    lottery: str
    lottery_rows: tuple[LotteryRow, ...]
    method: tuple[tuple[str, str], ...]
    conduct: ConductReport
    reach: Reach
    # The comparison that all of this was written from, protected where the report is.
    comparison: ExperimentComparison

    @property
    def parts(self) -> tuple[ReportPart, ...]:
        """Return everyone together first, then each profile."""
        return (self.total, *self.profiles)


@dataclass(frozen=True, slots=True)
class OutcomeRequest:
    """All that a report is made of, and for whom: only the own team sees exact counts.

    The same request in the same language gives the same report, so it can be remembered by it.
    """

    experiment: ExperimentFacts
    variants: tuple[NamedVariant, ...]
    stored: StoredCounts
    profiles: tuple[NamedProfile, ...]
    unsettled: Unsettled = Unsettled()
    is_exact: bool = True
    conduct: Conduct = Conduct()
    residents: Residents = Residents()


def build_outcome(request: OutcomeRequest) -> OutcomeReport:
    """Return the report of an experiment, in the language being spoken."""
    experiment = request.experiment
    counts = gather_counts(experiment, request.variants, request.stored)
    table = protect_counts(counts, request.is_exact)
    comparison = protect_comparison(compare_cells(counts.cells, counts.design), table)
    names = _name_all(request)
    variants = [in_language(variant, "name") for variant in counts.variants]
    parts = {part.profile: part for part in comparison.profiles}
    withheld = _name_withheld(table, names)
    funnel = build_funnel(counts, comparison, experiment.numerator_step, request.is_exact)
    return OutcomeReport(
        variants=counts.variants,
        headline=_write_headline(request, comparison, table, names),
        answer=_write_answer(comparison, names),
        interaction=tell_interaction(comparison),
        cautions=list_cautions(experiment.status, comparison, counts, names.variants),
        total=_build_part(comparison, comparison.total, names, variants, mark=_mark(request)),
        total_within=_build_within(comparison, variants),
        profiles=tuple(
            _build_part(
                comparison,
                parts[key],
                names,
                variants,
                mark=_mark(request, key, parts[key].is_exploratory),
            )
            for key in names.profiles
            if key in parts
        )
        if _has_profiles(comparison)
        else (),
        withheld_profiles=withheld,
        withheld_variants=table.withheld_variants,
        threshold=table.threshold,
        protection=describe_protection(
            table.threshold,
            [name for _code, name in withheld],
            [variants[place] for place in table.withheld_variants],
        ),
        numerator_name=capitalise(STEPS[experiment.numerator_step]),
        denominator_name=capitalise(STEPS[counts.denominator]),
        units=names.units,
        control=_name_control(comparison, variants),
        margin=write_margin(experiment.smallest_difference),
        family_size=comparison.comparisons_in_family,
        used=counts.used,
        records=counts.records + request.unsettled.held + request.unsettled.returned,
        unused=describe_unused(counts, request.unsettled, request.is_exact),
        funnel=funnel,
        costs=tell_cost(funnel, comparison.total.leader, experiment.numerator_step),
        lottery=describe_lottery(comparison.sample_ratio),
        lottery_rows=_build_lottery(counts, variants) if request.is_exact else (),
        method=tuple(describe_method(experiment, comparison, counts, names.units)),
        conduct=describe_conduct(request.conduct, request.is_exact),
        reach=build_reach(table, request.residents, names, experiment.numerator_step),
        comparison=comparison,
    )


def _mark(request: OutcomeRequest, profile: str | None = None, is_known_after=False) -> Mark:
    is_filtered = request.stored.rows != request.stored.all_rows
    return mark_comparison(
        request.conduct, profile, is_known_after=is_known_after, is_filtered=is_filtered
    )


def protect_counts(counts: Counts, is_exact: bool) -> ProtectedTable:
    """Return an experiment's counts as a reader may see them."""
    table = sum_table(counts.cells, counts.denominator)
    return leave_exact(table) if is_exact else protect(table)


def _name_all(request: OutcomeRequest) -> Names:
    kind = request.experiment.denominator_kind
    kind = DenominatorKind.PEOPLE if kind is DenominatorKind.NONE else kind
    # Flyers and doors are both received; calling all of them flyers would be untrue.
    is_mixed = len({variant.denominator_kind for variant in request.variants}) > 1
    profiles = {str(one.id): in_language(one, "name") for one in request.profiles}
    return Names(
        # A name of several words would run on into its sentence.
        variants=[f"“{in_language(variant, 'name')}”" for variant in request.variants],
        profiles={**profiles, None: _("Profile unknown")},
        units=_("recipients") if is_mixed else str(DENOMINATOR_KINDS[kind]),
        step=request.experiment.numerator_step.value,
        proof=PROOFS.get(request.experiment.design_type, Proof.NO_LOTTERY),
    )


def _name_control(comparison: ExperimentComparison, variants: Sequence[str]) -> str:
    """Return the name of the variant that all others are compared with, if there is one."""
    pairs = comparison.total.comparisons
    is_reference = all(pair.reference == comparison.control for pair in pairs)
    return variants[comparison.control] if comparison.control is not None and is_reference else ""


def _write_headline(
    request: OutcomeRequest,
    comparison: ExperimentComparison,
    table: ProtectedTable,
    names: Names,
) -> str:
    if request.stored.all_rows and not request.stored.rows:
        return _("This choice leaves no counts.")
    if comparison.total.leader is None and table.withheld_variants:
        return tell_situation(Situation.WITHHELD)
    return tell_verdict(comparison, comparison.total, names)


def _write_answer(comparison: ExperimentComparison, names: Names) -> tuple[str, ...]:
    figures = tell_figures(comparison, comparison.total, names)
    spread = tell_spread(comparison, names) if _has_profiles(comparison) else ""
    ground = tell_ground(comparison, names)
    return tuple(sentence for sentence in (figures, ground, spread) if sentence)


def _has_profiles(comparison: ExperimentComparison) -> bool:
    """Tell whether profiles were recorded, so that there is more than everyone together."""
    return any(part.profile is not None for part in comparison.profiles)


def _name_withheld(table: ProtectedTable, names: Names) -> tuple[tuple[str, str], ...]:
    withheld = table.withheld_profiles
    if not any(total.key is not None for total in table.profile_totals):
        return ()
    return tuple((key or UNKNOWN, name) for key, name in names.profiles.items() if key in withheld)


def _build_part(
    comparison: ExperimentComparison,
    part: ProfileComparison,
    names: Names,
    variants: Sequence[str],
    *,
    mark: Mark,
) -> ReportPart:
    is_total = part is comparison.total
    control = part.find_variant(comparison.control) if comparison.control is not None else None
    return ReportPart(
        code=TOGETHER if is_total else part.profile or UNKNOWN,
        name=_("Everyone together") if is_total else names.profiles[part.profile],
        verdict=part.verdict.value if part.leader is not None else None,
        sentence="" if is_total else tell_group(comparison, part, names),
        leader=part.leader,
        control_rate=control.rate if control else None,
        # A variant that nobody of this profile was given has no row.
        rates=tuple(
            _build_rate(one, comparison, variants) for one in part.variants if one.denominator != 0
        ),
        pairs=tuple(_build_pair(pair, pair, variants) for pair in part.comparisons),
        mark=mark,
    )


def _build_rate(
    estimate: VariantEstimate, comparison: ExperimentComparison, variants: Sequence[str]
) -> RateRow:
    return RateRow(
        place=estimate.variant,
        variant=variants[estimate.variant],
        is_control=estimate.variant == comparison.control,
        numerator=estimate.numerator,
        denominator=estimate.denominator,
        rate=estimate.rate,
        ci_lower=estimate.ci_lower,
        ci_upper=estimate.ci_upper,
        intervals=estimate.intervals,
        status=estimate.status,
        reason=estimate.reason,
    )


def _build_pair(
    pair: PairComparison, figures: PairComparison | StratifiedDifference, variants: Sequence[str]
) -> PairRow:
    is_behind = pair.better == pair.reference
    verdict = WORSE.get(pair.verdict) if is_behind else None
    return PairRow(
        places=(pair.variant, pair.reference),
        variant=variants[pair.variant],
        reference=variants[pair.reference],
        difference=figures.difference,
        ci_lower=figures.ci_lower,
        ci_upper=figures.ci_upper,
        simultaneous_lower=figures.simultaneous_lower,
        simultaneous_upper=figures.simultaneous_upper,
        method=str(METHODS[figures.method]) if figures.method else "",
        adjusted_pvalue=figures.adjusted_pvalue,
        verdict=verdict or pair.verdict.value,
        reason=figures.reason,
    )


def _build_within(comparison: ExperimentComparison, variants: Sequence[str]) -> tuple[PairRow, ...]:
    return tuple(
        _build_pair(pair, pair.stratified, variants)
        for pair in comparison.total.comparisons
        if pair.stratified is not None and pair.stratified.strata_used > 1
    )


def _build_lottery(counts: Counts, variants: Sequence[str]) -> tuple[LotteryRow, ...]:
    return tuple(
        LotteryRow(period, variants[place], units, share / sum(assignment.shares))
        for period, assignment in enumerate(counts.design.assignments, 1)
        for place, (units, share) in enumerate(
            zip(assignment.units, assignment.shares, strict=True)
        )
    )
