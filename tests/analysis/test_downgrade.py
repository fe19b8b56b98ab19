"""Going back to the form from before pooled evidence."""

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from analysis.models.advice import AdviceRuleVersion
from analysis.services.pooled_findings import read_scope
from analysis.services.pooled_proposals import propose_from_runs
from experiments.models.experiments import Experiment
from lab import db
from lab.models.people import Role
from tests.analysis.counted import reader_of
from tests.analysis.pooled_runs import keep_pooled_run, pooled_labs, pooled_scope
from tests.builders import MOMENT


def count_rows(engine, table: str) -> int:
    with engine.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_advice_of_all_labs_is_not_lost_on_the_way_back(build, session, engine, database_url):
    lab, _other = pooled_labs(build, labs=2)
    run = keep_pooled_run(build, pooled_scope(build, lab))
    by = reader_of(build.user(Role.RESEARCHER, lab), lab)
    propose_from_runs(session, read_scope(run), [run.id], by=by, at=MOMENT)
    session.commit()
    with pytest.raises(RuntimeError, match="all labs"):
        db.downgrade(database_url, "0001")
    assert db.is_current(database_url)
    assert session.exec(select(AdviceRuleVersion)).all()


def test_the_rest_survives_the_way_back_and_forth(build, session, engine, database_url):
    lab, _other = pooled_labs(build, labs=2)
    keep_pooled_run(build, pooled_scope(build, lab))
    session.close()
    tables = ("experiment", "observation", "count_cell", "analysis_run", "audit_entry")
    before = [count_rows(engine, table) for table in tables]
    db.downgrade(database_url, "0001")
    db.upgrade(database_url)
    engine.dispose()
    assert [count_rows(engine, table) for table in tables] == before
    with Session(engine) as fresh:
        assert fresh.exec(select(Experiment)).first().title
