"""What the reviewers' pages share: who sits there, one piece of work as a page, and how an act is tried."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, flash, make_response, render_template

from trainers.core import evidence
from trainers.core.credentials import rule_for, visible_credentials
from trainers.core.errors import DomainError, NotFound, Refused
from trainers.core.models import Credential, Evidence, Review
from trainers.core.review import casework, decisions, notes, objections, outages, queue, rechecks
from trainers.core.review.casework import OUTCOMES, desk_of
from trainers.core.review.looks import METHODS, Sitting
from trainers.core.review.queue import TakeLost
from trainers.core.review.reports import REASONS
from trainers.web import access, site, uploaded
from trainers.web.forms.base import Form
from trainers.web.forms.cases import ContestForm, NoteForm, TakeDownForm
from trainers.web.forms.looks import LookForm
from trainers.web.forms.review import RemarkForm, ReturnForm
from trainers.web.htmx import page_or_fragment, see_other

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
        "cases/show.html",
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


def send(file: Evidence) -> Response:
    return uploaded.as_response(evidence.read_file(site.files(), file), file.content_type)
