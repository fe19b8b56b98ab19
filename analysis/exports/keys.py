"""What each key of a report in JSON holds, for whoever reads it by program."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

KEYS: Mapping[str, LazyString] = {
    "schema": _l("Which keys this file has, with the number of their version."),
    "title": _l("What the report is called."),
    "language": _l("The language of titles and sentences: nl or en."),
    "programme": _l("The programme that it belongs to."),
    "programme_kind": _l("Never add up figures of different kinds: fictitious counts are made up."),
    "is_fictitious": _l("Whether all places and counts are made up."),
    "made_at": _l("When the file was made."),
    "counted_on": _l("Until when was counted, or when it was calculated."),
    "filters": _l("Which part of the counts was asked for; empty is all of them."),
    "page": _l("Where the report stands as a page."),
    "advice_in_force": _l(
        "The edition of the advice that was in force when the report was made; empty where that is"
        " not told."
    ),
    "described_by": _l("Where the columns are described."),
    "product_version": _l("The version of Proeftuin."),
    "method_version": _l("The version of the method."),
    "unit": _l("What is counted."),
    "summary": _l("The answer in sentences."),
    "cautions": _l("What to know before believing it."),
    "unused": _l("What is not used, and why."),
    "figures": _l("The rows of the CSV file, with the same names."),
    "method": _l("How it was calculated, as names with a text."),
    "profiles": _l("Each profile, or everyone together: the verdict and its sentences."),
    "comparisons": _l("Each pair of variants that was compared, in each profile."),
    "smallest_difference": _l("The smallest difference that matters, as a share."),
    "experiment": _l("The experiment itself."),
    "outcome": _l("What counts as success, out of whom, and which way is good."),
    "threshold": _l("Smaller counts are not shown; empty when all counts are exact."),
    "comparisons_within_profiles": _l("Everyone together, compared within profiles and periods."),
    "comparisons_in_family": _l("How many comparisons the limits allow for."),
    "division": _l("Whether the variants were divided as planned."),
    "costs": _l("What a success costs, in a sentence; the figures stand in the rows."),
    "reach": _l("Who responded against who lives there, per profile."),
    "conduct": _l("Deviations from the protocol, looks in between, and quality of the counts."),
    "is_check": _l("Whether it is only a check, from which no advice follows."),
    "question": _l("What was asked."),
    "verdict": _l("The verdict on everyone together; empty where profiles differ."),
    "do_profiles_differ": _l("Whether what works best differs between the profiles."),
    "experiments_used": _l("How many experiments are used."),
    "experiments_considered": _l("How many experiments there were to choose from."),
    "labs": _l("How many labs held them."),
    "is_protected": _l("Whether small counts of other labs are left out."),
    "cells_sha256": _l("Fingerprint of the counts, for whoever may know all of them."),
    "model_parts": _l("How much each part of the model varies."),
    "rules": _l("Each rule with what speaks for and against it, and where it comes from."),
    "stated_chances": _l("How often the advised variant was ahead, by what was stated."),
    "days": _l("Past days: what was known, what would have been advised, how that came out."),
}
