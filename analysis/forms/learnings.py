"""Forms on learnings and on what tests a design principle."""

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Optional

from analysis.learning_words import STANCES, STATUSES
from experiments.forms.choices import no_choice
from experiments.models.experiments import Experiment
from lab.forms.account import FILL_IN
from lab.forms.fields import LongTextField, TextField, make_choices

CHOOSE = _l("Choose one of the options.")


class LearningForm(FlaskForm):
    """What was learned, in a sentence."""

    sentence_nl = TextField(
        _l("The lesson in Dutch, in one sentence"),
        [DataRequired(FILL_IN)],
        description=_l("Say no more than the experiments show."),
    )
    sentence_en = TextField(_l("The lesson in English"), [Optional()])
    note = LongTextField(_l("Note for the history"), [Optional()])


class CheckForm(FlaskForm):
    """How a learning stands now."""

    status = RadioField(_l("Status"), [InputRequired(CHOOSE)], choices=make_choices(STATUSES))
    note = LongTextField(_l("What did you look at, and why this status?"), [DataRequired(FILL_IN)])


class ExperimentForm(FlaskForm):
    """An experiment that tests something."""

    experiment_id = SelectField(_l("Experiment"), [InputRequired(CHOOSE)], coerce=int)

    @classmethod
    def offer(cls, experiments: Iterable[Experiment]):
        """Return a form on which one of these experiments can be chosen."""
        form = cls()
        form.experiment_id.choices = [SelectChoice(one.id, one.title) for one in experiments]
        return form


class LinkForm(FlaskForm):
    """An experiment, run or rule with what it says of a learning."""

    source = SelectField(
        _l("What speaks for the lesson, or against it?"),
        [InputRequired(CHOOSE)],
        description=_l("An experiment with an outcome, an answer of all labs, or advice in force."),
    )

    stance = RadioField(
        _l("What does it say?"), [InputRequired(CHOOSE)], choices=make_choices(STANCES)
    )
    why = LongTextField(_l("Why?"), [DataRequired(FILL_IN)])

    @classmethod
    def offer(cls, groups: Mapping[str, Iterable[tuple[str, str]]]):
        """Return a form on which one of these can be chosen: values with names, by kind."""
        form = cls()
        # Nothing is chosen beforehand: what comes first in a list says nothing of a lesson.
        form.source.choices = [no_choice(_("Choose from the list"))] + [
            SelectChoice(value, name, optgroup=kind)
            for kind, held in groups.items()
            for value, name in held
        ]
        return form
