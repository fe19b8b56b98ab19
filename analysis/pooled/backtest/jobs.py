"""The back-test as long work: what it is called, its steps and what can keep it from ending."""

from flask_babel import lazy_gettext as _

from analysis.pooled.jobs import DESCRIBE
from lab.access import Action
from lab.jobs.work import JobKind

GATHERING, ASKING, NOTHING_TO_BACKTEST = "gathering", "asking", "nothing_to_backtest"

BACKTEST = JobKind(
    name="backtest",
    label=_("Holding past advice against later experiments"),
    work="analysis.pooled.backtest.work:make_backtest",
    action=Action.RUN_ANALYSIS,
    endpoint="backtest.show_backtest",
    number="run_id",
    describe=DESCRIBE,
    steps={
        GATHERING: _("Gathering counts"),
        ASKING: _("Asking for each past day what would have been advised"),
    },
    errors={
        NOTHING_TO_BACKTEST: _(
            "There are no two published experiments, one after the other, that measured the same. "
            "Advice cannot be held against what came later yet."
        ),
    },
)
