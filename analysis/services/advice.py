"""Deciding on proposals, and publishing rules in editions."""

from datetime import datetime

from flask_babel import gettext as _
from sqlmodel import Session

from analysis.deciding import add_months
from analysis.evidence import read_evidence
from analysis.models.advice import (
    AdviceEdition,
    AdviceEditionRule,
    AdviceRuleVersion,
    AskedDecision,
    DecisionCreate,
    ProposalState,
    VersionState,
)
from analysis.queries import advice as queries
from analysis.services.agreement import check_agreed
from experiments.models.experiments import Experiment, ExperimentStatus
from experiments.queries.cells import lock_counts
from experiments.queries.experiments import get_experiment
from lab.access import Place, Reader
from lab.errors import DomainError, StaleError
from lab.queries.labs import get_lab
from lab.services.audit import record
from lab.services.labs import check_open


class VersionAlreadyDecidedError(StaleError):
    """Somebody decided on this proposal already; a decision is never changed."""

    def __init__(self, decided_by: str | None, state: VersionState):
        if state is VersionState.SUPERSEDED:
            text = _("Newer counts replaced this proposal. Decide on the newest one.")
        elif decided_by:
            text = _(
                "%(name)s already decided on this proposal. A decision is never changed.",
                name=decided_by,
            )
        else:
            text = _("Somebody already decided on this proposal. A decision is never changed.")
        super().__init__(text)


class VersionNotPublishedError(StaleError):
    """Only a rule that is in force can be taken back."""

    def __init__(self):
        super().__init__(_("This advice is not in force (any more), so it cannot be taken back."))


class ExperimentWithdrawnError(DomainError):
    """The evidence of a withdrawn experiment is not published."""

    def __init__(self, experiment: Experiment):
        super().__init__(
            _(
                "“%(title)s” was withdrawn: its results cannot become advice.",
                title=experiment.title,
            )
        )


class ExperimentReopenedError(StaleError):
    """Counts that can still change are no ground for advice."""

    def __init__(self, experiment: Experiment):
        super().__init__(
            _(
                "“%(title)s” is in the field again, so its counts can change. Close it and make"
                " proposals again.",
                title=experiment.title,
            )
        )


def publish_version(
    session: Session, version_id: int, command: DecisionCreate, *, by: Reader, at: datetime
) -> AdviceEdition:
    """Publish a proposal in a new edition; the version that was in force retires."""
    version = take_proposal(session, version_id)
    check_agreed(session, version, AskedDecision.PUBLISH, at)
    _check_evidence_stands(session, version)
    former = queries.find_published_version(session, version.advice_rule_id)
    if former:
        _retire(former, by=by, at=at)
    _retire_other_division(session, version, by=by, at=at)
    version.review_on = add_months(at.date(), command.review_months)
    _decide(session, version, VersionState.PUBLISHED, command, by=by, at=at)
    return _publish_edition(session, version, by=by, at=at)


def reject_version(
    session: Session, version_id: int, command: DecisionCreate, *, by: Reader, at: datetime
) -> AdviceRuleVersion:
    """Reject a proposal, and say why."""
    version = take_proposal(session, version_id)
    check_agreed(session, version, AskedDecision.REJECT, at)
    _decide(session, version, VersionState.REJECTED, command, by=by, at=at)
    return version


def retire_version(
    session: Session, version_id: int, command: DecisionCreate, *, by: Reader, at: datetime
) -> AdviceEdition:
    """Take a published version back in a new edition, and say why."""
    version = _take(session, version_id)
    if version.state is not VersionState.PUBLISHED:
        raise VersionNotPublishedError
    _retire(version, by=by, at=at, reason=command.reason)
    session.flush()
    record_decision(session, version, "retire_advice", by=by, at=at, reason=command.reason)
    return _publish_edition(session, version, by=by, at=at)


def supersede(session: Session, version: AdviceRuleVersion) -> None:
    """Mark a proposal as replaced before anybody decided on it."""
    version.state = VersionState.SUPERSEDED
    session.flush()


def _take(session: Session, version_id: int) -> AdviceRuleVersion:
    rule = queries.get_rule(session, queries.get_version(session, version_id).advice_rule_id)
    # Editions are numbered in a row, so one person at a time publishes in a programme.
    queries.lock_programme(session, rule.programme_id)
    version = queries.get_version_to_decide(session, version_id)
    if version.living_lab_id is not None:
        check_open(get_lab(session, version.living_lab_id))
    return version


