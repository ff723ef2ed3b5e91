"""`flask worker`: plans and clears up once a day, sends mail, does long work, gives signs of life."""

import gc
import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Event
from types import FrameType

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from trainers import logs
from trainers.commands import mailing, working
from trainers.core import contact, evidence, heartbeats, moderation
from trainers.core.education import papers, retention
from trainers.core.evidence import Erased, Files
from trainers.core.long_work import jobs
from trainers.core.long_work.jobs import Work
from trainers.core.mail import following
from trainers.core.mail.transport import open_transport
from trainers.core.review import rechecks
from trainers.core.sign_in import limits as sign_in_limits
from trainers.extensions import db
from trainers.web import site

log = logging.getLogger("trainers.worker")

PAUSE = 3.0  # seconds between two looks into the outbox, and for long work
AFTER_TROUBLE = 60.0
AT_ONCE = 0.0
SIGN_OF_LIFE = 60.0
MAILS_AT_ONCE = 50


@click.command("worker")
@with_appcontext
def command() -> None:
    """Send mail, plan reminders and do long work until stopped. Several workers at once do no harm."""
    log_to_terminal()
    gc.freeze()  # what the start has made stays: the collector need not look at it again and again
    stopped = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()  # the step that runs is finished first

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    log.info("The worker runs.")
    work(stopped)
    log.info("The worker has stopped.")


def work(stopped: Event) -> None:
    """Take the steps in turn, each when it is due, until somebody says stop."""
    shift = Shift(stopped)
    steps = [Step(each) for each in (shift.give_sign, shift.plan, shift.clear, shift.send, shift.do_job)]
    while not stopped.is_set():
        for step in steps:
            if step.is_due(site.now()) and not stopped.is_set():
                step.take()
        stopped.wait(pause_before(steps))
    shift.lay_down()


@dataclass
class Step:
    """One thing done again and again. `run` does some of it and answers in how many seconds it wants to go on."""

    run: Callable[[], float]
    due: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Also when it seems far off: the clock was set back."""
        return self.due is None or self.due <= now or self.due > now + timedelta(seconds=2 * AFTER_TROUBLE)

    def take(self) -> None:
        """What breaks in one step holds up no other; it is tried again after a while."""
        try:
            pause = self.run()
        except Exception:
            log.exception("A step failed; it is tried again in %d seconds", AFTER_TROUBLE)
            pause = AFTER_TROUBLE
        finally:
            db.session.remove()
        self.due = site.now() + timedelta(seconds=pause)


def pause_before(steps: list[Step]) -> float:
    """Seconds until the next step is due."""
    now = site.now()
    return max(AT_ONCE, min((step.due - now).total_seconds() for step in steps if step.due))


class Shift:
    """What one worker remembers: the days that it has planned and cleared up, and the job in its hands."""

    def __init__(self, stopped: Event) -> None:
        self.stopped = stopped
        self.planned: date | None = None
        self.cleared: date | None = None
        self.job: Work | None = None

    def plan(self) -> float:
        """The work of one day of the site's zone; a second time it finds nothing to do."""
        today = site.today()
        if self.planned != today:
            self.lay_down()
            opened = rechecks.open_due(db.session(), today=today, now=site.now())
            db.session.commit()
            log.info("Opened: %d looks at certifications that were confirmed before.", opened.total)
            done = mailing.plan_all(db.session(), today=today, now=site.now(), zone=site.zone())
            log.info(mailing.told(done))
            if done.paused:
                return AFTER_TROUBLE
            self.planned = today
        return PAUSE

    def clear(self) -> float:
        """Once a day, and again after a while as long as something could not be erased."""
        today = site.today()
        if self.cleared != today:
            self.lay_down()
            if clear_up():
                return AFTER_TROUBLE
            heartbeats.beat(db.session(), heartbeats.CLEARING, now=site.now())
            db.session.commit()
            self.cleared = today
        return PAUSE

    def send(self) -> float:
        """One batch, so that neither a sign of life nor a job waits until a long outbox is empty."""
        settings = site.settings()
        with open_transport(settings.mail_url, host=settings.host) as transport:
            done = mailing.send_all(
                db.session(),
                transport,
                settings,
                clock=site.now,
                stopped=self.stopped.is_set,
                at_once=MAILS_AT_ONCE,
                once=True,
            )
        if done.claimed:
            log.info(mailing.reported(done))
        if done.unreachable:
            log.warning("No mail can be handed over: %s", done.unreachable)
            return AFTER_TROUBLE
        return AT_ONCE if done.claimed else PAUSE

    def do_job(self) -> float:
        """One chunk of long work, so that mail waits for no more than that."""
        session = db.session()
        held, self.job = self.job or working.claim(session, clock=site.now), None
        if held is None:
            return PAUSE
        self.job = working.one_chunk(session, site.files(), held, clock=site.now, today=site.today())
        if self.job is None:
            log.info("Job %s (%s): our part is over.", held.uuid, held.kind)
        return AT_ONCE

    def lay_down(self) -> None:
        """The job in hand goes on elsewhere, or here later."""
        if self.job:
            working.lay_down(db.session(), self.job)
            db.session.remove()
        self.job = None

    def give_sign(self) -> float:
        heartbeats.beat(db.session(), heartbeats.WORKER, now=site.now())
        db.session.commit()
        return SIGN_OF_LIFE


def sweep_orphans(session: Session, files: Files, now: datetime) -> Erased:
    """Files without a row, whatever they were to be."""
    found = Erased()
    for sweep in (evidence.sweep_orphans, jobs.sweep_orphans, papers.sweep_orphans, moderation.sweep_orphans):
        found += sweep(session, files, now=now)
    return found


def erase_due(session: Session, files: Files, now: datetime) -> Erased:
    """Files whose time is up."""
    found = Erased()
    for erase in (evidence.erase_due, retention.erase_due, jobs.erase_due):
        found += erase(session, files, now=now)
    return found


def clear_up() -> int:
    """Erase what is kept no longer than needed; how many files could not be deleted."""
    session, files, now = db.session(), site.files(), site.now()
    forgotten = contact.forget_expired(session, now=now)
    following.forget_unpressed(session, now=now)
    sign_in_limits.forget_old(session, now=now)
    session.commit()
    erased = erase_due(session, files, now)
    session.commit()
    orphans = sweep_orphans(session, files, now)
    log.info(
        "Erased: %d files, %d uploads without a row, %d messages of visitors.",
        erased.files,
        orphans.files,
        forgotten,
    )
    failed = erased.failed + orphans.failed
    if failed:
        log.error("Files that could not be erased: %d. It is tried again in %d seconds.", failed, AFTER_TROUBLE)
    return failed


def log_to_terminal() -> None:
    """What it does, not only what goes wrong."""
    logs.set_up(site.settings(), sys.stdout)
    logging.getLogger("trainers").setLevel(logging.INFO)
