from datetime import date, timedelta

import icalendar
import pytest
from sqlalchemy import select

from tests.conftest import NOW, TODAY
from trainers.core import kept_cards
from trainers.core.education.dated_items import ItemEntry
from trainers.core.mail import calendars, watches
from trainers.core.models import CalendarToken, Credential, LadderChoice, Watch

PAGE = "/dashboard/reminders"
DAY = timedelta(days=1)
ENDS = date(2027, 3, 12)


@pytest.fixture
def dana(store, made):
    trainer = made.listed("Dana; the \\ first, of all\u00e9", expires_on=ENDS)
    credential = store.scalars(select(Credential).filter_by(trainer_id=trainer.id)).one()
    watches.watch_credential(store, credential, today=TODAY)
    card = ItemEntry("cpr_aed", date(2027, 1, 5))
    kept_cards.add(store, trainer, card, now=NOW, today=TODAY, by="1")
    made.commit()
    return trainer


@pytest.fixture
def item(store, dana):
    uuid = store.scalars(select(Credential.uuid).filter_by(trainer_id=dana.id)).one()
    store.rollback()
    return uuid


@pytest.fixture
def signed_in(client, store, dana):
    client.sign_in(dana.account)
    store.rollback()
    return client


def watched(store, item):
    store.rollback()
    found = store.execute(select(Watch.steps, Watch.next_on, Watch.next_step).where(Watch.item == item)).all()
    store.rollback()
    return found


def make_link(signed_in):
    page = signed_in.post(f"{PAGE}/calendar").text
    return page.split('class="breakable" href="')[1].split('"')[0].removeprefix("http://127.0.0.1:8000")


# --- days


def test_the_page_shows_each_item_with_its_days(signed_in):
    page = signed_in.get(PAGE).text
    assert "NASM-CPT, ends on 12 March 2027" in page
    assert "CPR/AED card, ends on 5 January 2027" in page
    assert page.count(" checked>") == 10  # five of the eight days, twice


def test_days_are_switched_on_and_off_item_by_item(signed_in, store, item):
    page = signed_in.post(f"{PAGE}/days/{item}", data={"days": ["60", "0"]}, follow_redirects=True).text
    assert "Saved. We remind you of your NASM-CPT" in page
    assert watched(store, item) == [("60,0", ENDS - 60 * DAY, 60)]
    assert watched(store, "cpr_aed")[0][0] == "90,30,7,1,-1"


def test_with_all_days_off_nothing_comes(signed_in, store, item):
    signed_in.post(f"{PAGE}/days/{item}")
    assert watched(store, item) == [("", None, None)]
    assert signed_in.get(PAGE).text.count(" checked>") == 5


def test_a_day_that_has_passed_is_not_told_when_it_is_switched_on(signed_in, store):
    signed_in.post(f"{PAGE}/days/cpr_aed", data={"days": ["90", "60", "30", "14"]})
    # 43 days before the end; of the day 90 before nobody had heard yet
    assert watched(store, "cpr_aed") == [("90,60,30,14", date(2027, 1, 5) - 90 * DAY, 90)]
    signed_in.post(f"{PAGE}/days/cpr_aed", data={"days": ["60", "14"]})
    signed_in.post(f"{PAGE}/days/cpr_aed", data={"days": ["90", "60", "14"]})
    assert watched(store, "cpr_aed")[0][2] == 60


def test_a_choice_holds_for_the_next_card_too(signed_in, store, dana):
    signed_in.post(f"{PAGE}/days/cpr_aed", data={"days": ["7"]})
    store.rollback()
    card = ItemEntry("cpr_aed", date(2029, 1, 5))
    kept_cards.add(store, dana, card, now=NOW, today=TODAY, by="1")
    store.commit()
    assert watched(store, "cpr_aed") == [("7", None, None), ("7", date(2029, 1, 5) - 7 * DAY, 7)]


