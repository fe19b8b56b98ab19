"""What the page on our words shows: each verdict with its meaning, and every case of the table."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.cases.examples import make_example, tell_examples
from analysis.cases.table import GRADES, PLACES, PROOFS, TABLE, Case, Places, Proof, Size
from analysis.cases.telling import join_sentences, tell, tell_figures, tell_verdict
from analysis.stats.cells import Direction
from analysis.stats.results import Verdict

MEANINGS: Mapping[Verdict, LazyString] = {
    Verdict.CLEARLY_BETTER: _l(
        "We say this when even the least favourable limit of the difference is above 0."
    ),
    Verdict.PROBABLY_BETTER: _l(
        "We say this when the chance that it is better is at least 90 in 100. It may still be"
        " chance."
    ),
    Verdict.NO_DIFFERENCE: _l(
        "We say this when all that the difference can be is too small to matter. That is a result"
        " too: choose what is cheaper or easier."
    ),
    Verdict.NOT_ENOUGH_DATA: _l(
        "We say this in all other cases. It says nothing against a variant: more must be counted."
    ),
}
SIZES: Mapping[Size, LazyString] = {
    Size.MATTERS: _l("the difference is surely large enough to matter"),
    Size.ABOVE_ZERO: _l("there is a difference, but it may be small"),
    Size.MAY_BE_ZERO: _l("the difference may also be nothing"),
    Size.WITHIN_MARGIN: _l("the difference is surely too small to matter"),
    Size.OPEN: _l("it can still go either way"),
    Size.UNKNOWN: _l("numbers are not shown"),
}
DIRECTIONS: Mapping[Direction, LazyString] = {
    Direction.HIGHER: _l("more is better"),
    Direction.LOWER: _l("fewer is better"),
}
PLACE_NAMES: Mapping[Places, LazyString] = {
    Places.ONE: _l("one living lab"),
    Places.UNKNOWN: _l("too few to tell"),
    Places.ALIKE: _l("alike"),
    Places.SOMEWHAT: _l("somewhat different"),
    Places.DIFFER: _l("very different"),
}


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case of the table with its whole answer."""

    size: str
    direction: str
    grades: str
    places: str
    sentence: str


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """One verdict: what it means, how it is said, and all its cases."""

    code: str
    meaning: str
    example: str
    # What the limits leave open, with the figures that are told then.
    sizes: tuple[tuple[str, str], ...]
    cases: tuple[CaseRow, ...]


@dataclass(frozen=True, slots=True)
class SentencesReport:
    """All that is said, in the language that was spoken when it was built."""

    verdicts: tuple[VerdictWords, ...]
    proofs: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, str], ...]
    situations: tuple[str, ...]
    count: int


def build_sentences() -> SentencesReport:
    """Return every case of the table as it is said, in the language being spoken."""
    return SentencesReport(
        verdicts=tuple(_build_verdict(verdict) for verdict in Verdict),
        proofs=tuple((_name_grades(proof), str(line)) for proof, line in PROOFS.items()),
        places=tuple((str(PLACE_NAMES[one]), str(line)) for one, line in PLACES.items()),
        situations=tuple(tell_examples().values()),
        count=len(TABLE),
    )


def _build_verdict(verdict: Verdict) -> VerdictWords:
    cases = [case for case in TABLE if case.verdict is verdict]
    plain = [
        case
        for case in cases
        if (case.direction, case.proof, case.places)
        == (Direction.HIGHER, Proof.LOTTERY, Places.ONE)
    ]
    first = make_example(plain[0])
    return VerdictWords(
        code=verdict.value,
        meaning=str(MEANINGS[verdict]),
        example=join_sentences(tell_verdict(first), tell_figures(first)),
        sizes=tuple(
            (str(SIZES[case.size]), tell_figures(make_example(case)))
            for case in plain
            if case.size is not Size.UNKNOWN
        ),
        cases=tuple(_build_case(case) for case in cases),
    )


def _build_case(case: Case) -> CaseRow:
    return CaseRow(
        size=str(SIZES[case.size]),
        direction=str(DIRECTIONS[case.direction]),
        grades=_name_grades(case.proof),
        places=str(PLACE_NAMES[case.places]),
        sentence=tell(make_example(case)),
    )


def _name_grades(proof: Proof) -> str:
    held = [grade for grade, one in GRADES.items() if one is proof]
    if len(held) > 1:
        return _("grades %(grades)s", grades=_(" and ").join(held))
    return _("grade %(grade)s", grade=held[0])
