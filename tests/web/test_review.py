"""The reviewers' pages: the queue, taking work, looking and comparing."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.factories import Factory
from tests.page_client import PageClient
from tests.web.review_desk import JPEG, LOOKUP, Desk
from trainers.core.review import queue


@pytest.fixture
def desk(app: Flask, store: Session, made: Factory) -> Desk:
    return Desk(app, store, made)


# Who may


PAGES = (
    "/review",
    "/review/done",
    "/review/{uuid}",
    "/review/{uuid}/evidence/{file}",
    "/review/checks/1/correct",
    "/review/checks/1/evidence/{file}",
)
DEEDS = (
    "take",
    "release",
    "compare",
    "decide",
    "return",
    "resolve",
    "contest",
    "note",
    "take-down",
    "look-again/{file}",
)


def addresses(desk: Desk) -> list[tuple[str, str]]:
    names = {"uuid": desk.work.uuid, "file": desk.photo.uuid}
    pages = [("GET", page.format(**names)) for page in PAGES]
    deeds = [("POST", f"/review/{{uuid}}/{deed}".format(**names)) for deed in DEEDS]
    return [*pages, *deeds, ("POST", "/review/checks/1/correct"), ("POST", "/review/checks/1/compare")]


def test_members_and_trainers_are_turned_away_and_visitors_asked_to_sign_in(desk: Desk, made: Factory) -> None:
    member, trainer = made.account(), desk.dana.account
    made.commit()
    visitor = desk.app.test_client()
    before = desk.counts()
    for method, address in addresses(desk):
        for account in (member, trainer):
            assert desk.browser(account).open(address, method=method).status_code == 403, address
        answer = visitor.open(address, method=method)
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login"), address
    assert desk.counts() == before


def test_what_changes_something_is_not_done_by_opening_an_address(desk: Desk) -> None:
    rita = desk.browser(desk.rita)
    for deed in DEEDS:
        address = f"{desk.url}/{deed}".format(file=desk.photo.uuid)
        assert rita.get(address).status_code in (404, 405)


@pytest.mark.parametrize(
    "address",
    [
        "/review/7f0e7f1c-6a42-4a0e-9c32-0e6c1f9d0000",
        "/review/nonsense",
        "/review/checks/99/correct",
        "/review/checks/99999999999/correct",
    ],
)
def test_unknown_work_is_404(desk: Desk, address: str) -> None:
    assert desk.browser(desk.rita).get(address).status_code == 404


# The queue


def test_the_queue_says_what_waits_since_when_and_in_whose_hands(desk: Desk, made: Factory) -> None:
    late = made.trainer("Lena Late")
    desk.open("renewal", desk.claim(late)[0], TODAY - timedelta(days=20))
    later = made.trainer("Otto Later")
    desk.open("new", desk.claim(later)[0]).not_before = TODAY + timedelta(days=3)
    made.commit()
    desk.take(desk.sam)
    page = desk.browser(desk.rita).get("/review").text
    assert page.index("Lena Late") < page.index("Dana Fitzgerald") < page.index("Otto Later")
    assert "2 claims and reports wait" in page
    assert "1 overdue" in page
    assert "1 second look comes later" in page
    assert "New certification: NASM-CPT" in page
    assert "Taken by another reviewer until" in page
    assert "10:30 HST" in page
    assert "in 9 days, on Wednesday 2 December" in page
    assert "26 November 2026" in page
    assert "Taken by you" in desk.browser(desk.sam).get("/review").text


def test_an_empty_queue_says_so(client: FlaskClient, made: Factory) -> None:
    rita = made.reviewer()
    made.commit()
    assert "Nothing to look at now" in client.sign_in(rita).get("/review").text  # type: ignore[attr-defined]


def test_a_reviewer_neither_sees_nor_takes_work_about_the_own_listing(desk: Desk, made: Factory) -> None:
    desk.dana.account.roles = [made.role("reviewer")]
    made.give_phone(desk.dana.account)
    made.commit()
    dana = desk.browser(desk.dana.account)
    assert "Nothing to look at now" in dana.get("/review").text
    assert dana.get(desk.url).status_code == 403
    assert dana.post(f"{desk.url}/take").status_code == 403
    assert desk.decide(dana, "confirm", desk.typed()).status_code == 403
    assert desk.checks() == []


# Taking


def test_the_form_and_the_photo_are_for_who_has_taken_the_work(desk: Desk) -> None:
    photo = f"{desk.url}/evidence/{desk.photo.uuid}"
    rita = desk.browser(desk.rita)
    before = rita.get(desk.url).text
    assert "Take this" in before
    assert "NC-123456" in before
    assert 'name="shown_name"' not in before
    assert photo not in before
    assert rita.get(photo).status_code == 403
    rita = desk.take(desk.rita)
    page = rita.get(desk.url).text
    assert 'name="shown_name"' in page
    assert f'<img src="{photo}"' in page
    assert "K7-429" in page
    assert f'href="{LOOKUP}" target="_blank" rel="noopener external"' in page
    assert "Yours until" in page
    assert desk.browser(desk.sam).get(photo).status_code == 403


def test_of_two_reviewers_one_gets_the_work(desk: Desk) -> None:
    desk.take(desk.rita)
    sam = desk.browser(desk.sam)
    answer = sam.post(f"{desk.url}/take")
    assert answer.status_code == 409
    assert "another reviewer has taken this" in answer.text
    assert "Another reviewer has this" in sam.get(desk.url).text


def test_of_two_reviewers_at_the_same_moment_one_gets_the_work(desk: Desk) -> None:
    browsers = [desk.browser(account) for account in (desk.rita, desk.sam)] * 4
    start = Barrier(len(browsers))

    def take(browser: PageClient) -> tuple[int, int]:
        start.wait()
        with desk.app.test_client() as alone:
            alone.set_cookie("session", browser.get_cookie("session").value)
            return browsers.index(browser), alone.post(f"{desk.url}/take").status_code

    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = set(pool.map(take, browsers))
    assert sorted(status for _, status in answers) == [303, 409]


def test_released_work_can_be_taken_by_another(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    assert rita.post(f"{desk.url}/release").location == "/review"
    desk.take(desk.sam)


def test_the_photo_is_served_whole_and_kept_by_no_cache(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    answer = rita.get(f"{desk.url}/evidence/{desk.photo.uuid}")
    assert (answer.data, answer.mimetype) == (JPEG, "image/jpeg")
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_pdf_is_only_handed_out(desk: Desk, made: Factory) -> None:
    pdf = desk.file("application/pdf")
    made.commit()
    rita = desk.take(desk.rita)
    assert "Download the PDF" in rita.get(desk.url).text
    answer = rita.get(f"{desk.url}/evidence/{pdf.uuid}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers.get_all("Content-Security-Policy") == ["sandbox; default-src 'none'"]


def test_a_file_of_another_claim_is_not_found(desk: Desk, made: Factory) -> None:
    other, _ = desk.claim(made.trainer("Otto Other"))
    work = desk.open("new", other)
    queue.take(made.session, work, by=str(desk.rita.id), now=NOW, today=TODAY)
    made.commit()
    rita = desk.browser(desk.rita)
    assert rita.get(f"/review/{work.uuid}/evidence/{desk.photo.uuid}").status_code == 404


def test_others_with_the_same_number_or_name_are_pointed_out(desk: Desk, made: Factory) -> None:
    twin = made.trainer("Otto Other")
    made.term(made.credential(twin), number="nc 123456")
    made.listed("Dana Fitzgerald", zip="10001")
    made.commit()
    page = desk.browser(desk.rita).get(desk.url).text
    assert "Others claim this number" in page
    assert "Otto Other" in page
    assert "Others are listed under this name" in page
    assert "New York" in page


def test_the_same_number_of_another_issuer_is_another_number(desk: Desk, made: Factory) -> None:
    made.term(made.credential(made.trainer("Otto Other"), "ACSM/ACSM-CPT"), number="NC-123456")
    made.commit()
    assert "Others claim this number" not in desk.browser(desk.rita).get(desk.url).text


# Comparing


def test_the_form_compares_without_a_script(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    data = desk.typed(shown_name="FITZGERALD, DANA", shown_number="NC-654321")
    answer = rita.post(f"{desk.url}/compare", data=data)
    assert answer.status_code == 200
    results = re.findall(r'class="result-(\w+)"', answer.text)
    assert results == ["folded", "different", "same", "same"]
    assert "This does not carry a confirmation" in answer.text
    assert 'value="FITZGERALD, DANA"' in answer.text
    assert desk.checks() == []


def test_htmx_gets_the_comparison_alone(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    headers = {"HX-Request": "true"}
    answer = rita.post(f"{desk.url}/compare", data=desk.typed(), headers=headers)
    assert "<html" not in answer.text
    assert answer.text.lstrip().startswith('<div id="comparison"')
    assert "This carries a confirmation." in answer.text
    assert 'id="status" hx-swap-oob="innerHTML"' in answer.text
    assert "HX-Request" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"shown_number": ""}, "Not everything is typed yet."),
        ({"shown_number": "", "number_none": "y"}, "This carries a confirmation."),
        ({"shown_expires_on-day": "31"}, "Not everything is typed yet."),
        ({"shown_status": "Suspended"}, "the status word is not Active"),
        ({"found": "nothing"}, "This is a miss"),
        ({"found": "down"}, "The source was not there"),
    ],
)
def test_the_comparison_says_what_it_comes_to(desk: Desk, changes: dict[str, str], says: str) -> None:
    rita = desk.take(desk.rita)
    answer = rita.post(f"{desk.url}/compare", data=desk.typed(**changes), headers={"HX-Request": "true"})
    assert says in answer.text


def test_a_source_without_a_date_is_said_in_the_comparison_and_on_the_card(desk: Desk) -> None:
    rita = desk.take(desk.rita)
    no_date = dict.fromkeys((f"shown_expires_on-{part}" for part in ("month", "day", "year")), "")
    data = desk.typed(**no_date, expiry_none="y")
    assert "date stands and the card says so" in rita.post(f"{desk.url}/compare", data=data).text
    assert desk.decide(rita, "confirm", data).status_code == 303
    assert "showed no end date; the date is the trainer" in desk.profile()
