"""Drawings of intervals: true to their numbers, and readable without seeing them."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.charts import draw_axis, draw_interval, interval_scale, list_visible_ends
from analysis.forest import draw_difference, draw_estimate, draw_pooled
from lab.formats import Unit
from lab.i18n import command_context

INTERVALS = {50: (0.126, 0.151), 80: (0.115, 0.16), 95: (0.109, 0.172)}
SHARES = st.floats(min_value=0, max_value=1)


@pytest.fixture(autouse=True)
def dutch():
    """Speak Dutch, as most readers do."""
    with command_context("nl"):
        yield


def draw(scale=None, estimate=0.138, intervals=None, **options):
    """Return a drawing as a tree."""
    scale = scale or interval_scale([0, 0.2])
    svg = draw_interval(estimate, intervals or INTERVALS, scale, label="brief", **options)
    return ElementTree.fromstring(svg)


def find(tree, name):
    """Return the parts of a drawing that have a class."""
    return [part for part in tree.iter() if part.get("class") == name]


def test_each_interval_has_its_own_line_on_the_scale():
    tree = draw()
    ends = {name: find(tree, name)[0] for name in ("i95", "i80", "i50")}
    assert {name: (line.get("x1"), line.get("x2")) for name, line in ends.items()} == {
        "i95": ("54.50%", "86.00%"),
        "i80": ("57.50%", "80.00%"),
        "i50": ("63.00%", "75.50%"),
    }
    assert find(tree, "dot")[0].get("cx") == "69.00%"


def test_thicker_lines_are_drawn_over_thinner_ones():
    classes = [part.get("class") for part in draw() if part.get("class")]
    assert classes == ["grid", "i95", "i80", "i50", "dot"]


def test_margin_and_control_stand_behind_the_lines():
    tree = draw(margin_band=(0.09, 0.13), control=0.11)
    classes = [part.get("class") for part in tree if part.get("class")]
    assert classes == ["grid", "band", "control", "i95", "i80", "i50", "dot"]
    band = find(tree, "band")[0]
    assert (band.get("x"), band.get("width")) == ("45.00%", "20.00%")


def test_drawing_says_in_words_what_it_shows():
    tree = draw(control=0.11)
    assert tree.get("role") == "img"
    assert tree.find("title").text == "brief"
    assert tree.find("desc").text == (
        "Schatting 13,8%. 95%-interval: 10,9–17,2. 80%-interval: 11,5–16,0. "
        "50%-interval: 12,6–15,1. Controle: 11,0%."
    )


def test_differences_are_told_in_points_with_a_sign():
    scale = interval_scale([-0.01, 0.06], Unit.POINTS)
    tree = draw(scale, 0.03, {95: (-0.01, 0.06)}, control=0)
    assert tree.find("desc").text == "Schatting +3,0. 95%-interval: \u22121,0 tot +6,0."


def test_label_from_people_cannot_break_the_drawing():
    scale = interval_scale([0, 1])
    svg = draw_interval(0.5, {95: (0.4, 0.6)}, scale, label='<script>&"{value}')
    assert ElementTree.fromstring(svg).find("title").text == '<script>&"{value}'


def test_interval_beyond_the_scale_ends_in_arrows():
    tree = draw(interval_scale([0.12, 0.14]), margin_band=(0, 1))
    assert len(find(tree, "cut")) == 2
    assert (find(tree, "i95")[0].get("x1"), find(tree, "i95")[0].get("x2")) == ("0.00%", "100.00%")


def test_estimate_beyond_the_scale_is_not_drawn_elsewhere():
    tree = draw(interval_scale([0.01, 0.02]))
    assert not find(tree, "dot")
    assert not find(tree, "i95")
    assert len(find(tree, "cut")) == 1


@pytest.mark.parametrize("estimate", [None, float("nan")])
def test_nothing_is_drawn_without_an_estimate(estimate):
    assert draw_interval(estimate, {}, interval_scale([0, 1]), label="x") == ""


def test_drawings_obey_the_content_policy():
    svg = draw_interval(0.1, INTERVALS, interval_scale([0, 0.2]), label="x", control=0.1)
    for text in (svg, draw_axis(interval_scale([0, 0.2]))):
        assert not re.search(r"style=|<script|href=|\bon\w+=", text)


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0.08, 0.172], (0, 0.05, 0.1, 0.15, 0.2)),
        ([0.32, 0.38], (0.32, 0.34, 0.36, 0.38)),
        ([], (0, 0.02, 0.04, 0.06, 0.08, 0.1)),
        ([0, 0], (0, 0.02)),
    ],
)
def test_scale_has_round_ticks(values, ticks):
    assert interval_scale(values).ticks == ticks


def test_axis_writes_no_more_decimals_than_it_needs():
    labels = [text.text for text in ElementTree.fromstring(draw_axis(interval_scale([0, 0.003])))]
    assert labels == ["0,0%", "0,1%", "0,2%", "0,3%"]


def test_scale_of_differences_shows_zero():
    scale = interval_scale([0.02, 0.05], Unit.POINTS)
    assert scale.low == 0


@given(st.lists(SHARES, min_size=1))
def test_scale_shows_every_value_on_few_ticks(values):
    scale = interval_scale(values)
    assert all(-1e-6 <= scale.position(value) <= 100 + 1e-6 for value in values)
    assert 2 <= len(scale.ticks) <= 8
    assert scale.low >= -1e-9


@given(SHARES, SHARES, SHARES, st.lists(SHARES, min_size=2, max_size=2))
def test_nothing_is_ever_drawn_outside_the_column(estimate, one, other, limits):
    lower, upper = sorted((one, other))
    tree = draw(
        interval_scale(limits),
        estimate,
        {95: (lower, upper)},
        margin_band=(estimate - 0.02, estimate + 0.02),
        control=other,
    )
    places = [
        float(part.get(name).rstrip("%"))
        for part in tree.iter()
        for name in ("x", "x1", "x2", "cx", "width")
        if part.get(name)
    ]
    assert all(0 <= place <= 100 for place in places)


def test_very_wide_intervals_do_not_squeeze_the_rest():
    ends = list_visible_ends([(0.1, 0.12), (0.11, 0.13), (0.1, 0.13), (0, 0.9)])
    assert max(ends) == 0.13
    assert list_visible_ends([]) == []


def test_prediction_stands_below_the_estimate():
    svg = draw_estimate(0.1, (0.08, 0.12), (0.05, 0.16), interval_scale([0, 0.2]), label="brief")
    tree = ElementTree.fromstring(svg)
    (estimate,), (expected,) = find(tree, "i95"), find(tree, "expected")
    assert (expected.get("x1"), expected.get("x2")) == ("25.00%", "80.00%")
    assert float(estimate.get("y1")[:-1]) < float(expected.get("y1")[:-1])
    assert "Te verwachten in één nieuw experiment: 5,0–16,0." in tree.find("desc").text


def test_diamond_is_as_wide_as_its_interval():
    scale = interval_scale([-0.1, 0.1], Unit.POINTS)
    tree = ElementTree.fromstring(draw_pooled(0.025, (0.0, 0.05), scale, label="alles"))
    (diamond,) = find(tree, "diamond")
    assert (diamond.get("x"), diamond.get("width")) == ("50.00%", "25.00%")
    assert "M0 50 50.0 30 100 50 50.0 70Z" in diamond.find("path").get("d")


def test_larger_experiments_have_larger_squares():
    scale = interval_scale([-0.1, 0.1], Unit.POINTS)
    sizes = [
        float(find(tree, "square")[0].find("rect").get("width"))
        for tree in (
            ElementTree.fromstring(
                draw_difference(0.02, (-0.01, 0.05), scale, label="proef", share=share)
            )
            for share in (0.1, 1.0)
        )
    ]
    assert sizes[0] < sizes[1]
