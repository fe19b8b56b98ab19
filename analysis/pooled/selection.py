"""Which cells a scope lets through, what is left out and why, and the names behind the codes."""

from dataclasses import dataclass
from datetime import date

from pydantic import TypeAdapter

from analysis.pooled.scope import NotUsed
from analysis.stats.pooled.data import CellRow
from experiments.grade import Grade

# The code of all residents together, where an experiment looks at no profiles.
EVERYONE = "all"
# The code of those whose profile nobody knew, beside others whose profile was known.
PROFILE_UNKNOWN = "unknown"
# The grades of experiments in which a lottery divided people.
BY_LOTTERY = ("A", "B")


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called, in both languages."""

    nl: str
    en: str


@dataclass(frozen=True, slots=True)
class NamedExperiment:
    """An experiment as it was called and graded when the cells were gathered."""

    title: str
    living_lab: str
    grade: str
    starts_on: date | None = None
    ends_on: date | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What stands behind the codes in cells, by code.

    A code is the number of a record as text. styles: by the number of the style; a cell's style is
    `axis=style` parts of numbers, in the order of the axes' numbers, joined by `;`. waves of cells
    hold the number of the wave and the kind of denominator, since kinds are not contrasted.
    """

    labs: dict[str, str]
    experiments: dict[str, NamedExperiment]
    profiles: dict[str, Name]
    channels: dict[str, Name]
    styles: dict[str, Name]


@dataclass(frozen=True, slots=True)
class Selection:
    """The cells of a scope, in a fixed order, what was left out, and the names.

    asked: codes of the profiles that the question is about, in their own order, counted or not;
    other profiles in the cells only lend what they show of channels and styles, and no page should
    rank or advise on them. Where lower is better, `count` in a cell is the people *without* the
    outcome, since the estimator takes more as better; the record of an estimate is turned back.
    owner: the lab of which the cells are the unpublished result, None where there is none.
    """

    rows: tuple[CellRow, ...]
    not_used: tuple[NotUsed, ...]
    names: Names
    asked: tuple[str, ...] = ()
    owner: int | None = None

    @property
    def experiments_used(self) -> tuple[str, ...]:
        """Return the codes of the experiments in the cells, in their order."""
        return tuple(dict.fromkeys(row.experiment for row in self.rows))

    @property
    def in_time(self) -> tuple[str, ...]:
        """Return the codes of experiments by lottery of which the last day is known, by that day.

        Only what chance divided may be weighed against chance.
        """
        named = {code: self.names.experiments[code] for code in self.experiments_used}
        fitting = [code for code, one in named.items() if one.ends_on and one.grade in BY_LOTTERY]
        return tuple(sorted(fitting, key=lambda code: (named[code].ends_on, int(code))))

    @property
    def biased(self) -> tuple[str, ...]:
        """Return the codes of the experiments in the cells that held no lottery."""
        known = self.names.experiments
        return tuple(code for code in self.experiments_used if known[code].grade == Grade.C)

    @property
    def experiments(self) -> int:
        """Return how many experiments there were to choose from."""
        left_out = {one.experiment_id for one in self.not_used if not one.is_partly}
        return len(self.experiments_used) + len(left_out)

    @property
    def is_answerable(self) -> bool:
        """Tell whether the cells hold any of the profiles that were asked for."""
        return any(row.profile in self.asked for row in self.rows)


NAMES = TypeAdapter(Names)
NOT_USED = TypeAdapter(tuple[NotUsed, ...])
