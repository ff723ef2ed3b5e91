"""Sheets in an account, as the runner and an invited trainer use them: begun, saved change by change, ended."""

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY
from tests.core.test_screening import all_at
from tests.factories import Factory
from tests.page_client import PageClient
from tests.web.sheet_visitor import DAY, errors_in, sent, text_of, typed, values_in
from trainers.core.models import Account, KeptSheet, Share, Trainer
from trainers.core.screens import Scores
from trainers.core.sheets import files, kept, sharing
from trainers.core.sheets.sheet import Sheet

HTMX = {"HX-Request": "true"}
AGREED = {"keep": "y", "adult": "y"}
ENDS = date(2027, 3, 12)


@dataclass(frozen=True)
class Known:
    """Of a row what tests need; to look at the row itself would hold the database."""

    id: int
    uuid: str = ""


Enter = Callable[[int], PageClient]


@pytest.fixture
def enter(app: Flask, store: Session) -> Enter:
    """The browser of an account, signed in."""

    def enter(account_id: int) -> PageClient:
        browser = PageClient(app, app.response_class).sign_in(store.get_one(Account, account_id))
        store.rollback()
        return browser

    return enter


@pytest.fixture
def runner(made: Factory) -> int:
    id = made.account("robin@example.org").id
    made.commit()
    return id


@pytest.fixture
def dana(made: Factory) -> Known:
    """A trainer, by the id of her account."""
    id = made.listed("Dana Fitzgerald", expires_on=ENDS).account_id
    made.commit()
    return Known(id)


@pytest.fixture
def row(made: Factory, runner: int) -> Known:
    row = made.sheet(made.session.get_one(Account, runner))
    known = Known(row.id, row.uuid)
    made.commit()
    return known


@pytest.fixture
def share(made: Factory, runner: int, dana: Known) -> Known:
    session = made.session
    trainer = session.scalars(select(Trainer).where(Trainer.account_id == dana.id)).one()
    share = made.share(session.get_one(Account, runner), trainer)
    known = Known(share.id, share.uuid)
    made.commit()
    return known


@pytest.fixture
def robin(enter: Enter, runner: int) -> PageClient:
    return enter(runner)


def kept_now(store: Session, row: Known) -> Sheet:
    sheet = kept.value_of(store.get_one(KeptSheet, row.id))
    store.rollback()
    return sheet


def fill_in(row: Known) -> str:
    return f"/sheets/kept/{row.uuid}/fill-in"


# Beginning


def test_consent_is_asked_before_the_first_sheet_and_nothing_is_kept_without_it(
    robin: PageClient, runner: int, store: Session
) -> None:
    assert "Before we keep anything" in robin.get("/sheets/mine/new").text
    page = robin.post("/sheets/mine/new", data=DAY | {"label": "spring", "keep": "y"})
    assert page.status_code == 422
    assert errors_in(page) == ["Sheets are kept for adults only. Tick this box if you are 18 or over."]
    assert values_in(page) == DAY | {"label": "spring", "keep": "y"}
    assert not kept.keeps(store, runner)
    store.rollback()
    begun = robin.post("/sheets/mine/new", data=DAY | AGREED | {"label": "spring"})
    [uuid] = [row.uuid for row in kept.sheets_of(store, runner)]
    store.rollback()
    assert (begun.status_code, begun.location) == (303, f"/sheets/kept/{uuid}/fill-in")
    assert "Before we keep anything" not in robin.get("/sheets/mine/new").text


def test_a_second_sheet_of_a_day_and_a_day_to_come_are_told_at_the_field(robin: PageClient, row: Known) -> None:
    twice = robin.post("/sheets/mine/new", data=DAY | {"label": "again"})
    assert twice.status_code == 422
    assert errors_in(twice) == ["There is a sheet of 23 November 2026 already. Change the day, or open that one."]
    assert values_in(twice)["label"] == "again"
    ahead = robin.post("/sheets/mine/new", data=DAY | {"screened_on-day": "24"})
    assert errors_in(ahead) == ["That day has not come yet. Enter the day on which you screened."]


