"""Several labs side by side: what each found by itself, beside what all of them found together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from flask_babel import gettext as _
from flask_babel import ngettext

from analysis.evidence_comparisons import tell_heterogeneity
from analysis.evidence_names import join
from analysis.pooled.record import Interval
from analysis.reports.evidence.contents import (
    EvidencePart,
    EvidenceReport,
    EvidenceRequest,
    Forest,
    LabRow,
)
from analysis.reports.evidence.protection import Shown, show_evidence
from analysis.reports.evidence.report import make_wording
from analysis.stats.agreement import check_agreement
from analysis.stats.proportions import estimate_wilson, normal_quantile

FEWEST, MOST = 2, 6
LEVEL = 0.95
# Below this chance alone hardly gives such differences between labs.
UNLIKELY = 0.05


@dataclass(frozen=True, slots=True)
class LabRate:
    """What one lab counted with one variant in one profile, in the experiments that are shown."""

    lab: str
    rate: float | None
    rate_ci: Interval | None
    people: int


@dataclass(frozen=True, slots=True)
class VariantSides:
    """One variant in one profile: the labs by themselves, and all together."""

    name: str
    labs: tuple[LabRate, ...]
    rate: float | None
    rate_ci: Interval | None


@dataclass(frozen=True, slots=True)
class SidesPart:
    """One profile, or everyone: the comparison of its verdict in each lab, and every variant.

    labs: one row per chosen lab, in the order of their names; a lab that did not hold the two side
    by side has no experiments in it. rates is empty for everyone, whose parts are not all shown.
    """

    part: EvidencePart
    forest: Forest | None
    labs: tuple[LabRow, ...]
    agreement: str
    rates: tuple[VariantSides, ...]

    @property
    def is_told(self) -> bool:
        """Tell whether any of the labs has something to show here."""
        return bool(self.rates) or any(row.difference is not None for row in self.labs)


@dataclass(frozen=True, slots=True)
class SidesReport:
    """Chosen labs side by side, in the language that was spoken."""

    labs: tuple[tuple[str, str], ...]
    headline: str
    answer: tuple[str, ...]
    parts: tuple[SidesPart, ...]
    sureness: str
    everything: EvidenceReport


def list_labs(request: EvidenceRequest) -> list[tuple[str, str]]:
    """Return the labs of a run with their names, in the order of those."""
    names = request.names.labs
    held = {row.living_lab for row in request.rows}
    return sorted(((code, names.get(code, code)) for code in held), key=lambda one: one[1])


def build_sides(
    request: EvidenceRequest, everything: EvidenceReport, chosen: Collection[str]
) -> SidesReport:
    """Return chosen labs side by side; everything: the report on all of them."""
    labs = tuple(one for one in list_labs(request) if one[0] in chosen)
    shown = show_evidence(request.record, request.rows, request.known_labs, request.unpublished)
    parts = tuple(_build_part(part, labs, request, shown) for part in everything.parts)
    name = join([f"“{lab}”" for _code, lab in labs])
    main = parts[0] if parts else None
    return SidesReport(
        labs=labs,
        headline=main.agreement if main else _("Nothing can be compared here yet."),
        answer=tuple(
            filter(
                None,
                (
                    _("This is about %(labs)s.", labs=name),
                    _tell_pair(main),
                    _("All labs together: %(said)s", said=everything.headline),
                ),
            )
        ),
        parts=parts,
        sureness=tell_heterogeneity(shown.record.heterogeneity),
        everything=everything,
    )


def _build_part(
    part: EvidencePart,
    labs: Sequence[tuple[str, str]],
    request: EvidenceRequest,
    shown: Shown,
) -> SidesPart:
    forest = _choose_forest(part, {code for code, _name in labs})
    held = {row.lab_code: row for row in forest.labs} if forest else {}
    rows = tuple(held.get(code) or LabRow(name, code) for code, name in labs)
    return SidesPart(
        part=part,
        forest=forest,
        labs=rows,
        agreement=tell_agreement(rows, is_told=forest is not None),
        rates=tuple(_list_rates(part, labs, request, shown)) if part.code else (),
    )


def _choose_forest(part: EvidencePart, chosen: Collection[str]) -> Forest | None:
    """Return the comparison of the verdict, or else the first one that most of these labs made.

    The forests come in order: that of the verdict first.
    """

    def count_told(forest: Forest) -> int:
        return sum(row.lab_code in chosen and row.difference is not None for row in forest.labs)

    if not part.forests:
        return None
    if count_told(part.forests[0]) >= FEWEST:
        return part.forests[0]
    return max(part.forests, key=count_told)


def _list_rates(
    part: EvidencePart,
    labs: Sequence[tuple[str, str]],
    request: EvidenceRequest,
    shown: Shown,
):
    """Yield every variant of a profile with what each lab counted, where that is shown."""
    homes = {row.experiment: row.living_lab for row in request.rows}
    names = make_wording(request).spoken.variants
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for (experiment, profile, variant), (count, people) in shown.experiments.items():
        if profile == part.code:
            key = homes[experiment], names[variant]
            before = sums.get(key, (0, 0))
            sums[key] = before[0] + count, before[1] + people
    for row in part.variants:
        rates = tuple(_make_rate(name, *sums.get((code, row.name), (0, 0))) for code, name in labs)
        if any(one.people for one in rates):
            yield VariantSides(row.name, rates, row.rate, row.rate_ci)


def _make_rate(lab: str, count: int, people: int) -> LabRate:
    if not people:
        return LabRate(lab, None, None, 0)
    lower, upper = map(float, estimate_wilson(count, people, LEVEL))
    return LabRate(lab, count / people, (lower, upper), people)


def tell_agreement(rows: Sequence[LabRow], is_told: bool) -> str:
    """Return whether labs differ in what they found, or why that cannot be said."""
    known = [row for row in rows if row.difference is not None and row.difference_ci]
    if not is_told:
        return _("Nothing can be compared here yet.")
    if not known:
        return _("None of these labs has figures on two variants side by side here.")
    if len(known) < FEWEST:
        return ngettext(
            "Only %(num)d of these labs has figures on these two side by side, so we cannot say"
            " whether the labs differ.",
            "Only %(num)d of these labs have figures on these two side by side, so we cannot say"
            " whether the labs differ.",
            len(known),
        )
    reach = 2 * float(normal_quantile(LEVEL))
    errors = [(row.difference_ci[1] - row.difference_ci[0]) / reach for row in known]
    found = check_agreement([row.difference for row in known], errors)
    if found.pvalue is None:
        return _("Whether these labs differ cannot be calculated.")
    if found.pvalue < UNLIKELY:
        return _("These labs differ more than by chance: what works in one may do less in another.")
    signs = {np.sign(row.difference) for row in known}
    if len(signs) > 1:
        return _(
            "The labs point different ways, but chance alone can do that. Whether they really"
            " differ is not known yet."
        )
    return _("These labs tell the same, as far as chance allows.")


def _tell_pair(main: SidesPart | None) -> str:
    if main is None or main.forest is None:
        return ""
    return _(
        "It is about “%(one)s” against “%(other)s”.", one=main.forest.one, other=main.forest.other
    )
