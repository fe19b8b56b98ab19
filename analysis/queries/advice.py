"""Queries on advice rules, their versions and editions."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import aliased, defer
from sqlmodel import Session, and_, col, func, or_, select

from analysis.models.advice import (
    PUBLIC_STATES,
    AdviceEdition,
    AdviceEditionRule,
    AdviceRule,
    AdviceRuleVersion,
    VersionState,
)
from experiments.models.experiments import Experiment, ExperimentStatus
from lab.models.labels import IssueType, Phase
from lab.models.labs import LivingLab
from lab.models.people import User
from lab.models.programmes import Programme
from lab.models.segmentation import Profile

Proposer, Decider, Retirer = aliased(User), aliased(User), aliased(User)


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """A version of a rule with what the rule is about, and who did what."""

    version: AdviceRuleVersion
    rule: AdviceRule
    profile: Profile | None
    issue_type: IssueType | None
    phase: Phase | None
    proposed_by: str | None
    decided_by: str | None
    retired_by: str | None


class RuleSubject(NamedTuple):
    """What the rules of one set of proposals are about.

    segmentation_model_id: whose profiles have a rule each; rules for everyone are always part.
    """

    programme_id: int
    segmentation_model_id: int | None
    issue_type_id: int | None
    phase_id: int | None


def _join_rules(statement):
    return statement.join(
        AdviceRule, col(AdviceRule.id) == AdviceRuleVersion.advice_rule_id
    ).outerjoin(Profile, col(Profile.id) == AdviceRule.profile_id)


# Built once: making such a statement costs more than running it.
VERSIONS = (
    _join_rules(
        select(
            AdviceRuleVersion,
            AdviceRule,
            Profile,
            IssueType,
            Phase,
            Proposer.name,
            Decider.name,
            Retirer.name,
        )
    )
    .outerjoin(IssueType, col(IssueType.id) == AdviceRule.issue_type_id)
    .outerjoin(Phase, col(Phase.id) == AdviceRule.phase_id)
    .outerjoin(Proposer, Proposer.id == AdviceRuleVersion.proposed_by_id)
    .outerjoin(Decider, Decider.id == AdviceRuleVersion.decided_by_id)
    .outerjoin(Retirer, Retirer.id == AdviceRuleVersion.retired_by_id)
    # It is large, and who needs it has mostly read it before.
    .options(defer(AdviceRuleVersion.evidence))
)


def find_rule_by_key(session: Session, key: str) -> AdviceRule | None:
    """Return the rule with a key, or None."""
    return session.exec(select(AdviceRule).where(AdviceRule.key == key)).first()


def get_rule(session: Session, rule_id: int) -> AdviceRule:
    """Return a rule that is known to exist."""
    return session.get_one(AdviceRule, rule_id)


def get_version(session: Session, version_id: int) -> AdviceRuleVersion:
    """Return a version that is known to exist."""
    return session.get_one(AdviceRuleVersion, version_id)


def get_version_to_decide(session: Session, version_id: int) -> AdviceRuleVersion:
    """Return a version as it is now, and let nobody else decide on it meanwhile."""
    statement = select(AdviceRuleVersion).where(AdviceRuleVersion.id == version_id)
    # The guard has read the version already, perhaps before somebody else decided.
    fresh = statement.with_for_update().execution_options(populate_existing=True)
    return session.exec(fresh).one()


def lock_programme(session: Session, programme_id: int) -> None:
    """Let nobody else publish advice of a programme until this transaction ends."""
    statement = select(Programme.id).where(Programme.id == programme_id)
    session.exec(statement.with_for_update(key_share=True)).one()


def find_last_number(session: Session, rule_id: int) -> int:
    """Return the number of a rule's newest version, 0 when it has none."""
    statement = select(func.max(AdviceRuleVersion.number)).where(
        AdviceRuleVersion.advice_rule_id == rule_id
    )
    return session.exec(statement).one() or 0


def find_latest_version(
    session: Session, rule_id: int, experiment_id: int
) -> AdviceRuleVersion | None:
    """Return the newest version of a rule that rests on one experiment, or None."""
    statement = (
        select(AdviceRuleVersion)
        .where(
            AdviceRuleVersion.advice_rule_id == rule_id,
            AdviceRuleVersion.experiment_id == experiment_id,
        )
        .order_by(col(AdviceRuleVersion.number).desc())
    )
    return session.exec(statement).first()


def find_latest_pooled_version(
    session: Session, rule_id: int, living_lab_id: int | None
) -> AdviceRuleVersion | None:
    """Return the newest version of a rule that rests on all experiments of a lab, or of all."""
    statement = (
        select(AdviceRuleVersion)
        .where(AdviceRuleVersion.advice_rule_id == rule_id, *_is_pooled(living_lab_id))
        .order_by(col(AdviceRuleVersion.number).desc())
    )
    return session.exec(statement).first()


