"""Forms for experiments: the protocol and the next step."""

from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from experiments import labels
from experiments.forms.choices import list_choices, list_label_choices, no_choice
from experiments.forms.numbers import Above, DecimalField
from experiments.models.experiments import DesignType
from experiments.queries.vocabulary import Vocabulary
from lab.i18n import in_language
from lab.models.segmentation import ModelStatus

UNDECIDED = ""
NO_MODEL = "none"
CHOOSE = _l("Choose one of the options.")
DESIGN_HINTS = {
    DesignType.RANDOMISED.value: _l("Chance decides per address or per person. The best proof."),
    DesignType.CLUSTER_RANDOMISED.value: _l("Chance decides per street, bundle or area."),
    DesignType.ALTERNATING.value: _l("The first door A, the next one B, and so on."),
    DesignType.COMPARISON.value: _l("Two groups that came about in another way."),
    DesignType.BEFORE_AFTER.value: _l("First the old way, then the new one."),
    DesignType.RETROSPECTIVE.value: _l("You look back at what was done already."),
    DesignType.VIGNETTE.value: _l("People say what they would do. That is no behaviour."),
}


def empty_to_none(value: str | None) -> int | None:
    """Return the number of a choice, or None for «not chosen»."""
    return int(value) if value else None


class ExperimentForm(FlaskForm):
    """The protocol, in the order of Test, Learn, Adapt."""

    design_hints = DESIGN_HINTS

    title = StringField(
        _l("Title"),
        [DataRequired(_l("Give the experiment a title.")), Length(max=200)],
        description=_l("A short name by which colleagues recognise this experiment."),
    )
    question = TextAreaField(
        _l("Question"),
        [Length(max=5000)],
        description=_l("What do you want to know? One question, which counts can answer."),
        render_kw={"rows": 3},
    )
    hypothesis = TextAreaField(
        _l("Expectation"),
        [Length(max=5000)],
        description=_l("What do you expect, and why?"),
        render_kw={"rows": 3},
    )
    numerator_step = SelectField(
        _l("What counts as success"),
        choices=lambda: list_choices(labels.STEPS)[1:],
        description=_l("The step that you want as many residents as possible to take."),
        default="responded",
    )
    denominator_step = SelectField(
        _l("Out of whom"),
        choices=lambda: list_choices(labels.STEPS)[:2],
        description=_l("Choose “offered” if you can: the lottery was held among them."),
        default="offered",
    )
    denominator_kind = SelectField(
        _l("What is counted"),
        [InputRequired(_l("Choose what is counted."))],
        description=_l("What you hand out or whom you ask. For a letter: letters."),
    )
    direction = SelectField(
        _l("Better is"),
        choices=lambda: list_choices(labels.DIRECTIONS),
        description=_l("For complaints, for instance, lower is better."),
    )
    segmentation_model_id = RadioField(
        _l("Segmentation model"),
        [Optional()],
        default=UNDECIDED,
        description=_l("A model describes groups of residents, never a person."),
    )
    profile_ids = SelectMultipleField(
        _l("Profiles"), coerce=int, widget=ListWidget(), option_widget=CheckboxInput()
    )
    issue_type_id = SelectField(
        _l("Kind of matter"), description=_l("Is it about a service, or about taking part?")
    )
    phase_id = SelectField(
        _l("Phase"), description=_l("Where residents are on their way from knowing to taking part.")
    )
    theme_id = SelectField(_l("Theme"), description=_l("The subject that residents read about."))
    purpose = RadioField(
        _l("Purpose"),
        [InputRequired(_l("Choose a purpose."))],
        choices=lambda: list_choices(labels.PURPOSES),
        description=_l("What is the message for?"),
    )
    design_type = RadioField(
        _l("Design"),
        [InputRequired(_l("Choose a design."))],
        choices=lambda: list_choices(labels.DESIGN_TYPES),
        description=_l("How do you decide who gets which variant?"),
    )
    assignment_unit = SelectField(
        _l("Unit of assignment"),
        [InputRequired(_l("Choose a unit of assignment."))],
        description=_l("What gets one variant as a whole? For a letter to an address: household."),
    )
    smallest_difference = DecimalField(
        _l("Smallest difference that matters, in percentage points"),
        [
            InputRequired(_l("Enter the smallest difference that matters.")),
            Above(0, 99, message=_l("Enter a number above 0, up to 99.")),
        ],
        default=Decimal(2),
        description=_l(
            "From which difference would you choose another variant next time? "
            "From 10 to 12 out of 100 is 2."
        ),
    )
    starts_on = DateField(
        _l("First day"), [Optional()], description=_l("The first day of the field work.")
    )
    ends_on = DateField(
        _l("Last day"), [Optional()], description=_l("The last day on which you count.")
    )
    sources = TextAreaField(
        _l("Sources"),
        [Length(max=5000)],
        description=_l("Reports, earlier trials, addresses of web pages."),
        render_kw={"rows": 3},
    )
    decided_by = TextAreaField(
        _l("Who decides?"),
        [Length(max=500)],
        description=_l(
            "Who decides on the matter, and when: for instance the council, in the autumn. It"
            " stands in the two pages for the council."
        ),
        render_kw={"rows": 2},
    )
    changed_at = HiddenField()

    def offer(self, vocabulary: Vocabulary, current: dict | None = None) -> None:
        """Fill in what there is to choose: what is in use now, and what was chosen before."""
        current = current or {}
        nothing = [no_choice(_("Not chosen"))]
        for name, kind in (
            ("issue_type_id", "issue_types"),
            ("phase_id", "phases"),
            ("theme_id", "themes"),
        ):
            self[name].choices = nothing + list_label_choices(
                getattr(vocabulary, kind), current.get(name)
            )
        for name, closed in (
            ("denominator_kind", labels.DENOMINATOR_KINDS),
            ("assignment_unit", labels.ASSIGNMENT_UNITS),
        ):
            self[name].choices = [no_choice(_("Choose")), *list_choices(closed)]
        self._offer_models(vocabulary, current.get("segmentation_model_id"))

    def _offer_models(self, vocabulary: Vocabulary, current: int | None) -> None:
        models = [
            model
            for model in vocabulary.models
            if model.status is not ModelStatus.RETIRED or model.id == current
        ]
        self.offered_models = [(model, vocabulary.profiles_of(model.id)) for model in models]
        self.segmentation_model_id.choices = [
            SelectChoice(UNDECIDED, _("Not decided yet")),
            SelectChoice(NO_MODEL, _("No model: all residents together")),
            *(SelectChoice(str(model.id), in_language(model, "name")) for model in models),
        ]
        self.profile_ids.choices = [
            SelectChoice(profile.id, in_language(profile, "name"))
            for _model, profiles in self.offered_models
            for profile in profiles
        ]

    def fill(self, values: dict) -> None:
        """Show an experiment as it is."""
        for name, value in values.items():
            if name in self and name not in ("segmentation_model_id", "smallest_difference"):
                self[name].data = "" if value is None and name.endswith("_id") else value
                if name.endswith("_id") and value is not None:
                    self[name].data = str(value)
        model = values["segmentation_model_id"]
        self.segmentation_model_id.data = (
            NO_MODEL if values["is_without_profiles"] else str(model or UNDECIDED)
        )
        self.smallest_difference.data = round(Decimal(str(values["smallest_difference"])) * 100, 6)

    def validate_profile_ids(self, field):
        """Refuse profiles of another model than the chosen one."""
        chosen = self.segmentation_model_id.data
        others = {
            profile.id
            for model, profiles in self.offered_models
            if str(model.id) != chosen
            for profile in profiles
        }
        if others & set(field.data or []):
            raise ValidationError(_("You ticked profiles of another model than the one you chose."))

    def read_values(self) -> dict:
        """Return what was typed, as a command takes it."""
        names = ("title", "question", "hypothesis", "numerator_step", "denominator_step")
        names += ("denominator_kind", "direction", "purpose", "design_type", "assignment_unit")
        names += ("starts_on", "ends_on", "sources", "decided_by")
        values = {name: self[name].data for name in names}
        for name in ("issue_type_id", "phase_id", "theme_id"):
            values[name] = empty_to_none(self[name].data)
        share = self.smallest_difference.data
        return (
            values
            | self._read_profiles()
            | {"smallest_difference": None if share is None else float(share / 100)}
        )

    def _read_profiles(self) -> dict:
        chosen = self.segmentation_model_id.data
        if chosen in (UNDECIDED, NO_MODEL, None):
            return {
                "segmentation_model_id": None,
                "is_without_profiles": chosen == NO_MODEL,
                "profile_ids": [],
            }
        every = [
            profile.id
            for model, profiles in self.offered_models
            if str(model.id) == chosen
            for profile in profiles
        ]
        # Whoever ticks none of a model's profiles means all of them.
        return {
            "segmentation_model_id": int(chosen),
            "is_without_profiles": False,
            "profile_ids": self.profile_ids.data or every,
        }


class StatusForm(FlaskForm):
    """A step in the life of an experiment, with the reason for it."""

    to_status = HiddenField(validators=[DataRequired(CHOOSE)])
    reason = TextAreaField(
        _l("Reason"),
        [Length(max=2000)],
        default="",
        description=_l("Others can read this in the log. Write no names of residents."),
        render_kw={"rows": 3},
    )


class FilterForm(FlaskForm):
    """Which experiments to list; it changes nothing, so its answers stand in the address."""

    class Meta:
        csrf = False

    q = StringField(_l("Search"))
    status = SelectField(_l("Status"))
    lab = SelectField(_l("Lab"))
    theme = SelectField(_l("Theme"))
    phase = SelectField(_l("Phase"))
    issue_type = SelectField(_l("Kind of matter"))
    design = SelectField(_l("Design"))
