"""Records of pooled runs made by hand, for what pages and advice make of them."""

from datetime import date

from analysis.pooled.record import (
    ClaimRecord,
    Counted,
    PairRecord,
    PooledRecord,
    Prediction,
    ProfileRecord,
    VariantRecord,
)
from analysis.pooled.scope import Scope, ScopeOutcome
from analysis.pooled.selection import Name, NamedExperiment, Names
from analysis.stats.cells import Direction
from analysis.stats.results import Status, Verdict
from experiments.models.experiments import Step
from lab.models.labels import DenominatorKind

MARGIN = 0.02
VARIANTS = (("1", "3=31"), ("1", "3=32"), ("2", "3=31"))
NAMES = Names(
    labs={"7": "Lab Elst", "8": "Lab Utrecht"},
    experiments={
        "11": NamedExperiment("Brieven in Elst", "Lab Elst", "A", date(2026, 4, 1)),
        "12": NamedExperiment("Brieven in Utrecht", "Lab Utrecht", "B", reference="Rapport 12"),
    },
    profiles={"5": Name("Jong", "Young"), "6": Name("Oud", "Old")},
    channels={"1": Name("brief", "letter"), "2": Name("folder", "flyer")},
    styles={"31": Name("zakelijk", "formal"), "32": Name("persoonlijk", "personal")},
)


def scope(direction=Direction.HIGHER, **fields) -> Scope:
    """Return a question about responses to letters."""
    outcome = ScopeOutcome(Step.RESPONDED, Step.OFFERED, DenominatorKind.LETTERS, direction)
    return Scope(1, outcome, 4, MARGIN, **fields)


def variant(number: int, rate: float, **fields) -> VariantRecord:
    """Return a variant with figures that are sure enough."""
    values = {
        "status": Status.OK,
        "is_tried": True,
        "part": 0,
        "counted": Counted(1200, round(1200 * rate), 4, 2),
        "rate_ci": (rate - 0.02, rate + 0.02),
        "p_within_margin": 0.05,
        "expected_regret": 0.05,
        "verdict": Verdict.NOT_ENOUGH_DATA,
        "against": 1,
    }
    return VariantRecord(variant=number, rate=rate, **values | fields)


def best(**fields) -> VariantRecord:
    """Return the variant that leads: clearly better, and sure to be near the best."""
    values = {
        "p_within_margin": 0.99,
        "expected_regret": 0.0005,
        "is_advised": True,
        "verdict": Verdict.CLEARLY_BETTER,
        "against": 0,
        "difference": 0.05,
        "difference_ci": (0.02, 0.08),
        "probability_better": 0.999,
        "predictions": (Prediction((0.09, 0.18), (0.01, 0.09)), Prediction((0.1, 0.2), None, "7")),
    }
    return variant(1, 0.14, **values | fields)


def part(profile: str | None = "5", leader: VariantRecord | None = None, **fields):
    """Return a profile in which one variant leads the two others."""
    others = (variant(0, 0.09), variant(2, 0.08))
    values = {
        "variants": (leader or best(), *others),
        "claims": (ClaimRecord(1, 0, 0.999), ClaimRecord(1, 2, 0.999)),
        "pairs": (PairRecord(1, 0, "direct", pvalue=0.6), PairRecord(1, 2, "chain")),
    }
    return ProfileRecord(profile=profile, **values | fields)


def record(*profiles: ProfileRecord, **fields) -> PooledRecord:
    """Return a record of profiles, and of all of them together."""
    values = {
        "together": part(None),
        "are_profiles_alike": False,
        "heterogeneity": None,
        "consistency": None,
        "influence": (),
        "experiments_used": ("11", "12"),
        "experiments_unused": (),
    }
    return PooledRecord(
        method_version="1",
        seed=1,
        margin=MARGIN,
        variants=VARIANTS,
        profiles=profiles or (part("5"), part("6")),
        terms=(),
        cells=24,
        cells_used=24,
        evaluations=10,
        **values | fields,
    )
