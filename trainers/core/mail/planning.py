"""Planning in the database: a few statements for everybody, whoever many they are.

What is due is found by `watch.next_on` alone. Two temporary tables hold the steps of today's ladders and what is
due; from them come the mails, the warnings that stand in them, and the next day of each watch.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session, aliased

from ..models import Account, Alert, Message, Recipient, Stop, Trainer, UtcDateTime, Watch
from ..rows import inserting
from .stops import ALERTS, REMINDERS
from .watches import ladder_of

TOGETHER = "passed together"
ONE_PLANNER = 6171
"""The number of the lock that one planner at a time holds on PostgreSQL; on SQLite one writer is alone anyway."""

TEMPORARY = MetaData()
STEP = Table(
    "plan_step",
    TEMPORARY,
    Column("steps", String(60)),
    Column("step", Integer),
    Column("reach", Date),  # the step has come for all dates up to this one
    prefixes=["TEMPORARY"],
)
DUE = Table(
    "plan_due",
    TEMPORARY,
    Column("watch_id", Integer),
    Column("recipient_id", Integer),
    Column("subject_kind", String(20)),
    Column("subject_id", Integer),
    Column("expires_on", Date),
    Column("steps", String(60)),
    Column("from_step", Integer),
    Column("nearest", Integer),  # of the steps that have come, the one that is sent
    Column("following", Integer),
    Column("reason", String(40)),  # why none is sent
    Column("dedupe_key", String(200)),
    prefixes=["TEMPORARY"],
)
Portion = tuple[int, int]
"""Recipients from after one id up to another."""


def next_portion(session: Session, *, after: int, today: date, most: int) -> Portion | None:
    """The next people with something due."""
    whose = (Watch.recipient_id + 0).label("whose")  # in no index: that of next_on is to be read, and no other
    due = select(whose).where(Watch.next_on <= today, Watch.recipient_id + 0 > after)
    some = due.distinct().order_by(whose).limit(most).subquery()
    last = session.scalar(select(func.max(some.c.whose)))
    return None if last is None else (after, last)


def count_people(session: Session, *, today: date) -> int:
    return session.scalar(select(func.count(Watch.recipient_id.distinct())).where(Watch.next_on <= today)) or 0


def count_due(session: Session, *, today: date) -> int:
    return session.scalar(select(func.count()).select_from(Watch).where(Watch.next_on <= today)) or 0


def plan_portion(
    session: Session, portion: Portion, *, today: date, now: datetime, day_began: datetime
) -> tuple[int, int, dict[str, int]]:
    """Mails queued, dates that stand in them, and how many steps were skipped for which reason."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({ONE_PLANNER})"))
    connection = session.connection()
    TEMPORARY.create_all(connection, checkfirst=False)
    fill_steps(session, today)
    fill_due(session, portion, today, day_began)
    insert_mails(session, today, now)
    insert_alerts(session, now)
    move_on(session)
    counts = select(func.count(DUE.c.recipient_id.distinct()), func.count()).where(DUE.c.reason.is_(None))
    mails, dates = session.execute(counts).one()
    skipped = count_skipped(session)
    TEMPORARY.drop_all(connection, checkfirst=False)
    session.expire_all()
    return mails, dates, skipped


def fill_steps(session: Session, today: date) -> None:
    """One row for each step of each ladder that somebody has; there are few different ones."""
    ladders = session.scalars(select(Watch.steps).where(Watch.next_on <= today).distinct()).all()
    rows = [
        {"steps": steps, "step": step, "reach": today + timedelta(days=step)}
        for steps in ladders
        for step in ladder_of(steps)
    ]
    if rows:
        session.execute(insert(STEP), rows)


def fill_due(session: Session, portion: Portion, today: date, day_began: datetime) -> None:
    after, last = portion
    ladder = STEP.c.steps == Watch.steps
    come = (ladder, STEP.c.step <= Watch.next_step, STEP.c.reach >= Watch.expires_on)
    key = key_of(as_type(Watch.recipient_id, String), today)
    found = {
        "watch_id": Watch.id,
        "recipient_id": Watch.recipient_id,
        "subject_kind": Watch.subject_kind,
        "subject_id": Watch.subject_id,
        "expires_on": Watch.expires_on,
        "steps": Watch.steps,
        "from_step": Watch.next_step,
        "nearest": select(func.min(STEP.c.step)).where(*come).correlate(Watch).scalar_subquery(),
        "following": select(func.max(STEP.c.step))
        .where(ladder, STEP.c.reach < Watch.expires_on)
        .correlate(Watch)
        .scalar_subquery(),
        "reason": reason_to_skip(),
        "dedupe_key": key,
    }
    due: Any = select(*(column.label(name) for name, column in found.items())).where(
        Watch.next_on <= today,
        Watch.kind == REMINDERS,
        Watch.recipient_id + 0 > after,  # no index but that of next_on is of use here
        Watch.recipient_id + 0 <= last,
        ~has_mail(key, day_began),
    )
    session.execute(insert(DUE).from_select(list(found), due))


def key_of(recipient_id: ColumnElement[str], today: date) -> ColumnElement[str]:
    return literal("digest:") + recipient_id + literal(f":{today.isoformat()}")


