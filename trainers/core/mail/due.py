"""Which dates of which people have come up: read in a few questions for many people at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, selectinload

from .. import credentials
from ..education.progress import lines_for
from ..models import Account, Alert, Credential, Recipient, Review, Term, Trainer, Watch
from ..standing import answers
from .stops import Stopped, are_stopped, stops_of
from .watches import KIND, SUBJECT, due_steps

PAUSE = timedelta(days=14)
"""How long a reported renewal keeps reminders back, at most."""


@dataclass(frozen=True)
class Due:
    """One end date with steps that are due: the latest is sent, or all are skipped for `reason`.

    `education` is what the log and the cards say about it, for the mail.
    """

    watch: Watch
    credential: Credential
    ladder: tuple[int, ...]
    told: frozenset[int]
    steps: Sequence[int]
    paused: bool
    reason: str | None
    education: str

    @property
    def subject(self) -> dict[str, Any]:
        watch = self.watch
        return {
            "recipient_id": watch.recipient_id,
            "kind": watch.kind,
            "subject_kind": watch.subject_kind,
            "subject_id": watch.subject_id,
            "expires_on": watch.expires_on,
        }


def people_due(session: Session, *, today: date) -> list[int]:
    """Recipients with a date whose next step has come."""
    return sorted(set(session.scalars(select(Watch.recipient_id).where(Watch.next_on <= today))))


def read_due(session: Session, people: Sequence[int], today: date, zone: tzinfo) -> Iterator[Due]:
    """The due dates of these people, locked where the database can: a planner of another day may be at work."""
    query = (
        select(Watch, Credential)
        .join(Credential, (Watch.subject_kind == SUBJECT) & (Watch.subject_id == Credential.id))
        .join(Watch.recipient)
        .join(Credential.trainer)
        .join(Trainer.account)
        .where(Watch.kind == KIND, Watch.next_on <= today, Watch.recipient_id.in_(people))
        .options(
            contains_eager(Watch.recipient),
            contains_eager(Credential.trainer).contains_eager(Trainer.account),
            selectinload(Credential.terms).selectinload(Term.checks),
        )
        .order_by(Watch.recipient_id, Watch.expires_on, Watch.id)
        .with_for_update(of=Watch)
    )
    rows = session.execute(query).all()
    subjects = [credential.id for _, credential in rows]
    told, reported = steps_told(session, subjects), renewals_reported(session, subjects)
    stopped = stops_of(session, people)
    learned = lines_for(session, sorted({credential.trainer_id for _, credential in rows}), today=today)
    for watch, credential in rows:
        ladder = credentials.rule_for(credential.type, today).alert_days
        done = frozenset(told[credential.id, watch.expires_on])
        yield Due(
            watch=watch,
            credential=credential,
            ladder=ladder,
            told=done,
            steps=due_steps(ladder, done, watch.expires_on, today),
            paused=is_paused(credential, reported.get(credential.id), today, zone),
            reason=reason_to_skip(watch.recipient, credential, stopped[watch.recipient_id]),
            education=learned[credential.id].in_a_mail if credential.id in learned else "",
        )


def steps_told(session: Session, subjects: Iterable[int]) -> dict[tuple[int, date], set[int]]:
    told = defaultdict(set)
    query = select(Alert.subject_id, Alert.expires_on, Alert.step).where(
        Alert.kind == KIND, Alert.subject_kind == SUBJECT, Alert.subject_id.in_(list(subjects))
    )
    for subject_id, expires_on, step in session.execute(query):
        told[subject_id, expires_on].add(step)
    return told


def renewals_reported(session: Session, subjects: Iterable[int]) -> dict[int, datetime]:
    """When the open report of a renewal was opened, by credential."""
    query = select(Review.credential_id, Review.opened_at).where(
        Review.kind == "renewal", Review.closed_at.is_(None), Review.credential_id.in_(list(subjects))
    )
    return {credential_id: at for credential_id, at in session.execute(query) if credential_id}


def is_paused(credential: Credential, opened_at: datetime | None, today: date, zone: tzinfo) -> bool:
    """Counted from the day, in the site's zone, on which the renewal was first told: a correction gives no more
    days, and neither does work that was opened anew."""
    if opened_at is None:
        return False
    claim = answers.read(credential.terms, credential.checks).claim
    since = answers.first_told(credential.terms, claim).recorded_at if claim else opened_at
    return today < since.astimezone(zone).date() + PAUSE


def reason_to_skip(recipient: Recipient, credential: Credential, stopped: Stopped) -> str | None:
    account: Account = credential.trainer.account
    if credential.withdrawn_at is not None or credential.trainer.state == "withdrawn":
        return "withdrawn"
    if account.confirmed_at is None or not account.active:
        return "unconfirmed account"
    if are_stopped(stopped, KIND, credential.uuid):
        return "stopped"
    return None if recipient.state == "ok" else "address bounced"
