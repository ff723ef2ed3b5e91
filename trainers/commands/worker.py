"""`flask worker`: sends what is due every few seconds, and once a day plans reminders and clears up."""

import logging
import signal
import sys
from datetime import date
from threading import Event
from types import FrameType

import click
from flask.cli import with_appcontext

from trainers.commands import mailing
from trainers.core import contact, evidence, sign_in_limits
from trainers.core.transport import open_transport
from trainers.extensions import db
from trainers.web import site

log = logging.getLogger("trainers.worker")

PAUSE = 3.0  # seconds between two looks into the outbox
AFTER_TROUBLE = 60.0


@click.command("worker")
@with_appcontext
def command() -> None:
    """Send mail and plan reminders until stopped. Several workers at once do no harm."""
    log_to_terminal()
    stopped = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()  # the step that runs is finished first

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    log.info("The worker runs.")
    work(stopped)
    log.info("The worker has stopped.")


def work(stopped: Event) -> None:
    planned: date | None = None
    while not stopped.is_set():
        pause = PAUSE
        try:
            if planned != site.today():
                planned = daily()
            pause = send(stopped)
        except Exception:
            log.exception("A step failed; it is tried again in %d seconds", AFTER_TROUBLE)
            pause = AFTER_TROUBLE
        finally:
            db.session.remove()
        stopped.wait(pause)


def daily() -> date:
    """The work of one day of the site's zone; a second time it finds nothing to do. Answers which day it was."""
    today = site.today()
    log.info(mailing.told(mailing.plan_all(db.session(), today=today, now=site.now())))
    clear_up()
    return today


def clear_up() -> None:
    """Erase what is kept no longer than needed."""
    session, files, now = db.session(), evidence.open_files(site.settings().uploads_url), site.now()
    erased = evidence.erase_due(session, files, now=now)
    session.commit()
    orphans = evidence.sweep_orphans(session, files, now=now)
    forgotten = contact.forget_expired(session, now=now)
    sign_in_limits.forget_old(session, now=now)
    session.commit()
    log.info("Erased: %d files, %d uploads without a row, %d messages of visitors.", erased, orphans, forgotten)


def send(stopped: Event) -> float:
    """One round of sending; answers how long to wait before the next."""
    settings = site.settings()
    with open_transport(settings.mail_url, host=settings.host) as transport:
        done = mailing.send_all(db.session(), transport, settings, clock=site.now, stopped=stopped.is_set)
    if done.claimed:
        log.info(mailing.reported(done))
    if done.unreachable:
        log.warning("No mail can be handed over: %s", done.unreachable)
        return AFTER_TROUBLE
    return PAUSE


def log_to_terminal() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(asctime)s worker: %(message)s", "%Y-%m-%d %H:%M:%S"))
    logger = logging.getLogger("trainers")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
