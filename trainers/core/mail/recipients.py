"""Addresses that mail may go to."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..accounts import fold_email
from ..errors import DomainError, NotFound
from ..models import Recipient
from ..rows import insert_new


def recipient_for(session: Session, email: str, *, account_id: int | None = None) -> Recipient:
    """The row of an address, made on first use; with an account, the address is from now on that account's.

    Raises DomainError for what cannot be an address.
    """
    email = email.strip()
    if not may_be_address(email):
        raise DomainError("Enter an email address such as name@example.org", field="email")
    key = fold_email(email)
    new = {"email": email, "email_key": key, "account_id": account_id, "key": secrets.token_urlsafe(12)}
    insert_new(session, Recipient, [new])
    recipient = session.scalars(select(Recipient).where(Recipient.email_key == key)).one()
    if account_id is not None:
        recipient.account_id = account_id
    return recipient


def may_be_address(email: str) -> bool:
    """One @, no space and nothing that could end a header line. Whether it exists, only sending shows."""
    local, at, domain = email.rpartition("@")
    clean = email.isprintable() and not any(sign.isspace() or sign in "<>,;" for sign in email)
    return bool(local and at and domain) and clean and "@" not in local and len(email) <= 254


def find_by_key(session: Session, key: str) -> Recipient:
    """Who a link in a mail was made for. Raises NotFound."""
    recipient = session.scalar(select(Recipient).where(Recipient.key == key))
    if recipient is None:
        raise NotFound("We do not know this link. Copy it whole from the mail.")
    return recipient


def find_address(session: Session, email: str) -> Recipient | None:
    """The row of an address, if any mail was ever written to it."""
    return session.scalar(select(Recipient).where(Recipient.email_key == fold_email(email)))


def try_again(recipient: Recipient) -> None:
    """The person says that the address works after all."""
    recipient.state = "ok"
