"""Adding, changing and removing variants, and what they are called."""

from decimal import Decimal

import pytest
from sqlmodel import select

from experiments.models.experiments import ExperimentStatus, Variant, WaveShare
from experiments.models.observations import Observation
from experiments.naming import letter_of
from experiments.queries.variants import list_variants
from experiments.queries.waves import find_last_wave
from lab.models.labels import DenominatorKind
from lab.models.people import Role
from lab.models.programmes import ProgrammeKind
from tests.builders import MOMENT
from tests.pages import Pages


@pytest.fixture
def lab(build):
    return build.lab()


@pytest.fixture
def pages(client, build, lab):
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    return Pages(client)


@pytest.fixture
def empty(build, lab):
    return build.experiment(lab, styles=(), status=ExperimentStatus.IDEA)


def count(session, variant, wave_id) -> None:
    session.add(
        Observation(
            experiment_id=variant.experiment_id,
            variant_id=variant.id,
            wave_id=wave_id,
            observed_on=MOMENT.date(),
            offered=10,
            responded=1,
            recorded_at=MOMENT,
        )
    )
    session.commit()


def variants_of(session, experiment):
    session.expire_all()
    found = list_variants(session, experiment.id)
    session.commit()
    return found


def axis_of(style) -> str:
    return f"axis_{style.style_axis_id}"


def test_a_variant_gets_a_name_in_both_languages(session, build, lab):
    first, second = variants_of(session, build.experiment(lab))
    assert (first.name_nl, first.name_en) == (
        "geadresseerde brief · zakelijk",
        "addressed letter · formal",
    )
    assert (first.letter, second.letter) == ("A", "B")


def test_variants_with_one_name_are_told_apart(session, build, lab):
    experiment = build.experiment(lab, styles=("zakelijk", "zakelijk", "persoonlijk"))
    names = [variant.name_nl for variant in variants_of(session, experiment)]
    assert names == [
        "geadresseerde brief · zakelijk (A)",
        "geadresseerde brief · zakelijk (B)",
        "geadresseerde brief · persoonlijk",
    ]


def test_letters_go_on_after_z():
    assert [letter_of(place) for place in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]


def test_a_variant_is_added_with_its_styles_share_and_cost(pages, session, build, lab, empty):
    style = build.style(lab)
    pages.change(
        f"/experiments/{empty.id}/variants/new",
        {
            "channel_id": str(build.channel(lab).id),
            axis_of(style): str(style.id),
            "share": "33,3",
            "cost_per_unit": "€ 1,10",
            "is_control": "y",
        },
    )
    (found,) = variants_of(session, empty)
    assert found.style_codes == ("persoonlijk",)
    assert found.share == pytest.approx(0.333)
    assert (found.cost_per_unit, found.is_control) == (Decimal("1.10"), True)


def test_what_is_counted_follows_the_channel_unless_chosen(pages, session, build, lab, empty):
    url = f"/experiments/{empty.id}/variants/new"
    for code, kind in (("ansichtkaart", ""), ("ansichtkaart", "people")):
        channel = str(build.channel(lab, code).id)
        pages.change(url, {"channel_id": channel, "denominator_kind": kind})
    kinds = [variant.denominator_kind for variant in variants_of(session, empty)]
    assert kinds == [DenominatorKind.CARDS, DenominatorKind.PEOPLE]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("share", "0"),
        ("share", "101"),
        ("share", "half"),
        ("cost_per_unit", "-1"),
        ("cost_per_unit", "1,105"),
        ("cost_per_unit", "12345678901"),
        ("channel_id", ""),
        ("channel_id", "999999"),
    ],
)
def test_a_variant_with_a_mistake_keeps_what_was_typed(pages, build, lab, empty, field, typed):
    url = f"/experiments/{empty.id}/variants/new"
    answer = pages.change(
        url,
        {"channel_id": str(build.channel(lab).id), "description": "Kaart"} | {field: typed},
        status=422,
    )
    assert f"#{field}" in answer.links
    assert answer.values()["description"] == ["Kaart"]