def take_proposal(session: Session, version_id: int) -> AdviceRuleVersion:
    """Return a proposal that nobody decided on, and let nobody else decide meanwhile."""
    version = _take(session, version_id)
    if version.state is not VersionState.PROPOSED:
        decided_by = queries.get_listed_version(session, version_id).decided_by
        raise VersionAlreadyDecidedError(decided_by, version.state)
    return version


def _check_evidence_stands(session: Session, version: AdviceRuleVersion) -> None:
    for experiment_id in _list_experiments(version):
        # Nobody withdraws, reopens or recounts the experiment while it becomes advice.
        lock_counts(session, experiment_id)
        experiment = get_experiment(session, experiment_id)
        session.refresh(experiment)
        if experiment.status is ExperimentStatus.WITHDRAWN:
            raise ExperimentWithdrawnError(experiment)
        if experiment.status is ExperimentStatus.IN_FIELD:
            raise ExperimentReopenedError(experiment)


def _list_experiments(version: AdviceRuleVersion) -> list[int]:
    """Return the experiments that a version rests on, in the order in which all lock them."""
    if version.experiment_id is not None:
        return [version.experiment_id]
    sources = read_evidence(version.evidence).basis.sources
    return sorted(source.experiment_id for source in sources)


def _decide(
    session: Session,
    version: AdviceRuleVersion,
    state: VersionState,
    command: DecisionCreate,
    *,
    by: Reader,
    at: datetime,
) -> None:
    version.state = state
    version.decided_by_id, version.decided_at = by.user_id, at
    version.decision_reason = command.reason
    session.flush()
    action = "publish_advice" if state is VersionState.PUBLISHED else "reject_advice"
    record_decision(session, version, action, by=by, at=at, reason=command.reason)


def _retire(version: AdviceRuleVersion, *, by: Reader, at: datetime, reason: str = "") -> None:
    version.state = VersionState.RETIRED
    version.retired_by_id, version.retired_at = by.user_id, at
    version.retirement_reason = reason


def _retire_other_division(
    session: Session, version: AdviceRuleVersion, *, by: Reader, at: datetime
) -> None:
    """Retire advice per profile when one for everyone is published, and the other way round.

    What knows too little takes the place of nothing.
    """
    if version.proposal_state is ProposalState.NOT_ENOUGH:
        return
    rule = queries.get_rule(session, version.advice_rule_id)
    if rule.profile_id is None:
        reason = _("One advice for everyone took its place.")
    else:
        reason = _("Advice per profile took its place.")
    for other in queries.list_other_division(session, rule, to_change=True):
        _retire(other, by=by, at=at, reason=reason)
        record_decision(session, other, "retire_advice", by=by, at=at, reason=reason)


def _publish_edition(
    session: Session, version: AdviceRuleVersion, *, by: Reader, at: datetime
) -> AdviceEdition:
    programme_id = queries.get_rule(session, version.advice_rule_id).programme_id
    newest = queries.find_newest_edition(session, programme_id)
    edition = AdviceEdition(
        programme_id=programme_id,
        number=newest.number + 1 if newest else 1,
        published_by_id=by.user_id,
        published_at=at,
    )
    session.add(edition)
    session.flush()
    for member in queries.list_versions_in_force(session, programme_id):
        session.add(AdviceEditionRule(edition_id=edition.id, version_id=member.id))
    session.flush()
    return edition


def record_decision(
    session: Session,
    version: AdviceRuleVersion,
    action: str,
    *,
    by: Reader,
    at: datetime,
    **details,
) -> None:
    """Keep in the audit what somebody did with a version."""
    rule = queries.get_rule(session, version.advice_rule_id)
    if version.experiment_id is None:
        details["run_id"] = version.analysis_run_id
    record(
        session,
        by=by,
        at=at,
        action=action,
        subject="advice_rule_version",
        subject_id=version.id,
        place=Place(rule.programme_id, version.living_lab_id),
        number=version.number,
        rule_id=version.advice_rule_id,
        experiment_id=version.experiment_id,
        **details,
    )
