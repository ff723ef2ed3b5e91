from datetime import datetime
from pathlib import Path
from threading import Event
from typing import BinaryIO

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from trainers.commands import working
from trainers.commands.failing import fails_loudly
from trainers.core import audit_export, exports, imports, job_words, jobs
from trainers.core.job_kinds import BOUNCES, KINDS
from trainers.core.models import Job
from trainers.extensions import db
from trainers.web import site

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
    stored = BOUNCES.start(site.files(), file.read())
    job = imports.enqueue(session, BOUNCES, stored, account_id=None, now=site.now())
    session.commit()
    tell(session, see_through(session, job))


@exporting.command("audit")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--about", default="", help="One trainer only: trainer:7, or the address of the listing.")
@click.option("--since", type=DAY, help="From this day.")
@click.option("--until", type=DAY, help="To this day, which is included.")
@fails_loudly
def export_audit(file: Path, about: str, since: datetime | None, until: datetime | None) -> None:
    """Write who did what into FILE, as CSV."""
    session = db.session()
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
    if job.state == "done":
        save(session, job, file)
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
    click.echo(f"{len(found)} jobs.")


def see_through(session: Session, job: Job) -> Job:
    """Run it in this process, or watch whoever runs it already."""
    wait = Event().wait
    return working.see_through(session, site.files(), job, clock=site.now, today=site.today(), pause=wait)


def save(session: Session, job: Job, file: Path) -> None:
    keys = [part.storage_key for part in jobs.result_parts(session, job)]
    with file.open("wb") as out:
        out.writelines(exports.read_parts(site.files(), keys))


def tell(session: Session, job: Job) -> None:
    """What came of it, with every rejected line. Raises ClickException when it failed or was stopped."""
    for row in jobs.rejected_lines(session, job, limit=None):
        click.echo(f"line {row.line}: {row.problem}{f' ({row.value})' if row.value else ''}")
    if job.state in ("failed", "cancelled"):
        raise click.ClickException(job.sentence)
    if job.sentence:
        click.echo(job.sentence)


def line_of(job: Job) -> str:
    progress = job_words.progress_words(job, KINDS[job.kind].unit, now=site.now())
    return f"{job.uuid} {job.created_at:%Y-%m-%d %H:%M} {job.kind:<10} {job_words.state_word(job):<8} {progress}"
