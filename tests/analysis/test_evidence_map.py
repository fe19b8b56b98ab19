"""The map of the evidence: what was tried for whom, what came of it, and what nobody tried."""

import pytest

from analysis.pooled.record import ClaimRecord, Counted
from analysis.pooled.tally import Tried
from analysis.reports.evidence.contents import EvidenceRequest
from analysis.reports.evidence_map.build import MapRequest, build_map
from analysis.reports.evidence_map.contents import CellKind
from analysis.stats.pooled.data import CellRow
from analysis.stats.results import Verdict
from experiments.models.experiments import DesignType, ExperimentStatus
from lab.i18n import command_context
from lab.models.people import Role
from lab.models.programmes import ProgrammeKind
from tests.analysis.counted import count
from tests.analysis.pooled_records import NAMES, VARIANTS, best, part, record, scope, variant
from tests.analysis.pooled_runs import add_variant, keep_pooled_run, pooled_labs, pooled_scope
from tests.pages import Pages


@pytest.fixture
def dutch():
    """Speak Dutch, as most readers do."""
    with command_context("nl"):
        yield


@pytest.fixture
def pages(client):
    """Pages as somebody reads them."""
    return Pages(client)


def rows(count_=60) -> tuple[CellRow, ...]:
    """Return counts of two labs, of all variants and profiles."""
    return tuple(
        CellRow(lab, experiment, "1|letters", profile, channel, style, "", 600, count_)
        for lab, experiment in (("7", "11"), ("8", "12"))
        for profile in ("5", "6")
        for channel, style in VARIANTS
    )


def draw(held=None, uncompared=None, **fields):
    """Return the map of a record made by hand, as its reader may see it."""
    values = {
        "record": held or record(),
        "scope": scope(),
        "names": NAMES,
        "not_used": (),
        "rows": rows(),
        "asked": ("5", "6"),
    }
    evidence = EvidenceRequest(**values | fields)
    return build_map(MapRequest(evidence, 1, uncompared or {}, lambda *_all: "/there"))


def cells_of(map_, profile="5") -> list:
    """Return the cells of one profile."""
    return list(next(row for row in map_.rows if row.code == profile).cells)


def of_profile(*variants, claims=()):
    """Return a record in which the first profile holds some variants."""
    return record(part("5", variants=variants, claims=claims), part("6"))


def test_cell_of_the_best_says_rate_interval_and_experiments(dutch):
    [first, second, third] = cells_of(draw())
    assert (second.kind, second.shape) == (CellKind.BETTER, "▲")
    assert second.text == "14% (12–16) · 4 exp."
    assert second.words == "duidelijk beter"


def test_what_the_best_beats_is_clearly_worse(dutch):
    held = of_profile(
        best(), variant(0, 0.09), variant(2, 0.08, against=1), claims=(ClaimRecord(1, 2, 0.99),)
    )
    [first, _second, third] = cells_of(draw(held))
    assert (third.kind, third.shape) == (CellKind.WORSE, "▼")
    assert (first.kind, first.text) == (CellKind.FEW, "te weinig (4 exp., n 1.200)")


def test_no_difference_is_told_apart_from_too_few(dutch):
    held = of_profile(
        best(verdict=Verdict.NO_DIFFERENCE),
        variant(0, 0.14, verdict=Verdict.NO_DIFFERENCE),
        variant(2, 0.1),
    )
    found = cells_of(draw(held))
    assert [one.kind for one in found] == [CellKind.SAME, CellKind.SAME, CellKind.FEW]
    assert found[0].text == "geen verschil (4 exp.)"


def test_never_tested_is_a_dot_with_words(dutch):
    nobody = variant(2, 0.08, is_tried=False, counted=Counted(0, 0, 0, 0))
    [*_others, last] = cells_of(draw(of_profile(best(), variant(0, 0.09), nobody)))
    assert (last.kind, last.shape, last.text, last.url) == (CellKind.NEVER, "·", "", "")
    assert last.words == "nooit getest"


