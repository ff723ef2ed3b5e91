"""A reviewer goes through the queue without a mouse: single keys, which can be switched off."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.world import EMAILS, REVIEWER

AT = "() => document.activeElement.closest('[data-work]')?.rowIndex ?? null"


@pytest.fixture
def reviewer(visit: Callable[..., Person]) -> Person:
    person = visit(EMAILS[REVIEWER], reduced_motion="reduce")
    person.signs_in()
    person.opens("/review")
    return person


def test_j_and_k_move_through_the_queue_enter_opens_and_q_leads_back(reviewer: Person) -> None:
    page = reviewer.page
    rows = page.locator("[data-work]")
    assert rows.count() > 1
    page.keyboard.press("j")
    expect(rows.nth(0).get_by_role("link").first).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1).get_by_role("link").first).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0).get_by_role("link").first).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0).get_by_role("link").first).to_be_focused()
    address = rows.nth(0).get_by_role("link").first.get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(str(address))))
    expect(page.get_by_role("button", name="Keys: ?")).to_be_visible()  # the keys work from then on
    page.keyboard.press("q")
    expect(page.get_by_role("heading", level=1)).to_have_text("Review")


def test_a_question_mark_shows_the_keys_and_switches_them_off(reviewer: Person) -> None:
    page = reviewer.page
    dialog = page.get_by_role("dialog", name="Keys for reviewers")
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Single keys are on").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("j")
    assert page.evaluate(AT) is None
    page.reload()
    page.keyboard.press("j")
    assert page.evaluate(AT) is None
    page.keyboard.press("?")
    dialog.get_by_label("Single keys are on").check()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    assert page.evaluate(AT) is not None


def test_keys_held_with_control_are_the_browsers(reviewer: Person) -> None:
    reviewer.page.keyboard.press("Control+j")
    assert reviewer.page.evaluate(AT) is None
