"""Links by which somebody stops mails without signing in.

A link names the recipient and the kind of mail that one click stops, signed with the recipient's own key. It does
not expire, and changing the site's secret does not end it: people press on mails that are years old.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from sqlalchemy.orm import Session

from ..errors import NotFound
from ..models import Recipient
from .recipients import find_by_key
from .stops import KIND_LABELS, REMINDERS

LETTERS = {kind: kind[0] for kind in KIND_LABELS}
"""How a link names each kind; "a" stands for a mail that cannot be stopped by itself."""
ANY = "a"
LONG = 22


def token_for(recipient: Recipient, kind: str) -> str:
    said = f"{recipient.id}.{LETTERS.get(kind, ANY)}"
    return f"{said}.{signature(recipient, said)}"


def signature(recipient: Recipient, said: str) -> str:
    digest = hmac.digest(recipient.key.encode(), f"unsubscribe:{said}".encode(), sha256)
    return urlsafe_b64encode(digest).decode()[:LONG]


def read(session: Session, token: str) -> tuple[Recipient, str]:
    """Whose link it is, and the kind that one click stops. Raises NotFound for one that we did not make.

    Links of earlier mails are the recipient's key itself.
    """
    id, _, rest = token.partition(".")
    if not rest:
        return find_by_key(session, token), REMINDERS
    recipient = session.get(Recipient, int(id)) if id.isascii() and id.isdigit() and len(id) < 10 else None
    said, _, given = token.rpartition(".")
    if recipient is None or not hmac.compare_digest(signature(recipient, said).encode(), given.encode()):
        raise NotFound("We do not know this link. Copy it whole from the mail.")
    letter = said.partition(".")[2]
    return recipient, next((kind for kind, sign in LETTERS.items() if sign == letter), REMINDERS)
