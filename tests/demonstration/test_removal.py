"""Removing the demonstration while people work in their own programme, and in it."""

from sqlalchemy import func, select
from sqlmodel import SQLModel

from analysis.demonstration import remove_demonstration
from analysis.services.pooled_findings import read_scope
from analysis.services.pooled_proposals import propose_from_runs
from experiments.demonstration.fictitious import FICTITIOUS_CODE
from experiments.models.experiments import ExperimentStatus
from lab.i18n import command_context
from lab.models.jobs import Job
from lab.models.people import Membership, Role
from lab.models.programmes import ProgrammeCreate, ProgrammeKind
from lab.services.programmes import add_programme, ship_vocabulary
from tests.analysis.counted import CLEAR, counted_experiment, reader_of
from tests.analysis.pooled_runs import keep_pooled_run, pooled_labs, pooled_scope
from tests.analysis.test_advice_pages import Publisher
from tests.builders import MOMENT
from tests.test_access import World


def count_rows(session) -> dict[str, int]:
    """Return how many rows each table holds."""
    rows = {
        table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
        for table in SQLModel.metadata.sorted_tables
    }
    session.commit()
    return rows


def test_removing_the_demonstration_touches_no_own_work(settings, session, build):
    world = World(build, session, ExperimentStatus.PUBLISHED)
    colleague = world.people[Role.RESEARCHER]
    number = colleague.id
    before = count_rows(session)
    command = ProgrammeCreate(
        code=FICTITIOUS_CODE, kind=ProgrammeKind.FICTITIOUS, name_nl="Verzonnen", name_en="Invented"
    )
    programme = add_programme(session, command, MOMENT)
    ship_vocabulary(session, programme)
    session.commit()
    lab = build.lab(programme)
    build.user(Role.ADMINISTRATOR, lab, is_demonstration=True)
    # A colleague with own work looks around in the demonstration as well, and publishes there.
    session.add(
        Membership(user_id=number, living_lab_id=lab.id, role=Role.RESEARCHER, since=MOMENT)
    )
    session.commit()
    session.add(
        Job(
            kind="look", programme_id=programme.id, living_lab_id=lab.id,
            requested_by_id=number, requested_at=MOMENT,
        )
    )  # fmt: skip
    session.commit()
    publisher = Publisher(session, build, lab)
    publisher.by = reader_of(colleague, lab)
    publisher.publish_all(counted_experiment(build, lab, [CLEAR]))
    pooled_labs(build, labs=2, programme=programme)
    run = keep_pooled_run(build, pooled_scope(build, lab), reader_of(colleague, lab))
    propose_from_runs(session, read_scope(run), [run.id], by=reader_of(colleague, lab), at=MOMENT)
    session.commit()
    invented = count_rows(session)
    for table in ("advice_edition", "advice_rule_version", "analysis_draws", "job"):
        assert invented[table] > before[table]
    with command_context("en"):
        remove_demonstration(settings)
    after = count_rows(session)
    # The publisher's own account, which is nobody's demonstration account, stays.
    assert after == before | {"user_account": before["user_account"] + 1}
