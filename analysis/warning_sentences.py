"""What a reader must know before believing a comparison, in plain sentences."""

from collections.abc import Callable, Mapping, Sequence

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.stats.results import Warned, WarningCode
from lab import formats

Parameters = Mapping[str, str | int | float]

# These say the same whatever the numbers are, also where numbers were held back.
PLAIN: Mapping[WarningCode, LazyString] = {
    WarningCode.NO_COUNTS: _l("Nothing was counted yet."),
    WarningCode.NO_DENOMINATOR: _l(
        "Of some counts it is not known out of how many. They are not compared."
    ),
    WarningCode.DIFFERENT_DENOMINATORS: _l(
        "How many people were offered a variant is known for some counts only. So all rates are"
        " shares of the people who were reached, and a variant that reaches other people can seem"
        " better or worse than it is."
    ),
    WarningCode.REACH_ESTIMATED: _l(
        "Some numbers of people were estimated, not counted. The real limits are wider."
    ),
    WarningCode.TOO_FEW: _l("Some groups hold so few people that their rates say little."),
    WarningCode.ALL_ZERO: _l("Nobody responded. Check whether the responses were entered."),
    WarningCode.ALL_RESPOND: _l(
        "Everybody responded. Check whether the numbers of people are right."
    ),
    WarningCode.CLUSTERS_INCOMPLETE: _l(
        "Of some counts it was not recorded to which street, household or bundle they belong. So"
        " persons were counted one by one, and the real limits are wider than shown here."
    ),
    WarningCode.FEW_CLUSTERS: _l(
        "Few streets, households or bundles were compared. Their own rates were compared, and where"
        " a variant has only one of them nothing can be said."
    ),
    WarningCode.PROFILE_FROM_RESPONSE: _l(
        "Some profiles were known only through the response. What is said of those is a first look,"
        " not a test."
    ),
    WarningCode.PROFILE_UNKNOWN: _l(
        "Of some people the profile is not known. They count only in the total."
    ),
    WarningCode.SAMPLE_RATIO: _l(
        "The variants were not handed out in the shares that were planned. Find out why first: the"
        " groups may not be comparable."
    ),
    WarningCode.OVERDISPERSED: _l(
        "People in the same group resemble each other more than chance allows. The real limits are"
        " wider than shown here."
    ),
    WarningCode.CONTROL_MISSING: _l(
        "This experiment does not have the control, so all its variants are compared."
    ),
    WarningCode.REPEATED_ROWS: _l(
        "Some lines stand in the file more than once. They were added up: check whether people were"
        " counted twice."
    ),
}
UNITS: Mapping[str, LazyString] = {
    "household": _l("households"),
    "street": _l("streets"),
    "area": _l("areas"),
    "bundle": _l("bundles"),
    "day": _l("days"),
}


def tell_warning(warned: Warned, variants: Sequence[str]) -> str:
    """Return the sentence of a warning; numbers that were held back are left out."""
    parameters = dict(warned.parameters)
    tell, needed = _WITH_NUMBERS.get(warned.code, (None, ()))
    if tell is None or any(name not in parameters for name in needed):
        return str(PLAIN[warned.code])
    return tell(parameters, variants)


def _tell_no_denominator(parameters: Parameters, variants: Sequence[str]) -> str:
    return _(
        "Of some counts it is not known out of how many: %(responded)s responses are not compared.",
        responded=formats.number(parameters["responded"]),
    )


def _tell_too_few(parameters: Parameters, variants: Sequence[str]) -> str:
    return _(
        "Some groups hold fewer than %(people)s people. Their rates say little.",
        people=formats.number(parameters["people"]),
    )


def _tell_single_variant(parameters: Parameters, variants: Sequence[str]) -> str:
    return _(
        "Only %(variant)s was counted. Without a second variant there is nothing to compare.",
        variant=variants[int(parameters["variant"])],
    )


def _tell_clustered(parameters: Parameters, variants: Sequence[str]) -> str:
    return _(
        "The variants went to whole %(units)s, but persons were counted, and it was not recorded"
        " who belongs together. So the real limits are wider than shown here.",
        units=UNITS.get(str(parameters["unit"])) or _("groups"),
    )


def _tell_profile_unknown(parameters: Parameters, variants: Sequence[str]) -> str:
    return _(
        "Of %(people)s people the profile is not known. They count only in the total.",
        people=formats.number(parameters["people"]),
    )


def _tell_simpson(parameters: Parameters, variants: Sequence[str]) -> str:
    return _(
        "The plain totals of %(variant)s and %(reference)s point the other way than the figures"
        " within profiles and periods, because the groups were not divided evenly. The conclusion"
        " follows the figures within the groups.",
        variant=variants[int(parameters["variant"])],
        reference=variants[int(parameters["reference"])],
    )


def _tell_several_waves(parameters: Parameters, variants: Sequence[str]) -> str:
    return _(
        "There were %(waves)s periods. Variants are compared within each period.",
        waves=formats.number(parameters["waves"]),
    )


_Teller = Callable[[Parameters, Sequence[str]], str]
_WITH_NUMBERS: Mapping[WarningCode, tuple[_Teller, tuple[str, ...]]] = {
    WarningCode.NO_DENOMINATOR: (_tell_no_denominator, ("responded",)),
    WarningCode.TOO_FEW: (_tell_too_few, ("people",)),
    WarningCode.SINGLE_VARIANT: (_tell_single_variant, ("variant",)),
    WarningCode.CLUSTERED_COUNTED_AS_PERSONS: (_tell_clustered, ("unit",)),
    WarningCode.PROFILE_UNKNOWN: (_tell_profile_unknown, ("people",)),
    WarningCode.SIMPSON: (_tell_simpson, ("variant", "reference")),
    WarningCode.SEVERAL_WAVES: (_tell_several_waves, ("waves",)),
}
