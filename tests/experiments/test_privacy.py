"""Personal data in free text is found, and words that only look like it are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.privacy import PersonalData, find_personal_data, mask_personal_data

PERSONAL = {
    PersonalData.EMAIL: ["mail jan@example.nl", "jan.de-boer+werk@post.example.org."],
    PersonalData.PHONE: [
        "bel 06-12345678", "06 12 34 56 78", "+31 6 1234 5678", "0031612345678", "030-1234567",
        "0343 123456", "(030) 123 45 67", "+31(0)612345678",
    ],
    PersonalData.POSTCODE: ["3512 AB 12", "3512AB12", "3512ab 12", "3512 AB, nr 4"],
    PersonalData.ADDRESS: [
        "Kerkstraat 12", "Lange Nieuwstraat 12a", "aan de Dorpsweg 3 gesproken", "Hoofdstr. 5",
        "Jansenplein nr 7",
    ],
}  # fmt: skip
HARMLESS = [
    "01-05-2026 12 uur regen", "2026-05-14 10:00 12", "Kerkstraat 12 flyers uitgedeeld",
    "Kerkstraat 1-25", "Kerkstraat 1 t/m 25", "in 2026 in 3 straten", "Elst-Zuid route 3",
    "wijk 12", "3512 AB", "straat 3", "12 mensen, 10 gesprekken", "telling 1200 300 450 120",
    "Kerkstraat 12,5% reageerde", "100000000 100000000",
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in PERSONAL.items() for text in texts]
)
def test_personal_data_is_found_and_masked(kind, text):
    assert kind in [found.kind for found in find_personal_data(text)]
    assert not find_personal_data(mask_personal_data(text))


@pytest.mark.parametrize("text", HARMLESS)
def test_words_that_point_at_nobody_are_left_alone(text):
    assert find_personal_data(text) == []
    assert mask_personal_data(text) == text


@given(st.text(max_size=2000))
def test_masked_text_holds_nothing_personal_that_was_found(text):
    for found in find_personal_data(text):
        assert found.text.strip()
    mask_personal_data(text)