def test_trials_without_comparison_are_counted_with_their_grade(dutch):
    nobody = variant(2, 0.08, is_tried=False, counted=Counted(0, 0, 0, 0))
    tried = {("5", ("2", (("3", "31"),))): (Tried(20, "D"), Tried(21, "P"))}
    [*_others, last] = cells_of(draw(of_profile(best(), variant(0, 0.09), nobody), tried))
    assert last.kind is CellKind.UNCOMPARED
    assert last.text == "niet vergeleken (2 exp., graad D en P)"


def test_variant_that_nothing_links_to_the_best_is_not_ranked(dutch):
    apart = variant(2, 0.3, part=1)
    [*_others, last] = cells_of(draw(of_profile(best(), variant(0, 0.09), apart)))
    assert last.kind is CellKind.APART
    assert "30" not in last.text


def test_few_people_are_withheld_in_words(dutch):
    small = tuple(
        row._replace(nobs=87, count=7) if row.channel == "2" and row.profile == "5" else row
        for row in rows()
    )
    [*_others, last] = cells_of(draw(rows=small, known_labs=frozenset()))
    assert (last.kind, last.text) == (CellKind.WITHHELD, "weinig mensen")


def test_one_labs_unpublished_profile_is_said_to_be_so(dutch):
    alone = tuple(row for row in rows() if row.profile == "6" or row.living_lab == "7")
    found = draw(rows=alone, known_labs=frozenset(), unpublished=frozenset({"11", "12"}))
    assert {one.kind for one in cells_of(found)} == {CellKind.UNPUBLISHED}
    assert CellKind.UNPUBLISHED not in {one.kind for one in cells_of(found, "6")}


def test_headline_counts_what_was_tested_and_is_known(dutch):
    said = draw(record(part("5"), part("6"))).headline
    assert said.startswith("6 van de 6 combinaties van profiel en variant zijn getest.")


def test_map_without_kept_run_shows_counts_without_verdicts(pages, build):
    labs = pooled_labs(
        build, labs=2, experiments=1, programme=build.programme(ProgrammeKind.PUBLISHED)
    )
    answer = pages.get(f"/evidence/map?programme={build_code(build, labs[0])}")
    assert "2 exp., n 800" in answer.text
    assert "Niemand vroeg nog" in answer.text
    assert "Een onderzoeker kan dat vragen." in answer.text
    assert not [cell for cell in answer.content.all("td") if "%" in cell.text]


def build_code(build, lab) -> str:
    """Return the code of the programme of a lab."""
    return lab_programme(build, lab).code


def lab_programme(build, lab):
    """Return the programme of a lab."""
    return build.session.get_one(type(build.programme()), lab.programme_id)


def test_map_of_kept_run_links_each_cell_to_its_evidence(pages, build):
    [lab, *_others] = pooled_labs(
        build, labs=2, experiments=1, programme=build.programme(ProgrammeKind.PUBLISHED)
    )
    run = keep_pooled_run(build, pooled_scope(build, lab))
    answer = pages.get(f"/evidence/map?programme={build_code(build, lab)}")
    places = [link for link in answer.links if link.startswith(f"/evidence/{run.id}?profile=")]
    target, anchor = places[-1].split("#")
    assert f'id="{anchor.replace("%7C", "|")}"' in pages.client.get(target).text.replace("%7C", "|")


def test_filter_without_kept_run_shows_counts_and_lets_researchers_ask(pages, client, build):
    [lab, *_others] = pooled_labs(build, labs=2, experiments=1)
    keep_pooled_run(build, pooled_scope(build, lab))
    build.sign_in(client, build.user(Role.RESEARCHER, lab))
    whole = pages.get("/evidence/map?programme=own")
    assert "Bereken wat hier het beste werkt" not in whole.text
    model = build.profiles(lab)[0].segmentation_model_id
    narrow = pages.get(f"/evidence/map?programme=own&model={model}&lab={lab.id}")
    assert "Bereken wat hier het beste werkt" in narrow.text
    form = next(one for one in narrow.content.all("form") if one["method"] == "post")
    sent = {one["name"]: one["value"] for one in form.all("input")}
    assert sent["living_lab_id"] == str(lab.id)
    answer = client.post(form["action"], data=sent)
    assert answer.status_code == 303
    assert "/jobs/" in answer.location


