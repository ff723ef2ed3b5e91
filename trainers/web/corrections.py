"""A decision that was wrong: another check supersedes it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, request
from flask.typing import ResponseReturnValue

from trainers.core.models import Check
from trainers.core.review import casework, corrections
from trainers.core.review.casework import desk_of
from trainers.web import access, desk, site
from trainers.web.desk import attempt, sitting
from trainers.web.forms.looks import LookForm
from trainers.web.htmx import page_or_fragment, see_other

blueprint = Blueprint("corrections", __name__)
blueprint.context_processor(desk.words)


@blueprint.route("/review/checks/<int(max=2147483647):check_id>/correct", methods=["GET", "POST"])
@access.reviewer_only
def correct(check_id: int) -> ResponseReturnValue:
    wrong = corrections.find_check(site.session(), check_id, by=access.actor())
    case = corrections.case_without(wrong, sitting())
    if request.method == "GET":
        return correct_page(wrong, LookForm.empty(case, sitting()))
    form, status = LookForm().offer(case), 422
    if form.validate():
        status = attempt(lambda: corrections.supersede(site.session(), wrong, form.look, sitting()), form)
    if status == 200:
        flash("Corrected. The trainer is told.", "success")
        return see_other("/review/done")
    return correct_page(wrong, form, status)


@blueprint.post("/review/checks/<int(max=2147483647):check_id>/compare")
@access.reviewer_only
def compare_correction(check_id: int) -> ResponseReturnValue:
    """The comparison so far; writes nothing."""
    return correct_page(corrections.find_check(site.session(), check_id, by=access.actor()), LookForm())


@blueprint.get("/review/checks/<int(max=2147483647):check_id>/evidence/<uuid:file>")
@access.reviewer_only
def show_file_of_check(check_id: int, file: UUID) -> ResponseReturnValue:
    check = corrections.find_check(site.session(), check_id, by=access.actor())
    return desk.send(casework.file_of(site.session(), check.term.credential, str(file)))


def correct_page(wrong: Check, form: LookForm, status: int = 200) -> Response:
    desk = desk_of(site.session(), corrections.case_without(wrong, sitting()), sitting())
    context: dict[str, Any] = {"wrong": wrong, "desk": desk, "form": form.offer(desk.case)}
    context["renewal"] = form.shows_renewal(desk.case.term, site.today())
    return page_or_fragment("corrections/show.html", "review/_compared.html", status, **context)
