import pytest

from tests.conftest import NOW
from trainers.core.mail import outbox, pauses
from trainers.core.mail.outbox import Outcome
from trainers.core.mail.transport import Fate, Reply

PAGE = "/admin/mail"


@pytest.fixture
def admin(client, made):
    client.sign_in(made.account(roles=("admin",)))
    made.commit()
    return client


@pytest.fixture
def put(store):
    def put(template, key):
        to = outbox.recipient_for(store, "dana@example.org")
        outbox.queue(store, to=to, template=template, context={"name": "Dana"}, dedupe_key=key, now=NOW)
        store.commit()

    return put


def claimed(store):
    store.rollback()
    found = [message.template for message in outbox.claim(store, now=NOW)]
    store.rollback()
    return found


def test_a_pause_holds_back_all_mail_but_what_was_asked_for(admin, store, put):
    put("claim_received", "a")
    put("account", "b")
    page = admin.post(f"{PAGE}/pause", follow_redirects=True).text
    assert "Mail is paused" in page
    assert claimed(store) == ["account"]
    page = admin.post(f"{PAGE}/resume", follow_redirects=True).text
    assert "Mail is paused" not in page
    assert sorted(claimed(store)) == ["account", "claim_received"]


def test_pausing_twice_is_the_same_as_once(admin, store):
    for _ in range(2):
        assert admin.post(f"{PAGE}/pause").status_code == 303
    store.rollback()
    assert pauses.is_paused(store)
    store.rollback()
    for _ in range(2):
        assert admin.post(f"{PAGE}/resume").status_code == 303
    store.rollback()
    assert not pauses.is_paused(store)


def test_the_page_says_when_planning_and_sending_last_happened(admin):
    page = admin.get(PAGE).text
    assert "planning: never" in page
    assert "sending: never" in page
    assert page.count("Look here:") >= 3


def test_the_page_says_what_the_mail_server_refused_and_names_nobody(admin, store, put):
    put("claim_received", "a")
    [message] = outbox.claim(store, now=NOW)
    reply = Reply(Fate.REFUSED, "550 no such user", unknown_address=True)
    outbox.settle(store, [Outcome(message.id, message.attempts, reply, "Subject")], now=NOW)
    store.commit()
    page = admin.get(PAGE).text
    assert "550 no such user" in page
    assert "claim received, failed" in page
    assert "dana@example.org" not in page


def test_the_pause_is_said_to_whoever_watches(admin, client):
    admin.post(f"{PAGE}/pause")
    assert "mail: paused since 2026-11-23" in client.get("/healthz/jobs").text


def test_commands_pause_and_resume_too(app, store):
    run = app.test_cli_runner().invoke
    assert "Mail is paused." in run(args=["alerts", "pause"]).output
    assert "Mail is paused: nothing was planned." in run(args=["alerts", "plan"]).output
    assert "Mail goes out again." in run(args=["alerts", "resume"]).output
    assert "0 mails planned" in run(args=["alerts", "plan"]).output
