"""A movement sheet beside the mat: on a phone, by keyboard, and while the connection comes and goes."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live import LiveSite
from tests.browser.people import PHONE, Person
from tests.conftest import NOW, TODAY
from tests.core.test_screening import all_at
from trainers.core.models import KeptSheet
from trainers.core.screens import Scores
from trainers.core.sheets import files, kept

pytestmark = pytest.mark.by_day("sqlite")  # what is saved is tried on both engines in tests/web

RUNNER = "robin@example.org"
NOT_SAVED = "Not saved yet: no connection. It is tried again by itself."


@pytest.fixture
def robin(site: LiveSite, meet: Callable[..., Person]) -> Person:
    return about_to_fill_in(site, meet(RUNNER, **PHONE))


def about_to_fill_in(site: LiveSite, runner: Person) -> Person:
    """On a phone, a sheet that is kept."""
    with site.store() as make:
        account = site.give_password(make.account(RUNNER))
        address = f"/sheets/kept/{make.sheet(account).uuid}/fill-in"
    runner.signs_in()
    runner.opens(address)
    return runner


def kept_now(site: LiveSite) -> Scores:
    with site.store() as make:
        return kept.value_of(make.session.query(KeptSheet).one()).scores


def choose(page: Page, name: str, points: int | str) -> None:
    page.locator(f'input[name="{name}"][value="{points}"]').click()


def test_each_touch_is_saved_and_pain_is_told_at_once(robin: Person, site: LiveSite) -> None:
    page = robin.page
    choose(page, "deep-squat", 2)
    expect(page.locator("#saved")).to_contain_text("Saved. 1 of 7")
    choose(page, "hurdle-step-left", 0)
    expect(page.locator("#saved")).to_contain_text("Something hurts: stop here")
    assert kept_now(site).points == {("deep-squat", "both"): 2, ("hurdle-step", "left"): 0}


def test_what_is_typed_without_a_connection_is_saved_when_it_comes_back(site: LiveSite, new_context: Any) -> None:
    """Nobody watches here: the browser complains of the requests that fail."""
    page = new_context(base_url=site.url, locale="en-US", **PHONE).new_page()
    about_to_fill_in(site, Person(RUNNER, page, site))
    page.route("**/fill-in", lambda route: route.abort())
    choose(page, "deep-squat", 2)
    expect(page.locator("#saved")).to_contain_text(NOT_SAVED)
    choose(page, "push-up", 3)
    assert kept_now(site).points == {}
    page.unroute("**/fill-in")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#saved")).to_contain_text("Saved.")
    assert kept_now(site).points == {("deep-squat", "both"): 2, ("push-up", "both"): 3}


def test_an_answer_that_is_lost_on_the_way_is_no_change_by_somebody_else(site: LiveSite, new_context: Any) -> None:
    page = new_context(base_url=site.url, locale="en-US", **PHONE).new_page()
    about_to_fill_in(site, Person(RUNNER, page, site))
    page.route("**/fill-in", lambda route: (route.fetch(), route.abort()))
    choose(page, "deep-squat", 2)
    expect(page.locator("#saved")).to_contain_text(NOT_SAVED)
    assert kept_now(site).points == {("deep-squat", "both"): 2}
    page.unroute("**/fill-in")
    choose(page, "push-up", 3)
    expect(page.locator("#saved")).to_contain_text("Saved. 1 of 7")
    assert kept_now(site).points == {("deep-squat", "both"): 2, ("push-up", "both"): 3}


def test_who_is_signed_out_meanwhile_signs_in_again_and_loses_nothing(site: LiveSite, new_context: Any) -> None:
    """The form's token is gone with the session. Nobody watches: the first try is refused."""
    context = new_context(base_url=site.url, locale="en-US", **PHONE)
    page = context.new_page()
    about_to_fill_in(site, Person(RUNNER, page, site))
    context.clear_cookies()
    choose(page, "deep-squat", 2)
    expect(page.locator("#saved")).to_contain_text("you are signed out")
    Person(RUNNER, context.new_page(), site).signs_in()
    choose(page, "push-up", 3)
    expect(page.locator("#saved")).to_contain_text("Saved.")
    assert len(kept_now(site).points) == 2
    with page.expect_navigation() as saved:
        page.get_by_role("button", name="Save, go on later").click()
    assert saved.value.status == 200


def test_a_whole_sheet_is_filled_in_by_keyboard_alone_and_taken_out_as_a_file(
    meet: Callable[..., Person], tmp_path: Path
) -> None:
    """The day is there already: today, where the runner is."""
    person = meet()
    page = person.page
    page.clock.set_fixed_time(NOW)
    person.opens("/sheets/fill-in")
    page.locator("#deep-squat-0").focus()
    rows = page.locator("fieldset[data-keys]")
    for row in rows.all():
        page.keyboard.press("2" if row.locator("[value='2']").count() else "n")
    expect(page.locator("input.score__box:checked")).to_have_count(rows.count())
    person.presses("Show what it comes to")
    person.is_at(re.compile("Sheet of"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as a file").click()
    path = tmp_path / "sheet.json"
    download.value.save_as(path)
    [sheet] = files.read(path.read_bytes(), latest=TODAY)
    assert sheet.scores == all_at(2)


@pytest.mark.parametrize("count", [2, 8, 12])
def test_progress_and_a_painful_sheet_are_one_printed_page_each(
    site: LiveSite, meet: Callable[..., Person], count: int
) -> None:
    """Of more than eight sheets paper shows the newest."""
    with site.store() as make:
        account = site.give_password(make.account(RUNNER))
        for n in range(count):
            painful = all_at(2, {"shoulder": n % 2 == 0}, leg_raise_left=3, hurdle_step_right=1)
            row = make.sheet(account, TODAY - timedelta(days=30 * n), painful, "before the season")
        address = f"/sheets/kept/{row.uuid}"
    robin = meet(RUNNER)
    robin.signs_in()
    for printed in ("/sheets/mine/progress", address):
        robin.opens(printed)
        assert len(re.findall(rb"/Type\s*/Page\b", robin.page.pdf(format="Letter"))) == 1, printed
