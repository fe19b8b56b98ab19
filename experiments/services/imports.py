"""Importing files of counts: first a preview, then all good rows at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from experiments import count_errors as errors
from experiments.count_files.names import Names, index_names
from experiments.count_files.reading import read_sheet
from experiments.count_files.rows import FaultyRow, GoodRow, ReadFile, read_rows
from experiments.faults import Fault
from experiments.limits import CONTENT, Limits, find_faults, list_faults
from experiments.models.experiments import Experiment
from experiments.models.imports import CountImport, ImportState
from experiments.models.observations import ObservationCreate
from experiments.queries import imports as queries
from experiments.queries.experiments import list_chosen_profiles
from experiments.queries.variants import list_variants
from experiments.services.observations import (
    check_may_record,
    get_limits,
    insert_counted,
    open_counts,
)
from lab.access import Place, Reader
from lab.privacy import mask_personal_data
from lab.services.audit import record

LONGEST_NAME = 255
# A remark makes no other count of the same people.
COMPARED = tuple(name for name in CONTENT if name != "remark")


@dataclass(frozen=True, slots=True)
class Frame:
    """What the rows of a file are compared with."""

    names: Names
    limits: Limits
    contents: set[tuple]


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file as somebody offers it."""

    name: str
    data: bytes
    # Equal lines are separate counts, such as one line per household.
    has_repeats: bool = False

    @property
    def sha256(self) -> str:
        """What recognises the same file."""
        return sha256(self.data).hexdigest()


def prepare_import(
    session: Session, experiment_id: int, language: str, *, by: Reader, at: datetime
) -> Frame:
    """Return what the rows of a file for an experiment are compared with."""
    experiment, _place = open_import(session, experiment_id, by)
    return Frame(
        index_names(
            list_variants(session, experiment_id),
            list_chosen_profiles(session, experiment_id),
            language,
        ),
        get_limits(session, experiment, at),
        queries.list_contents(session, experiment_id, COMPARED),
    )


def open_import(session: Session, experiment_id: int, by: Reader) -> tuple[Experiment, Place]:
    """Return an experiment that takes counts now, and where it belongs."""
    experiment, place = open_counts(session, experiment_id)
    check_may_record(experiment, place, by)
    return experiment, place


def read_file(offered: OfferedFile, frame: Frame) -> ReadFile:
    """Return the rows of a file, good and faulty; this takes no database."""
    sheet = read_sheet(offered.data, offered.name)
    read = read_rows(sheet, frame.names, frame.limits, offered.has_repeats)
    if not offered.has_repeats:
        good = [row for row in read.good if content_of(row.command) not in frame.contents]
        kept = {row.line for row in good}
        read.faulty += [_call_counted(row) for row in read.good if row.line not in kept]
        read.faulty.sort(key=lambda row: row.line)
        read.good = good
    return read


def _call_counted(row: GoodRow) -> FaultyRow:
    return FaultyRow(row.line, row.cells, [Fault("", "counted_already")])


def content_of(command: ObservationCreate) -> tuple:
    """Return what makes two records the same count."""
    return tuple(getattr(command, name) for name in COMPARED)


def keep_preview(
    session: Session,
    experiment_id: int,
    offered: OfferedFile,
    read: ReadFile,
    *,
    by: Reader,
    at: datetime,
) -> CountImport:
    """Keep the rows of a file for somebody to look at; nothing is counted yet."""
    refuse_known_file(session, experiment_id, offered)
    for earlier in queries.list_open_imports(session, experiment_id, offered.sha256):
        _empty(earlier, ImportState.CANCELLED)
    found = CountImport(
        experiment_id=experiment_id,
        file_name=mask_personal_data(offered.name[-LONGEST_NAME:]),
        sha256=offered.sha256,
        notes=_list_notes(read, offered),
        columns=[list(pair) for pair in zip(read.fields, read.header, strict=True)],
        good_rows=[_store_good(row) for row in read.good],
        faulty_rows=[_store_faulty(row) for row in read.faulty],
        good_count=len(read.good),
        faulty_count=len(read.faulty),
        imported_by_id=by.user_id,
        offered_at=at,
    )
    session.add(found)
    session.flush()
    return found


def refuse_known_file(session: Session, experiment_id: int, offered: OfferedFile) -> None:
    """Refuse a file that was counted before."""
    done = queries.find_done_import(session, experiment_id, offered.sha256)
    if done is not None:
        raise errors.SameFileError(done, queries.find_importer(session, done))


