"""Delivery status notifications (RFC 3464): what a mail server writes back when it could not deliver.

Only one that names a message of ours by its Message-ID is believed: anybody can write to the sender's address, and
nobody else knows that name.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import Message as Parsed

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..models import Message
from . import returns

NAME = re.compile(r"([0-9a-f]{32})@")
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
SOFT_ALTHOUGH_FINAL = ("5.2.", "5.3.", "5.7.")
"""A full mailbox, a server in trouble, a rule against us: the address is there."""


@dataclass(frozen=True)
class Report:
    """What one notification says of one message."""

    name: str
    status: str
    hard: bool


@dataclass(frozen=True)
class Tally:
    """What came of some notifications. `others` tell of no failure, or of no message of ours."""

    read: int = 0
    hard: int = 0
    soft: int = 0
    marked: int = 0
    others: int = 0


def read_notification(raw: bytes) -> Report | None:
    """None for whatever is no notification of a failure, or names no message of ours."""
    mail = message_from_bytes(raw, policy=policy.compat32)
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return None
    status = failure_of(mail)
    name = name_of(mail)
    if status is None or name is None:
        return None
    return Report(name, status, status.startswith("5") and not status.startswith(SOFT_ALTHOUGH_FINAL))


def failure_of(mail: Parsed) -> str | None:
    """The status of the first recipient whose mail failed; a delay is no failure yet."""
    for block in status_blocks(mail):
        found = STATUS.search(str(block.get("Status", "")))
        if found and str(block.get("Action", "")).strip().casefold() == "failed":
            return found[0]
    return None


def name_of(mail: Parsed) -> str | None:
    """From the headers of ours that came back with it, or from the envelope's own name for it."""
    said = [str(block.get("Original-Envelope-Id", "")) for block in status_blocks(mail)]
    for part in mail.walk():
        if part.get_content_type() == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            part = message_from_bytes(text if isinstance(text, bytes) else b"")
        if part is not mail:
            said.append(str(part.get("Message-ID", "")))
    return next((found[1] for each in said if (found := NAME.search(each))), None)


def status_blocks(mail: Parsed) -> Iterator[Parsed]:
    """What is said of the message, and of each recipient."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            yield from (block for block in part.get_payload() if isinstance(block, Parsed))


def take_in(session: Session, notifications: Iterable[bytes], *, now: datetime) -> Tally:
    """Note what came back. Reading the same ones again changes nothing."""
    read = hard = soft = marked = others = 0
    for raw in notifications:
        read += 1
        report = read_notification(raw)
        message = find(session, report) if report else None
        if report is None or message is None:
            others += 1
            continue
        hard, soft = hard + report.hard, soft + (not report.hard)
        marked += returns.note(session, message, hard=report.hard, status=report.status, now=now)
    session.flush()
    return Tally(read, hard, soft, marked, others)


def find(session: Session, report: Report) -> Message | None:
    """The message of ours that it names."""
    sent = (Message.message_id == report.name, Message.state == "sent")
    return session.scalar(select(Message).where(*sent))
