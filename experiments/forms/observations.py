"""Forms to enter, correct and review counts."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from uuid import UUID, uuid4

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from pydantic import ValidationError
from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from experiments import labels
from experiments.count_files.values import ValueFaultError, parse_count, parse_date
from experiments.count_labels import FIELDS
from experiments.faults import Fault
from experiments.forms.choices import list_choices
from experiments.limits import list_faults
from experiments.messages import tell
from experiments.models.experiments import Step, Wave
from experiments.models.observations import (
    CountMethod,
    Observation,
    ObservationCreate,
    ProfileBasis,
    ReviewState,
)
from experiments.naming import NamedVariant
from lab.forms.fields import LongTextField, TextField
from lab.i18n import in_language
from lab.models.segmentation import Profile

CHOOSE = _l("Choose one of the options.")
FILL_IN = _l("Fill this in.")
UNKNOWN = ""
# What stays the same for the next record that somebody enters.
CARRIED = (
    "variant",
    "profile",
    "profile_basis",
    "is_profile_known_before",
    "area",
    "observed_on",
    "cluster",
    "wave_number",
    "count_method",
)


def to_number(value: str | int | None) -> int | None:
    """Return the number of a choice, or None for «unknown»."""
    return int(value) if str(value or "").isdecimal() else None


def drop_zeros(text: str | None) -> str | None:
    """Return a text without the sign that no database takes."""
    return text and text.replace("\0", "")


class YesOrNo(StrEnum):
    """An answer that is one of two."""

    YES = "yes"
    NO = "no"


def to_yes_or_no(value: str | bool | None) -> str:
    """Return an answer as the choice that stands for it."""
    return YesOrNo.YES if value in (True, YesOrNo.YES) else YesOrNo.NO


class CountField(IntegerField):
    """A count as people type it; empty means that nobody knows."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        # The page treats it as any whole number: digits on a phone.
        self.type = "IntegerField"

    def process_formdata(self, valuelist):
        """Read what somebody typed."""
        self.data = None
        try:
            self.data = parse_count(valuelist[0] if valuelist else "")
        except ValueFaultError as fault:
            raise ValueError(tell(Fault(self.name, fault.code, fault.details))) from None


