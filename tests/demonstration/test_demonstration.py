"""The demonstration: what it loads, that it stays apart, and that it leaves nothing behind."""

from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import func, inspect, text
from sqlmodel import select

from analysis.demonstration import demo, load_demonstration
from analysis.models.advice import ProposalState
from analysis.models.runs import AnalysisRun
from analysis.queries.advice import find_newest_edition, list_edition_versions
from analysis.services.runs import read_run
from analysis.stats.results import Verdict
from experiments.demonstration.fictitious import FICTITIOUS_CODE
from experiments.demonstration.people import ACCOUNTS_FILE
from experiments.demonstration.recipe import make_programme
from experiments.models.experiments import DesignType, Experiment, ExperimentStatus
from experiments.models.observations import CountCell, Observation
from lab.access import Reader
from lab.models.labs import LivingLab
from lab.models.programmes import Programme, ProgrammeKind
from lab.queries.areas import find_composition, match_areas
from lab.queries.labs import list_labs
from lab.queries.programmes import find_programme_by_code
from lab.services.programmes import add_own_programme

TODAY = date(2026, 11, 1)


@pytest.fixture
def loaded(session, tmp_path):
    """A session on a database with the demonstration loaded."""
    add_own_programme(session)
    load_demonstration(session, tmp_path, datetime.now(UTC))
    session.commit()
    return session


def count_rows(session) -> dict[str, int]:
    """Return how many rows each table holds."""
    names = inspect(session.get_bind()).get_table_names()
    return {
        name: session.connection().execute(text(f'SELECT count(*) FROM "{name}"')).scalar()
        for name in names
    }


def list_kinds(session, column):
    """Return a sum per kind of programme."""
    statement = (
        select(Programme.kind, column)
        .join(LivingLab, LivingLab.programme_id == Programme.id)
        .join(Experiment, Experiment.living_lab_id == LivingLab.id)
        .outerjoin(CountCell, CountCell.experiment_id == Experiment.id)
        .group_by(Programme.kind)
    )
    return dict(session.exec(statement).all())


def test_published_trials_hold_all_people_of_the_sources(loaded):
    people = list_kinds(loaded, func.sum(CountCell.offered))
    # 305,866 people of the letters and 16,740 of the 24 trials of counselling.
    assert people[ProgrammeKind.PUBLISHED] == 305_866 + 16_740


def test_loading_gives_25_trials_and_60_invented_experiments(loaded):
    numbers = list_kinds(loaded, func.count(func.distinct(Experiment.id)))
    assert numbers == {ProgrammeKind.PUBLISHED: 25, ProgrammeKind.FICTITIOUS: 60}


def test_pooled_runs_answer_the_trials_and_the_invented_labs(loaded):
    runs = loaded.exec(select(AnalysisRun).where(AnalysisRun.estimator == "pooled")).all()
    records = {run.id: read_run(run) for run in runs}
    invented, letters, counselling = (
        records[run.id] for run in sorted(runs, key=lambda one: one.id)
    )
    assert [run.living_lab_id is None for run in runs] == [True, False, False]
    assert len(letters.profiles) == 12
    assert {one.advised.verdict for one in letters.profiles} == {Verdict.CLEARLY_BETTER}
    assert len(counselling.experiments_used) == 24
    # Channels are counted in households, so that labs tell more together than apart.
    assert len(invented.experiments_used) > 15
    assert {one.part for part in invented.profiles for one in part.variants} == {0}


def test_it_is_known_who_lives_where_the_invented_labs_counted(loaded):
    programme = find_programme_by_code(loaded, FICTITIOUS_CODE)
    for lab in list_labs(loaded, Reader(user_id=1), programme.id):
        cells = select(CountCell.area, Experiment.segmentation_model_id).distinct()
        mine = cells.join(Experiment, Experiment.id == CountCell.experiment_id).where(
            Experiment.living_lab_id == lab.id
        )
        rows = loaded.exec(mine).all()
        matched = match_areas(loaded, lab.id, [area for area, _model in rows])
        for area, model in rows:
            found = find_composition(loaded, [matched[area].id], model, date(2025, 1, 1))
            assert sum(found.shares.values()) + found.unknown == pytest.approx(1)
            assert found.reference_dates == (date(2024, 1, 1), date(2024, 1, 1))


def test_removing_leaves_nothing_behind(settings, session, monkeypatch):
    monkeypatch.setenv("PROEFTUIN_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    add_own_programme(session)
    session.commit()
    before = count_rows(session)
    session.commit()
    assert CliRunner().invoke(demo).exit_code == 0
    assert (settings.instance / ACCOUNTS_FILE).stat().st_mode & 0o777 == 0o600
    result = CliRunner().invoke(demo, ["--remove"])
    assert result.exit_code == 0
    assert count_rows(session) == before
    assert not (settings.instance / ACCOUNTS_FILE).exists()


def test_removed_demonstration_does_not_come_back_by_itself(settings, session, monkeypatch):
    monkeypatch.setenv("PROEFTUIN_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    CliRunner().invoke(demo, ["--remove"])
    CliRunner().invoke(demo, ["--unless-removed"])
    assert session.exec(select(func.count(Experiment.id))).one() == 0


def test_loading_twice_adds_nothing(settings, session, monkeypatch):
    monkeypatch.setenv("PROEFTUIN_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    first = CliRunner().invoke(demo)
    rows = count_rows(session)
    session.commit()
    second = CliRunner().invoke(demo)
    assert count_rows(session) == rows
    assert first.output.splitlines()[-5:] == second.output.splitlines()[-5:]


def test_invented_programme_has_the_mistakes_of_a_real_one(loaded):
    experiments = loaded.exec(
        select(Experiment)
        .join(LivingLab, LivingLab.id == Experiment.living_lab_id)
        .join(Programme, Programme.id == LivingLab.programme_id)
        .where(Programme.kind == ProgrammeKind.FICTITIOUS)
    ).all()
    observations = loaded.exec(
        select(Observation).where(
            Observation.experiment_id.in_([experiment.id for experiment in experiments])
        )
    ).all()
    designs = [experiment.design_type for experiment in experiments]
    assert 3 <= designs.count(DesignType.RETROSPECTIVE) <= 12
    assert 6 <= designs.count(DesignType.COMPARISON) <= 18
    assert ExperimentStatus.WITHDRAWN in {experiment.status for experiment in experiments}
    assert any(observation.is_void for observation in observations)
    assert any(observation.replaces_id and not observation.is_void for observation in observations)
    assert any(observation.offered is None for observation in observations)
    assert sum(observation.responded < 10 for observation in observations) > 50


def test_newest_invented_edition_advises_what_the_labs_show_together(loaded):
    programme = find_programme_by_code(loaded, FICTITIOUS_CODE)
    edition = find_newest_edition(loaded, programme.id)
    listed = list_edition_versions(loaded, edition.id)
    states = [one.version.proposal_state for one in listed if one.version.experiment_id is None]
    assert states
    assert set(states) <= {ProposalState.ADVISE, ProposalState.TENTATIVE}


def test_no_lab_has_two_experiments_of_one_title():
    for lab in make_programme(TODAY):
        titles = [experiment.title for experiment in lab.experiments]
        assert len(set(titles)) == len(titles)


def test_recipe_gives_the_same_counts_for_the_same_seed():
    assert make_programme(TODAY) == make_programme(TODAY)
    assert make_programme(TODAY) != make_programme(TODAY, seed=1)
