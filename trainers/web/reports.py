"""Report or correct a listing."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from trainers.core import trainers
from trainers.core.review import reports
from trainers.core.review.objections import ANSWERED_WITHIN
from trainers.extensions import limiter
from trainers.web import access, site
from trainers.web.forms.reports import ReportForm
from trainers.web.htmx import see_other

blueprint = Blueprint("reports", __name__)


@blueprint.route("/trainers/<slug>/report", methods=["GET", "POST"])
@limiter.limit("10 per hour", methods=["POST"])
@access.linked
def report(slug: str) -> ResponseReturnValue:
    trainer, current_slug = trainers.find_by_slug(site.session(), slug)
    form = ReportForm()
    if form.validate_on_submit():
        reports.file_report(
            site.session(),
            trainer,
            reason=form.reason.data,
            body=form.body.data or "",
            email=form.email.data or None,
            now=site.now(),
            today=site.today(),
        )
        site.commit()
        return see_other(f"/trainers/{current_slug}/report/thanks")
    status = 422 if form.rejected else 200
    return render_template("reports/report.html", form=form, trainer=trainer, slug=current_slug), status


@blueprint.get("/trainers/<slug>/report/thanks")
@access.linked
def thanks(slug: str) -> ResponseReturnValue:
    trainer, current_slug = trainers.find_by_slug(site.session(), slug)
    return render_template(
        "reports/thanks.html", trainer=trainer, slug=current_slug, due_on=site.today() + ANSWERED_WITHIN
    )
