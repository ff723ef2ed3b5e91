"""What does not fit together: files and rows, rows and rows, listings and sources, dates and watches."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Select, Table, and_, exists, func, select, text
from sqlalchemy.orm import Session, aliased

from ..credentials import rule_for
from ..evidence import Files
from ..mail import watches
from ..mail.stops import REMINDERS
from ..models import (
    Base,
    Credential,
    CredentialType,
    Evidence,
    JobFile,
    Paper,
    Place,
    Portrait,
    Review,
    Term,
    Trainer,
    Watch,
)
from ..rules import rule_book
from ..search import listing

Progress = Callable[[int], object]
Watched = set[tuple[str, int, date, date | None, int | None]]
IN_FLIGHT = timedelta(days=1)
"""A file without a row may be younger: its upload is not over."""
NAMED = 5
"""So many of a kind are named; the others are counted."""
WITH_FILES: tuple[tuple[type[Base], ColumnElement[bool]], ...] = (
    (Evidence, Evidence.state != "erased"),
    (Paper, Paper.state != "erased"),
    (Portrait, Portrait.state.in_(("waiting", "shown"))),
    (JobFile, JobFile.id.is_not(None)),
)
"""The tables whose rows name a file, and which of their rows."""


@dataclass(frozen=True)
class Finding:
    sentence: str
    mended: bool = False


def examine(
    session: Session, files: Files, *, today: date, now: datetime, mend: bool, progress: Progress
) -> Iterator[Finding]:
    """Each thing that is wrong. `mend` makes listings and watches anew. Whoever asks commits, or rolls back."""
    yield from damage(session)
    yield from furniture(session, today)
    yield from broken_references(session)
    yield from claims(session)
    yield from stored_files(session, files, now)
    yield from listings(session, today, mend, progress)
    yield from reminders(session, today, mend, progress)


def named(what: Iterable[object]) -> str:
    """ "3: a, b, c", or the first few of many."""
    every = sorted(str(each) for each in what)
    more = f" and {len(every) - NAMED:,} more" if len(every) > NAMED else ""
    return f"{len(every):,} ({', '.join(every[:NAMED])}{more})"


# The database itself


def damage(session: Session) -> Iterator[Finding]:
    """SQLite reads its whole file; PostgreSQL looks after its own."""
    if session.get_bind().dialect.name == "sqlite":
        told = session.scalars(text("PRAGMA quick_check")).all()
        if told != ["ok"]:
            yield Finding(f"The database file is damaged: {told[0]}. Restore a backup.")


def furniture(session: Session, today: date) -> Iterator[Finding]:
    """What each site has after `prepare`."""
    if not session.scalar(select(func.count()).select_from(Place)):
        yield Finding("No places are loaded: nobody can be found near a ZIP. Run: flask --app app prepare")
    there = {(each.issuer, each.code) for each in session.scalars(select(CredentialType))}
    missing = {(rule.issuer, rule.code) for rule in rule_book().rules_on(today)} - there
    if missing:
        kinds = named("/".join(each) for each in missing)
        yield Finding(f"Credential types that nobody can claim, {kinds}. Run: flask --app app prepare")


def broken_references(session: Session) -> Iterator[Finding]:
    """Rows that point at a row which is not there: an engine that watched could not have let that happen."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            count = session.scalar(lost(table, key.referred_table, key.columns.keys(), key.elements))
            if count:
                columns, other = ", ".join(key.columns.keys()), key.referred_table.name
                yield Finding(f"{count:,} rows of {table.name} name in {columns} a {other} that is not there.")


def lost(table: Table, referred: Table, columns: Sequence[str], elements: Iterable[ForeignKey]) -> Select[int]:
    there = referred.alias()
    pairs = [
        (table.c[name], there.c[element.column.name]) for name, element in zip(columns, elements, strict=True)
    ]
    found = exists().where(*(ours == theirs for ours, theirs in pairs)).correlate(table)
    filled = and_(*(ours.is_not(None) for ours, _ in pairs))
    return select(func.count()).select_from(table).where(filled, ~found)


