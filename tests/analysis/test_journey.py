"""The journey from offered to participated: what a step kept, what a response costs, 20 dots."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.charts import interval_scale
from analysis.dots import DOTS, count_above, draw_dots, spread_dots
from analysis.stats.proportions import estimate_wilson
from analysis.stats.results import Interval
from experiments.models.experiments import ExperimentStatus
from lab.models.people import Role
from tests.analysis.counted import CLEAR, count, counted_experiment, price
from tests.pages import Pages

TABLE = "funnel"


@pytest.fixture
def pages(client) -> Pages:
    """A browser that checks what every page owes its reader."""
    return Pages(client)


@pytest.fixture
def lab(build):
    """A lab with experiments of its own."""
    return build.lab()


def read(pages, experiment):
    """Give the report as this reader gets it."""
    return pages.get(f"/experiments/{experiment.id}/outcome")


def read_funnel(pages, experiment) -> list[str]:
    """Give the words of each row of the table with the journey, cell by cell."""
    rows = read(pages, experiment).content.one("table", class_=TABLE).all("tr")
    cells = [[cell.text for cell in row.all("td", "th")] for row in rows]
    return [" | ".join(filter(None, row)).replace("\u00a0", " ") for row in cells]


def test_cost_of_a_response_follows_the_rate_and_its_interval(pages, build, lab, client, session):
    experiment = counted_experiment(build, lab, [CLEAR])
    price(session, experiment, Decimal("0.60"), Decimal("0.90"))
    build.sign_in(client, build.user(Role.TEAM, lab))
    # 30 of 600 letters of € 0.60: € 12.00, and by hand Wilson's limits are 3.52 and 7.05 %.
    assert "€ 12,00 (€ 8,51 tot € 17,02)" in read_funnel(pages, experiment)[1]


def test_cost_is_unknown_where_nobody_wrote_a_price(pages, build, lab, client, session):
    experiment = counted_experiment(build, lab, [CLEAR])
    price(session, experiment, None, Decimal("0.90"))
    build.sign_in(client, build.user(Role.TEAM, lab))
    page = read(pages, experiment)
    assert "Onbekend voor “geadresseerde brief · zakelijk”." in page.text
    assert "onbekend" in page.content.one("table", class_=TABLE).text


def test_each_step_is_a_share_of_the_one_before(pages, build, lab, client, session):
    experiment = build.experiment(lab, status=ExperimentStatus.CLOSED)
    count(session, experiment, ((40, 400), (80, 400)), reached=200, participated=20)
    build.sign_in(client, build.user(Role.TEAM, lab))
    rows = read_funnel(pages, experiment)[2:5]
    assert rows == [
        "Bereikt | 200 | 50,0% | 50,0%",
        "Gereageerd | 40 | 10,0% | 20,0%",
        "Meegedaan | 20 | 5,0% | 50,0%",
    ]


def test_step_that_some_records_do_not_know_is_no_share(pages, build, lab, client, session):
    experiment = counted_experiment(build, lab, [CLEAR])
    count(session, experiment, ((3, 60), (9, 60)), reached=50)
    build.sign_in(client, build.user(Role.TEAM, lab))
    assert "onbekend in 1 telling | — | —" in read_funnel(pages, experiment)[2]


def test_outsiders_see_the_two_rounded_steps_of_the_comparison_only(pages, build, lab, session):
    experiment = build.experiment(lab, status=ExperimentStatus.PUBLISHED)
    count(session, experiment, ((61, 613), (92, 607)), reached=301, participated=17)
    price(session, experiment, Decimal("1.00"), Decimal("1.00"))
    text = " ".join(read_funnel(pages, experiment))
    assert "60 | 9,8%" in text
    assert "€ 10,25" in text
    assert not [known for known in ("301", "17", "61 ", "613", "607") if known in text]


def test_twenty_dots_stand_for_the_two_variants_of_the_verdict(pages, build, lab, client):
    build.sign_in(client, build.user(Role.TEAM, lab))
    page = read(pages, counted_experiment(build, lab, [CLEAR]))
    drawings = page.content.all("svg", class_="dots-drawing")
    assert [len(one.all("circle")) for one in drawings] == [DOTS, DOTS]
    assert "20 stippen: alle op" in drawings[0].one("desc").text
    assert "liggen er 20 van de 20 boven het midden" in page.text


def nest(counted: int, people: int) -> list[Interval]:
    """Give Wilson's limits of a rate at the three levels of a report."""
    levels = 0.5, 0.8, 0.95
    return [
        Interval(level, *map(float, estimate_wilson(counted, people, level))) for level in levels
    ]


@given(st.integers(1, 400), st.integers(1, 400))
def test_dots_lie_in_order_within_the_limits_that_are_drawn(counted, others):
    limits = nest(counted, counted + others)
    values = spread_dots(counted / (counted + others), limits)
    assert len(values) == DOTS
    assert list(values) == sorted(values)
    assert limits[-1].lower - 1e-9 <= values[0] <= values[-1] <= limits[-1].upper + 1e-9
    # Half of the dots lie within the 50 % limits, one dot more or less.
    inside = sum(limits[0].lower <= value <= limits[0].upper for value in values)
    assert 9 <= inside <= 11


def test_dots_need_limits_that_reach_far_enough():
    assert spread_dots(0.5, nest(50, 100)[:2]) == ()


def test_dots_above_a_value_are_counted():
    values = spread_dots(0.5, nest(50, 100))
    assert count_above(values, 0.5) == DOTS // 2
    assert count_above(values, 0.0) == DOTS


def test_dots_of_one_value_are_stacked_and_not_drawn_on_one_another():
    drawing = str(draw_dots([0.1] * DOTS, interval_scale([0.0, 0.2]), "A"))
    heights = {part.split('"')[0] for part in drawing.split('cy="')[1:]}
    assert len(heights) == DOTS
