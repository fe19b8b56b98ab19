"""The map of the evidence as files write it: one row per profile and variant."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.exports import columns
from analysis.exports.contents import Export
from analysis.exports.origin import Origin, list_facts, name_file, tell_first
from analysis.exports.table import Column, Kind, Row, make_table
from analysis.reports.evidence_map.contents import CellKind, EvidenceMap

KINDS = {
    CellKind.NEVER.value: _l("never tested"),
    CellKind.UNCOMPARED.value: _l("not compared"),
    CellKind.FEW.value: _l("tested too little"),
    CellKind.SAME.value: _l("tested, no difference"),
    CellKind.BETTER.value: _l("better"),
    CellKind.WORSE.value: _l("worse"),
    CellKind.OPEN.value: _l("not told from the best"),
    CellKind.TESTED.value: _l("tested"),
    CellKind.APART.value: _l("never compared with the best"),
    CellKind.WITHHELD.value: columns.STATUSES[columns.WITHHELD],
    CellKind.UNPUBLISHED.value: _l("not published yet"),
}
COLUMNS = (
    columns.PROGRAMME_KIND,
    columns.PROFILE_CODE,
    columns.PROFILE_NAME,
    columns.VARIANT_CODE,
    columns.VARIANT_NAME,
    Column("kind", Kind.CODE, _l("What is known"), "", KINDS),
    Column("finding", Kind.TEXT, _l("Finding"), _l("The text of the cell on the page.")),
    Column("against", Kind.TEXT, _l("Compared with")),
)
KEY = ("profile_code", "variant_code")


@dataclass(frozen=True, slots=True)
class MapSubject:
    """What a map is about: its question, and how many experiments it rests on."""

    question: str
    used: int
    considered: int
    method_version: str


def export_map(drawn: EvidenceMap, subject: MapSubject, origin: Origin) -> Export:
    """Return a map as files write it."""
    fixed = {"programme_kind": origin.programme_kind}
    used = _("Used %(used)s of %(total)s experiments.", used=subject.used, total=subject.considered)
    rows = [f"{row.name}: {row.summary}" for row in drawn.rows if row.summary]
    return Export(
        origin=origin,
        schema="proeftuin.map/1",
        file_name=name_file(_("Map of the evidence"), origin),
        title=f"{_('Map of the evidence')}: {origin.programme}",
        facts=list_facts(origin, [(_("Question"), subject.question)]),
        summary=(*tell_first(origin), drawn.headline, used, *rows),
        figures=make_table(COLUMNS, KEY, (fixed | row for row in _list_rows(drawn))),
        method=((_("Method"), _("Every cell is what the calculation over all labs found.")),)
        if drawn.run_id
        else (),
        method_version=subject.method_version,
        cautions=(str(columns.PROTECTION),) if drawn.is_protected else (),
        unused=(),
        unit="",
        contributor=origin.programme,
        sources="",
        details={
            "question": subject.question,
            "experiments_used": subject.used,
            "experiments_considered": subject.considered,
            "is_protected": drawn.is_protected,
        },
    )


def _list_rows(drawn: EvidenceMap) -> Iterator[Row]:
    for row in drawn.rows:
        for cell in row.cells:
            column = drawn.columns[cell.variant]
            yield {
                "profile_code": row.code,
                "profile_name": row.name,
                "variant_code": column.code,
                "variant_name": column.name,
                "kind": cell.kind.value,
                "finding": cell.text or cell.words,
                "against": cell.against or None,
            }
