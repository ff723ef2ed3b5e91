from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW, TODAY, ZONE
from trainers.core.mail import alerts, outbox, stops
from trainers.core.models import Credential, Stop


@pytest.fixture
def dana(store, made):
    trainer = made.listed(expires_on=TODAY + timedelta(days=30))
    credential = store.scalars(select(Credential).filter_by(trainer_id=trainer.id)).one()
    alerts.watch_credential(store, credential, today=TODAY)
    made.commit()
    return outbox.recipient_for(store, trainer.account.email)


@pytest.fixture
def link(dana, store):
    path = f"/unsubscribe/{dana.key}"
    store.rollback()  # a reader's snapshot must not be older than the request
    return path


def in_force(store):
    store.rollback()
    return {(each.scope, each.subject) for each in store.scalars(select(Stop).where(Stop.ended_at.is_(None)))}


def test_following_the_link_asks_and_changes_nothing(client, store, link):
    page = client.get(link)
    assert page.status_code == 200
    for words in ("Reminders about your NASM-CPT", "All reminders about end dates", "Stop these mails"):
        assert words in page.text
    assert in_force(store) == set()


def test_the_link_needs_no_cookie_and_sets_none(client, link):
    for page in (client.get(link), client.post(link)):
        assert "Set-Cookie" not in page.headers
        assert page.headers["Cache-Control"] == "private, no-store"
        assert "csrf_token" not in page.text


def test_the_address_is_not_spelled_out_for_whoever_was_sent_the_mail(client, dana, link):
    email = dana.email
    page = client.get(link).text
    assert email not in page
    assert f"{email[0]}…@example.org" in page


def test_one_click_from_a_mail_program_stops_reminders(app, client, store, link):
    app.config["WTF_CSRF_ENABLED"] = True
    done = client.post(link, data={"List-Unsubscribe": "One-Click"})
    assert (done.status_code, done.history) == (200, ())
    assert in_force(store) == {("kind", "expiry")}


@pytest.mark.parametrize("content_type", ["multipart/form-data", "application/x-www-form-urlencoded"])
def test_one_click_works_in_both_encodings(client, store, link, content_type):
    client.post(link, data={"List-Unsubscribe": "One-Click"}, content_type=content_type)
    assert in_force(store) == {("kind", "expiry")}


def test_a_bare_post_stops_reminders_too(client, store, link):
    assert client.post(link).status_code == 200
    assert in_force(store) == {("kind", "expiry")}


def test_pressing_twice_is_the_same_as_once(client, store, link):
    assert client.post(link).status_code == client.post(link).status_code == 200
    assert in_force(store) == {("kind", "expiry")}
    assert len(store.scalars(select(Stop)).all()) == 1


def test_one_credential_alone_can_be_stopped(client, store, dana, link):
    uuid = stops.choices(store, dana)[0].subject
    store.rollback()
    page = client.post(link, data={"asked": "yes", "stop": f"credential:{uuid}"})
    assert "Stopped: Reminders about your NASM-CPT." in page.text
    assert in_force(store) == {("credential", uuid)}


def test_everything_can_be_stopped(client, store, link):
    page = client.post(link, data={"asked": "yes", "stop": "all:"})
    assert "Which mails shall we stop?" not in page.text  # nothing is left to stop
    assert in_force(store) == {("all", "")}


def test_mails_can_be_had_again_from_the_same_page(client, store, link):
    page = client.post(link)
    assert "Send them again" in page.text
    page = client.post(link, data={"resume": "kind:expiry"})
    assert "You get this again: All reminders about end dates." in page.text
    assert in_force(store) == set()


@pytest.mark.parametrize("sent", ["", "kind:account", "credential:1", "nonsense"])
def test_a_choice_that_was_not_offered_is_asked_for_again(client, store, link, sent):
    page = client.post(link, data={"asked": "yes", "stop": sent})
    assert page.status_code == 422
    assert "Choose which mails you mean." in page.text
    assert in_force(store) == set()


@pytest.mark.parametrize("key", ["x", "recipientkey", "a" * 500, "%00"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_link_is_a_page_that_says_so(client, store, key, method):
    page = getattr(client, method)(f"/unsubscribe/{key}")
    assert page.status_code == 404
    assert in_force(store) == set()


def test_a_stop_from_the_link_keeps_the_reminder_back(client, store, link):
    client.post(link)
    store.rollback()
    assert alerts.plan(store, today=TODAY, now=NOW, zone=ZONE).mails == 0


def test_the_page_of_a_stranger_names_no_credential(client, store):
    key = outbox.recipient_for(store, "visitor@example.org").key
    store.commit()
    page = client.get(f"/unsubscribe/{key}").text
    assert "NASM" not in page.split("<main", 1)[1].split("</main>")[0]