def test_a_second_control_is_refused_by_name(pages, build, lab):
    experiment = build.experiment(lab)
    channel = str(build.channel(lab).id)
    answer = pages.change(
        f"/experiments/{experiment.id}/variants/new",
        {"channel_id": channel, "is_control": "y"},
        status=422,
    )
    assert answer.errors == [
        "‘geadresseerde brief · zakelijk’ is al de controle. Er kan er maar één zijn."
    ]


def test_a_channel_or_style_of_another_programme_is_refused(pages, build, lab, empty, session):
    other = build.lab(build.programme(ProgrammeKind.FICTITIOUS))
    own, style = build.channel(lab), build.style(lab)
    url = f"/experiments/{empty.id}/variants/new"
    for forged in (
        {"channel_id": str(build.channel(other).id)},
        {"channel_id": str(own.id), axis_of(style): str(build.style(other).id)},
    ):
        pages.change(url, forged, status=422)
    assert session.exec(select(Variant)).all() == []


def test_changing_a_variant_stands_in_the_log(pages, session, build, lab):
    experiment = build.experiment(lab)
    variant = variants_of(session, experiment)[1]
    style = build.style(lab)
    pages.change(f"/variants/{variant.id}/edit", {axis_of(style): "", "cost_per_unit": "0,85"})
    text = pages.get(f"/experiments/{experiment.id}/log").text
    assert "Stijlen: persoonlijk → —" in text
    assert "Kosten per stuk: — → €" in text


def test_another_labs_variant_does_not_exist(pages, session, build):
    elsewhere = build.experiment(build.lab(name="Elders"))
    variant = variants_of(session, elsewhere)[0]
    for page in ("edit", "remove"):
        pages.get(f"/variants/{variant.id}/{page}", status=404)


def test_a_variant_without_counts_can_be_removed(pages, session, build, lab):
    experiment = build.experiment(lab)
    variant = variants_of(session, experiment)[1]
    pages.submit(f"/variants/{variant.id}/remove")
    assert [left.letter for left in variants_of(session, experiment)] == ["A"]


def test_a_variant_with_counts_cannot_be_removed(pages, session, build, lab):
    experiment = build.experiment(lab)
    variant = variants_of(session, experiment)[0]
    count(session, variant, find_last_wave(session, experiment.id).id)
    pages.submit(f"/variants/{variant.id}/remove", status=409)
    assert len(variants_of(session, experiment)) == 2


def test_a_registered_variant_changes_the_shares_of_its_wave(pages, session, build, lab):
    experiment = build.experiment(lab)
    channel = str(build.channel(lab, "ansichtkaart").id)
    pages.change(f"/experiments/{experiment.id}/variants/new", {"channel_id": channel})
    shares = session.exec(select(WaveShare)).all()
    assert [share.share for share in shares] == pytest.approx([1 / 3] * 3)
    assert find_last_wave(session, experiment.id).number == 1


def test_new_shares_after_counts_start_a_new_wave(pages, session, build, lab):
    experiment = build.experiment(lab)
    first = find_last_wave(session, experiment.id)
    session.commit()
    count(session, variants_of(session, experiment)[0], first.id)
    channel = str(build.channel(lab, "ansichtkaart").id)
    pages.change(f"/experiments/{experiment.id}/variants/new", {"channel_id": channel})
    session.expire_all()
    assert find_last_wave(session, experiment.id).number == 2


def test_a_cost_that_changes_starts_no_wave(pages, session, build, lab):
    experiment = build.experiment(lab)
    variant = variants_of(session, experiment)[0]
    count(session, variant, find_last_wave(session, experiment.id).id)
    pages.change(f"/variants/{variant.id}/edit", {"cost_per_unit": "2"})
    session.expire_all()
    assert find_last_wave(session, experiment.id).number == 1
