"""How a comparison was made, in words: what a reader needs to check it or to make it again."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.comparison import Counts, ExperimentFacts
from analysis.sentences import METHODS
from analysis.stats.cells import Denominator
from analysis.stats.results import ExperimentComparison, Method, SampleRatioCheck, Status
from experiments.labels import STEPS
from experiments.models.experiments import Direction
from lab import formats

OF_CLUSTERS = (Method.CLUSTER_MEAN_T, Method.CLUSTER_ROBUST_T, Method.MATCHED_BLOCKS_T)


Facts = Iterator[tuple[str, str]]


def describe_method(
    experiment: ExperimentFacts, comparison: ExperimentComparison, counts: Counts, units: str
) -> list[tuple[str, str]]:
    """Return the method as pairs of what was chosen and how, with the reason where there is one."""
    return [
        *_describe_outcome(experiment, counts, units),
        *_describe_differences(comparison),
        *_describe_family(comparison),
        (_("Version of the method"), comparison.method_version),
    ]


def write_margin(margin: float) -> str:
    """Return the smallest difference that matters in percentage points, as short as it can be."""
    return formats.points(margin, decimals=int(round(1000 * margin) % 10 != 0), plus=False)


def describe_lottery(check: SampleRatioCheck) -> str:
    """Return whether the variants were divided as the design says, in a sentence."""
    if check.status is not Status.OK or check.is_mismatch is None:
        return _(
            "The division over the variants could not be checked: units or shares are unknown."
        )
    if check.is_mismatch:
        return _("The variants were not divided as planned.")
    return _("The variants were divided as planned, as far as chance allows.")


def _describe_outcome(experiment: ExperimentFacts, counts: Counts, units: str) -> Facts:
    numerator = str(STEPS[experiment.numerator_step])
    denominator = str(STEPS[counts.denominator])
    yield (
        _("Rate"),
        _(
            "%(numerator)s out of %(denominator)s (%(units)s)",
            numerator=numerator,
            denominator=denominator,
            units=units,
        ),
    )
    if counts.denominator is Denominator.OFFERED:
        reason = _(
            "Every count says to how many it was offered. The variants were divided over those, so"
            " that is the fair comparison."
        )
    else:
        reason = _(
            "Not every count says to how many it was offered. Reach is itself a result of the"
            " variant, so this is not the whole story of cause and effect."
        )
    if experiment.denominator_step != counts.denominator:
        reason += " " + _(
            "The protocol chose: %(step)s.", step=str(STEPS[experiment.denominator_step])
        )
    yield _("Why out of these"), reason
    better = {
        Direction.HIGHER: _("A higher rate is better."),
        Direction.LOWER: _("A lower rate is better."),
    }
    yield _("Direction"), better[experiment.direction]
    yield (
        _("Smallest difference that matters"),
        _("%(margin)s percentage points", margin=write_margin(experiment.smallest_difference)),
    )


def _describe_differences(comparison: ExperimentComparison) -> Facts:
    parts = (*comparison.profiles, comparison.total)
    used = {pair.method for part in parts for pair in part.comparisons if pair.method}
    level = formats.percent(comparison.confidence_level, 0)
    rates = _("Wilson, %(level)s", level=level)
    if used.intersection(OF_CLUSTERS):
        rates = _("Wilson, %(level)s, widened for the likeness within clusters", level=level)
    yield _("Interval of a rate"), rates
    names = [str(METHODS[method]) for method in Method if method in used]
    if names:
        yield _("Interval of a difference"), f"{', '.join(names)}, {level}"
    within = [pair.stratified for pair in comparison.total.comparisons if pair.stratified]
    stratified = {one.method for one in within}
    names = [str(METHODS[method]) for method in Method if method in stratified]
    if names and len(comparison.profiles) > 1:
        yield _("Everyone together"), ", ".join(names)


def _describe_family(comparison: ExperimentComparison) -> Facts:
    pairs = (
        _("every variant with the control")
        if comparison.control is not None
        else _("every variant with every other one")
    )
    yield _("What is compared"), pairs
    if comparison.comparisons_in_family:
        yield (
            _("Correction for many comparisons"),
            ngettext(
                "Holm over %(num)d comparison: all profiles of this experiment together. The"
                " verdicts follow limits that hold for all of them at once.",
                "Holm over %(num)d comparisons: all profiles of this experiment together. The"
                " verdicts follow limits that hold for all of them at once.",
                comparison.comparisons_in_family,
            ),
        )
