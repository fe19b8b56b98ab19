"""The columns that the tables of all reports share, and the codes that they hold."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from analysis.exports.table import Column, Kind
from analysis.stats.results import Reason, Status
from lab.models.programmes import ProgrammeKind

Labels = Mapping[str, LazyString]

WITHHELD = "withheld"
SMALL_COUNTS = "small_counts"
NOT_COMPARED = "not_compared"
IS_REFERENCE = "is_reference"
VERDICTS: Labels = {
    "clearly_better": _l("clearly better"),
    "probably_better": _l("probably better"),
    "clearly_worse": _l("clearly worse"),
    "probably_worse": _l("probably worse"),
    "no_difference": _l("no difference found"),
    "not_enough_data": _l("not enough data"),
}
STATUSES: Labels = {
    Status.OK.value: _l("known"),
    Status.TOO_LITTLE.value: _l("too little counted"),
    Status.UNDEFINED.value: _l("cannot be calculated"),
    WITHHELD: _l("not shown: few people"),
}
REASONS: Labels = {
    Reason.NO_COUNTS.value: _l("nothing counted"),
    Reason.NO_DENOMINATOR.value: _l("out of unknown"),
    Reason.FEW_PEOPLE.value: _l("few people"),
    Reason.FEW_CLUSTERS.value: _l("few streets or areas"),
    Reason.ALL_ZERO.value: _l("nobody responded"),
    Reason.ALL_RESPOND.value: _l("everybody responded"),
    Reason.ONE_VARIANT.value: _l("one variant only"),
    Reason.ONE_PROFILE.value: _l("one profile only"),
    Reason.NO_COMMON_STRATUM.value: _l("never in the same profile and period"),
    Reason.SHARES_UNKNOWN.value: _l("shares unknown"),
    Reason.UNITS_UNKNOWN.value: _l("units unknown"),
    Reason.FEW_UNITS.value: _l("few units"),
    Reason.NO_DEGREES_OF_FREEDOM.value: _l("too few counts for this calculation"),
    Reason.NOT_CONVERGED.value: _l("the calculation did not come out"),
    SMALL_COUNTS: _l("few people: somebody could be recognised"),
    NOT_COMPARED: _l("not compared"),
    IS_REFERENCE: _l("the others are compared with this one"),
}
PROGRAMME_KINDS: Labels = {
    ProgrammeKind.OWN.value: _l("own work"),
    ProgrammeKind.PUBLISHED.value: _l("published trials"),
    ProgrammeKind.FICTITIOUS.value: _l("fictitious"),
}

PROTECTION = _l(
    "Counts of other labs are rounded to 5. Nothing is shown where few people were counted, as"
    " you could recognise somebody, or where one lab alone counted that has not published yet."
)
PROGRAMME_KIND = Column(
    "programme_kind",
    Kind.CODE,
    _l("Kind of programme"),
    _l("Never add up figures of different kinds: fictitious counts are made up."),
    PROGRAMME_KINDS,
)
PROFILE_CODE = Column(
    "profile_code",
    Kind.TEXT,
    _l("Profile (code)"),
    _l("Number of the profile; “together” is everyone, “unknown” whose profile nobody knew."),
)
PROFILE_NAME = Column("profile_name", Kind.TEXT, _l("Profile"))
VARIANT_CODE = Column(
    "variant_code",
    Kind.TEXT,
    _l("Variant (code)"),
    _l("Tells the variants of this report apart."),
)
VARIANT_NAME = Column("variant_name", Kind.TEXT, _l("Variant"))
NUMERATOR = Column(
    "numerator",
    Kind.COUNT,
    _l("Successes"),
    _l("How many took the step that counts as success. Empty where it is not shown."),
)
DENOMINATOR = Column(
    "denominator",
    Kind.COUNT,
    _l("Out of"),
    _l("Out of how many. Empty where it is unknown or not shown."),
)
RATE = Column("rate", Kind.SHARE, _l("Rate"), _l("A share between 0 and 1."))
CI_LOWER = Column("ci_lower", Kind.SHARE, _l("Rate, lowest"), _l("Lower 95 percent limit."))
CI_UPPER = Column("ci_upper", Kind.SHARE, _l("Rate, highest"), _l("Upper 95 percent limit."))
STATUS = Column(
    "status", Kind.CODE, _l("Status"), _l("Whether the rate is known and shown."), STATUSES
)
REASON = Column(
    "reason",
    Kind.CODE,
    _l("Why empty"),
    _l("Why the rate is empty, or the counts behind it."),
    REASONS,
)
REFERENCE_CODE = Column(
    "reference_code",
    Kind.TEXT,
    _l("Compared with (code)"),
    _l("The variant that this one is compared with."),
)
REFERENCE_NAME = Column("reference_name", Kind.TEXT, _l("Compared with"))
DIFFERENCE = Column(
    "difference",
    Kind.POINTS,
    _l("Difference"),
    _l("Rate less that of the reference: 0.05 is five percentage points."),
)
SIMULTANEOUS_LOWER = Column(
    "simultaneous_lower",
    Kind.POINTS,
    _l("Difference, lowest for all at once"),
    _l("Lower limit that holds for all comparisons at once."),
)
SIMULTANEOUS_UPPER = Column(
    "simultaneous_upper",
    Kind.POINTS,
    _l("Difference, highest for all at once"),
    _l("Upper limit that holds for all comparisons at once."),
)
VERDICT = Column(
    "verdict",
    Kind.CODE,
    _l("Verdict"),
    _l("What may be said of this variant beside its reference."),
    VERDICTS,
)
DIFFERENCE_REASON = Column(
    "difference_reason",
    Kind.CODE,
    _l("Why no difference"),
    _l("Why the difference is empty."),
    REASONS,
)
