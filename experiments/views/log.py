"""The log of an experiment in words: steps, edits and imports, newest first."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlmodel import Session

from experiments import labels
from experiments.models.experiments import Experiment
from experiments.queries import experiments as queries
from experiments.queries.vocabulary import Vocabulary, read_vocabulary
from experiments.services.changes import compare_values
from lab import formats
from lab.i18n import current_language, in_language
from lab.models.audit import AuditEntry
from lab.queries.labels import list_channels, list_styles

CLOSED_SETS = {
    "purpose": labels.PURPOSES,
    "design_type": labels.DESIGN_TYPES,
    "assignment_unit": labels.ASSIGNMENT_UNITS,
    "numerator_step": labels.STEPS,
    "denominator_step": labels.STEPS,
    "denominator_kind": labels.DENOMINATOR_KINDS,
    "direction": labels.DIRECTIONS,
}
LABEL_KINDS = {
    "issue_type_id": "issue_types",
    "phase_id": "phases",
    "theme_id": "themes",
    "segmentation_model_id": "models",
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field with its old and new value, as texts."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One thing that happened."""

    at: datetime
    who: str
    what: str
    reason: str = ""
    changes: tuple[FieldChange, ...] = ()


class ValueWriter:
    """Writes the values that an entry of the log holds as people know them."""

    def __init__(self, session: Session, programme_id: int):
        self.vocabulary: Vocabulary = read_vocabulary(session, programme_id)
        channels = list_channels(session, programme_id, with_retired=True)
        styles = list_styles(session, programme_id, with_retired=True)
        profiles = [each for some in self.vocabulary.profiles.values() for each in some]
        self.names = {
            "channel_id": {each.id: in_language(each, "name") for each in channels},
            "style_ids": {each.id: in_language(each, "name") for each in styles},
            "profile_ids": {each.id: in_language(each, "name") for each in profiles},
        }

    def write(self, name: str, value: object) -> str:
        """Return the value of a field in words."""
        if value is None or value == "" or value == []:
            return formats.NOTHING
        if name in CLOSED_SETS:
            return str(CLOSED_SETS[name].get(value, value))
        if name in LABEL_KINDS:
            found = self.vocabulary.find(LABEL_KINDS[name], value)
            return in_language(found, "name") if found else formats.NOTHING
        if name in self.names:
            numbers = value if isinstance(value, list) else [value]
            return ", ".join(self.names[name].get(number, "?") for number in numbers)
        return self._write_plain(name, value)

    def _write_plain(self, name: str, value: object) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if name in ("starts_on", "ends_on"):
            return formats.date(date.fromisoformat(value))
        if name == "smallest_difference":
            return formats.points(value, plus=False)
        if name == "share":
            return formats.percent(value)
        if name == "cost_per_unit":
            return formats.money(round(float(value) * 100))
        return str(value)


def build_log(session: Session, experiment: Experiment, programme_id: int) -> list[LogLine]:
    """Return what happened to an experiment, newest first."""
    writer = ValueWriter(session, programme_id)
    lines = _list_steps(session, experiment)
    lines += _list_imports(session, experiment)
    for entry in queries.list_log_entries(session, experiment.id):
        what = _say_edit(entry)
        if what:
            lines.append(LogLine(entry.at, entry.user_name, what, "", _write(writer, entry)))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _list_steps(session: Session, experiment: Experiment) -> list[LogLine]:
    lines = []
    for change, name in queries.list_status_changes(session, experiment.id):
        new = labels.STATUSES[change.to_status]
        what = _("Status: %(new)s", new=new)
        if change.from_status:
            old = labels.STATUSES[change.from_status]
            what = _("Status: %(old)s → %(new)s", old=old, new=new)
        lines.append(LogLine(change.changed_at, name or "", what, change.reason))
    return lines


def _list_imports(session: Session, experiment: Experiment) -> list[LogLine]:
    return [
        LogLine(
            done.finished_at,
            name or "",
            _(
                "Imported “%(file)s”: %(good)s rows counted, %(faulty)s refused.",
                file=done.file_name,
                good=formats.number(done.good_count),
                faulty=formats.number(done.faulty_count),
            ),
        )
        for done, name in queries.list_finished_imports(session, experiment.id)
    ]


def _say_edit(entry: AuditEntry) -> str:
    name = entry.details.get(f"name_{current_language()}", "")
    return {
        "change_experiment": _("Changed the protocol."),
        "add_variant": _("Added variant “%(name)s”.", name=name),
        "change_variant": _("Changed variant “%(name)s”.", name=name),
        "remove_variant": _("Removed variant “%(name)s”.", name=name),
    }.get(entry.action, "")


def _write(writer: ValueWriter, entry: AuditEntry) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(
            str(labels.FIELDS.get(name, name)), writer.write(name, old), writer.write(name, new)
        )
        for name, (old, new) in entry.details.get("changes", {}).items()
    )


def compare_versions(
    session: Session, programme_id: int, saved: dict, typed: dict
) -> list[FieldChange]:
    """Return where what is saved now differs from what somebody typed."""
    writer = ValueWriter(session, programme_id)
    return [
        FieldChange(str(labels.FIELDS[name]), writer.write(name, old), writer.write(name, new))
        for name, (old, new) in compare_values(saved, typed).items()
    ]
