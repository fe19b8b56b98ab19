"""From a finding to the case it is, and from the case to sentences with its numbers."""

from dataclasses import dataclass, replace

from flask_babel import gettext as _

from analysis.cases.counts import count_down, count_near, count_pair, count_up
from analysis.cases.table import (
    COUNTED,
    EXPECTED,
    LIMITS,
    MORE_NEEDED,
    SITUATIONS,
    SIZES,
    TABLE,
    Case,
    Lines,
    Places,
    Proof,
    Situation,
    Size,
    Step,
)
from analysis.stats.cells import Direction
from analysis.stats.results import Verdict
from lab import formats

Interval = tuple[float, float]
# A limit at exactly 0 leaves something on its other side, though nearly nothing.
NEARLY_NOTHING = 0.1


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one variant against another, as numbers and names.

    variant, reference: names as they stand in a sentence. limits: simultaneous limits of variant
    less reference as a share of people, above 0 where the variant is better, whatever direction is
    good. rates, rate_limits: of both, on the outcome's own scale; None where they are not told.
    base: of how many people sentences count. margin: smallest difference that matters, as a share.
    is_expected: rates are those of an average experiment instead of counted. more_needed: people
    per variant that would show a difference of the margin.
    """

    verdict: Verdict
    variant: str
    reference: str
    limits: Interval | None = None
    rates: Interval | None = None
    rate_limits: tuple[Interval, Interval] | None = None
    base: int = 100
    units: str = ""
    margin: float = 0.0
    step: Step = Step.RESPONDED
    direction: Direction = Direction.HIGHER
    proof: Proof = Proof.LOTTERY
    places: Places = Places.ONE
    is_expected: bool = False
    more_needed: int | None = None


def turn(limits: Interval, direction: Direction) -> Interval:
    """Return the limits of a difference as what is gained: above 0 is better."""
    return (-limits[1], -limits[0]) if direction == Direction.LOWER else limits


def find_case(found: Finding) -> Case:
    """Return the row of the table: never one that claims more than the limits carry."""
    verdict = _temper(found)
    case = Case(verdict, _find_size(found, verdict), found.direction, found.proof, found.places)
    if case in TABLE:
        return case
    # Evidence of many places without a lottery is told as the weakest of both.
    return replace(case, places=Places.ONE)


def _temper(found: Finding) -> Verdict:
    if found.limits is None:
        return found.verdict
    low, high = found.limits
    if found.verdict is Verdict.CLEARLY_BETTER and low <= 0:
        return Verdict.PROBABLY_BETTER
    if found.verdict is Verdict.NO_DIFFERENCE and not -found.margin < low <= high < found.margin:
        return Verdict.NOT_ENOUGH_DATA
    return found.verdict


def _find_size(found: Finding, verdict: Verdict) -> Size:
    if found.limits is None:
        return Size.UNKNOWN
    if verdict is Verdict.NO_DIFFERENCE:
        return Size.WITHIN_MARGIN
    if verdict is Verdict.NOT_ENOUGH_DATA:
        return Size.OPEN
    low = found.limits[0]
    if low <= 0:
        return Size.MAY_BE_ZERO
    is_large = low >= found.margin and (verdict, Size.MATTERS) in SIZES
    return Size.MATTERS if is_large else Size.ABOVE_ZERO


def find_lines(found: Finding) -> Lines:
    """Return the lines of a finding's case."""
    return TABLE[find_case(found)]


def tell(found: Finding) -> str:
    """Return the whole answer: verdict, counts, size, what it can prove and how far it reaches."""
    return join_sentences(
        tell_verdict(found), tell_figures(found), tell_proof(found), tell_places(found)
    )


def tell_verdict(found: Finding) -> str:
    """Return the verdict as a sentence without figures."""
    return _fill(find_lines(found).verdict, variant=found.variant, reference=found.reference)


def tell_figures(found: Finding) -> str:
    """Return natural frequencies, which way is good, the size of the difference, what is needed."""
    lines = find_lines(found)
    return join_sentences(
        tell_counts(found), str(lines.direction), tell_size(found), tell_more_needed(found)
    )


def tell_counts(found: Finding) -> str:
    """Return the rates of both as natural frequencies, with their limits where these are told."""
    if found.rates is None:
        return ""
    count, count2 = count_pair(*found.rates, found.base)
    line = (EXPECTED if found.is_expected else COUNTED)[found.step]
    said = _fill(
        line,
        count=count,
        count2=count2,
        base=formats.number(found.base),
        units=found.units or _("people"),
        reference=found.reference,
    )
    if found.rate_limits is None:
        return said
    (lower, upper), (lower2, upper2) = found.rate_limits
    limits = _fill(
        LIMITS,
        lower=count_down(lower, found.base),
        upper=count_up(upper, found.base),
        lower2=count_down(lower2, found.base),
        upper2=count_up(upper2, found.base),
    )
    return f"{said} {limits}"


def tell_size(found: Finding) -> str:
    """Return how large the difference can be."""
    line = find_lines(found).size
    if not line or found.limits is None:
        return ""
    low, high = found.limits
    behind = max(-low, NEARLY_NOTHING / found.base if low == 0 else 0.0)
    return _fill(
        line,
        base=formats.number(found.base),
        lower=count_down(max(low, 0.0), found.base),
        upper=count_up(max(high, 0.0), found.base),
        ahead=count_up(max(high, 0.0), found.base),
        behind=count_up(max(behind, 0.0), found.base),
        most=count_up(max(-low, high), found.base),
    )


def tell_more_needed(found: Finding) -> str:
    """Return how many more people would show a difference that matters."""
    if found.more_needed is None or find_case(found).verdict is not Verdict.NOT_ENOUGH_DATA:
        return ""
    return _fill(
        MORE_NEEDED,
        more=formats.number(found.more_needed),
        units=found.units or _("people"),
        margin=count_near(found.margin, found.base),
        base=formats.number(found.base),
    )


def tell_proof(found: Finding) -> str:
    """Return what the result can prove."""
    return str(find_lines(found).proof)


def tell_places(found: Finding) -> str:
    """Return how much it differs from place to place."""
    return str(find_lines(found).places)


def tell_situation(situation: Situation, **values: str) -> str:
    """Return what is said where there is no verdict."""
    return _fill(SITUATIONS[situation], **values)


def join_sentences(*sentences: str) -> str:
    """Return sentences as a paragraph; empty ones are left out."""
    return " ".join(one for one in sentences if one)


def _fill(line, **values: str) -> str:
    text = str(line)
    return text % values if "%(" in text else text
