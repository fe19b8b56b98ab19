"""What the list of experiments shows: filters from the address, rows, headings and pages."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlmodel import Session
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice

from experiments import labels
from experiments.forms.choices import list_choices, no_choice
from experiments.forms.experiments import FilterForm
from experiments.grade import EvidenceGrade
from experiments.models.experiments import DesignType, Experiment, ExperimentStatus
from experiments.queries import experiments as queries
from experiments.queries.experiments import ExperimentFilter, Sort
from experiments.queries.grades import find_grades
from experiments.views.frame import describe_period
from lab.access import Action, Reader
from lab.i18n import in_language
from lab.models.labels import IssueType, Phase, Theme
from lab.models.programmes import Programme, ProgrammeKind

PAGE_SIZE = 50
LONGEST_SEARCH = 200
# What columns are called, in order; dates and changes are looked at from the newest on.
COLUMNS = {
    Sort.TITLE: _l("Title"),
    Sort.LAB: _l("Lab"),
    Sort.STATUS: _l("Status"),
    Sort.STARTS_ON: _l("Period"),
    Sort.CHANGED_AT: _l("Last change"),
}
NEWEST_FIRST = {Sort.STARTS_ON, Sort.CHANGED_AT}
Closed = TypeVar("Closed", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class ListedExperiment:
    """One row of the list."""

    experiment: Experiment
    lab_name: str
    status: str
    period: str
    grade: EvidenceGrade


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that sorts: its words, where it leads, and how the list is sorted by it now."""

    label: str
    url: str
    direction: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the list of experiments of one programme."""

    form: FilterForm
    rows: list[ListedExperiment]
    headings: list[Heading]
    total: int
    left: int
    is_filtered: bool
    page: int
    page_count: int
    previous_url: str | None
    next_url: str | None


def choose_programme(
    programmes: list[tuple[Programme, int]], reader: Reader, code: str | None
) -> Programme | None:
    """Return the programme to list: the one asked for, one's own, or the published trials."""
    readable = [programme for programme, _count in programmes]
    own = reader.programmes_where(Action.READ_EXPERIMENT)
    wishes = (
        lambda programme: programme.code == code,
        lambda programme: programme.id in own,
        lambda programme: programme.kind is ProgrammeKind.PUBLISHED,
        lambda programme: True,
    )
    for wish in wishes:
        found = next(filter(wish, readable), None)
        if found or (code and wish is wishes[0]):
            return found
    return None


def build_listing(
    session: Session, reader: Reader, programme: Programme, arguments: MultiDict
) -> Listing:
    """Return one page of the experiments that a reader may see in a programme."""
    chosen = read_filter(programme, arguments)
    left = queries.count_experiments(session, reader, chosen)
    total = queries.count_experiments(session, reader, ExperimentFilter(programme.id))
    page_count = max(1, -(-left // PAGE_SIZE))
    page = min(_read_page(arguments.get("page")), page_count)
    found = queries.list_experiments(session, reader, chosen, (page - 1) * PAGE_SIZE, PAGE_SIZE)
    kept = _keep_arguments(programme, arguments)
    return Listing(
        form=_build_form(session, reader, programme, arguments),
        rows=_describe_rows(session, found),
        headings=[_build_heading(chosen, column, kept) for column in COLUMNS],
        total=total,
        left=left,
        is_filtered=any(value for name, value in kept.items() if name not in ("programme", "sort")),
        page=page,
        page_count=page_count,
        previous_url=_url(kept, page=page - 1) if page > 1 else None,
        next_url=_url(kept, page=page + 1) if page < page_count else None,
    )


def read_filter(programme: Programme, arguments: MultiDict) -> ExperimentFilter:
    """Return the filter that an address asks for; what means nothing is left out."""
    sort = arguments.get("sort", "")
    column = _read_member(Sort, sort.removeprefix("-"))
    return ExperimentFilter(
        programme_id=programme.id,
        search=arguments.get("q", "").replace("\0", "")[:LONGEST_SEARCH],
        status=_read_member(ExperimentStatus, arguments.get("status")),
        living_lab_id=_read_number(arguments.get("lab")),
        theme_id=_read_number(arguments.get("theme")),
        phase_id=_read_number(arguments.get("phase")),
        issue_type_id=_read_number(arguments.get("issue_type")),
        design_type=_read_member(DesignType, arguments.get("design")),
        sort=column or Sort.CHANGED_AT,
        is_descending=sort.startswith("-") if column else True,
    )


def _read_member(members: type[Closed], value: str | None) -> Closed | None:
    return members(value) if value in set(members) else None


def _read_number(value: str | None) -> int | None:
    # A number that no database can hold is no number of anything.
    is_number = value and value.isascii() and value.isdigit() and len(value) < 10
    return int(value) if is_number else None


def _read_page(value: str | None) -> int:
    return max(1, _read_number(value) or 1)


def _keep_arguments(programme: Programme, arguments: MultiDict) -> dict[str, str]:
    names = [*(field.name for field in FilterForm(MultiDict())), "sort"]
    kept = {name: arguments.get(name) for name in names if arguments.get(name)}
    return {"programme": programme.code} | kept


def _url(kept: dict[str, str], **changes: object) -> str:
    return url_for("experiments.list_experiments", **kept | changes)


def _build_heading(chosen: ExperimentFilter, column: Sort, kept: dict[str, str]) -> Heading:
    is_current = chosen.sort is column
    is_descending = not chosen.is_descending if is_current else column in NEWEST_FIRST
    direction = None
    if is_current:
        direction = "descending" if chosen.is_descending else "ascending"
    sort = f"-{column}" if is_descending else column.value
    return Heading(str(COLUMNS[column]), _url(kept, sort=sort), direction)


def _describe_rows(session: Session, found: list[tuple[Experiment, str]]) -> list[ListedExperiment]:
    grades = find_grades(session, [experiment for experiment, _lab in found])
    return [
        ListedExperiment(
            experiment=experiment,
            lab_name=lab_name,
            status=labels.capitalise(labels.STATUSES[experiment.status]),
            period=describe_period(experiment),
            grade=grades[experiment.id],
        )
        for experiment, lab_name in found
    ]


def _build_form(
    session: Session, reader: Reader, programme: Programme, arguments: MultiDict
) -> FilterForm:
    form = FilterForm(arguments)
    every = [no_choice(_("All"))]
    labs = queries.list_filter_labs(session, reader, programme.id)
    form.lab.choices = every + [SelectChoice(str(lab.id), lab.name) for lab in labs]
    form.status.choices = every + list_choices(labels.STATUSES)
    form.design.choices = every + list_choices(labels.DESIGN_TYPES)
    for field, table, name in (
        (form.theme, Theme, "theme_id"),
        (form.phase, Phase, "phase_id"),
        (form.issue_type, IssueType, "issue_type_id"),
    ):
        found = queries.list_filter_labels(session, reader, programme.id, table, name)
        # Old experiments keep labels that are no longer offered: here they can still be found.
        field.choices = every + [
            SelectChoice(str(label.id), labels.capitalise(in_language(label, "name")))
            for label in found
        ]
    return form
