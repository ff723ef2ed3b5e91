"""The list to take along: marked in the browser alone, compared side by side, printed."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.people import PHONE, Person

NEARBY = "/trainers?place=97005&radius=50"
NAME = "Name, or whole certificate number"
KEPT = "() => JSON.parse(localStorage.getItem('marked-trainers') ?? '[]').map(mark => mark.name)"
BLOCKED = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("blocked", "SecurityError") }
})"""
FULL = "You can mark up to five trainers."


@pytest.fixture
def reader(visit: Callable[..., Person]) -> Person:
    person = visit()
    person.opens(NEARBY)
    return person


def names_on(page: Page) -> list[str]:
    return [name.strip() for name in page.locator(".result__name").all_inner_texts()]


def mark(page: Page, name: str) -> None:
    button_of(page, name).click()


def button_of(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=f"Mark {name}", exact=True)


def test_marking_by_keyboard_is_said_and_leads_to_the_comparison(reader: Person) -> None:
    page, (first, second, *_) = reader.page, names_on(reader.page)
    button = button_of(page, first)
    expect(button).to_have_attribute("aria-pressed", "false")
    button.focus()
    page.keyboard.press("Space")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    expect(page.get_by_role("status")).to_have_text(f"{first} is marked. 1 of 5 marked.")
    button_of(page, second).focus()
    page.keyboard.press("Enter")
    line = page.get_by_role("region", name="Marked trainers")
    expect(line).to_contain_text("2 marked")
    with page.expect_navigation():
        line.get_by_role("link", name="Compare").press("Enter")
    reader.is_at("Compare trainers")
    heads = page.get_by_role("columnheader").get_by_role("link")
    assert heads.all_inner_texts() == [first, second]
    assert re.fullmatch(r".*/trainers/compare\?t=[a-z0-9-]+&t=[a-z0-9-]+", page.url)


def test_a_mark_is_taken_off_by_pressing_again_and_all_by_clear(reader: Person) -> None:
    page, (first, second, *_) = reader.page, names_on(reader.page)
    mark(page, first)
    mark(page, second)
    mark(page, first)
    assert page.evaluate(KEPT) == [second]
    expect(page.get_by_role("status")).to_have_text(f"{first} is no longer marked. 1 of 5 marked.")
    page.get_by_role("button", name="Clear").click()
    assert page.evaluate(KEPT) == []
    expect(button_of(page, second)).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("region", name="Marked trainers")).to_be_hidden()
    expect(page.locator("main")).to_be_focused()


def test_a_sixth_is_refused_in_the_live_region(reader: Person) -> None:
    page, six = reader.page, names_on(reader.page)[:6]
    for name in six:
        mark(page, name)
    expect(page.get_by_role("status")).to_contain_text(FULL)
    expect(page.get_by_role("status")).to_be_in_viewport()
    assert page.evaluate(KEPT) == six[:5]
    expect(button_of(page, six[5])).to_have_attribute("aria-pressed", "false")
    mark(page, six[0])
    mark(page, six[5])
    assert page.evaluate(KEPT) == six[1:]
    expect(page.get_by_role("status")).to_have_text(f"{six[5]} is marked. 5 of 5 marked.")


def test_marks_outlive_results_that_change_while_somebody_types(reader: Person) -> None:
    page, names = reader.page, names_on(reader.page)
    first = next(name for name in names if name != "Dana Fitzgerald")  # who comes first changes every day
    mark(page, first)
    reader.unfolds("More choices")
    reader.fills_in({NAME: first})
    expect(page.locator(".count")).to_contain_text("listed under")
    expect(button_of(page, first)).to_have_attribute("aria-pressed", "true")
    reader.fills_in({NAME: "Fitzgerald"})
    expect(page.get_by_role("status")).to_have_text("1 trainer found")
    mark(page, "Dana Fitzgerald")
    expect(page.get_by_role("region", name="Marked trainers")).to_have_count(1)
    assert page.evaluate(KEPT) == [first, "Dana Fitzgerald"]


def test_a_profile_has_the_same_button_and_back_shows_what_was_marked_there(reader: Person) -> None:
    page, (first, *_) = reader.page, names_on(reader.page)
    reader.follows(first)
    reader.is_at(first)
    mark(page, first)
    page.go_back()
    expect(button_of(page, first)).to_have_attribute("aria-pressed", "true")
    reader.chooses("How far?", "100 miles")
    expect(page.locator(".count")).to_contain_text("100 miles")
    page.go_back()
    expect(page.locator(".count")).to_contain_text("50 miles")
    expect(button_of(page, first)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("region", name="Marked trainers")).to_contain_text("1 marked")


def test_another_tab_shows_the_same_marks(reader: Person) -> None:
    other = reader.page.context.new_page()
    other.goto(NEARBY)
    first, *_ = names_on(reader.page)
    mark(reader.page, first)
    expect(button_of(other, first)).to_have_attribute("aria-pressed", "true")
    expect(other.get_by_role("region", name="Marked trainers")).to_contain_text("1 marked")
    other.get_by_role("button", name="Clear").click()
    expect(button_of(reader.page, first)).to_have_attribute("aria-pressed", "false")


