"""The one table of what may be said of a comparison: each case with its lines.

A case is a verdict, what the limits leave open, which direction is good, what the result can prove
and how alike places are. Pages, print and files take their main sentences from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from analysis.stats.cells import Direction
from analysis.stats.results import Verdict


class Size(StrEnum):
    """How certain the size of a difference is: what its simultaneous limits leave open."""

    MATTERS = "matters"
    ABOVE_ZERO = "above_zero"
    MAY_BE_ZERO = "may_be_zero"
    WITHIN_MARGIN = "within_margin"
    OPEN = "open"
    # No limits are known, or they are held back.
    UNKNOWN = "unknown"


class Proof(StrEnum):
    """What a result can prove: grades A and B, C, D, and P."""

    LOTTERY = "lottery"
    NO_LOTTERY = "no_lottery"
    AFTERWARDS = "afterwards"
    SAID = "said"


class Places(StrEnum):
    """How much what was found differs from place to place."""

    ONE = "one"
    UNKNOWN = "unknown"
    ALIKE = "alike"
    SOMEWHAT = "somewhat"
    DIFFER = "differ"


class Step(StrEnum):
    """What is counted as an outcome."""

    REACHED = "reached"
    RESPONDED = "responded"
    PARTICIPATED = "participated"


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table."""

    verdict: Verdict
    size: Size
    direction: Direction
    proof: Proof
    places: Places


@dataclass(frozen=True, slots=True)
class Lines:
    """What is said in a case; an empty line is not said. Counts stand between them."""

    verdict: LazyString
    direction: LazyString | str
    size: LazyString | str
    proof: LazyString
    places: LazyString


