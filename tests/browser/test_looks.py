"""The pages for other eyes: by night, in forced colours, without motion, in large letters, on paper."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FloatRect, Page, expect

from tests.browser.live import LiveSite
from tests.browser.pages import Stop, Tour
from tests.browser.test_every_page import STICKS_OUT
from tests.browser.world import REVIEWER, TRAINER, VISITOR, World

FOUND = "/trainers?place=97005&radius=25"
HIP = "/guidance/hip-pain-from-running"
ADDRESSES = {VISITOR: ("/", FOUND, HIP, "/login", "/rules"), TRAINER: ("/dashboard",), REVIEWER: ("/review",)}
LIGHT_OF_PAGE = """() => {
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number);
    return (2 * r + 5 * g + b) / 8;
  };
  const style = getComputedStyle(document.body);
  return [light(style.backgroundColor), light(style.color)];
}"""
MOVES = """() => [...document.querySelectorAll("*")].flatMap(e => ["", "::before", "::after"].flatMap(part => {
  const style = getComputedStyle(e, part || null);
  const lasts = `${style.transitionDuration},${style.animationDuration}`.split(",").map(parseFloat);
  return Math.max(...lasts) > 0.01 ? [e.outerHTML.slice(0, 80) + part] : [];
}))"""
RING = """e => { const s = getComputedStyle(e); return [s.outlineStyle, parseFloat(s.outlineWidth)] }"""
EDGE = """e => {
  const {borderTopStyle, borderTopWidth, borderTopColor, backgroundColor} = getComputedStyle(e);
  return borderTopStyle === "solid" && parseFloat(borderTopWidth) >= 1 && borderTopColor !== backgroundColor;
}"""


@pytest.fixture(scope="module")
def profile(town: tuple[LiveSite, World]) -> Stop:
    hidden = town[1].hidden
    return next(Stop(*each) for each in hidden if re.fullmatch(r"/trainers/dana[\w-]+", each[1]))


@pytest.fixture(scope="module")
def main_pages(profile: Stop) -> list[Stop]:
    return [profile, *(Stop(who, path) for who, paths in ADDRESSES.items() for path in paths)]


@pytest.fixture
def page(tour: Tour) -> Iterator[Page]:
    """A visitor's window, as it was before when the test is over."""
    page, _watch = tour.window(VISITOR)
    yield page
    page.emulate_media(media="screen", color_scheme="light", forced_colors="none")
    page.set_viewport_size({"width": 360, "height": 740})


def test_by_night_the_page_is_dark_and_the_letters_light(tour: Tour, main_pages: list[Stop]) -> None:
    for stop in main_pages:
        page, _html = tour.open(stop)
        page.emulate_media(color_scheme="light")
        ground, letters = page.evaluate(LIGHT_OF_PAGE)
        assert ground > 200 > 80 > letters, stop
        page.emulate_media(color_scheme="dark")
        ground, letters = page.evaluate(LIGHT_OF_PAGE)
        assert letters > 200 > 80 > ground, stop


def test_a_drawing_brings_its_own_ground_and_is_the_same_by_night(page: Page) -> None:
    page.goto(HIP)
    drawing = page.get_by_role("main").locator("img").first
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    assert box is not None
    inside: FloatRect = {
        "x": box["x"] + 9,
        "y": box["y"] + 9,
        "width": box["width"] - 18,
        "height": box["height"] - 18,
    }
    by_day = page.screenshot(clip=inside)
    page.emulate_media(color_scheme="dark")
    assert page.screenshot(clip=inside) == by_day


def test_in_forced_colours_buttons_have_an_edge_and_the_focus_a_ring(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    for path in ("/", FOUND, "/login"):
        page.goto(path)
        buttons = page.locator("main .button").all()
        assert buttons
        assert [button.inner_text() for button in buttons if not button.evaluate(EDGE)] == [], path
        for control in (page.locator("main a").first, page.locator("main .control").first, buttons[0]):
            control.focus()
            style, width = control.evaluate(RING)
            assert (style, width >= 2) == ("solid", True), path


def test_in_forced_colours_a_tick_can_be_seen(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    page.goto(FOUND)
    page.get_by_text("More choices").click()
    box = page.get_by_label("Spanish")
    empty = box.screenshot()
    box.check()
    page.locator("h1").click()
    assert box.screenshot() != empty


def test_nothing_moves_for_who_wants_no_motion(tour: Tour, main_pages: list[Stop]) -> None:
    for stop in main_pages:
        page, _html = tour.open(stop)
        page.emulate_media(reduced_motion="no-preference")
        expect(page.locator("html")).to_have_css("scroll-behavior", "smooth")
        page.emulate_media(reduced_motion="reduce")
        assert page.evaluate(MOVES) == [], stop
        expect(page.locator("html")).to_have_css("scroll-behavior", "auto")


def test_letters_of_twice_the_size_fit_the_page(tour: Tour, main_pages: list[Stop]) -> None:
    for stop in main_pages:
        page, _html = tour.open(stop)
        page.set_viewport_size({"width": 640, "height": 900})
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate(STICKS_OUT) == [], stop
        page.set_viewport_size({"width": 360, "height": 740})


# Paper


@pytest.mark.parametrize("what", ["results", "profile"])
def test_on_paper_there_is_what_was_found_and_nothing_to_click(page: Page, profile: Stop, what: str) -> None:
    page.goto(FOUND if what == "results" else profile.path)
    page.emulate_media(media="print", color_scheme="dark")
    for control in page.locator("nav, form, button, input, .actions, .pagination, footer, .skip").all():
        expect(control).to_be_hidden()
    ground, letters = page.evaluate(LIGHT_OF_PAGE)
    assert (ground, letters) == (255, 0)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    if what == "results":
        expect(page.locator(".result")).to_have_count(20)
        for name in page.locator(".result h2").all():  # who is among the first twenty is drawn by lot
            expect(name).to_be_visible()
    else:
        expect(page.locator(".record").first).to_be_visible()
        expect(page.get_by_text("Printed on 23 November 2026 from http://127.0.0.1")).to_be_visible()