def find_published_version(session: Session, rule_id: int) -> AdviceRuleVersion | None:
    """Return the version of a rule that is in force, or None."""
    statement = select(AdviceRuleVersion).where(
        AdviceRuleVersion.advice_rule_id == rule_id,
        AdviceRuleVersion.state == VersionState.PUBLISHED,
    )
    return session.exec(statement.with_for_update()).first()


def list_other_division(
    session: Session, rule: AdviceRule, *, to_change: bool = False
) -> list[AdviceRuleVersion]:
    """Return what is in force on the same subject for another division of residents.

    For a rule for everyone those per profile, and for one of a profile that for everyone.
    to_change: nobody else changes them meanwhile.
    """
    is_other = col(AdviceRule.profile_id).is_not(None)
    if rule.profile_id is not None:
        is_other = col(AdviceRule.profile_id).is_(None)
    statement = (
        select(AdviceRuleVersion)
        .join(AdviceRule, col(AdviceRule.id) == AdviceRuleVersion.advice_rule_id)
        .where(
            AdviceRule.programme_id == rule.programme_id,
            AdviceRule.issue_type_id == rule.issue_type_id,
            AdviceRule.phase_id == rule.phase_id,
            is_other,
            AdviceRuleVersion.state == VersionState.PUBLISHED,
        )
        .order_by(col(AdviceRuleVersion.id))
    )
    if to_change:
        statement = statement.with_for_update(of=AdviceRuleVersion)
    return list(session.exec(statement))


def list_undecided_versions(session: Session, experiment_id: int) -> list[AdviceRuleVersion]:
    """Return the proposals of an experiment that nobody decided on, oldest first."""
    statement = select(AdviceRuleVersion).where(
        AdviceRuleVersion.experiment_id == experiment_id,
        AdviceRuleVersion.state == VersionState.PROPOSED,
    )
    return list(session.exec(statement.order_by(col(AdviceRuleVersion.id)).with_for_update()))


def list_undecided_pooled_versions(
    session: Session, subject: RuleSubject, living_lab_id: int | None
) -> list[AdviceRuleVersion]:
    """Return the pooled proposals about a subject that nobody decided on, oldest first."""
    statement = (
        _join_rules(select(AdviceRuleVersion))
        .where(*_is_about(subject), *_is_pooled(living_lab_id))
        .where(AdviceRuleVersion.state == VersionState.PROPOSED)
        .order_by(col(AdviceRuleVersion.id))
    )
    return list(session.exec(statement.with_for_update(of=AdviceRuleVersion)))


def list_versions_in_force(session: Session, programme_id: int) -> list[AdviceRuleVersion]:
    """Return the published versions of a programme, by number."""
    statement = (
        select(AdviceRuleVersion)
        .join(AdviceRule, col(AdviceRule.id) == AdviceRuleVersion.advice_rule_id)
        .where(
            AdviceRule.programme_id == programme_id,
            AdviceRuleVersion.state == VersionState.PUBLISHED,
        )
    )
    return list(session.exec(statement.order_by(col(AdviceRuleVersion.id))))


def find_newest_edition(session: Session, programme_id: int) -> AdviceEdition | None:
    """Return the newest edition of a programme, or None."""
    statement = select(AdviceEdition).where(AdviceEdition.programme_id == programme_id)
    return session.exec(statement.order_by(col(AdviceEdition.number).desc())).first()


def find_edition(session: Session, programme_id: int, number: int) -> AdviceEdition | None:
    """Return an edition of a programme by its number, or None."""
    statement = select(AdviceEdition).where(
        AdviceEdition.programme_id == programme_id, AdviceEdition.number == number
    )
    return session.exec(statement).first()


def list_editions(session: Session, programme_id: int) -> list[AdviceEdition]:
    """Return the editions of a programme, newest first."""
    statement = select(AdviceEdition).where(AdviceEdition.programme_id == programme_id)
    return list(session.exec(statement.order_by(col(AdviceEdition.number).desc())))


def list_programmes_with_edition(session: Session) -> set[int]:
    """Return the numbers of the programmes that have an edition."""
    return set(session.exec(select(AdviceEdition.programme_id).distinct()))


def list_edition_versions(session: Session, edition_id: int) -> list[ListedVersion]:
    """Return the rules of an edition: those for everyone first, then by profile."""
    statement = VERSIONS.join(
        AdviceEditionRule, col(AdviceEditionRule.version_id) == AdviceRuleVersion.id
    )
    found = session.exec(statement.where(AdviceEditionRule.edition_id == edition_id))
    return sorted((ListedVersion(*row) for row in found), key=_place_of)


