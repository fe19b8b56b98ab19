"""To which programme and lab the numbers in addresses about advice lead."""

from sqlmodel import Session

from analysis.models.advice import AdviceRule, AdviceRuleVersion
from analysis.models.runs import AnalysisRun
from lab.access import Place
from lab.queries.places import find_lab_place, find_programme_place


def find_rule_place(session: Session, rule_id: int) -> Place | None:
    """Return the place of a rule: its programme."""
    rule = session.get(AdviceRule, rule_id)
    return rule and find_programme_place(session, rule.programme_id)


def find_version_place(session: Session, version_id: int) -> Place | None:
    """Return the place of a version: the lab whose evidence it rests on, or its programme."""
    version = session.get(AdviceRuleVersion, version_id)
    if version is None:
        return None
    if version.living_lab_id is None:
        return find_rule_place(session, version.advice_rule_id)
    return find_lab_place(session, version.living_lab_id)


def find_run_place(session: Session, run_id: int) -> Place | None:
    """Return the place of a calculation: its lab, or the programme when it looks further."""
    run = session.get(AnalysisRun, run_id)
    if run is None:
        return None
    if run.living_lab_id is None:
        return find_programme_place(session, run.programme_id)
    return find_lab_place(session, run.living_lab_id)


FINDERS = {
    "rule_id": find_rule_place,
    "version_id": find_version_place,
    "run_id": find_run_place,
}
