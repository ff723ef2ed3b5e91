"""Continuing education as files: a list that is imported, and the file of a cycle that an issuer asks for."""

from datetime import date
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core.education import audit_file
from trainers.core.errors import NotFound
from trainers.core.long_work import education_import, jobs
from trainers.core.long_work.job_kinds import EDUCATION
from trainers.core.long_work.spreadsheets import BOM, write_rows
from trainers.core.models import Job
from trainers.extensions import limiter
from trainers.web import access, site
from trainers.web.forms.education import CATEGORIES, amount_words
from trainers.web.forms.jobs import FileForm
from trainers.web.htmx import see_other
from trainers.web.job_pages import Door, as_download, gone, rejected_as_csv, show_job, started_import

blueprint = Blueprint("education_files", __name__, url_prefix="/dashboard/education")

START_LIMIT = "20 per hour"
PDF_LIMIT = "30 per hour"
DOOR = Door("/dashboard/education/import", "/dashboard/education", "My education and cards")


# Importing


@blueprint.route("/import", methods=["GET", "POST"])
@limiter.limit(START_LIMIT, methods=["POST"])
@access.trainer_only
def import_list() -> ResponseReturnValue:
    form = FileForm()
    uuid = started_import(form, EDUCATION) if form.validate_on_submit() else None
    if uuid:
        return see_other(f"{DOOR.path}/{uuid}")
    html = render_template("education/import.html", form=form, kind=EDUCATION, kept_days=jobs.KEPT.days)
    return html, 422 if form.rejected else 200


@blueprint.get("/import/template.csv")
@access.trainer_only
def template() -> ResponseReturnValue:
    data = BOM + write_rows(education_import.TEMPLATE)
    return as_download([data], "continuing-education.csv", size=len(data))


@blueprint.get("/import/<uuid:uuid>")
@access.trainer_only
def show_import(uuid: UUID) -> ResponseReturnValue:
    try:
        return show_job(own_import(uuid), DOOR)
    except NotFound as error:
        return gone(error)


@blueprint.post("/import/<uuid:uuid>/stop")
@access.trainer_only
def stop_import(uuid: UUID) -> ResponseReturnValue:
    jobs.cancel(site.session(), own_import(uuid), by=access.actor(), now=site.now())
    site.commit()
    flash("Stopped.", "success")
    return see_other(f"{DOOR.path}/{uuid}")


@blueprint.get("/import/<uuid:uuid>/rejected")
@access.trainer_only
def rejected(uuid: UUID) -> ResponseReturnValue:
    return rejected_as_csv(own_import(uuid))


def own_import(uuid: UUID) -> Job:
    """Raises NotFound, for somebody else's too."""
    return jobs.find_job(site.session(), str(uuid), [EDUCATION.name], account_id=access.account().id)


# The file of a cycle


@blueprint.get("/for/<uuid:uuid>/audit.csv")
@access.trainer_only
def audit_csv(uuid: UUID) -> ResponseReturnValue:
    found = cycle_file(uuid)
    data = BOM + write_rows(audit_file.as_rows(found, CATEGORIES))
    return as_download([data], found.file_name("csv"), size=len(data))


@blueprint.get("/for/<uuid:uuid>/audit.pdf")
@limiter.limit(PDF_LIMIT)
@access.trainer_only
def audit_pdf(uuid: UUID) -> ResponseReturnValue:
    found = cycle_file(uuid)
    data = audit_file.as_pdf(found, site.files(), amount_words)
    response = Response(data, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.file_name("pdf")}"'
    return response


def cycle_file(uuid: UUID) -> audit_file.CycleFile:
    """Of the cycle in `?cycle=` (its last day), or of the running one."""
    typed = request.args.get("cycle", "")
    try:
        ends_on = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise NotFound("There is no such cycle here.") from None
    return audit_file.of_credential(
        site.session(), access.own_trainer(), str(uuid), today=site.today(), ends_on=ends_on
    )
