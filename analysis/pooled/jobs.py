"""The pooled run as long work: what it is called, its steps and what can keep it from ending."""

from flask_babel import lazy_gettext as _

from analysis.pooled.design import PooledStep
from lab.access import Action
from lab.jobs.work import JobKind

NOTHING_TO_ESTIMATE, ONE_OTHER_LAB = "nothing_to_estimate", "one_other_lab"
DESCRIBE = "analysis.pooled.job_questions:describe_question"

POOLED_RUN = JobKind(
    name="pooled_run",
    label=_("Estimating what works best over all experiments"),
    work="analysis.pooled.work:make_pooled_run",
    action=Action.RUN_ANALYSIS,
    endpoint="evidence.show_run",
    number="run_id",
    describe=DESCRIBE,
    steps={
        PooledStep.GATHERING: _("Gathering counts"),
        PooledStep.ESTIMATING: _("Estimating"),
        PooledStep.LEAVING_OUT_LABS: _("Leaving out one lab at a time"),
        PooledStep.LEAVING_OUT_EXPERIMENTS: _("Leaving out one experiment at a time"),
        PooledStep.KEEPING: _("Keeping the result"),
    },
    errors={
        NOTHING_TO_ESTIMATE: _(
            "No experiment of this choice has counts that can be compared. Choose more widely."
        ),
        ONE_OTHER_LAB: _(
            "Only one lab counted this, and it has not published it yet. "
            "Choose more widely, or ask that lab."
        ),
    },
)
