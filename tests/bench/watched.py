"""Invented trainers whose dates are watched, and what undoes the planning of their mail."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, delete, insert, select, text, update
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY
from trainers.core.mail.watches import USUAL, as_text, day_of
from trainers.core.models import (
    Account,
    Alert,
    Check,
    Credential,
    CredentialType,
    Message,
    Recipient,
    Term,
    Trainer,
    Watch,
)

ONE_IN = 100
CHUNK = 20_000


def fill(engine: Engine, dates: int) -> None:
    """One trainer, with one confirmed certification, for each watched date. One in ONE_IN is due today."""
    with Session(engine) as session:
        type_id = session.scalars(select(CredentialType.id).where(CredentialType.code == "NASM-CPT")).one()
    for start in range(1, dates + 1, CHUNK):
        ids = range(start, min(start + CHUNK, dates + 1))
        with engine.begin() as connection:
            for table, made in (
                (Account, account_of), (Trainer, trainer_of), (Recipient, recipient_of),
                (Credential, lambda n: credential_of(n, type_id)), (Term, term_of), (Check, check_of),
                (Watch, watch_of),
            ):  # fmt: skip
                connection.execute(insert(table), [made(n) for n in ids])
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def ends_on(n: int) -> date:
    """Thirty days away for those that are due; the others have long to go."""
    return TODAY + timedelta(days=30 if n % ONE_IN == 0 else 91 + n % 600)


def account_of(n: int) -> dict[str, Any]:
    email = f"person{n}@example.org"
    return {"id": n, "email": email, "email_key": email, "active": True, "fs_uniquifier": f"u{n}",
            "confirmed_at": NOW, "created_at": NOW}  # fmt: skip


def trainer_of(n: int) -> dict[str, Any]:
    return {"id": n, "account_id": n, "name": f"Person {n}", "zip": "97005", "mode": "both", "state": "listed",
            "created_at": NOW, "listed_at": NOW}  # fmt: skip


def recipient_of(n: int) -> dict[str, Any]:
    email = f"person{n}@example.org"
    return {"id": n, "email": email, "email_key": email, "account_id": n, "key": f"key{n:013d}", "state": "ok"}


def credential_of(n: int, type_id: int) -> dict[str, Any]:
    return {
        "id": n,
        "uuid": f"00000000-0000-0000-0000-{n:012d}",
        "trainer_id": n,
        "type_id": type_id,
        "created_at": NOW,
    }


def term_of(n: int) -> dict[str, Any]:
    return {"id": n, "credential_id": n, "number": f"N{n}", "number_key": f"n{n}", "name_on_certificate": "Person",
            "issued_on": ends_on(n) - timedelta(days=730), "expires_on": ends_on(n), "source": "holder",
            "recorded_at": NOW}  # fmt: skip


def check_of(n: int) -> dict[str, Any]:
    return {"id": n, "term_id": n, "method": "issuer_lookup", "outcome": "matched", "shown_expires_on": ends_on(n),
            "name_result": "exact", "number_result": "exact", "expiry_result": "exact", "source_url": "https://x",
            "looked_on": TODAY, "by": "1", "recorded_at": NOW}  # fmt: skip


def watch_of(n: int) -> dict[str, Any]:
    step = 30 if ends_on(n) - TODAY == timedelta(days=30) else 90
    return {"recipient_id": n, "kind": "expiry", "subject_kind": "credential", "subject_id": n, "trainer_id": n,
            "item": f"00000000-0000-0000-0000-{n:012d}", "steps": as_text(USUAL), "expires_on": ends_on(n),
            "next_on": day_of(step, ends_on(n)), "next_step": step}  # fmt: skip


def take_back(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(delete(Alert))
        connection.execute(delete(Message))
        due = (Watch.recipient_id % ONE_IN) == 0
        day = day_of(30, TODAY + timedelta(days=30))
        connection.execute(update(Watch).where(due).values(next_on=day, next_step=30))
