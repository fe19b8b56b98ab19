"""Areas and who lives there: kept by date, taken together, and found for counts."""

from datetime import date

import pytest
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError

from lab.access import PUBLIC
from lab.models.areas import AreaComposition, AreaCreate, AreaKind, CompositionCreate, Withdrawal
from lab.models.programmes import ProgrammeKind
from lab.queries import areas as queries
from lab.queries.segmentation import list_models, list_profiles
from lab.services import areas as services
from lab.services.codes import NameTakenError
from tests.builders import MOMENT

LAST_YEAR, THIS_YEAR = date(2025, 1, 1), date(2026, 1, 1)


@pytest.fixture
def lab(build):
    """A living lab in Rivierdorp."""
    return build.lab()


@pytest.fixture
def model(session, lab):
    """The segmentation model of eight profiles."""
    return list_models(session, lab.programme_id)[0]


@pytest.fixture
def profiles(session, model):
    """The numbers of the profiles of the model."""
    return [profile.id for profile in list_profiles(session, model.id)]


@pytest.fixture
def add_area(session, lab):
    """A function that adds an area of Rivierdorp."""

    def add(code, name="", kind=AreaKind.NEIGHBOURHOOD, programme_id=lab.programme_id):
        command = AreaCreate(municipality="Rivierdorp", kind=kind, code=code, name=name or code)
        area = services.add_area(session, programme_id, command, by=PUBLIC, at=MOMENT)
        session.commit()
        return area

    return add


@pytest.fixture
def add_composition(session, model):
    """A function that adds who lives in an area."""

    def add(area, shares, day=THIS_YEAR, **values):
        command = CompositionCreate(
            reference_date=day, source="Telling", licence_note="Eigen", shares=shares, **values
        )
        found = services.add_composition(session, area.id, model.id, command, by=PUBLIC, at=MOMENT)
        session.commit()
        return found

    return add


@pytest.mark.parametrize("code", ["6661AB", "6661 ab", "PC 6661 AB"])
def test_full_postcode_is_refused_as_area_with_the_reason(code):
    with pytest.raises(ValidationError, match="twenty addresses"):
        AreaCreate(municipality="Rivierdorp", kind=AreaKind.NEIGHBOURHOOD, code=code, name="Zuid")


def test_postcode_area_has_four_digits():
    with pytest.raises(ValidationError, match="four digits"):
        AreaCreate(municipality="Rivierdorp", kind=AreaKind.POSTCODE, code="BU01", name="Zuid")


def test_same_code_of_a_kind_is_taken(add_area):
    add_area("01")
    with pytest.raises(NameTakenError):
        add_area("01", "Other name")


def test_neighbourhood_lies_in_its_municipality_whichever_came_first(session, add_area):
    early = add_area("01")
    whole = add_area("GM01", "Rivierdorp", AreaKind.MUNICIPALITY)
    late = add_area("02")
    session.refresh(early)
    assert (early.parent_id, late.parent_id) == (whole.id, whole.id)


@pytest.mark.parametrize("shares", [{1: 0.5, 2: 0.4}, {1: 0.7, 2: 0.5}])
def test_shares_that_do_not_add_up_are_refused_with_their_sum(shares):
    with pytest.raises(ValidationError, match=r"(90|120)\.0 %"):
        CompositionCreate(
            reference_date=THIS_YEAR, source="Telling", licence_note="Eigen", shares=shares
        )


def test_composition_needs_source_and_licence_note():
    with pytest.raises(ValidationError) as refused:
        CompositionCreate(reference_date=THIS_YEAR, source=" ", licence_note="", shares={1: 1})
    assert {error["loc"][0] for error in refused.value.errors()} == {"source", "licence_note"}


def test_area_of_fewer_than_five_households_is_refused():
    with pytest.raises(ValidationError):
        CompositionCreate(
            reference_date=THIS_YEAR,
            source="Telling",
            licence_note="Eigen",
            households=4,
            shares={1: 1.0},
        )


