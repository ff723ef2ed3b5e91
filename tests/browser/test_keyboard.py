"""Every control is reached with the keyboard, in the order in which a page is read, and is left again."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import LONGEST_WAY, KeyboardPerson, Seen
from tests.browser.live import LiveSite
from tests.browser.world import APPLICANT, EMAILS, REVIEWER, TRAINER, VISITOR, World

FOUND = "/trainers?place=97005&radius=25"
PAGES = {
    VISITOR: ("/", FOUND, "/check", "/guidance/choose-a-trainer", "/login"),
    TRAINER: ("/dashboard", "/dashboard/certifications/new"),
    APPLICANT: ("/dashboard",),
    REVIEWER: ("/review",),
}


@pytest.fixture
def keys(visit: Callable[..., KeyboardPerson]) -> Callable[..., KeyboardPerson]:
    def keys(who: str = VISITOR, **habits: object) -> KeyboardPerson:
        person = visit(EMAILS.get(who, ""), kind=KeyboardPerson, **habits)
        if who != VISITOR:
            person.signs_in()
        return person

    return keys


def way_through(person: KeyboardPerson, key: str = "Tab") -> list[Seen]:
    """All stops, to where the browser's own controls begin, or where it comes round again without them."""
    stops: list[Seen] = []
    while (stop := person.steps(key)) and (not stops or stop.number != stops[0].number):
        stops.append(stop)
        assert len(stops) < LONGEST_WAY, f"The page has no end; it was at {stop.html}"
    return stops


def pages_of_people(world: World, who: str) -> list[str]:
    """Her profile for visitors, work that is taken for the reviewer; addresses are others each time."""
    pages = {VISITOR: r"/trainers/dana[\w-]+", REVIEWER: r"/review/[\w-]+"}
    return [path for of, path in world.hidden if of == who and re.fullmatch(pages.get(who, "-"), path)][:1]


def jumps_up(before: Seen, after: Seen) -> bool:
    """Whether the focus goes to something wholly above what had it, and not to a column further right."""
    return after.box[3] <= before.box[1] and after.box[0] < before.box[2]


@pytest.mark.parametrize("who", PAGES)
def test_the_focus_goes_through_each_page_as_it_is_read_and_out_of_it(
    keys: Callable[..., KeyboardPerson], town: tuple[LiveSite, World], who: str
) -> None:
    person = keys(who)
    for path in (*PAGES[who], *pages_of_people(town[1], who)):
        person.opens(path)
        stops = way_through(person)
        assert "Skip to the content" in stops[0].html
        assert "/terms" in stops[-1].html, path
        assert [stop.number for stop in stops] == sorted({stop.number for stop in stops}), path
        assert [(a.html, b.html) for a, b in pairwise(stops[1:]) if jumps_up(a, b)] == [], path


def test_the_way_back_is_as_long(keys: Callable[..., KeyboardPerson]) -> None:
    person = keys()
    person.opens(FOUND)
    there = way_through(person)
    assert len(way_through(person, "Shift+Tab")) == len(there)


def test_the_first_control_leads_past_the_menu(keys: Callable[..., KeyboardPerson]) -> None:
    person = keys()
    for path in ("/", FOUND):
        person.opens(path)
        person.press(person.page.get_by_role("link", name="Skip to the content"))
        expect(person.page.get_by_role("main")).to_be_focused()
        person.steps()
        expect(person.page.get_by_label("Where?")).to_be_focused()


def test_the_menu_of_a_narrow_window_opens_and_closes(keys: Callable[..., KeyboardPerson]) -> None:
    person = keys(viewport={"width": 320, "height": 600})
    person.opens("/")
    menu, opener = person.page.get_by_role("navigation", name="Main"), person.page.get_by_text("Menu", exact=True)
    expect(menu).to_be_hidden()
    person.press(opener)
    expect(menu).to_be_visible()
    person.goes_to(menu.get_by_role("link", name="Hip pain"))
    person.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(opener).to_be_focused()
    person.press(opener)
    person.press(menu.get_by_role("link", name="For trainers"))
    person.page.wait_for_url("**/for-trainers")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_search_is_narrowed_and_somebody_found(keys: Callable[..., KeyboardPerson], javascript: bool) -> None:
    person = keys(javascript=javascript)
    person.opens(FOUND)
    person.unfolds("More choices")
    person.ticks("Hip and glute strength")
    if not javascript:
        person.presses("Search")
    person.reads("1 trainer within 25 miles of Beaverton, OR")
    person.follows("Dana Fitzgerald")
    person.follows("Write to Dana Fitzgerald")
    person.is_at("Write to Dana Fitzgerald")
