"""How evidence is worded: what things are called, and of how many people sentences count."""

from dataclasses import dataclass

from analysis.cases import counts
from analysis.cases.telling import turn
from analysis.evidence_names import Spoken
from analysis.pooled.record import (
    Interval,
    PooledRecord,
    Prediction,
    ProfileRecord,
    VariantRecord,
)
from analysis.stats.cells import Direction
from analysis.stats.results import Verdict
from lab import formats

# The verdicts that are worth acting on.
ADVICE = {Verdict.CLEARLY_BETTER, Verdict.PROBABLY_BETTER}


@dataclass(frozen=True, slots=True)
class Wording:
    """How things are called, and of how many people every sentence counts.

    units: what a rate is a share of, in the plural (letters, people). step: `reached`, `responded`
    or `participated`. margin: smallest difference that matters, as a share.
    """

    spoken: Spoken
    units: str
    step: str
    base: int
    margin: float
    direction: Direction = Direction.HIGHER

    @property
    def base_text(self) -> str:
        """Return of how many is counted, as people write it."""
        return formats.number(self.base)

    @property
    def margin_text(self) -> str:
        """Return the smallest difference that matters, out of the base."""
        return counts.count_near(self.margin, self.base)

    def turn(self, ends: Interval) -> Interval:
        """Return the limits of a difference as what is gained: above 0 is better."""
        return turn(ends, self.direction)


def choose_base(record: PooledRecord) -> int:
    """Return of how many all sentences count: 100, or 1,000 and more when rates are below 2 %."""
    parts = (*record.profiles, *([record.together] if record.together else []))
    return counts.choose_base(one.rate for part in parts for one in part.variants)


def find_variant(part: ProfileRecord, variant: int | None) -> VariantRecord | None:
    """Return the record of a variant in a profile."""
    return next((one for one in part.variants if one.variant == variant), None)


def find_leader(part: ProfileRecord) -> VariantRecord | None:
    """Return the advised variant; where there is none, that of least regret among most people."""
    advised = next((one for one in part.variants if one.is_advised), None)
    known = [one for one in part.variants if one.verdict is not None]
    if advised or not known:
        return advised
    people: dict[int, int] = {}
    for one in known:
        people[one.part] = people.get(one.part, 0) + one.counted.people
    main = max(people, key=lambda key: (people[key], -key))
    return min((one for one in known if one.part == main), key=lambda one: one.expected_regret)


def find_prediction(one: VariantRecord, lab: str | None = None) -> Prediction | None:
    """Return what one new experiment may show in a lab; None is a lab that is not in the run."""
    return next((each for each in one.predictions if each.living_lab == lab), None)
