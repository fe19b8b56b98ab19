"""Forms for variants."""

from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from experiments import labels
from experiments.forms.choices import list_choices, list_label_choices, no_choice
from experiments.forms.numbers import Above, DecimalField
from lab.i18n import in_language
from lab.models.labels import Channel
from lab.queries.labels import AxisWithStyles

AXIS = "axis_"


class VariantForm(FlaskForm):
    """One variant; `make_variant_form` adds a field for each style axis."""

    channel_id = SelectField(
        _l("Channel"),
        [InputRequired(_l("Choose a channel."))],
        description=_l("How the message travels."),
    )
    description = TextAreaField(
        _l("Description"),
        [Length(max=5000)],
        description=_l("What residents get to see or hear, in a few words."),
        render_kw={"rows": 3},
    )
    is_control = BooleanField(
        _l("This is the control"),
        description=_l("The usual way, with which the others are compared. One at most."),
    )
    share = DecimalField(
        _l("Share, in percent"),
        [Optional(), Above(0, 100, message=_l("Enter a number above 0, up to 100."))],
        description=_l("Which part of all gets this variant? Empty everywhere means equal parts."),
    )
    cost_per_unit = DecimalField(
        _l("Cost per unit, in euros"),
        [Optional(), NumberRange(min=0, message=_l("Enter an amount such as 1,10."))],
        description=_l("What one letter, card or talk costs. For instance 1,10."),
    )
    denominator_kind = SelectField(
        _l("What is counted"),
        [Optional()],
        description=_l("What you hand out or whom you ask with this variant."),
    )

    @property
    def style_fields(self) -> list:
        """Return the fields of the style axes, in order."""
        return [field for field in self if field.name.startswith(AXIS)]

    def offer(self, channels: list[Channel], current: int | None = None) -> None:
        """Fill in what there is to choose."""
        self.channels = {channel.id: channel for channel in channels}
        self.channel_id.choices = [
            no_choice(_("Choose")),
            *list_label_choices(channels, current),
        ]
        self.denominator_kind.choices = [
            no_choice(_("As usual for the channel")),
            *list_choices(labels.DENOMINATOR_KINDS),
        ]

    def fill(self, values: dict) -> None:
        """Show a variant as it is."""
        self.channel_id.data = str(values["channel_id"])
        for name in ("description", "is_control", "denominator_kind", "cost_per_unit"):
            self[name].data = values[name]
        if values["share"] is not None:
            self.share.data = round(Decimal(str(values["share"])) * 100, 6)
        chosen = {str(style_id) for style_id in values["style_ids"]}
        for field in self.style_fields:
            field.data = next((one.value for one in field.choices if one.value in chosen), "")

    def read_values(self) -> dict:
        """Return what was typed, as a command takes it."""
        channel = self.channels[int(self.channel_id.data)]
        share = self.share.data
        return {
            "channel_id": channel.id,
            "description": self.description.data,
            "is_control": self.is_control.data,
            "share": None if share is None else float(share / 100),
            "cost_per_unit": self.cost_per_unit.data,
            "denominator_kind": self.denominator_kind.data or channel.denominator_kind,
            "style_ids": [int(field.data) for field in self.style_fields if field.data],
        }


def make_variant_form(axes: list[AxisWithStyles], chosen: list[int]) -> VariantForm:
    """Return a form for a variant with a choice for each style axis."""

    class AxesForm(VariantForm):
        pass

    for place in axes:
        current = next((style.id for style in place.styles if style.id in chosen), None)
        choices = [no_choice(_("No choice")), *list_label_choices(place.styles, current)]
        is_offered = len(choices) > 1 and not (place.axis.is_retired and current is None)
        if is_offered:
            label = labels.capitalise(in_language(place.axis, "name"))
            setattr(AxesForm, f"{AXIS}{place.axis.id}", SelectField(label, choices=choices))
    return AxesForm()
