"""The building blocks in a real browser: reachable, readable, on small screens and on paper."""

import pytest
from playwright.sync_api import expect

from tests.fixtures.browsers import (
    assert_accessible,
    assert_fits_narrow_screen,
    assert_keyboard_reaches_all,
)

URLS = ["/", "/form", "/list", "/errors/404", "/errors/500"]


@pytest.mark.parametrize("url", URLS)
def test_gallery_is_accessible_in_light_and_dark(page, live_server, url):
    page.goto(live_server + url)
    assert_accessible(page)
    assert_keyboard_reaches_all(page)
    assert_fits_narrow_screen(page)


def test_form_with_errors_is_accessible(page, live_server):
    page.goto(live_server + "/form")
    page.click("main button.is-primary")
    expect(page.locator(".error-summary")).to_be_focused()
    assert_accessible(page)
    assert_fits_narrow_screen(page)


def test_print_unfolds_everything_and_hides_controls(page, live_server):
    page.goto(live_server)
    evidence = page.get_by_text("Van 1.200 brieven kwamen er 1.142 aan.")
    assert not evidence.is_visible()
    page.emulate_media(media="print", color_scheme="dark")
    assert evidence.bounding_box()["height"] > 0
    assert not page.locator(".menu, .tabs, .site-tools, .actions").filter(visible=True).count()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == (
        "rgb(255, 255, 255)"
    )


def test_intervals_take_the_full_width_on_a_phone(page, live_server):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server)
    name = page.locator(".intervals tbody tr:not(.group) th").first.bounding_box()
    drawing = page.locator(".intervals tbody svg.interval").first.bounding_box()
    assert drawing["width"] > 300
    assert drawing["y"] >= name["y"] + name["height"] - 1


def test_touch_targets_are_large_enough(page, live_server):
    page.goto(live_server + "/form")
    for target in page.locator(".button, .input, .menu a, .languages button").all():
        assert target.bounding_box()["height"] >= 44
