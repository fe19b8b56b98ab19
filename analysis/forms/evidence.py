"""The form that asks all experiments one question."""

from collections.abc import Iterable
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, SelectChoice, SelectField
from wtforms.validators import DataRequired, Optional, ValidationError

from analysis.pooled.labels import write_outcome
from analysis.pooled.options import (
    BEST_GRADE,
    BOTH_GRADES,
    CHECK_GRADES,
    Option,
    ScopeOptions,
)
from analysis.pooled.scope import Scope, ScopeOutcome
from analysis.queries.scopes import OutcomeCount
from analysis.stats.cells import Direction
from experiments.forms.numbers import Above, DecimalField
from experiments.labels import capitalise
from experiments.models.experiments import Step
from lab.i18n import in_language
from lab.models.labels import DenominatorKind
from lab.models.labs import LivingLab

NO_LIMIT, NO_MODEL = "", "none"
LIMITS = ("issue_type_id", "phase_id", "living_lab_id")
GRADES = {"AB": BOTH_GRADES, "A": BEST_GRADE}


def write_code(outcome: ScopeOutcome) -> str:
    """Return an outcome as the value of a choice."""
    return "-".join(
        (
            outcome.numerator_step,
            outcome.denominator_step,
            outcome.denominator_kind,
            outcome.direction,
        )
    )


def read_code(code: str) -> ScopeOutcome:
    """Return the outcome of a choice."""
    numerator, denominator, kind, direction = code.split("-")
    return ScopeOutcome(
        Step(numerator), Step(denominator), DenominatorKind(kind), Direction(direction)
    )


class ScopeForm(FlaskForm):
    """What somebody wants to know of all experiments, and within which limits."""

    outcome = SelectField(
        _l("What was counted"),
        description=_l("Only what was counted in the same way can be compared."),
    )
    segmentation_model_id = SelectField(
        _l("For whom"),
        description=_l(
            "Experiments that divide residents in another way still help: they show what channels "
            "and styles do."
        ),
    )
    margin = DecimalField(
        _l("Smallest difference that matters, in percentage points"),
        [
            DataRequired(_l("Enter the smallest difference that matters.")),
            Above(0, 99, message=_l("Enter a number above 0, up to 99.")),
        ],
        description=_l(
            "From which difference would you choose another variant next time? "
            "From 10 to 12 out of 100 is 2."
        ),
    )
    issue_type_id = SelectField(_l("Kind of matter"))
    phase_id = SelectField(_l("Phase"))
    living_lab_id = SelectField(_l("Lab"))
    from_day = DateField(_l("Held from"), [Optional()])
    to_day = DateField(_l("Held until"), [Optional()])
    grades = SelectField(_l("How much it proves"))
    with_check = BooleanField(_l("Also use comparisons without a lottery (grade C), as a check"))
    with_influence = BooleanField(
        _l("Also look at what changes without each lab and each experiment"),
        description=_l("That takes longer. It shows whether one of them decides the answer."),
    )

    def fill(self, scope: Scope) -> None:
        """Show a scope in the fields that nobody filled in."""
        values = {
            "outcome": write_code(scope.outcome),
            "segmentation_model_id": str(scope.segmentation_model_id or NO_MODEL),
            "margin": round(Decimal(str(scope.margin)) * 100, 6),
            "from_day": scope.from_day,
            "to_day": scope.to_day,
            "with_check": scope.is_check,
            "grades": next(code for code, held in GRADES.items() if held == scope.lottery_grades),
        }
        values |= {name: str(getattr(scope, name) or NO_LIMIT) for name in LIMITS}
        for name, value in values.items():
            if not self[name].raw_data:
                self[name].data = value

    def offer_outcomes(self, outcomes: Iterable[OutcomeCount]) -> None:
        """Fill in the outcomes to choose from."""
        self.outcome.choices = [
            SelectChoice(write_code(one.outcome), _write(write_outcome(one.outcome), one[1]))
            for one in outcomes
        ]

    def offer(self, options: ScopeOptions) -> None:
        """Fill in what else there is to choose, with how many experiments it leaves."""
        self.segmentation_model_id.choices = [
            _choose(one, NO_MODEL, _("All residents together")) for one in options.models
        ]
        for name, listed, nothing in (
            ("issue_type_id", options.issue_types, _("Every kind of matter")),
            ("phase_id", options.phases, _("All phases")),
            ("living_lab_id", options.labs, _("All labs")),
        ):
            self[name].choices = [_choose(one, NO_LIMIT, nothing) for one in listed]
        names = (_("Every lottery (grades A and B)"), _("Only registered lotteries (grade A)"))
        self.grades.choices = [
            SelectChoice(code, _write(name, left))
            for code, name, left in zip(GRADES, names, options.grades, strict=True)
        ]
        adds = ngettext(
            "This adds %(num)d experiment.", "This adds %(num)d experiments.", options.checked
        )
        rule = _(
            "They may be off by more than chance, so they get extra uncertainty. "
            "The answer is a check: no advice follows from it."
        )
        self.with_check.description = f"{adds} {rule}"

    def validate_to_day(self, field):
        """Refuse a period that ends before it starts."""
        if self.from_day.data and field.data and field.data < self.from_day.data:
            raise ValidationError(_("The period ends before it starts."))

    def read_scope(self, programme_id: int) -> Scope:
        """Return the question; the fields must be valid."""
        model = self.segmentation_model_id.data
        return Scope(
            programme_id=programme_id,
            outcome=read_code(self.outcome.data),
            segmentation_model_id=None if model == NO_MODEL else int(model),
            margin=float(self.margin.data / 100),
            from_day=self.from_day.data,
            to_day=self.to_day.data,
            grades=GRADES[self.grades.data] + (CHECK_GRADES if self.with_check.data else ()),
            **{name: int(self[name].data) if self[name].data else None for name in LIMITS},
        )

    @property
    def has_limits(self) -> bool:
        """Tell whether anything but the question itself is chosen, or wrong."""
        names = (*LIMITS, "from_day", "to_day")
        is_chosen = any(self[name].data or self[name].errors for name in names)
        return is_chosen or self.with_check.data or self.grades.data != next(iter(GRADES))

    def list_values(self) -> list[tuple[str, str]]:
        """Return the question as names and values, for a form that only confirms it."""
        left_out = {"csrf_token", "with_influence"}
        if not self.with_check.data:
            left_out.add("with_check")
        names = [one.name for one in self if one.name not in left_out]
        return [(name, self._write_value(name)) for name in names]

    def _write_value(self, name: str) -> str:
        field = self[name]
        return field._value() if hasattr(field, "_value") else str(field.data or "")


def _choose(option: Option, nothing: str, none_text: str) -> SelectChoice:
    if option.chosen is None:
        return SelectChoice(nothing, _write(none_text, option.experiments))
    one = option.chosen
    name = one.name if isinstance(one, LivingLab) else capitalise(in_language(one, "name"))
    return SelectChoice(str(one.id), _write(name, option.experiments))


def _write(name: str, experiments: int) -> str:
    left = ngettext("%(num)d experiment", "%(num)d experiments", experiments)
    return _("%(name)s: %(left)s", name=name, left=left)
