"""What all labs found, or one of them, on two pages of paper."""

from collections.abc import Sequence

from flask_babel import gettext as _

from analysis.exports.paper import Paper, PaperCell, PaperTable, write_verdict
from analysis.exports.paper_rows import print_intervals
from analysis.reports.council import Headings
from analysis.reports.evidence.contents import EvidencePart, EvidenceReport
from analysis.reports.evidence.rows import draw_variants
from lab import formats

KNOWN = ("clearly_better", "probably_better")
FEW = 4
SHORT_METHOD = 4


def print_evidence(
    report: EvidenceReport,
    parts: Sequence[EvidencePart],
    headings: Headings,
    answer: tuple[str, ...],
    notes: tuple[str, ...],
    method: tuple[tuple[str, str], ...],
) -> Paper:
    """Return the report of a run as a council reads it; parts: those that were asked for."""
    tables = []
    drawn = [part for part in parts[:1] if part.variants and part.has_rates]
    for part in drawn:
        picture = draw_variants(drawn, report.margin)[part.code]
        caption = _("How many of every variant: %(name)s", name=part.name)
        note = _(
            "The thick line holds the real rate of an average experiment, the thin one below it"
            " what one new experiment may show, each with %(level)s certainty.",
            level="95%",
        )
        units = report.units.capitalize()
        tables.append(
            print_intervals(picture.groups, picture.axis, caption, _("Rate"), units, note)
        )
    if len(parts) > 1:
        tables.append(_print_profiles([part for part in parts if part.code]))
    return Paper(headings, answer, tuple(tables), notes, method[:SHORT_METHOD])


def _print_profiles(parts: Sequence[EvidencePart]) -> PaperTable:
    return PaperTable(
        caption=_("In short, per profile"),
        heads=(_("Profile"), _("Works best"), _("How sure"), _("Rate")),
        is_number=(False, False, False, True),
        rows=tuple(
            (
                PaperCell(part.name),
                PaperCell(tell_best(part)),
                PaperCell(write_verdict(part.verdict)),
                _print_rate(part),
            )
            for part in parts
        ),
    )


def tell_best(part: EvidencePart) -> str:
    """Return what is best in a profile, or what may still be."""
    if part.verdict in KNOWN:
        return part.advised
    if part.verdict == "no_difference":
        return _("several")
    if part.is_withheld:
        return _("few people, so not shown")
    if 1 < len(part.contenders) < FEW:
        names = f" {_('or')} ".join((", ".join(part.contenders[:-1]), part.contenders[-1]))
        return f"{_('still open:')} {names}"
    if len(part.contenders) >= FEW:
        return _("still open between %(num)s variants", num=len(part.contenders))
    return _("not known")


def _print_rate(part: EvidencePart) -> PaperCell:
    if not part.advised_ci or part.verdict not in KNOWN:
        return PaperCell(formats.NOTHING)
    return PaperCell(formats.percent(part.advised_rate), formats.interval(*part.advised_ci))