def test_where_storage_is_blocked_marks_last_as_long_as_the_page_and_that_is_said(
    visit: Callable[..., Person],
) -> None:
    person = visit()
    person.page.add_init_script(BLOCKED)
    person.opens(NEARBY)
    first, second, *_ = names_on(person.page)
    mark(person.page, first)
    expect(person.page.get_by_role("status")).to_contain_text("marks last only while this page is open")
    mark(person.page, second)
    line = person.page.get_by_role("region", name="Marked trainers")
    expect(line).to_contain_text("2 marked")
    expect(line).to_contain_text("marks last only while this page is open")
    with person.page.expect_navigation():
        line.get_by_role("link", name="Compare").click()
    assert person.page.get_by_role("columnheader").get_by_role("link").all_inner_texts() == [first, second]


@pytest.mark.parametrize(
    "kept", ["{", "null", '{"a": 1}', '[{"slug": "<b>", "name": 1}, 7, null]', '[{"slug": "x"}]']
)
def test_what_is_no_list_of_marks_is_none(reader: Person, kept: str) -> None:
    reader.page.evaluate("kept => localStorage.setItem('marked-trainers', kept)", kept)
    reader.page.reload()
    first, *_ = names_on(reader.page)
    expect(reader.page.get_by_role("region", name="Marked trainers")).to_have_count(0)
    mark(reader.page, first)
    assert reader.page.evaluate(KEPT) == [first]


def test_what_is_marked_is_sent_to_nobody(reader: Person) -> None:
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    first, second, *_ = names_on(reader.page)
    mark(reader.page, first)
    mark(reader.page, second)
    expect(reader.page.get_by_role("region", name="Marked trainers")).to_contain_text("2 marked")
    assert [url for url in asked if "/static/" not in url] == []
    assert reader.page.context.cookies() == []


def test_without_javascript_there_is_no_button_and_no_gap(visit: Callable[..., Person]) -> None:
    person = visit(javascript=False)
    person.opens(NEARBY)
    assert person.page.locator(".mark-place").count() == 20
    expect(person.page.get_by_role("button", name="Mark ")).to_have_count(0)
    for place in person.page.locator(".mark-place").all():
        expect(place).to_be_hidden()


def test_on_a_phone_the_line_stands_after_the_results_and_covers_none(visit: Callable[..., Person]) -> None:
    person = visit(**PHONE)
    person.opens(NEARBY)
    first, *_ = names_on(person.page)
    mark(person.page, first)
    line = person.page.get_by_role("region", name="Marked trainers")
    expect(line).to_have_css("position", "static")
    last, below = person.page.locator("#results").bounding_box(), line.bounding_box()
    assert last is not None
    assert below is not None
    assert below["y"] >= last["y"] + last["height"]
    person.page.get_by_role("link", name="Compare 1 marked").click()
    person.is_at("Compare trainers")


def test_who_was_marked_under_an_older_address_is_marked_under_the_new_one(reader: Person) -> None:
    page, (first, *_) = reader.page, names_on(reader.page)
    slug = page.locator("[data-mark]").first.get_attribute("data-mark")
    page.evaluate(
        "name => localStorage.setItem('marked-trainers', JSON.stringify([{ slug: 'older-address', name }]))", first
    )
    page.route("**/trainers/compare?*", lambda route: as_older(route, str(slug)))
    page.goto(f"/trainers/compare?t={slug}")
    expect(button_of(page, first)).to_have_attribute("aria-pressed", "true")
    kept = page.evaluate("() => JSON.parse(localStorage.getItem('marked-trainers')).map(mark => mark.slug)")
    assert kept == [slug]


def as_older(route: Route, slug: str) -> None:
    """The page as it is for who asks by an older address."""
    html = route.fetch().text().replace(f'data-mark="{slug}"', f'data-mark="{slug}" data-was="older-address"')
    route.fulfill(body=html, content_type="text/html")


def test_the_comparison_fits_on_paper_with_its_sources_written_out(reader: Person) -> None:
    page, five = reader.page, names_on(reader.page)[:5]
    for name in five:
        mark(page, name)
    with page.expect_navigation():
        page.get_by_role("region", name="Marked trainers").get_by_role("link", name="Compare").click()
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 1000, "height": 700})
    for control in page.locator("nav, form, button, .marks, .back, footer").all():
        expect(control).to_be_hidden()
    expect(page.get_by_text("Printed on 23 November 2026 from http://127.0.0.1")).to_be_visible()
    assert page.locator(".compare__sources a").first.inner_text().startswith("https://")
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    assert (
        page.locator(".compare td:visible").first.evaluate("cell => getComputedStyle(cell).display")
        == "table-cell"
    )
