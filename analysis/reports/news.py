"""What colleagues did, from the log, in lines that lead to the thing itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlmodel import Session

from analysis.pooled.labels import write_question
from analysis.pooled.scope import SCOPE
from analysis.queries import evidence
from analysis.queries.work import name_experiments
from experiments.labels import STATUSES
from experiments.models.experiments import ExperimentStatus
from lab import formats
from lab.access import Action, Place, Reader, may
from lab.models.audit import AuditEntry
from lab.models.readings import Reading
from lab.queries.readings import list_readings

MOST_LINES = 30


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of entry reads, where it leads, and who may go there."""

    words: LazyString
    endpoint: str
    action: Action


@dataclass(frozen=True, slots=True)
class NewsLine:
    """Something that colleagues did to one thing."""

    title: str
    url: str
    note: str
    # Empty when it is about all labs of its programme.
    living_lab_id: int | None
    programme_id: int | None = None


_READ, _COUNTS = Action.READ_EXPERIMENT, Action.READ_COUNTS
_PROPOSALS, _PEOPLE = Action.READ_PROPOSALS, Action.MANAGE_PEOPLE
_PROTOCOL, _LIST = "experiments.show_experiment", "observations.list_observations"
_LAB, _LOG = "labs.show_lab", "experiments.show_log"

KINDS: dict[str, Kind] = {
    "add_experiment": Kind(_l("new experiment"), _PROTOCOL, _READ),
    "change_experiment": Kind(_l("protocol changed"), _LOG, Action.READ_LOG),
    "add_variant": Kind(_l("variant added"), _LOG, Action.READ_LOG),
    "change_variant": Kind(_l("variant changed"), _LOG, Action.READ_LOG),
    "remove_variant": Kind(_l("variant removed"), _LOG, Action.READ_LOG),
    "change_status": Kind(_l("status:"), _PROTOCOL, _READ),
    "record_observation": Kind(_l("counts entered"), _LIST, _COUNTS),
    "correct_observation": Kind(_l("counts corrected"), _LIST, _COUNTS),
    "void_observation": Kind(_l("record crossed out"), _LIST, _COUNTS),
    "review_observations": Kind(_l("counts checked"), _LIST, _COUNTS),
    "import_observations": Kind(_l("file imported"), _LIST, _COUNTS),
    "propose_advice": Kind(_l("proposals made"), "proposals.list_proposals", _PROPOSALS),
    "publish_advice": Kind(_l("advice published"), "proposals.list_proposals", _PROPOSALS),
    "reject_advice": Kind(_l("proposal rejected"), "proposals.list_proposals", _PROPOSALS),
    "edit_advice": Kind(_l("proposal edited"), "proposals.list_proposals", _PROPOSALS),
    "ask_advice": Kind(_l("second person asked"), "proposals.list_proposals", _PROPOSALS),
    "confirm_advice": Kind(_l("decision confirmed"), "proposals.list_proposals", _PROPOSALS),
    "refuse_advice": Kind(_l("decision refused"), "proposals.list_proposals", _PROPOSALS),
    "retire_advice": Kind(_l("advice taken back"), "proposals.list_proposals", _PROPOSALS),
    "start_lab": Kind(_l("lab started"), _LAB, Action.READ_LAB),
    "change_lab": Kind(_l("lab described anew"), _LAB, Action.READ_LAB),
    "archive_lab": Kind(_l("lab archived"), _LAB, Action.READ_LAB),
    "reopen_lab": Kind(_l("lab opened again"), _LAB, Action.READ_LAB),
    "add_partner": Kind(_l("partner added"), _LAB, Action.READ_LAB),
    "change_partner": Kind(_l("partner changed"), _LAB, Action.READ_LAB),
    "remove_partner": Kind(_l("partner removed"), _LAB, Action.READ_LAB),
    "accept_invitation": Kind(_l("new colleague"), "people.list_people", _PEOPLE),
    "change_role": Kind(_l("role changed"), "people.list_people", _PEOPLE),
    "end_membership": Kind(_l("colleague left"), "people.list_people", _PEOPLE),
}


def build_news(
    session: Session, reader: Reader, entries: Sequence[AuditEntry], labs: Mapping[int, str]
) -> list[NewsLine]:
    """Return what a reader may know of entries of the log, newest first, alike ones together."""
    bundles: dict[tuple, list[AuditEntry]] = {}
    for entry in entries:
        if _may_know(reader, entry):
            bundles.setdefault(_key_of(entry), []).append(entry)
    shown = list(bundles.values())[:MOST_LINES]
    titles = name_experiments(session, {_experiment_of(some[0]) for some in shown} - {None})
    return [_write(some, titles, labs) for some in shown]


def list_new_answers(session: Session, reader: Reader) -> list[NewsLine]:
    """Return the questions to all labs that were answered anew since a reader read the answer."""
    read = {one.subject: one for one in list_readings(session, reader.user_id, evidence.READ)}
    if not read:
        return []
    labs = reader.labs_where(Action.READ_EVIDENCE)
    lines = []
    for programme_id in reader.programmes_where(Action.READ_EVIDENCE):
        for head in evidence.keep_newest(evidence.list_heads(session, programme_id, labs)):
            known = read.get(evidence.write_subject(head))
            if known and known.state.get("run") != head.id:
                lines.append(_write_answer(head, known))
    return lines


def _write_answer(head: evidence.RunHead, known: Reading) -> NewsLine:
    return NewsLine(
        title=write_question(SCOPE.validate_python(head.scope)),
        url=url_for("evidence.show_run", run_id=head.id),
        note=_("answered anew since you read it on %(day)s", day=formats.date(known.read_at)),
        living_lab_id=head.living_lab_id,
        programme_id=head.programme_id,
    )


def _may_know(reader: Reader, entry: AuditEntry) -> bool:
    kind = KINDS.get(entry.action)
    # What somebody may not open is no news to them.
    return kind is not None and may(
        reader, kind.action, Place(entry.programme_id, entry.living_lab_id)
    )


def _key_of(entry: AuditEntry) -> tuple:
    run = entry.details.get("run_id")
    about = _experiment_of(entry) or (f"run {run}" if run else f"lab {entry.living_lab_id}")
    return (entry.user_id, entry.action, about, entry.details.get("new"))


def _experiment_of(entry: AuditEntry) -> int | None:
    if entry.subject == "experiment":
        return entry.subject_id
    return entry.details.get("experiment_id")


def _write(
    entries: list[AuditEntry], titles: Mapping[int, str], labs: Mapping[int, str]
) -> NewsLine:
    newest = entries[0]
    kind, experiment_id = KINDS[newest.action], _experiment_of(newest)
    endpoint, address = kind.endpoint, {"living_lab_id": newest.living_lab_id}
    if experiment_id is not None:
        address = {"experiment_id": experiment_id}
    elif "run_id" in newest.details:
        endpoint, address = "proposals.list_run_proposals", {"run_id": newest.details["run_id"]}
    words = [str(kind.words), _write_status(newest), newest.details.get("name")]
    what = " ".join(str(word) for word in words if word)
    if len(entries) > 1:
        what += f" ({formats.number(len(entries))}×)"
    return NewsLine(
        title=titles.get(experiment_id) or labs.get(newest.living_lab_id, _("Advice")),
        url=url_for(endpoint, **address),
        note=" · ".join((what, newest.user_name, formats.datetime_local(newest.at))),
        living_lab_id=newest.living_lab_id,
        programme_id=newest.programme_id,
    )


def _write_status(entry: AuditEntry) -> str:
    if entry.action != "change_status":
        return ""
    return str(STATUSES[ExperimentStatus(entry.details["new"])])
