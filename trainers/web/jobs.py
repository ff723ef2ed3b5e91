"""Imports and exports for admins: start one, see how far it is, fetch what came of it."""

from uuid import UUID

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue

from trainers.core.errors import DomainError, NotFound
from trainers.core.long_work import audit_export, exports, job_words, jobs, roster_check
from trainers.core.long_work.job_kinds import AUDIT, BOUNCES, FOR_ADMINS, ROSTER
from trainers.core.models import Job
from trainers.extensions import limiter
from trainers.web import access, site
from trainers.web.forms.jobs import AuditForm, FileForm, RosterForm
from trainers.web.htmx import see_other
from trainers.web.job_pages import (
    Door,
    as_download,
    gone,
    rejected_as_csv,
    seen,
    show_job,
    started_import,
    verdicts_as_csv,
)

blueprint = Blueprint("jobs", __name__, url_prefix="/admin/jobs")

DOOR = Door("/admin/jobs", "/admin/jobs", "Imports and exports")
START_LIMIT = "60 per hour"


@blueprint.get("")
@access.admin_only
def index() -> ResponseReturnValue:
    found = [seen(job) for job in jobs.newest_jobs(site.session(), FOR_ADMINS)]
    return render_template("jobs/index.html", found=found, most=jobs.SHOWN, kept_days=jobs.KEPT.days)


# Starting


@blueprint.route("/import/bounces", methods=["GET", "POST"])
@limiter.limit(START_LIMIT, methods=["POST"])
@access.admin_only
def import_bounces() -> ResponseReturnValue:
    form = FileForm()
    uuid = started_import(form, BOUNCES) if form.validate_on_submit() else None
    if uuid:
        return see_other(f"/admin/jobs/{uuid}")
    html = render_template("jobs/import_bounces.html", form=form, kind=BOUNCES, kept_days=jobs.KEPT.days)
    return html, 422 if form.rejected else 200


@blueprint.route("/import/roster", methods=["GET", "POST"])
@limiter.limit(START_LIMIT, methods=["POST"])
@access.admin_only
def import_roster() -> ResponseReturnValue:
    form = RosterForm()
    uuid = None
    day = form.sound_day(site.today()) if form.validate_on_submit() else None
    if day is not None:
        params = roster_check.params_of(form.issuer.data, day, site.settings().site_timezone)
        uuid = started_import(form, ROSTER, params)
    if uuid:
        return see_other(f"/admin/jobs/{uuid}")
    html = render_template("jobs/import_roster.html", form=form, kind=ROSTER, kept_days=jobs.KEPT.days)
    return html, 422 if form.rejected else 200


@blueprint.route("/export/audit", methods=["GET", "POST"])
@limiter.limit(START_LIMIT, methods=["POST"])
@access.admin_only
def export_audit() -> ResponseReturnValue:
    form = AuditForm()
    uuid = started_export(form) if form.validate_on_submit() else None
    if uuid:
        return see_other(f"/admin/jobs/{uuid}")
    html = render_template("jobs/export_audit.html", form=form, kind=AUDIT, kept_days=jobs.KEPT.days)
    return html, 422 if form.rejected else 200


def started_export(form: AuditForm) -> str | None:
    try:
        job = audit_export.enqueue(
            site.session(),
            about=form.about.data or "",
            since=form.since.date_value,
            until=form.until.date_value,
            zone=site.zone(),
            account_id=access.account().id,
            now=site.now(),
        )
    except DomainError as error:
        form.refuse(error)
        return None
    uuid = job.uuid
    site.commit()
    return uuid


# Looking


@blueprint.get("/<uuid:uuid>")
@access.admin_only
def show(uuid: UUID) -> ResponseReturnValue:
    try:
        return show_job(find(uuid), DOOR)
    except NotFound as error:
        return gone(error)


def find(uuid: UUID) -> Job:
    return jobs.find_job(site.session(), str(uuid), FOR_ADMINS)


@blueprint.post("/<uuid:uuid>/stop")
@access.admin_only
def stop(uuid: UUID) -> ResponseReturnValue:
    jobs.cancel(site.session(), find(uuid), by=access.actor(), now=site.now())
    site.commit()
    flash("Stopped.", "success")
    return see_other(f"/admin/jobs/{uuid}")


# What came of it


@blueprint.get("/<uuid:uuid>/result")
@access.admin_only
def result(uuid: UUID) -> ResponseReturnValue:
    job = find(uuid)
    parts = jobs.result_parts(site.session(), job)
    body = exports.read_parts(site.files(), [part.storage_key for part in parts])
    name = job_words.file_name(job, job.created_at.astimezone(site.zone()).date())
    return as_download(body, name, size=sum(part.size for part in parts))


@blueprint.get("/<uuid:uuid>/verdicts")
@access.admin_only
def verdicts(uuid: UUID) -> ResponseReturnValue:
    return verdicts_as_csv(find(uuid))


@blueprint.get("/<uuid:uuid>/rejected")
@access.admin_only
def rejected(uuid: UUID) -> ResponseReturnValue:
    return rejected_as_csv(find(uuid))
