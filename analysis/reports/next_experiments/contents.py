"""What the page on what to test next is made of: plain values, with their sentences."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NextItem:
    """One experiment to hold: what to do first, then what it would bring.

    place: its number in what is kept of the run. variants: the first is the control.
    """

    place: int
    ask: str
    saves: str
    sees: str
    overturns: tuple[str, ...]
    notes: tuple[str, ...]
    variants: tuple[str, ...]
    profiles: tuple[str, ...]
    people: int
    labs: int
    per_thousand: str
    error: str


@dataclass(frozen=True, slots=True)
class NextGroup:
    """Experiments that cannot be told apart by what they are worth."""

    ranks: str
    items: tuple[NextItem, ...]


@dataclass(frozen=True, slots=True)
class NextReport:
    """What to test next, in the language that was spoken when it was built."""

    headline: str
    answer: tuple[str, ...]
    groups: tuple[NextGroup, ...]
    # What is left out, and why.
    notes: tuple[str, ...]
    units: str
    # Whose share in the advice each profile has, and what knowing all would be worth there.
    perfect: tuple[tuple[str, str], ...]

    @property
    def items(self) -> tuple[NextItem, ...]:
        """Return all experiments, the best first."""
        return tuple(item for group in self.groups for item in group.items)
