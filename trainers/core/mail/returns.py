"""Mail that came back. Once for good, or five times in a row for now: then no more goes to that address, and its
holder is told at the next sign-in.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..models import Bounce, Message, Recipient
from ..rows import inserting

IN_A_ROW = 5


def note(session: Session, message: Message, *, hard: bool, status: str, now: datetime) -> bool:
    """Write down that a message came back; whether the address is marked by it. The first word about a message
    stands, but for one that is final."""
    row = inserting(session, Bounce).values(message_id=message.id, at=now, hard=hard, status=status)
    again = {"set_": {"hard": True, "status": status}, "where": ~Bounce.hard & row.excluded.hard}
    session.execute(row.on_conflict_do_update(index_elements=["message_id"], **again))  # type: ignore[arg-type]
    recipient = session.get_one(Recipient, message.recipient_id)
    if recipient.state != "ok" or not (hard or came_back_in_a_row(session, recipient)):
        return False
    recipient.state = "bounced"
    session.flush()
    return True


def came_back_in_a_row(session: Session, recipient: Recipient) -> bool:
    """Whether the last mails that left for this address have all come back."""
    left = (Message.recipient_id == recipient.id, Message.state.in_(("sent", "failed")))
    query = (
        select(Bounce.message_id)
        .select_from(Message)
        .outerjoin(Bounce, Bounce.message_id == Message.id)
        .where(*left)
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(IN_A_ROW)
    )
    last = session.scalars(query).all()
    return len(last) == IN_A_ROW and None not in last
