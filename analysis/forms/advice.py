"""Forms for asking proposals and deciding on them."""

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import Length, Optional

from analysis.models.advice import (
    CONDITIONS_LENGTH,
    REASON_LENGTH,
    USUAL_MONTHS,
    ProposalCreate,
    ProposalState,
)
from lab.forms.fields import LongTextField

BY_EVIDENCE, PER_PROFILE, TOGETHER = "evidence", "profiles", "together"
CHOICES = {BY_EVIDENCE: None, PER_PROFILE: True, TOGETHER: False}


class ProposalForm(FlaskForm):
    """For whom the proposals should be."""

    division = RadioField(
        _l("One advice for everyone, or one per profile?"),
        choices=[
            SelectChoice(BY_EVIDENCE, _l("What the evidence suggests")),
            SelectChoice(PER_PROFILE, _l("One advice per profile")),
            SelectChoice(TOGETHER, _l("One advice for everyone")),
        ],
        default=BY_EVIDENCE,
        validators=[Optional()],
    )

    def make_command(self) -> ProposalCreate:
        """Return what this form asks for; a bare button leaves the choice to the evidence."""
        return ProposalCreate(is_per_profile=CHOICES.get(self.division.data))


def _write_months(months: int) -> LazyString:
    return _l("%(number)s months", number=months)


class DecisionForm(FlaskForm):
    """Why somebody decides what they decide."""

    # A reason is asked for by the command, so that the page says the same to everyone.
    reason = LongTextField(
        _l("Reason"), validators=[Length(max=REASON_LENGTH)], render_kw={"rows": 4}
    )
    review_months = SelectField(
        _l("Look at this advice again after"),
        choices=[
            SelectChoice(months, _write_months(months)) for months in (3, 6, 12, 24, 36, 48, 60)
        ],
        coerce=int,
        default=USUAL_MONTHS,
    )


class AnswerForm(FlaskForm):
    """What a second person says, and why."""

    answer_reason = LongTextField(
        _l("Reason"), validators=[Length(max=REASON_LENGTH)], render_kw={"rows": 4}
    )


class EditForm(FlaskForm):
    """A proposal as a person would rather have it."""

    state = SelectField(
        _l("How firmly"),
        choices=[
            SelectChoice("", _l("as proposed")),
            SelectChoice(ProposalState.ADVISE.value, _l("advise")),
            SelectChoice(ProposalState.TENTATIVE.value, _l("advise with reserve")),
        ],
        default="",
    )
    variant = SelectField(_l("Which variant"), default="")
    conditions = LongTextField(
        _l("When it holds, in your words"),
        validators=[Length(max=CONDITIONS_LENGTH)],
        render_kw={"rows": 3},
    )
    edit_reason = LongTextField(
        _l("Why do you change this?"),
        validators=[Length(max=REASON_LENGTH)],
        render_kw={"rows": 4},
    )

    def offer(self, choices: list[tuple[int, str]]) -> None:
        """Offer the variants that may be advised."""
        offered = [SelectChoice(str(number), name) for number, name in choices]
        self.variant.choices = [SelectChoice("", _("as proposed")), *offered]

    def list_answers(self) -> dict:
        """Return what was chosen; nothing chosen leaves it as proposed."""
        return {
            "state": self.state.data or None,
            "variant": int(self.variant.data) if self.variant.data else None,
            "reason": self.edit_reason.data,
        }
