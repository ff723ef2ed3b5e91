"""A private calendar of a trainer's end dates and reminders (RFC 5545), behind a link that can be taken back."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..dates import long_date
from ..errors import NotFound
from ..models import Account, CalendarToken, Trainer
from .ladders import WORDS, Reminded
from .watches import day_of

LONGEST_LINE = 75  # octets
ASKED_AGAIN = "PT12H"


@dataclass(frozen=True)
class Event:
    """Something that fills a day. `name` is the same each time the calendar is read."""

    name: str
    day: date
    summary: str
    description: str


# The link


def make_link(session: Session, account: Account, *, now: datetime) -> str:
    """A new token, shown once; a former link ends."""
    take_back(session, account, now=now)
    token = secrets.token_urlsafe(24)
    session.add(CalendarToken(account_id=account.id, hash=folded(token), created_at=now))
    session.flush()
    return token


def take_back(session: Session, account: Account, *, now: datetime) -> None:
    mine = (CalendarToken.account_id == account.id, CalendarToken.revoked_at.is_(None))
    session.execute(update(CalendarToken).where(*mine).values(revoked_at=now))


def link_since(session: Session, account: Account) -> datetime | None:
    """Since when there is a link, if there is one."""
    mine = (CalendarToken.account_id == account.id, CalendarToken.revoked_at.is_(None))
    return session.scalar(select(CalendarToken.created_at).where(*mine).order_by(CalendarToken.id.desc()))


def trainer_of(session: Session, token: str) -> tuple[Trainer, datetime]:
    """Whose calendar it is, and since when the link is there. Raises NotFound."""
    known = (CalendarToken.hash == folded(token), CalendarToken.revoked_at.is_(None), Account.active)
    query = (
        select(Trainer, CalendarToken.created_at)
        .join(Account, Trainer.account_id == Account.id)
        .join(CalendarToken, CalendarToken.account_id == Account.id)
        .where(*known)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("There is no such calendar. Its owner may have taken the link back.")
    return row[0], row[1]


def folded(token: str) -> str:
    return sha256(f"calendar:{token}".encode()).hexdigest()


# What stands in it


def events_of(items: Iterable[Reminded]) -> Iterator[Event]:
    """Each end, and each day on which a reminder comes; on the day of the end itself that is one."""
    for each in items:
        yield Event(
            f"{each.item}-{each.ends_on}",
            each.ends_on,
            f"{each.label} ends today",
            f"The last day of your {each.label}, by the date that we hold.",
        )
        for step in each.steps:
            if step != 0:
                verb = "ended" if step < 0 else "ends"
                yield Event(
                    f"{each.item}-{each.ends_on}-{step}",
                    day_of(step, each.ends_on),
                    f"Reminder: {each.label} {verb} {long_date(each.ends_on)}",
                    f"We write to you {WORDS.get(step, f'{step} days before')}.",
                )


def as_ics(events: Iterable[Event], *, host: str, made_at: datetime, url: str) -> bytes:
    """The file. Nothing in it depends on when it was asked for, so that it can be compared with the last one."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Sound Stride//End dates//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME:Sound Stride: my end dates",
        "X-WR-CALNAME:Sound Stride: my end dates",
        f"REFRESH-INTERVAL;VALUE=DURATION:{ASKED_AGAIN}",
        f"X-PUBLISHED-TTL:{ASKED_AGAIN}",
    ]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.name}@{host}",
            f"DTSTAMP:{made_at:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escaped(event.summary)}",
            f"DESCRIPTION:{escaped(event.description)}",
            f"URL:{url}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{fold(line)}\r\n" for line in lines).encode()


def escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def fold(line: str) -> str:
    """No line is longer than 75 octets; what goes on begins with a space. Letters stay whole."""
    pieces, piece, size = [], "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > LONGEST_LINE:
            pieces.append(piece)
            piece, size = "", 1
        piece, size = piece + letter, size + octets
    return "\r\n ".join([*pieces, piece])
