"""An import as an admin watches it: by itself with JavaScript, by a link without."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.live import LiveSite
from tests.browser.people import Person
from tests.conftest import TODAY
from tests.core.job_bench import bounce_file
from trainers.commands import working
from trainers.core.long_work import jobs
from trainers.core.long_work.imports import CHUNK
from trainers.core.long_work.jobs import Work
from trainers.core.models import Job
from trainers.extensions import db
from trainers.web import site as of_site

pytestmark = pytest.mark.by_day("sqlite")  # the same pages are asked for in tests/web/test_jobs.py, on both

ADMIN = "admin@example.org"
TOTAL = 2 * CHUNK


@contextmanager
def context_of(site: LiveSite) -> Iterator[None]:
    with site.app.app_context():
        yield
        db.session.remove()


def claim(site: LiveSite) -> Work | None:
    with context_of(site):
        return working.claim(db.session(), clock=site.clock.now)


def one_chunk(site: LiveSite, work: Work | None) -> Work | None:
    assert work is not None
    with context_of(site):
        return working.one_chunk(db.session(), of_site.files(), work, clock=site.clock.now, today=TODAY)


def starts_an_import(admin: Person, site: LiveSite) -> None:
    with site.store() as make:
        site.give_password(make.account(ADMIN, roles=("admin",)))
    admin.signs_in()
    admin.follows("Imports and exports")
    admin.follows("Import addresses that mail comes back from")
    assert admin.presses("Start the import").status == 422
    admin.is_told_what_to_mend("Choose a CSV file first.")
    file: FilePayload = {"name": "list.csv", "mimeType": "text/csv", "buffer": bounce_file(TOTAL)}
    admin.page.get_by_label("CSV file").set_input_files(file)
    admin.presses("Start the import")
    admin.reads(f"0 of {TOTAL:,} rows")


def test_the_page_follows_the_import_to_its_end_and_then_asks_no_more(
    site: LiveSite, meet: Callable[..., Person]
) -> None:
    admin = meet(ADMIN)
    admin.page.clock.install()
    starts_an_import(admin, site)
    asked: list[str] = []
    admin.page.on("request", lambda request: asked.append(request.url))
    live = admin.page.get_by_role("status").first

    work = one_chunk(site, claim(site))
    admin.page.get_by_role("link", name="Reload").focus()
    with admin.page.expect_response("**said=0"):
        admin.page.clock.run_for(2000)
    admin.reads(f"{CHUNK:,} of {TOTAL:,} rows")
    expect(admin.page.get_by_role("progressbar")).to_have_attribute("value", str(CHUNK))
    expect(live).to_have_text("50 percent done.")
    expect(admin.page.get_by_role("link", name="Reload")).to_be_focused()

    work = one_chunk(site, one_chunk(site, work))
    assert work is None
    with admin.page.expect_response("**said=2"):
        admin.page.clock.run_for(2000)
    admin.reads("No address had to be marked. Marked before: 0. Not known here: 1,000.")
    expect(live).to_have_text("No address had to be marked. Marked before: 0. Not known here: 1,000.")
    expect(admin.page.get_by_role("button", name="Stop it")).to_have_count(0)
    expect(admin.page.locator("#job [data-takes-focus]")).to_be_focused()
    asked.clear()
    admin.page.clock.run_for(60_000)
    assert asked == []


def test_the_focus_stays_where_it_is_when_it_was_nowhere_near(site: LiveSite, meet: Callable[..., Person]) -> None:
    admin = meet(ADMIN)
    admin.page.clock.install()
    starts_an_import(admin, site)
    back = admin.page.get_by_role("main").get_by_role("link", name="Imports and exports")
    back.focus()
    work = claim(site)
    while work:
        work = one_chunk(site, work)
    with admin.page.expect_response("**said=0"):
        admin.page.clock.run_for(2000)
    admin.reads("No address had to be marked.")
    expect(back).to_be_focused()


def test_a_site_that_does_not_answer_is_told_once_until_it_does(site: LiveSite, new_context: Any) -> None:
    """Nobody watches here: the browser complains of the requests that fail."""
    admin = Person(ADMIN, new_context(base_url=site.url, locale="en-US").new_page(), site)
    admin.page.clock.install()
    starts_an_import(admin, site)
    live = admin.page.get_by_role("status").first
    live.evaluate(
        "(it) => { window.said = []; new MutationObserver(() => window.said.push(it.textContent))"
        ".observe(it, { childList: true, characterData: true, subtree: true }) }"
    )
    admin.page.route("**said=*", lambda route: route.abort())
    for _ in range(3):
        with admin.page.expect_request("**said=*"):
            admin.page.clock.run_for(2000)
    expect(live).to_contain_text("We could not reach the site.")
    admin.page.unroute("**said=*")
    with admin.page.expect_response("**said=0"):
        admin.page.clock.run_for(2000)
    expect(live).to_have_text("")
    said = admin.page.evaluate("window.said")
    assert [bool(each) for each in said] == [True, False], said


def test_a_job_that_is_gone_is_told_in_its_place_and_not_asked_for_again(
    site: LiveSite, meet: Callable[..., Person]
) -> None:
    admin = meet(ADMIN)
    admin.page.clock.install()
    starts_an_import(admin, site)
    with context_of(site):
        jobs.forget(db.session(), of_site.files(), Job.id.is_not(None))
        db.session.commit()
    admin.page.get_by_role("button", name="Stop it").focus()
    with admin.page.expect_response("**said=0"):
        admin.page.clock.run_for(2000)
    admin.reads("There is no such import or export, or no longer.")
    expect(admin.page.locator("#job [data-takes-focus]")).to_be_focused()
    asked: list[str] = []
    admin.page.on("request", lambda request: asked.append(request.url))
    admin.page.clock.run_for(60_000)
    assert asked == []


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_link_shows_how_far_it_is_and_a_button_stops_it(
    site: LiveSite, meet: Callable[..., Person], javascript: bool
) -> None:
    admin = meet(ADMIN, javascript=javascript)
    starts_an_import(admin, site)
    one_chunk(site, claim(site))
    admin.page.get_by_role("link", name="Reload").click()
    admin.reads(f"{CHUNK:,} of {TOTAL:,} rows")
    admin.presses("Stop it")
    admin.reads("Stopped before its end.")
