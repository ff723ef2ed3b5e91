"""Which confirmed certifications are looked at again, and why. Opened once a day; twice opens nothing twice."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import Subquery, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from .. import audit
from ..dates import add_months
from ..models import Check, Credential, CredentialType, Review, Term, Trainer
from ..rows import insert_new
from ..rules import Rule, rule_book
from ..standing.comparing import Outcome
from ..standing.status_words import CHECK_FRESH_DAYS
from .queue import CLAIM_KINDS

CAUSES = {
    "ended": "Its end date has passed: was it renewed?",
    "new_dates": "Its issuer gives new dates at the end of the year",
    "asked": "A reviewer asked for it",
    "random": "Drawn by lot",
    "old": "The last look is old",
}
"""In the order of their use; in words for reviewers."""
NEW_DATES_FROM = (10, 1)
"""Month and day from which the new dates of types that all end on one day are looked for."""
OLD_AFTER = timedelta(days=CHECK_FRESH_DAYS - 30)
DUE = {"ended": 7, "new_dates": 60, "random": 30, "old": 30}
"""Days after opening by which the look is due."""
LOTS, DRAWN = 256, 5
"""By the first two letters of its random name each falls into one of 256 lots; five a month are 2 %."""
LISTED = ("listed", "paused")
REST = timedelta(days=30)
"""For so long a holder to whom a look was sent back has time to answer."""
DENIED = (Outcome.MISMATCH, Outcome.NO_MATCH, Outcome.INACTIVE)


class Confirmed(NamedTuple):
    """What was last confirmed of a credential for which nothing is open."""

    credential_id: int
    trainer_id: int
    uuid: str
    key: str
    ends_on: date | None
    looked_on: date


@dataclass(frozen=True)
class Opened:
    by_cause: Counter[str]

    @property
    def total(self) -> int:
        return self.by_cause.total()


def open_due(session: Session, *, today: date, now: datetime) -> Opened:
    """Put what is to be looked at again into the queue."""
    rows, causes = [], Counter[str]()
    for each in confirmed(session, now):
        cause = cause_of(each, today)
        if cause:
            causes[cause] += 1
            rows.append(work_for(each, cause, today, now))
    opened = insert_new(session, Review, rows)
    if opened:
        said = ", ".join(f"{count} {cause}" for cause, count in sorted(causes.items()))
        audit.record(session, by="system", action="rechecks_opened", subject="queue", about="queue", detail=said)
    session.flush()
    return Opened(causes if len(opened) == len(rows) else Counter({"opened": len(opened)}))


def work_for(each: Confirmed, cause: str, today: date, now: datetime) -> dict[str, object]:
    return {
        "uuid": str(uuid4()),
        "kind": "recheck",
        "cause": cause,
        "credential_id": each.credential_id,
        "trainer_id": each.trainer_id,
        "opened_at": now,
        "due_on": today + timedelta(days=DUE[cause]),
        "note": "",
        "answer": "",
    }


def cause_of(each: Confirmed, today: date) -> str | None:
    """The first that holds, in the order of CAUSES; None where no look is needed now."""
    if each.ends_on is not None and each.ends_on < today:
        return "ended" if each.looked_on <= each.ends_on else None
    if asks_for_new_dates(each, today):
        return "new_dates"
    if is_drawn(each.uuid, today) and each.looked_on < today.replace(day=1):
        return "random"
    return "old" if today - each.looked_on > OLD_AFTER else None


def asks_for_new_dates(each: Confirmed, today: date) -> bool:
    """From 1 October of the year in which it ends, once; for types that all end on the same day of a year."""
    if each.ends_on is None or not ends_this_year(rule_book().by_key(each.key, today), each.ends_on, today):
        return False
    return each.looked_on < date(each.ends_on.year, *NEW_DATES_FROM)


def ends_this_year(rule: Rule, ends_on: date | None, today: date) -> bool:
    """From 1 October on, for types that all end on one day of the year."""
    if rule.fixed_end is None or ends_on is None:
        return False
    return date(ends_on.year, *NEW_DATES_FROM) <= today <= ends_on


def is_drawn(uuid: str, today: date) -> bool:
    """Whether the lot of this month fell on it: 2 % a month, and in four years and a quarter on everybody once."""
    first = (today.year * 12 + today.month) * DRAWN % LOTS
    return (int(uuid[:2], 16) - first) % LOTS < DRAWN


def confirmed(session: Session, now: datetime) -> Iterator[Confirmed]:
    """What stands confirmed of public or paused listings and waits for nobody, in one question.

    Left out is what a later look refused, which waits for its holder, and what was sent back of late.
    """
    latest = latest_looks()
    sent_back = and_(Review.outcome == "returned", Review.closed_at > now - REST)
    waiting = select(Review.credential_id).where(
        or_(Review.closed_at.is_(None), sent_back),
        Review.kind.in_(CLAIM_KINDS),
        Review.credential_id.is_not(None),
    )
    query = (
        select(
            Credential.id,
            Credential.trainer_id,
            Credential.uuid,
            CredentialType.issuer,
            CredentialType.code,
            latest.c.ends_on,
            latest.c.looked_on,
        )
        .join(latest, latest.c.credential_id == Credential.id)
        .join(CredentialType, Credential.type_id == CredentialType.id)
        .join(Trainer, Credential.trainer_id == Trainer.id)
        .where(Credential.withdrawn_at.is_(None), Trainer.state.in_(LISTED), Credential.id.not_in(waiting))
        .order_by(Credential.id)
    )
    for id, trainer_id, uuid, issuer, code, ends_on, looked_on in session.execute(query):
        yield Confirmed(id, trainer_id, uuid, f"{issuer}/{code}", ends_on, looked_on)


def latest_looks() -> Subquery:
    """For each credential that stands confirmed: the latest end that was confirmed, the newest look."""
    matched, denied = Check.outcome == Outcome.MATCHED, Check.outcome.in_(DENIED)
    newer = aliased(Check)
    superseded = select(newer.supersedes_id).where(newer.supersedes_id.is_not(None))
    return (
        select(
            Term.credential_id,
            func.max(func.coalesce(Check.shown_expires_on, Term.expires_on)).filter(matched).label("ends_on"),
            func.max(Check.looked_on).label("looked_on"),
        )
        .join(Check, Check.term_id == Term.id)
        .where(or_(matched, denied), Check.id.not_in(superseded))
        .group_by(Term.credential_id)
        .having(func.max(Check.id).filter(matched) > func.coalesce(func.max(Check.id).filter(denied), 0))
        .subquery()
    )


# What is to come


PACE_OVER, AHEAD, A_YEAR = 28, 30, 365
"""Days."""


@dataclass(frozen=True)
class Forecast:
    """How many wait now, how many will be opened in the next 30 days, and how long all takes at the present pace.

    `pace` is how many pieces of work were closed a day, over the last 28 days; `days` None without any.
    """

    waiting: int
    coming: int
    pace: float

    @property
    def days(self) -> int | None:
        return None if not self.pace else max(1, round(self.waiting / self.pace)) if self.waiting else 0

    @property
    def sentence(self) -> str:
        if not self.waiting:
            return "Nothing waits."
        if self.days is None:
            return "Nothing was decided in the last four weeks, so we cannot say how long it takes."
        return f"At the present pace of {self.pace_in_words} it takes {self.days_in_words}."

    @property
    def pace_in_words(self) -> str:
        """By the day, or where less than one a day is decided, by the four weeks that were counted."""
        if self.pace < 1:
            return f"{round(self.pace * PACE_OVER)} in four weeks"
        return f"{f'{self.pace:.1f}'.removesuffix('.0')} a day"

    @property
    def days_in_words(self) -> str:
        days = self.days or 0
        return "more than a year" if days > A_YEAR else f"about {days} day{'' if days == 1 else 's'}"


def forecast(session: Session, *, today: date, now: datetime) -> Forecast:
    waiting = session.scalar(select(func.count()).where(Review.closed_at.is_(None))) or 0
    since = now - timedelta(days=PACE_OVER)
    done = session.scalar(select(func.count()).where(Review.closed_at >= since, Review.outcome != "withdrawn"))
    coming = sum(will_come(each, today) for each in confirmed(session, now))
    return Forecast(waiting=waiting, coming=coming, pace=(done or 0) / PACE_OVER)


def will_come(each: Confirmed, today: date) -> bool:
    """Whether any day of the next 30 gives a reason to look; by its last day and by the turn of the month."""
    days = {today + timedelta(days=AHEAD), add_months(today.replace(day=1), 1)}
    return any(cause_of(each, day) for day in days)