def list_experiment_versions(session: Session, experiment_id: int) -> list[ListedVersion]:
    """Return the versions that rest on an experiment: newest first within each rule."""
    statement = VERSIONS.where(AdviceRuleVersion.experiment_id == experiment_id)
    found = session.exec(statement.order_by(col(AdviceRuleVersion.number).desc()))
    return sorted((ListedVersion(*row) for row in found), key=_place_of)


def list_run_versions(
    session: Session, run_id: int, subject: RuleSubject, living_lab_id: int | None
) -> list[ListedVersion]:
    """Return the versions that rest on a run, and all pooled ones about what it looks at.

    Newest first within each rule. Beside those of the lab of a run stand those of all labs.
    """
    reach = or_(and_(*_is_pooled(living_lab_id)), and_(*_is_pooled(None)))
    is_about = and_(*_is_about(subject), reach)
    statement = VERSIONS.where(or_(AdviceRuleVersion.analysis_run_id == run_id, is_about))
    found = session.exec(statement.order_by(col(AdviceRuleVersion.number).desc()))
    return sorted((ListedVersion(*row) for row in found), key=_place_of)


def list_rule_versions(session: Session, rule_id: int) -> list[ListedVersion]:
    """Return the versions of a rule, newest first."""
    statement = VERSIONS.where(AdviceRuleVersion.advice_rule_id == rule_id)
    found = session.exec(statement.order_by(col(AdviceRuleVersion.number).desc()))
    return [ListedVersion(*row) for row in found]


def list_rules_in_force(session: Session, run_id: int) -> list[ListedVersion]:
    """Return the versions in force that rest on a run: of everyone first, then by profile."""
    statement = VERSIONS.where(
        AdviceRuleVersion.analysis_run_id == run_id,
        AdviceRuleVersion.state == VersionState.PUBLISHED,
    )
    return sorted((ListedVersion(*row) for row in session.exec(statement)), key=_place_of)


def get_listed_version(session: Session, version_id: int) -> ListedVersion:
    """Return a version with what its rule is about."""
    statement = VERSIONS.where(AdviceRuleVersion.id == version_id)
    return ListedVersion(*session.exec(statement).one())


def find_versions_in_force(session: Session, rule_ids: Collection[int]) -> dict[int, ListedVersion]:
    """Return the published version of each rule that has one, by rule."""
    statement = VERSIONS.where(
        col(AdviceRuleVersion.advice_rule_id).in_(rule_ids),
        AdviceRuleVersion.state == VersionState.PUBLISHED,
    )
    found = [ListedVersion(*row) for row in session.exec(statement)]
    return {listed.rule.id: listed for listed in found}


def list_last_public(session: Session, rule_ids: Collection[int]) -> dict[int, ListedVersion]:
    """Return of each rule the version in force, else the last one that was, by rule."""
    statement = VERSIONS.where(
        col(AdviceRuleVersion.advice_rule_id).in_(rule_ids),
        col(AdviceRuleVersion.state).in_(PUBLIC_STATES),
    ).order_by(AdviceRuleVersion.state == VersionState.PUBLISHED, col(AdviceRuleVersion.number))
    return {one.rule.id: one for one in (ListedVersion(*row) for row in session.exec(statement))}


def list_unpublished(
    session: Session, programme_ids: Collection[int]
) -> dict[int, ExperimentStatus]:
    """Return how far the experiments of programmes are of which the report is not public."""
    statement = (
        select(Experiment.id, Experiment.status)
        .join(LivingLab, col(LivingLab.id) == Experiment.living_lab_id)
        .where(
            col(LivingLab.programme_id).in_(programme_ids),
            Experiment.status != ExperimentStatus.PUBLISHED,
        )
    )
    return dict(session.exec(statement).all())


def find_statuses(session: Session, experiment_ids: Collection[int]) -> dict[int, ExperimentStatus]:
    """Return how far experiments are now, by number."""
    statement = select(Experiment.id, Experiment.status)
    return dict(session.exec(statement.where(col(Experiment.id).in_(experiment_ids))).all())


def _is_about(subject: RuleSubject) -> tuple:
    return (
        AdviceRule.programme_id == subject.programme_id,
        AdviceRule.issue_type_id == subject.issue_type_id,
        AdviceRule.phase_id == subject.phase_id,
        or_(
            col(AdviceRule.profile_id).is_(None),
            Profile.segmentation_model_id == subject.segmentation_model_id,
        ),
    )


def _is_pooled(living_lab_id: int | None) -> tuple:
    return (
        col(AdviceRuleVersion.experiment_id).is_(None),
        AdviceRuleVersion.living_lab_id == living_lab_id,
    )


def _place_of(listed: ListedVersion) -> tuple:
    profile, issue_type, phase = listed.profile, listed.issue_type, listed.phase
    return (
        profile is not None,
        (profile.segmentation_model_id, profile.position) if profile else (0, 0),
        issue_type.position if issue_type else -1,
        phase.position if phase else -1,
        listed.rule.id,
    )
