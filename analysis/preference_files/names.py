"""Which profile, channel or other label a file of preferences means, by any of its names."""

from collections.abc import Iterable
from dataclasses import dataclass

from experiments.count_files.columns import simplify
from experiments.count_files.values import ValueFaultError
from lab.i18n import in_language

EVERYONE = {"", "iedereen", "everyone", "alle", "allen", "all"}
MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class LabelNames:
    """The names of labels of one kind, simplified to compare by; the same name can be of two."""

    numbers: dict[str, set[int]]
    shown: tuple[str, ...]

    @classmethod
    def of(cls, labels: Iterable[object]) -> "LabelNames":
        """Return by which names these labels are known: code, Dutch and English."""
        labels = list(labels)
        numbers: dict[str, set[int]] = {}
        for one in labels:
            for name in (one.code, one.name_nl, one.name_en):
                numbers.setdefault(simplify(name), set()).add(one.id)
        return cls(numbers, tuple(in_language(one, "name") for one in labels))

    def find(self, text: str) -> int | None:
        """Return the label that a cell means, None when it is empty."""
        found = self.numbers.get(simplify(text), set())
        if len(found) == 1:
            return next(iter(found))
        if not simplify(text):
            return None
        code = "several_labels" if found else "unknown_label"
        raise ValueFaultError(code, found=text, known=list(self.shown[:MOST_SHOWN]))


@dataclass(frozen=True, slots=True)
class PreferenceNames:
    """All labels that a file of preferences can name."""

    profile: LabelNames
    issue_type: LabelNames
    phase: LabelNames
    channel: LabelNames
    style: LabelNames

    def find_profile(self, text: str) -> int | None:
        """Return the group that a cell means, None for everyone."""
        return None if simplify(text) in EVERYONE else self.profile.find(text)
