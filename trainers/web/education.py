"""Continuing education: the log, cards that end, and how far each certification is. The trainer's alone."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue

from trainers.core import evidence, kept_cards
from trainers.core.education import dated_items, ledger, papers, progress
from trainers.core.education.counting import Count, what_if
from trainers.core.education.progress import Progress
from trainers.core.education.timeline import timeline
from trainers.core.errors import DomainError, NotFound
from trainers.core.models import DatedItem, EducationRecord, Paper
from trainers.core.units import hours_text, parse_hours
from trainers.extensions import limiter
from trainers.web import access, site, uploaded
from trainers.web.forms.credentials import PhotoForm
from trainers.web.forms.education import (
    CATEGORIES,
    CardForm,
    RecordForm,
    SnapForm,
    amount_words,
    card_filled_from,
    filled_from,
)
from trainers.web.htmx import see_other

blueprint = Blueprint("education", __name__, url_prefix="/dashboard/education")

UPLOAD_LIMIT = "60 per hour; 200 per day"
ITEMS_ON_A_PAGE = 60
Holder = EducationRecord | DatedItem


@blueprint.context_processor
def words() -> dict[str, Any]:
    return {
        "amount_words": amount_words,
        "card_names": dated_items.NAMES,
        "categories": CATEGORIES,
        "kept_papers": papers.kept_papers,
    }


@blueprint.get("")
@access.trainer_only
def index() -> ResponseReturnValue:
    return log_page(SnapForm(formdata=None))


def log_page(form: SnapForm) -> ResponseReturnValue:
    session, trainer = site.session(), access.own_trainer()
    total = ledger.count_of(session, trainer)
    page, pages = page_of(total, ledger.ON_A_PAGE)
    html = render_template(
        "education/index.html",
        form=form,
        total=total,
        page=page,
        pages=pages,
        page_address=lambda number: f"/dashboard/education?page={number}#log",
        progresses=progress.progress_of(session, trainer, today=site.today()),
        records=ledger.own_records(session, trainer, page=page),
        items=dated_items.own_items(session, trainer),
        today=site.today(),
    )
    return html, 422 if form.rejected else 200


def page_of(total: int, on_a_page: int) -> tuple[int, int]:
    """The page that is asked for, of how many; 404 beyond the last."""
    page, pages = request.args.get("page", 1, type=int), max(1, -(-total // on_a_page))
    if not 1 <= page <= pages:
        abort(404)
    return page, pages


# One certification


@blueprint.get("/for/<uuid:uuid>")
@access.trainer_only
def show(uuid: UUID) -> ResponseReturnValue:
    session, trainer = site.session(), access.own_trainer()
    seen = find_progress(progress.progress_of(session, trainer, today=site.today()), uuid)
    ends = progress.ends_of(session, [trainer.id])[trainer.id]
    whole = progress.whole_count(seen, progress.logged(session, [trainer.id]), ends)
    page, pages = page_of(len(whole.items) if whole else 0, ITEMS_ON_A_PAGE)
    typed = request.args.get("hours", "").strip()
    answer, problem = supposed(typed, whole)
    html = render_template(
        "education/show.html",
        seen=seen,
        whole=whole,
        items=whole.items[(page - 1) * ITEMS_ON_A_PAGE : page * ITEMS_ON_A_PAGE] if whole else (),
        former=progress.former_cycles(seen),
        marks=timeline(seen, ends),
        page=page,
        pages=pages,
        page_address=lambda number: f"{request.path}?page={number}#counts",
        typed=typed,
        answer=answer,
        problem=problem,
    )
    return html, 422 if problem else 200


def find_progress(found: Sequence[Progress], uuid: UUID) -> Progress:
    for each in found:
        if each.credential.uuid == str(uuid):
            return each
    raise NotFound("You have no such certification here.")


def supposed(typed: str, so_far: Count | None) -> tuple[str, str]:
    """What one more course of so many hours would make; or a sentence on what was typed."""
    if not typed or so_far is None:
        return "", ""
    try:
        minutes = parse_hours(typed)
    except ValueError as error:
        return "", str(error)
    if not 0 < minutes <= ledger.LONGEST_COURSE:
        return "", f"Enter the hours of one course, more than 0 and not more than {ledger.LONGEST_COURSE // 60}."
    return f"A course of {hours_text(minutes)} that counts in full would make {what_if(so_far, minutes).text}.", ""


# The log


@blueprint.post("/snap")
@limiter.limit(UPLOAD_LIMIT)
@access.trainer_only
def snap() -> ResponseReturnValue:
    """A photo now; the rest is filled in later."""
    form = SnapForm()
    if form.validate_on_submit() and saved(form, added_by_photo, needs_photo=True):
        flash("The photo is kept. Fill in the rest when you have time.", "success")
        return see_other("/dashboard/education")
    return log_page(form)


def added_by_photo() -> EducationRecord:
    return ledger.add_photo_first(site.session(), access.own_trainer(), now=site.now(), by=access.actor())


@blueprint.route("/new", methods=["GET", "POST"])
@limiter.limit(UPLOAD_LIMIT, methods=["POST"])
@access.trainer_only
def new() -> ResponseReturnValue:
    form = RecordForm()
    if form.validate_on_submit() and sensible(form) and saved(form, lambda: added(form)):
        flash("It is in your log.", "success")
        return see_other("/dashboard/education")
    return render_template("education/record.html", form=form, record=None), 422 if form.rejected else 200


def added(form: RecordForm) -> EducationRecord:
    return ledger.add(site.session(), access.own_trainer(), form.entry, **moment())


@blueprint.route("/records/<uuid:uuid>", methods=["GET", "POST"])
@limiter.limit(UPLOAD_LIMIT, methods=["POST"])
@access.trainer_only
def change(uuid: UUID) -> ResponseReturnValue:
    form = RecordForm(data=filled_from(own_record(uuid)))
    if form.validate_on_submit() and sensible(form) and saved(form, lambda: changed(form, uuid)):
        flash("The entry is changed.", "success")
        return see_other("/dashboard/education")
    html = render_template("education/record.html", form=form, record=own_record(uuid))
    return html, 422 if form.rejected else 200


def changed(form: RecordForm, uuid: UUID) -> EducationRecord:
    record = own_record(uuid)
    ledger.change(site.session(), record, form.entry, **moment())
    return record


def sensible(form: RecordForm) -> bool:
    """All mistakes at once, each at its field; before a photo is looked at."""
    problems = list(ledger.problems_of(form.entry, site.today()))
    for field, sentence in problems:
        form.refuse(DomainError(sentence, field=field))
    return not problems


@blueprint.route("/records/<uuid:uuid>/remove", methods=["GET", "POST"])
@access.trainer_only
def remove(uuid: UUID) -> ResponseReturnValue:
    record = own_record(uuid)
    if request.method == "GET":
        return render_template("education/remove.html", record=record, item=None)
    ledger.remove(site.session(), site.files(), record, by=access.actor())
    site.commit()
    flash("The entry and its photos are erased.", "success")
    return see_other("/dashboard/education")


# Cards that end


@blueprint.route("/cards/new", methods=["GET", "POST"])
@limiter.limit(UPLOAD_LIMIT, methods=["POST"])
@access.trainer_only
def new_card() -> ResponseReturnValue:
    form = CardForm()
    if form.validate_on_submit() and saved(form, lambda: added_card(form)):
        flash("The card is in your list.", "success")
        return see_other("/dashboard/education#cards")
    return render_template("education/card.html", form=form, item=None), 422 if form.rejected else 200


def added_card(form: CardForm) -> DatedItem:
    return kept_cards.add(site.session(), access.own_trainer(), form.entry, **moment())


@blueprint.route("/cards/<uuid:uuid>", methods=["GET", "POST"])
@limiter.limit(UPLOAD_LIMIT, methods=["POST"])
@access.trainer_only
def change_card(uuid: UUID) -> ResponseReturnValue:
    form = CardForm(data=card_filled_from(own_item(uuid)))
    if form.validate_on_submit() and saved(form, lambda: changed_card(form, uuid)):
        flash("The card is changed.", "success")
        return see_other("/dashboard/education#cards")
    html = render_template("education/card.html", form=form, item=own_item(uuid))
    return html, 422 if form.rejected else 200


def changed_card(form: CardForm, uuid: UUID) -> DatedItem:
    item = own_item(uuid)
    kept_cards.change(site.session(), access.own_trainer(), item, form.entry, **moment())
    return item


@blueprint.route("/cards/<uuid:uuid>/remove", methods=["GET", "POST"])
@access.trainer_only
def remove_card(uuid: UUID) -> ResponseReturnValue:
    item = own_item(uuid)
    if request.method == "GET":
        return render_template("education/remove.html", record=None, item=item)
    trainer = access.own_trainer()
    kept_cards.remove(site.session(), site.files(), trainer, item, today=site.today(), by=access.actor())
    site.commit()
    flash("The card and its photos are erased.", "success")
    return see_other("/dashboard/education#cards")


# Photos


def saved(form: PhotoForm, write: Callable[[], Holder], *, needs_photo: bool = False) -> bool:
    """Write, with the photo if one was sent. No transaction is open while it is drawn anew and stored."""
    session, files, kept = site.session(), site.files(), None
    session.rollback()
    try:
        if form.sent or needs_photo:
            found = evidence.clean(form.read(), form.file_name)
            kept = found, papers.store(files, found)
        holder = write()
        if kept:
            papers.attach(session, files, holder, kept[0], key=kept[1], now=site.now())
    except DomainError as error:
        session.rollback()
        if kept:
            files.delete(kept[1])
        form.refuse(error)
        return False
    site.commit()
    return True


@blueprint.get("/papers/<uuid:uuid>")
@access.trainer_only
def show_paper(uuid: UUID) -> ResponseReturnValue:
    paper = own_paper(uuid)
    return uploaded.as_response(papers.read(site.files(), paper), paper.content_type)


@blueprint.post("/papers/<uuid:uuid>/remove")
@access.trainer_only
def remove_paper(uuid: UUID) -> ResponseReturnValue:
    paper = own_paper(uuid)
    back = f"records/{paper.record.uuid}" if paper.record else f"cards/{paper.item.uuid}" if paper.item else ""
    papers.erase(site.session(), site.files(), paper, now=site.now())
    site.commit()
    flash("The file is erased.", "success")
    return see_other(f"/dashboard/education/{back}".rstrip("/"))


# Finding


def moment() -> dict[str, Any]:
    return {"now": site.now(), "today": site.today(), "by": access.actor()}


def own_record(uuid: UUID) -> EducationRecord:
    return ledger.own_record(site.session(), access.own_trainer(), str(uuid))


def own_item(uuid: UUID) -> DatedItem:
    return dated_items.own_item(site.session(), access.own_trainer(), str(uuid))


def own_paper(uuid: UUID) -> Paper:
    return papers.own_paper(site.session(), access.own_trainer(), str(uuid))
