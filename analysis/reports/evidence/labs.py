"""What each lab found by itself for two variants, over all its experiments."""

from analysis.evidence_names import Spoken
from analysis.pooled.record import PairRecord
from analysis.pooled.selection import NamedExperiment
from analysis.reports.evidence.contents import LabRow
from analysis.reports.evidence.differences import Findings, LabFinding


def build_lab_rows(
    findings: Findings, spoken: Spoken, profile: str | None, pair: PairRecord
) -> tuple[LabRow, ...]:
    """Return a row for each lab that held both variants, in the order of their names."""
    found = findings.compare_labs(profile, pair.one, pair.other)
    return tuple(sorted((_build_row(one, spoken) for one in found), key=lambda row: row.lab))


def _build_row(found: LabFinding, spoken: Spoken) -> LabRow:
    held = [spoken.experiment(code) for code in found.experiments]
    years = sorted({year for one in held if (year := _find_year(one))})
    figures = found.figures
    return LabRow(
        lab=spoken.lab(found.living_lab),
        lab_code=found.living_lab,
        experiments=len(found.experiments),
        hidden=len(found.experiments) - len(found.shown),
        years=(years[0], years[-1]) if years else None,
        grades=tuple(sorted({one.grade for one in held if one.grade})),
        difference=figures.difference,
        difference_ci=figures.difference_ci,
        people=figures.people,
    )


def _find_year(held: NamedExperiment) -> int | None:
    day = held.ends_on or held.starts_on
    return day.year if day else None
