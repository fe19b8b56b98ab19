"""What the map of the evidence is made of: plain values for pages and print."""

from dataclasses import dataclass
from enum import StrEnum


class CellKind(StrEnum):
    """What is known of one variant in one profile; three ways to be empty, and more to be full."""

    NEVER = "never"
    UNCOMPARED = "uncompared"
    FEW = "few"
    SAME = "same"
    BETTER = "better"
    WORSE = "worse"
    # Counted and compared, but not told from the best.
    OPEN = "open"
    # Counted, while nobody asked what it tells.
    TESTED = "tested"
    # Never compared with what leads, not even by a detour.
    APART = "apart"
    WITHHELD = "withheld"
    UNPUBLISHED = "unpublished"


# Cells that hold a finding on how a variant does.
TOLD = frozenset({CellKind.SAME, CellKind.BETTER, CellKind.WORSE, CellKind.OPEN})


@dataclass(frozen=True, slots=True)
class MapCell:
    """One variant in one profile: a shape, the words that it stands for, and the text.

    variant: place of its column. url: where its evidence stands, empty where there is none.
    """

    variant: int
    kind: CellKind
    words: str
    text: str
    shape: str = ""
    # With which variant it was compared.
    against: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class MapColumn:
    """A variant: its channel and its styles, which are empty where it has none."""

    channel: str
    styles: str
    code: str

    @property
    def name(self) -> str:
        """Return the whole name."""
        return " · ".join(filter(None, (self.channel, self.styles)))


@dataclass(frozen=True, slots=True)
class MapRow:
    """A profile, or everyone together: a cell for each variant, in the order of the columns."""

    code: str
    name: str
    cells: tuple[MapCell, ...]
    # What is known best, for a list in which rows are folded.
    summary: str


@dataclass(frozen=True, slots=True)
class MapList:
    """The experiments behind one cell."""

    name: str
    # Title and number of those that the reader may open, with what they prove.
    experiments: tuple[tuple[int, str, str], ...]
    others: int


@dataclass(frozen=True, slots=True)
class EvidenceMap:
    """The map of one question, in the language that was spoken when it was built."""

    headline: str
    columns: tuple[MapColumn, ...]
    rows: tuple[MapRow, ...]
    run_id: int | None
    is_protected: bool
    behind: MapList | None = None

    @property
    def groups(self) -> list[tuple[str, int]]:
        """Return the channels in their order, with how many columns each has."""
        groups: list[list] = []
        for column in self.columns:
            if groups and groups[-1][0] == column.channel:
                groups[-1][1] += 1
            else:
                groups.append([column.channel, 1])
        return [(channel, size) for channel, size in groups]

    @property
    def kinds(self) -> frozenset[CellKind]:
        """Return what kinds of cells there are, for the legend."""
        return frozenset(cell.kind for row in self.rows for cell in row.cells)
