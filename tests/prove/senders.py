"""Senders as processes of their own, made by the dozen: `python -m tests.prove.senders DATABASE MAIL_URL FOLDER`.

A line on standard input with a moment starts one that sends what is due then; its number is answered. "wait" is
answered when all have ended, with how many were killed. The application is imported once, and forked.
"""

import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from tests.application import settings_for
from tests.databases import connect
from trainers.commands import mailing
from trainers.core.mail.transport import open_transport
from trainers.factory import create_app

AT_ONCE = 3
TRIES = 4
"""So often a sender begins again when the server was gone."""
PATIENCE = 0.5
"""Seconds that a server may be silent."""


def main(database_url: str, mail_url: str, folder: str) -> None:
    settings = settings_for(Path(folder), database_url=database_url, mail_url=mail_url)
    app = create_app(settings, instance=Path(folder))
    for line in sys.stdin:
        order = line.strip()
        if order == "wait":
            print(f"ended {wait_for_all()}", flush=True)
            continue
        child = os.fork()
        if child == 0:
            with app.app_context():
                send(database_url, mail_url, datetime.fromisoformat(order), settings)
            os._exit(0)
        print(child, flush=True)


def send(database_url: str, mail_url: str, moment: datetime, settings: mailing.Settings) -> None:
    began = time.monotonic()

    def clock() -> datetime:
        return moment + timedelta(seconds=time.monotonic() - began)

    with Session(connect(database_url)) as session:
        for _ in range(TRIES):
            with open_transport(mail_url, host="localhost", timeout=PATIENCE) as transport:
                done = mailing.send_all(session, transport, settings, clock=clock, at_once=AT_ONCE)
            if not done.unreachable:
                break


def wait_for_all() -> int:
    """How many were killed before they had ended."""
    killed = 0
    while True:
        try:
            _, status = os.wait()
        except ChildProcessError:
            return killed
        if os.WIFSIGNALED(status):
            killed += 1
        elif status:
            raise SystemExit(f"A sender ended with {status}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
