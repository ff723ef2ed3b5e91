"""Digests from the outbox, each with its commit, beside a bare loop of smtplib that hands mails over which were
written before, to the same mail server."""

import gc
import smtplib
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, Engine, select, text, update
from sqlalchemy.orm import Session

from tests.application import NOW, TODAY, ZONE, make_app, settings_for
from tests.bench.table import Line
from tests.bench.watched import ONE_IN, take_back
from trainers.commands import mailing
from trainers.core.mail import alerts, digests, outbox
from trainers.core.mail.transport import open_transport
from trainers.core.models import Message
from trainers.web.emails import compose

ROUNDS = 5
MAILS = 500
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


def line(where: str, engine: Engine, url: str, folder: Path) -> Line:
    """`engine` holds watched dates of which at least MAILS are due."""
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
    what = f"{where}: sending {MAILS} digests"
    return Line(what, f"{median(ours):.0f} mails/s", f"{median(anchors):.0f} mails/s smtplib", ratio, least=0.4)


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
                            f" WHERE id % {ONE_IN} = 0"))  # fmt: skip
    connection.execute(text("DELETE FROM attempt"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
