"""The evidence that a version of a rule keeps, read once: a kept version never changes."""

from sqlalchemy.orm import object_session

from analysis.evidence import RuleEvidence, read_evidence
from analysis.models.advice import AdviceRuleVersion
from lab.remembering import Remembered

# Evidence on 200 experiments is some 100 kB.
MOST_REMEMBERED = 500
REMEMBERED: Remembered[RuleEvidence] = Remembered(MOST_REMEMBERED)


def read_kept(version: AdviceRuleVersion) -> RuleEvidence:
    """Return the evidence of a version, for pages that only read."""
    session = object_session(version)
    bind = session.get_bind() if session else None
    # Whoever writes may see what is undone later, under a number that another one gets.
    if bind is None or bind.get_execution_options().get("write", True):
        return read_evidence(version.evidence)
    key = (
        str(bind.url),
        version.id,
        version.advice_rule_id,
        version.number,
        version.analysis_run_id,
        version.proposed_at,
    )
    return REMEMBERED.recall(key, lambda: read_evidence(version.evidence))
