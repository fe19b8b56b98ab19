"""Labels of a programme: shipped, added, renamed, ordered and retired."""

import pytest
from sqlmodel import select

from lab.models.audit import AuditEntry
from lab.models.labels import Channel, Style
from lab.models.people import Role
from lab.models.programmes import ProgrammeKind
from lab.queries.labels import LabelKind as Kind
from lab.queries.labels import (
    find_label,
    list_channels,
    list_issue_types,
    list_phases,
    list_style_axes,
    list_styles,
    list_themes,
)
from tests.pages import Pages

BUS = {
    "name_nl": "Affiche in de bus",
    "name_en": "bus poster",
    "mode": "offline",
    "route": "direct",
    "denominator_kind": "none",
}


@pytest.fixture
def lab(build):
    """A living lab of one's own."""
    return build.lab()


@pytest.fixture
def pages(build, client, lab):
    """Pages as a researcher gets them."""
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    return Pages(client)


@pytest.fixture
def url(lab):
    """Where the labels of the programme are."""
    return f"/programmes/{lab.programme_id}/labels"


def codes(labels) -> list[str]:
    """Return the codes of labels, in order."""
    return [label.code for label in labels]


def test_programme_starts_with_the_shipped_words(session, lab):
    programme_id = lab.programme_id
    assert len(list_channels(session, programme_id)) == 27
    axes = {one.axis.code: codes(one.styles) for one in list_style_axes(session, programme_id)}
    assert axes["toon"] == ["zakelijk", "persoonlijk"]
    assert axes["taalniveau"] == ["a2", "b1", "b2", "c1"]
    assert "sociale_norm" in axes["techniek"]
    assert codes(list_issue_types(session, programme_id)) == ["dienstverlening", "participatie"]
    assert len(list_phases(session, programme_id)) == 5
    assert len(list_themes(session, programme_id)) == 11


def test_shipped_codes_are_unique_in_a_programme(session, lab):
    for labels in (list_channels, list_styles, list_themes):
        found = codes(labels(session, lab.programme_id))
        assert len(found) == len(set(found))


def test_page_shows_all_kinds_in_both_languages(pages, url):
    text = pages.get(url).text
    for words in ("geadresseerde brief addressed letter brief_adres", "sociale norm", "afval"):
        assert words in text


def test_new_channel_gets_a_code_of_its_name(pages, url, session, lab):
    pages.submit(f"{url}/channels/new", BUS)
    assert codes(list_channels(session, lab.programme_id))[-1] == "affiche_in_de_bus"


def test_name_in_use_is_refused_in_any_capitals(pages, url):
    answer = pages.submit(f"{url}/channels/new", BUS | {"name_nl": "FLYER huis-aan-huis"}, 422)
    assert "bestaat al" in answer.errors[0]
    assert answer.page.one(id="name_en")["value"] == "bus poster"


def test_empty_names_and_choices_are_named(pages, url):
    answer = pages.submit(f"{url}/channels/new", {}, status=422)
    assert len(answer.errors) >= 4


def test_style_is_added_on_its_axis(pages, url, session, lab):
    new = {"name_nl": "Grappig", "name_en": "funny"}
    pages.submit(f"{url}/styles/new?axis=toon", new)
    tone = list_style_axes(session, lab.programme_id)[0]
    assert codes(tone.styles) == ["zakelijk", "persoonlijk", "grappig"]


def test_style_may_share_a_name_with_another_axis(pages, url, session, lab):
    pages.submit(f"{url}/styles/new?axis=toon", {"name_nl": "gesprek", "name_en": "conversation"})
    tone = list_style_axes(session, lab.programme_id)[0]
    assert codes(tone.styles)[-1] == "gesprek_2"


def test_style_without_axis_is_not_found(pages, url):
    pages.get(f"{url}/styles/new", status=404)
    pages.get(f"{url}/styles/new?axis=no-such", status=404)


@pytest.mark.parametrize("kind", ["style-axes", "phases", "issue-types", "themes"])
def test_each_simple_kind_can_be_added(pages, url, kind, session, lab):
    pages.submit(f"{url}/{kind}/new", {"name_nl": "Iets nieuws", "name_en": "something new"})
    assert find_label(session, Kind(kind), lab.programme_id, "iets_nieuws").name_en


def test_renaming_keeps_code_and_place(pages, url, session, lab):
    before = codes(list_phases(session, lab.programme_id))
    session.commit()
    pages.change(f"{url}/phases/orienteren", {"name_nl": "Rondkijken"})
    assert codes(list_phases(session, lab.programme_id)) == before
    assert find_label(session, Kind.PHASES, lab.programme_id, "orienteren").name_nl == "Rondkijken"


def test_label_can_move_to_another_place(pages, url, session, lab):
    pages.change(f"{url}/phases/meedoen", {"after": ""})
    pages.change(f"{url}/phases/bewust_worden", {"after": "orienteren"})
    order = codes(list_phases(session, lab.programme_id))
    assert order == ["meedoen", "orienteren", "bewust_worden", "aanmelden", "terugkoppeling"]


def test_moving_a_style_leaves_other_axes_alone(pages, url, session, lab):
    pages.change(f"{url}/styles/persoonlijk", {"after": ""})
    axes = list_style_axes(session, lab.programme_id)
    assert codes(axes[0].styles) == ["persoonlijk", "zakelijk"]
    assert codes(axes[1].styles) == ["meeweten", "meedenken", "meedoen", "meebeslissen"]


def test_retired_label_is_no_longer_offered_but_readable(pages, url, session, lab):
    pages.submit(f"{url}/channels/flyer/retire", at=url)
    assert "flyer" not in codes(list_channels(session, lab.programme_id))
    assert "flyer" in codes(list_channels(session, lab.programme_id, with_retired=True))
    session.commit()
    assert "flyer huis-aan-huis (niet meer aangeboden)" in pages.get(url).text
    pages.submit(f"{url}/channels/flyer/restore", at=url)
    assert "flyer" in codes(list_channels(session, lab.programme_id))


def test_programmes_keep_labels_apart(pages, url, build, session):
    other = build.lab(build.programme(ProgrammeKind.FICTITIOUS))
    pages.change(f"{url}/channels/flyer", {"name_nl": "Folder"})
    names = session.exec(select(Channel.name_nl).where(Channel.code == "flyer")).all()
    assert sorted(names) == ["Folder", "flyer huis-aan-huis"]
    pages.get(f"/programmes/{other.programme_id}/labels", status=404)


@pytest.mark.parametrize("path", ["channels/no-such", "no-such/flyer", "styles/flyer"])
def test_unknown_labels_are_not_found(pages, url, path):
    pages.get(f"{url}/{path}", status=404)


def test_students_read_labels_but_change_none(app, build, lab, url):
    client = app.test_client()
    build.sign_in(client, build.user(Role.STUDENT, lab))
    answer = Pages(client).get(url)
    assert not [link for link in answer.links if link.startswith(f"{url}/")]
    Pages(client).get(f"{url}/channels/flyer", status=403)


def test_changes_of_labels_are_logged(pages, url, session):
    pages.change(f"{url}/channels/flyer", {"name_nl": "Folder"})
    pages.submit(f"{url}/channels/flyer/retire", at=url)
    entries = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.subject) for entry in entries] == [
        ("change_label", "channel"),
        ("retire_label", "channel"),
    ]
    assert entries[0].details["before"]["name_nl"] == "flyer huis-aan-huis"


def test_every_shipped_style_has_its_axis(session, lab):
    axes = {one.axis.id for one in list_style_axes(session, lab.programme_id)}
    assert set(session.exec(select(Style.style_axis_id)).all()) == axes
