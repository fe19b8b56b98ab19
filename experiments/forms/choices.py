"""What form fields offer to choose from: closed sets and the labels of a programme."""

from collections.abc import Iterable

from wtforms import SelectChoice

from experiments.labels import Labels, capitalise
from lab.i18n import in_language
from lab.models.labels import Label


def no_choice(text: str) -> SelectChoice:
    """Return the choice for nothing, in words that say what that means."""
    return SelectChoice("", text)


def list_choices(labels: Labels) -> list[SelectChoice]:
    """Return a closed set as choices."""
    return [SelectChoice(member.value, capitalise(label)) for member, label in labels.items()]


def list_label_choices(found: Iterable[Label], current: object = None) -> list[SelectChoice]:
    """Return labels as choices: those in use, and a retired one where it was chosen before."""
    return [
        SelectChoice(str(label.id), capitalise(in_language(label, "name")))
        for label in found
        if not label.is_retired or label.id == current
    ]
