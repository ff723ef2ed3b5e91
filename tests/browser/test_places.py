"""Places offered while somebody types, with the keyboard, a mouse and a finger; and "Use my location"."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.keyboard import KeyboardPerson
from tests.browser.live import LiveSite
from tests.browser.people import Person
from tests.browser.world import World

SEARCH = "/trainers"
PORTLAND = {"latitude": 45.5231, "longitude": -122.6765}
LONDON = {"latitude": 51.5, "longitude": -0.12}
NOWHERE = "() => { navigator.geolocation.getCurrentPosition = (_, sorry) => sorry({ code: %d }) }"


@pytest.fixture
def typist(visit: Callable[..., Person]) -> Person:
    person = visit()
    person.opens(SEARCH)
    return person


def where(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Where?")


def types(person: Person, text: str) -> Locator:
    """Into the field, key by key; answers the list that comes up."""
    where(person.page).press_sequentially(text)
    offers = person.page.get_by_role("listbox", name="Places")
    expect(offers.get_by_role("option").first).to_be_visible()
    return offers


def active(page: Page) -> str:
    """What a screen reader reads out: the option that the field points to."""
    pointed = where(page).get_attribute("aria-activedescendant")
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_id(pointed or "none")
    return str(chosen.get_attribute("data-value"))


def test_arrows_choose_and_enter_takes_the_place_and_searches(visit: Callable[..., KeyboardPerson]) -> None:
    person = visit(kind=KeyboardPerson)
    person.opens(SEARCH)
    person.goes_to(where(person.page))
    offers = types(person, "beaver")
    expect(where(person.page)).to_have_attribute("aria-expanded", "true")
    expect(person.page.get_by_role("status")).to_have_text(re.compile(r"^\d places\. Arrow down to choose\.$"))
    person.page.keyboard.press("ArrowDown")
    assert active(person.page) == "Beaverton, OR"
    person.page.keyboard.press("ArrowDown")
    assert active(person.page) != "Beaverton, OR"
    person.page.keyboard.press("ArrowUp")
    person.page.keyboard.press("Enter")
    person.reads(re.compile(r"^\d+ trainers? within 25 miles of Beaverton, OR"))
    expect(where(person.page)).to_have_value("Beaverton, OR")
    expect(where(person.page)).to_be_focused()
    expect(where(person.page)).to_have_attribute("aria-expanded", "false")
    expect(offers).to_be_hidden()


def test_from_the_last_place_an_arrow_leads_to_the_first_and_back(typist: Person) -> None:
    offers = types(typist, "spring")
    typist.page.keyboard.press("ArrowUp")
    last = offers.get_by_role("option").last.get_attribute("data-value")
    assert active(typist.page) == last
    typist.page.keyboard.press("ArrowDown")
    assert active(typist.page) == offers.get_by_role("option").first.get_attribute("data-value")


def test_escape_closes_the_list_and_keeps_what_was_typed(typist: Person) -> None:
    offers = types(typist, "spring")
    typist.page.keyboard.press("ArrowDown")
    typist.page.keyboard.press("Escape")
    expect(offers).to_be_hidden()
    expect(where(typist.page)).to_have_value("spring")
    expect(where(typist.page)).to_be_focused()
    assert where(typist.page).get_attribute("aria-activedescendant") is None
    typist.page.keyboard.press("ArrowDown")
    expect(offers).to_be_visible()


def test_tab_leaves_the_field_with_what_was_typed(typist: Person) -> None:
    offers = types(typist, "97005")
    typist.page.keyboard.press("ArrowDown")
    typist.page.keyboard.press("Tab")
    expect(offers).to_be_hidden()
    expect(where(typist.page)).to_have_value("97005")
    expect(where(typist.page)).not_to_be_focused()
    typist.reads(re.compile(r"within 25 miles of Beaverton, OR 97005"))


def test_enter_without_a_choice_searches_what_was_typed(typist: Person) -> None:
    offers = types(typist, "97005")
    typist.page.keyboard.press("Enter")
    typist.reads(re.compile(r"within 25 miles of Beaverton, OR 97005"))
    expect(offers).to_be_hidden()


def test_typing_keeps_focus_and_caret_while_places_come_and_go(typist: Person) -> None:
    field = where(typist.page)
    field.evaluate("field => { field.seen = true }")
    types(typist, "portland")
    for _step in range(4):
        typist.page.keyboard.press("ArrowLeft")
    typist.page.keyboard.type("x")
    expect(field).to_have_value("portxland")
    expect(typist.page.get_by_role("listbox", name="Places")).to_be_hidden()
    expect(field).to_be_focused()
    assert field.evaluate("field => [field.seen, field.selectionStart]") == [True, 5]


@pytest.mark.parametrize("phone", [False, True], ids=["mouse", "finger"])
def test_a_place_is_chosen_with_a_mouse_or_a_finger(visit: Callable[..., Person], phone: bool) -> None:
    habits: dict[str, Any] = {"has_touch": True, "viewport": {"width": 360, "height": 740}} if phone else {}
    person = visit(**habits)
    person.opens(SEARCH)
    option = types(person, "washington county").get_by_role("option", name="Washington County, OR")
    option.tap() if phone else option.click()
    person.reads(re.compile(r"^\d+ trainers? in Washington County, OR"))
    expect(where(person.page)).to_have_value("Washington County, OR")
    expect(where(person.page)).to_be_focused()


def test_without_an_answer_the_field_is_a_plain_one(typist: Person) -> None:
    typist.page.route("**/places?**", lambda route: route.fulfill(status=422, body="<li>broken</li>"))
    with typist.page.expect_response("**/places?**"):
        where(typist.page).press_sequentially("97005")
    typist.page.keyboard.press("Enter")
    typist.reads(re.compile(r"within 25 miles of Beaverton, OR 97005"))
    expect(typist.page.get_by_role("listbox", name="Places")).to_be_hidden()


def test_without_javascript_there_is_a_plain_field_and_no_button(visit: Callable[..., Person]) -> None:
    person = visit(javascript=False)
    person.opens(SEARCH)
    expect(person.page.get_by_role("textbox", name="Where?")).to_be_visible()
    expect(person.page.get_by_text("Use my location")).to_be_hidden()


# Use my location


def presses_near(visit: Callable[..., Person], **habits: Any) -> tuple[Person, list[str]]:
    """Somebody with choices made, and all addresses that the browser asks for from then on."""
    person = visit(**habits)
    person.opens("/trainers?mode=in_person&radius=50")
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    person.page.get_by_role("button", name="Use my location").click()
    return person, asked


def test_a_position_becomes_the_nearest_zip_and_stands_in_no_address(
    visit: Callable[..., Person], town: tuple[LiveSite, World]
) -> None:
    person = visit(geolocation=PORTLAND, permissions=["geolocation"])
    person.opens("/trainers?mode=in_person&radius=50")
    asked: list[str] = []
    with person.page.expect_request("**/places/near") as sent:
        person.page.on("request", lambda request: asked.append(request.url))
        person.page.get_by_role("button", name="Use my location").click()
    person.page.wait_for_url(re.compile(r"place=97\d{3}"))
    assert "lat=45.50&lon=-122.70" in str(sent.value.post_data)
    assert not [address for address in asked if "45." in address or "122." in address]
    assert "mode=in_person" in person.page.url
    assert "radius=50" in person.page.url
    person.reads(re.compile(r"^\d+ trainers? within 50 miles of Portland, OR 97"))


def test_outside_the_us_a_sentence_says_so_and_leads_back(visit: Callable[..., Person]) -> None:
    person, _asked = presses_near(visit, geolocation=LONDON, permissions=["geolocation"])
    person.is_at("We could not place you")
    person.reads(re.compile("outside the US"))
    person.follows("Back to the search")
    person.page.wait_for_url("**/trainers?radius=50&mode=in_person")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (1, "Your browser did not share where you are. Type a town or a ZIP code instead."),
        (2, "Your device could not tell where you are. Type a town or a ZIP code instead."),
        (3, "It took too long to find where you are. Try again, or type a town or a ZIP code."),
    ],
)
def test_whoever_denies_or_waits_in_vain_reads_a_sentence_and_may_try_again(
    typist: Person, code: int, sentence: str
) -> None:
    typist.page.evaluate(NOWHERE % code)
    button = typist.page.get_by_role("button", name="Use my location")
    button.click()
    expect(typist.page.locator("form").get_by_text(sentence)).to_be_visible()
    expect(typist.page.get_by_role("status")).to_have_text(sentence)
    expect(button).to_be_focused()
    assert button.get_attribute("aria-disabled") is None


def test_a_browser_that_knows_no_places_shows_no_button(visit: Callable[..., Person]) -> None:
    person = visit()
    person.page.add_init_script("Object.defineProperty(navigator, 'geolocation', { value: undefined })")
    person.opens(SEARCH)
    expect(where(person.page)).to_be_visible()
    expect(person.page.get_by_text("Use my location")).to_be_hidden()