# Filling in


def test_each_change_is_saved_as_it_is_made(robin: PageClient, row: Known, store: Session) -> None:
    version = "1"
    for changes in ({"deep-squat": "2"}, {"deep-squat": "2", "hurdle-step-left": "3"}):
        sent_along = DAY | changes | {"version": version, "meanwhile": "yes"}
        part = robin.post(fill_in(row), data=sent_along, headers=HTMX)
        assert part.status_code == 200
        version = values_in_part(part.text)
    assert "Saved. 1 of 7 screens are filled in." in part.text
    assert kept_now(store, row).scores.points == {("deep-squat", "both"): 2, ("hurdle-step", "left"): 3}


def values_in_part(text: str) -> str:
    return text.split('name="version" value="')[1].split('"')[0]


def test_pain_is_told_as_soon_as_it_is_typed(robin: PageClient, row: Known) -> None:
    data = DAY | {"deep-squat": "0", "version": "1", "meanwhile": "yes"}
    assert "Something hurts: stop here" in robin.post(fill_in(row), data=data, headers=HTMX).text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"deep_squat": "4"}, "Deep squat: “4” is not a score. Choose 0, 1, 2 or 3."),
        ({"deep_squat": "two"}, "Deep squat: “two” is not a score. Choose 0, 1, 2 or 3."),
        ({"screened_on_day": "24"}, "That day has not come yet. Enter the day on which you screened."),
        (
            {"leg_raise_left": None},
            "Active straight-leg raise: the right side has a score, the left side has none.",
        ),
    ],
)
def test_what_is_wrong_is_not_saved_and_stays_in_the_form(
    robin: PageClient, row: Known, store: Session, changes: dict[str, str | None], said: str
) -> None:
    data = typed("2", notes="left hip stiff", **changes) | {"version": "1"}
    page = robin.post(fill_in(row), data=data)
    assert page.status_code == 422
    assert errors_in(page) == [said]
    assert values_in(page)["notes"] == "left hip stiff"
    assert values_in(page)["push-up"] == "2"
    assert kept_now(store, row).scores == Scores()
    if "leg_raise_left" not in changes:
        part = robin.post(fill_in(row), data=data | {"meanwhile": "yes"}, headers=HTMX)
        assert part.status_code == 422
        assert f"Not saved: {said}" in part.text


def test_a_sheet_with_gaps_can_be_left_for_later_and_shows_no_total(
    robin: PageClient, row: Known, store: Session
) -> None:
    later = robin.post(fill_in(row), data=DAY | {"push-up": "3", "version": "1", "later": "yes"})
    assert later.location == f"/sheets/kept/{row.uuid}"
    told = text_of(robin.get(later.location))
    assert "1 of 7 screens are filled in" not in told  # its clearing test is missing
    assert "0 of 7 screens are filled in" in told
    assert "Total" not in told
    assert "Go on filling in" in told
    assert values_in(robin.get(fill_in(row)))["push-up"] == "3"


def test_a_whole_sheet_is_shown_with_its_parts(robin: PageClient, row: Known) -> None:
    done = robin.post(fill_in(row), data=typed("2", label="<b>spring</b>") | {"version": "1"})
    page = robin.get(done.location)
    assert "Total: 2 + 2 + 2 + 2 + 2 + 2 + 2" in text_of(page)
    assert "<b>spring" not in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert "14 of 21" not in text_of(robin.get("/sheets/mine")), "a total without its parts"


def test_of_two_who_fill_in_the_same_sheet_none_overwrites_the_other_unawares(
    robin: PageClient, enter: Enter, row: Known, dana: Known, share: Known, store: Session
) -> None:
    trainer = enter(dana.id)
    trainer.post(fill_in(row), data=typed("1") | {"version": "1"})
    second = robin.post(fill_in(row), data=typed("3") | {"version": "1"})
    assert second.status_code == 422
    assert "Somebody else has changed this sheet since you opened it." in text_of(second)
    assert values_in(second)["push-up"] == "3"
    assert kept_now(store, row).scores == all_at(1)
    part = robin.post(fill_in(row), data=typed("3") | {"version": "1", "meanwhile": "yes"}, headers=HTMX)
    assert 'name="over" value="2"' in part.text
    over = robin.post(fill_in(row), data=typed("3") | {"version": "1", "over": "2"})
    assert over.status_code == 303
    assert kept_now(store, row).scores == all_at(3)