GRADES: Mapping[str, Proof] = {
    "A": Proof.LOTTERY,
    "B": Proof.LOTTERY,
    "C": Proof.NO_LOTTERY,
    "D": Proof.AFTERWARDS,
    "P": Proof.SAID,
}
_RANGE = _l("The difference is %(lower)s to %(upper)s in every %(base)s.")
RANGE_MATTERS = _l(
    "The difference is %(lower)s to %(upper)s in every %(base)s. That is enough to matter."
)
RANGE_ABOVE_ZERO = _l(
    "The difference is %(lower)s to %(upper)s in every %(base)s. It may be too small to matter."
)
# Which sizes go with which verdict, and what is said of them.
SIZES: Mapping[tuple[Verdict, Size], LazyString | str] = {
    (Verdict.CLEARLY_BETTER, Size.MATTERS): RANGE_MATTERS,
    (Verdict.CLEARLY_BETTER, Size.ABOVE_ZERO): RANGE_ABOVE_ZERO,
    (Verdict.CLEARLY_BETTER, Size.UNKNOWN): "",
    (Verdict.PROBABLY_BETTER, Size.ABOVE_ZERO): _RANGE,
    (Verdict.PROBABLY_BETTER, Size.MAY_BE_ZERO): _l(
        "The difference is at most %(ahead)s in every %(base)s. It may also be 0, or up to"
        " %(behind)s the other way."
    ),
    (Verdict.PROBABLY_BETTER, Size.UNKNOWN): "",
    (Verdict.NO_DIFFERENCE, Size.WITHIN_MARGIN): _l(
        "The difference is at most %(most)s in %(base)s either way."
    ),
    (Verdict.NO_DIFFERENCE, Size.UNKNOWN): "",
    (Verdict.NOT_ENOUGH_DATA, Size.OPEN): _l(
        "The difference can be up to %(ahead)s in every %(base)s in its favour and up to %(behind)s"
        " against it."
    ),
    (Verdict.NOT_ENOUGH_DATA, Size.UNKNOWN): "",
}
# What a lottery decided, a variant does; otherwise it is only what happened.
_DID: Mapping[Verdict, LazyString] = {
    Verdict.CLEARLY_BETTER: _l("%(variant)s did clearly better here than %(reference)s."),
    Verdict.PROBABLY_BETTER: _l("%(variant)s probably did better here than %(reference)s."),
    Verdict.NO_DIFFERENCE: _l(
        "Between %(variant)s and %(reference)s we found no difference that matters."
    ),
    Verdict.NOT_ENOUGH_DATA: _l(
        "We do not know yet whether %(variant)s works better than %(reference)s."
    ),
}
VERDICTS: Mapping[Proof, Mapping[Verdict, LazyString]] = {
    Proof.LOTTERY: {
        **_DID,
        Verdict.CLEARLY_BETTER: _l("%(variant)s works clearly better than %(reference)s."),
        Verdict.PROBABLY_BETTER: _l("%(variant)s probably works better than %(reference)s."),
    },
    Proof.NO_LOTTERY: _DID,
    Proof.AFTERWARDS: _DID,
    Proof.SAID: {
        **_DID,
        Verdict.CLEARLY_BETTER: _l("People clearly prefer %(variant)s to %(reference)s."),
        Verdict.PROBABLY_BETTER: _l("People probably prefer %(variant)s to %(reference)s."),
        Verdict.NOT_ENOUGH_DATA: _l(
            "We do not know yet whether people prefer %(variant)s to %(reference)s."
        ),
    },
}
DIRECTIONS: Mapping[Direction, LazyString | str] = {
    Direction.HIGHER: "",
    Direction.LOWER: _l("Fewer is better here."),
}
PROOFS: Mapping[Proof, LazyString] = {
    Proof.LOTTERY: _l("A lottery decided who got which variant."),
    Proof.NO_LOTTERY: _l(
        "No lottery decided who got which variant, so something else may explain the difference."
    ),
    Proof.AFTERWARDS: _l(
        "This was measured only afterwards, without a fair comparison. It does not show what works."
    ),
    Proof.SAID: _l("This is what people say they prefer. What they do may differ."),
}
PLACES: Mapping[Places, LazyString] = {
    Places.ONE: _l("This was tried in one living lab. Elsewhere it can turn out differently."),
    Places.UNKNOWN: _l(
        "How much the experiments really differ is not known yet: there are too few."
    ),
    Places.ALIKE: _l("The experiments differ little more than by chance."),
    Places.SOMEWHAT: _l("The experiments differ more than by chance alone."),
    Places.DIFFER: _l(
        "The experiments differ far more than by chance: what works well in one place may do less"
        " in another."
    ),
}
# Evidence from many experiments holds lotteries only.
_GROUNDS = [
    *((proof, Places.ONE) for proof in Proof),
    *((Proof.LOTTERY, places) for places in Places if places is not Places.ONE),
]
TABLE: Mapping[Case, Lines] = {
    Case(verdict, size, direction, proof, places): Lines(
        VERDICTS[proof][verdict], DIRECTIONS[direction], line, PROOFS[proof], PLACES[places]
    )
    for ((verdict, size), line), direction, (proof, places) in product(
        SIZES.items(), Direction, _GROUNDS
    )
}
COUNTED: Mapping[Step, LazyString] = {
    Step.REACHED: _l(
        "Of every %(base)s %(units)s about %(count)s reached someone, against %(count2)s with"
        " %(reference)s."
    ),
    Step.RESPONDED: _l(
        "To every %(base)s %(units)s there were about %(count)s responses, against %(count2)s with"
        " %(reference)s."
    ),
    Step.PARTICIPATED: _l(
        "Of every %(base)s %(units)s about %(count)s led to someone taking part, against"
        " %(count2)s with %(reference)s."
    ),
}
EXPECTED: Mapping[Step, LazyString] = {
    Step.REACHED: _l(
        "In an average experiment, of every %(base)s %(units)s about %(count)s reach someone,"
        " against %(count2)s with %(reference)s."
    ),
    Step.RESPONDED: _l(
        "In an average experiment there are about %(count)s responses to every %(base)s %(units)s,"
        " against %(count2)s with %(reference)s."
    ),
    Step.PARTICIPATED: _l(
        "In an average experiment, of every %(base)s %(units)s about %(count)s lead to someone"
        " taking part, against %(count2)s with %(reference)s."
    ),
}
LIMITS = _l("It may also be %(lower)s to %(upper)s, against %(lower2)s to %(upper2)s.")
MORE_NEEDED = _l(
    "With about %(more)s more %(units)s per variant you can see a difference of %(margin)s in"
    " %(base)s."
)


