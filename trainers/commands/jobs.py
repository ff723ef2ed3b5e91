from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any, BinaryIO

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from trainers.commands import working
from trainers.commands.failing import fails_loudly
from trainers.core import accounts
from trainers.core.errors import DomainError, NotFound, Refused
from trainers.core.long_work import audit_export, exports, imports, job_words, jobs, roster_check
from trainers.core.long_work.job_kinds import BOUNCES, EDUCATION, KINDS, ROSTER
from trainers.core.models import Job
from trainers.core.rules import rule_book
from trainers.core.trainers import trainer_of
from trainers.extensions import db
from trainers.web import site
from trainers.web.filters import plural

command = AppGroup("jobs", help="Long work: imports and exports.")
importing = AppGroup("import", help="Read a file in.")
exporting = AppGroup("export", help="Write a file.")
command.add_command(importing)
command.add_command(exporting)

DAY = click.DateTime(["%Y-%m-%d"])


@importing.command("bounces")
@click.argument("file", type=click.File("rb"))
@fails_loudly
def import_bounces(file: BinaryIO) -> None:
    """Mark the addresses of a mail provider's list (columns address and reason): no more mail goes there."""
    session = db.session()
    with tells_of_files("The file cannot be read or stored"):
        stored = BOUNCES.start(site.files(), file.read())
    job = imports.enqueue(session, BOUNCES, stored, account_id=None, now=site.now(), name=file.name)
    session.commit()
    tell(session, see_through(session, job))


@importing.command("education")
@click.option("--trainer", required=True, help="The address that the trainer signs in with.")
@click.argument("file", type=click.File("rb"))
@fails_loudly
def import_education(trainer: str, file: BinaryIO) -> None:
    """Add a list of continuing education to a trainer's log."""
    session = db.session()
    account = accounts.find_account(session, trainer)
    if trainer_of(session, account.id) is None:
        raise NotFound(f"{trainer} has no listing.")
    account_id = account.id
    session.rollback()
    with tells_of_files("The file cannot be read or stored"):
        stored = EDUCATION.start(site.files(), file.read())
    job = imports.enqueue(session, EDUCATION, stored, account_id=account_id, now=site.now(), name=file.name)
    session.commit()
    tell(session, see_through(session, job))


@importing.command("roster")
@click.option("--issuer", required=True, help="Whose list it is: NASM or ACSM.")
@click.option("--listed-on", type=DAY, required=True, help="The day on which the issuer made the list.")
@click.option("--by", required=True, help="The address of the admin in whose name the checks are recorded.")
@click.argument("file", type=click.File("rb"))
@fails_loudly
def import_roster(issuer: str, listed_on: datetime, by: str, file: BinaryIO) -> None:
    """Check claims against an issuer's list of holders (columns name, number, code, expires, status)."""
    session = db.session()
    params = roster_params(issuer, listed_on)
    account = accounts.find_account(session, by)
    if not account.has_role("admin"):
        raise Refused(f"{by} is no admin. Grant the role first: accounts grant {by} admin")
    account_id = account.id
    session.rollback()
    with tells_of_files("The file cannot be read or stored"):
        stored = ROSTER.start(site.files(), file.read())
    job = imports.enqueue(
        session, ROSTER, stored, account_id=account_id, now=site.now(), name=file.name, params=params
    )
    session.commit()
    see_through(session, job)
    for row in jobs.judged_lines(session, job):
        click.echo(f"line {row.line}: {row.verdict}")
    tell(session, job)


def roster_params(issuer: str, listed_on: datetime) -> dict[str, Any]:
    """Raises click.BadParameter for an issuer whose lists are not read, and for a day that says too little."""
    known = [each.code for each in rule_book().main_issuers]
    if issuer not in known:
        raise click.BadParameter(f"Lists are read of {' and '.join(known)}.", param_hint="--issuer")
    try:
        day = roster_check.demand_fresh(listed_on.date(), site.today())
    except DomainError as error:
        raise click.BadParameter(error.sentence, param_hint="--listed-on") from error
    return roster_check.params_of(issuer, day, site.settings().site_timezone)


@exporting.command("audit")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--about", default="", help="One trainer only: trainer:7, or the address of the listing.")
@click.option("--since", type=DAY, help="From this day.")
@click.option("--until", type=DAY, help="To this day, which is included.")
@fails_loudly
def export_audit(file: Path, about: str, since: datetime | None, until: datetime | None) -> None:
    """Write who did what into FILE, as CSV."""
    session = db.session()
    with whole_file(file) as out:
        job = audit_export.enqueue(
            session,
            about=about,
            since=since.date() if since else None,
            until=until.date() if until else None,
            zone=site.zone(),
            account_id=None,
            now=site.now(),
        )
        session.commit()
        see_through(session, job)
        demand_success(job)
        keys = [part.storage_key for part in jobs.result_parts(session, job)]
        out.writelines(exports.read_parts(site.files(), keys))
    tell(session, job)


@command.command("show")
@click.argument("id", required=False)
@click.option("--limit", default=20, show_default=True, help="How many of the newest.")
@fails_loudly
def show(id: str | None, limit: int) -> None:
    """Print the newest jobs, or one with its rejected lines."""
    session = db.session()
    if id:
        job = jobs.find_job(session, id, list(KINDS))
        click.echo(line_of(job))
        tell(session, job)
        return
    found = jobs.newest_jobs(session, list(KINDS), limit=limit)
    for job in found:
        click.echo(line_of(job))
    click.echo(f"{plural(len(found), 'job')}.")


def see_through(session: Session, job: Job) -> Job:
    """Run it in this process, or watch whoever runs it already."""
    wait = Event().wait
    return working.see_through(session, site.files(), job, clock=site.now, today=site.today(), pause=wait)


@contextmanager
def tells_of_files(what: str) -> Iterator[None]:
    """A folder that may not be written to, a full disk: a sentence instead of a trace."""
    try:
        yield
    except OSError as error:
        raise click.ClickException(f"{what}: {error}") from error


@contextmanager
def whole_file(file: Path) -> Iterator[BinaryIO]:
    """Opened before the work, so that it is not in vain; under its name it is there whole or as it was before."""
    file = file.resolve()  # of a link, what it leads to
    is_device = file.exists() and not file.is_file()
    part = file if is_device else file.with_name(f"{file.name}.part")
    with tells_of_files("The file cannot be written"):
        try:
            with part.open("wb") as out:
                yield out
            if not is_device:
                part.replace(file)
        finally:
            if not is_device:
                part.unlink(missing_ok=True)


def tell(session: Session, job: Job) -> None:
    """What came of it, with every rejected line. Raises ClickException when it failed or was stopped."""
    for row in jobs.rejected_lines(session, job, limit=None):
        click.echo(f"line {row.line}: {row.problem}{f' ({row.value})' if row.value else ''}")
    demand_success(job)
    if job.sentence:
        click.echo(job.sentence)


def demand_success(job: Job) -> None:
    if job.state in ("failed", "cancelled"):
        raise click.ClickException(job.sentence)


def line_of(job: Job) -> str:
    progress = job_words.progress_words(job, KINDS[job.kind].unit, now=site.now())
    return f"{job.uuid} {job.created_at:%Y-%m-%d %H:%M} {job.kind:<10} {job_words.state_word(job):<8} {progress}"
