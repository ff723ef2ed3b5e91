"""All that is kept of an account, for its holder to take along: rows as JSON, and the files.

A table that hangs on an account or a trainer is either taken or left out with a reason; a test holds that.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from sqlalchemy import ColumnElement, LargeBinary, Select, Table, func, or_, select
from sqlalchemy.orm import Session

from .evidence import Files
from .models import (
    Account,
    Alert,
    Attempt,
    AuditEvent,
    Base,
    Bounce,
    CalendarToken,
    Check,
    ClaimDraft,
    ClearingSeen,
    Consent,
    ContactMessage,
    Credential,
    DatedItem,
    EducationRecord,
    Evidence,
    Follow,
    Job,
    KeptSheet,
    LadderChoice,
    Message,
    Objection,
    Paper,
    Passkey,
    Portrait,
    Recipient,
    Review,
    Score,
    Share,
    SheetConsent,
    ShortLink,
    Slug,
    Stop,
    Term,
    Trainer,
    TrainerLanguage,
    TrainerSpecialty,
    Watch,
)

Rows = list[dict[str, Any]]
FILED: tuple[type[Evidence] | type[Paper] | type[Portrait], ...] = (Evidence, Paper, Portrait)
LEFT_OUT = {
    "account_role": "Which work of ours the account may do; it says nothing about its holder.",
    "job_row": "Lines of a list that is being read. The page of the import hands out those that were refused.",
    "job_file": "Parts of a result, which the page of the export hands out.",
    "listing": "Made anew from the other tables, for the search.",
    "name_word": "Made anew from the name, for the search.",
    "report": "Written by others, whom we promised that nobody learns who reported. The answer stands in review.",
    "review_note": "What reviewers write to each other about their work.",
}
"""Tables that hang on a person and are not handed out, and why."""
SECRETS = {
    "account": {"password", "fs_uniquifier", "tf_totp_secret", "tf_last_counter", "mf_recovery_codes"},
    "contact_message": {"key"},
    "follow": {"key"},
    "calendar_token": {"hash"},
    "job": {"params", "cursor"},
    "message": {"context"},
    "recipient": {"key"},
    **{table.__tablename__: {"storage_key"} for table in FILED},
}
"""What opens something, or is ours to find things by; also left out is what is no text."""
OURS = {"actor", "by", "closed_by", "decided_by", "note", "taken_by", "taken_until"}
"""Who of us did something, and what they noted for themselves."""


@dataclass(frozen=True)
class Takeout:
    """What was found. `files` are names in the archive and the keys in the private store."""

    rows: Mapping[str, Rows]
    files: tuple[tuple[str, str], ...]
    made_at: datetime


def gather(session: Session, account: Account, *, now: datetime) -> Takeout:
    """All that is the account's. Reads rows only, so that no transaction waits for the private store."""
    found: dict[str, Rows] = {}
    files: list[tuple[str, str]] = []
    for table, ours in steps(session, account):
        rows = session.execute(select(*table.columns).where(ours).order_by(*table.primary_key)).mappings().all()
        found[table.name] = [shown(table, row) for row in rows]
        files += [
            (f"files/{table.name}-{row['uuid']}", row["storage_key"]) for row in rows if "storage_key" in row
        ]
    return Takeout(found, tuple(files), now)


def write(takeout: Takeout, files: Files, target: IO[bytes]) -> None:
    """The archive. A file that is erased already is passed over: its row says so."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        told = {"made_at": takeout.made_at.isoformat(), "tables": takeout.rows, "left_out": LEFT_OUT}
        archive.writestr("data.json", json.dumps(told, indent=1, ensure_ascii=False))
        for name, key in takeout.files:
            try:
                data = files.read(key)
            except FileNotFoundError:
                continue
            archive.writestr(f"{name}.{'pdf' if data.startswith(b'%PDF') else 'jpg'}", data)


def shown(table: Table, row: Mapping[Any, Any]) -> dict[str, Any]:
    hidden = SECRETS.get(table.name, set()) | OURS
    columns = (each for each in table.columns if each.name not in hidden)
    return {each.name: plain(row[each]) for each in columns if not isinstance(each.type, LargeBinary)}


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def steps(session: Session, account: Account) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Each table with the condition that makes its rows this account's."""
    trainer_id = session.scalar(select(Trainer.id).where(Trainer.account_id == account.id)) or 0
    for model, ours in (*of_account(account), *of_mail(account), *of_trainer(trainer_id)):
        yield Base.metadata.tables[model.__tablename__], ours


def of_account(account: Account) -> Iterator[tuple[type[Base], ColumnElement[bool]]]:
    sheets = select(KeptSheet.id).where(KeptSheet.owner_id == account.id)
    trainers = select(Trainer.id).where(Trainer.account_id == account.id)
    yield Account, Account.id == account.id
    yield Passkey, Passkey.account_id == account.id
    yield Consent, Consent.account_id == account.id
    yield CalendarToken, CalendarToken.account_id == account.id
    yield Job, Job.account_id == account.id
    yield KeptSheet, KeptSheet.owner_id == account.id
    yield Score, Score.sheet_id.in_(sheets)
    yield ClearingSeen, ClearingSeen.sheet_id.in_(sheets)
    yield SheetConsent, SheetConsent.account_id == account.id
    yield Share, or_(Share.owner_id == account.id, Share.trainer_id.in_(trainers))
    yield ContactMessage, func.lower(ContactMessage.sender_email) == account.email_key


def of_mail(account: Account) -> Iterator[tuple[type[Base], ColumnElement[bool]]]:
    ours = or_(Recipient.account_id == account.id, Recipient.email_key == account.email_key)
    recipients: Select[Any] = select(Recipient.id).where(ours)
    messages = select(Message.id).where(Message.recipient_id.in_(recipients))
    yield Recipient, ours
    yield Watch, Watch.recipient_id.in_(recipients)
    yield Message, Message.recipient_id.in_(recipients)
    yield Attempt, Attempt.message_id.in_(messages)
    yield Bounce, Bounce.message_id.in_(messages)
    yield Alert, Alert.recipient_id.in_(recipients)
    yield Stop, Stop.recipient_id.in_(recipients)
    yield Follow, Follow.recipient_id.in_(recipients)


def of_trainer(trainer_id: int) -> Iterator[tuple[type[Base], ColumnElement[bool]]]:
    credentials = select(Credential.id).where(Credential.trainer_id == trainer_id)
    terms = select(Term.id).where(Term.credential_id.in_(credentials))
    reviews = select(Review.id).where(Review.trainer_id == trainer_id)
    yield Trainer, Trainer.id == trainer_id
    for model in (TrainerSpecialty, TrainerLanguage, Slug, ShortLink, Portrait, LadderChoice):
        yield model, model.trainer_id == trainer_id
    for table in (Credential, ClaimDraft, Evidence, DatedItem, EducationRecord, Paper, Review):
        yield table, table.trainer_id == trainer_id
    yield Term, Term.credential_id.in_(credentials)
    yield Check, Check.term_id.in_(terms)
    yield Objection, Objection.review_id.in_(reviews)
    yield AuditEvent, AuditEvent.about == f"trainer:{trainer_id}"
