"""A back-test, as its reader takes it along."""

from flask import abort, g, request

from analysis.exports.backtest import export_backtest
from analysis.exports.contents import Export
from analysis.queries import backtest as queries
from analysis.queries.runs import get_run
from analysis.views.backtest import describe_backtest
from analysis.views.exported import Exported, make_origin
from lab.access import Action
from lab.db import get_session
from lab.queries.programmes import find_programme
from lab.views.programmes import choose_programme


def build_export() -> Export:
    """Return the kept back-test that the address asks for, else the newest of its programme."""
    session, run_id = get_session(), request.args.get("run_id", type=int)
    if run_id is None:
        run_id = queries.find_newest_backtest(session, choose_programme().id)
    found = (run_id and queries.find_backtest(session, run_id)) or abort(404)
    g.programme = find_programme(session, found.programme_id)
    run = get_run(session, run_id)
    told = describe_backtest(run)
    origin = make_origin(
        BACKTEST,
        {"run_id": run_id},
        g.programme,
        number=run_id,
        title=g.programme.code,
        counted_at=run.run_at,
        product_version=run.product_version,
    )
    return export_backtest(told.report, told.question, told.method, run.method_version, origin)


BACKTEST = Exported(
    name="backtest",
    page="backtest.show_backtest",
    address="/advice/backtest",
    action=Action.READ_ADVICE,
    build=build_export,
)