def test_a_sheet_is_moved_to_another_day_unless_there_is_one(
    robin: PageClient, row: Known, made: Factory, runner: int, store: Session
) -> None:
    made.sheet(made.session.get_one(Account, runner), TODAY - timedelta(days=1))
    made.commit()
    page = robin.post(fill_in(row), data=typed("2", screened_on_day="22") | {"version": "1"})
    assert page.status_code == 422
    assert errors_in(page) == ["There is a sheet of 22 November 2026 already. Change the day, or open that one."]
    assert values_in(page)["screened_on-day"] == "22"
    assert robin.post(fill_in(row), data=typed("2", screened_on_day="21") | {"version": "1"}).status_code == 303
    assert kept_now(store, row).screened_on == date(2026, 11, 21)


# In, out, the end


def test_files_come_in_and_everything_goes_out_again(robin: PageClient, runner: int, store: Session) -> None:
    march, may = Sheet(date(2026, 3, 3), all_at(1), "=1+1"), Sheet(date(2026, 5, 5), all_at(2))
    page = robin.post("/sheets/mine/bring", data=sent(march, may))
    assert page.status_code == 422, "without consent"
    assert len(errors_in(page)) == 2
    carried = {"sheet": [files.write([each]).decode() for each in (march, may)]}
    assert robin.post("/sheets/mine/bring", data=carried | AGREED).status_code == 303
    out = robin.get("/sheets/mine/sheets.json")
    assert files.read(out.data, latest=TODAY) == [march, may]
    table = robin.get("/sheets/mine/sheets.csv").text
    assert "2026-03-03,'=1+1," in table
    progress = text_of(robin.get("/sheets/mine/progress"))
    assert "Since 3 March 2026" in progress
    assert "= 14, of 21." in progress


def test_50_megabytes_are_refused_at_the_field_and_the_way_back_is_told(app: Flask, robin: PageClient) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    page = robin.post("/sheets/mine/bring", data={"file": (BytesIO(b" " * 2000), "film.json")})
    assert page.status_code == 422
    [said] = errors_in(page)
    assert "too large to be sheets, so nothing of what you sent was read" in said
    assert "Go back in your browser: they are still there." in said
    assert page.text.count('name="keep"') == 1, "the form can be sent again"
    stranger = app.test_client().post("/sheets/mine/bring", data={"file": (BytesIO(b" " * 2000), "film.json")})
    assert (stranger.status_code, "500 KB" in stranger.text) == (413, True)


def test_another_sheet_of_the_same_day_is_not_brought_in(robin: PageClient, row: Known, store: Session) -> None:
    may = Sheet(date(2026, 5, 5), all_at(2))
    page = robin.post("/sheets/mine/bring", data=sent(Sheet(TODAY, all_at(2)), may))
    assert page.status_code == 422
    assert errors_in(page) == [
        "Another sheet of 23 November 2026 is in your account. Leave this one out, or erase that one."
    ]
    assert page.text.count('name="sheet"') == 2
    assert kept_now(store, row).scores == Scores()


def test_one_sheet_or_all_are_erased_after_a_question(
    robin: PageClient, row: Known, runner: int, share: Known, store: Session
) -> None:
    address = f"/sheets/kept/{row.uuid}/remove"
    assert robin.get(address).status_code == 200
    assert robin.post(address).location == "/sheets/mine"
    assert robin.get(f"/sheets/kept/{row.uuid}").status_code == 404
    assert "1 invitation to trainers ends" in text_of(robin.get("/sheets/mine/erase"))
    robin.post("/sheets/mine/erase")
    store.rollback()
    assert not kept.keeps(store, runner)
    assert sharing.shares_of(store, runner) == []


