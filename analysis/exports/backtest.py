"""A back-test as files write it: one row per later experiment."""

from collections.abc import Iterator
from dataclasses import asdict

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.exports import columns
from analysis.exports.contents import Export
from analysis.exports.origin import Origin, list_facts, name_file, tell_first
from analysis.exports.table import Column, Kind, Row, make_table
from analysis.reports.backtest import BacktestReport
from analysis.stats.results import Status

DIFFERENCE = (
    Column(
        "difference",
        Kind.POINTS,
        _l("Difference with the others"),
        _l("Advised less others, in whole points for whoever is no member of the lab."),
    ),
    Column("difference_lower", Kind.POINTS, _l("Difference, lowest")),
    Column("difference_upper", Kind.POINTS, _l("Difference, highest")),
)
COLUMNS = (
    columns.PROGRAMME_KIND,
    Column("experiment_id", Kind.COUNT, _l("Experiment")),
    Column("name", Kind.TEXT, _l("Title")),
    Column("lab_name", Kind.TEXT, _l("Lab")),
    Column("ended_on", Kind.TEXT, _l("Ended")),
    Column("advised_on", Kind.TEXT, _l("Advice of")),
    Column(
        "ahead",
        Kind.SHARE,
        _l("Ahead"),
        _l("Part of the comparisons in which the advised variant was ahead; a tie counts half."),
    ),
    Column("comparisons", Kind.COUNT, _l("Comparisons")),
    *DIFFERENCE,
    columns.STATUS,
)


def export_backtest(
    report: BacktestReport,
    question: str,
    method: tuple[tuple[str, str], ...],
    method_version: str,
    origin: Origin,
) -> Export:
    """Return a back-test as files write it."""
    fixed = {"programme_kind": origin.programme_kind}
    verdict = str(columns.VERDICTS[report.verdict])
    told = (report.headline, *report.answer, *report.calibration, *report.coverage)
    return Export(
        origin=origin,
        schema="proeftuin.backtest/1",
        file_name=name_file(f"{_('Does the advice work?')} {origin.number}", origin),
        title=f"{_('Does the advice work?')} {origin.title}",
        facts=list_facts(origin, [(_("Question"), question), (_("Verdict"), verdict)]),
        summary=(*tell_first(origin), *told),
        figures=make_table(
            COLUMNS, ("experiment_id",), (fixed | row for row in _list_rows(report))
        ),
        method=method,
        method_version=method_version,
        cautions=(str(columns.PROTECTION),) if report.is_protected else (),
        unused=(),
        unit="",
        contributor=origin.programme,
        sources="",
        details={
            "question": question,
            "verdict": report.verdict,
            "is_protected": report.is_protected,
            "stated_chances": [
                {"stated": one[0], "came_true": one[3], "limits": one[4], "forecasts": one[5]}
                for one in report.bins
            ],
            "days": [asdict(one) for one in report.days],
        },
    )


def _list_rows(report: BacktestReport) -> Iterator[Row]:
    for one in report.later:
        lower, upper = one.difference_ci or (None, None)
        yield {
            "experiment_id": one.experiment_id,
            "name": one.title,
            "lab_name": one.living_lab,
            "ended_on": one.ended,
            "advised_on": one.advised_on,
            "ahead": one.hits / one.compared,
            "comparisons": one.compared,
            "difference": one.difference,
            "difference_lower": lower,
            "difference_upper": upper,
            "status": columns.WITHHELD if one.difference is None else Status.OK.value,
        }
