"""How the pages of long work show it, whoever it belongs to: how far it is, what was rejected, files to fetch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from flask import Response, abort, make_response, render_template, request
from werkzeug.utils import secure_filename

from trainers.core import heartbeats
from trainers.core.dates import long_date
from trainers.core.errors import DomainError, NotFound
from trainers.core.long_work import exports, imports, job_words, jobs
from trainers.core.long_work.job_kinds import KINDS
from trainers.core.long_work.spreadsheets import BOM, write_rows
from trainers.core.models import Job
from trainers.web import access, site
from trainers.web.forms.jobs import FileForm
from trainers.web.htmx import FRAGMENT_HEADERS, page_or_fragment, wants_fragment

STOP_ASKING = 286  # of htmx
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Door:
    """Where the pages of a job stand, and what leads back from them."""

    path: str
    back: str
    back_text: str


@dataclass(frozen=True)
class Seen:
    """A job as its pages tell it."""

    job: Job
    title: str
    what: str
    state: str
    progress: str
    by: str
    created: str
    ended: str
    has_ended: bool
    broken_off: bool
    silent: bool
    quarters: int


def seen(job: Job) -> Seen:
    kind, now = KINDS[job.kind], site.now()
    return Seen(
        job=job,
        title=kind.title,
        what=job_words.what_words(job),
        state=job_words.state_word(job),
        progress=job_words.progress_words(job, kind.unit, now=now),
        by=job.account.email if job.account else "a command",
        created=moment(job.created_at),
        ended=moment(job.ended_at) if job.ended_at else "",
        has_ended=jobs.has_ended(job),
        broken_off=jobs.has_ended(job) and job.done != job.total,
        silent=job_words.is_silent(job, now=now),
        quarters=job_words.quarters(job),
    )


def moment(at: datetime) -> str:
    """ "25 November 2026, 10:05" in the site's zone."""
    local = at.astimezone(site.zone())
    return f"{long_date(local.date())}, {local:%H:%M}"


def show_job(job: Job, door: Door) -> Response:
    """The page, and, while it is not over, the part of it that asks for itself again every two seconds."""
    page = request.args.get("page", 1, type=int)
    pages = max(1, -(-job.rejected // jobs.SHOWN))
    if not 1 <= page <= pages:
        abort(404)
    told = request.args.get("said", 4, type=int)
    return page_or_fragment(
        "jobs/show.html",
        "jobs/_answer.html",
        door=door,
        path=f"{door.path}/{job.uuid}",
        seen=seen(job),
        rows=jobs.rejected_lines(site.session(), job, page=page) if jobs.has_ended(job) else [],
        result=has_result(job),
        verdicts=jobs.judged_lines(site.session(), job) if jobs.has_ended(job) else [],
        erased=job.ended_at is not None and job.ended_at <= site.now() - jobs.KEPT,
        number=page,
        pages=pages,
        aloud=job_words.said_aloud(job) if job_words.quarters(job) > told else "",
        nobody_works=nobody_works(),
        kept_days=jobs.KEPT.days,
    )


def gone(error: NotFound) -> Response:
    """The page that watches a job is told so in its place, and asks no more; anybody else gets the usual page."""
    if not wants_fragment():
        raise error
    response = make_response(render_template("jobs/_gone.html", sentence=error.sentence), STOP_ASKING)
    response.vary.update(FRAGMENT_HEADERS)
    return response


def has_result(job: Job) -> bool:
    return isinstance(KINDS[job.kind], exports.ExportKind) and job.state == "done"


def nobody_works() -> bool:
    """No worker was heard of lately, so that waiting jobs will wait."""
    return not heartbeats.is_heard_of(site.session(), heartbeats.WORKER, now=site.now())


def verdicts_as_csv(job: Job) -> Response:
    rows = jobs.judged_lines(site.session(), job, limit=None)
    if not rows:
        abort(404)
    found = ((row.line, (row.data or {}).get("name"), (row.data or {}).get("number"), row.verdict) for row in rows)
    data = BOM + write_rows([("line", "name", "number", "verdict"), *found])
    return as_download([data], "verdicts.csv", size=len(data))


def started_import(
    form: FileForm, kind: imports.ImportKind, params: Mapping[str, Any] | None = None
) -> str | None:
    """Store the file and queue it. No transaction is open while it is read over and stored."""
    account_id, session = access.account().id, site.session()
    session.rollback()
    try:
        stored = kind.start(site.files(), form.read())
    except DomainError as error:
        form.refuse(error)
        return None
    job = imports.enqueue(
        session, kind, stored, account_id=account_id, now=site.now(), name=form.file_name, params=params
    )
    uuid = job.uuid
    site.commit()
    return uuid


def rejected_as_csv(job: Job) -> Response:
    rows = jobs.rejected_lines(site.session(), job, limit=None)
    if not rows:
        abort(404)
    table = [("line", "value", "reason"), *((row.line, row.value, row.problem) for row in rows)]
    data = BOM + write_rows(table)
    sent_as = secure_filename(PurePath(job.params.get("name", "")).stem)
    return as_download([data], f"rejected-rows{'-of-' if sent_as else ''}{sent_as}.csv", size=len(data))


def as_download(body: Iterable[bytes], name: str, *, size: int) -> Response:
    """A file to save, never to show. Its size is told, so that a download that broke off is noticed."""
    response = Response(body, content_type=CSV)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.content_length = size
    return response
