"""How often somebody may be wrong when signing in: the first tries are free, then each one costs a longer wait.

A try is counted before it is looked at, so that many at the same moment count as many, and a try whose page
broke counts too; a right one is taken back. The waits are short, yet a stranger who guesses again at each end of
one keeps an address closed. So a device on which the person has signed in before is counted apart, and so is who
is signed in; a reset by mail opens any other device. What is counted has a keyed hash for a name, so that unknown
addresses are limited like known ones, and no address is stored.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from ..models import SignInCount
from ..rows import insert_or_lock
from . import keys

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15))
"""After the free tries; the last one repeats."""
FORGOTTEN_AFTER = timedelta(days=1)
"""Without a further wrong try."""
FREE = {"password": 10, "device": 10, "password once more": 10, "second step": 5, "network": 40}
"""Wrong tries without a wait: at the password of an address, of all devices or of one that is known there; at the
password of who is signed in; at the code. Behind one network address there may be many people."""


@dataclass(frozen=True)
class Counted:
    """Something whose wrong tries are counted: a kind of FREE and a name nobody can read."""

    kind: str
    key: str


@dataclass(frozen=True)
class Closed:
    """The counter that is closed longest, and until when nothing is looked at."""

    kind: str
    until: datetime


def counted(kind: str, name: str, *, secret: str) -> Counted:
    """The counter of an account (by its folded address or its id), a device or a network."""
    key = keys.derive(secret, "sign-in limits")
    return Counted(kind, hmac.digest(key, f"{kind}:{name}".encode(), "sha256").hex())


def network_of(address: str) -> str:
    """Whom a visitor's address stands for: with IPv6 everybody has a whole /64 to choose from."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else str(parsed)


def wait_after(failures: int, free: int) -> timedelta | None:
    """How long nothing is looked at after so many wrong tries."""
    return WAITS[min(failures - free, len(WAITS) - 1)] if failures >= free else None


def admit(session: Session, tries: Sequence[Counted], *, now: datetime) -> Closed | None:
    """Count one more try, unless one of the counters is closed: then answers which one, and counts nothing."""
    rows = [(each, row_of(session, each, now)) for each in sorted(tries, key=lambda each: each.key)]
    closed = [
        Closed(each.kind, row.closed_until) for each, row in rows if row.closed_until and row.closed_until > now
    ]
    if closed:
        return max(closed, key=lambda each: each.until)
    for each, row in rows:
        row.failures = 1 if now - row.newest_at > FORGOTTEN_AFTER else row.failures + 1
        row.newest_at = now
        wait = wait_after(row.failures, FREE[each.kind])
        row.closed_until = now + wait if wait else None
    session.flush()
    return None


def row_of(session: Session, each: Counted, now: datetime) -> SignInCount:
    """Held until the transaction ends; all who count the same take turns."""
    new = {"key": each.key, "failures": 0, "newest_at": now}
    return insert_or_lock(session, SignInCount, new, SignInCount.key)


def was_right(session: Session, account: Counted, network: Counted, *, now: datetime) -> None:
    """The try that was just counted was right: the account starts anew, the network is given this one back."""
    lift(session, account)
    row = row_of(session, network, now)
    row.failures = max(row.failures - 1, 0)
    row.closed_until = None
    session.flush()


def lift(session: Session, account: Counted) -> None:
    """Start anew: the person has shown in another way that the account is hers or his."""
    row = update(SignInCount).where(SignInCount.key == account.key)
    session.execute(row.values(failures=0, closed_until=None))


def forget_old(session: Session, *, now: datetime) -> int:
    """Delete what counts no more; returns how many rows."""
    old = delete(SignInCount).where(SignInCount.newest_at < now - FORGOTTEN_AFTER)
    gone = session.execute(old.returning(SignInCount.id)).all()
    return len(gone)