def test_deleting_the_account_takes_the_sheets_with_it(
    robin: PageClient, row: Known, share: Known, store: Session
) -> None:
    assert robin.post("/dashboard/account/delete", data={"sure": "y"}).status_code == 303
    store.rollback()
    assert store.query(KeptSheet).count() == 0
    assert store.query(Account).filter_by(email="robin@example.org").count() == 0


def test_who_keeps_sheets_and_is_no_trainer_comes_to_them_after_signing_in(robin: PageClient, row: Known) -> None:
    assert robin.get("/dashboard").location == "/sheets/mine"


# Trainers


def test_a_runner_finds_a_trainer_by_name_invites_and_ends_it(
    robin: PageClient, enter: Enter, row: Known, dana: Known, made: Factory
) -> None:
    made.listed("Dana Lapsed", expires_on=TODAY - timedelta(days=1))
    made.commit()
    found = robin.get("/sheets/mine/trainers?name=dana")
    assert "No certification is current in our record now" in text_of(found)
    [address] = re.findall(r'href="(/sheets/mine/trainers/invite/[^"]+)"', found.text)
    assert "see all your sheets" in text_of(robin.get(address))
    empty = robin.post(address, data={"runner_name": " "})
    assert (empty.status_code, errors_in(empty)) == (422, ["Enter a name of up to 60 characters."])
    assert robin.post(address, data={"runner_name": "Robin"}).status_code == 303
    trainer = enter(dana.id)
    assert "Robin" in text_of(trainer.get("/sheets/runners"))
    assert trainer.get(f"/sheets/kept/{row.uuid}").status_code == 200
    [end] = [
        part.split('"')[0]
        for part in robin.get("/sheets/mine/trainers").text.split('action="')[1:]
        if "/end" in part
    ]
    assert robin.post(end).status_code == 303
    assert trainer.get(f"/sheets/kept/{row.uuid}").status_code == 404
    assert "Robin" not in text_of(trainer.get("/sheets/runners"))


def test_a_trainer_begins_a_sheet_that_the_runner_finds(
    enter: Enter, dana: Known, share: Known, runner: int
) -> None:
    trainer = enter(dana.id)
    begun = trainer.post(f"/sheets/runners/{share.uuid}/new", data=DAY | {"label": "first"})
    assert begun.status_code == 303
    assert trainer.post(begun.location, data=typed("2", label="first") | {"version": "1"}).status_code == 303
    mine = text_of(enter(runner).get("/sheets/mine"))
    assert "Dana Fitzgerald" in mine
    assert "first" in mine
    again = trainer.post(f"/sheets/runners/{share.uuid}/new", data=DAY)
    assert "There is a sheet of 23 November 2026 already" in errors_in(again)[0]
    assert "Erase it" not in text_of(trainer.get(begun.location.removesuffix("/fill-in")))


def test_a_trainer_whose_certification_lapsed_only_reads_and_what_was_typed_stays(
    app: Flask, enter: Enter, dana: Known, share: Known, row: Known, store: Session
) -> None:
    app.config["NOW"] = lambda: NOW + (ENDS - TODAY) + timedelta(days=1)
    trainer = enter(dana.id)
    shown = trainer.get(f"/sheets/kept/{row.uuid}")
    assert "You may only read" in text_of(shown)
    assert "fill-in" not in shown.text
    assert trainer.get(fill_in(row)).status_code == 403
    assert trainer.get(f"/sheets/runners/{share.uuid}/new").status_code == 403
    page = trainer.post(fill_in(row), data=typed("2", notes="steady") | {"version": "1"})
    assert page.status_code == 422
    assert "you may only read. What you typed is not saved." in text_of(page)
    assert values_in(page)["notes"] == "steady"
    assert kept_now(store, row).scores == Scores()


