"""Messages to a trainer: held until the sender has shown that the address is theirs, erased on delivery."""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from . import audit
from .accounts import fold_email
from .errors import Gone, NotFound, Refused
from .mail import outbox
from .models import ContactMessage, Trainer

HELD_FOR = timedelta(days=2)
HELD_AT_ONCE = 5  # messages that one address may have waiting: more looks like a mailing
LONGEST = 1000


def hold_message(
    session: Session, trainer: Trainer, *, name: str, email: str, body: str, slug: str, now: datetime
) -> ContactMessage:
    """Keep the message and mail its sender a link; the mail holds nothing of the message.

    Raises Refused when the trainer takes no messages now or the address has too many waiting.
    """
    refuse_unlisted(trainer)
    if waiting_from(session, email, now=now) >= HELD_AT_ONCE:
        raise Refused(f"You have {HELD_AT_ONCE} messages waiting. Open the links in your mail first.")
    message = ContactMessage(
        key=token_urlsafe(24),
        trainer_id=trainer.id,
        sender_name=name,
        sender_email=email,
        body=body,
        created_at=now,
        expires_at=now + HELD_FOR,
    )
    session.add(message)
    session.flush()
    outbox.queue(
        session,
        to=outbox.recipient_for(session, email),
        template="contact_link",
        context={"trainer_name": trainer.name, "link_path": f"/trainers/{slug}/contact/{message.key}"},
        dedupe_key=f"contact_link:{message.uuid}",
        now=now,
    )
    return message


def refuse_unlisted(trainer: Trainer) -> None:
    if trainer.state != "listed":
        raise Refused(f"{trainer.name} takes no messages through this site at the moment.")


def waiting_from(session: Session, email: str, *, now: datetime) -> int:
    query = (
        select(func.count())
        .select_from(ContactMessage)
        .where(
            func.lower(ContactMessage.sender_email) == fold_email(email),
            ContactMessage.delivered_at.is_(None),
            ContactMessage.expires_at > now,
        )
    )
    return session.scalar(query) or 0


def find_held(session: Session, key: str, *, now: datetime) -> ContactMessage:
    """The message behind a link. Raises Gone when it was sent or waited too long, NotFound otherwise."""
    message = session.scalar(select(ContactMessage).where(ContactMessage.key == key))
    if message is None:
        raise NotFound("We do not know this link. Copy it whole from the mail, or write your message again.")
    if message.delivered_at is not None:
        raise Gone("This message was sent already.")
    if message.expires_at <= now:
        raise Gone("This link is more than two days old, and the message is erased. Please write it again.")
    return message


def send_held(session: Session, message: ContactMessage, *, now: datetime) -> None:
    """Hand the message over to the outbox for the trainer and erase our own copy.

    Raises Refused when the trainer takes no messages now or the trainer's address does not work.
    """
    trainer = session.get_one(Trainer, message.trainer_id)
    refuse_unlisted(trainer)
    queued = outbox.queue(
        session,
        to=outbox.recipient_for(session, trainer.account.email, account_id=trainer.account_id),
        template="contact_message",
        context={
            "trainer_name": trainer.name,
            "sender_name": message.sender_name,
            "reply_to": message.sender_email,
            "body": message.body,
        },
        dedupe_key=f"contact_message:{message.uuid}",
        now=now,
    )
    if queued is None:
        raise Refused(f"Mail to {trainer.name} comes back at the moment. Try this link again tomorrow.")
    message.body = None
    message.delivered_at = now
    about = f"trainer:{trainer.id}"
    audit.record(session, by="visitor", action="message_delivered", subject=f"contact:{message.uuid}", about=about)


def forget_expired(session: Session, *, now: datetime) -> int:
    """Delete what nobody confirmed in time, and the traces of what was delivered 30 days ago."""
    expired = delete(ContactMessage).where(
        (ContactMessage.delivered_at.is_(None) & (ContactMessage.expires_at <= now))
        | (ContactMessage.delivered_at <= now - timedelta(days=30))
    )
    return session.connection().execute(expired).rowcount
