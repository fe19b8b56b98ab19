"""The figures that a version of a rule printed, by name, and how they compare with others."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from analysis.evidence import ProfileEvidence, RuleEvidence, Support
from analysis.models.advice import ProposalState


class FigureKind(StrEnum):
    """What a figure tells, in the order in which it is told."""

    SAYS = "says"
    DIFFERENCE = "difference"
    BETTER = "better"
    NEAR_BEST = "near_best"
    REGRET = "regret"
    NEW_LAB = "new_lab"
    SUPPORT = "support"
    RATES = "rates"


# Of the part about a profile; what is told of each variant and of the sources comes beside these.
KINDS: Mapping[str, FigureKind] = {
    "verdict": FigureKind.SAYS,
    "leader": FigureKind.SAYS,
    "reference": FigureKind.SAYS,
    "comparisons": FigureKind.SAYS,
    "difference": FigureKind.DIFFERENCE,
    "lower": FigureKind.DIFFERENCE,
    "upper": FigureKind.DIFFERENCE,
    "probability_better": FigureKind.BETTER,
    "near_best": FigureKind.NEAR_BEST,
    "expected_loss": FigureKind.REGRET,
    "new_lab_rate": FigureKind.NEW_LAB,
    "new_lab_difference": FigureKind.NEW_LAB,
}
LIMITS = ("low", "high")

Value = str | float | int
Figures = dict[tuple[FigureKind, str], Value]


@dataclass(frozen=True, slots=True)
class FigurePair:
    """A figure as it was printed and as it is made again; made_again: None where it is not."""

    kind: FigureKind
    name: str
    printed: Value
    made_again: Value | None

    @property
    def gap(self) -> float:
        """Return how much they differ, relative above 1; infinite where that is no number."""
        if self.printed == self.made_again:
            return 0.0
        if isinstance(self.printed, str) or not isinstance(self.made_again, int | float):
            return float("inf")
        return abs(self.printed - self.made_again) / max(1.0, abs(self.printed))


def compare_figures(
    printed: tuple[ProposalState | None, RuleEvidence],
    made_again: tuple[ProposalState | None, RuleEvidence],
) -> list[FigurePair]:
    """Return every figure that was printed beside that of another making; each: state, evidence."""
    now = _list_figures(*made_again)
    return [
        FigurePair(kind, name, value, now.get((kind, name)))
        for (kind, name), value in _list_figures(*printed).items()
    ]


def _list_figures(state: ProposalState | None, evidence: RuleEvidence) -> Figures:
    found: Figures = {}
    if state is not None:
        found[FigureKind.SAYS, "advice"] = state.value
    found |= {(KINDS[name.partition(" ")[0]], name): one for name, one in _of_part(evidence.part)}
    found |= {(FigureKind.SUPPORT, name): one for name, one in _of_support(evidence.support)}
    for rate in evidence.part.rates:
        told = asdict(rate)
        variant = told.pop("variant")
        called = evidence.basis.variants[variant].name_en
        found |= {
            (FigureKind.RATES, f"{called} {variant}: {name}"): one for name, one in _spread(told)
        }
    return found


def _of_part(part: ProfileEvidence) -> Iterator[tuple[str, Value]]:
    yield from _spread({name: getattr(part, name) for name in KINDS})


def _of_support(support: Support | None) -> Iterator[tuple[str, Value]]:
    return _spread(asdict(support)) if support else iter(())


def _spread(told: Mapping[str, object]) -> Iterator[tuple[str, Value]]:
    """Give what was printed by name; an interval is two figures."""
    for name, value in told.items():
        if isinstance(value, tuple):
            yield from zip((f"{name} {end}" for end in LIMITS), value, strict=True)
        elif value is not None:
            yield name, value