def finish_import(session: Session, import_id: int, *, by: Reader, at: datetime) -> CountImport:
    """Count all good rows in one go; rows that no longer fit send it back to the preview."""
    experiment_id = queries.find_experiment_id(session, import_id)
    experiment, place = open_import(session, experiment_id, by)
    # What was read before the lock may be old by now.
    found = queries.get_import(session, import_id)
    if found.state is not ImportState.PREVIEW:
        raise errors.ImportOverError(found)
    done = queries.find_done_import(session, experiment_id, found.sha256)
    if done is not None:
        raise errors.SameFileError(done, queries.find_importer(session, done))
    limits = get_limits(session, experiment, at)
    commands = _check_again(session, found, limits)
    if commands is None:
        return found
    if not commands:
        raise errors.NothingToImportError
    insert_counted(session, commands, limits, by=by, at=at, import_id=found.id)
    found.state, found.finished_at, found.good_rows = ImportState.DONE, at, []
    found.imported_by_id = by.user_id
    session.flush()
    record(
        session, by=by, at=at, place=place, action="import_observations", subject="count_import",
        subject_id=found.id, experiment_id=experiment_id, file_name=found.file_name,
        good=found.good_count, faulty=found.faulty_count,
    )  # fmt: skip
    return found


def cancel_import(session: Session, import_id: int) -> CountImport:
    """Forget the rows of a file that was not counted."""
    open_counts(session, queries.find_experiment_id(session, import_id))
    found = queries.get_import(session, import_id)
    if found.state is ImportState.DONE:
        raise errors.ImportOverError(found)
    _empty(found, ImportState.CANCELLED)
    session.flush()
    return found


def _check_again(
    session: Session, found: CountImport, limits: Limits
) -> list[ObservationCreate] | None:
    # The experiment may have changed since the preview: then people look at it again first.
    counted = set()
    if not _allows_repeats(found):
        counted = queries.list_contents(session, found.experiment_id, COMPARED)
    good, commands, faulty = [], [], []
    for stored in found.good_rows:
        command, faults = _restore(stored, limits)
        if not faults and content_of(command) in counted:
            faults = [Fault("", "counted_already")]
        if faults:
            faulty.append(_store_faulty(FaultyRow(stored["line"], stored["cells"], faults)))
        else:
            good.append(stored)
            commands.append(command)
    if not faulty:
        return commands
    found.good_rows, found.good_count = good, len(good)
    found.faulty_rows = sorted([*found.faulty_rows, *faulty], key=lambda row: row["line"])
    found.faulty_count = len(found.faulty_rows)
    session.flush()
    return None


def _restore(stored: dict, limits: Limits) -> tuple[ObservationCreate | None, list[Fault]]:
    try:
        command = ObservationCreate.model_validate(stored["command"])
    except ValidationError as error:
        return None, list_faults(error)
    return command, find_faults(command, limits)


def _allows_repeats(found: CountImport) -> bool:
    return any(code == "has_repeats" for code, _details in found.notes)


def _list_notes(read: ReadFile, offered: OfferedFile) -> list[list[Any]]:
    notes: Iterable[tuple[str, dict]] = read.notes
    if read.ignored:
        # A file without a heading has people's data where names of columns should stand.
        names = [mask_personal_data(name) for name in read.ignored]
        notes = [*notes, ("ignored_columns", {"names": names})]
    if offered.has_repeats:
        notes = [*notes, ("has_repeats", {})]
    return [list(note) for note in notes]


def _store_good(row: GoodRow) -> dict[str, Any]:
    return {"line": row.line, "cells": row.cells, "command": row.command.model_dump(mode="json")}


def _store_faulty(row: FaultyRow) -> dict[str, Any]:
    faults = [[fault.field, fault.code, _mask(fault.details)] for fault in row.faults]
    return {"line": row.line, "cells": row.cells, "faults": faults}


def _mask(details: dict[str, Any]) -> dict[str, Any]:
    # What is wrong with a cell often quotes it.
    return {
        name: mask_personal_data(value) if isinstance(value, str) else value
        for name, value in details.items()
    }


def _empty(found: CountImport, state: ImportState) -> None:
    found.state, found.good_rows, found.faulty_rows = state, [], []
