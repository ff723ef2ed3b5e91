"""Results that follow each choice: Back and Forward lead where one was, and the page says what happened."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person

NEARBY = "/trainers?place=97005"
NAME = "Name, or whole certificate number"
UNKNOWN_ZIP = "We do not know the ZIP code 99999. Check its five digits, or type a town and state."
KEEP_IN_MIND = "() => { for (const id of ['status', 'name', 'place']) document.getElementById(id).seen = true }"
STILL_THE_SAME = "id => document.getElementById(id).seen === true"
CARET = "() => [document.activeElement.id, document.activeElement.selectionStart]"


@dataclass(frozen=True)
class Search:
    """What somebody sees of a search."""

    address: str
    count: str
    names: tuple[str, ...]
    place: str
    radius: str
    name: str
    title: str


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def robin(visit: Callable[..., Person], request: pytest.FixtureRequest) -> Person:
    return visit(javascript=request.param)


@pytest.fixture
def typist(visit: Callable[..., Person]) -> Person:
    """With JavaScript, at a search, with all choices in sight."""
    person = visit()
    person.opens(NEARBY)
    person.unfolds("More choices")
    person.page.evaluate(KEEP_IN_MIND)
    return person


def look(person: Person) -> Search:
    """A whole page with each part once, and not a fragment or a page within the page."""
    page = person.page
    for part in (
        "title",
        "h1",
        "header.site-header",
        "main",
        "footer",
        "form[role=search]",
        "#results",
        "#status",
    ):
        expect(page.locator(part)).to_have_count(1)
    fields = [page.locator(each).input_value() for each in ("#place", "#radius", "#name")]
    names = tuple(page.locator(".result__name").all_inner_texts())
    return Search(page.url, page.locator(".count").inner_text(), names, *fields, page.title())


def finds(person: Person, search: Search) -> None:
    expect(person.page).to_have_url(search.address)
    expect(person.page.locator(".count")).to_have_text(search.count)
    assert look(person) == search


def asks(person: Person, count: str) -> Search:
    """With JavaScript the answer comes by itself."""
    if not person.javascript:
        person.presses("Search")
    expect(person.page.locator(".count")).to_have_text(count)
    return look(person)


def test_back_and_forward_lead_through_searches_and_profiles(robin: Person) -> None:
    robin.opens(NEARBY)
    near = look(robin)
    robin.chooses("How far?", "50 miles")
    wide = asks(robin, near.count.replace("25 miles", "50 miles"))
    robin.unfolds("More choices")
    robin.fills_in({NAME: "Fitzgerald"})
    named = asks(robin, f"1 trainer listed under “Fitzgerald” {wide.count.split(' ', 2)[2]}")
    assert len({near.address, wide.address, named.address}) == 3
    assert named.names == ("Dana Fitzgerald",)

    robin.follows("Dana Fitzgerald")
    robin.is_at("Dana Fitzgerald")
    robin.page.go_back()
    finds(robin, named)
    robin.page.go_back()
    finds(robin, wide)
    robin.page.go_back()
    finds(robin, near)
    robin.page.go_forward()
    finds(robin, wide)
    robin.page.go_forward()
    finds(robin, named)
    robin.page.go_forward()
    robin.is_at("Dana Fitzgerald")
    robin.page.go_back()
    robin.page.reload()
    finds(robin, named)


def test_back_from_a_profile_leads_to_the_place_in_the_list(robin: Person) -> None:
    robin.opens("/trainers?place=97005&radius=10")
    robin.chooses("How far?", "100 miles")
    asks(robin, robin.page.locator(".count").inner_text().replace("10 miles", "100 miles"))
    last = robin.page.locator(".result__name a").last
    last.scroll_into_view_if_needed()
    name, at = last.inner_text(), robin.page.evaluate("scrollY")
    assert at > 500
    with robin.page.expect_navigation():
        last.click()
    robin.is_at(name)
    robin.page.go_back()
    expect(last).to_be_in_viewport()
    assert robin.page.evaluate("scrollY") == pytest.approx(at, abs=40)


# What is said


def test_the_page_says_how_many_were_found_and_not_before(typist: Person) -> None:
    status = typist.page.get_by_role("status")
    expect(status).to_have_count(1)
    expect(status).to_have_text("")
    typist.fills_in({NAME: "Fitzgerald"})
    expect(status).to_have_text("1 trainer found")
    typist.fills_in({NAME: "Nobody Atall"})
    expect(status).to_have_text("No trainers found")
    typist.fills_in({NAME: "", "Where?": "Portlnd, OR"})
    typist.press(typist.page.get_by_role("button", name="Search"))
    expect(status).to_have_text("We could not place that.")
    assert typist.page.evaluate(STILL_THE_SAME, "status")
    typist.page.reload()
    expect(status).to_have_text("")


def test_who_types_keeps_focus_caret_and_letters(typist: Person) -> None:
    keys, field = typist.page.keyboard, typist.page.get_by_label(NAME)
    typist.press(field)
    with typist.page.expect_response(re.compile(r"name=Fitz\b")) as answer:
        keys.type("Fitz")
    keys.type("gerald")
    answer.value.finished()
    for _step in range(3):
        keys.press("ArrowLeft")
    expect(typist.page.get_by_role("status")).to_have_text("1 trainer found")
    expect(field).to_have_value("Fitzgerald")
    assert typist.page.evaluate(CARET) == ["name", len("Fitzger")]
    assert typist.page.evaluate(STILL_THE_SAME, "name")


# What is refused


def test_a_search_that_is_refused_takes_the_focus_and_marks_the_field_until_it_is_mended(typist: Person) -> None:
    place = typist.page.get_by_label("Where?")
    typist.press(place)
    typist.page.keyboard.press("Control+A")
    typist.page.keyboard.type("99999")
    typist.page.keyboard.press("Enter")
    typist.is_told_what_to_mend(UNKNOWN_ZIP)
    expect(typist.page).to_have_title("Error: Find a trainer · Sound Stride")
    expect(place).to_have_attribute("aria-invalid", "true")
    expect(place).to_have_accessible_description(
        f"ZIP code, town, county or state, such as 97005 or Portland, OR {UNKNOWN_ZIP}"
    )
    assert typist.page.evaluate(STILL_THE_SAME, "place")

    typist.press(typist.page.get_by_role("link", name=UNKNOWN_ZIP))
    expect(place).to_be_focused()
    typist.fills_in({"Where?": "97005"})
    typist.page.keyboard.press("Enter")
    typist.reads("within 25 miles of Beaverton, OR")
    expect(typist.page).to_have_title("Find a trainer · Sound Stride")
    expect(place).not_to_have_attribute("aria-invalid", "true")
    expect(place).to_have_accessible_description("ZIP code, town, county or state, such as 97005 or Portland, OR")
    expect(typist.page.locator(".field--error, .field__error, .error-summary")).to_have_count(0)


def test_a_refusal_leaves_who_types_elsewhere_alone(typist: Person) -> None:
    typist.fills_in({"Where?": "99999"})
    typist.press(typist.page.get_by_label(NAME))
    expect(typist.page.locator(".error-summary")).to_be_visible()
    with typist.page.expect_response(re.compile(r"name=Fitzgerald\b")):
        typist.page.keyboard.type("Fitzgerald")
    expect(typist.page.get_by_label(NAME)).to_be_focused()


def test_a_page_that_came_refused_is_mended_without_a_new_page(typist: Person) -> None:
    typist.opens("/trainers?place=99999")
    typist.is_told_what_to_mend(UNKNOWN_ZIP)
    typist.fills_in({"Where?": "97005"})
    typist.page.keyboard.press("Enter")
    typist.reads("within 25 miles of Beaverton, OR")
    expect(typist.page.locator(".field--error, .field__error, .error-summary")).to_have_count(0)
    expect(typist.page).to_have_title("Find a trainer · Sound Stride")
