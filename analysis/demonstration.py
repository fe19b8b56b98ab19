"""The demonstration: real published trials and an invented programme, to look at and remove."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from flask_babel import gettext as _
from sqlmodel import Session

from analysis.demonstration_learnings import add_invented_learnings, add_real_learning
from analysis.demonstration_voices import add_voices
from analysis.models.advice import DecisionCreate, ProposalCreate, ProposalState, VersionState
from analysis.queries.demonstration import delete_advice
from analysis.queries.scopes import find_default_scope
from analysis.services.advice import publish_version
from analysis.services.backtests import request_backtest
from analysis.services.deciding import decide_to_publish, decide_to_reject
from analysis.services.pooled_proposals import propose_from_runs
from analysis.services.pooled_runs import PooledRunCreate, run_pooled
from analysis.services.proposals import NoProposalError, propose_versions
from experiments.demonstration.fictitious import (
    FICTITIOUS_CODE,
    WrittenLab,
    add_fictitious_programme,
    add_labs,
    load_experiments,
)
from experiments.demonstration.mistakes import make_mistakes, make_supervisor
from experiments.demonstration.people import ACCOUNTS_FILE, add_accounts
from experiments.demonstration.trials import PUBLISHED_CODE, load_trials
from experiments.models.experiments import Experiment, ExperimentStatus
from experiments.queries.demonstration import (
    delete_demonstration_people,
    delete_experiments,
    delete_programme,
)
from lab import db
from lab.access import Post, Reader
from lab.i18n import command_context, language_option
from lab.models.labs import LivingLab
from lab.models.people import Role, User
from lab.queries.labs import get_lab
from lab.queries.people import get_reader
from lab.queries.programmes import find_programme_by_code
from lab.settings import Settings, read_settings

# Whoever removed the demonstration does not want it back at the next start.
REMOVED_FILE = "demonstration-removed"
ADVISING_LABS = 3
PROEFTUIN = "Proeftuin"
# One of each kind is decided on; the rest waits.
DECISIONS = {
    ProposalState.ADVISE: (
        decide_to_publish,
        "Het verschil is groot genoeg om ernaar te handelen, en de opzet was goed.",
    ),
    ProposalState.TENTATIVE: (
        decide_to_reject,
        "Te weinig wijken: eerst nog een keer proberen.",
    ),
    ProposalState.NOT_ENOUGH: (
        decide_to_publish,
        "Eerlijk verhaal: we weten het nog niet, en dat mag iedereen weten.",
    ),
}
POOLED_REASON = "Dit zien we in de labs samen, ook waar één lab te klein is om het te zien."


@click.command()
@click.option("--remove", is_flag=True, help="Remove the demonstration with all it brought.")
@click.option("--unless-removed", is_flag=True, help="Do nothing where it was removed before.")
@language_option
def demo(remove: bool, unless_removed: bool, language: str) -> None:
    """Load the demonstration and show its accounts, or remove it."""
    settings = read_settings()
    with command_context(language):
        if remove:
            remove_demonstration(settings)
        elif not (unless_removed and (settings.instance / REMOVED_FILE).exists()):
            show_demonstration(settings)


def show_demonstration(settings: Settings) -> None:
    """Load the demonstration where it is missing, and print its accounts."""
    with db.open_session(settings.database_url) as session:
        if find_programme_by_code(session, FICTITIOUS_CODE) is None:
            click.echo(_("Loading the demonstration…"))
            load_demonstration(session, settings.instance, datetime.now(UTC))
    (settings.instance / REMOVED_FILE).unlink(missing_ok=True)
    accounts = settings.instance / ACCOUNTS_FILE
    if accounts.exists():
        click.echo(_("Accounts of the demonstration (on this machine only):"))
        click.echo(accounts.read_text(encoding="utf-8").rstrip())


def remove_demonstration(settings: Settings) -> None:
    """Remove the demonstration's programmes, people and passwords."""
    with db.open_session(settings.database_url) as session:
        for code in (FICTITIOUS_CODE, PUBLISHED_CODE):
            programme = find_programme_by_code(session, code)
            if programme:
                delete_advice(session, programme.id)
                delete_experiments(session, programme.id)
                delete_programme(session, programme.id)
        delete_demonstration_people(session)
    (settings.instance / ACCOUNTS_FILE).unlink(missing_ok=True)
    (settings.instance / REMOVED_FILE).touch()
    click.echo(_("The demonstration is gone."))


