"""Pages on what all labs together found: the list, one answer, and one lab's part in it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from analysis.models.advice import AdviceEdition
from analysis.models.runs import AnalysisRun
from analysis.pooled.record import Counted
from analysis.pooled.scope import SCOPE
from analysis.pooled.selection import NAMES as NAMES_TYPE
from analysis.recording import write_result
from analysis.reports.evidence.differences import Findings
from analysis.reports.evidence.protection import show_evidence
from analysis.services.pooled_findings import read_rows
from analysis.services.runs import read_run
from analysis.stats.cells import Direction
from analysis.stats.results import Verdict
from experiments.models.experiments import ExperimentStatus
from lab.models.labels import DenominatorKind
from lab.models.people import Role
from lab.models.programmes import ProgrammeKind
from tests.analysis.pooled_records import NAMES, best, part, record, scope, variant
from tests.analysis.pooled_runs import keep_pooled_run, pooled_labs, pooled_scope
from tests.builders import MOMENT
from tests.pages import Pages
from tests.pdf import read_objects

CELLS = [
    [lab, experiment, "1|letters", profile, channel, style, "", 600, count]
    for lab, experiment in (("7", "11"), ("8", "12"))
    for profile in ("5", "6")
    for channel, style, count in (("1", "3=31", 60), ("1", "3=32", 90), ("2", "3=31", 50))
]


@pytest.fixture
def pages(client):
    """Pages as somebody reads them."""
    return Pages(client)


@pytest.fixture
def keep(session):
    """A way to keep a run with a record made by hand."""

    def keep_run(programme, held=None, cells=None, **fields) -> AnalysisRun:
        fixed = {"programme_id": programme.id, "segmentation_model_id": None}
        asked = replace(scope(), **fixed | fields)
        run = AnalysisRun(
            programme_id=programme.id,
            living_lab_id=asked.living_lab_id,
            estimator="pooled",
            method_version="1",
            product_version="0.1.0",
            seed=1,
            scope={
                "scope": SCOPE.dump_python(asked, mode="json"),
                "asked": ["5", "6"],
                "design": {},
                "names": NAMES_TYPE.dump_python(NAMES, mode="json"),
                "not_used": [
                    {"experiment_id": 13, "reason": "withdrawn", "detail": "", "is_partly": False}
                ],
            },
            cells=cells or CELLS,
            cells_sha256="4c54474a85741d54" * 4,
            result=write_result("pooled", held or record()),
            run_at=MOMENT,
        )
        session.add(run)
        session.commit()
        return run

    return keep_run


@pytest.fixture
def published(build):
    """A programme that everybody may read."""
    return build.programme(ProgrammeKind.PUBLISHED)


def test_list_shows_each_question_with_its_newest_answer(pages, keep, published):
    keep(published)
    newest = keep(published)
    other = keep(published, margin=0.03)
    links = pages.get(f"/evidence?programme={published.code}").links
    shown = [link for link in links if link.startswith("/evidence/")]
    assert shown == [f"/evidence/{other.id}", f"/evidence/{newest.id}"]


def test_list_says_what_was_found_and_used(pages, keep, published):
    keep(published, record(are_profiles_alike=True))
    text = pages.get(f"/evidence?programme={published.code}").text
    assert "“brief · persoonlijk” werkt duidelijk beter dan “brief · zakelijk”." in text
    assert "2 van 3 experimenten gebruikt" in text


def test_empty_list_names_the_first_step(pages, build, client):
    lab = build.lab()
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    answer = pages.get("/evidence?programme=own")
    assert "Niemand stelde nog een vraag" in answer.text
    assert f"/programmes/{lab.programme_id}/evidence/new" in answer.links


def test_list_keeps_own_work_from_others_and_students(pages, build, client, keep):
    lab = build.lab()
    keep(build.programme())
    pages.get("/evidence?programme=own", status=404)
    build.sign_in(client, build.user(Role.STUDENT, lab))
    pages.get("/evidence?programme=own", status=404)


def test_run_of_one_experiment_is_no_evidence_page(pages, session, keep, published):
    run = keep(published)
    single = AnalysisRun(
        **run.model_dump(exclude={"id", "estimator"}), estimator="single_experiment"
    )
    session.add(single)
    session.commit()
    pages.get(f"/evidence/{single.id}", status=404)


def test_old_run_keeps_citing_the_edition_of_then(pages, client, session, keep, published):
    for number, days in ((1, -9), (2, 0), (3, 1)):
        moment = MOMENT + timedelta(days=days)
        edition = AdviceEdition(programme_id=published.id, number=number, published_at=moment)
        session.add(edition)
    address = f"/evidence/{keep(published).id}"
    page = pages.get(address)
    assert "gold editie 2 van het advies" in page.content.text
    edition = f"http://localhost/advice/editions/{published.code}/2"
    assert edition in page.links
    assert client.get(f"{address}.json").json["advice_in_force"]["url"] == edition
    assert edition.encode() in read_objects(client.get(f"{address}.pdf").data)


def test_one_advice_for_all_is_the_first_thing_said(pages, keep, published):
    answer = pages.get(f"/evidence/{keep(published, record(are_profiles_alike=True)).id}")
    said = answer.content.one("div", class_="answer").text
    assert said.startswith("“brief · persoonlijk” werkt duidelijk beter dan “brief · zakelijk”.")
    assert "Tussen de profielen vonden we geen verschil van belang: één advies volstaat." in said
    assert "9 tot 18 op elke 100 verwachten" in said


def test_profiles_that_differ_get_advice_of_their_own(pages, keep, published):
    said = pages.get(f"/evidence/{keep(published).id}").content.one("div", class_="answer").text
    assert said.startswith("Wat het beste werkt, verschilt per profiel.")
    assert said.endswith("Geef advies per profiel.")


def test_every_drawing_says_in_words_what_it_shows(pages, keep, published):
    drawn = pages.get(f"/evidence/{keep(published).id}").content.all("svg", class_="interval")
    assert len(drawn) > 5
    assert all(one.one("title").text and one.one("desc").text for one in drawn)


def test_forest_holds_each_experiment_all_together_and_a_new_one(pages, keep, published):
    run = keep(published)
    answer = pages.get(f"/evidence/{run.id}?profile=5")
    rows = [
        row.text for row in answer.content.all("div", class_="forest")[1].all("th", scope="row")
    ]
    assert rows[0].startswith("Brieven in Utrecht")
    assert rows[1].startswith("Brieven in Elst")
    assert rows[2:4] == [
        "Alle experimenten samen, langs elke weg",
        "Eén nieuw experiment in een nieuw lab",
    ]


def test_focus_shows_one_profile_with_all_its_comparisons(pages, keep, published):
    run = keep(published)
    answer = pages.get(f"/evidence/{run.id}?profile=5")
    assert [one["id"] for one in answer.content.all("section", class_="evidence-part")] == [
        "profile-5"
    ]
    assert "“brief · persoonlijk” tegen “folder · zakelijk”" in answer.text
    assert (
        len(
            pages.get(f"/evidence/{run.id}?profile=nonsense").content.all(
                "section", class_="evidence-part"
            )
        )
        == 1
    )


def test_page_leads_to_a_page_for_each_profile_and_back(pages, keep, published):
    run = keep(published)
    assert {f"/evidence/{run.id}?profile={one}" for one in "56"} <= set(
        pages.get(f"/evidence/{run.id}").links
    )
    links = pages.get(f"/evidence/{run.id}?profile=5").links
    assert {f"/evidence/{run.id}", f"/evidence/{run.id}?profile=6"} <= set(links)


def test_lab_leads_to_its_own_page_for_each_profile(pages, build, keep, published):
    run, lab = keep(published), build.lab(published)
    address = f"/labs/{lab.id}/evidence?run={run.id}"
    assert f"{address}&profile=5" in pages.get(address).links
    assert "Jong" in pages.get(f"{address}&profile=5").content.one("h1").text


def test_title_tells_one_question_from_another(pages, keep, published):
    run = keep(published)
    title = (
        "Wat geeft de meeste reacties? brieven · alle bewoners samen · verschil vanaf 2 procentpunt"
    )
    answer = pages.get(f"/evidence/{run.id}")
    assert answer.page.one("head").one("title").text == f"{title} · Proeftuin"
    assert answer.page.one("nav", class_="breadcrumb").text.endswith(title)
    focus = pages.get(f"/evidence/{run.id}?profile=5")
    assert focus.page.one("head").one("title").text == f"Jong · {title} · Proeftuin"
    assert focus.content.one("h1").text == "Jong Wat geeft de meeste reacties?"


def test_answer_about_everyone_is_said_once(pages, keep, published):
    run = keep(published, record(are_profiles_alike=True))
    said = "“brief · persoonlijk” werkt duidelijk beter dan “brief · zakelijk”."
    assert pages.get(f"/evidence/{run.id}").text.count(said) == 1


def test_profile_without_counts_is_named(pages, session, keep, published):
    run = keep(published, record(part("5"), together=None))
    text = pages.get(f"/evidence/{run.id}").text
    assert "Van Oud is nog niets geteld." not in text
    run = keep(published, record(part("5"), part("7")))
    assert "Van Oud is nog niets geteld." in pages.get(f"/evidence/{run.id}").text


def test_what_may_still_be_best_is_named(pages, keep, published):
    open_yet = best(verdict=Verdict.NOT_ENOUGH_DATA, rank_ci=(1, 2))
    others = variant(0, 0.09, rank_ci=(1, 3)), variant(2, 0.08, rank_ci=(3, 3))
    held = [part(one, variants=(open_yet, *others), claims=()) for one in "56"]
    table = pages.get(f"/evidence/{keep(published, record(*held)).id}").content.all("table")[0]
    assert "nog open: brief · persoonlijk of brief · zakelijk" in table.text


def test_method_tells_how_to_make_it_again(pages, keep, published):
    run = keep(published)
    text = pages.get(f"/evidence/{run.id}").text
    assert f"proeftuin reproduce {run.id}" in text
    assert "24 van 24 groepen tellingen" in text


def test_what_is_not_used_stands_with_its_reason(pages, keep, published):
    text = pages.get(f"/evidence/{keep(published).id}").text
    assert "Ingetrokken. 1 experiment" in text


def test_nothing_to_compare_is_said_plainly(pages, keep, published):
    nothing = replace(part("5"), variants=(), claims=(), pairs=())
    run = keep(published, record(nothing, together=None, are_profiles_alike=None))
    assert "Hier valt nog niets te vergelijken." in pages.get(f"/evidence/{run.id}").text


def test_small_counts_of_others_are_not_on_the_page(pages, client, build, keep):
    small = [[*row[:7], 87, 7] if row[4] == "2" else row for row in CELLS]
    run = keep(build.programme(), cells=small)
    build.sign_in(client, build.user(Role.TEAM, build.lab()))
    answer = pages.get(f"/evidence/{run.id}")
    assert "weinig mensen" in answer.text
    numbers = {cell.text for cell in answer.content.all("td")}
    assert not {"7", "14", "87", "174"} & numbers


def test_variant_nobody_tried_is_not_said_to_have_few_people(pages, client, build, keep):
    nobody = variant(2, 0.08, counted=Counted(0, 0, 0, 0))
    held = [part(one, variants=(best(), variant(0, 0.09), nobody)) for one in "56"]
    without = [row for row in CELLS if row[4] == "1"]
    run = keep(build.programme(), record(*held), cells=without)
    build.sign_in(client, build.user(Role.TEAM, build.lab()))
    text = pages.get(f"/evidence/{run.id}?profile=5").content.all("table")[0].text
    assert "hier niet getest" in text
    assert "weinig mensen" not in text


def test_page_of_a_language_is_in_that_language(pages, client, keep, published):
    run = keep(published)
    client.set_cookie("language", "en")
    assert "What works best differs between the profiles." in pages.get(f"/evidence/{run.id}").text
    client.set_cookie("language", "nl")
    assert "Wat het beste werkt" in pages.get(f"/evidence/{run.id}").text


def test_real_run_reads_from_list_to_lab(pages, client, build):
    labs = pooled_labs(build, labs=2, experiments=1)
    run = keep_pooled_run(build, pooled_scope(build, labs[0]))
    build.sign_in(client, build.user(Role.RESEARCHER, labs[0]))
    listed = pages.get("/evidence?programme=own")
    assert f"/evidence/{run.id}" in listed.links
    assert "2 van 2 experimenten gebruikt" in pages.get(f"/evidence/{run.id}").text
    lab_page = pages.get(f"/labs/{labs[0].id}/evidence")
    assert f"{labs[0].name} hield 1 van de 2 experimenten." in lab_page.text
    assert f"/labs/{labs[0].id}/evidence" in pages.get(f"/labs/{labs[0].id}").links


def test_experiments_of_less_is_better_point_the_way_of_all_together(build):
    [lab, *_others] = pooled_labs(build, direction=Direction.LOWER)
    asked = pooled_scope(build, lab, direction=Direction.LOWER)
    run = keep_pooled_run(build, asked)
    rows = read_rows(run, asked)
    held = read_run(run)
    best = held.profiles[0].advised
    found = Findings.of(show_evidence(held, rows, None), rows)
    own = found.compare(held.profiles[0].profile, best.variant, best.against)
    assert best.difference < 0
    assert sum(one.difference for one in own) / len(own) == pytest.approx(best.difference, abs=0.01)


def test_counts_that_outsiders_read_are_of_the_outcome_itself(build):
    [lab, *_others] = pooled_labs(build, direction=Direction.LOWER)
    asked = pooled_scope(build, lab, direction=Direction.LOWER)
    run = keep_pooled_run(build, asked)
    exact = read_run(run).profiles[0].advised.counted
    shown = show_evidence(read_run(run), read_rows(run, asked), frozenset()).record
    assert shown.profiles[0].advised.counted.responses == pytest.approx(exact.responses, abs=5)


def test_lab_page_without_any_run_names_the_first_step(pages, client, build):
    lab = build.lab()
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    answer = pages.get(f"/labs/{lab.id}/evidence")
    assert f"/programmes/{lab.programme_id}/evidence/new" in answer.links


def test_lab_page_takes_no_run_of_another_programme(pages, build, keep, published):
    elsewhere = keep(build.programme(ProgrammeKind.FICTITIOUS))
    lab = build.lab(published)
    pages.get(f"/labs/{lab.id}/evidence?run={elsewhere.id}", status=404)


def test_other_things_counted_are_another_question(pages, keep, published):
    keep(published)
    doors = replace(scope().outcome, denominator_kind=DenominatorKind.DOORS)
    keep(published, outcome=doors)
    shown = pages.get(f"/evidence?programme={published.code}").links
    assert len([link for link in shown if link.startswith("/evidence/")]) == 2


def test_other_labs_unpublished_experiment_stays_without_title_and_result(pages, client, build):
    mine, *_others = pooled_labs(build, labs=3, status=ExperimentStatus.CLOSED)
    run = keep_pooled_run(build, pooled_scope(build, mine))
    build.sign_in(client, build.user(Role.TEAM, mine))
    names = NAMES_TYPE.validate_python(run.scope["names"])
    for address in (f"/evidence/{run.id}", f"/labs/{mine.id}/evidence"):
        text = pages.get(address).text
        shown = {one.living_lab for one in names.experiments.values() if one.title in text}
        assert shown == {mine.name}
        assert "nog niet gepubliceerd" in text


def test_fingerprint_is_not_there_to_try_counts_against(pages, client, build, keep, published):
    build.sign_in(client, build.user(Role.TEAM, build.lab()))
    for programme in (published, build.programme()):
        assert "4c54474a" not in pages.get(f"/evidence/{keep(programme).id}").text
