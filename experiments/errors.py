"""What the rules of experiments do not allow."""

from flask_babel import gettext as _

from experiments.labels import STATUSES
from experiments.models.experiments import Experiment
from lab.errors import DomainError


class ExperimentFinishedError(DomainError):
    """What describes an experiment stays as it is once the field work is over."""

    def __init__(self, experiment: Experiment):
        super().__init__(
            _(
                "This experiment is %(status)s. What describes it can no longer be changed.",
                status=STATUSES[experiment.status],
            )
        )


class ForeignLabelError(DomainError):
    """A label of another programme does not exist here."""

    def __init__(self):
        super().__init__(_("One of the choices does not belong to this programme."))


class StepNotPossibleError(DomainError):
    """There is no such step from where an experiment stands."""

    def __init__(self, experiment: Experiment):
        super().__init__(
            _(
                "This step is not possible: the experiment is now %(status)s.",
                status=STATUSES[experiment.status],
            )
        )


class NotYourStepError(DomainError):
    """Somebody else takes this step."""

    status = 403

    def __init__(self):
        super().__init__(_("You cannot take this step. Ask a researcher of this lab."))


class NotReadyError(DomainError):
    """An experiment lacks something for a step."""

    def __init__(self, lacking: str):
        super().__init__(_("Still needed for this step: %(needs)s.", needs=lacking))


class ReasonMissingError(DomainError):
    """A step back or out needs a reason."""

    status = 422

    def __init__(self):
        super().__init__(_("Say why. Others can then follow what happened."))


class SecondControlError(DomainError):
    """An experiment has one control at most."""

    def __init__(self, name: str):
        super().__init__(
            _("“%(variant)s” is the control already. There can be only one.", variant=name)
        )


class VariantCountedError(DomainError):
    """A variant with counts cannot disappear."""

    def __init__(self):
        super().__init__(_("This variant has counts, so it cannot be removed."))