class Situation(StrEnum):
    """Where no two variants can be compared, and what is said of profiles and of the untried."""

    NOTHING_COUNTED = "nothing_counted"
    ONE_VARIANT = "one_variant"
    NO_DENOMINATOR = "no_denominator"
    NEVER_TOGETHER = "never_together"
    NOTHING_COMPARED = "nothing_compared"
    WITHHELD = "withheld"
    ONE_APART = "one_apart"
    SOME_APART = "some_apart"
    ONE_UNTRIED = "one_untried"
    BOTH_UNTRIED = "both_untried"
    FIRST_LOOK = "first_look"
    TOTALS_MISLEAD = "totals_mislead"
    PROFILES_ALIKE = "profiles_alike"
    PROFILES_ALIKE_SO_FAR = "profiles_alike_so_far"
    PROFILES_DIFFER = "profiles_differ"
    PROFILES_DIFFER_BY = "profiles_differ_by"
    PROFILES_UNKNOWN = "profiles_unknown"
    SAME_BEST_IN_TWO = "same_best_in_two"
    SAME_BEST_IN_ALL = "same_best_in_all"
    NEAR_BEST_IN_ALL = "near_best_in_all"
    NEW_LAB = "new_lab"
    KNOWN_LAB = "known_lab"
    MAY_TURN = "may_turn"


SITUATIONS: Mapping[Situation, LazyString] = {
    Situation.NOTHING_COUNTED: _l("Nothing was counted yet."),
    Situation.ONE_VARIANT: _l("Only one variant was counted. There is nothing to compare."),
    Situation.NO_DENOMINATOR: _l(
        "We know how many responded, but not out of how many. There is nothing to compare."
    ),
    Situation.NEVER_TOGETHER: _l(
        "The variants were never used side by side. There is nothing to compare."
    ),
    Situation.NOTHING_COMPARED: _l("Nothing can be compared here yet."),
    Situation.WITHHELD: _l(
        "Some counts are too small to show to readers outside the lab, so the answer is not shown."
    ),
    Situation.ONE_APART: _l(
        "%(names)s was never compared with the others, not even by a detour. We do not rank it."
    ),
    Situation.SOME_APART: _l(
        "%(names)s were never compared with the others, not even by a detour. We do not rank them."
    ),
    Situation.ONE_UNTRIED: _l("%(variant)s was not tried here: this is what we expect."),
    Situation.BOTH_UNTRIED: _l("These two were not tried here: this is what we expect."),
    Situation.FIRST_LOOK: _l(
        "The profile was known only through the response, so this is a first look."
    ),
    Situation.TOTALS_MISLEAD: _l("The groups differ so much that plain totals would mislead."),
    Situation.PROFILES_ALIKE: _l(
        "Between the profiles we found no difference that matters: one advice will do."
    ),
    Situation.PROFILES_ALIKE_SO_FAR: _l(
        "So far we saw no difference that matters between the profiles."
    ),
    Situation.PROFILES_DIFFER: _l("The profiles differ. Give advice per profile."),
    Situation.PROFILES_DIFFER_BY: _l(
        "Not everyone is served best by %(variant)s. In one profile another variant does better by"
        " about %(most)s in %(base)s. Give advice per profile."
    ),
    Situation.PROFILES_UNKNOWN: _l("We do not know yet whether one advice serves all profiles."),
    Situation.SAME_BEST_IN_TWO: _l(
        "The same variant, %(variant)s, does best in both profiles. Between the profiles we"
        " found no difference that matters: one advice will do."
    ),
    Situation.SAME_BEST_IN_ALL: _l(
        "The same variant, %(variant)s, does best in all %(profiles)s profiles. Between the"
        " profiles we found no difference that matters: one advice will do."
    ),
    Situation.NEAR_BEST_IN_ALL: _l(
        "Another variant did best in some profiles, but nowhere by more than about %(most)s in"
        " %(base)s over %(variant)s. One advice will do."
    ),
    Situation.NEW_LAB: _l(
        "In a new municipality, expect %(lower)s to %(upper)s in every %(base)s with"
        " %(variant)s. That is if people there respond as much as on average."
    ),
    Situation.KNOWN_LAB: _l(
        "In a new experiment in %(lab)s, expect %(lower)s to %(upper)s in every %(base)s with"
        " %(variant)s. That is if people there respond as much as before."
    ),
    Situation.MAY_TURN: _l("There it may also turn out the other way."),
}
