"""Sentences about a back-test: was the advice right, and were its probabilities?"""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from analysis.pooled.backtest.record import BacktestRecord, Gain
from analysis.stats.calibration import Calibration, CalibrationAnswer, Share
from analysis.stats.results import Verdict
from lab.formats import Unit, decimal, interval, number, percent, points

# By verdict and by which side did better: 1 the advice, -1 the other.
CHANCE = {
    (Verdict.CLEARLY_BETTER, 1): _l(
        "Following the advice was clearly better than picking another variant at random."
    ),
    (Verdict.CLEARLY_BETTER, -1): _l(
        "Following the advice was clearly worse than picking another variant at random."
    ),
    (Verdict.PROBABLY_BETTER, 1): _l(
        "Following the advice was probably better than picking another variant at random."
    ),
    (Verdict.PROBABLY_BETTER, -1): _l(
        "Following the advice was probably worse than picking another variant at random."
    ),
}
USUAL = {
    (Verdict.CLEARLY_BETTER, 1): _l("It was clearly better than doing as usual (the control)."),
    (Verdict.CLEARLY_BETTER, -1): _l("It was clearly worse than doing as usual (the control)."),
    (Verdict.PROBABLY_BETTER, 1): _l("It was probably better than doing as usual (the control)."),
    (Verdict.PROBABLY_BETTER, -1): _l("It was probably worse than doing as usual (the control)."),
}
CHANCE_ALIKE = _l(
    "We found no difference that matters between following the advice and picking another variant "
    "at random."
)
CHANCE_TOO_LITTLE = _l(
    "There is too little to tell whether following the advice is better than picking a variant at "
    "random."
)
USUAL_ALIKE = _l("We found no difference that matters with doing as usual (the control).")
USUAL_TOO_LITTLE = _l(
    "There is too little to tell whether it is better than doing as usual (the control)."
)
CALIBRATED = {
    CalibrationAnswer.CALIBRATED: _l("The chances that were stated came true as often as stated."),
    CalibrationAnswer.OVERCONFIDENT: _l("The stated chances were too sure of themselves."),
    CalibrationAnswer.UNDERCONFIDENT: _l("The stated chances were too careful."),
    CalibrationAnswer.TOO_LITTLE: _l(
        "There is too little to tell whether the stated chances come true."
    ),
}


def tell_headline(record: BacktestRecord) -> str:
    """Return whether the advice was right, in one sentence that claims no more than its numbers."""
    if not record.hits.number:
        return _("We do not know yet: no later experiment tried what was advised.")
    return _choose(record.over_chance, CHANCE, CHANCE_ALIKE, CHANCE_TOO_LITTLE)


def tell_answer(record: BacktestRecord) -> Iterator[str]:
    """Return the numbers behind the headline, and what holds beside doing as usual."""
    hits = record.hits
    if not hits.number:
        return
    yield _tell_hits(hits)
    yield from _tell_gain(record.over_chance)
    if record.hits_over_usual.number:
        yield _choose(record.over_usual, USUAL, USUAL_ALIKE, USUAL_TOO_LITTLE)
        yield from _tell_gain(record.over_usual)
    yield _tell_experiments(hits.groups)


def tell_calibration(found: Calibration) -> Iterator[str]:
    """Return whether stated probabilities came true, and how far off they were."""
    yield str(CALIBRATED[found.answer])
    if found.stated is None:
        return
    yield _(
        "On average the advice was stated to be ahead with a chance of %(stated)s; it was ahead in "
        "%(seen)s.",
        stated=percent(found.stated, 0),
        seen=percent(found.seen.share, 0),
    )
    yield _(
        "The Brier score is %(own)s: lower is better. Always saying 50%% gives %(half)s, always "
        "saying how often it came true gives %(base)s.",
        own=decimal(found.brier, 3),
        half=decimal(found.brier_half, 3),
        base=decimal(found.brier_base, 3),
    )


def tell_coverage(record: BacktestRecord) -> Iterator[str]:
    """Return how often a difference lay between the limits that were stated for it."""
    if record.covered.number:
        yield _(
            "Of %(number)s differences, %(inside)s lay between the limits that were stated for "
            "them; 95 of every 100 should.",
            number=number(record.covered.number),
            inside=number(round(record.covered.share * record.covered.number)),
        )
    new_labs = record.covered_new_labs
    if new_labs.number:
        yield _(
            "In labs that had not taken part before it was %(inside)s of %(number)s.",
            number=number(new_labs.number),
            inside=number(round(new_labs.share * new_labs.number)),
        )


def count_hits(share: float) -> str:
    """Return a number of hits; ties count half."""
    return number(share) if share == int(share) else decimal(share, 1)


def _choose(gain: Gain, told: dict, alike, too_little) -> str:
    if gain.verdict == Verdict.NO_DIFFERENCE:
        return str(alike)
    return str(told.get((gain.verdict, gain.side), too_little))


def _tell_hits(hits: Share) -> str:
    ahead = round(2 * hits.share * hits.number) / 2
    if not ahead:
        return ngettext(
            "The advised variant was not ahead in the one later comparison.",
            "The advised variant was ahead in none of the %(num)d later comparisons.",
            hits.number,
        )
    if ahead == hits.number:
        return ngettext(
            "The advised variant was ahead in the one later comparison.",
            "The advised variant was ahead in all %(num)d later comparisons.",
            hits.number,
        )
    return ngettext(
        "The advised variant was ahead in %(ahead)s of %(num)d later comparison.",
        "The advised variant was ahead in %(ahead)s of %(num)d later comparisons.",
        hits.number,
        ahead=count_hits(ahead),
    )


def _tell_gain(gain: Gain) -> Iterator[str]:
    mean = gain.mean
    if mean.lower is not None:
        yield _(
            "The difference is %(difference)s of every 100 on average; "
            "it may also be %(interval)s.",
            difference=points(mean.mean),
            interval=interval(mean.lower, mean.upper, Unit.POINTS),
        )


def _tell_experiments(groups: int) -> str:
    return ngettext(
        "All of that comes from %(num)d experiment.",
        "All of that comes from %(num)d experiments.",
        groups,
    )