def load_demonstration(session: Session, instance: Path, at: datetime) -> None:
    """Add the published trials and the invented programme, with some decided advice."""
    trials = load_trials(session, at)
    _advise_on_trial(session, trials[0], at)
    _learn_from_trial(session, trials[0], at)
    programme = add_fictitious_programme(session, at)
    labs = add_labs(session, programme, at)
    people = add_accounts(session, labs, instance, at)
    student = _read(session, people[Role.STUDENT])
    written = load_experiments(session, programme, labs, {labs[0].id: student}, at)
    make_mistakes(session, written, at)
    for number, written_lab in enumerate(written[:ADVISING_LABS]):
        researcher = _choose_researcher(session, written_lab.lab, number, people)
        _advise_in_lab(session, written_lab, researcher, at)
    add_voices(session, programme.id, _read(session, people[Role.RESEARCHER]), at)
    _advise_on_all(session, programme.id, _read(session, people[Role.RESEARCHER]), at)
    _ask_about_trials(session, [trials[0], trials[-1]], at)
    # It takes some seconds; nobody who opens the application needs to wait for it.
    request_backtest(session, programme.id, by=Reader(name=PROEFTUIN), at=at)
    add_invented_learnings(session, programme.id, _read(session, people[Role.RESEARCHER]), at)


def _read(session: Session, user: User) -> Reader:
    return get_reader(session, user)


def _choose_researcher(
    session: Session, lab: LivingLab, number: int, people: dict[Role, User]
) -> Reader:
    if number == 0:
        return _read(session, people[Role.RESEARCHER])
    return make_supervisor(lab)


def _advise_on_trial(session: Session, experiment: Experiment, at: datetime) -> None:
    lab = get_lab(session, experiment.living_lab_id)
    by = Reader(name=PROEFTUIN, posts=(Post(lab.id, lab.programme_id, Role.RESEARCHER),))
    for version in propose_versions(session, experiment.id, ProposalCreate(), by=by, at=at):
        reason = "Een grote proef met loting; gepubliceerd als voorbeeld van één advies voor allen."
        publish_version(session, version.id, DecisionCreate(reason=reason), by=by, at=at)


def _learn_from_trial(session: Session, experiment: Experiment, at: datetime) -> None:
    lab = get_lab(session, experiment.living_lab_id)
    by = Reader(name=PROEFTUIN, posts=(Post(lab.id, lab.programme_id, Role.RESEARCHER),))
    add_real_learning(session, experiment, lab.programme_id, by, at)


def _advise_in_lab(session: Session, written_lab: WrittenLab, by: Reader, at: datetime) -> None:
    """Publish one proposal, reject one, publish one that knows little, and leave the rest."""
    left = dict(DECISIONS)
    for _planned, experiment, _variants in written_lab.experiments:
        if experiment.status is not ExperimentStatus.PUBLISHED:
            continue
        try:
            versions = propose_versions(session, experiment.id, ProposalCreate(), by=by, at=at)
        except NoProposalError:
            continue
        for version in versions:
            if version.state is VersionState.PROPOSED and version.proposal_state in left:
                decide, reason = left.pop(version.proposal_state)
                decide(session, version.id, DecisionCreate(reason=reason), by=by, at=at)


def _ask_about_trials(session: Session, trials: list[Experiment], at: datetime) -> None:
    """Keep what each kind of trial shows."""
    for trial in trials:
        lab = get_lab(session, trial.living_lab_id)
        scope = find_default_scope(session, lab.programme_id, trial.id)
        command = PooledRunCreate(replace(scope, living_lab_id=lab.id))
        run_pooled(session, command, by=Reader(name=PROEFTUIN), at=at)


def _advise_on_all(session: Session, programme_id: int, by: Reader, at: datetime) -> None:
    """Keep what the invented labs show together, and publish what that is enough for."""
    scope = find_default_scope(session, programme_id)
    run = run_pooled(session, PooledRunCreate(scope), by=Reader(name=PROEFTUIN), at=at)
    for version in propose_from_runs(session, scope, [run.id], by=by, at=at):
        if version.proposal_state is not ProposalState.NOT_ENOUGH:
            publish_version(session, version.id, DecisionCreate(reason=POOLED_REASON), by=by, at=at)