def test_project_team_gets_a_sentence_instead_of_the_button(pages, client, build):
    [lab, *_others] = pooled_labs(build, labs=2, experiments=1)
    build.sign_in(client, build.user(Role.TEAM, lab))
    answer = pages.get("/evidence/map?programme=own")
    assert "Een onderzoeker kan dat vragen." in answer.text
    assert not [one for one in answer.content.all("form") if one["method"] == "post"]


def test_cell_without_verdict_lists_the_experiments_behind_it(pages, build):
    labs = pooled_labs(
        build, labs=2, experiments=1, programme=build.programme(ProgrammeKind.PUBLISHED)
    )
    code = build_code(build, labs[0])
    links = pages.get(f"/evidence/map?programme={code}").links
    cell = next(link for link in links if "variant=" in link)
    behind = pages.get(cell.split("#")[0]).content.one("section", id="experiments")
    assert len(behind.all("li")) == 2


def test_own_programme_is_not_there_for_others(pages, build, client):
    lab = build.lab()
    pages.get("/evidence/map?programme=own", status=404)
    build.sign_in(client, build.user(Role.STUDENT, lab))
    pages.get("/evidence/map?programme=own", status=404)


def test_unpublished_counts_of_other_labs_are_not_on_the_map(pages, client, build):
    mine, *_others = pooled_labs(build, labs=3, experiments=1, status=ExperimentStatus.CLOSED)
    build.sign_in(client, build.user(Role.TEAM, mine))
    text = pages.get("/evidence/map?programme=own").text
    # What is left of a sum without one's own would be that of the other labs.
    assert "n 1.200" not in text
    assert "3 exp. (2 nog niet gepubliceerd), n 400" in text


def test_filters_count_what_each_choice_leaves(pages, client, build):
    labs = pooled_labs(build, labs=2, experiments=1)
    build.sign_in(client, build.user(Role.RESEARCHER, labs[0]))
    select = pages.get("/evidence/map?programme=own").content.one("select", id="filter-lab")
    assert [one.text for one in select.all("option")] == ["Alle labs (2)", f"{labs[0].name} (1)"]


@pytest.mark.parametrize(
    "query",
    ["outcome=nonsense", "outcome=offered-offered-people-higher", "model=99", "year=x", "phase=²"],
)
def test_choice_that_means_nothing_is_left_out(pages, client, build, query):
    [lab, *_others] = pooled_labs(build, labs=2, experiments=1)
    build.sign_in(client, build.user(Role.TEAM, lab))
    assert pages.get(f"/evidence/map?programme=own&{query}").content.one("h1")


def test_new_counts_are_on_the_map_at_once(pages, client, build):
    labs = pooled_labs(build, labs=2, experiments=1)
    build.sign_in(client, build.user(Role.RESEARCHER, labs[0]))
    assert "2 exp." in pages.get("/evidence/map?programme=own").text
    pooled_labs(build, labs=1, experiments=1)
    assert "3 exp." in pages.get("/evidence/map?programme=own").text


def test_trial_without_control_group_is_told_but_never_judged(pages, client, build):
    labs = pooled_labs(build, labs=2, experiments=1)
    experiment = build.experiment(
        labs[0],
        styles=(),
        status=ExperimentStatus.PUBLISHED,
        design_type=DesignType.RETROSPECTIVE,
    )
    add_variant(build, experiment, labs[0], "poster", "zakelijk", 0)
    count(build.session, experiment, [(20, 200)], build.profiles(labs[0])[0].id)
    build.sign_in(client, build.user(Role.RESEARCHER, labs[0]))
    assert "niet vergeleken (1 exp., graad D)" in pages.get("/evidence/map?programme=own").text
