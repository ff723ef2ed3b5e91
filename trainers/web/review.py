"""The reviewers' queue, and the decision about a claim."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core.models import Check
from trainers.core.review import casework, decisions, notes, outages, queue, rechecks
from trainers.core.rules import rule_book
from trainers.web import access, desk, site
from trainers.web.desk import attempt, find, sitting, work_page
from trainers.web.forms.cases import NoteForm
from trainers.web.forms.looks import LookForm, number_of
from trainers.web.forms.review import RemarkForm, ReturnForm
from trainers.web.htmx import see_other

blueprint = Blueprint("review", __name__)
blueprint.context_processor(desk.words)

UNDO = "Was it wrong? Correct it under “What was decided”."
DECISIONS: dict[str, tuple[Callable[..., Check], str]] = {
    "confirm": (decisions.confirm, f"Confirmed. The trainer is told, and the listing says so. {UNDO}"),
    "second_look": (
        decisions.second_look,
        "Noted. The trainer is told, and another reviewer looks again.",
    ),
    "refuse": (decisions.refuse, f"Recorded as not confirmed. The trainer is told. {UNDO}"),
    "unavailable": (decisions.unavailable, "Noted. The work is back in the queue."),
}


# The queue


@blueprint.get("/review")
@access.reviewer_only
def index() -> ResponseReturnValue:
    session = site.session()
    return render_template(
        "review/index.html",
        queue=queue.read_queue(session, by=access.actor(), today=site.today()),
        forecast=rechecks.forecast(session, today=site.today(), now=site.now()),
        outages=outages.open_outages(session),
        issuers=[issuer for issuer in rule_book().issuers if issuer.lookup_url],
    )


@blueprint.get("/review/done")
@access.reviewer_only
def done() -> ResponseReturnValue:
    return render_template("review/done.html", decided=casework.decided(site.session(), by=access.actor()))


@blueprint.post("/review/<uuid:uuid>/take")
@access.reviewer_only
def take(uuid: UUID) -> ResponseReturnValue:
    """Leads to the work; where the decision form was sent along, what was typed in it is kept."""
    work = find(uuid)
    look = LookForm() if "method" in request.form else None
    note = NoteForm() if "note" in request.form else None
    status = attempt(
        lambda: queue.take(site.session(), work, by=access.actor(), now=site.now(), today=site.today()),
        look or note,
    )
    if status == 200 and look is note is None:
        return see_other(f"/review/{uuid}")
    return work_page(work, look=look, note=note, status=status)


@blueprint.post("/review/<uuid:uuid>/release")
@access.reviewer_only
def release(uuid: UUID) -> ResponseReturnValue:
    queue.release(site.session(), find(uuid), by=access.actor(), now=site.now())
    site.commit()
    return see_other("/review")


@blueprint.post("/review/next")
@access.reviewer_only
def take_next() -> ResponseReturnValue:
    """The most useful piece of work that this reviewer may take."""
    session, by = site.session(), access.actor()
    work = queue.take_next(session, by=by, now=site.now(), today=site.today())
    if work is None:
        flash("Nothing waits that you may take.", "info")
        return see_other("/review")
    uuid = work.uuid
    site.commit()
    return see_other(f"/review/{uuid}")


# One piece of work


@blueprint.get("/review/<uuid:uuid>")
@access.reviewer_only
def show(uuid: UUID) -> ResponseReturnValue:
    return work_page(find(uuid))


@blueprint.post("/review/<uuid:uuid>/note")
@access.reviewer_only
def note(uuid: UUID) -> ResponseReturnValue:
    work, form = find(uuid), RemarkForm(prefix="note")
    status = 422
    if form.validate():
        body = form.body.data or ""
        status = attempt(lambda: notes.add(site.session(), work, body, by=access.actor(), now=site.now()), form)
    if status == 200:
        return see_other(f"/review/{uuid}#notes")
    return work_page(work, remark=form, status=status)


@blueprint.post("/review/<uuid:uuid>/compare")
@access.reviewer_only
def compare(uuid: UUID) -> ResponseReturnValue:
    """The comparison so far; writes nothing."""
    return work_page(find(uuid), look=LookForm())


@blueprint.post("/review/<uuid:uuid>/decide")
@access.reviewer_only
def decide(uuid: UUID) -> ResponseReturnValue:
    work, form = find(uuid), LookForm()
    if work.credential is None or request.form.get("decision") not in DECISIONS:
        abort(400)
    act, said = DECISIONS[request.form["decision"]]
    form.offer(decisions.case_of(work.credential, site.today()))
    status = 422
    if form.validate():
        term_id = number_of(form.term_id)
        status = attempt(lambda: act(site.session(), work, form.look, sitting(), term_id=term_id), form)
    if status == 200:
        flash(said, "success")
        return see_other("/review")
    return work_page(work, look=form, status=status)


@blueprint.post("/review/<uuid:uuid>/return")
@access.reviewer_only
def return_claim(uuid: UUID) -> ResponseReturnValue:
    work, form = find(uuid), ReturnForm(prefix="back")
    status = 422
    if form.validate():
        answers = {"reason": form.reason.data, "note": form.note.data or "", "term_id": number_of(form.term_id)}
        status = attempt(lambda: decisions.return_claim(site.session(), work, sitting(), **answers), form)
    if status == 200:
        flash("Sent back. The trainer is told why.", "success")
        return see_other("/review")
    return work_page(work, returning=form, status=status)


@blueprint.get("/review/<uuid:uuid>/evidence/<uuid:file>")
@access.reviewer_only
def show_file(uuid: UUID, file: UUID) -> ResponseReturnValue:
    found = casework.find_file(site.session(), find(uuid), str(file), by=access.actor(), now=site.now())
    return desk.send(found)
