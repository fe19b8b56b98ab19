"""The lines of a file of cells as columns: half a million lines fit in little memory."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

from analysis.cells_file import FileRow

KEYS = ("living_lab", "experiment", "wave", "profile", "channel", "style", "cluster")
# Stands for a number that a line does not give.
UNKNOWN = -1


def _numbers() -> array:
    return array("q")


@dataclass(slots=True)
class TextColumn:
    """The different texts of a column, and per line which of them it holds."""

    names: dict[str, int] = field(default_factory=dict)
    codes: array = field(default_factory=_numbers)

    def add(self, text: str) -> None:
        """Add the text of a line."""
        self.codes.append(self.names.setdefault(text, len(self.names)))


@dataclass(slots=True)
class CellTable:
    """The lines of a file, column by column."""

    texts: dict[str, TextColumn]
    grade: TextColumn
    offered: array = field(default_factory=_numbers)
    reached: array = field(default_factory=_numbers)
    responded: array = field(default_factory=_numbers)

    @classmethod
    def of(cls, rows: Iterable[FileRow]) -> "CellTable":
        """Return the columns of some lines."""
        table = cls({key: TextColumn() for key in KEYS}, TextColumn())
        columns = [table.texts[key] for key in KEYS]
        for row in rows:
            for column, text in zip(columns, row, strict=False):
                column.add(text)
            table.grade.add(row.grade.upper())
            table.offered.append(UNKNOWN if row.offered is None else row.offered)
            table.reached.append(row.reached)
            table.responded.append(row.responded)
        return table

    @property
    def has_offered(self) -> bool:
        """Whether every line tells how many people were offered the variant."""
        return UNKNOWN not in self.offered

    def find_worst_grades(self) -> dict[tuple[int, int], str]:
        """Return the worst grade of each lab and experiment, by their codes."""
        lab, experiment = (self.texts[key].codes for key in ("living_lab", "experiment"))
        grades = list(self.grade.names)
        worst: dict[tuple[int, int], str] = {}
        for key in dict.fromkeys(zip(lab, experiment, self.grade.codes, strict=True)):
            worst[key[:2]] = max(worst.get(key[:2], ""), grades[key[2]])
        return worst
