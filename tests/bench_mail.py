"""Planning and sending mail, each beside an anchor of the same run: rows of `make bench`.

Planning: a million watched dates of which ten thousand are due, beside what nobody can do without, reading their
ids by the index and writing the same rows. Sending: digests from the outbox, each with its commit, beside a bare
loop of smtplib that hands mails over which were written before, to the same mail server.
"""

import gc
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, insert, select, text, update
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY, ZONE, make_app, settings_for
from tests.databases import Databases, connect
from trainers.commands import mailing
from trainers.core.mail import alerts, digests, outbox
from trainers.core.mail.transport import open_transport
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
from trainers.web.emails import compose

DATES = 1_000_000
DUE = 10_000
MAILS = 500
ROUNDS = 5
MOST_PLANNING = 4.0
LEAST_SENDING = 0.4
CHUNK = 20_000
SINK = """
import asyncio, sys
from aiosmtpd.controller import Controller

class Sink:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"

controller = Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
print("ready", flush=True)
sys.stdin.read()
controller.stop()
"""


@dataclass(frozen=True)
class Row:
    what: str
    ours: float
    anchor: float
    ratio: float
    to_reach: str
    unit: str


def rows(databases: Databases, folder: Path) -> Iterator[Row]:
    folder.mkdir()
    url = databases.copy()
    engine = connect(url)
    fill(engine, DATES)
    yield planning_row(engine)
    yield sending_row(engine, url, folder)
    engine.dispose()


# The people


def fill(engine: Engine, dates: int) -> None:
    """One trainer, with one confirmed certification, for each watched date. One in a hundred is due today."""
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
    return TODAY + timedelta(days=30 if n % (DATES // DUE) == 0 else 91 + n % 600)


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


# Planning


def planning_row(engine: Engine) -> Row:
    ours, anchors = [], []
    for _ in range(ROUNDS):
        with Session(engine) as session:
            start = time.perf_counter()
            done = mailing.plan_all(session, today=TODAY, now=NOW, zone=ZONE)
            ours.append(time.perf_counter() - start)
        if done.mails != DUE:
            raise SystemExit(f"{done.mails} mails were planned, and {DUE} dates are due.")
        written = [(table, read_rows(engine, table)) for table in (Message.__table__, Alert.__table__)]
        take_back(engine)
        anchors.append(bare(engine, written))
        take_back(engine)
    ratio = median(a / b for a, b in zip(ours, anchors, strict=True))
    what = f"planning, {DUE:,} due of {DATES:,}"
    return Row(what, median(ours), median(anchors), ratio, f"<= {MOST_PLANNING}x", "s")


def read_rows(engine: Engine, table: Table) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(select(table).order_by(table.c.id))]


def bare(engine: Engine, written: list[tuple[Table, list[dict[str, Any]]]]) -> float:
    """Reading the ids of what is due by the index, and writing the same rows, in one transaction of the driver's
    own: nothing of SQLAlchemy stands between."""
    ready = [(statement_of(engine, table), values_of(engine, table, found)) for table, found in written]
    raw = engine.raw_connection()
    cursor = raw.cursor()
    start = time.perf_counter()
    cursor.execute("BEGIN" if engine.dialect.name == "sqlite" else "SELECT 1")
    cursor.execute(f"SELECT id FROM watch WHERE next_on <= '{TODAY.isoformat()}'")
    cursor.fetchall()
    for statement, values in ready:
        cursor.executemany(statement, values)
    cursor.execute("COMMIT")
    taken = time.perf_counter() - start
    raw.close()
    return taken


def statement_of(engine: Engine, table: Table) -> str:
    sign = "?" if engine.dialect.name == "sqlite" else "%s"
    return f"INSERT INTO {table.name} ({', '.join(table.c.keys())}) VALUES ({', '.join([sign] * len(table.c))})"


def values_of(engine: Engine, table: Table, found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """As the driver wants them."""
    processors = [column.type.dialect_impl(engine.dialect).bind_processor(engine.dialect) for column in table.c]
    return [
        tuple(
            process(value) if process else value for process, value in zip(processors, row.values(), strict=True)
        )
        for row in found
    ]


def take_back(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(delete(Alert))
        connection.execute(delete(Message))
        due = (Watch.recipient_id % (DATES // DUE)) == 0
        day = day_of(30, TODAY + timedelta(days=30))
        connection.execute(update(Watch).where(due).values(next_on=day, next_step=30))


# Sending


def sending_row(engine: Engine, url: str, folder: Path) -> Row:
    app = make_app(folder, database_url=url)
    port = free_port()
    sink = subprocess.Popen([sys.executable, "-c", SINK, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert sink.stdout
    sink.stdout.readline()
    settings = settings_for(folder, database_url=url, mail_url=f"smtp://127.0.0.1:{port}")
    ours, anchors = [], []
    gc.freeze()  # as the command does
    with app.app_context():
        for _ in range(ROUNDS):
            with Session(engine) as session:
                outgoing = planned(session)
                start = time.perf_counter()
                with open_transport(settings.mail_url, host="localhost") as transport:
                    done = mailing.send_all(session, transport, settings, clock=lambda: NOW)
                ours.append(MAILS / (time.perf_counter() - start))
            if done.sent != MAILS:
                raise SystemExit(f"{done.sent} mails were sent, and not {MAILS}.")
            anchors.append(MAILS / bare_loop(port, outgoing))
            take_back_sent(engine)
    sink.terminate()
    sink.wait()
    ratio = median(a / b for a, b in zip(ours, anchors, strict=True))
    return Row(f"sending {MAILS} digests", median(ours), median(anchors), ratio, f">= {LEAST_SENDING}x", "mails/s")


def planned(session: Session) -> list[tuple[str, str, bytes]]:
    """Plans some mails, and answers what the bare loop is to send: the same, written beforehand."""
    alerts.plan(session, today=TODAY, now=NOW, zone=ZONE)
    some = session.scalars(select(Message.id).order_by(Message.id).limit(MAILS)).all()
    session.execute(update(Message).where(Message.id > some[-1]).values(not_before=NOW + timedelta(days=1)))
    session.commit()
    claimed = digests.write_digests(session, outbox.claim(session, now=NOW, limit=MAILS), today=TODAY)
    mails = [compose(message, settings_for(Path("/tmp")), now=NOW) for message in claimed]
    session.rollback()
    return [(mail.sender, mail.to, mail.data) for mail in mails]


def bare_loop(port: int, outgoing: list[tuple[str, str, bytes]]) -> float:
    start = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port, "localhost") as server:
        for sender, to, data in outgoing:
            server.sendmail(sender, [to], data)
    return time.perf_counter() - start


def take_back_sent(engine: Engine) -> None:
    with engine.begin() as connection:
        forget_attempts(connection)
    take_back(engine)


def forget_attempts(connection: Connection) -> None:
    """Which only an erasure lets go: here everybody is erased, and made again with the next planning."""
    connection.execute(text("DELETE FROM erasure"))
    connection.execute(text("INSERT INTO erasure (trainer_id, at) SELECT id, CURRENT_TIMESTAMP FROM trainer"
                            f" WHERE id % {DATES // DUE} = 0"))  # fmt: skip
    connection.execute(text("DELETE FROM attempt"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
