"""What a reader must know before believing a comparison, in plain sentences."""

from collections.abc import Callable, Mapping, Sequence

from flask_babel import gettext as _

from analysis.stats.results import Warned, WarningCode
from lab import formats

Parameters = Mapping[str, str | int | float]
Teller = Callable[[Parameters, Sequence[str]], str]


def tell_warning(warned: Warned, variants: Sequence[str]) -> str:
    """Return the sentence of a warning; numbers that were held back are left out."""
    return _TELLERS[warned.code](dict(warned.parameters), variants)


def _tell_no_counts(parameters: Parameters, variants: Sequence[str]) -> str:
    return _("Nothing was counted yet.")


def _tell_no_denominator(parameters: Parameters, variants: Sequence[str]) -> str:
    if "responded" not in parameters:
        return _("Of some counts it is not known out of how many. They are not compared.")
    return _(
        "Of some counts it is not known out of how many: %(responded)s responses are not compared.",
        responded=formats.number(parameters["responded"]),
    )


def _tell_different_denominators(parameters: Parameters, variants: Sequence[str]) -> str:
    return _(
        "How many people were offered a variant is known for some counts only. So all rates are"
        " shares of the people who were reached, and a variant that reaches other people can seem"
        " better or worse than it is."
    )


def _tell_reach_estimated(parameters: Parameters, variants: Sequence[str]) -> str:
    return _("Some numbers of people were estimated, not counted. The real limits are wider.")


def _tell_too_few(parameters: Parameters, variants: Sequence[str]) -> str:
    if "people" not in parameters:
        return _("Some groups hold so few people that their rates say little.")
    return _(
        "Some groups hold fewer than %(people)s people. Their rates say little.",
        people=formats.number(parameters["people"]),
    )


def _tell_all_zero(parameters: Parameters, variants: Sequence[str]) -> str:
    return _("Nobody responded. Check whether the responses were entered.")


def _tell_all_respond(parameters: Parameters, variants: Sequence[str]) -> str:
    return _("Everybody responded. Check whether the numbers of people are right.")


def _tell_single_variant(parameters: Parameters, variants: Sequence[str]) -> str:
    return _(
        "Only %(variant)s was counted. Without a second variant there is nothing to compare.",
        variant=variants[int(parameters["variant"])],
    )


def _tell_clustered(parameters: Parameters, variants: Sequence[str]) -> str:
    known = {
        "household": _("households"),
        "street": _("streets"),
        "area": _("areas"),
        "bundle": _("bundles"),
        "day": _("days"),
    }
    return _(
        "The variants went to whole %(units)s, but persons were counted, and it was not recorded"
        " who belongs together. So the real limits are wider than shown here.",
        units=known.get(str(parameters.get("unit", "")), _("groups")),
    )


def _tell_clusters_incomplete(parameters: Parameters, variants: Sequence[str]) -> str:
    return _(
        "Of some counts it was not recorded to which street, household or bundle they belong. So"
        " persons were counted one by one, and the real limits are wider than shown here."
    )


def _tell_few_clusters(parameters: Parameters, variants: Sequence[str]) -> str:
    return _(
        "Few streets, households or bundles were compared. Their own rates were compared, and where"
        " a variant has only one of them nothing can be said."
    )


def _tell_profile_from_response(parameters: Parameters, variants: Sequence[str]) -> str:
    return _(
        "Some profiles were known only through the response. What is said of those is a first look,"
        " not a test."
    )


def _tell_profile_unknown(parameters: Parameters, variants: Sequence[str]) -> str:
    if "people" not in parameters:
        return _("Of some people the profile is not known. They count only in the total.")
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


def _tell_sample_ratio(parameters: Parameters, variants: Sequence[str]) -> str:
    return _(
        "The variants were not handed out in the shares that were planned. Find out why first:"
        " the groups may not be comparable."
    )


def _tell_overdispersed(parameters: Parameters, variants: Sequence[str]) -> str:
    return _(
        "People in the same group resemble each other more than chance allows. The real limits are"
        " wider than shown here."
    )


def _tell_control_missing(parameters: Parameters, variants: Sequence[str]) -> str:
    return _("This experiment does not have the control, so all its variants are compared.")


_TELLERS: Mapping[WarningCode, Teller] = {
    WarningCode.NO_COUNTS: _tell_no_counts,
    WarningCode.NO_DENOMINATOR: _tell_no_denominator,
    WarningCode.DIFFERENT_DENOMINATORS: _tell_different_denominators,
    WarningCode.REACH_ESTIMATED: _tell_reach_estimated,
    WarningCode.TOO_FEW: _tell_too_few,
    WarningCode.ALL_ZERO: _tell_all_zero,
    WarningCode.ALL_RESPOND: _tell_all_respond,
    WarningCode.SINGLE_VARIANT: _tell_single_variant,
    WarningCode.CLUSTERED_COUNTED_AS_PERSONS: _tell_clustered,
    WarningCode.CLUSTERS_INCOMPLETE: _tell_clusters_incomplete,
    WarningCode.FEW_CLUSTERS: _tell_few_clusters,
    WarningCode.PROFILE_FROM_RESPONSE: _tell_profile_from_response,
    WarningCode.PROFILE_UNKNOWN: _tell_profile_unknown,
    WarningCode.SIMPSON: _tell_simpson,
    WarningCode.SEVERAL_WAVES: _tell_several_waves,
    WarningCode.SAMPLE_RATIO: _tell_sample_ratio,
    WarningCode.OVERDISPERSED: _tell_overdispersed,
    WarningCode.CONTROL_MISSING: _tell_control_missing,
}
