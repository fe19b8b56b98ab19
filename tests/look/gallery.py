"""A small application that shows every building block of the pages, with sample figures."""

import math
from dataclasses import dataclass

from flask import Flask, render_template, request
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.fields import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from analysis.charts import draw_axis, draw_interval, interval_scale, list_visible_ends
from lab import formats, i18n
from lab.paths import CHECKOUT, STATIC, TEMPLATES

STATES = [
    ("idea", "idee"),
    ("planned", "gepland"),
    ("registered", "geregistreerd"),
    ("in_field", "in het veld"),
    ("closed", "afgerond"),
    ("analysed", "geanalyseerd"),
    ("published", "gepubliceerd"),
]
PROFILES = [
    ("Honkvaste Buurtbewoners", "probably_better", 486, 67),
    ("Gevestigde Beïnvloeders", "not_enough_data", 41, 5),
    ("Plichtsgetrouwe Burgers", "clearly_better", 612, 101),
    ("Geëngageerde Stadsbewoners", "no_difference", 1383, 152),
    ("Jonge Digitalen", "not_enough_data", 96, 4),
    ("Zelfbewuste Aanpakkers", "clearly_worse", 544, 48),
]
VARIANTS = [
    ("brief · persoonlijk", False, 1.0),
    ("brief · zakelijk", True, 0.79),
    ("kaart aan de deur · persoonlijk, met een vraag", False, 0.9),
    ("bericht op sociale media", False, 0.3),
]
LEVELS = {50: 0.674, 80: 1.282, 95: 1.960}


@dataclass(frozen=True)
class Thing:
    """Anything with a few words and an address, as the frame asks for it."""

    label: str = ""
    url: str = "#"
    is_current: bool = False
    is_post: bool = False
    kind: str = ""
    name: str = ""
    is_signed_in: bool = True


MENU = ("Mijn werk", "Experimenten", "Advies", "Labs")


class SampleForm(FlaskForm):
    """A field of every kind."""

    title = StringField("Titel", [InputRequired("Geef het experiment een titel.")])
    question = TextAreaField("Wat wil je weten?", description="Eén vraag, in één zin.")
    purpose = RadioField(
        "Doel",
        [InputRequired("Kies een doel.")],
        choices=[SelectChoice("research", "Onderzoek"), SelectChoice("activation", "Activeren")],
    )
    profiles = SelectMultipleField(
        "Profielen",
        choices=[SelectChoice("1", PROFILES[0][0]), SelectChoice("2", PROFILES[1][0])],
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )
    channel = SelectField("Kanaal", choices=[SelectChoice("letter", "Brief")])
    starts_on = DateField("Eerste dag")
    reached = IntegerField("Bereikt", [InputRequired("Vul in hoeveel mensen je bereikte.")])
    responded = IntegerField("Reacties", [NumberRange(min=0, message="Een aantal is 0 of meer.")])
    file = FileField("Bestand")
    password = PasswordField("Wachtwoord", render_kw={"autocomplete": "current-password"})
    agrees = BooleanField(
        "Ik controleerde de aantallen", description="Je kunt ze later verbeteren."
    )


def make_gallery(programme_kind: str = "own") -> Flask:
    """Return the application; its frame says what kind of programme it shows."""
    app = Flask("gallery", static_folder=STATIC)
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(TEMPLATES), FileSystemLoader(CHECKOUT / "tests" / "look" / "templates")]
    )
    app.config.update(SECRET_KEY="gallery", WTF_CSRF_ENABLED=False)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    CSRFProtect(app)
    i18n.init_app(app)
    formats.init_app(app)
    app.context_processor(lambda: _describe_frame(programme_kind))
    app.jinja_env.globals["part"] = _draw_part
    _add_pages(app)
    return app


def _describe_frame(programme_kind: str) -> dict:
    language = i18n.current_language()
    return {
        "reader": Thing(name="Sanne de Vries"),
        "languages": [(code, name, code == language) for code, name in i18n.LANGUAGES.items()],
        "programme": Thing(kind=programme_kind, name="Proef"),
        "product_version": "0.1.0",
    }


def _draw_part(name: str) -> Markup:
    words = MENU if name == "menu" else ()
    items = [Thing(label=word, is_current=word == "Experimenten") for word in words]
    return Markup(render_template(f"frame/{name}.html", items=items, product_version="0.1.0"))


def _add_pages(app: Flask) -> None:
    for rule, name in (
        ("/language", "choose_language"),
        ("/out", "sign_out"),
        ("/in", "sign_in"),
        ("/password", "change_password"),
    ):
        app.add_url_rule(rule, f"account.{name}", lambda: "", methods=["GET", "POST"])
    app.add_url_rule("/", "report", _show_report)
    app.add_url_rule("/form", "form", _show_form, methods=["GET", "POST"])
    app.add_url_rule("/list", "list", _show_list)
    for code in ("400", "403", "404", "405", "413", "429", "500", "refused"):
        template = f"errors/{code}.html"
        app.add_url_rule(f"/errors/{code}", template, lambda t=template: render_template(t))


def _show_report():
    groups, axis = build_groups()
    return render_template("gallery/report.html", states=STATES, groups=groups, axis=axis)


def _show_form():
    form = SampleForm()
    status = 422 if request.method == "POST" and not form.validate() else 200
    return render_template("gallery/form.html", form=form), status


def _show_list():
    rows = [(name, index * 40 + 7, size) for index, (name, _, size, _) in enumerate(PROFILES)]
    return render_template("gallery/list.html", rows=rows)


def wald_intervals(count: float, size: int) -> dict:
    """Return simple intervals by level: good enough to draw."""
    rate = count / size
    error = math.sqrt(rate * (1 - rate) / size)
    return {
        level: (max(rate - width * error, 0), rate + width * error)
        for level, width in LEVELS.items()
    }


def build_groups() -> tuple[list, str]:
    """Return the groups of a sample interval table, and the axis that they share."""
    counted = [
        (profile, variant, size, count * variant[2])
        for profile, _, size, count in PROFILES
        for variant in VARIANTS
    ]
    ends = list_visible_ends(wald_intervals(count, size)[95] for *_, size, count in counted)
    scale = interval_scale(ends)
    groups = []
    for profile, code, _, _ in PROFILES:
        mine = [row for row in counted if row[0] == profile]
        control = next(count / size for _, variant, size, count in mine if variant[1])
        rows = [_build_row(row, scale, control) for row in mine]
        sentence = "Van elke 100 brieven 14 reacties, tegen 11 bij de zakelijke brief."
        groups.append((profile, code, sentence if code != "not_enough_data" else None, rows))
    return groups, draw_axis(scale)


def _build_row(row: tuple, scale, control: float) -> tuple:
    profile, (label, is_control, _), size, count = row
    rate, intervals = count / size, wald_intervals(count, size)
    drawing = draw_interval(
        rate,
        intervals,
        scale,
        label=f"{profile}, {label}",
        margin_band=(control - 0.02, control + 0.02),
        control=control,
    )
    ends = formats.interval(*intervals[95])
    return label, is_control, drawing, formats.percent(rate), ends, formats.number(size)