class DayField(DateField):
    """A day, from a calendar or typed as 14-05-2026."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.type = "DateField"

    def process_formdata(self, valuelist):
        """Read what somebody chose or typed."""
        if not valuelist:
            return
        self.data = None
        try:
            self.data = parse_date(valuelist[0])
        except ValueFaultError as fault:
            raise ValueError(tell(Fault(self.name, fault.code, fault.details))) from None


class ObservationForm(FlaskForm):
    """One field record."""

    uuid = HiddenField()
    variant = RadioField(
        FIELDS["variant_id"], [InputRequired(CHOOSE)], coerce=to_number, validate_choice=False
    )
    profile = SelectField(FIELDS["profile_id"], coerce=to_number, validate_choice=False)
    profile_basis = SelectField(
        FIELDS["profile_basis"],
        choices=lambda: list_choices(labels.PROFILE_BASES),
        default=ProfileBasis.UNKNOWN.value,
        validate_choice=False,
    )
    is_profile_known_before = RadioField(
        _l("Was the profile known before these people got the message?"),
        coerce=to_yes_or_no,
        choices=lambda: [
            SelectChoice("yes", _("Yes")),
            SelectChoice("no", _("No, we asked it afterwards")),
        ],
        default="yes",
        validate_choice=False,
    )
    area = TextField(FIELDS["area"], description=_l("For instance a neighbourhood or village."))
    observed_on = DayField(FIELDS["observed_on"], [InputRequired(FILL_IN)])
    cluster = TextField(
        FIELDS["cluster"],
        description=_l("If all in one street, bundle or route got the same variant. No address."),
    )
    wave_number = SelectField(_l("Wave"), coerce=to_number, validate_choice=False)
    offered = CountField(FIELDS[Step.OFFERED])
    reached = CountField(FIELDS[Step.REACHED])
    responded = CountField(FIELDS[Step.RESPONDED])
    participated = CountField(FIELDS[Step.PARTICIPATED])
    count_method = RadioField(
        FIELDS["count_method"],
        choices=lambda: list_choices(labels.COUNT_METHODS),
        default=CountMethod.COUNTED.value,
        validate_choice=False,
    )
    remark = LongTextField(
        FIELDS["remark"],
        filters=(drop_zeros,),
        description=_l("What went differently? Write nothing that points at a person."),
        render_kw={"rows": 3},
    )

    def offer(
        self, variants: Iterable[NamedVariant], profiles: Iterable[Profile], waves: list[Wave]
    ) -> None:
        """Offer what this experiment has to choose from."""
        self.variant.choices = [
            SelectChoice(variant.id, f"{variant.letter} · {in_language(variant, 'name')}")
            for variant in variants
        ]
        self.profile.choices = [
            SelectChoice(UNKNOWN, _("Unknown")),
            *(SelectChoice(profile.id, in_language(profile, "name")) for profile in profiles),
        ]
        if len(waves) < 2:
            del self.wave_number
        else:
            self.wave_number.choices = [
                SelectChoice(UNKNOWN, _("The wave of this day")),
                *(SelectChoice(wave.number, str(wave.number)) for wave in waves),
            ]
        if not self.uuid.data:
            self.uuid.data = str(uuid4())

    def fill(self, observation: Observation, wave_number: int | None) -> None:
        """Show a record that was kept, to correct it."""
        for name in CARRIED + STEPS + ("remark",):
            if name in self and hasattr(observation, name):
                self[name].data = getattr(observation, name)
        self.is_profile_known_before.data = to_yes_or_no(observation.is_profile_known_before)
        self.variant.data = observation.variant_id
        self.profile.data = observation.profile_id
        if "wave_number" in self:
            self.wave_number.data = wave_number

    def make_command(self) -> ObservationCreate | None:
        """Return what was filled in as a record, or None with the mistakes put on the form."""
        if not self.validate_on_submit():
            return None
        values = {name: self[name].data for name in ObservationCreate.model_fields if name in self}
        values |= {
            "variant_id": self.variant.data,
            "profile_id": self.profile.data,
            "is_profile_known_before": self.is_profile_known_before.data == YesOrNo.YES,
        }
        if not values["uuid"]:
            del values["uuid"]
        try:
            return ObservationCreate(**values)
        except ValidationError as error:
            self.show(list_faults(error))
            return None

    def show(self, faults: Iterable[Fault]) -> None:
        """Put what is wrong beside the fields that it is about."""
        for fault in faults:
            show_error(self, fault.field, tell(fault))

    def list_carried(self) -> dict[str, str]:
        """Return what stays the same for the next record, for its address."""
        carried = {name: self[name].raw_data for name in CARRIED if name in self}
        return {name: values[0] for name, values in carried.items() if values and values[0]}


STEPS = tuple(step.value for step in Step)


class CorrectionForm(ObservationForm):
    """A better version of a record."""

    reason = LongTextField(
        _l("What was wrong?"),
        [InputRequired(FILL_IN)],
        filters=(drop_zeros,),
        render_kw={"rows": 2},
    )


class VoidForm(FlaskForm):
    """Why a record should not have been counted."""

    uuid = HiddenField(default=lambda: str(uuid4()))
    void_reason = LongTextField(
        _l("Why should this not be counted?"),
        [InputRequired(FILL_IN)],
        filters=(drop_zeros,),
        render_kw={"rows": 2},
    )

    def read_uuid(self) -> UUID | None:
        """Return the identity that the form was made with."""
        try:
            return UUID(self.uuid.data)
        except ValueError:
            return None


class ReviewForm(FlaskForm):
    """What a supervisor thinks of records."""

    reason = LongTextField(
        _l("Reason"),
        filters=(drop_zeros,),
        description=_l("Needed when you hold or return a count."),
        render_kw={"rows": 2},
    )


class CountFilterForm(FlaskForm):
    """Which counts to list; it changes nothing, so its answers stand in the address."""

    class Meta:
        csrf = False

    variant = SelectField(FIELDS["variant_id"], validate_choice=False)
    profile = SelectField(FIELDS["profile_id"], validate_choice=False)
    state = SelectField(_l("State"), validate_choice=False)
    day = DayField(FIELDS["observed_on"])

    def offer(self, variants: Iterable[NamedVariant], profiles: Iterable[Profile]) -> None:
        """Offer what this experiment has to choose from."""
        everything = SelectChoice("", _("All"))
        self.variant.choices = [
            everything,
            *(
                SelectChoice(str(variant.id), f"{variant.letter} · {in_language(variant, 'name')}")
                for variant in variants
            ),
        ]  # fmt: skip
        self.profile.choices = [
            everything,
            SelectChoice("0", _("Unknown")),
            *(SelectChoice(str(profile.id), in_language(profile, "name")) for profile in profiles),
        ]
        states: Mapping = labels.REVIEW_STATES
        self.state.choices = [everything, *list_choices(states)]

    def read_state(self) -> ReviewState | None:
        """Return the state that was asked for, or None for all."""
        return ReviewState(self.state.data) if self.state.data in set(ReviewState) else None


def show_error(form: FlaskForm, name: str, message: str) -> None:
    """Put a mistake beside its field on a form, or above all fields."""
    if name not in form:
        form.form_errors.append(message)
        return
    form[name].errors = [*form[name].errors, message]
