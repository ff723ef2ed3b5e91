"""What is decided about reports and contests."""

from uuid import UUID

from flask import Blueprint, flash
from flask.typing import ResponseReturnValue

from trainers.core import takedown
from trainers.core.review import contests, decisions
from trainers.web import access, desk, site
from trainers.web.desk import attempt, find, sitting, work_page
from trainers.web.forms.cases import ContestForm, NoteForm, TakeDownForm
from trainers.web.htmx import see_other

blueprint = Blueprint("cases", __name__)
blueprint.context_processor(desk.words)


@blueprint.post("/review/<uuid:uuid>/resolve")
@access.reviewer_only
def resolve(uuid: UUID) -> ResponseReturnValue:
    work, form = find(uuid), NoteForm()
    status = 422
    if form.validate():
        told = {"note": form.note.data or "", "answer": form.answer.data or ""}
        status = attempt(lambda: decisions.resolve(site.session(), work, sitting(), **told), form)
    if status == 200:
        flash("Settled.", "success")
        return see_other("/review")
    return work_page(work, note=form, status=status)


@blueprint.post("/review/<uuid:uuid>/take-down")
@access.reviewer_only
def take_down(uuid: UUID) -> ResponseReturnValue:
    work, form = find(uuid), TakeDownForm(prefix="down")
    status = 422
    if form.validate():
        why = form.why.data or ""
        status = attempt(lambda: takedown.take_down_reported(site.session(), work, sitting(), why=why), form)
    if status == 200:
        flash("The listing is down. Its holder is told, and who reported it.", "success")
        return see_other("/review")
    return work_page(work, down=form, status=status)


@blueprint.post("/review/<uuid:uuid>/look-again/<uuid:credential>")
@access.reviewer_only
def ask_for_look(uuid: UUID, credential: UUID) -> ResponseReturnValue:
    work = find(uuid)
    status = attempt(lambda: decisions.ask_for_look(site.session(), work, str(credential), sitting()))
    if status == 200:
        flash("A fresh look at it is in the queue.", "success")
        return see_other(f"/review/{uuid}")
    return work_page(work, status=status)


@blueprint.post("/review/<uuid:uuid>/contest")
@access.reviewer_only
def decide_contest(uuid: UUID) -> ResponseReturnValue:
    work, form = find(uuid), ContestForm(prefix="contest")
    status = 422
    if form.validate():
        told = {"outcome": form.outcome.data, "answer": form.answer.data or ""}
        status = attempt(lambda: contests.decide(site.session(), work, sitting(), **told), form)
    if status == 200:
        flash("Decided. Both trainers are told.", "success")
        return see_other("/review")
    return work_page(work, contest=form, status=status)
