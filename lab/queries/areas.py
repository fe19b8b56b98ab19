"""Queries on areas and who lives there."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlmodel import Session, col, func, select

from lab.compositions import Composition, combine, make_whole
from lab.models.areas import Area, AreaComposition, AreaKind, AreaShare
from lab.models.labs import LivingLab
from lab.plain_names import simplify

# A municipality of which nothing is known as a whole is made up from parts of one kind only, so
# that nobody is counted twice.
PARTS = (AreaKind.DISTRICT, AreaKind.NEIGHBOURHOOD, AreaKind.POSTCODE)


def get_area(session: Session, area_id: int) -> Area:
    """Return an area."""
    return session.get_one(Area, area_id)


def find_area(session: Session, programme_id: int, kind: AreaKind, code: str) -> Area | None:
    """Return the area of a kind with a code, or None."""
    statement = select(Area).where(
        Area.programme_id == programme_id, Area.kind == kind, Area.code == code
    )
    return session.exec(statement).first()


def list_areas(session: Session, programme_id: int, municipality: str | None = None) -> list[Area]:
    """Return a programme's areas, all or of one municipality, by municipality, kind and name."""
    statement = select(Area).where(Area.programme_id == programme_id)
    order = (Area.municipality, Area.kind, Area.name, Area.id)
    found = list(session.exec(statement.order_by(*order)))
    if municipality is None:
        return found
    wanted = simplify(municipality)
    return [area for area in found if simplify(area.municipality) == wanted]


def find_whole(session: Session, programme_id: int, municipality: str) -> Area | None:
    """Return a municipality as an area, or None where it is not known as one."""
    wholes = select(Area).where(
        Area.programme_id == programme_id, Area.kind == AreaKind.MUNICIPALITY
    )
    wanted = simplify(municipality)
    return next((one for one in session.exec(wholes) if simplify(one.municipality) == wanted), None)


def list_municipalities(session: Session, programme_id: int) -> list[str]:
    """Return the municipalities of which a programme knows areas, by name."""
    statement = select(Area.municipality).where(Area.programme_id == programme_id).distinct()
    return list(session.exec(statement.order_by(Area.municipality)))


def match_areas(session: Session, living_lab_id: int, texts: Iterable[str]) -> dict[str, Area]:
    """Return which areas of a lab's municipality the areas in its counts are.

    texts: as they stand in observations; by code or by name, capitals and signs aside. A text that
    fits no area, or more than one, is left out.
    """
    lab = session.get_one(LivingLab, living_lab_id)
    known: dict[str, set[int]] = defaultdict(set)
    areas = {area.id: area for area in list_areas(session, lab.programme_id, lab.municipality)}
    for area in areas.values():
        for name in (area.code, area.name):
            known[simplify(name)].add(area.id)
    matched = {text: known.get(simplify(text), set()) for text in texts if simplify(text)}
    return {text: areas[min(found)] for text, found in matched.items() if len(found) == 1}


def get_composition(session: Session, composition_id: int) -> AreaComposition:
    """Return the record of a composition."""
    return session.get_one(AreaComposition, composition_id)


def list_compositions(
    session: Session, area_ids: Sequence[int], segmentation_model_id: int | None = None
) -> list[AreaComposition]:
    """Return all compositions of areas, withdrawn ones too, the newest first."""
    statement = select(AreaComposition).where(col(AreaComposition.area_id).in_(area_ids))
    if segmentation_model_id is not None:
        statement = statement.where(AreaComposition.segmentation_model_id == segmentation_model_id)
    newest = (col(AreaComposition.reference_date).desc(), col(AreaComposition.id).desc())
    return list(session.exec(statement.order_by(AreaComposition.area_id, *newest)))


def find_newest_dates(session: Session, programme_id: int) -> dict[int, date]:
    """Return the newest day on which it is known who lived in each area, by area."""
    statement = (
        select(AreaComposition.area_id, func.max(AreaComposition.reference_date))
        .join(Area, col(Area.id) == AreaComposition.area_id)
        .where(Area.programme_id == programme_id, col(AreaComposition.withdrawn_at).is_(None))
        .group_by(col(AreaComposition.area_id))
    )
    return dict(session.exec(statement).all())


def list_shares(session: Session, composition_ids: Sequence[int]) -> dict[int, dict[int, float]]:
    """Return the shares of each of these compositions, by profile, as they came in."""
    statement = select(AreaShare).where(col(AreaShare.composition_id).in_(composition_ids))
    shares: dict[int, dict[int, float]] = {number: {} for number in composition_ids}
    for row in session.exec(statement.order_by(AreaShare.composition_id, AreaShare.profile_id)):
        shares[row.composition_id][row.profile_id] = row.share
    return shares


def find_compositions(
    session: Session, area_ids: Sequence[int], segmentation_model_id: int, on: date
) -> dict[int, Composition]:
    """Return who lived in each of these areas on a day, by area; unknown areas are left out.

    It is the newest composition in force up to that day; where all are newer, the oldest of them.
    """
    by_area: dict[int, list[AreaComposition]] = defaultdict(list)
    for row in list_compositions(session, area_ids, segmentation_model_id):
        if row.withdrawn_at is None:
            by_area[row.area_id].append(row)
    chosen = [_choose(rows, on) for rows in by_area.values()]
    shares = list_shares(session, [row.id for row in chosen])
    return {row.area_id: _read(row, shares[row.id]) for row in chosen}


def find_composition(
    session: Session, area_ids: Sequence[int], segmentation_model_id: int, on: date
) -> Composition | None:
    """Return who lived in these areas together on a day, or None when one of them is not known."""
    found = find_compositions(session, area_ids, segmentation_model_id, on)
    if not area_ids or len(found) < len(set(area_ids)):
        return None
    return combine([found[area] for area in sorted(found)])


def find_municipality_composition(
    session: Session, programme_id: int, municipality: str, segmentation_model_id: int, on: date
) -> Composition | None:
    """Return who lived in a municipality on a day: of it as a whole, else of its known parts."""
    areas = list_areas(session, programme_id, municipality)
    found = find_compositions(session, [area.id for area in areas], segmentation_model_id, on)
    for kind in (AreaKind.MUNICIPALITY, *PARTS):
        parts = [found[area.id] for area in areas if area.kind is kind and area.id in found]
        if parts:
            return combine(parts)
    return None


def _choose(rows: list[AreaComposition], on: date) -> AreaComposition:
    """Return the newest of the rows up to a day, else the oldest; newest stand first."""
    past = [row for row in rows if row.reference_date <= on]
    if past:
        return past[0]
    first = min(row.reference_date for row in rows)
    return next(row for row in rows if row.reference_date == first)


def _read(row: AreaComposition, shares: dict[int, float]) -> Composition:
    whole, unknown = make_whole(shares, row.unknown_share)
    return Composition(
        segmentation_model_id=row.segmentation_model_id,
        area_ids=(row.area_id,),
        composition_ids=(row.id,),
        shares=whole,
        unknown=unknown,
        residents=row.residents,
        households=row.households,
        reference_dates=(row.reference_date, row.reference_date),
        sources=(row.source,),
        licence_notes=(row.licence_note,),
    )
