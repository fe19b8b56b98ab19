"""Every colour can be told from what is behind it, on screen in both schemes and on paper."""

import re

import pytest

from lab.paths import STATIC

TOKEN = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{3,6})\b")
TEXT = [
    *((ink, paper) for ink in ("ink", "quiet", "accent", "worse") for paper in ("paper", "field")),
    *((ink, "wash") for ink in ("ink", "quiet", "accent", "worse")),
    ("better", "paper"),
    ("unsure", "paper"),
    ("ink", "fictitious"),
    ("on-accent", "accent"),
    ("paper", "ink"),
    ("paper", "worse"),
]
LINES = [
    *((line, "paper") for line in ("ink", "quiet", "edge", "accent", "better", "worse", "unsure")),
    ("edge", "field"),
    ("ink", "band"),
    ("quiet", "band"),
]


def read_tokens(sheet: str, start: str, end: str) -> dict[str, str]:
    """Return the colours that a part of a style sheet sets."""
    text = (STATIC / sheet).read_text(encoding="utf-8")
    part = text.split(start, 1)[1].split(end, 1)[0]
    return dict(TOKEN.findall(part))


LIGHT = read_tokens("tokens.css", ":root {", "@media")
SCHEMES = {
    "light": LIGHT,
    "dark": LIGHT | read_tokens("tokens.css", "prefers-color-scheme: dark", "@media"),
    "print": LIGHT | read_tokens("print.css", ":root {", "}"),
}


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_and_white_is_known():
    assert round(contrast("#000", "#ffffff"), 2) == 21
    assert round(contrast("#767676", "#fff"), 2) == 4.54


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "paper"), TEXT)
def test_text_can_be_read_on_its_ground(scheme, ink, paper):
    tokens = SCHEMES[scheme]
    assert contrast(tokens[ink], tokens[paper]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("line", "ground"), LINES)
def test_lines_with_a_meaning_stand_out(scheme, line, ground):
    tokens = SCHEMES[scheme]
    assert contrast(tokens[line], tokens[ground]) >= 3


def test_dark_scheme_sets_every_colour_anew():
    assert read_tokens("tokens.css", "prefers-color-scheme: dark", "@media").keys() == LIGHT.keys()


def test_style_sheets_use_tokens_for_every_colour():
    sheets = [path for path in STATIC.glob("*.css") if path.stem not in {"tokens", "print"}]
    assert sheets
    for path in sheets:
        assert not re.search(r":[^;{]*(#[0-9a-f]{3,8}\b|rgb\()", path.read_text(encoding="utf-8"))
