from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.factories import Factory
from trainers.core import contact
from trainers.core.errors import Gone, NotFound, Refused
from trainers.core.mail import outbox
from trainers.core.models import ContactMessage, Message, Trainer

BODY = "I would like to train for a slow 10 km."


def hold(session: Session, trainer: Trainer, email: str = "runner@example.org") -> ContactMessage:
    return contact.hold_message(session, trainer, name="Robin", email=email, body=BODY, slug="dana", now=NOW)


def mails(session: Session, template: str) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.template == template)))


def test_a_held_message_mails_only_a_link_to_its_sender(session: Session, make: Factory) -> None:
    held = hold(session, make.trainer())
    (mail,) = mails(session, "contact_link")
    assert mail.recipient.email == "runner@example.org"
    assert held.key in mail.context["link_path"]
    assert BODY not in str(mail.context)
    assert mails(session, "contact_message") == []


def test_sending_hands_the_message_over_once_and_erases_our_copy(session: Session, make: Factory) -> None:
    trainer = make.trainer()
    held = hold(session, trainer)
    contact.send_held(session, held, now=NOW)
    session.flush()
    (mail,) = mails(session, "contact_message")
    assert mail.recipient.email == trainer.account.email
    assert mail.context["body"] == BODY
    assert held.body is None
    with pytest.raises(Gone, match="sent already"):
        contact.find_held(session, held.key, now=NOW)


def test_a_link_dies_after_two_days_and_its_message_is_deleted(session: Session, make: Factory) -> None:
    held = hold(session, make.trainer())
    key = held.key
    assert contact.find_held(session, key, now=NOW + timedelta(hours=47)) is held
    with pytest.raises(Gone, match="two days"):
        contact.find_held(session, key, now=NOW + timedelta(hours=48))
    assert contact.forget_expired(session, now=NOW + timedelta(hours=47)) == 0
    assert contact.forget_expired(session, now=NOW + timedelta(hours=49)) == 1
    session.expire_all()
    with pytest.raises(NotFound):
        contact.find_held(session, key, now=NOW)


def test_one_address_cannot_have_more_than_five_waiting(session: Session, make: Factory) -> None:
    trainer = make.trainer()
    for _ in range(5):
        hold(session, trainer)
    with pytest.raises(Refused, match="5 messages waiting"):
        hold(session, trainer, email="Runner@Example.org")
    hold(session, trainer, email="other@example.org")


@pytest.mark.parametrize("state", ["paused", "withdrawn", "draft"])
def test_nobody_writes_to_a_trainer_who_is_not_listed(session: Session, make: Factory, state: str) -> None:
    with pytest.raises(Refused, match="takes no messages"):
        hold(session, make.trainer(state=state))


def test_a_trainer_who_paused_meanwhile_gets_nothing(session: Session, make: Factory) -> None:
    trainer = make.trainer()
    held = hold(session, trainer)
    trainer.state = "paused"
    with pytest.raises(Refused):
        contact.send_held(session, held, now=NOW)
    assert held.body == BODY


def test_a_message_to_an_address_that_bounces_is_not_lost(session: Session, make: Factory) -> None:
    trainer = make.trainer()
    held = hold(session, trainer)
    outbox.recipient_for(session, trainer.account.email).state = "bounced"
    with pytest.raises(Refused, match="comes back"):
        contact.send_held(session, held, now=NOW)
    assert held.body == BODY
