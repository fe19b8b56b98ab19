"""What the pages on imports show: the preview of a file and its faulty rows."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import g
from flask_babel import gettext as _

from experiments.count_files.columns import name_column
from experiments.count_files.writing import TEMPLATE
from experiments.count_labels import FIELDS, write_value
from experiments.faults import Fault
from experiments.messages import tell, tell_note
from experiments.models.experiments import Step
from experiments.models.imports import CountImport
from experiments.models.observations import ObservationCreate
from experiments.views.count_pages import Choices
from lab.access import Place
from lab.i18n import current_language

MOST_ROWS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class FaultyLine:
    """A row that cannot be counted: its line, and each fault with its column."""

    line: int
    faults: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would add, and what is wrong with it."""

    notes: list[str]
    columns: list[tuple[str, str]]
    steps: list[str]
    totals: list[tuple[str, int, list[int | None]]]
    good: list[tuple[int, list[tuple[str, str]]]]
    faulty: list[FaultyLine]


def get_place() -> Place:
    """Return where the subject of this page belongs."""
    return g.place


def list_template_columns() -> list[tuple[str, str]]:
    """Return the columns that a file can have, with what they mean."""
    language = current_language()
    named = {"variant": "variant_id", "profile": "profile_id"}
    return [
        (name_column(field, language), str(FIELDS[named.get(field, field)])) for field in TEMPLATE
    ]


def build_preview(found: CountImport, choices: Choices) -> Preview:
    """Return what a file would add, and what is wrong with it."""
    shown = [name for name in FIELDS if _is_shown(name, found)]
    names = choices.variant_names, choices.profile_names
    return Preview(
        notes=[tell_note(code, details) for code, details in found.notes],
        columns=[(header, _name_field(field)) for field, header in found.columns],
        steps=[str(FIELDS[step]) for step in Step],
        totals=_add_up(found, choices),
        good=[
            (row["line"], _write_command(row["command"], shown, names))
            for row in found.good_rows[:MOST_ROWS_SHOWN]
        ],
        faulty=[
            FaultyLine(row["line"], list(_list_faults(found, row)))
            for row in found.faulty_rows[:MOST_ROWS_SHOWN]
        ],
    )


def _is_shown(name: str, found: CountImport) -> bool:
    given = {field for field, _header in found.columns}
    return name in given or name == "variant_id" or (name == "profile_id" and "profile" in given)


def _name_field(field: str) -> str:
    named = {"variant": "variant_id", "profile": "profile_id"}
    label = FIELDS.get(named.get(field, field))
    return str(label) if label is not None else name_column(field, current_language()).capitalize()


def _write_command(values: dict, shown: list[str], names: tuple) -> list[tuple[str, str]]:
    command = ObservationCreate.model_validate(values)
    return [
        (str(FIELDS[name]), write_value(name, getattr(command, name), *names)) for name in shown
    ]


def _add_up(found: CountImport, choices: Choices) -> list[tuple[str, int, list[int | None]]]:
    rows: dict[int, list[dict]] = {}
    for row in found.good_rows:
        rows.setdefault(row["command"]["variant_id"], []).append(row["command"])
    names = choices.variant_names
    return [
        (names.get(number, ""), len(of_variant), [_sum(of_variant, step) for step in Step])
        for number, of_variant in sorted(rows.items())
    ]


def _sum(rows: list[dict], step: Step) -> int | None:
    known = [row[step] for row in rows if row[step] is not None]
    return sum(known) if known else None


def _list_faults(found: CountImport, row: dict) -> Iterator[tuple[str, str, str]]:
    places = {field: place for place, (field, _header) in enumerate(found.columns)}
    for field, code, details in row["faults"]:
        place = places.get("channel" if field == "variant" and "variant" not in places else field)
        column = found.columns[place][1] if place is not None else ""
        cell = row["cells"][place] if place is not None else ""
        yield column, cell, tell(Fault(field, code, details))


def list_faulty_lines(found: CountImport) -> Iterator[list[str]]:
    """Return the faulty rows as they stood in the file, with a column for the reason."""
    yield [header for _field, header in found.columns] + [_("reason")]
    for row in found.faulty_rows:
        reasons = [
            _(
                "line %(line)s, column “%(column)s”: %(reason)s",
                line=row["line"],
                column=column,
                reason=reason,
            )
            if column
            else _("line %(line)s: %(reason)s", line=row["line"], reason=reason)
            for column, _cell, reason in _list_faults(found, row)
        ]
        yield [*row["cells"], " ".join(reasons)]
