"""Deciding on proposals: by one person, or by two where the decision goes against the proposal."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from flask_babel import gettext as _
from sqlmodel import Session

from analysis.editing import EditRefusal, edit_evidence
from analysis.evidence import read_evidence, write_evidence
from analysis.models.advice import (
    AdviceConfirmation,
    AdviceRuleVersion,
    AnswerCreate,
    AskedDecision,
    DecisionCreate,
    EditCreate,
    ProposalState,
    SecondAnswer,
    VersionState,
)
from analysis.queries import advice as queries
from analysis.queries import confirmations
from analysis.services.advice import (
    publish_version,
    record_decision,
    reject_version,
    retire_version,
    supersede,
    take_proposal,
)
from analysis.services.agreement import goes_against
from lab.access import Reader
from lab.errors import DomainError, StaleError


class Decided(StrEnum):
    """What came of a decision."""

    PUBLISHED = "published"
    REJECTED = "rejected"
    RETIRED = "retired"
    ASKED = "asked"
    REFUSED = "refused"


class AlreadyAskedError(StaleError):
    """A second person was asked already; only the answer decides."""

    def __init__(self):
        super().__init__(
            _("A second person was asked about this proposal already. Wait for the answer.")
        )


class NobodyAskedError(StaleError):
    """There is nothing to confirm, or no more."""

    def __init__(self):
        super().__init__(_("Nobody waits for your answer on this proposal (any more)."))


class SamePersonError(DomainError):
    """Whoever asked cannot be the second person."""

    def __init__(self):
        super().__init__(
            _("You asked this yourself. A second researcher must confirm or refuse it.")
        )


class EditRefusedError(DomainError):
    """A proposal cannot be edited like this."""

    def __init__(self, refusal: EditRefusal):
        texts = {
            EditRefusal.NOTHING_CHANGED: _("This changes nothing. Publish the proposal as it is."),
            EditRefusal.VARIANT_IS_WORSE: _(
                "That variant does clearly worse than another one, so it cannot be advised."
            ),
            EditRefusal.UNSURE_CHOICE: _(
                "Another variant than the one that leads can be advised with reserve only."
            ),
            EditRefusal.NOTHING_TO_ADVISE: _("Choose which variant is advised."),
        }
        super().__init__(texts[refusal])


def decide_to_publish(
    session: Session, version_id: int, command: DecisionCreate, *, by: Reader, at: datetime
) -> Decided:
    """Publish a proposal, or ask a second person where that goes against it."""
    version = _take_free(session, version_id)
    if goes_against(session, version, AskedDecision.PUBLISH, at):
        return _ask(session, version, AskedDecision.PUBLISH, command, by=by, at=at)
    return _publish(session, version, command, by=by, at=at)


def decide_to_reject(
    session: Session, version_id: int, command: DecisionCreate, *, by: Reader, at: datetime
) -> Decided:
    """Reject a proposal, or ask a second person where that goes against it."""
    version = _take_free(session, version_id)
    if goes_against(session, version, AskedDecision.REJECT, at):
        return _ask(session, version, AskedDecision.REJECT, command, by=by, at=at)
    reject_version(session, version_id, command, by=by, at=at)
    return Decided.REJECTED


def retire_for_age(
    session: Session, version_id: int, command: DecisionCreate, *, by: Reader, at: datetime
) -> Decided:
    """Take back what is in force, as a proposal says because of its age."""
    version = _take_free(session, version_id)
    in_force = queries.find_published_version(session, version.advice_rule_id)
    if in_force is None:
        raise NobodyAskedError
    supersede(session, version)
    retire_version(session, in_force.id, command, by=by, at=at)
    return Decided.RETIRED


def edit_proposal(
    session: Session, version_id: int, command: EditCreate, *, by: Reader, at: datetime
) -> tuple[AdviceRuleVersion, Decided]:
    """Publish a proposal as a person would rather have it, or ask a second person about it."""
    version = _take_free(session, version_id)
    edited = _write_edited(version, command)
    edited.number = queries.find_last_number(session, version.advice_rule_id) + 1
    edited.proposed_by_id, edited.proposed_at = by.user_id, at
    session.add(edited)
    session.flush()
    record_decision(session, edited, "edit_advice", by=by, at=at, reason=command.reason)
    decision = DecisionCreate(reason=command.reason, review_months=command.review_months)
    return edited, decide_to_publish(session, edited.id, decision, by=by, at=at)


def answer_confirmation(
    session: Session,
    version_id: int,
    command: AnswerCreate,
    answer: SecondAnswer,
    *,
    by: Reader,
    at: datetime,
) -> Decided:
    """Confirm or refuse, as the second person, what somebody decided against a proposal."""
    version = take_proposal(session, version_id)
    asked = confirmations.find_open(session, version_id)
    if asked is None:
        raise NobodyAskedError
    if asked.asked_by_id == by.user_id:
        raise SamePersonError
    asked.answer, asked.answer_reason = answer, command.reason
    asked.answered_by_id, asked.answered_at = by.user_id, at
    session.flush()
    action = f"{'confirm' if answer is SecondAnswer.CONFIRMED else 'refuse'}_advice"
    record_decision(session, version, action, by=by, at=at, reason=command.reason)
    decision = DecisionCreate(reason=asked.reason, review_months=asked.review_months)
    if answer is SecondAnswer.REFUSED:
        if version.edited_from_id is not None:
            # The proposal that it was made from still waits.
            refusal = DecisionCreate(reason=command.reason)
            reject_version(session, version_id, refusal, by=by, at=at)
        return Decided.REFUSED
    if asked.decision is AskedDecision.PUBLISH:
        return _publish(session, version, decision, by=by, at=at)
    reject_version(session, version_id, decision, by=by, at=at)
    return Decided.REJECTED


def _take_free(session: Session, version_id: int) -> AdviceRuleVersion:
    version = take_proposal(session, version_id)
    if confirmations.find_open(session, version_id) is not None:
        raise AlreadyAskedError
    return version


def _publish(
    session: Session,
    version: AdviceRuleVersion,
    command: DecisionCreate,
    *,
    by: Reader,
    at: datetime,
) -> Decided:
    publish_version(session, version.id, command, by=by, at=at)
    if version.edited_from_id is not None:
        original = queries.get_version_to_decide(session, version.edited_from_id)
        if original.state is VersionState.PROPOSED:
            supersede(session, original)
    return Decided.PUBLISHED


def _ask(
    session: Session,
    version: AdviceRuleVersion,
    decision: AskedDecision,
    command: DecisionCreate,
    *,
    by: Reader,
    at: datetime,
) -> Decided:
    session.add(
        AdviceConfirmation(
            version_id=version.id,
            decision=decision,
            reason=command.reason,
            review_months=command.review_months,
            asked_by_id=by.user_id,
            asked_at=at,
        )
    )
    session.flush()
    record_decision(session, version, "ask_advice", by=by, at=at, reason=command.reason)
    return Decided.ASKED


def _write_edited(version: AdviceRuleVersion, command: EditCreate) -> AdviceRuleVersion:
    evidence = read_evidence(version.evidence)
    if command.conditions == version.conditions and (
        command.state in (None, version.proposal_state)
        and command.variant in (None, evidence.part.leader)
    ):
        raise EditRefusedError(EditRefusal.NOTHING_CHANGED)
    state = command.state or version.proposal_state
    edited, refusal = edit_evidence(evidence, state, command.variant)
    if refusal:
        raise EditRefusedError(refusal)
    is_advice = state in (ProposalState.ADVISE, ProposalState.TENTATIVE)
    advised = edited.basis.variants[edited.part.leader] if is_advice else None
    return AdviceRuleVersion(
        advice_rule_id=version.advice_rule_id,
        proposal_state=state,
        verdict=edited.part.verdict.value,
        channel_id=advised.channel_id if advised else None,
        style_ids=list(advised.style_ids) if advised else [],
        evidence=write_evidence(replace(edited, is_protected=evidence.is_protected)),
        analysis_run_id=version.analysis_run_id,
        experiment_id=version.experiment_id,
        living_lab_id=version.living_lab_id,
        edited_from_id=version.id,
        conditions=command.conditions,
    )
