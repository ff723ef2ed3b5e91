"""Delivery status notifications, as mail servers write them."""

import mailbox
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from trainers.core.mail import outbox
from trainers.core.mail.notifications import read_notification, take_in
from trainers.core.mail.outbox import Outcome
from trainers.core.mail.returns import IN_A_ROW
from trainers.core.mail.transport import Fate, Reply
from trainers.core.models import Bounce, Message


def notification(name, *, status="5.1.1", action="failed", shape="headers", host="example.org"):
    """As Postfix writes it."""
    part = {
        "headers": f"Content-Type: text/rfc822-headers\n\nFrom: notices@{host}\nMessage-ID: <{name}@{host}>\n",
        "whole": f"Content-Type: message/rfc822\n\nFrom: notices@{host}\nMessage-ID: <{name}@{host}>\n\nHello\n",
        "none": "Content-Type: text/plain\n\nNothing.\n",
    }[shape]
    envelope = f"Original-Envelope-Id: {name}@{host}\n" if shape == "none" else ""
    return f"""From: MAILER-DAEMON@mx.example.net
To: notices@{host}
Subject: Undelivered Mail Returned to Sender
Message-ID: <20261123.1234@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="BB"

--BB
Content-Type: text/plain

I'm sorry to have to inform you.

--BB
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
{envelope}Arrival-Date: Mon, 23 Nov 2026 10:00:00 -1000

Final-Recipient: rfc822; dana@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no such user

--BB
{part}
--BB--
""".encode()


@pytest.fixture
def sent(session):
    """Sends a mail; answers the message."""

    def sent(n=0, to="dana@example.org"):
        recipient = outbox.recipient_for(session, to)
        key = f"{to}{n}"
        outbox.queue(session, to=recipient, template="claim_returned", context={}, dedupe_key=key, now=NOW)
        [message] = outbox.claim(session, now=NOW)
        reply = Reply(Fate.DELIVERED, "250 OK")
        outbox.settle(session, [Outcome(message.id, message.attempts, reply, "Subject")], now=NOW)
        session.expire_all()
        return message

    return sent


@pytest.mark.parametrize("shape", ["headers", "whole", "none"])
def test_a_final_failure_marks_the_address(session, sent, shape):
    message = sent()
    done = take_in(session, [notification(message.message_id, shape=shape)], now=NOW)
    assert (done.read, done.hard, done.soft, done.marked, done.others) == (1, 1, 0, 1, 0)
    assert message.recipient.state == "bounced"


@pytest.mark.parametrize("status", ["4.4.7", "5.2.2", "5.7.1", "5.3.0"])
def test_five_soft_failures_in_a_row_count_as_a_final_one(session, sent, status):
    for n in range(IN_A_ROW):
        message = sent(n)
        assert message.recipient.state == "ok"
        take_in(session, [notification(message.message_id, status=status)], now=NOW)
    assert message.recipient.state == "bounced"


def test_a_mail_that_stayed_there_breaks_the_row(session, sent):
    for n in range(2 * IN_A_ROW - 1):
        message = sent(n)
        if n != IN_A_ROW - 1:
            take_in(session, [notification(message.message_id, status="4.4.7")], now=NOW)
    assert message.recipient.state == "ok"


def test_reading_the_same_again_changes_nothing(session, sent):
    message = sent()
    for _ in range(IN_A_ROW + 1):
        take_in(session, [notification(message.message_id, status="4.2.2")], now=NOW)
    assert message.recipient.state == "ok"
    assert len(session.scalars(select(Bounce)).all()) == 1


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_what_tells_of_no_failure_marks_nobody(session, sent, action):
    message = sent()
    assert take_in(session, [notification(message.message_id, action=action)], now=NOW).others == 1
    assert message.recipient.state == "ok"


def test_one_that_names_no_message_of_ours_is_not_believed(session, sent):
    message = sent()
    forged = notification("0" * 32)
    assert take_in(session, [forged], now=NOW).others == 1
    assert message.recipient.state == "ok"


def test_ordinary_mail_and_rubbish_are_no_notifications():
    mail = EmailMessage()
    mail["Message-ID"] = f"<{'a' * 32}@example.org>"
    mail.set_content("Out of office")
    for raw in (bytes(mail), b"", b"\xff\xfe\x00", b"Content-Type: multipart/report\n\nno parts"):
        assert read_notification(raw) is None


# --- the command


@pytest.fixture
def failed(store):
    """The raw notification of a mail that was sent."""
    recipient = outbox.recipient_for(store, "dana@example.org")
    outbox.queue(store, to=recipient, template="claim_returned", context={}, dedupe_key="k", now=NOW)
    [message] = outbox.claim(store, now=NOW)
    outbox.settle(store, [Outcome(message.id, 1, Reply(Fate.DELIVERED, "250 OK"), "Subject")], now=NOW)
    store.commit()
    raw = notification(store.scalars(select(Message)).one().message_id)
    store.rollback()
    return raw


def maildir(folder, raw):
    mailbox.Maildir(folder / "box").add(raw)
    return folder / "box"


def mbox(folder, raw):
    box = mailbox.mbox(folder / "box")
    box.add(raw)
    box.close()
    return folder / "box"


def eml_files(folder, raw):
    (folder / "one.eml").write_bytes(raw)
    return folder


def one_file(folder, raw):
    (folder / "one.eml").write_bytes(raw)
    return folder / "one.eml"


@pytest.mark.parametrize("kind", [maildir, mbox, eml_files, one_file])
def test_the_command_reads_whatever_a_mailbox_is(app, store, failed, tmp_path, kind):
    folder = tmp_path / "post"
    folder.mkdir()
    done = app.test_cli_runner().invoke(args=["bounces", "read", str(kind(folder, failed))])
    assert done.output == (
        "1 mail read: 1 failed for good, 0 for now, 0 tell of no failure of ours."
        " 1 address marked: no more mail goes there.\n"
    )
    assert outbox.recipient_for(store, "dana@example.org").state == "bounced"


def test_the_command_reads_one_mail_from_standard_input(app, store, failed):
    done = app.test_cli_runner().invoke(args=["bounces", "read", "-"], input=failed)
    assert "1 failed for good" in done.output
    assert outbox.recipient_for(store, "dana@example.org").state == "bounced"