def test_database_keeps_no_area_of_fewer_than_five_households(session, add_area, model):
    area = add_area("01")
    session.add(
        AreaComposition(
            area_id=area.id, segmentation_model_id=model.id, reference_date=THIS_YEAR, source="x",
            licence_note="x", households=4, imported_at=MOMENT,
        )
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_sizes_are_kept_rounded_to_five(add_area, add_composition, profiles):
    kept = add_composition(add_area("01"), {profiles[0]: 1.0}, residents=1003, households=502)
    assert (kept.residents, kept.households) == (1005, 500)


def test_profile_of_another_model_is_refused(session, add_area, add_composition, lab):
    other = list_profiles(session, list_models(session, lab.programme_id)[1].id)[0]
    with pytest.raises(services.ForeignProfileError):
        add_composition(add_area("01"), {other.id: 1.0})


def test_model_of_another_programme_is_refused(build, add_area, add_composition, profiles):
    elsewhere = add_area("01", programme_id=build.programme(ProgrammeKind.FICTITIOUS).id)
    with pytest.raises(services.ForeignProfileError):
        add_composition(elsewhere, {profiles[0]: 1.0})


def test_newer_composition_stands_beside_the_older_one(
    session, add_area, add_composition, model, profiles
):
    area = add_area("01")
    add_composition(area, {profiles[0]: 1.0}, LAST_YEAR)
    add_composition(area, {profiles[1]: 1.0}, THIS_YEAR)
    find = queries.find_composition
    assert find(session, [area.id], model.id, date(2025, 6, 1)).shares == {profiles[0]: 1.0}
    assert find(session, [area.id], model.id, date(2026, 6, 1)).shares == {profiles[1]: 1.0}
    assert find(session, [area.id], model.id, date(2020, 1, 1)).shares == {profiles[0]: 1.0}


def test_withdrawn_composition_stays_but_no_longer_counts(
    session, add_area, add_composition, model, profiles
):
    area = add_area("01")
    add_composition(area, {profiles[0]: 1.0}, LAST_YEAR)
    wrong = add_composition(area, {profiles[1]: 1.0}, THIS_YEAR)
    reason = Withdrawal(reason="Verkeerde wijk")
    services.withdraw_composition(session, wrong.id, reason, by=PUBLIC, at=MOMENT)
    found = queries.find_composition(session, [area.id], model.id, date(2026, 6, 1))
    assert found.shares == {profiles[0]: 1.0}
    kept = queries.list_compositions(session, [area.id])
    assert [row.withdrawal_reason for row in kept] == ["Verkeerde wijk", ""]
    with pytest.raises(services.WithdrawnError):
        services.withdraw_composition(session, wrong.id, reason, by=PUBLIC, at=MOMENT)


def test_several_areas_are_weighed_by_residents(
    session, add_area, add_composition, model, profiles
):
    large, small = add_area("01"), add_area("02")
    add_composition(large, {profiles[0]: 0.8}, residents=3000, unknown_share=0.2)
    add_composition(small, {profiles[0]: 0.4, profiles[1]: 0.6}, LAST_YEAR, residents=1000)
    found = queries.find_composition(session, [large.id, small.id], model.id, THIS_YEAR)
    assert found.shares == pytest.approx({profiles[0]: 0.7, profiles[1]: 0.15})
    assert found.unknown == pytest.approx(0.15)
    assert (found.residents, found.reference_dates) == (4000, (LAST_YEAR, THIS_YEAR))


def test_areas_without_sizes_are_weighed_equally_and_say_so(
    session, add_area, add_composition, model, profiles
):
    areas = [add_area("01"), add_area("02")]
    add_composition(areas[0], {profiles[0]: 1.0}, residents=3000)
    add_composition(areas[1], {profiles[1]: 1.0})
    found = queries.find_composition(session, [area.id for area in areas], model.id, THIS_YEAR)
    assert found.shares == pytest.approx({profiles[0]: 0.5, profiles[1]: 0.5})
    assert (found.weighed_by, found.residents) == ("equal", None)


def test_areas_of_which_one_is_not_known_have_no_composition(
    session, add_area, add_composition, model, profiles
):
    known, other = add_area("01"), add_area("02")
    add_composition(known, {profiles[0]: 1.0})
    assert queries.find_composition(session, [known.id, other.id], model.id, THIS_YEAR) is None


def test_rounded_shares_are_made_whole(session, add_area, add_composition, model, profiles):
    area = add_area("01")
    add_composition(area, dict.fromkeys(profiles[:3], 0.335))
    found = queries.find_composition(session, [area.id], model.id, THIS_YEAR)
    assert sum(found.shares.values()) + found.unknown == pytest.approx(1)


def test_municipality_is_made_up_from_its_neighbourhoods_once(
    session, add_area, add_composition, model, profiles, lab
):
    for code in ("01", "02"):
        add_composition(add_area(code), {profiles[0]: 1.0}, residents=500)
    add_composition(add_area("6661", kind=AreaKind.POSTCODE), {profiles[1]: 1.0}, residents=900)
    found = queries.find_municipality_composition(
        session, lab.programme_id, "rivierdorp", model.id, THIS_YEAR
    )
    assert (found.shares, found.residents) == ({profiles[0]: 1.0}, 1000)


def test_area_in_counts_is_found_by_code_or_name_in_the_municipality(session, add_area, lab):
    area = add_area("BU01", "De Èngh-Zuid")
    texts = ["bu01", "de engh zuid", "Noord", ""]
    found = queries.match_areas(session, lab.id, texts)
    assert {text: match.id for text, match in found.items()} == {
        "bu01": area.id,
        "de engh zuid": area.id,
    }


def test_name_of_two_areas_is_no_match(session, add_area, lab):
    add_area("01", "Centrum")
    add_area("WK01", "Centrum", AreaKind.DISTRICT)
    assert queries.match_areas(session, lab.id, ["Centrum", "01"]).keys() == {"01"}
