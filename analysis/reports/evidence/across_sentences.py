"""What may be said of one channel or one style over all profiles, in plain sentences."""

import math
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.cases.counts import count_out
from analysis.evidence_names import join
from analysis.evidence_wording import Wording
from analysis.reports.evidence.contents import Standing

BETTER = {"clearly_better", "probably_better"}
LESS = {"clearly_worse", "probably_worse"}
# A profile, and how the channel or style does in it; None where that is not known.
Found = tuple[str, str | None]


def tell_headline(name: str, together: Standing | None, found: Sequence[Found]) -> str:
    """Return how a channel or style does for everyone, or that it differs per profile."""
    called = f"“{name}”"
    if tell_which(found, BETTER) and tell_which(found, LESS):
        return _("%(name)s works better in some profiles and less well in others.", name=called)
    if together is None:
        return _("How %(name)s does against other ways is not known.", name=called)
    values = {"name": called, "other": f"“{together.other}”"}
    return {
        "clearly_better": _("%(name)s works clearly better than the best other way.", **values),
        "probably_better": _("%(name)s probably works better than the best other way.", **values),
        "clearly_worse": _("%(name)s works clearly less well than %(other)s.", **values),
        "probably_worse": _("%(name)s probably works less well than %(other)s.", **values),
        "no_difference": _(
            "Between %(name)s and the best other way we found no difference that matters.",
            **values,
        ),
        "not_enough_data": _(
            "We do not know yet whether %(name)s works better than the best other way.", **values
        ),
    }[together.verdict]


def tell_standing(standing: Standing | None, wording: Wording) -> str:
    """Return the best variant with it against the best one without, with the limits."""
    if standing is None:
        return _("It cannot be compared with anything else here yet.")
    sides = {"one": f"“{standing.one}”", "other": f"“{standing.other}”"}
    if standing.difference_ci is None:
        return _("%(one)s stands against %(other)s.", **sides)
    lower, upper = wording.turn(standing.difference_ci)
    return _(
        "%(one)s against %(other)s: a difference between %(lower)s and %(upper)s in every"
        " %(base)s.",
        lower=count_out(lower, wording.base, math.floor),
        upper=count_out(upper, wording.base, math.ceil),
        base=wording.base_text,
        **sides,
    )


def tell_profiles(found: Sequence[Found]) -> str:
    """Return in which profiles it does better, less well and the same, and where nobody knows."""
    if len(found) < 2:
        return ""
    better, less = tell_which(found, BETTER), tell_which(found, LESS)
    same = tell_which(found, {"no_difference"})
    told = [
        _("Better for %(names)s.", names=better) if better else "",
        _("Less well for %(names)s.", names=less) if less else "",
        _("No difference that matters for %(names)s.", names=same) if same else "",
    ]
    unknown = [name for name, verdict in found if verdict in (None, "not_enough_data")]
    if len(unknown) == len(found):
        return _("For no profile apart is it known yet.")
    if unknown:
        told.append(
            ngettext(
                "For %(num)d profile it is not known yet.",
                "For %(num)d profiles it is not known yet.",
                len(unknown),
            )
        )
    return " ".join(filter(None, told))


def tell_which(found: Sequence[Found], verdicts: set[str]) -> str:
    """Return the profiles with one of these verdicts, as people list them."""
    return join([name for name, verdict in found if verdict in verdicts])
