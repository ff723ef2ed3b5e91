"""Mail on its way: queued in the transaction of the deed it tells about, sent later.

`claim`, `deliver` and `settle` are three functions so that the caller can commit between them: no transaction is
open while a mail server is waited for. A sender that dies in between holds its messages until their lease ends;
then they are sent again, with the same Message-ID, because twice is better than never.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from .accounts import fold_email
from .errors import DomainError
from .models import Message, Recipient
from .rows import insert_new


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


def queue(
    session: Session, *, to: Recipient, template: str, context: Mapping[str, Any], dedupe_key: str, now: datetime
) -> Message | None:
    """Put a mail into the outbox; None when it was put there before (the key says so) or may not be sent.

    `template` names a folder of templates/email. `context` holds JSON values and dates; templates find dates
    again under keys that end in `_on`. A key `reply_to` becomes that header.
    """
    session.flush()
    if to.state != "ok":
        return None
    row = {
        "recipient_id": to.id,
        "dedupe_key": dedupe_key,
        "message_id": uuid4().hex,
        "template": template,
        "context": as_json(context),
        "created_at": now,
        "not_before": now,
    }
    inserted = insert_new(session, Message, [row])
    return session.get_one(Message, inserted[0]) if inserted else None


def as_json(context: Mapping[str, Any]) -> dict[str, Any]:
    """Dates become ISO text. Raises TypeError for anything else that JSON does not know."""

    def text_of(value: Any) -> str:
        if isinstance(value, date):
            return value.isoformat()
        raise TypeError(f"A mail's context cannot hold {value!r}.")

    kept: dict[str, Any] = json.loads(json.dumps(context, default=text_of))
    return kept
