"""Segmentation models and profiles: shipped, added and changed."""

import pytest

from lab.models.people import Role
from lab.models.programmes import ProgrammeKind
from lab.queries.segmentation import list_models, list_profiles
from tests.pages import Pages

MODEL = {
    "code": "bsr",
    "version": "2024",
    "name_nl": "Vier kleuren",
    "name_en": "Four colours",
    "owner": "Iemand",
    "status": "concept",
}
PROFILE = {"code": "rood", "name_nl": "Rood", "name_en": "Red", "share": "25,5"}
NAMES = [
    "Kritische Vernieuwers",
    "Stadse Nomaden",
    "Geïnformeerde Gezinsdrukte",
    "Gevestigde Beïnvloeders",
    "Zelfbewuste Aanpakkers",
    "Zorgzame Senioren",
    "Honkvaste Buurtbewoners",
    "Eigengereide Digitalen",
]


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
    """Where the models of the programme are."""
    return f"/programmes/{lab.programme_id}/segmentation-models"


@pytest.fixture
def model_url(pages, url):
    """Where a new model without profiles is."""
    return pages.submit(f"{url}/new", MODEL).location


def test_shipped_profiles_have_the_owners_names(session, lab):
    model = list_models(session, lab.programme_id)[0]
    profiles = list_profiles(session, model.id)
    assert (model.code, model.version, model.owner) == ("citisens", "2017", "Citisens")
    assert [profile.name_nl for profile in profiles] == NAMES
    assert [profile.name_en for profile in profiles] == NAMES


def test_shares_are_shipped_only_where_found(session, lab):
    model = list_models(session, lab.programme_id)[0]
    shares = [profile.share for profile in list_profiles(session, model.id)]
    assert shares == [0.06, None, None, 0.18, 0.16, 0.06, 0.17, None]


def test_model_page_warns_and_names_its_owner(pages, url):
    answer = pages.get(
        next(link for link in pages.get(url).links if link.startswith("/segmentation-models/"))
    )
    for words in ("groepen, geen personen", "eigenaar: Citisens", "18% van de inwoners"):
        assert words in answer.text.replace("\xa0", "")
    assert "aandeel van de inwoners niet bekend" in answer.text
    assert "Over deze groep is niets gevonden" in answer.text


def test_researcher_adds_model_and_profile(pages, model_url):
    assert pages.submit(f"{model_url}/profiles/new", PROFILE).location == model_url
    text = pages.get(model_url).text
    assert "Vier kleuren" in text
    assert "26% van de inwoners" in text.replace("\xa0", "")


def test_same_version_of_a_model_is_refused(pages, url, model_url):
    answer = pages.submit(f"{url}/new", MODEL, status=422)
    assert "bestaat al" in answer.errors[0]
    pages.submit(f"{url}/new", MODEL | {"version": "2025"})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"code": "Rood!"}, "kleine letters"),
        ({"share": "veel"}, "Vul een getal in"),
        ({"share": "120"}, "van 0 tot en met 100"),
        ({"share": "-5"}, "van 0 tot en met 100"),
        ({"share": "nan"}, "van 0 tot en met 100"),
        ({"name_en": ""}, "Vul dit in"),
    ],
)
def test_profile_form_says_what_is_wrong(pages, model_url, changed, message):
    answer = pages.submit(f"{model_url}/profiles/new", PROFILE | changed, status=422)
    assert message in " ".join(answer.errors)
    assert answer.page.one(id="share")["value"] == (PROFILE | changed)["share"]


def test_shares_cannot_exceed_everybody(pages, model_url):
    pages.submit(f"{model_url}/profiles/new", PROFILE | {"share": "60%"})
    more = {"code": "blauw", "name_nl": "Blauw", "name_en": "Blue", "share": "41"}
    answer = pages.submit(f"{model_url}/profiles/new", more, status=422)
    assert "101" in answer.errors[0]
    pages.submit(f"{model_url}/profiles/new", more | {"share": "40"})


def test_code_and_name_of_a_profile_are_unique(pages, model_url):
    pages.submit(f"{model_url}/profiles/new", PROFILE)
    pages.submit(f"{model_url}/profiles/new", PROFILE | {"name_nl": "Anders"}, status=422)
    other = {"code": "anders", "name_nl": "ROOD", "name_en": "Other", "share": ""}
    pages.submit(f"{model_url}/profiles/new", other, status=422)


def test_profile_keeps_its_share_when_sent_unchanged(pages, model_url):
    pages.submit(f"{model_url}/profiles/new", PROFILE)
    edit = next(link for link in pages.get(model_url).links if link.startswith("/profiles/"))
    assert pages.get(edit).values()["share"] == ["25,5"]
    pages.change(edit, {"name_nl": "Donkerrood"})
    assert pages.get(edit).values()["share"] == ["25,5"]


def test_retired_model_is_no_longer_offered(pages, model_url, session, lab):
    pages.change(f"{model_url}/edit", {"status": "retired"})
    assert "bsr" not in {model.code for model in list_models(session, lab.programme_id)}
    everything = list_models(session, lab.programme_id, with_retired=True)
    assert "bsr" in {model.code for model in everything}


def test_model_of_another_programme_is_not_changed(pages, build, session):
    other = build.lab(build.programme(ProgrammeKind.PUBLISHED))
    model = list_models(session, other.programme_id)[0]
    session.commit()
    pages.get(f"/segmentation-models/{model.id}")
    pages.get(f"/segmentation-models/{model.id}/edit", status=404)


def test_public_reads_models_of_published_trials_only(client, build, session, lab):
    other = build.lab(build.programme(ProgrammeKind.PUBLISHED))
    public = Pages(client)
    public.get(f"/programmes/{other.programme_id}/segmentation-models")
    public.get(f"/programmes/{lab.programme_id}/segmentation-models", status=303)
