"""What the trainer reads after each decision."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import TODAY
from tests.core.review_office import DOWN, MATCH, NOTHING, SAME, SUSPENDED, WEEK, Office
from tests.factories import Factory
from trainers.core.models import Message
from trainers.core.review import decisions
from trainers.core.review.corrections import supersede
from trainers.core.review.looks import Look
from trainers.web import emails

Mailbox = Callable[[], EmailMessage]


@pytest.fixture
def office(made: Factory) -> Office:
    return Office(made.session, made)


@pytest.fixture
def last_mail(app: Flask, office: Office) -> Mailbox:
    """The newest message, written out."""

    def compose() -> EmailMessage:
        message = office.session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
        with app.app_context():
            data = emails.compose(message, app.extensions["settings"]).data
        return message_from_bytes(data, policy=policy.default)

    return compose


def text_of(mail: EmailMessage) -> str:
    """The plain text, its lines joined."""
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "</html>" in html.get_content()
    assert "{{" not in plain.get_content() + html.get_content()
    return " ".join(plain.get_content().split())


def test_after_a_confirmation(office: Office, last_mail: Mailbox) -> None:
    office.decide(decisions.confirm, MATCH)
    mail = last_mail()
    assert mail["Subject"] == "We checked your NASM-CPT"
    text = text_of(mail)
    assert "On 23 November 2026 a reviewer looked at NASM's public lookup and found your NASM-CPT." in text
    assert 'Your listing now says "Current until 30 November 2027".' in text
    assert "The end date we hold is 30 November 2027. We write to you before it comes." in text
    assert f"http://127.0.0.1:8000/trainers/{office.make.slug(office.credential.trainer)}" in text


def test_after_a_renewal_that_we_saw_at_the_source(office: Office, last_mail: Mailbox) -> None:
    office.make.check(office.term, looked_on=TODAY - WEEK)
    later = replace(SAME, expires_on=date(2029, 11, 30))
    office.decide(decisions.confirm, replace(MATCH, shown=later))
    text = text_of(last_mail())
    assert "It showed a later end date than the one we held, so we recorded your renewal." in text
    assert "The end date we hold is 30 November 2029." in text


def test_after_a_first_miss(office: Office, last_mail: Mailbox) -> None:
    office.miss()
    mail = last_mail()
    assert mail["Subject"] == "Please check one detail of your NASM-CPT"
    text = text_of(mail)
    assert "Hello Dana," in text
    assert "We found no record with your name and the number ending 3456." in text
    assert "There can be a simple cause: a typing slip, a changed name, a delay or a paused NASM account." in text
    assert "Your listing has not changed." in text
    assert f"/dashboard/certifications/{office.credential.uuid}" in text
    assert "Another reviewer looks again on 30 November 2026." in text
    assert 'your listing will say "We could not confirm this"' in text
    assert "You can object any time" in text


def test_after_a_refusal(office: Office, last_mail: Mailbox) -> None:
    office.miss()
    office.decide(decisions.refuse, SUSPENDED, office.bob, TODAY + WEEK)
    mail = last_mail()
    assert mail["Subject"] == "We could not confirm your NASM-CPT"
    text = text_of(mail)
    assert "one on 23 November 2026, another on 30 November 2026" in text
    assert "The word there is “Suspended”." in text
    assert 'Your listing now says "We could not confirm this"' in text
    assert "Object on My listing" in text


def test_after_a_return(office: Office, last_mail: Mailbox) -> None:
    sitting = office.take(office.alice)
    answers = {"reason": "photo_unreadable", "note": "Try <b>daylight</b>."}
    decisions.return_claim(office.session, office.work, sitting, term_id=office.term.id, **answers)
    mail = last_mail()
    assert mail["Subject"] == "Please send your NASM-CPT once more"
    text = text_of(mail)
    assert "The reason: the photo cannot be read." in text
    assert "The reviewer wrote: Try <b>daylight</b>." in text
    html = mail.get_body(("html",))
    assert html is not None
    assert "Try &lt;b&gt;daylight&lt;/b&gt;." in html.get_content()
    assert "this does not count against you" in text


def test_after_a_return_for_a_reason_of_its_own_the_note_is_the_reason(office: Office, last_mail: Mailbox) -> None:
    sitting = office.take(office.alice)
    answers = {"reason": "other", "note": "The edge is cut off."}
    decisions.return_claim(office.session, office.work, sitting, term_id=office.term.id, **answers)
    text = text_of(last_mail())
    assert "could not finish. The reviewer wrote: The edge is cut off." in text
    assert "another reason" not in text.lower()


@pytest.mark.parametrize(
    ("look", "found", "says"),
    [
        (MATCH, "It showed the record that you told us about.", "Current until 30 November 2027"),
        (NOTHING, "We found no record with your name", "Not checked yet"),
        (DOWN, "The page was not available, so that look told us nothing.", "Not checked yet"),
    ],
)
def test_after_a_correction(office: Office, last_mail: Mailbox, look: Look, found: str, says: str) -> None:
    wrong = office.decide(decisions.confirm, MATCH)
    supersede(office.session, wrong, look, office.sitting(office.bob))
    mail = last_mail()
    assert mail["Subject"] == "We corrected what we wrote about your NASM-CPT"
    text = text_of(mail)
    assert "That was our mistake" in text
    assert found in text
    assert f'Your listing now says "{says}".' in text
    assert ("Another reviewer looks again on 30 November 2026." in text) == (look is NOTHING)
