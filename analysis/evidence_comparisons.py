"""How variants are compared over all labs, and how sure that is, in plain sentences."""

import math

from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.cases.counts import count_out
from analysis.cases.table import PLACES, Places
from analysis.evidence_names import join
from analysis.evidence_wording import ADVICE, Wording
from analysis.pooled.record import (
    ConsistencyRecord,
    HeterogeneityRecord,
    PairRecord,
    PooledRecord,
)
from analysis.pooled.strength import list_decisive
from analysis.stats.pooled.connected import Connection
from analysis.stats.pooled.left_out import LeftOut
from lab import formats

# Below and above these shares the differences between experiments are small, and large.
LITTLE, MUCH = 0.25, 0.60
# What is said of evidence, rounded down: from 1 in 20 it is strong.
RARITIES = (20, 100, 1_000, 10_000)
# Below this a test says that two things do not fit together.
UNLIKELY = 0.05


def tell_path(pair: PairRecord, wording: Wording) -> str:
    """Return how two variants are compared, where that was not side by side."""
    sides = {
        "one": wording.spoken.quote(pair.one),
        "other": wording.spoken.quote(pair.other),
    }
    if pair.connection == Connection.DIRECT:
        return ""
    if pair.connection == Connection.ADDED:
        return _(
            "%(one)s and %(other)s were never compared, not even by a detour. We add up what"
            " their channels and styles did elsewhere.",
            **sides,
        )
    if pair.connection == Connection.NONE or not pair.steps:
        return _(
            "%(one)s and %(other)s were never compared, not even by a detour.",
            **sides,
        )
    if len(pair.steps) == 1:
        return _(
            "%(one)s and %(other)s were held side by side among other residents only: in"
            " %(experiment)s.",
            experiment=f"“{wording.spoken.experiment(pair.steps[0].experiment).title}”",
            **sides,
        )
    steps = [
        _(
            "%(one)s with %(other)s in %(experiment)s",
            one=wording.spoken.quote(step.one),
            other=wording.spoken.quote(step.other),
            experiment=f"“{wording.spoken.experiment(step.experiment).title}”",
        )
        for step in pair.steps
    ]
    return _(
        "%(one)s and %(other)s were never tried side by side. We compare them by a detour:"
        " %(steps)s.",
        steps=join(steps),
        **sides,
    )


def tell_directness(pair: PairRecord, experiments: int) -> str:
    """Return what the comparison rests on, and whether the detour tells the same."""
    if pair.connection != Connection.DIRECT:
        return ""
    side_by_side = ngettext(
        "They were tried side by side in %(num)d experiment.",
        "They were tried side by side in %(num)d experiments.",
        experiments,
    )
    if pair.pvalue is None:
        return side_by_side
    if pair.pvalue < UNLIKELY:
        said = _(
            "Experiments with other variants tell something else about these two: read this with"
            " care."
        )
    else:
        said = _("By a detour, other experiments tell the same, as far as chance allows.")
    return f"{side_by_side} {said}"


def tell_otherwise(experiments: int) -> str:
    """Return how many of the experiments divided residents in another way than the question."""
    if not experiments:
        return ""
    return ngettext(
        "%(num)d of these experiments divided residents in another way. The numbers of people per"
        " variant are without it.",
        "%(num)d of these experiments divided residents in another way. The numbers of people per"
        " variant are without those.",
        experiments,
    )


def tell_anytime(pair: PairRecord, wording: Wording) -> str:
    """Return the limits that hold however often somebody looked while the counts came in."""
    if pair.anytime is None:
        return ""
    lower, upper = wording.turn(pair.anytime)
    return _(
        "However often you look while counts come in: in these experiments the difference lies"
        " between %(lower)s and %(upper)s in every %(base)s.",
        lower=count_out(lower, wording.base, math.floor),
        upper=count_out(upper, wording.base, math.ceil),
        base=wording.base_text,
    )


def tell_evidence(pair: PairRecord) -> str:
    """Return how rarely chance alone gives what was counted; nothing where that is not rare."""
    rarity = max((one for one in RARITIES if one <= (pair.evalue or 0.0)), default=None)
    if rarity is None:
        return ""
    return _(
        "If these two worked equally well everywhere, counts that differ this clearly would turn up"
        " in at most 1 in %(rarity)s cases. That also holds if you look in between.",
        rarity=formats.number(rarity),
    )


def tell_heterogeneity(found: HeterogeneityRecord | None) -> str:
    """Return how much experiments differ beyond chance."""
    if found is None or found.i_squared is None:
        return ""
    said = str(PLACES[_find_places(found)])
    if found.is_overdispersed:
        said += " " + _(
            "The counts also vary more than those of separate people. The limits allow for that."
        )
    return said


def _find_places(found: HeterogeneityRecord) -> Places:
    lower, upper = found.i_squared_ci or (found.i_squared, found.i_squared)
    if lower < LITTLE and upper > MUCH:
        return Places.UNKNOWN
    if found.i_squared < LITTLE:
        return Places.ALIKE
    return Places.SOMEWHAT if found.i_squared < MUCH else Places.DIFFER


def tell_consistency(found: ConsistencyRecord | None) -> str:
    """Return whether experiments that compared other variants tell the same."""
    if found is None or found.pvalue is None:
        return ""
    if found.pvalue < UNLIKELY:
        return _(
            "Experiments that compared different variants do not tell the same story. Read the"
            " comparisons by a detour with care."
        )
    return _(
        "Experiments that compared different variants tell the same story, as far as chance allows."
    )


def tell_influence(record: PooledRecord, wording: Wording) -> tuple[str, ...]:
    """Return which labs and experiments the advice hangs on, of profiles that have advice."""
    if record.influence is None:
        return ()
    parts = (*record.profiles, *((record.together,) if record.together else ()))
    advised = {
        part.profile
        for part in parts
        if any(one.is_advised and one.verdict in ADVICE for one in part.variants)
    }
    changes: dict[tuple[str, str, int | None], list[str]] = {}
    for one in list_decisive(record):
        key = one.left_out, one.code, one.without
        is_all = one.profile is None
        name = _("everyone together") if is_all else wording.spoken.profile(one.profile)
        changes.setdefault(key, []).append(name)
    if not changes and not advised:
        return (_("There is no clear advice yet that one lab or experiment could change."),)
    if not changes:
        return (_("No single lab and no single experiment changes the advice."),)
    return tuple(_tell_change(*key, profiles, wording) for key, profiles in changes.items())


def _tell_change(
    left_out: str, code: str, without: int | None, profiles: list[str], wording: Wording
) -> str:
    spoken = wording.spoken
    is_lab = left_out == LeftOut.LAB
    name = spoken.lab(code) if is_lab else f"“{spoken.experiment(code).title}”"
    values = {"name": name, "profiles": join(profiles)}
    if without is None:
        return _("Without %(name)s there would be no advice for %(profiles)s.", **values)
    return _(
        "Without %(name)s the advice for %(profiles)s would be %(variant)s.",
        variant=spoken.quote(without),
        **values,
    )
