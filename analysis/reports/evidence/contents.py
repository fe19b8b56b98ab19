"""What a report on evidence is made of, and what it holds: plain values for pages and print."""

from dataclasses import dataclass

from analysis.pooled.record import Interval, PooledRecord
from analysis.pooled.scope import NotUsed, Scope
from analysis.pooled.selection import Names
from analysis.stats.pooled.data import CellRow


@dataclass(frozen=True, slots=True, eq=False)
class EvidenceRequest:
    """A kept run, and what its reader may know.

    asked: codes of the profiles that the question is about, counted or not.
    known_labs: codes of the labs whose counts the reader knows exactly; None: all of them.
    readable: numbers of the experiments that the reader may open. unpublished: codes of those of
    which the own result is not for this reader.
    """

    record: PooledRecord
    scope: Scope
    names: Names
    not_used: tuple[NotUsed, ...]
    rows: tuple[CellRow, ...]
    asked: tuple[str, ...] = ()
    known_labs: frozenset[str] | None = None
    readable: frozenset[int] = frozenset()
    unpublished: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One variant in one profile; a figure that is unknown or withheld is None."""

    code: str
    name: str
    is_advised: bool
    is_tried: bool
    is_withheld: bool
    is_ranked: bool
    rate: float | None
    rate_ci: Interval | None
    prediction: Interval | None
    effect: float | None
    effect_ci: Interval | None
    rank_ci: tuple[int, int] | None
    near_best: float | None
    regret: float | None
    people: int
    responses: int
    experiments: int
    labs: int


@dataclass(frozen=True, slots=True)
class ForestRow:
    """What one experiment found for two variants; without figures when few people were counted."""

    title: str
    experiment_id: int | None
    lab: str
    lab_code: str
    grade: str
    year: int | None
    difference: float | None
    difference_ci: Interval | None
    one: tuple[int, int] | None
    other: tuple[int, int] | None
    people: int
    # Whether it divided residents in another way than the question does.
    divides_otherwise: bool = False


@dataclass(frozen=True, slots=True)
class LabRow:
    """What one lab found for two variants, in all its experiments; no figures where few people
    were counted or nothing is published yet.

    hidden: how many of its experiments are not in the figures. years: the first and the last.
    """

    lab: str
    lab_code: str
    experiments: int = 0
    hidden: int = 0
    years: tuple[int, int] | None = None
    grades: tuple[str, ...] = ()
    difference: float | None = None
    difference_ci: Interval | None = None
    people: int = 0


@dataclass(frozen=True, slots=True)
class Forest:
    """One variant less another: in each experiment, in all together and in a new lab."""

    one: str
    other: str
    one_code: str
    other_code: str
    rows: tuple[ForestRow, ...]
    difference: float | None
    difference_ci: Interval | None
    prediction: Interval | None
    sentences: tuple[str, ...]
    direct: float | None
    direct_ci: Interval | None
    indirect: float | None
    indirect_ci: Interval | None
    pvalue: float | None
    anytime: Interval | None
    labs: tuple[LabRow, ...] = ()

    @property
    def largest(self) -> int:
        """How many people the largest experiment compared."""
        return max((row.people for row in self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Standing:
    """The best variant with a channel or style against the best one without it, in one profile.

    verdict: read from the first, so it can be worse; a code of the verdicts on pages.
    """

    one: str
    other: str
    verdict: str
    difference: float | None
    difference_ci: Interval | None


@dataclass(frozen=True, slots=True)
class EvidencePart:
    """One profile, or everyone together: verdict and sentences first, then the figures.

    contenders: the variants that may still rank first, where no one is known to be best. claims:
    each variant that is clearly better than others, with those.
    """

    code: str
    name: str
    verdict: str | None
    headline: str
    sentences: tuple[str, ...]
    standing: str
    notes: tuple[str, ...]
    advised: str
    advised_rate: float | None
    advised_ci: Interval | None
    contenders: tuple[str, ...]
    is_withheld: bool
    variants: tuple[VariantRow, ...]
    forests: tuple[Forest, ...]
    claims: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def has_rates(self) -> bool:
        """Tell whether any rate is known and may be shown."""
        return any(row.rate is not None for row in self.variants)


@dataclass(frozen=True, slots=True)
class EvidenceReport:
    """A report, with its sentences in the language that was spoken when it was built."""

    headline: str
    verdict: str | None
    # Whether the profiles differ, so that the answer is not about everyone together.
    differ: bool
    answer: tuple[str, ...]
    # What is known besides the headline.
    known: str
    sureness: tuple[str, ...]
    influence: tuple[str, ...]
    used: int
    considered: int
    labs: int
    together: EvidencePart | None
    profiles: tuple[EvidencePart, ...]
    # Which profiles nobody counted yet, as a sentence.
    uncounted: str
    # How many of the experiments used another lab has not published yet.
    unpublished: int
    is_protected: bool
    units: str
    margin: float

    @property
    def parts(self) -> tuple[EvidencePart, ...]:
        """Return everyone together first, then each profile."""
        return (*((self.together,) if self.together else ()), *self.profiles)
