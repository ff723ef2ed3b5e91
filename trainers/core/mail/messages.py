"""What was sent to a person, and what came of it, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ..accounts import fold_email
from ..models import Account, Attempt, Bounce, Message, Recipient

SHOWN = 100
NOT_WRITTEN = "A mail that is not written yet"
STATES = {
    "queued": "Waiting to be sent",
    "sending": "Being sent now",
    "sent": "Sent",
    "failed": "Could not be delivered",
}
DROPPED = {
    "stopped": "Not sent, because you had stopped these mails",
    "bounced": "Not sent, because mail to your address came back",
    "renewed": "Not sent, because the date had changed by then",
    "withdrawn": "Not sent, because it was withdrawn by then",
    "unconfirmed": "Not sent, because the account was not open by then",
}
CAME_BACK = "Sent, and came back later"
WHY = {
    "digest": "A date of yours was about to end, or had ended",
    "account": "Something about your account: you asked for it, or it was changed",
    "contact_link": "You wrote to a trainer",
    "follow_link": "You asked to follow a trainer",
    "follow_news": "You follow a trainer, and a date of theirs has come or changed",
    "follow_ended": "You followed a trainer",
    "contact_message": "Somebody wrote to you through your listing",
    "report_about_you": "A visitor reported your listing",
    "report_answered": "A report about a listing was answered",
    "sheets_invited": "A runner invited you to see and fill in movement sheets",
    "taken_down": "We took your listing down",
    "profile_reviewed": "A reviewer looked at your words or picture",
}
"""Why a mail was sent, by its template."""
ABOUT_A_CLAIM = "A reviewer has your certification in hand, or decided about it"


@dataclass(frozen=True)
class Line:
    """One mail as its receiver sees it. `reply` is what the mail server said, where that explains something."""

    subject: str
    at: datetime
    state: str
    words: str
    reply: str | None
    why: str


def sent_to(session: Session, account: Account) -> list[Line]:
    """The newest mails to this account, at whatever address it had then."""
    theirs = or_(Recipient.account_id == account.id, Recipient.email_key == fold_email(account.email))
    query = select(Message).join(Message.recipient).where(theirs)
    found = session.scalars(query.order_by(Message.created_at.desc(), Message.id.desc()).limit(SHOWN)).all()
    replies = last_replies(session, [message.id for message in found if message.state in ("queued", "failed")])
    ids = [message.id for message in found]
    returned = set(session.scalars(select(Bounce.message_id).where(Bounce.message_id.in_(ids))))
    return [line_of(message, replies.get(message.id), came_back=message.id in returned) for message in found]


def line_of(message: Message, reply: str | None, *, came_back: bool) -> Line:
    words = DROPPED[message.drop_reason] if message.drop_reason else STATES[message.state]
    if message.state == "queued" and reply:
        words = "Not delivered yet; we try again"
    if message.state == "sent" and came_back:
        words = CAME_BACK
    subject = message.subject or NOT_WRITTEN
    why = WHY.get(message.template, ABOUT_A_CLAIM)
    return Line(subject, message.sent_at or message.created_at, message.state, words, reply, why)


def last_replies(session: Session, ids: Iterable[int]) -> dict[int, str]:
    query = select(Attempt.message_id, Attempt.reply).where(Attempt.message_id.in_(list(ids)))
    rows: Sequence[tuple[int, str]] = session.execute(query.order_by(Attempt.n)).all()
    return dict(rows)
