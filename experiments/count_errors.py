"""What the rules of counting do not allow, in words for whoever tried."""

from flask_babel import gettext as _

from experiments.faults import Fault
from experiments.labels import STATUSES
from experiments.messages import tell
from experiments.models.experiments import Experiment
from experiments.models.imports import CountImport, ImportState
from experiments.models.observations import Observation, ObservationCreate
from lab.errors import DomainError, StaleError
from lab.formats import datetime_local
from lab.privacy import find_personal_data

LONGEST_REASON = 2000


class CountsRefusedError(DomainError):
    """A record that does not fit its experiment."""

    status = 422

    def __init__(self, faults: list[Fault]):
        super().__init__(" ".join(tell(fault) for fault in faults))
        self.faults = faults


class NotInFieldError(DomainError):
    """Counts come in while an experiment is in the field, and some time after."""

    def __init__(self, experiment: Experiment):
        super().__init__(
            _(
                "This experiment is %(status)s, so its counts cannot change now. "
                "You can count while it is in the field.",
                status=STATUSES[experiment.status],
            )
        )


class FieldWorkOverError(DomainError):
    """After the field work only supervisors and researchers still enter counts."""

    status = 403

    def __init__(self):
        super().__init__(
            _("The field work is over. Ask a supervisor or researcher to enter late counts.")
        )


class NotYourRecordError(DomainError):
    """Somebody else's record is corrected by them, or by a supervisor."""

    status = 403

    def __init__(self):
        super().__init__(
            _("Somebody else entered this count. Ask them or a supervisor to correct it.")
        )


class OtherContentError(DomainError):
    """One form was sent twice with different content."""

    def __init__(self, kept: Observation, sent: ObservationCreate):
        super().__init__(_("This form was already saved with other numbers."))
        self.kept = kept
        self.sent = sent


class AlreadyReplacedError(StaleError):
    """A record is corrected once; after that its newer version is what one corrects."""

    def __init__(self, newer: Observation):
        super().__init__(
            _("Somebody corrected this count already. Look at the newer version first.")
        )
        self.newer = newer


class AlreadyVoidError(DomainError):
    """What does not count cannot be left out again."""

    def __init__(self):
        super().__init__(_("This count is left out already."))


class ReplacedMeanwhileError(StaleError):
    """A record that was to be reviewed is no longer the newest version."""

    def __init__(self):
        super().__init__(
            _("Somebody corrected one of these counts in the meantime. Look at the list again.")
        )


class OwnRecordError(DomainError):
    """Two people look at each count."""

    status = 403

    def __init__(self):
        super().__init__(_("You cannot check what you entered yourself. Ask somebody else."))


class NothingChosenError(DomainError):
    """A judgement is about something."""

    status = 422

    def __init__(self):
        super().__init__(_("You did not choose any count. Tick the counts that you checked."))


class ReasonRefusedError(DomainError):
    """A reason is needed, short enough and without personal data."""

    status = 422


def refuse_bad_reason(reason: str) -> None:
    """Refuse a reason that is missing, too long or says too much."""
    if not reason.strip():
        raise ReasonRefusedError(_("Say why. Others can then follow what happened."))
    if len(reason) > LONGEST_REASON:
        raise ReasonRefusedError(
            _("This is too long: at most %(limit)s characters.", limit=LONGEST_REASON)
        )
    for found in find_personal_data(reason):
        details = {"kind": found.kind.value, "found": found.text}
        raise ReasonRefusedError(tell(Fault("reason", "personal_data", details)))


class SameFileError(DomainError):
    """A file is counted once."""

    def __init__(self, done: CountImport, name: str | None):
        super().__init__(
            _(
                "%(name)s imported this file on %(moment)s already. We do not count it twice.",
                name=name or _("Somebody"),
                moment=datetime_local(done.finished_at),
            )
        )
        self.done = done


class ImportOverError(DomainError):
    """An import that was finished or cancelled stays so."""

    def __init__(self, found: CountImport):
        is_done = found.state is ImportState.DONE
        super().__init__(
            _("These counts have been imported already.")
            if is_done
            else _("This import was cancelled. Offer the file again.")
        )
        self.found = found


class NothingToImportError(DomainError):
    """A file without good rows adds nothing."""

    def __init__(self):
        super().__init__(_("There are no good lines in this file. Mend it and offer it again."))
