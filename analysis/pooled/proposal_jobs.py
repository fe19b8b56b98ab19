"""Proposals from all evidence as long work: what it is called, its steps and its obstacles."""

from flask_babel import lazy_gettext as _

from analysis.pooled.jobs import DESCRIBE, NOTHING_TO_ESTIMATE, POOLED_RUN
from lab.access import Action
from lab.jobs.work import JobKind

PROPOSING, ONLY_A_CHECK = "proposing", "only_a_check"

POOLED_PROPOSALS = JobKind(
    name="pooled_proposals",
    label=_("Proposals for advice from all experiments"),
    work="analysis.pooled.proposal_work:make_pooled_proposals",
    action=Action.DECIDE_ADVICE,
    endpoint="proposals.list_run_proposals",
    number="run_id",
    describe=DESCRIBE,
    steps=POOLED_RUN.steps | {PROPOSING: _("Making proposals")},
    errors={
        NOTHING_TO_ESTIMATE: POOLED_RUN.errors[NOTHING_TO_ESTIMATE],
        ONLY_A_CHECK: _(
            "This is a check: comparisons without a lottery count in it. No advice follows from it."
        ),
    },
)
