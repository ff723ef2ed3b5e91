"""The hip check in a real browser: by keyboard alone, without JavaScript, and what the browser keeps of it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.keyboard import KeyboardPerson
from tests.browser.live import LiveSite
from tests.browser.pages import SEND
from tests.browser.people import Person
from tests.browser.world import World

STORED = "JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])"
ANSWERS = re.compile(r"buttock|mild|none|asked|97005|now=")


@pytest.fixture
def person(visit: Callable[..., KeyboardPerson], request: pytest.FixtureRequest) -> KeyboardPerson:
    return visit("", kind=KeyboardPerson, javascript=getattr(request, "param", True))


def answers_all(person: Person) -> None:
    person.opens("/guidance")
    person.follows("Take the hip check")
    person.presses("Start")
    for _screen in ("now", "weeks", "you"):
        person.ticks("None of these")
        person.presses("Continue")
    person.ticks("3: Buttock or sit bone", "Mild, and gone by the next morning")
    choices = person.page.get_by_role("group", name="Has it lasted for more than two weeks")
    person.tick(choices.get_by_label("No", exact=True))
    person.presses("Continue")
    for answer in ("No", "Yes"):
        person.tick(person.page.get_by_label(answer, exact=True))
        person.presses("Continue")


@pytest.mark.parametrize("person", [True, False], indirect=True, ids=["with JavaScript", "without JavaScript"])
@pytest.mark.usefixtures("town")
def test_it_is_gone_through_with_the_keyboard_to_a_trainer(person: KeyboardPerson) -> None:
    answers_all(person)
    expect(person.page.get_by_role("heading", level=1)).to_have_text(
        "Careful self-care, and a trainer if you like"
    )
    expect(person.page.get_by_text("Deadlifts, deep squats and lunges.")).to_be_visible()
    person.write(person.page.get_by_label("ZIP code or town"), "97005")
    person.presses("Show trainers")
    expect(person.page.get_by_role("link", name="Dana Fitzgerald")).to_be_visible()


@pytest.mark.usefixtures("town")
def test_a_missing_answer_has_the_focus_and_leads_to_its_field(person: KeyboardPerson) -> None:
    person.opens("/hip-check")
    person.presses("Start")
    assert person.presses("Continue").status == 422
    expect(person.page.get_by_role("alert")).to_be_focused()
    person.press(person.page.get_by_role("link", name="Tick what is true, or “None of these”."))
    expect(person.page.get_by_label("Chest pain, fainting")).to_be_focused()


@pytest.mark.usefixtures("town")
def test_no_address_no_referrer_and_nothing_in_the_browser_holds_an_answer(visit: Callable[..., Person]) -> None:
    person = visit("")
    seen: list[Request] = []
    person.page.on("request", lambda request: seen.append(request))
    answers_all(person)
    assert len([each for each in seen if each.method == "POST"]) == 7
    for each in seen:
        assert not ANSWERS.search(each.url.split("?v=")[0].split("//")[1]), each.url
        assert not ANSWERS.search(each.headers.get("referer", "")), each.url
    assert person.page.evaluate(STORED) == '["",{},{}]'
    assert person.page.context.cookies() == []


# Paper


def pages_of(page: Page) -> int:
    """How many sheets of US paper it takes."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="Letter")))


@pytest.mark.parametrize("path", ["/guidance/six-week-sheet", "/guidance/letter-to-your-doctor"])
def test_what_is_to_be_filled_in_fits_on_one_sheet(
    visit: Callable[..., Person], town: tuple[LiveSite, World], path: str
) -> None:
    page = visit("").page
    page.goto(path)
    assert pages_of(page) == 1


@pytest.mark.usefixtures("town")
def test_an_article_on_paper_has_its_notice_and_sources_with_addresses(visit: Callable[..., Person]) -> None:
    page = visit("").page
    page.goto("/guidance/strength-for-runners")
    page.emulate_media(media="print")
    for control in page.locator("nav, form, button, .actions, .breadcrumb, footer").all():
        expect(control).to_be_hidden()
    for text in ("This is not medical advice", "A listing is no endorsement. Check the credential yourself."):
        expect(page.get_by_text(text).first).to_be_visible()
    links = page.locator(".sources a").all()
    assert len(links) == 8
    for link in links:
        printed = link.evaluate("link => getComputedStyle(link, '::after').content")
        assert str(link.get_attribute("href")) in printed


@pytest.mark.usefixtures("town")
def test_what_is_shown_in_the_emergency_room_is_on_paper_too(visit: Callable[..., Person]) -> None:
    page = visit("").page
    page.goto("/hip-check")
    with page.expect_navigation():
        page.evaluate(SEND, ["/hip-check", [["now", "chest"], ["now", "saddle"]]])
    page.emulate_media(media="print")
    for text in ("Call 911 now", "Chest pain, fainting, or it is hard to breathe", "Numb between the legs"):
        expect(page.get_by_text(text).first).to_be_visible()
    for control in page.locator("form, button, .button, nav").all():
        expect(control).to_be_hidden()
    assert pages_of(page) == 1
