"""Importing files of who lives where: first a preview, then all good areas at once."""

from datetime import datetime

from sqlmodel import Session

from experiments.area_files import AreaFile, ReadArea
from experiments.area_messages import AreaImportOverError, NothingGoodError
from experiments.faults import Fault
from experiments.queries import area_imports as queries
from lab.access import Place, Reader
from lab.models.areas import (
    AreaCreate,
    AreaImport,
    AreaImportState,
    CompositionCreate,
    CompositionSource,
)
from lab.plain_names import simplify
from lab.privacy import mask_personal_data
from lab.queries.areas import find_area
from lab.services.areas import add_area, add_composition
from lab.services.audit import record

LONGEST_NAME = 255


def keep_preview(
    session: Session,
    programme_id: int,
    segmentation_model_id: int,
    source: CompositionSource,
    file_name: str,
    read: AreaFile,
    *,
    by: Reader,
    at: datetime,
) -> AreaImport:
    """Keep what a file says for somebody to look at; nothing counts yet."""
    for area in read.good:
        _refuse_elsewhere(session, programme_id, area)
    found = AreaImport(
        **source.model_dump(),
        programme_id=programme_id,
        segmentation_model_id=segmentation_model_id,
        file_name=mask_personal_data(file_name[-LONGEST_NAME:]),
        notes=[list(note) for note in read.notes],
        header=read.header,
        good_rows=[_store_good(area) for area in read.good],
        faulty_rows=[_store_faulty(area) for area in read.faulty],
        good_count=len(read.good),
        faulty_count=len(read.faulty),
        imported_by_id=by.user_id,
        offered_at=at,
    )
    session.add(found)
    session.flush()
    return found


def finish_import(session: Session, area_import_id: int, *, by: Reader, at: datetime) -> AreaImport:
    """Add all good areas of a file that are new, and who lives in each."""
    found = _open(session, area_import_id)
    if not found.good_rows:
        raise NothingGoodError
    for row in found.good_rows:
        command = AreaCreate.model_validate(row["area"])
        area = find_area(session, found.programme_id, command.kind, command.code)
        area = area or add_area(session, found.programme_id, command, by=by, at=at)
        residents = CompositionCreate(
            reference_date=found.reference_date,
            source=found.source,
            licence_note=found.licence_note,
            residents=row["residents"],
            households=row["households"],
            unknown_share=row["unknown"],
            shares=row["shares"],
        )
        add_composition(session, area.id, found.segmentation_model_id, residents, by=by, at=at)
    found.state, found.finished_at, found.good_rows = AreaImportState.DONE, at, []
    session.flush()
    record(
        session, by=by, at=at, place=Place(found.programme_id), action="import_areas",
        subject="area_import", subject_id=found.id, file_name=found.file_name,
        good=found.good_count, faulty=found.faulty_count,
    )  # fmt: skip
    return found


def cancel_import(session: Session, area_import_id: int) -> AreaImport:
    """Forget a file that was not kept."""
    found = _open(session, area_import_id)
    found.state, found.good_rows, found.faulty_rows = AreaImportState.CANCELLED, [], []
    session.flush()
    return found


def _open(session: Session, area_import_id: int) -> AreaImport:
    found = queries.get_import(session, area_import_id)
    if found.state is not AreaImportState.PREVIEW:
        raise AreaImportOverError
    return found


def _refuse_elsewhere(session: Session, programme_id: int, area: ReadArea) -> None:
    """Call an area faulty of which the code is known in another municipality."""
    known = find_area(session, programme_id, area.area.kind, area.area.code)
    if known and simplify(known.municipality) != simplify(area.area.municipality):
        details = {"found": area.area.code, "name": known.municipality}
        area.faults.append(Fault(area.values["columns"]["code"], "area_elsewhere", details))


def _store_good(area: ReadArea) -> dict:
    return {
        "line": area.line,
        "area": area.area.model_dump(mode="json"),
        "residents": area.values.get("residents"),
        "households": area.households,
        "unknown": area.unknown,
        "shares": area.shares,
    }


def _store_faulty(area: ReadArea) -> dict:
    faults = [[fault.field, fault.code, fault.details] for fault in area.faults]
    return {"line": area.line, "cells": area.cells, "faults": faults}