def reason_to_skip() -> ColumnElement[str | None]:
    """Why somebody is not warned; NULL where nothing speaks against it."""
    theirs = (
        select(Trainer.id).join(Account, Trainer.account_id == Account.id).where(Trainer.id == Watch.trainer_id)
    )
    no_account = or_(Account.confirmed_at.is_(None), ~Account.active)
    bad = select(Recipient.id).where(Recipient.id == Watch.recipient_id, Recipient.state != "ok")
    return case(
        (
            exists(select(Trainer.id).where(Trainer.id == Watch.trainer_id, Trainer.state == "withdrawn")),
            "withdrawn",
        ),
        (exists(theirs.where(no_account)), "unconfirmed account"),
        (is_stopped(), "stopped"),
        (exists(bad), "address bounced"),
        else_=null(),
    )


def is_stopped() -> ColumnElement[bool]:
    """By the person, whatever the address at which it was said."""
    meant = or_(
        Stop.scope == "all",
        and_(Stop.scope == "kind", Stop.subject == Watch.kind),
        and_(Stop.scope == "credential", Stop.subject == Watch.item),
    )
    return exists(select(Stop.id).where(Stop.recipient_id.in_(of_person()), Stop.ended_at.is_(None), meant))


def of_person() -> CompoundSelect[Any]:
    """All addresses of who is to be warned."""
    told, same = aliased(Recipient), aliased(Recipient)
    own = select(told.id).where(told.id == Watch.recipient_id)
    others = select(same.id).join(told, same.account_id == told.account_id).where(told.id == Watch.recipient_id)
    return own.correlate(Watch).union_all(others.correlate(Watch))


def has_mail(key: ColumnElement[str], day_began: datetime) -> ColumnElement[bool]:
    """One is still on its way to this person, or was sent today already: what is due waits for another day."""
    on_its_way = or_(Message.state.in_(("queued", "sending")), Message.sent_at >= day_began)
    underway = select(Message.id).where(
        Message.recipient_id.in_(of_person()), Message.template.in_(ALERTS), on_its_way
    )
    return or_(exists(underway), exists(select(Message.id).where(Message.dedupe_key == key)))


def insert_mails(session: Session, today: date, now: datetime) -> None:
    """What each says is read when it is claimed."""
    people = select(DUE.c.recipient_id, DUE.c.dedupe_key).where(DUE.c.reason.is_(None)).distinct().subquery()
    row: Mapping[str, ColumnElement[Any]] = {
        "recipient_id": people.c.recipient_id,
        "dedupe_key": people.c.dedupe_key,
        "message_id": random_name(session),
        "template": literal("digest"),
        "context": literal({"planned_on": today.isoformat()}, JSON),
        "state": literal("queued"),
        "attempts": literal(0),
        "created_at": literal(now, UtcDateTime),
        "not_before": literal(now, UtcDateTime),
    }
    rows = select(*row.values()).where(true())
    session.execute(insert(Message).from_select(list(row), rows))


def random_name(session: Session) -> ColumnElement[str]:
    if session.get_bind().dialect.name == "postgresql":
        return func.replace(as_type(func.gen_random_uuid(), String), "-", "")
    return func.lower(func.hex(func.randomblob(16)))


def come() -> ColumnElement[bool]:
    """The steps of a due date that are dealt with now."""
    return and_(
        STEP.c.steps == DUE.c.steps,
        STEP.c.step <= DUE.c.from_step,
        STEP.c.reach >= DUE.c.expires_on,
    )


def skip_reason() -> ColumnElement[str | None]:
    """Of several steps that have come, only the nearest is sent."""
    return case((DUE.c.reason.is_not(None), DUE.c.reason), (STEP.c.step != DUE.c.nearest, TOGETHER), else_=null())


def insert_alerts(session: Session, now: datetime) -> None:
    skipped = skip_reason()
    row: Mapping[str, ColumnElement[Any]] = {
        "recipient_id": DUE.c.recipient_id,
        "kind": literal(REMINDERS),
        "subject_kind": DUE.c.subject_kind,
        "subject_id": DUE.c.subject_id,
        "expires_on": DUE.c.expires_on,
        "step": STEP.c.step,
        "state": case((skipped.is_(None), "planned"), else_="skipped"),
        "skip_reason": skipped,
        "message_id": case((skipped.is_(None), Message.id), else_=null()),
        "planned_at": literal(now, UtcDateTime),
    }
    rows = (
        select(*row.values())
        .select_from(DUE)
        .join(STEP, come())
        .outerjoin(Message, Message.dedupe_key == DUE.c.dedupe_key)
        .where(true())
        .order_by(DUE.c.watch_id, STEP.c.step.desc())
    )
    session.execute(inserting(session, Alert).from_select(list(row), rows).on_conflict_do_nothing())


def move_on(session: Session) -> None:
    """Each watch to its next step, or to the end of its ladder."""
    following = DUE.c.following
    if session.get_bind().dialect.name == "postgresql":
        day: ColumnElement[Any] = Watch.expires_on.op("-")(following)
    else:
        day = func.date(Watch.expires_on, as_type(-following, String) + literal(" days"))
    moving = update(Watch).where(Watch.id == DUE.c.watch_id)
    values = {"next_step": following, "next_on": case((following.is_(None), null()), else_=day)}
    session.execute(moving.values(values).execution_options(synchronize_session=False))


def count_skipped(session: Session) -> dict[str, int]:
    reason = skip_reason().label("reason")
    query = (
        select(reason, func.count())
        .select_from(DUE)
        .join(STEP, come())
        .where(reason.is_not(None))
        .group_by(reason)
    )
    return {str(name): count for name, count in session.execute(query)}