def test_an_invitation_that_ends_while_the_sheet_is_open_loses_nothing_that_was_typed(
    enter: Enter, dana: Known, share: Known, row: Known, store: Session
) -> None:
    trainer = enter(dana.id)
    trainer.get(fill_in(row))
    sharing.end(store, store.get_one(Share, share.id), by="runner", now=NOW)
    store.commit()
    data = typed("2", notes="steady") | {"version": "1"}
    page = trainer.post(fill_in(row), data=data)
    assert page.status_code == 422
    assert "This invitation has ended, so you cannot see these sheets any more." in text_of(page)
    assert values_in(page)["notes"] == "steady"
    assert values_in(page)["leg-raise-left"] == "2"
    part = trainer.post(fill_in(row), data=data | {"meanwhile": "yes"}, headers=HTMX)
    assert part.status_code == 422
    assert "This invitation has ended" in part.text
    for answer in (page, part):
        assert 'formaction="/sheets/file"' in answer.text
    half = DAY | {"deep-squat": "2", "notes": "steady"}
    for filled_in in (data, half):
        handed = trainer.post("/sheets/file", data=filled_in)
        assert json.loads(handed.data)["sheets"][0]["notes"] == "steady"
    assert kept_now(store, row).scores == Scores()


def test_a_sheet_that_is_erased_while_it_is_open_leaves_what_was_typed(
    enter: Enter, dana: Known, share: Known, row: Known, store: Session
) -> None:
    trainer = enter(dana.id)
    kept.erase_all(store, store.get_one(KeptSheet, row.id).owner_id)
    store.commit()
    data = typed("2", notes="steady") | {"version": "1"}
    page = trainer.post(fill_in(row), data=data)
    assert (page.status_code, values_in(page)["notes"]) == (404, "steady")
    assert "You have no such sheet here. What you typed is not saved." in text_of(page)
    assert 'formaction="/sheets/file"' in page.text
    part = trainer.post(fill_in(row), data=data | {"meanwhile": "yes"}, headers=HTMX)
    assert part.status_code == 422, "which htmx shows"


def test_a_page_whose_answer_was_lost_does_not_meet_itself(robin: PageClient, row: Known, store: Session) -> None:
    """The server has saved, and the page has not heard of it."""
    lost = typed("2") | {"version": "1", "page": "a" * 32, "meanwhile": "yes"}
    for again in (lost, lost, lost | {"notes": "and more"}):
        assert robin.post(fill_in(row), data=again, headers=HTMX).status_code == 200
    assert kept_now(store, row).notes == "and more"
    other = robin.post(fill_in(row), data=lost | {"version": "4", "page": "b" * 32}, headers=HTMX)
    assert other.status_code == 200
    overtaken = robin.post(fill_in(row), data=lost | {"version": "4"}, headers=HTMX)
    assert overtaken.status_code == 422, "somebody else has saved after it"
    assert "Somebody else has changed this sheet" in overtaken.text


def test_somebody_without_an_invitation_learns_nothing_by_typing(
    enter: Enter, made: Factory, row: Known, store: Session
) -> None:
    strangers = [made.listed("Olga Other").account_id, made.account().id]
    made.commit()
    for stranger in strangers:
        page = enter(stranger).post(fill_in(row), data=typed("2") | {"version": "1"})
        assert page.status_code == 404
    assert kept_now(store, row).scores == Scores()


def test_a_trainer_can_end_it_too(enter: Enter, dana: Known, share: Known) -> None:
    trainer = enter(dana.id)
    assert trainer.post(f"/sheets/runners/{share.uuid}/end").location == "/sheets/runners"
    assert trainer.get(f"/sheets/runners/{share.uuid}").status_code == 404


def test_sheets_stand_in_no_log(
    robin: PageClient, row: Known, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        robin.post(fill_in(row), data=typed("2", label="Wiedehopf", notes="Kiebitz") | {"version": "1"})
        robin.post(fill_in(row), data=typed("2", label="Wiedehopf", notes="Kiebitz") | {"version": "1"})
        robin.get(f"/sheets/kept/{row.uuid}")
    logged = caplog.text + "".join(capfd.readouterr())
    assert [word for word in ("Wiedehopf", "Kiebitz") if word in logged] == []
