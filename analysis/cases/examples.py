"""One invented finding for each case of the table, to show and to check how it is said."""

from collections.abc import Mapping
from dataclasses import replace

from flask_babel import gettext as _

from analysis.cases.table import SITUATIONS, Case, Situation, Size
from analysis.cases.telling import Finding, tell_situation
from analysis.evidence_names import join
from analysis.stats.cells import Direction
from analysis.stats.results import Verdict

MARGIN = 0.02
# Limits in the good direction, and the rates of the better and of the other variant.
NUMBERS: Mapping[Size, tuple[tuple[float, float], tuple[float, float]]] = {
    Size.MATTERS: ((0.03, 0.07), (0.14, 0.09)),
    Size.ABOVE_ZERO: ((0.01, 0.07), (0.14, 0.10)),
    Size.MAY_BE_ZERO: ((-0.01, 0.07), (0.14, 0.11)),
    Size.WITHIN_MARGIN: ((-0.01, 0.01), (0.101, 0.1)),
    Size.OPEN: ((-0.03, 0.09), (0.14, 0.11)),
}
MORE_NEEDED = 3900


def make_example(case: Case) -> Finding:
    """Return a finding that is told as this case, in the language being spoken."""
    found = Finding(
        verdict=case.verdict,
        variant=_("“personal letter”"),
        reference=_("“formal letter”"),
        units=_("letters"),
        margin=MARGIN,
        direction=case.direction,
        proof=case.proof,
        places=case.places,
    )
    if case.size is Size.UNKNOWN:
        return found
    limits, rates = NUMBERS[case.size]
    is_open = case.verdict is Verdict.NOT_ENOUGH_DATA
    return replace(
        found,
        limits=limits,
        rates=rates[::-1] if case.direction == Direction.LOWER else rates,
        more_needed=MORE_NEEDED if is_open else None,
    )


def tell_examples() -> Mapping[Situation, str]:
    """Return what is said in each situation without a verdict."""
    values = {
        "variant": _("“personal letter”"),
        "names": _("“personal letter”"),
        "lab": "Lab Elst",
        "lower": "5",
        "upper": "21",
        "most": "3",
        "base": "100",
        "profiles": "8",
    }
    several = values | {"names": join([_("“personal letter”"), _("“formal letter”")])}
    return {
        one: tell_situation(one, **(several if one is Situation.SOME_APART else values))
        for one in SITUATIONS
    }
