"""While an issuer's public lookup does not answer: said to everybody, and held against nobody."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import audit
from ..errors import Refused
from ..models import Credential, CredentialType, Outage, Review
from ..rules import rule_book
from ..violations import told_as

PROMISED = ("dispute", "contest", "report")
"""Kinds whose day both sides see: it is kept, whatever is down."""


def open_outages(session: Session) -> Sequence[Outage]:
    return session.scalars(select(Outage).where(Outage.ended_at.is_(None)).order_by(Outage.issuer)).all()


class Told(NamedTuple):
    """An open outage, as everybody is told of it."""

    issuer: str
    started_at: datetime


def told(session: Session) -> list[Told]:
    return [Told(each.issuer, each.started_at) for each in open_outages(session)]


def begin(session: Session, issuer: str, *, by: str, now: datetime) -> Outage:
    """Raises Refused for an issuer without a public lookup, and where it is said already."""
    if rule_book().issuer(issuer).lookup_url is None:
        raise Refused(f"{issuer} has no public lookup that could be down.")
    outage = Outage(issuer=issuer, started_at=now, started_by=by)
    with told_as(session, uq_outage_issuer=Refused("This is said already.")):
        session.add(outage)
    audit.record(session, by=by, action="outage_began", subject=f"issuer:{issuer}", about=f"issuer:{issuer}")
    return outage


def end(session: Session, issuer: str, *, by: str, now: datetime, today: date, zone: tzinfo) -> None:
    """What could not be looked at meanwhile is due as much later, in days of the site's `zone`.

    Raises Refused where nothing is down.
    """
    outage = session.scalar(select(Outage).where(Outage.ended_at.is_(None), Outage.issuer == issuer))
    if outage is None:
        raise Refused("Nothing is said to be down there.")
    outage.ended_at, outage.ended_by = now, by
    for work in waiting_for(session, issuer):
        since = max(outage.started_at, work.opened_at)
        work.due_on = max(today, work.due_on + (today - since.astimezone(zone).date()))
    audit.record(session, by=by, action="outage_ended", subject=f"issuer:{issuer}", about=f"issuer:{issuer}")
    session.flush()


def waiting_for(session: Session, issuer: str) -> Sequence[Review]:
    """Open work that is answered by looking at this issuer's page, but for what somebody was told a day for."""
    query = (
        select(Review)
        .join(Credential, Review.credential_id == Credential.id)
        .join(CredentialType, Credential.type_id == CredentialType.id)
        .where(Review.closed_at.is_(None), CredentialType.issuer == issuer, Review.kind.not_in(PROMISED))
    )
    return session.scalars(query).all()


def source_of(issuer: str) -> str:
    """What is down, in words: "NASM's public lookup"."""
    found = rule_book().issuer(issuer)
    return found.lookup_name or found.name
