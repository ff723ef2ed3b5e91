"""The reviewers' pages: the queue, one piece of work, what was decided."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, flash, make_response, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core import evidence, takedown
from trainers.core.credentials import rule_for, visible_credentials
from trainers.core.errors import DomainError, NotFound, Refused
from trainers.core.models import Check, Credential, Evidence, Review
from trainers.core.review import (
    casework,
    contests,
    corrections,
    decisions,
    notes,
    objections,
    outages,
    queue,
    rechecks,
)
from trainers.core.review.casework import OUTCOMES, desk_of
from trainers.core.review.looks import METHODS, Sitting
from trainers.core.review.queue import TakeLost
from trainers.core.review.reports import REASONS
from trainers.core.rules import rule_book
from trainers.web import access, site, uploaded
from trainers.web.forms.base import Form
from trainers.web.forms.contests import ContestForm
from trainers.web.forms.review import LookForm, NoteForm, RemarkForm, ReturnForm, TakeDownForm, number_of
from trainers.web.htmx import page_or_fragment, see_other

blueprint = Blueprint("review", __name__)

KINDS = {
    "new": "New certification",
    "renewal": "Renewal",
    "edit": "Corrected entry",
    "recheck": "Fresh look",
    "dispute": "Objection",
    "report": "Report",
    "contest": "One number, two trainers",
    "profile": "Words and picture",
}
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


@blueprint.context_processor
def words() -> dict[str, Any]:
    return {
        "kinds": KINDS,
        "methods": METHODS,
        "outcomes": OUTCOMES,
        "report_reasons": REASONS,
        "actor": access.actor,
        "causes": rechecks.CAUSES,
        "source_of": outages.source_of,
        "label_of": label_of,
        "clock": clock,
        "holder_of": holder_of,
    }


def label_of(credential: Credential) -> str:
    return rule_for(credential.type).label


def clock(moment: datetime) -> str:
    """ "14:20 HST": the time of day in the site's zone."""
    return moment.astimezone(ZoneInfo(site.settings().site_timezone)).strftime("%H:%M %Z")


def holder_of(work: Review) -> str | None:
    """Who has the work in hand: "you", "another reviewer", or nobody."""
    if not queue.is_taken(work, now=site.now()):
        return None
    return "you" if queue.is_held(work, by=access.actor(), now=site.now()) else "another reviewer"


def sitting() -> Sitting:
    zone = ZoneInfo(site.settings().site_timezone)
    return Sitting(by=access.actor(), now=site.now(), today=site.today(), zone=zone)


def find(uuid: UUID) -> Review:
    return queue.find(site.session(), str(uuid), by=access.actor())


def attempt(act: Callable[[], object], form: Form | None = None) -> int:
    """Do it and commit: 200. Otherwise undo all, put core's sentence onto the form, and answer 409 or 422."""
    try:
        act()
    except (Refused, NotFound):
        raise
    except DomainError as error:
        site.session().rollback()
        if form is not None:
            form.refuse(error)
        else:
            flash(error.sentence, "warning")
        return 409 if isinstance(error, TakeLost) else 422
    site.commit()
    return 200


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


def work_page(
    work: Review,
    *,
    look: LookForm | None = None,
    returning: ReturnForm | None = None,
    note: NoteForm | None = None,
    down: TakeDownForm | None = None,
    contest: ContestForm | None = None,
    remark: RemarkForm | None = None,
    status: int = 200,
) -> Response:
    """The page of a claim or of a report, with whatever form was sent, its answers and its errors."""
    if work.kind == "profile":
        return see_other(f"/review/{work.uuid}/profile")
    if work.credential is None or work.kind not in queue.CLAIM_KINDS:
        return case_page(work, note, down, contest, status, remark)
    case = decisions.case_of(work.credential, site.today())
    look = look.offer(case) if look is not None else LookForm.empty(case, sitting())
    returning = returning or ReturnForm(formdata=None, prefix="back")
    for form in (look, returning):
        form.term_id.data = str(case.term.id)  # the claim that is on the page from now on
    desk = desk_of(site.session(), case, sitting())
    for_another = queue.waits_for_another(work, access.actor())
    context: dict[str, Any] = {"work": work, "desk": desk, "form": look, "returning": returning}
    context |= noted(work, remark)
    context |= {"objections": objections.objections_to(site.session(), work), "objected": objections.REASONS}
    context |= {"for_another": for_another, "renewal": look.shows_renewal(case.term, site.today())}
    return page_or_fragment("review/show.html", "review/_compared.html", status, **context)


def noted(work: Review, remark: RemarkForm | None) -> dict[str, Any]:
    return {
        "notes": notes.notes_on(site.session(), work),
        "remark": remark or RemarkForm(formdata=None, prefix="note"),
    }


def case_page(
    work: Review,
    note: NoteForm | None,
    down: TakeDownForm | None,
    contest: ContestForm | None,
    status: int,
    remark: RemarkForm | None,
) -> Response:
    page = render_template(
        "review/case.html",
        work=work,
        form=note or NoteForm(formdata=None),
        down=down or TakeDownForm(formdata=None, prefix="down"),
        contest=contest or ContestForm(formdata=None, prefix="contest"),
        **noted(work, remark),
        rivals=[each for each in (work.credential, work.contested) if each],
        reports=casework.reports_of(site.session(), work),
        credentials=visible_credentials(site.session(), work.trainer),
    )
    return make_response(page, status)


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
    return send(found)


def send(file: Evidence) -> Response:
    return uploaded.as_response(evidence.read_file(site.files(), file), file.content_type)


# Reports


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


# Corrections


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
    return send(casework.file_of(site.session(), check.term.credential, str(file)))


def correct_page(wrong: Check, form: LookForm, status: int = 200) -> Response:
    desk = desk_of(site.session(), corrections.case_without(wrong, sitting()), sitting())
    context: dict[str, Any] = {"wrong": wrong, "desk": desk, "form": form.offer(desk.case)}
    context["renewal"] = form.shows_renewal(desk.case.term, site.today())
    return page_or_fragment("review/correct.html", "review/_compared.html", status, **context)
