"""Forms for asking proposals and deciding on them."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice
from wtforms.validators import Length, Optional

from analysis.models.advice import REASON_LENGTH, ProposalCreate
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


class DecisionForm(FlaskForm):
    """Why somebody decides what they decide."""

    # A reason is asked for by the command, so that the page says the same to everyone.
    reason = LongTextField(
        _l("Reason"), validators=[Length(max=REASON_LENGTH)], render_kw={"rows": 4}
    )
