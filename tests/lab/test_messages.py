"""What people read about mistakes in a form."""

import pytest
from pydantic import ValidationError

from lab.forms.messages import translate_errors
from lab.models.labs import LivingLabCreate
from lab.models.segmentation import ProfileCreate

RIGHT = {"name": "Elst", "municipality": "Overbetuwe"}
PROFILE = {"code": "rood", "name_nl": "Rood", "name_en": "Red"}


@pytest.fixture(autouse=True)
def dutch(app):
    """Speak Dutch, as to a reader who chose nothing."""
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("command", "values", "expected"),
    [
        (LivingLabCreate, {"name": "Elst"}, ("municipality", "Vul dit in.")),
        (LivingLabCreate, RIGHT | {"name": " "}, ("name", "Vul dit in.")),
        (LivingLabCreate, RIGHT | {"starts_on": "x"}, ("starts_on", "Vul een datum in.")),
        (
            LivingLabCreate,
            RIGHT | {"name": "x" * 201},
            ("name", "Dit is te lang: gebruik hoogstens 200 tekens."),
        ),
        (ProfileCreate, PROFILE | {"share": "veel"}, ("share", "Vul een getal in.")),
        (ProfileCreate, PROFILE | {"share": 2}, ("share", "Vul 1 of minder in.")),
    ],
)
def test_mistake_says_what_to_do(command, values, expected):
    with pytest.raises(ValidationError) as caught:
        command(**values)
    assert translate_errors(caught.value) == [expected]


def test_check_of_the_whole_names_a_field():
    with pytest.raises(ValidationError) as caught:
        LivingLabCreate(**RIGHT, starts_on="2026-05-02", ends_on="2026-05-01")
    assert [field for field, _message in translate_errors(caught.value)] == ["ends_on"]