def claims(session: Session) -> Iterator[Finding]:
    """Credentials without a period, and work on what was taken off."""
    without = session.scalars(
        select(Credential.id).where(Credential.id.not_in(select(Term.credential_id))).order_by(Credential.id)
    ).all()
    if without:
        yield Finding(f"Credentials without a single term: {named(without)}.")
    taken_off = aliased(Credential)
    query = select(Review.id).join(taken_off, Review.credential_id == taken_off.id)
    open_work = session.scalars(query.where(Review.closed_at.is_(None), taken_off.withdrawn_at.is_not(None))).all()
    if open_work:
        yield Finding(f"Open work on credentials that their holders have taken off: {named(open_work)}.")


# Files


def stored_files(session: Session, files: Files, now: datetime) -> Iterator[Finding]:
    there = set(files.all_keys())
    known: set[str] = set()
    for table, kept in WITH_FILES:
        keys = set(session.scalars(select(table.storage_key).where(kept)))  # type: ignore[attr-defined]
        known |= keys
        if missing := keys - there:
            yield Finding(
                f"Rows of {table.__tablename__} whose file is missing: {named(missing)}. A backup may have them."
            )
    orphans = set(files.keys_older_than(now - IN_FLIGHT)) - known if there - known else set()
    if orphans:
        yield Finding(
            f"Files older than a day that no row knows: {named(orphans)}. The worker deletes those of its folders."
        )


# What is derived


def listings(session: Session, today: date, mend: bool, progress: Progress) -> Iterator[Finding]:
    """Rows of the search that are not what trainers, credentials and checks say."""
    wrong: list[int] = []
    for ids in listing.ids_in_portions(session):
        wrong += listing.differing(session, ids, today=today)
        progress(len(ids))
    if wrong and mend:
        listing.rebuild(session, today=today)
    if wrong:
        yield Finding(f"Listings that differ from their sources, of trainers: {named(wrong)}.", mended=mend)


def reminders(session: Session, today: date, mend: bool, progress: Progress) -> Iterator[Finding]:
    """Watches that are missing, or warn about a date that does not count: what is there is compared with what the
    function that keeps them would leave."""
    missing: list[int] = []
    wrong: list[int] = []
    for trainer_id in session.scalars(select(Trainer.id).order_by(Trainer.id)).all():
        with session.begin_nested() as trial:
            before = watched(session, trainer_id)
            watch_all(session, session.get_one(Trainer, trainer_id), today)
            after = watched(session, trainer_id)
            if not mend:
                trial.rollback()
        if before != after:
            (wrong if before - after else missing).append(trainer_id)
        progress(1)
    if missing:
        yield Finding(f"End dates that nobody would be reminded of, of trainers: {named(missing)}.", mended=mend)
    if wrong:
        yield Finding(f"Reminders of a wrong date or day, of trainers: {named(wrong)}.", mended=mend)


def watched(session: Session, trainer_id: int) -> Watched:
    """Whoever's address they go to: planning lets them follow a new one."""
    query = select(Watch.subject_kind, Watch.subject_id, Watch.expires_on, Watch.next_on, Watch.next_step)
    of_trainer = query.where(Watch.trainer_id == trainer_id, Watch.kind == REMINDERS)
    return {tuple(row) for row in session.execute(of_trainer.where(Watch.next_on.is_not(None)))}  # type: ignore[misc]


def watch_all(session: Session, trainer: Trainer, today: date) -> None:
    for credential in (
        session.scalars(select(Credential).where(Credential.trainer_id == trainer.id)).unique().all()
    ):
        if credential.terms and rule_for(credential.type, today):
            watches.watch_credential(session, credential, today=today)
    watches.watch_cards(session, trainer, today=today)
