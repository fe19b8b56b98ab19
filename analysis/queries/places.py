"""To which programme and lab the numbers in addresses about advice lead."""

from sqlmodel import Session

from analysis.models.advice import AdviceRule, AdviceRuleVersion
from lab.access import Place
from lab.queries.places import find_lab_place, find_programme_place


def find_rule_place(session: Session, rule_id: int) -> Place | None:
    """Return the place of a rule: its programme."""
    rule = session.get(AdviceRule, rule_id)
    return rule and find_programme_place(session, rule.programme_id)


def find_version_place(session: Session, version_id: int) -> Place | None:
    """Return the place of a version: the lab whose evidence it rests on."""
    version = session.get(AdviceRuleVersion, version_id)
    return version and find_lab_place(session, version.living_lab_id)


FINDERS = {"rule_id": find_rule_place, "version_id": find_version_place}
