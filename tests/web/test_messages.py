from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW, TODAY
from tests.web.signing_in import Door
from trainers.core.mail import alerts, outbox
from trainers.core.mail.outbox import Outcome
from trainers.core.mail.transport import Fate, Reply
from trainers.core.models import Bounce, Credential, Message, Recipient, Stop

PAGE = "/dashboard/messages"


@pytest.fixture
def dana(made):
    trainer = made.listed(expires_on=TODAY + timedelta(days=30))
    made.commit()
    return trainer


@pytest.fixture
def signed_in(client, store, dana):
    client.sign_in(dana.account)
    store.rollback()  # an open session would keep the page from writing
    return client


@pytest.fixture
def mail(store, dana):
    """Puts one mail to Dana into the outbox and lets a mail server answer."""

    def mail(reply=None, *, key="k", template="second_look", subject="Please check one detail", email=None):
        to = outbox.recipient_for(store, email or dana.account.email)
        outbox.queue(store, to=to, template=template, context={}, dedupe_key=key, now=NOW)
        if reply:
            [message] = outbox.claim(store, now=NOW)
            outbox.settle(store, [Outcome(message.id, message.attempts, reply, subject)], now=NOW)
        store.commit()

    return mail


def own(store, dana):
    return store.scalars(select(Recipient).where(Recipient.email == dana.account.email)).one()


def test_the_page_is_for_those_who_are_signed_in(client):
    answer = client.get(PAGE)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login")


def test_before_the_first_mail_the_page_says_so(signed_in):
    assert "We have not sent you anything yet" in signed_in.get(PAGE).text


def test_an_account_without_a_listing_has_the_page_too(client, made):
    account = made.account()
    client.sign_in(account)
    made.commit()
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "All reminders about end dates" in page.text


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (None, "Waiting to be sent"),
        (Reply(Fate.DELIVERED, "250 queued"), "Sent"),
        (Reply(Fate.LATER, "451 busy"), "Not delivered yet; we try again"),
        (Reply(Fate.REFUSED, "550 5.7.1 no"), "Could not be delivered"),
    ],
    ids=["queued", "sent", "later", "failed"],
)
def test_each_mail_is_listed_with_what_came_of_it(signed_in, mail, reply, words):
    mail(reply)
    page = signed_in.get(PAGE).text
    assert words in page
    assert ("Please check one detail" in page) == (reply is not None)
    assert ("The mail server said: 550 5.7.1 no" in page) == (reply is not None and reply.fate is Fate.REFUSED)
    assert '<time datetime="2026-11-23' in page


def test_mail_that_was_kept_back_says_why(signed_in, store, dana, mail):
    signed_in.post(f"{PAGE}/stop", data={"mails": "kind:expiry"})
    mail(template="digest")
    outbox.claim(store, now=NOW)
    store.commit()
    assert "Not sent, because you had stopped these mails" in signed_in.get(PAGE).text


def test_mail_to_earlier_addresses_stays_in_the_list_and_nobody_elses_comes_in(signed_in, store, dana, mail, made):
    old = outbox.recipient_for(store, "dana.old@example.org", account_id=dana.account_id)
    mail(Reply(Fate.DELIVERED, "250"), key="old", subject="To the old address", email=old.email)
    mail(Reply(Fate.DELIVERED, "250"), key="mine", subject="To me")
    mail(Reply(Fate.DELIVERED, "250"), key="other", subject="To a stranger", email="stranger@example.org")
    page = signed_in.get(PAGE).text
    assert "To the old address" in page
    assert "To me" in page
    assert "To a stranger" not in page


def test_reminders_are_stopped_and_had_again_from_the_page(signed_in, store):
    page = signed_in.post(f"{PAGE}/stop", data={"mails": "kind:expiry"}, follow_redirects=True).text
    assert "Stopped: All reminders about end dates." in page
    assert "Stopped</td>" in page
    store.rollback()
    assert store.scalars(select(Stop)).one().ended_at is None
    store.rollback()
    page = signed_in.post(f"{PAGE}/resume", data={"mails": "kind:expiry"}, follow_redirects=True).text
    assert "You get this again: All reminders about end dates." in page
    store.rollback()
    assert store.scalars(select(Stop)).one().ended_at == NOW


def test_one_credential_can_be_stopped_from_the_page(signed_in, store, dana):
    credential = store.scalars(select(Credential).filter_by(trainer_id=dana.id)).one()
    alerts.watch_credential(store, credential, today=TODAY)
    uuid = credential.uuid
    store.commit()
    assert "Reminders about your NASM-CPT" in signed_in.get(PAGE).text
    signed_in.post(f"{PAGE}/stop", data={"mails": f"credential:{uuid}"})
    store.rollback()
    assert (store.scalars(select(Stop)).one().scope, store.scalars(select(Stop)).one().subject) == (
        "credential",
        uuid,
    )


@pytest.mark.parametrize("sent", ["", "kind:account", "credential:00000000-0000-0000-0000-000000000000"])
@pytest.mark.parametrize("act", ["stop", "resume"])
def test_what_is_not_ones_own_cannot_be_changed(signed_in, store, act, sent):
    assert signed_in.post(f"{PAGE}/{act}", data={"mails": sent}).status_code == 404
    store.rollback()
    assert store.scalars(select(Stop)).all() == []


@pytest.mark.parametrize("act", ["stop", "resume", "try-again"])
def test_changes_need_a_post_and_a_sign_in(client, act):
    assert client.get(f"{PAGE}/{act}").status_code == 405
    assert client.post(f"{PAGE}/{act}").headers["Location"].startswith("/login")


def test_who_is_told_that_mail_came_back_can_say_that_the_address_works(signed_in, store, dana, mail):
    mail(Reply(Fate.REFUSED, "550 no such user", unknown_address=True))
    page = signed_in.get(PAGE).text
    assert "Our mail to you came back" in page
    assert own(store, dana).email in page
    store.rollback()
    signed_in.post(f"{PAGE}/try-again")
    store.rollback()
    assert own(store, dana).state == "ok"
    assert "Our mail to you came back" not in signed_in.get(PAGE).text


def test_each_mail_says_why_it_was_sent(signed_in, mail):
    mail(Reply(Fate.DELIVERED, "250"), key="a", template="contact_message", subject="Robin wrote to you")
    mail(Reply(Fate.DELIVERED, "250"), key="b", template="claim_returned", subject="Please correct one thing")
    page = signed_in.get(PAGE).text
    assert "Somebody wrote to you through your listing" in page
    assert "A reviewer has your certification in hand, or decided about it" in page


def test_a_mail_that_came_back_later_says_so(signed_in, store, mail):
    mail(Reply(Fate.DELIVERED, "250"))
    message = store.scalars(select(Message)).one()
    store.add(Bounce(message_id=message.id, at=NOW, hard=True, status="5.1.1"))
    store.commit()
    assert "Sent, and came back later" in signed_in.get(PAGE).text


def test_who_signs_in_is_told_that_mail_came_back(app, store, made):
    door = Door(app, store, made)
    door.person("rita@example.org")
    outbox.recipient_for(store, "rita@example.org").state = "bounced"
    made.commit()
    browser = door.browser()
    door.password(browser)
    assert "Our mail to rita@example.org came back" in browser.get("/dashboard/messages").text
    assert "so we send no reminders" not in browser.get("/dashboard/messages").text, "it is told once"