@pytest.mark.parametrize("sent", [["5"], ["x"], ["90; DROP"], ["-7"], [""]])
def test_days_that_are_not_offered_are_not_kept(signed_in, store, item, sent):
    signed_in.post(f"{PAGE}/days/{item}", data={"days": sent})
    assert watched(store, item) == [("", None, None)]


@pytest.mark.parametrize("other", ["insurance", "00000000-0000-0000-0000-000000000000", "nonsense"])
def test_what_is_not_ones_own_has_no_days(signed_in, store, other):
    assert signed_in.post(f"{PAGE}/days/{other}", data={"days": ["7"]}).status_code == 404
    store.rollback()
    assert store.scalars(select(LadderChoice)).all() == []


# --- the calendar


def test_the_calendar_is_read_by_somebody_elses_program(signed_in, client):
    answer = client.get(make_link(signed_in))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    [calendar] = icalendar.Calendar.from_ical(answer.data, multiple=True)
    assert calendar.errors == []
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=12)
    events = {
        (str(event["SUMMARY"]), event["DTSTART"].dt, event["DTEND"].dt - event["DTSTART"].dt)
        for event in calendar.walk("VEVENT")
    }
    assert ("NASM-CPT ends today", ENDS, DAY) in events
    assert ("Reminder: NASM-CPT ends 12 March 2027", ENDS - 90 * DAY, DAY) in events
    assert ("Reminder: CPR/AED card ended 5 January 2027", date(2027, 1, 6), DAY) in events
    assert len(events) == 12
    assert all(not event.errors for event in calendar.walk("VEVENT"))
    names = [str(event["UID"]) for event in calendar.walk("VEVENT")]
    assert len(set(names)) == len(names)


def test_the_file_is_made_of_lines_that_can_travel(signed_in, client):
    data = client.get(make_link(signed_in)).data
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_long_and_odd_words_come_through_whole():
    words = "Zażółć; gęślą, jaźń \\ " * 12 + "\nend"
    event = calendars.Event("one", TODAY, words, words)
    data = calendars.as_ics([event], host="example.org", made_at=NOW, url="https://example.org/x")
    [read] = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert str(read["SUMMARY"]) == words
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))


def test_an_unchanged_calendar_is_not_sent_again(signed_in, client, item):
    link = make_link(signed_in)
    first = client.get(link)
    assert first.headers["Cache-Control"] == "private, max-age=3600"
    again = client.get(link, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    signed_in.post(f"{PAGE}/days/{item}", data={"days": ["7"]})
    changed = client.get(link, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_the_link_needs_no_cookie_and_names_nobody(app, signed_in):
    answer = app.test_client().get(make_link(signed_in))
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert b"Dana" not in answer.data


def test_a_link_can_be_taken_back(signed_in, client, store):
    link = make_link(signed_in)
    signed_in.post(f"{PAGE}/calendar/take-back")
    assert client.get(link).status_code == 404
    assert "There is a link since" not in signed_in.get(PAGE).text


def test_a_new_link_ends_the_former_one_and_is_kept_only_folded(signed_in, client, store):
    first, second = make_link(signed_in), make_link(signed_in)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    store.rollback()
    kept = store.scalars(select(CalendarToken.hash)).all()
    assert len(kept) == 2
    assert not [hash for hash in kept if hash in second or second.split("/")[-1].split(".")[0] in hash]


@pytest.mark.parametrize("token", ["x", "a" * 32, "%00", "a" * 500])
def test_an_unknown_link_is_no_calendar(client, signed_in, token):
    assert client.get(f"/calendar/{token}.ics").status_code == 404


def test_who_withdraws_or_is_closed_has_no_calendar(signed_in, client, store, dana):
    link = make_link(signed_in)
    store.rollback()
    dana.state = "withdrawn"
    store.commit()
    assert client.get(link).status_code == 404
    dana.state, dana.account.active = "listed", False
    store.commit()
    assert client.get(link).status_code == 404
