"""Who responded against who lives there, where it is known who does."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.disclosure import ProtectedTable
from analysis.queries.residents import Residents, Unknown
from analysis.sentences import Names
from analysis.stats.dissimilarity import Dissimilarity, estimate_dissimilarity
from experiments.models.experiments import Step
from lab import formats

LEVEL = 0.95


WHY = {
    Unknown.NO_PROFILES: _l("no profiles were counted"),
    Unknown.FROM_AREA: _l(
        "the profiles were read off the area, so they cannot tell who of an area responded"
    ),
    Unknown.NO_COMPOSITION: _l("it is not known who lives where this was held"),
}


@dataclass(frozen=True, slots=True)
class ReachRow:
    """One profile: its share among who responded, with limits, and among who lives there."""

    code: str
    name: str
    people: int
    share: float
    limits: tuple[float, float]
    residents: float


@dataclass(frozen=True, slots=True)
class Reach:
    """Who responded against who lives there; without rows it says why not."""

    sentence: str
    missing: str
    rows: tuple[ReachRow, ...]
    method: str
    index: float | None = None
    index_ci: tuple[float, float] | None = None

    @property
    def told(self) -> str:
        """Return all that is said of it."""
        return f"{self.sentence} {self.missing}".strip()


def build_reach(table: ProtectedTable, residents: Residents, names: Names, step: Step) -> Reach:
    """Return who responded against who lives there, from counts as the reader may see them."""
    counted = {
        total.key: total.numerator
        for total in table.profile_totals
        if total.key is not None and total.numerator is not None
    }
    homes = {str(profile): share for profile, share in residents.shares}
    known = [code for code in names.profiles if code in counted and homes.get(code)]
    people = [counted[code] for code in known]
    whole = sum(homes[code] for code in known)
    reason = Unknown.NO_PROFILES if len(counted) < 2 else residents.unknown
    found = None
    if reason is None and whole:
        found = estimate_dissimilarity(people, [homes[code] / whole for code in known], LEVEL)
    if found is None:
        return _tell_unknown(reason or Unknown.NO_PROFILES)
    rows = tuple(
        ReachRow(code, names.profiles[code], count, share, ends, homes[code] / whole)
        for code, count, share, ends in zip(known, people, found.shares, found.limits, strict=True)
    )
    return Reach(
        sentence=_tell_index(found, step),
        missing=_tell_missing(rows),
        rows=rows,
        method=_tell_method(residents, len(known) < len(homes)),
        index=found.index,
        index_ci=(found.lower, found.upper),
    )


def _tell_unknown(reason: Unknown) -> Reach:
    sentence = _("Whether everyone was reached alike cannot be told: %(why)s.", why=WHY[reason])
    return Reach(sentence, "", (), "")


def _tell_index(found: Dissimilarity, step: Step) -> str:
    values = {
        "index": formats.number(100 * found.index),
        "interval": formats.interval(found.lower, found.upper, decimals=0),
    }
    if step is Step.PARTICIPATED:
        return _(
            "Of every 100 who took part, about %(index)s would have to be of another profile to"
            " look like who lives there (it can be %(interval)s).",
            **values,
        )
    if step is Step.REACHED:
        return _(
            "Of every 100 who were reached, about %(index)s would have to be of another profile to"
            " look like who lives there (it can be %(interval)s).",
            **values,
        )
    return _(
        "Of every 100 who responded, about %(index)s would have to be of another profile to look"
        " like who lives there (it can be %(interval)s).",
        **values,
    )


def _tell_missing(rows: Sequence[ReachRow]) -> str:
    missing = [row for row in rows if row.limits[1] < row.residents]
    if not missing:
        return _("No profile is clearly missing; that does not prove that all take part alike.")
    parts = [
        _(
            "%(name)s (%(share)s, against %(residents)s of who lives there)",
            name=row.name,
            share=formats.percent(row.share, 0),
            residents=formats.percent(row.residents, 0),
        )
        for row in sorted(missing, key=lambda row: row.share - row.residents)
    ]
    return _("Missing most: %(names)s.", names="; ".join(parts))


def _tell_method(residents: Residents, is_part: bool) -> str:
    parts = [
        _(
            "Who lives there: %(place)s, as of %(day)s. Source: %(source)s.",
            place=residents.place,
            day=formats.date(residents.day),
            source="; ".join(source.rstrip(".") for source in residents.sources),
        ),
        _(
            "Index of dissimilarity: half the sum of the differences between the shares. The limits"
            " hold for all profiles at once; those of the index are what they force and allow."
        ),
    ]
    if residents.is_whole:
        parts.append(
            _("Not every area of the counts is known, so this is about the whole municipality.")
        )
    if is_part:
        parts.append(_("Shares are those among the profiles that are shown here."))
    return " ".join(parts)
